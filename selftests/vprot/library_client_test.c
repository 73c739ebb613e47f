// SPDX-License-Identifier: GPL-2.0
/*
 * The client's part of a session: certificates made here with OpenSSL, published vectors, and the
 * whole of it with the device.
 */
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <vprot_client.h>

#include "kselftest_harness.h"
#include "vprot_test.h"

#define DAY	(24 * 60 * 60L)

/* --- certificates ----------------------------------------------------------------------------- */

/* Made once: keys take long. The tests are processes that inherit them. */
static EVP_PKEY *device_key, *root_key, *other_key, *short_key;

__attribute__((constructor)) static void make_keys(void)
{
	device_key = EVP_RSA_gen(2048);
	root_key = EVP_EC_gen("P-256");
	other_key = EVP_EC_gen("P-256");
	short_key = EVP_RSA_gen(1024);
	if (!device_key || !root_key || !other_key || !short_key)
		vt_fatal("OpenSSL cannot make keys");
}

/* What a certificate says. */
struct says {
	const char *subject, *issuer;
	EVP_PKEY *key, *issuer_key;
	const char *basic, *usage;	/* extensions, or NULL */
	long from, to;			/* validity, in seconds from now; 0 for a day each */
};

static const struct says root_says = {
	.subject = "root",
	.issuer = "root",
	.basic = "critical,CA:TRUE",
	.usage = "critical,keyCertSign",
};

static const struct says device_says = {
	.subject = "device",
	.issuer = "root",
	.basic = "critical,CA:FALSE",
	.usage = "critical,keyEncipherment",
};

static void add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension;

	if (!value)
		return;
	extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	if (!extension || !X509_add_ext(cert, extension, -1))
		vt_fatal("OpenSSL cannot make the extension %s", value);
	X509_EXTENSION_free(extension);
}

static void set_name(X509_NAME *name, const char *text)
{
	if (!X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const __u8 *)text, -1, -1, 0))
		vt_fatal("OpenSSL cannot make the name %s", text);
}

/* Appends a certificate to a chain; returns the chain's size. */
static size_t add(__u8 *chain, size_t size, const struct says *says)
{
	EVP_PKEY *key = says->key, *issuer_key = says->issuer_key;
	X509 *cert = X509_new();
	__u8 *end = chain + size;

	if (!key)
		key = says->basic && strstr(says->basic, "TRUE") ? root_key : device_key;
	if (!issuer_key)
		issuer_key = root_key;
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1 + size);
	X509_gmtime_adj(X509_getm_notBefore(cert), says->from ?: -DAY);
	X509_gmtime_adj(X509_getm_notAfter(cert), says->to ?: DAY);
	X509_set_pubkey(cert, key);
	set_name(X509_get_subject_name(cert), says->subject);
	set_name(X509_get_issuer_name(cert), says->issuer);
	add_extension(cert, NID_basic_constraints, says->basic);
	add_extension(cert, NID_key_usage, says->usage);
	if (!X509_sign(cert, issuer_key, EVP_sha256()) || i2d_X509(cert, &end) < 0)
		vt_fatal("OpenSSL cannot make a certificate");
	X509_free(cert);
	return end - chain;
}

FIXTURE(certificate) {
	__u8 chain[8192], root[2048];
	size_t root_size;
};

FIXTURE_SETUP(certificate)
{
	self->root_size = add(self->root, 0, &root_says);
}

FIXTURE_TEARDOWN(certificate)
{
}

#define check(self, chain_size) \
	vprot_client_check_certificate((self)->chain, chain_size, (self)->root, (self)->root_size)

TEST_F(certificate, good)
{
	size_t size = add(self->chain, 0, &device_says);
	struct says says;

	EXPECT_EQ(0, check(self, size));
	/* The root may come with it. */
	size = add(self->chain, size, &root_says);
	EXPECT_EQ(0, check(self, size));
	/* Without the extension a key may be used for anything. */
	says = device_says;
	says.usage = NULL;
	EXPECT_EQ(0, check(self, add(self->chain, 0, &says)));
}

