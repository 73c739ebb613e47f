// SPDX-License-Identifier: GPL-2.0
/*
 * The key exchange against OpenSSL: what is a key and what is not, and that a refused exchange
 * changes nothing.
 */
#include <pthread.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "kselftest_harness.h"
#include "vprot_test.h"

#define BLOB	DRM_VPROT_KEY_EXCHANGE_SIZE

FIXTURE(key_exchange) {
	int fd;
	struct vt_session s;	/* has a key, a refresh pending, and a read-back key */
	__u8 nonce[VT_KEY];
	__u8 key[VT_KEY];	/* the one that it is not to get */
	EVP_PKEY *device;
};

FIXTURE_SETUP(key_exchange)
{
	__u64 seed = 30;

	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
	ASSERT_EQ(0, vt_start(&self->s, self->nonce));
	vt_fill(&seed, self->key, VT_KEY);
	self->device = vt_device_key(self->fd);
}

FIXTURE_TEARDOWN(key_exchange)
{
	EVP_PKEY_free(self->device);
}

/* Whether the session is as it was before: epoch, key, pending refresh, read-back key. */
static bool unchanged(struct _test_data_key_exchange *self)
{
	const __u32 flags = DRM_VPROT_STATUS_REFRESH_PENDING | DRM_VPROT_STATUS_READ_BACK_KEY;
	struct drm_vprot_session_status status;
	bool same;

	vt_status(&self->s, &status);
	same = status.epoch == self->s.epoch && status.flags == flags &&
	       vt_key_works(&self->s) && !vt_finish(&self->s, NULL);
	vt_xor(self->s.key, self->nonce);
	self->s.epoch++;
	same = same && vt_key_works(&self->s);
	return same && !vt_start(&self->s, self->nonce);
}

/* Encrypts with the device's key, in a way that may not be the right one. */
static void encrypt(EVP_PKEY *device, int padding, const EVP_MD *md, const EVP_MD *mgf1,
		    const char *label, const void *in, size_t size, __u8 blob[BLOB])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(device, NULL);
	size_t blob_size = BLOB;
	bool good = ctx && EVP_PKEY_encrypt_init(ctx) > 0 &&
		    EVP_PKEY_CTX_set_rsa_padding(ctx, padding) > 0;

	if (good && padding == RSA_PKCS1_OAEP_PADDING) {
		good = EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) > 0 &&
		       EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, mgf1) > 0;
		if (good && label) /* OpenSSL takes the copy over */
			good = EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, OPENSSL_strdup(label),
								strlen(label)) > 0;
	}
	if (!good || EVP_PKEY_encrypt(ctx, blob, &blob_size, in, size) <= 0 || blob_size != BLOB)
		vt_fatal("OpenSSL failed to encrypt %zu bytes", size);
	EVP_PKEY_CTX_free(ctx);
}

TEST_F(key_exchange, good)
{
	struct drm_vprot_session_status status;
	struct vt_session s;

	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_key_exchange(&s, self->key);
	vt_status(&s, &status);
	EXPECT_EQ(1, status.epoch);
	EXPECT_EQ(0, status.flags);
	vt_draw_read_back_key(&s);
	EXPECT_TRUE(vt_key_works(&s));

	/* The other session has nothing of it. */
	EXPECT_TRUE(unchanged(self));
}

/* A further exchange: a new epoch, no pending refresh and no read-back key any more. */
TEST_F(key_exchange, again)
{
	struct drm_vprot_session_status status;
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = { .size = 16, .result = (uintptr_t)&result };
	struct vt_buffer clear, secret;

	vt_clear(&clear, self->fd, 16);
	vt_protected(&secret, self->fd, 16);
	blt.src = secret.handle;
	blt.dst = clear.handle;
	ASSERT_EQ(0, vt_encrypt_blt(&self->s, &blt));

	vt_key_exchange(&self->s, self->key);
	vt_status(&self->s, &status);
	EXPECT_EQ(2, status.epoch);
	EXPECT_EQ(0, status.flags);
	EXPECT_EQ(-ENODATA, vt_finish(&self->s, NULL));
	EXPECT_EQ(-ENOKEY, vt_encrypt_blt(&self->s, &blt));
	vt_draw_read_back_key(&self->s);
	EXPECT_TRUE(vt_key_works(&self->s));

	/* The same key again is a change like any other. */
	vt_key_exchange(&self->s, self->key);
	vt_status(&self->s, &status);
	EXPECT_EQ(3, status.epoch);
	vt_draw_read_back_key(&self->s);
	EXPECT_TRUE(vt_key_works(&self->s));
}

