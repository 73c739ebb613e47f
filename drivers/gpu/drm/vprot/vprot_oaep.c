// SPDX-License-Identifier: GPL-2.0
/*
 * RSAES-OAEP decoding (RFC 8017, 7.1.2, step 3) with SHA-512, MGF1 with SHA-512 and an empty label,
 * for a message of one session key, in time that does not depend on what is decoded.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include <crypto/hash.h>
#include <crypto/sha2.h>

#include "vprot_oaep.h"

#define HASH_SIZE	SHA512_DIGEST_SIZE
#define DB_SIZE		(DRM_VPROT_KEY_EXCHANGE_SIZE - 1 - HASH_SIZE)
#define KEY_AT		(DB_SIZE - DRM_VPROT_KEY_SIZE)

/* XOR MGF1(seed) into data. */
static int vprot_oaep_mask(struct crypto_shash *sha512, u8 *data, size_t size,
			   const u8 *seed, size_t seed_size)
{
	SHASH_DESC_ON_STACK(desc, sha512);
	u8 hash[HASH_SIZE];
	size_t at, i;
	__be32 counter;
	int ret = 0;

	desc->tfm = sha512;

	for (at = 0; at < size && !ret; at += HASH_SIZE) {
		counter = cpu_to_be32(at / HASH_SIZE);
		ret = crypto_shash_init(desc) ?:
		      crypto_shash_update(desc, seed, seed_size) ?:
		      crypto_shash_finup(desc, (u8 *)&counter, sizeof(counter), hash);
		for (i = 0; i < min_t(size_t, HASH_SIZE, size - at); i++)
			data[at + i] ^= hash[i];
	}

	shash_desc_zero(desc);
	memzero_explicit(hash, sizeof(hash));
	return ret;
}

/**
 * vprot_oaep_decode() - get the session key out of an encoded message
 * @sha512: the hash
 * @em: the encoded message, the result of the RSA operation; used up
 * @key: gets the session key; holds nothing of use on failure
 *
 * Return: 0, -EKEYREJECTED when @em is not the encoding of a session key, or the hash's error,
 * which does not depend on @em.
 */
int vprot_oaep_decode(struct crypto_shash *sha512, u8 em[DRM_VPROT_KEY_EXCHANGE_SIZE],
		      u8 key[DRM_VPROT_KEY_SIZE])
{
	u8 *seed = em + 1, *db = seed + HASH_SIZE;
	u8 label_hash[HASH_SIZE];
	unsigned int bad, i;
	int ret;

	ret = crypto_shash_tfm_digest(sha512, "", 0, label_hash) ?:
	      vprot_oaep_mask(sha512, seed, HASH_SIZE, db, DB_SIZE) ?:
	      vprot_oaep_mask(sha512, db, DB_SIZE, seed, HASH_SIZE);
	if (ret)
		return ret;

	/* The message has one valid length, so each byte has one valid value. */
	bad = em[0];
	for (i = 0; i < HASH_SIZE; i++)
		bad |= db[i] ^ label_hash[i];
	for (; i < KEY_AT - 1; i++)
		bad |= db[i];
	bad |= db[i] ^ 1;
	OPTIMIZER_HIDE_VAR(bad);

	memcpy(key, db + KEY_AT, DRM_VPROT_KEY_SIZE);
	return bad ? -EKEYREJECTED : 0;
}
