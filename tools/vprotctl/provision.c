// SPDX-License-Identifier: MIT
/*
 * vprotctl provision: the device's key, its certificate, and the root that clients trust.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "vprotctl.h"

#define RSA_BITS	2048
#define SERIAL_BITS	127

/**
 * struct output - a file that is made
 */
struct output {
	const char *name;
	mode_t mode;
	uint8_t *data;
	int size;
};

static void usage(void)
{
	puts("usage: vprotctl provision [OPTION]... [FOLDER]\n"
	     "\n"
	     "Makes an identity for the device in FOLDER (" FIRMWARE_FOLDER "):\n"
	     "  device-key.der   its RSA-2048 key, readable by root only\n"
	     "  device-cert.der  its certificate, then that of the root that issued it\n"
	     "  " ROOT_FILE "    the root's certificate, for clients; the root's key is not kept\n"
	     "The module reads the first two when it is loaded.\n"
	     "\n"
	     "  --days N  how long the certificates are valid (3650)\n"
	     "  --force   replace what is there\n"
	     "  --json    print the files' names as a JSON object");
}

static EVP_PKEY *make_key(void)
{
	EVP_PKEY *key = EVP_RSA_gen(RSA_BITS);

	if (!key)
		fail("OpenSSL cannot make an RSA key");
	return key;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!extension || !X509_add_ext(cert, extension, -1))
		fail("OpenSSL cannot add '%s' to a certificate", value);
	X509_EXTENSION_free(extension);
}

/* A certificate of a key. Without an issuer it is a root and issues itself. */
static X509 *make_certificate(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key,
			      unsigned long days)
{
	BIGNUM *serial = BN_new();
	X509 *cert = X509_new();
	X509_NAME *subject;

	if (!serial || !cert || !BN_rand(serial, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY))
		fail("OpenSSL cannot make a certificate");
	subject = X509_get_subject_name(cert);
	if (!X509_set_version(cert, X509_VERSION_3) ||
	    !BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(cert)) ||
	    !X509_gmtime_adj(X509_getm_notBefore(cert), 0) ||
	    !X509_time_adj_ex(X509_getm_notAfter(cert), days, 0, NULL) ||
	    !X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1,
					0) ||
	    !X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : subject) ||
	    !X509_set_pubkey(cert, key))
		fail("OpenSSL cannot fill in a certificate");
	BN_free(serial);

	add_extension(cert, cert, NID_subject_key_identifier, "hash");
	if (issuer) {
		add_extension(cert, issuer, NID_authority_key_identifier, "keyid:always");
		add_extension(cert, issuer, NID_basic_constraints, "critical,CA:FALSE");
		add_extension(cert, issuer, NID_key_usage, "critical,keyEncipherment");
	} else {
		add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
		add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign");
	}
	if (!X509_sign(cert, issuer_key ? issuer_key : key, EVP_sha256()))
		fail("OpenSSL cannot sign a certificate");
	return cert;
}

static void add_certificate(struct output *out, X509 *cert)
{
	uint8_t *at;
	int size = i2d_X509(cert, NULL);

	if (size > 0)
		out->data = realloc(out->data, out->size + size);
	if (size <= 0 || !out->data)
		fail("no memory for a certificate");
	at = out->data + out->size;
	out->size += i2d_X509(cert, &at);
}

/* Where a file is until all of them are complete: nobody sees half of one in its place. */
static const char *aside(const struct output *out)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s.new", out->name);
	return name;
}