/* What was recorded of an earlier exchange is good for nothing but the same key again. */
TEST_F(key_exchange, keys_at_the_edge)
{
	__u8 zero[VT_KEY] = { 0 }, ones[VT_KEY];
	struct vt_session s;

	memset(ones, 0xff, sizeof(ones));
	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_key_exchange(&s, zero);
	vt_draw_read_back_key(&s);
	EXPECT_TRUE(vt_key_works(&s));
	vt_key_exchange(&s, ones);
	vt_draw_read_back_key(&s);
	EXPECT_TRUE(vt_key_works(&s));
}

struct flips {
	struct vt_session s;
	__u8 blob[BLOB];
	int first, step, accepted;
};

static void *flip(void *arg)
{
	struct flips *f = arg;

	for (int i = f->first; i < BLOB; i += f->step) {
		__u8 bad[BLOB];

		memcpy(bad, f->blob, BLOB);
		bad[i] ^= 1 << (i % 8);
		if (vt_send_blob(&f->s, bad) != -EKEYREJECTED) {
			fprintf(stderr, "# byte %d changed: not -EKEYREJECTED\n", i);
			f->accepted++;
		}
	}
	return NULL;
}

/* Each byte of a good message changed; by two threads, for the two processors of a test machine. */
TEST_F(key_exchange, every_byte_flipped)
{
	struct flips flips[2];
	pthread_t thread;

	for (int i = 0; i < 2; i++) {
		flips[i] = (struct flips){ .s = self->s, .first = i, .step = 2 };
		vt_key_exchange_blob(self->fd, self->key, VT_KEY, flips[i].blob);
	}
	ASSERT_EQ(0, pthread_create(&thread, NULL, flip, &flips[1]));
	flip(&flips[0]);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, flips[0].accepted);
	EXPECT_EQ(0, flips[1].accepted);
	EXPECT_TRUE(unchanged(self));
	/* The good one is still good. */
	EXPECT_EQ(0, vt_send_blob(&self->s, flips[0].blob));
}

TEST_F(key_exchange, wrong_sizes_of_the_key)
{
	static const size_t sizes[] = { 0, 1, 15, 17, 24, 32, 126 };
	__u8 plain[126] = { 0 }, blob[BLOB];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		encrypt(self->device, RSA_PKCS1_OAEP_PADDING, EVP_sha512(), EVP_sha512(), NULL,
			plain, sizes[i], blob);
		EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob))
			TH_LOG("%zu bytes", sizes[i]);
	}
	EXPECT_TRUE(unchanged(self));
}

TEST_F(key_exchange, wrong_padding)
{
	__u8 blob[BLOB];

#define REJECTED(padding, md, mgf1, label) do { \
	encrypt(self->device, padding, md, mgf1, label, self->key, VT_KEY, blob); \
	EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob)); \
} while (0)
	REJECTED(RSA_PKCS1_OAEP_PADDING, EVP_sha1(), EVP_sha1(), NULL);
	REJECTED(RSA_PKCS1_OAEP_PADDING, EVP_sha256(), EVP_sha256(), NULL);
	REJECTED(RSA_PKCS1_OAEP_PADDING, EVP_sha384(), EVP_sha512(), NULL);
	REJECTED(RSA_PKCS1_OAEP_PADDING, EVP_sha512(), EVP_sha1(), NULL);
	REJECTED(RSA_PKCS1_OAEP_PADDING, EVP_sha512(), EVP_sha256(), NULL);
	REJECTED(RSA_PKCS1_OAEP_PADDING, EVP_sha512(), EVP_sha512(), "label");
	REJECTED(RSA_PKCS1_PADDING, NULL, NULL, NULL);
#undef REJECTED
	EXPECT_TRUE(unchanged(self));
}

