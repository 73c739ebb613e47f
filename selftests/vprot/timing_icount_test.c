// SPDX-License-Identifier: GPL-2.0
/*
 * What a key exchange takes tells nothing about its message. Needs a virtual machine whose clock
 * counts instructions (tools/vm/run --icount), with randomize_kstack_offset=off, and the module
 * vprot_timing.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/sha.h>

#include "kselftest_harness.h"
#include "module.h"
#include "vprot_test.h"

/* While the machine waits for its disk, its clock leaps from timer to timer. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1000000

#define RSA	DRM_VPROT_KEY_EXCHANGE_SIZE
#define HASH	SHA512_DIGEST_LENGTH
#define DB	(RSA - 1 - HASH)

/* --- OAEP ------------------------------------------------------------------------------------- */

/* struct vprot_timing_oaep */
struct decoded {
	__u64 ticks;
	__s64 result;
	__u8 key[VT_KEY];
};

/* XOR MGF1 with SHA-512 of a seed into data (RFC 8017, B.2.1). */
static void mask(__u8 *data, size_t size, const __u8 *seed, size_t seed_size)
{
	__u8 input[RSA + 4], hash[HASH];

	memcpy(input, seed, seed_size);
	for (size_t at = 0; at < size; at++) {
		if (at % HASH == 0) {
			memset(input + seed_size, 0, 4);
			input[seed_size + 3] = at / HASH;
			SHA512(input, seed_size + 4, hash);
		}
		data[at] ^= hash[at % HASH];
	}
}

/* An encoded message as it was before it was masked: 0, the seed, and the data block. */
static void padding(__u64 *random, __u8 em[RSA])
{
	__u8 *db = em + 1 + HASH;

	vt_fill(random, em, RSA);
	em[0] = 0;
	SHA512((const __u8 *)"", 0, db);
	memset(db + HASH, 0, DB - HASH - VT_KEY);
	db[DB - VT_KEY - 1] = 1;
}

/* One of 1,000 paddings, of all kinds: *good says whether it is one of a session key. */
static void make(unsigned int kind, __u64 *random, __u8 em[RSA], bool *good)
{
	__u8 *seed = em + 1, *db = seed + HASH;

	padding(random, em);
	*good = false;
	if (kind < 200) {
		*good = true;
	} else if (kind < 200 + 191) {
		/* One bit of each byte of the data block. */
		unsigned int at = kind - 200;

		db[at] ^= 1 << vt_random(random) % 8;
		*good = at >= DB - VT_KEY;
	} else if (kind < 391 + 255) {
		em[0] = kind - 390;
	} else if (kind < 646 + 100) {
		/* A message that is longer or shorter than a session key. */
		unsigned int at = HASH + (kind - 646);

		db[DB - VT_KEY - 1] = 0;
		db[at] = 1;
	} else if (kind < 746 + 100) {
		/* Another label. */
		vt_fill(random, db, HASH);
	} else if (kind < 946) {
		/* Neither 0 nor 1 before the message. */
		vt_fill(random, db + HASH, DB - HASH);
		db[HASH + 1 + kind % 50] = 2;
	}
	mask(db, DB, seed, HASH);
	mask(seed, HASH, db, DB);
	/* What no encoding gave. */
	if (kind == 946)
		memset(em, 0, RSA);
	else if (kind == 947)
		memset(em, 0xff, RSA);
	else if (kind > 947)
		vt_fill(random, em, RSA);
}

TEST(oaep)
{
	__u64 random = 1, least = -1, most = 0;
	unsigned int accepted = 0;
	int file;

	vt_timing_insert();
	file = open("/sys/kernel/debug/vprot_timing/oaep", O_RDWR);
	ASSERT_LE(0, file);
	for (unsigned int kind = 0; kind < 1000; kind++) {
		struct decoded decoded;
		__u8 em[RSA], key[VT_KEY];
		bool good;

		make(kind, &random, em, &good);
		if (good) {
			/* Unmask a copy for the key. */
			__u8 copy[RSA];

			memcpy(copy, em, RSA);
			mask(copy + 1, HASH, copy + 1 + HASH, DB);
			mask(copy + 1 + HASH, DB, copy + 1, HASH);
			memcpy(key, copy + RSA - VT_KEY, VT_KEY);
		}
		ASSERT_EQ(RSA, write(file, em, RSA));
		ASSERT_EQ(sizeof(decoded), read(file, &decoded, sizeof(decoded)));
		ASSERT_EQ(good ? 0 : -EKEYREJECTED, decoded.result) TH_LOG("kind %u", kind);
		if (good)
			ASSERT_EQ(0, memcmp(key, decoded.key, VT_KEY));
		accepted += good;
		least = decoded.ticks < least ? decoded.ticks : least;
		most = decoded.ticks > most ? decoded.ticks : most;
	}
	printf("# 1000 paddings, %u of them good: %llu to %llu instructions\n", accepted,
	       (unsigned long long)least, (unsigned long long)most);
	EXPECT_EQ(least, most);
	/* The clock does count instructions. */
	EXPECT_GT(least, 10000);
}

/* --- RSA -------------------------------------------------------------------------------------- */

#define CIPHERTEXTS	10
#define TURNS		16
#define SAMPLES		(CIPHERTEXTS * TURNS)
/* A statistic of this size comes by chance once in a million times (chi squared, 9 degrees). */
#define LIMIT		46.6

struct sample {
	__u64 ticks;
	unsigned int ciphertext;
};

static int compare(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return x->ticks < y->ticks ? -1 : x->ticks > y->ticks;
}

