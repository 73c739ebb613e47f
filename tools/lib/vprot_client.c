// SPDX-License-Identifier: MIT
/*
 * The client's part of a protected session.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "vprot_client.h"

#define BLOCK		16
#define RSA_BITS	(VPROT_KEY_EXCHANGE_SIZE * 8)

/* Take the next certificate off a DER chain. */
static X509 *next_certificate(const uint8_t **der, size_t *size)
{
	const uint8_t *at = *der;
	X509 *cert;

	if (*size > LONG_MAX)
		return NULL;
	cert = d2i_X509(NULL, &at, *size);
	if (cert) {
		*size -= at - *der;
		*der = at;
	}
	return cert;
}

static bool is_rsa_2048(X509 *cert)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);

	return key && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) == RSA_BITS;
}

static int verify(X509 *leaf, struct stack_st_X509 *issuers, X509 *root)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	int ret = -ENOMEM;

	if (!store || !ctx || !X509_STORE_add_cert(store, root) ||
	    !X509_STORE_CTX_init(ctx, store, leaf, issuers))
		goto out;

	if (X509_verify_cert(ctx) == 1) {
		ret = 0;
		goto out;
	}
	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		ret = -EKEYEXPIRED;
		break;
	case X509_V_ERR_OUT_OF_MEM:
		break;
	default:
		ret = -EKEYREJECTED;
	}
out:
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return ret;
}

int vprot_client_check_certificate(const void *chain, size_t chain_size,
				   const void *root, size_t root_size)
{
	const uint8_t *chain_at = chain, *root_at = root;
	X509 *leaf, *anchor, *issuer;
	struct stack_st_X509 *issuers;
	int ret = -EINVAL;

	leaf = next_certificate(&chain_at, &chain_size);
	anchor = next_certificate(&root_at, &root_size);
	issuers = sk_X509_new_null();
	if (!leaf || !anchor || root_size)
		goto out;
	while (chain_size) {
		issuer = next_certificate(&chain_at, &chain_size);
		if (!issuer || !sk_X509_push(issuers, issuer)) {
			X509_free(issuer);
			goto out;
		}
	}

	ret = verify(leaf, issuers, anchor);
	if (!ret && (!is_rsa_2048(leaf) || !(X509_get_key_usage(leaf) & KU_KEY_ENCIPHERMENT)))
		ret = -EKEYREJECTED;
out:
	sk_X509_pop_free(issuers, X509_free);
	X509_free(anchor);
	X509_free(leaf);
	return ret;
}

int vprot_client_wrap_session_key(const void *chain, size_t chain_size,
				  const uint8_t key[VPROT_KEY_SIZE],
				  uint8_t message[VPROT_KEY_EXCHANGE_SIZE])
{
	const uint8_t *at = chain;
	uint8_t out[VPROT_KEY_EXCHANGE_SIZE];
	size_t size = sizeof(out);
	EVP_PKEY_CTX *ctx = NULL;
	X509 *leaf;
	int ret = -EINVAL;

	leaf = next_certificate(&at, &chain_size);
	if (!leaf || !is_rsa_2048(leaf))
		goto out;

	ret = -ENOMEM;
	ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(leaf), NULL);
	if (!ctx || EVP_PKEY_encrypt_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha512()) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha512()) <= 0 ||
	    EVP_PKEY_encrypt(ctx, out, &size, key, VPROT_KEY_SIZE) <= 0)
		goto out;

	memcpy(message, out, sizeof(out));
	ret = 0;
out:
	EVP_PKEY_CTX_free(ctx);
	X509_free(leaf);
	return ret;
}

void vprot_client_apply_nonce(uint8_t key[VPROT_KEY_SIZE], const uint8_t nonce[VPROT_KEY_SIZE])
{
	size_t i;

	for (i = 0; i < VPROT_KEY_SIZE; i++)
		key[i] ^= nonce[i];
}

/* One block of AES-ECB. */
static int crypt_block(const uint8_t *key, const uint8_t *in, uint8_t *out, int encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t block[BLOCK];
	int size, ret = -ENOMEM;

	if (ctx && EVP_CipherInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL, encrypt) &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) &&
	    EVP_CipherUpdate(ctx, block, &size, in, BLOCK)) {
		memcpy(out, block, BLOCK);
		ret = 0;
	}
	OPENSSL_cleanse(block, sizeof(block));
	EVP_CIPHER_CTX_free(ctx);
	return ret;
}

int vprot_client_wrap_content_key(const uint8_t session_key[VPROT_KEY_SIZE],
				  const uint8_t content_key[VPROT_KEY_SIZE],
				  uint8_t wrapped[VPROT_KEY_SIZE])
{
	return crypt_block(session_key, content_key, wrapped, 1);
}

int vprot_client_unwrap_key(const uint8_t session_key[VPROT_KEY_SIZE],
			    const uint8_t wrapped[VPROT_KEY_SIZE], uint8_t key[VPROT_KEY_SIZE])
{
	return crypt_block(session_key, wrapped, key, 0);
}

/* Bytes that a counter block is good for before its count wraps, which OpenSSL would carry on. */
static size_t before_wrap(const uint8_t counter[BLOCK], size_t size)
{
	uint64_t count = 0, blocks;
	int i;

	for (i = BLOCK / 2; i < BLOCK; i++)
		count = count << 8 | counter[i];
	blocks = -count;
	return blocks && blocks < size / BLOCK + !!(size % BLOCK) ? blocks * BLOCK : size;
}

int vprot_client_crypt(const uint8_t key[VPROT_KEY_SIZE], const uint8_t iv[16], const void *in,
		       void *out, size_t size)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const uint8_t *from = in;
	uint8_t counter[BLOCK], *to = out;
	int done, ret = 0;

	if (!ctx)
		return -ENOMEM;

	memcpy(counter, iv, sizeof(counter));
	while (size && !ret) {
		size_t run = before_wrap(counter, size);

		if (!EVP_EncryptInit_ex(ctx, EVP_aes_128_ctr(), NULL, key, counter))
			ret = -ENOMEM;
		size -= run;
		while (run && !ret) {
			int n = run < INT_MAX ? run : INT_MAX;

			if (!EVP_EncryptUpdate(ctx, to, &done, from, n))
				ret = -EIO;
			from += n;
			to += n;
			run -= n;
		}
		/* A run ends early only where the count wraps to 0. */
		memset(counter + BLOCK / 2, 0, BLOCK / 2);
	}
	EVP_CIPHER_CTX_free(ctx);
	return ret;
}
