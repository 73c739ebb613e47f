// SPDX-License-Identifier: GPL-2.0
/*
 * What the device makes of the files that give it its identity: with files that are missing or not
 * usable it works, but does not offer RSAES_OAEP.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "kselftest_harness.h"
#include "module.h"
#include "vprot_test.h"

#define FOLDER		"/tmp/vprot-identity"
#define KEY		FOLDER "/vprot/device-key.der"
#define CERTIFICATE	FOLDER "/vprot/device-cert.der"
#define SEARCH_PATH	"/sys/module/firmware_class/parameters/path"
#define MAX_KEY		4096
#define MAX_CERTIFICATE	65536

static char search_path[256];

/* Before the first test. */
__attribute__((constructor)) static void save(void)
{
	int fd = open(SEARCH_PATH, O_RDONLY);
	ssize_t size = fd < 0 ? -1 : read(fd, search_path, sizeof(search_path) - 1);

	if (size < 0)
		vt_fatal(SEARCH_PATH ": %s", strerror(errno));
	search_path[strcspn(search_path, "\n")] = 0;
	close(fd);
}

static void write_file(const char *name, const void *data, size_t size)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		vt_fatal("%s: %s", name, strerror(errno));
	close(fd);
}

/* When all tests have ended, and closed the device; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	write_file(SEARCH_PATH, search_path, strlen(search_path));
	vt_module_reload("");
}

static int read_good(const char *file, void *data, size_t max)
{
	char name[512];
	ssize_t size;
	int fd;

	snprintf(name, sizeof(name), "%s/vprot/%s", search_path, file);
	fd = open(name, O_RDONLY);
	size = fd < 0 ? -1 : read(fd, data, max);
	if (size < 0)
		vt_fatal("%s: %s", name, strerror(errno));
	close(fd);
	return size;
}

/* The key that the device was given for the tests, PKCS#1 DER; returns its size. */
static int good_key(__u8 der[MAX_KEY])
{
	return read_good("device-key.der", der, MAX_KEY);
}

FIXTURE(identity) {
	__u8 certificate[MAX_CERTIFICATE + 1];	/* the one of that key, with more behind it */
};

FIXTURE_SETUP(identity)
{
	mkdir(FOLDER, 0700);
	mkdir(FOLDER "/vprot", 0700);
	unlink(KEY);
	unlink(CERTIFICATE);
	write_file(SEARCH_PATH, FOLDER, strlen(FOLDER));
	memset(self->certificate, 0x30, sizeof(self->certificate));
	read_good("device-cert.der", self->certificate, MAX_CERTIFICATE);
}

FIXTURE_TEARDOWN(identity)
{
}

static void write_good_key(void)
{
	__u8 der[MAX_KEY];

	write_file(KEY, der, good_key(der));
}

/* Reloads the module; what a client sees that a device without an identity has not, or "". */
static const char *not_offered(void)
{
	struct drm_vprot_get_caps caps;
	struct drm_vprot_get_certificate certificate = {};
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP,
	};
	struct vt_session s;
	const char *wrong = "";
	int fd;

	vt_module_reload("");
	fd = vt_open();
	vt_caps(fd, &caps);
	if (caps.key_exchange_types != 1U << DRM_VPROT_KEY_EXCHANGE_INTERNAL)
		wrong = "the key exchange types";
	if (caps.certificate_size)
		wrong = "the size of the certificate";
	if (vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &certificate) != -EOPNOTSUPP)
		wrong = "the certificate";
	if (vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create) != -EOPNOTSUPP)
		wrong = "a session";
	/* The device works for all else. */
	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	close(fd);
	return wrong;
}

TEST_F(identity, no_files)
{
	EXPECT_STREQ("", not_offered());
}

TEST_F(identity, no_certificate)
{
	write_good_key();
	EXPECT_STREQ("", not_offered());
}

TEST_F(identity, no_key)
{
	write_file(CERTIFICATE, self->certificate, 1000);
	EXPECT_STREQ("", not_offered());
}