TEST_F(certificate, good_with_an_intermediate)
{
	struct says device = device_says, middle = root_says;
	size_t size;

	device.issuer = "middle";
	device.issuer_key = other_key;
	middle.subject = "middle";
	middle.key = other_key;
	size = add(self->chain, 0, &device);
	/* Not without it. */
	EXPECT_EQ(-EKEYREJECTED, check(self, size));
	EXPECT_EQ(0, check(self, add(self->chain, size, &middle)));

	/* Nor when it is none that may issue. */
	middle.basic = "critical,CA:FALSE";
	middle.key = other_key;
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, size, &middle)));
	middle.basic = NULL;
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, size, &middle)));
	middle.basic = root_says.basic;
	middle.usage = "critical,keyEncipherment";
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, size, &middle)));

	/* Nor when it has run out. */
	middle.usage = root_says.usage;
	middle.to = -DAY / 2;
	EXPECT_EQ(-EKEYEXPIRED, check(self, add(self->chain, size, &middle)));
}

TEST_F(certificate, wrong_root)
{
	size_t size = add(self->chain, 0, &device_says);
	struct says root = root_says;

	/* Of another name, and of the same name with another key; both come with the chain. */
	size = add(self->chain, size, &root_says);
	root.key = other_key;
	root.issuer_key = other_key;
	self->root_size = add(self->root, 0, &root);
	EXPECT_EQ(-EKEYREJECTED, check(self, size));
	root.subject = "another";
	root.issuer = "another";
	self->root_size = add(self->root, 0, &root);
	EXPECT_EQ(-EKEYREJECTED, check(self, size));
}

TEST_F(certificate, expired)
{
	struct says says = device_says;

	says.from = -3 * DAY;
	says.to = -DAY;
	EXPECT_EQ(-EKEYEXPIRED, check(self, add(self->chain, 0, &says)));
	says.from = DAY;
	says.to = 3 * DAY;
	EXPECT_EQ(-EKEYEXPIRED, check(self, add(self->chain, 0, &says)));

	says = root_says;
	says.to = -DAY / 2;
	self->root_size = add(self->root, 0, &says);
	EXPECT_EQ(-EKEYEXPIRED, check(self, add(self->chain, 0, &device_says)));
}

TEST_F(certificate, wrong_usage)
{
	struct says says = device_says;

	says.usage = "critical,digitalSignature";
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, 0, &says)));
	says.usage = "critical,dataEncipherment,keyAgreement,keyCertSign";
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, 0, &says)));
	says.usage = "critical,digitalSignature,keyEncipherment";
	EXPECT_EQ(0, check(self, add(self->chain, 0, &says)));
}

TEST_F(certificate, wrong_key)
{
	struct says says = device_says;

	says.key = short_key;
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, 0, &says)));
	says.key = other_key;
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, 0, &says)));
}

TEST_F(certificate, wrong_signature)
{
	struct says says = device_says;
	size_t size;

	says.issuer_key = other_key;
	EXPECT_EQ(-EKEYREJECTED, check(self, add(self->chain, 0, &says)));
	size = add(self->chain, 0, &device_says);
	self->chain[size - 1] ^= 1;
	EXPECT_EQ(-EKEYREJECTED, check(self, size));
}

TEST_F(certificate, none)
{
	size_t size = add(self->chain, 0, &device_says), root_size = self->root_size;

	EXPECT_EQ(-EINVAL, check(self, 0));
	EXPECT_EQ(-EINVAL, check(self, size - 1));
	/* What follows has to be one, too. */
	self->chain[size] = 0;
	EXPECT_EQ(-EINVAL, check(self, size + 1));
	/* One root, no more and no less. */
	self->root_size = 0;
	EXPECT_EQ(-EINVAL, check(self, size));
	self->root_size = root_size - 1;
	EXPECT_EQ(-EINVAL, check(self, size));
	self->root_size = add(self->root, root_size, &root_says);
	EXPECT_EQ(-EINVAL, check(self, size));
	self->chain[0] = 0;
	self->root_size = root_size;
	EXPECT_EQ(-EINVAL, check(self, size));
}

/* --- keys and data ---------------------------------------------------------------------------- */

