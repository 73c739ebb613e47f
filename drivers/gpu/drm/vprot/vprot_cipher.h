/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_CIPHER_H__
#define __VPROT_CIPHER_H__

#include <linux/crypto.h>
#include <linux/types.h>

struct crypto_skcipher;
struct scatterlist;
struct skcipher_request;
struct vprot_device;

#define VPROT_SPARE_CIPHERS	16

/**
 * struct vprot_cipher_pool - a bulk cipher of a device: AES in one mode
 */
struct vprot_cipher_pool {
	/** @name: driver name of the implementation that all instances have */
	char name[CRYPTO_MAX_ALG_NAME];
	/** @reqsize: bytes that its requests need beside what all need */
	unsigned int reqsize;
	/** @alignmask: memory alignment that the implementation wants, minus one */
	unsigned int alignmask;
	/** @chains: the mode is CBC, else CTR */
	bool chains;
	/**
	 * @stages: the implementation writes key stream or plaintext into the destination before
	 * the result; it must not work on memory that user space can see
	 */
	bool stages;
	/**
	 * @spares: instances without a key, or NULL, for reuse: allocating one costs far more than
	 * a key. Each is taken and given back by one atomic operation: two sessions have no lock
	 * that one would wait for.
	 */
	struct crypto_skcipher *spares[VPROT_SPARE_CIPHERS];
};

int vprot_ciphers_init(struct vprot_device *vdev);

struct crypto_skcipher *vprot_cipher_get(struct vprot_cipher_pool *pool);
void vprot_cipher_put(struct vprot_cipher_pool *pool, struct crypto_skcipher *cipher);

int vprot_cipher_ctr(struct skcipher_request *req, struct crypto_skcipher *cipher,
		     struct scatterlist *src, struct scatterlist *dst, unsigned int size,
		     const u8 counter[16]);
int vprot_cipher_cbc(struct skcipher_request *req, struct crypto_skcipher *cipher,
		     struct scatterlist *src, struct scatterlist *dst, unsigned int size,
		     u8 chain[16]);

int vprot_cipher_decrypt_block(const u8 key[16], u8 out[16], const u8 in[16]);

#endif /* __VPROT_CIPHER_H__ */
