/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_KEY_H__
#define __VPROT_KEY_H__

#include <linux/kref.h>
#include <linux/types.h>

#include <crypto/algapi.h>

#include <drm/vprot_drm.h>

struct crypto_skcipher;
struct vprot_cipher_pool;

/**
 * struct vprot_key - a key with its cipher
 *
 * Immutable once others can see it. Whoever uses it holds a reference; the last one wipes it.
 */
struct vprot_key {
	/** @ref: reference count */
	struct kref ref;
	/** @pool: what @cipher comes from, which says the mode that the key is for */
	struct vprot_cipher_pool *pool;
	/** @cipher: the bulk cipher with this key */
	struct crypto_skcipher *cipher;
	/** @epoch: number of the key epoch; 0 for a content or read-back key */
	u64 epoch;
	/** @raw: the key itself */
	u8 raw[DRM_VPROT_KEY_SIZE];
};

void vprot_key_free(struct vprot_key *key);
struct vprot_key *vprot_key_alloc(struct vprot_cipher_pool *pool);
int vprot_key_set(struct vprot_key *key, const u8 raw[DRM_VPROT_KEY_SIZE], u64 epoch);
struct vprot_key *vprot_key_create(struct vprot_cipher_pool *pool,
				   const u8 raw[DRM_VPROT_KEY_SIZE], u64 epoch);
struct vprot_key *vprot_key_get(struct vprot_key *key);
void vprot_key_put(struct vprot_key *key);

/** vprot_key_equal() - Return: whether two keys are the same, found out in constant time */
static inline bool vprot_key_equal(const u8 a[DRM_VPROT_KEY_SIZE], const u8 b[DRM_VPROT_KEY_SIZE])
{
	return !crypto_memneq(a, b, DRM_VPROT_KEY_SIZE);
}

#endif /* __VPROT_KEY_H__ */