TEST_F(certificate, wrap_session_key)
{
	__u8 key[VT_KEY] = "the session key", message[2][VPROT_KEY_EXCHANGE_SIZE], plain[256];
	__u8 untouched[VPROT_KEY_EXCHANGE_SIZE] = "untouched";
	size_t size = add(self->chain, 0, &device_says), plain_size;
	struct says says = device_says;

	size = add(self->chain, size, &root_says);
	for (int i = 0; i < 2; i++) {
		EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(device_key, NULL);

		ASSERT_EQ(0, vprot_client_wrap_session_key(self->chain, size, key, message[i]));
		plain_size = sizeof(plain);
		ASSERT_EQ(1, EVP_PKEY_decrypt_init(ctx));
		ASSERT_EQ(1, EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING));
		ASSERT_EQ(1, EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha512()));
		ASSERT_EQ(1, EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha512()));
		ASSERT_EQ(1, EVP_PKEY_decrypt(ctx, plain, &plain_size, message[i],
					      sizeof(message[i])));
		EXPECT_EQ(VT_KEY, plain_size);
		EXPECT_EQ(0, memcmp(key, plain, VT_KEY));
		EVP_PKEY_CTX_free(ctx);
	}
	EXPECT_NE(0, memcmp(message[0], message[1], sizeof(message[0])));

	EXPECT_EQ(-EINVAL, vprot_client_wrap_session_key(self->chain, 100, key, untouched));
	says.key = short_key;
	size = add(self->chain, 0, &says);
	EXPECT_EQ(-EINVAL, vprot_client_wrap_session_key(self->chain, size, key, untouched));
	EXPECT_STREQ("untouched", (char *)untouched);
}

/* FIPS 197, appendix C.1. */
static const __u8 aes_key[VT_KEY] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
};

static const __u8 aes_plain[VT_KEY] = {
	0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
	0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
};

static const __u8 aes_cipher[VT_KEY] = {
	0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
	0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a,
};

TEST(wrap_and_unwrap)
{
	__u8 key[VT_KEY];

	ASSERT_EQ(0, vprot_client_wrap_content_key(aes_key, aes_plain, key));
	EXPECT_EQ(0, memcmp(aes_cipher, key, VT_KEY));
	/* In place, too. */
	ASSERT_EQ(0, vprot_client_unwrap_key(aes_key, key, key));
	EXPECT_EQ(0, memcmp(aes_plain, key, VT_KEY));
}

TEST(apply_nonce)
{
	__u8 key[VT_KEY], nonce[VT_KEY], before[VT_KEY];
	__u64 seed = 63;

	vt_fill(&seed, key, VT_KEY);
	vt_fill(&seed, nonce, VT_KEY);
	memcpy(before, key, VT_KEY);
	vprot_client_apply_nonce(key, nonce);
	for (int i = 0; i < VT_KEY; i++)
		EXPECT_EQ(before[i] ^ nonce[i], key[i]);
}

/* The cipher of one block after the other, with the count that does not carry. */
static void slow_crypt(const __u8 key[VT_KEY], const __u8 iv[16], __u8 *data, size_t size)
{
	__u8 counter[16], stream[16];

	memcpy(counter, iv, 16);
	for (size_t i = 0; i < size; i++) {
		if (i % 16 == 0) {
			vt_wrap(key, counter, stream);
			for (int j = 15; j >= 8 && !++counter[j]; j--)
				;
		}
		data[i] ^= stream[i % 16];
	}
}

TEST(counter_mode)
{
	static const __u64 counts[] = { 0, 1, ~0ull, ~0ull - 1, ~0ull - 5, 0xffffffff };
	static const size_t sizes[] = { 0, 1, 15, 16, 17, 31, 32, 33, 100, 1000 };
	__u8 data[1001], expected[1001], out[1001], iv[16];
	__u64 seed = 64;

	for (int i = 0; i < ARRAY_SIZE(counts) * ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i / ARRAY_SIZE(counts)];

		vt_fill(&seed, data, sizeof(data));
		memcpy(expected, data, sizeof(data));
		vt_iv(iv, vt_random(&seed), counts[i % ARRAY_SIZE(counts)]);
		slow_crypt(aes_key, iv, expected, size);
		memcpy(out, data, sizeof(data));
		ASSERT_EQ(0, vprot_client_crypt(aes_key, iv, data, out, size));
		EXPECT_EQ(0, memcmp(expected, out, sizeof(out)));
		ASSERT_EQ(0, vprot_client_crypt(aes_key, iv, data, data, size));
		EXPECT_EQ(0, memcmp(expected, data, sizeof(data)));
	}
}