TEST_F(identity, a_key_that_is_none)
{
	write_file(CERTIFICATE, self->certificate, 1000);
	write_file(KEY, self->certificate, 1000);
	EXPECT_STREQ("", not_offered());
	write_file(KEY, self->certificate, 0);
	EXPECT_STREQ("", not_offered());
}

TEST_F(identity, a_key_cut_short)
{
	__u8 der[MAX_KEY];
	int size = good_key(der);

	write_file(CERTIFICATE, self->certificate, 1000);
	write_file(KEY, der, size - 1);
	EXPECT_STREQ("", not_offered());
}

/* Some of them the kernel's RSA would take; the certificate is of each key. */
TEST_F(identity, a_key_of_another_size)
{
	static const unsigned int bits[] = { 1024, 2040, 2056, 3072 };

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		EVP_PKEY *key = EVP_RSA_gen(bits[i]);
		__u8 *der = NULL;
		int size = i2d_PrivateKey(key, &der);
		BIGNUM *n = NULL;

		ASSERT_LT(0, size);
		ASSERT_EQ(1, EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n));
		BN_bn2bin(n, self->certificate + 100);
		write_file(CERTIFICATE, self->certificate, 1000);
		write_file(KEY, der, size);
		EXPECT_STREQ("", not_offered());
		BN_free(n);
		OPENSSL_free(der);
		EVP_PKEY_free(key);
	}
}

TEST_F(identity, a_key_whose_factors_are_not_its_own)
{
	/* The modulus, after its tag, its size and a 0 for its sign. */
	static const __u8 before[] = { 0x02, 0x82, 0x01, 0x01, 0x00 };
	__u8 der[MAX_KEY];
	int size = good_key(der);
	__u8 *n = memmem(der, size, before, sizeof(before));

	ASSERT_NE(NULL, n);
	memset(n + sizeof(before), 0xff, 256);
	memset(self->certificate, 0xff, 1000);
	write_file(CERTIFICATE, self->certificate, 1000);
	write_file(KEY, der, size);
	EXPECT_STREQ("", not_offered());
}

TEST_F(identity, files_that_are_too_long)
{
	__u8 key[MAX_KEY + 1] = {};

	good_key(key);
	write_good_key();
	write_file(CERTIFICATE, self->certificate, MAX_CERTIFICATE + 1);
	EXPECT_STREQ("", not_offered());
	write_file(CERTIFICATE, self->certificate, 1000);
	write_file(KEY, key, sizeof(key));
	EXPECT_STREQ("", not_offered());
}

TEST_F(identity, a_certificate_of_another_key)
{
	/* The modulus in the certificate, as in a_key_whose_factors_are_not_its_own. */
	static const __u8 before[] = { 0x02, 0x82, 0x01, 0x01, 0x00 };
	__u8 *n = memmem(self->certificate, 1000, before, sizeof(before));

	ASSERT_NE(NULL, n);
	n[100] ^= 1;
	write_good_key();
	write_file(CERTIFICATE, self->certificate, 1000);
	EXPECT_STREQ("", not_offered());
	memset(self->certificate, 0x30, 1000);
	write_file(CERTIFICATE, self->certificate, 1000);
	EXPECT_STREQ("", not_offered());
}

/*
 * A certificate of the device's key is passed on as it is: all else in it is for clients to check.
 */
TEST_F(identity, good_files)
{
	__u8 got[MAX_CERTIFICATE] = {};
	struct drm_vprot_get_certificate get = { .size = sizeof(got), .data = (uintptr_t)got };
	struct drm_vprot_get_caps caps;
	int fd;

	write_good_key();
	write_file(CERTIFICATE, self->certificate, MAX_CERTIFICATE);
	vt_module_reload("");
	fd = vt_open();
	vt_caps(fd, &caps);
	EXPECT_EQ(1U << DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP | 1U << DRM_VPROT_KEY_EXCHANGE_INTERNAL,
		  caps.key_exchange_types);
	EXPECT_EQ(MAX_CERTIFICATE, caps.certificate_size);
	EXPECT_EQ(0, vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
	EXPECT_EQ(0, memcmp(self->certificate, got, sizeof(got)));
	close(fd);
}

TEST_HARNESS_MAIN
