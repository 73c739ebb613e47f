// SPDX-License-Identifier: MIT
#include <string.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "program.h"

#define OMAC_SIZE	16

void program_random(void *out, size_t size)
{
	REQUIRE(RAND_bytes(out, size) == 1);
}

void program_wrap_for_device(const void *chain, size_t size, const uint8_t key[KEY_SIZE],
			    uint8_t message[MESSAGE_SIZE])
{
	const unsigned char *at = chain;
	X509 *certificate = d2i_X509(NULL, &at, size);
	EVP_PKEY_CTX *ctx;
	size_t length = MESSAGE_SIZE;

	/* A real one checks the chain first. */
	REQUIRE(certificate);
	ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(certificate), NULL);
	REQUIRE(ctx && EVP_PKEY_encrypt_init(ctx) > 0);
	REQUIRE(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0);
	REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha512()) > 0);
	REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha512()) > 0);
	REQUIRE(EVP_PKEY_encrypt(ctx, message, &length, key, KEY_SIZE) > 0);
	REQUIRE(length == MESSAGE_SIZE);
	EVP_PKEY_CTX_free(ctx);
	X509_free(certificate);
}

/* One block, one way or the other. */
static void crypt_block(const uint8_t with[KEY_SIZE], const uint8_t *in, uint8_t *out, bool encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int length;

	REQUIRE(ctx && EVP_CipherInit_ex(ctx, EVP_aes_128_ecb(), NULL, with, NULL, encrypt));
	REQUIRE(EVP_CIPHER_CTX_set_padding(ctx, 0));
	REQUIRE(EVP_CipherUpdate(ctx, out, &length, in, KEY_SIZE) && length == KEY_SIZE);
	EVP_CIPHER_CTX_free(ctx);
}

void program_wrap(const uint8_t with[KEY_SIZE], const uint8_t key[KEY_SIZE],
		 uint8_t wrapped[KEY_SIZE])
{
	crypt_block(with, key, wrapped, true);
}

void program_unwrap(const uint8_t with[KEY_SIZE], const uint8_t wrapped[KEY_SIZE],
		   uint8_t key[KEY_SIZE])
{
	crypt_block(with, wrapped, key, false);
}

void program_refresh(uint8_t key[KEY_SIZE], const uint8_t random_number[KEY_SIZE])
{
	int i;

	for (i = 0; i < KEY_SIZE; i++)
		key[i] ^= random_number[i];
}

/* The key stream runs on, byte by byte, over the encrypted bytes only. */
void program_crypt(const uint8_t key[KEY_SIZE], const uint8_t iv[16], void *data,
		  const struct program_run *runs, size_t count)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *at = data;
	size_t i;

	REQUIRE(ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_ctr(), NULL, key, iv));
	for (i = 0; i < count; i++) {
		int length;

		at += runs[i].clear;
		REQUIRE(EVP_EncryptUpdate(ctx, at, &length, at, runs[i].encrypted));
		at += runs[i].encrypted;
	}
	EVP_CIPHER_CTX_free(ctx);
}

static void omac(const uint8_t key[KEY_SIZE], const void *message, size_t size,
		 uint8_t out[OMAC_SIZE])
{
	size_t length = 0;

	REQUIRE(EVP_Q_mac(NULL, "CMAC", NULL, "AES-128-CBC", NULL, key, KEY_SIZE,
			  (const uint8_t *)message + OMAC_SIZE, size - OMAC_SIZE, out, OMAC_SIZE,
			  &length));
	REQUIRE(length == OMAC_SIZE);
}

void program_sign(const uint8_t key[KEY_SIZE], void *message, size_t size)
{
	uint8_t code[OMAC_SIZE];

	omac(key, message, size, code);
	memcpy(message, code, sizeof(code));
}

bool program_is_signed(const uint8_t key[KEY_SIZE], const void *message, size_t size)
{
	uint8_t code[OMAC_SIZE];

	omac(key, message, size, code);
	return !memcmp(message, code, sizeof(code));
}

void program_lose(const char *teardown)
{
	FILE *file = fopen(teardown, "w");

	REQUIRE(file && fputs("1", file) >= 0 && !fclose(file));
}