/* Kruskal and Wallis: whether the samples depend on the ciphertext; equal ones share their rank. */
static double statistic(struct sample samples[SAMPLES])
{
	double ranks[CIPHERTEXTS] = { 0 }, sum = 0, ties = 0, n = SAMPLES;
	int i, j, k;

	qsort(samples, SAMPLES, sizeof(*samples), compare);
	for (i = 0; i < SAMPLES; i = j) {
		for (j = i; j < SAMPLES && samples[j].ticks == samples[i].ticks; j++)
			;
		for (k = i; k < j; k++)
			ranks[samples[k].ciphertext] += (i + j + 1) / 2.0;
		ties += (double)(j - i) * (j - i) * (j - i) - (j - i);
	}
	for (i = 0; i < CIPHERTEXTS; i++)
		sum += ranks[i] * ranks[i] / TURNS;
	return (12 / (n * (n + 1)) * sum - 3 * (n + 1)) / (1 - ties / (n * n * n - n));
}

static void put(const BIGNUM *number, __u8 out[RSA])
{
	if (BN_bn2binpad(number, out, RSA) != RSA)
		vt_fatal("OpenSSL failed to write a number");
}

/* Ciphertexts whose relation to the key differs. None is the encoding of a session key. */
static void make_ciphertexts(int fd, __u8 ciphertexts[CIPHERTEXTS][RSA])
{
	BIGNUM *n = NULL, *e = NULL, *x = BN_new();
	EVP_PKEY *device = vt_device_key(fd);
	BN_CTX *ctx = BN_CTX_new();
	__u8 message[RSA];
	__u64 random = 2;

	if (!x || !ctx || !EVP_PKEY_get_bn_param(device, OSSL_PKEY_PARAM_RSA_N, &n) ||
	    !EVP_PKEY_get_bn_param(device, OSSL_PKEY_PARAM_RSA_E, &e))
		vt_fatal("OpenSSL failed to read the device's key");

	/* Any. */
	for (int i = 0; i < 2; i++) {
		vt_fill(&random, ciphertexts[i], RSA);
		ciphertexts[i][0] &= 0x3f;
	}
	/* Near the modulus. */
	BN_copy(x, n);
	BN_sub_word(x, 2);
	put(x, ciphertexts[2]);
	BN_sub_word(x, 1000);
	put(x, ciphertexts[3]);
	/* Small ones. */
	BN_set_word(x, 3);
	put(x, ciphertexts[4]);
	BN_set_word(x, 0x123456789abcdef);
	put(x, ciphertexts[5]);
	/* Powers of two. */
	BN_zero(x);
	BN_set_bit(x, 2046);
	put(x, ciphertexts[6]);
	BN_zero(x);
	BN_set_bit(x, 1000);
	put(x, ciphertexts[7]);
	/* Whose plaintext is sparse. */
	for (int i = 8; i < CIPHERTEXTS; i++) {
		memset(message, 0, RSA);
		message[0] = 0x40;
		message[RSA - i] = i;
		BN_bin2bn(message, RSA, x);
		if (!BN_mod_exp(x, x, e, n, ctx))
			vt_fatal("OpenSSL failed to encrypt");
		put(x, ciphertexts[i]);
	}
	BN_CTX_free(ctx);
	BN_free(x);
	BN_free(e);
	BN_free(n);
	EVP_PKEY_free(device);
}

static void count(const char *name, void (*decrypt)(void *arg, const __u8 *c), void *arg,
		  __u8 ciphertexts[CIPHERTEXTS][RSA], double *h)
{
	struct sample samples[SAMPLES];
	__u64 random = 3;

	for (int i = 0; i < SAMPLES; i++)
		samples[i].ciphertext = i % CIPHERTEXTS;
	/* In any order: the blinding goes on from one to the next. */
	for (int i = SAMPLES - 1; i > 0; i--) {
		int j = vt_random(&random) % (i + 1);
		struct sample other = samples[i];

		samples[i] = samples[j];
		samples[j] = other;
	}
	decrypt(arg, ciphertexts[0]);
	for (int i = 0; i < SAMPLES; i++) {
		__u64 begin = __rdtsc();

		decrypt(arg, ciphertexts[samples[i].ciphertext]);
		samples[i].ticks = __rdtsc() - begin;
	}
	*h = statistic(samples);
	printf("# %s: %llu to %llu instructions, statistic %.1f (limit %.1f)\n", name,
	       (unsigned long long)samples[0].ticks,
	       (unsigned long long)samples[SAMPLES - 1].ticks, *h, LIMIT);
}

static void exchange(void *arg, const __u8 *c)
{
	int result = vt_send_blob(arg, c);

	if (result != -EKEYREJECTED)
		vt_fatal("a key exchange returned %d", result);
}

static void unblinded(void *arg, const __u8 *c)
{
	if (write(*(int *)arg, c, RSA) != RSA)
		vt_fatal("RSA failed: %s", strerror(errno));
}

TEST(rsa)
{
	__u8 ciphertexts[CIPHERTEXTS][RSA];
	struct vt_session s;
	double h;
	int file;

	vt_session_create(&s, vt_open(), DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	make_ciphertexts(s.fd, ciphertexts);
	file = open("/sys/kernel/debug/vprot_timing/rsa", O_WRONLY);
	if (file < 0) {
		vt_timing_insert();
		file = open("/sys/kernel/debug/vprot_timing/rsa", O_WRONLY);
	}
	ASSERT_LE(0, file);

	count("without blinding", unblinded, &file, ciphertexts, &h);
	EXPECT_GT(h, LIMIT);
	count("key exchange", exchange, &s, ciphertexts, &h);
	EXPECT_LT(h, LIMIT);
}

TEST_HARNESS_MAIN
