// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "oracle.h"

/* --- failing ---------------------------------------------------------------------------------- */

void vt_fatal(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "# ");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n");
	_exit(1);
}

/* --- random data that can be repeated --------------------------------------------------------- */

/* SplitMix64, by Sebastiano Vigna: every state leads to another one, zero included. */
__u64 vt_random(__u64 *seed)
{
	__u64 z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

void vt_fill(__u64 *seed, void *data, size_t size)
{
	__u8 *at = data;

	while (size) {
		__u64 number = vt_random(seed);
		size_t part = size < sizeof(number) ? size : sizeof(number);

		memcpy(at, &number, part);
		at += part;
		size -= part;
	}
}

/* --- the oracle ------------------------------------------------------------------------------- */

static void cipher(const EVP_CIPHER *type, const __u8 *key, const __u8 *iv, const void *in,
		   void *out, size_t size, int encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	const __u8 *from = in;
	__u8 *to = out;
	bool good = ctx && EVP_CipherInit_ex(ctx, type, NULL, key, iv, encrypt) == 1 &&
		    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1;

	while (good && size) {
		int part = size < 1 << 30 ? size : 1 << 30, done;

		good = EVP_CipherUpdate(ctx, to, &done, from, part) == 1 && done == part;
		from += part;
		to += part;
		size -= part;
	}
	EVP_CIPHER_CTX_free(ctx);
	if (!good)
		vt_fatal("OpenSSL failed to encrypt");
}

void vt_ctr(const __u8 key[VT_KEY], const __u8 iv[16], void *data, size_t size)
{
	__u64 blocks_left = 0;
	__u8 wrapped[16] = { 0 };
	size_t part;

	/* Blocks up to the end of the count; 0 stands for 2^64. */
	for (int i = 8; i < 16; i++)
		blocks_left = blocks_left << 8 | iv[i];
	blocks_left = -blocks_left;
	part = blocks_left && blocks_left < size / 16 + 1 ? blocks_left * 16 : size;
	if (part > size)
		part = size;
	cipher(EVP_aes_128_ctr(), key, iv, data, data, part, 1);
	if (part < size) {
		memcpy(wrapped, iv, 8);
		cipher(EVP_aes_128_ctr(), key, wrapped, (__u8 *)data + part, (__u8 *)data + part,
		       size - part, 1);
	}
}

void vt_cbcs(const __u8 key[VT_KEY], const __u8 iv[16], void *data, size_t size, bool encrypt)
{
	cipher(EVP_aes_128_cbc(), key, iv, data, data, size - size % 16, encrypt);
}

void vt_wrap(const __u8 key[VT_KEY], const __u8 in[VT_KEY], __u8 out[VT_KEY])
{
	cipher(EVP_aes_128_ecb(), key, NULL, in, out, VT_KEY, 1);
}

void vt_unwrap(const __u8 key[VT_KEY], const __u8 in[VT_KEY], __u8 out[VT_KEY])
{
	cipher(EVP_aes_128_ecb(), key, NULL, in, out, VT_KEY, 0);
}

void vt_cmac(const __u8 key[VT_KEY], const void *data, size_t size, __u8 out[16])
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_CIPHER, (char *)"AES-128-CBC", 0),
		OSSL_PARAM_END,
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	size_t out_size;

	if (!ctx || EVP_MAC_init(ctx, key, VT_KEY, params) != 1 ||
	    EVP_MAC_update(ctx, data, size) != 1 ||
	    EVP_MAC_final(ctx, out, &out_size, 16) != 1 || out_size != 16)
		vt_fatal("OpenSSL failed to make a CMAC");
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}

void vt_iv(__u8 out[16], __u64 iv, __u64 count)
{
	for (int i = 7; i >= 0; i--, iv >>= 8, count >>= 8) {
		out[i] = iv;
		out[8 + i] = count;
	}
}
