/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_CIPHER_H__
#define __VPROT_CIPHER_H__

#include <linux/crypto.h>
#include <linux/types.h>

#include <crypto/skcipher.h>

#include "vprot_spares.h"

struct scatterlist;
struct vprot_device;
struct vprot_key;

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
	/** @keys: keys that were wiped: allocating an instance costs far more than to set a key */
	struct vprot_spares keys;
	/** @streams: streams of full size, in one piece of memory each */
	struct vprot_spares streams;
};

/**
 * struct vprot_cipher_request - a request to a bulk cipher, for one run after the other
 */
struct vprot_cipher_request {
	/** @wait: for the end of a run */
	struct crypto_wait wait;
	/**
	 * @iv: counter block or chain to begin with; of a chain, afterwards that to go on with.
	 * Aligned, or some ciphers allocate a copy of it.
	 */
	__be64 iv[2] __aligned(16);
	/** @req: the crypto API's request, in front of memory for the implementation */
	struct skcipher_request req;
};

int vprot_ciphers_init(struct vprot_device *vdev);

void vprot_cipher_request_init(struct vprot_cipher_request *request);
int vprot_cipher_run(struct vprot_cipher_request *request, const struct vprot_key *key,
		     struct scatterlist *src, struct scatterlist *dst, unsigned int size);

int vprot_cipher_decrypt_block(const u8 key[16], u8 out[16], const u8 in[16]);

#endif /* __VPROT_CIPHER_H__ */