/* --- with the device -------------------------------------------------------------------------- */

TEST(whole_session)
{
	__u8 key[VPROT_KEY_SIZE] = "the session key", content_key[VPROT_KEY_SIZE] = "the content";
	__u8 message[VPROT_KEY_EXCHANGE_SIZE], nonce[VPROT_KEY_SIZE], wrapped[VPROT_KEY_SIZE];
	__u8 read_back_key[VPROT_KEY_SIZE], plain[5000], seen[5000];
	struct drm_vprot_blt_result result;
	struct vprot_blit in = { .size = sizeof(plain), .content_key = wrapped };
	struct vprot_blit out = { .size = sizeof(plain), .result = &result };
	struct vprot_session *session;
	struct vprot_device *dev;
	size_t chain_size;
	uint8_t *chain;
	__u64 seed = 65;
	void *map;

	ASSERT_EQ(0, vprot_device_open(&dev));
	ASSERT_EQ(0, vprot_session_create(dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &session));
	ASSERT_EQ(0, vprot_device_get_certificate(dev, &chain, &chain_size));
	ASSERT_EQ(0, vprot_client_wrap_session_key(chain, chain_size, key, message));
	ASSERT_EQ(0, vprot_session_key_exchange(session, message, sizeof(message)));
	ASSERT_EQ(0, vprot_buffer_create(dev, sizeof(plain), 0, &in.src));
	ASSERT_EQ(0, vprot_buffer_create(dev, sizeof(plain), DRM_VPROT_GEM_PROTECTED, &in.dst));
	ASSERT_EQ(0, vprot_buffer_map(in.src, &map));
	out.src = in.dst;
	out.dst = in.src;
	for (int i = 0; i < 5; i++) {
		ASSERT_EQ(0, vprot_session_start_key_refresh(session, nonce, sizeof(nonce)));
		ASSERT_EQ(0, vprot_session_finish_key_refresh(session, NULL));
		vprot_client_apply_nonce(key, nonce);

		vt_fill(&seed, plain, sizeof(plain));
		vt_fill(&seed, in.iv, sizeof(in.iv));
		ASSERT_EQ(0, vprot_client_wrap_content_key(key, content_key, wrapped));
		ASSERT_EQ(0, vprot_client_crypt(content_key, in.iv, plain, map, sizeof(plain)));
		ASSERT_EQ(0, vprot_session_decryption_blt(session, &in, 1));

		ASSERT_EQ(0, vprot_session_get_encryption_blt_key(session, nonce, sizeof(nonce),
								  NULL));
		ASSERT_EQ(0, vprot_client_unwrap_key(key, nonce, read_back_key));
		ASSERT_EQ(0, vprot_session_encryption_blt(session, &out, 1));
		ASSERT_EQ(0, vprot_client_crypt(read_back_key, result.iv, map, seen, sizeof(seen)));
		EXPECT_EQ(0, memcmp(plain, seen, sizeof(plain)));
	}
}

/* The device's own certificate, against the root that was made with it. */
TEST(device_certificate)
{
	char path[4096] = "";
	__u8 root[4096];
	struct vprot_device *dev;
	size_t chain_size, root_size;
	uint8_t *chain;
	FILE *file;

	file = fopen("/sys/module/firmware_class/parameters/path", "re");
	ASSERT_NE(NULL, fgets(path, sizeof(path) - 32, file));
	fclose(file);
	path[strcspn(path, "\n")] = '\0';
	strcat(path, "/vprot/root-cert.der");
	file = fopen(path, "re");
	ASSERT_NE(NULL, file) TH_LOG("%s", path);
	root_size = fread(root, 1, sizeof(root), file);
	fclose(file);
	ASSERT_EQ(0, vprot_device_open(&dev));
	ASSERT_EQ(0, vprot_device_get_certificate(dev, &chain, &chain_size));
	EXPECT_EQ(0, vprot_client_check_certificate(chain, chain_size, root, root_size));
}

TEST_HARNESS_MAIN