/* Returns 0 or an errno. */
static int write_aside(int folder, const struct output *out)
{
	int fd = openat(folder, aside(out), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int error = 0;
	ssize_t n;

	if (fd < 0)
		return errno;
	errno = ENOSPC; /* for a write that is cut short */
	n = write(fd, out->data, out->size);
	if (n != out->size || fchmod(fd, out->mode) || fsync(fd))
		error = errno;
	if (close(fd) && !error)
		error = errno;
	return error;
}

static void remove_aside(int folder, const struct output *outputs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		unlinkat(folder, aside(&outputs[i]), 0);
}

/* Make a folder, and those above it that are missing. */
static void make_folder(const char *path)
{
	char *part = strdup(path), *slash;

	if (!part)
		fail("no memory");
	for (slash = part + 1; *part && (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(part, 0755) && errno != EEXIST)
			fail("cannot make the folder %s: %s", part, strerror(errno));
		*slash = '/';
	}
	if (mkdir(path, 0755) && errno != EEXIST)
		fail("cannot make the folder %s: %s", path, strerror(errno));
	free(part);
}

/* The folder to put the files in, which has none of them, unless they are to be replaced. */
static int open_folder(const char *path, const struct output *outputs, size_t count, bool force)
{
	int folder;
	size_t i;

	make_folder(path);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		fail("cannot open the folder %s: %s", path, strerror(errno));

	for (i = 0; i < count && !force; i++)
		if (!faccessat(folder, outputs[i].name, F_OK, AT_SYMLINK_NOFOLLOW))
			fail("%s/%s is there already; --force replaces it, and no client that trusts its root will know the device then",
			     path, outputs[i].name);
	return folder;
}

static void put_files(int folder, const char *path, const struct output *outputs, size_t count)
{
	int error;
	size_t i;

	for (i = 0; i < count; i++) {
		error = write_aside(folder, &outputs[i]);
		if (error) {
			remove_aside(folder, outputs, count);
			fail("cannot write %s/%s: %s", path, outputs[i].name, strerror(error));
		}
	}
	for (i = 0; i < count; i++)
		if (renameat(folder, aside(&outputs[i]), folder, outputs[i].name))
			fail("cannot put %s/%s in place: %s", path, outputs[i].name,
			     strerror(errno));
	fsync(folder);
	close(folder);
}

int provision_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "days", required_argument, NULL, 'd' },
		{ "force", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct output outputs[] = {
		{ .name = "device-cert.der", .mode = 0644 },
		{ .name = ROOT_FILE, .mode = 0644 },
		/* Last: with it the identity is complete. */
		{ .name = "device-key.der", .mode = 0600 },
	};
	const size_t count = sizeof(outputs) / sizeof(outputs[0]);
	const char *path = FIRMWARE_FOLDER;
	unsigned long days = 3650;
	bool force = false, json = false;
	EVP_PKEY *root_key, *device_key;
	X509 *root, *device;
	int option, folder;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			days = parse_number("--days", optarg, 1, 36500);
			break;
		case 'f':
			force = true;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			usage();
			return 0;
		default:
			fail_option();
		}
	}
	if (optind < argc)
		path = argv[optind++];
	if (optind < argc)
		fail_usage("'%s' is one argument too many", argv[optind]);

	folder = open_folder(path, outputs, count, force);
	root_key = make_key();
	root = make_certificate(root_key, "vprot root", NULL, NULL, days);
	device_key = make_key();
	device = make_certificate(device_key, "vprot device", root, root_key, days);
	EVP_PKEY_free(root_key);

	add_certificate(&outputs[0], device);
	add_certificate(&outputs[0], root);
	add_certificate(&outputs[1], root);
	outputs[2].size = i2d_PrivateKey(device_key, &outputs[2].data);
	if (outputs[2].size <= 0)
		fail("OpenSSL cannot encode the device's key");
	put_files(folder, path, outputs, count);

	if (json) {
		printf("{\"folder\": ");
		print_json_string(path);
		printf(", \"key\": \"%s\", \"certificate\": \"%s\", \"root\": \"%s\", \"days\": %lu}\n",
		       outputs[2].name, outputs[0].name, outputs[1].name, days);
	} else {
		printf("The device has an identity in %s, valid for %lu days.\n", path, days);
		printf("Clients check it against %s/%s.\n", path, ROOT_FILE);
		printf("The module reads it when it is loaded.\n");
	}

	OPENSSL_cleanse(outputs[2].data, outputs[2].size);
	OPENSSL_free(outputs[2].data);
	free(outputs[1].data);
	free(outputs[0].data);
	EVP_PKEY_free(device_key);
	X509_free(device);
	X509_free(root);
	return 0;
}