/* The numbers at the edges of what RSA takes. */
TEST_F(key_exchange, edge_numbers)
{
	__u8 blob[BLOB];
	BIGNUM *n = NULL;

	ASSERT_EQ(1, EVP_PKEY_get_bn_param(self->device, OSSL_PKEY_PARAM_RSA_N, &n));
	memset(blob, 0, BLOB);
	EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob));
	blob[BLOB - 1] = 1;
	EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob));
	blob[BLOB - 1] = 2;
	EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob));
	memset(blob, 0xff, BLOB);
	EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob));

	/* n + 1, n, n - 1, n - 2 */
	ASSERT_EQ(1, BN_add_word(n, 1));
	for (int i = 0; i < 4; i++) {
		ASSERT_EQ(BLOB, BN_bn2binpad(n, blob, BLOB));
		EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob)) TH_LOG("n + 1 - %d", i);
		ASSERT_EQ(1, BN_sub_word(n, 1));
	}
	BN_free(n);
	EXPECT_TRUE(unchanged(self));
}

/* XORs MGF1 with SHA-512 over the seed (RFC 8017, B.2.1) onto the data. */
static void mask(const __u8 *seed, size_t seed_size, __u8 *data, size_t size)
{
	__u8 in[BLOB + 4] = { 0 }, hash[64];

	memcpy(in, seed, seed_size);
	for (size_t i = 0; i < size; i++) {
		if (i % sizeof(hash) == 0) {
			in[seed_size + 3] = i / sizeof(hash);
			EVP_Digest(in, seed_size + 4, hash, NULL, EVP_sha512(), NULL);
		}
		data[i] ^= hash[i % sizeof(hash)];
	}
}

/* Encodings that differ from a good one in one place of EME-OAEP; encrypted without padding. */
TEST_F(key_exchange, broken_encodings)
{
	enum { HASH = 64, DB = BLOB - HASH - 1 };
	static const struct {
		const char *what;
		int at;		/* in what is masked: 0, the seed, the DB */
		__u8 flip;
	} cases[] = {
		{ "as it should be", 0, 0 },
		{ "the first byte is not 0", 0, 1 },
		{ "first byte of the label's hash", 1 + HASH, 1 },
		{ "last byte of the label's hash", 1 + HASH + HASH - 1, 0x80 },
		{ "padding is not 0", 1 + HASH + HASH, 2 },
		{ "padding ends with 0xff", BLOB - VT_KEY - 2, 0xff },
		{ "no 1 after the padding", BLOB - VT_KEY - 1, 1 },
		{ "3 after the padding", BLOB - VT_KEY - 1, 2 },
		{ "the 1 comes one byte early", BLOB - VT_KEY - 2, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		__u8 em[BLOB] = { 0 }, blob[BLOB];
		__u8 *seed = em + 1, *db = em + 1 + HASH;
		__u64 random = 31;

		vt_fill(&random, seed, HASH);
		ASSERT_EQ(1, EVP_Digest("", 0, db, NULL, EVP_sha512(), NULL));
		db[DB - VT_KEY - 1] = 1;
		memcpy(db + DB - VT_KEY, self->key, VT_KEY);
		em[cases[i].at] ^= cases[i].flip;
		mask(seed, HASH, db, DB);
		mask(db, DB, seed, HASH);
		encrypt(self->device, RSA_NO_PADDING, NULL, NULL, NULL, em, BLOB, blob);
		if (!i) {
			struct vt_session s;

			vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
			ASSERT_EQ(0, vt_send_blob(&s, blob)) TH_LOG("the oracle is wrong");
			continue;
		}
		EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&self->s, blob)) TH_LOG("%s", cases[i].what);
	}
	EXPECT_TRUE(unchanged(self));
}

/* A session that has no key yet has none after a refused exchange. */
TEST_F(key_exchange, refused_first)
{
	struct drm_vprot_session_status status;
	__u8 blob[BLOB] = { 0 }, nonce[VT_KEY];
	struct vt_session s;

	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	EXPECT_EQ(-EKEYREJECTED, vt_send_blob(&s, blob));
	vt_status(&s, &status);
	EXPECT_EQ(0, status.epoch);
	EXPECT_EQ(-ENOKEY, vt_start(&s, nonce));
	vt_key_exchange(&s, self->key);
	vt_draw_read_back_key(&s);
	EXPECT_TRUE(vt_key_works(&s));
}

TEST_HARNESS_MAIN
