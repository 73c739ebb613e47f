// SPDX-License-Identifier: GPL-2.0
/*
 * Keys: a session key's epoch, a content key, a read-back key.
 */
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/skcipher.h>

#include "vprot_cipher.h"
#include "vprot_key.h"

/* Make a key with an instance of its cipher. */
static struct vprot_key *vprot_key_make(struct vprot_cipher_pool *pool)
{
	struct vprot_key *key;
	void *err;

	key = kzalloc(sizeof(*key), GFP_KERNEL_ACCOUNT);
	if (!key)
		return ERR_PTR(-ENOMEM);

	key->pool = pool;
	key->cipher = crypto_alloc_skcipher(pool->name, 0, 0);
	if (IS_ERR(key->cipher)) {
		err = ERR_CAST(key->cipher);
		kfree(key);
		return err;
	}
	return key;
}

/**
 * vprot_key_free() - free a key that nobody uses any more
 * @key: the key
 */
void vprot_key_free(struct vprot_key *key)
{
	crypto_free_skcipher(key->cipher);
	kfree_sensitive(key);
}

/**
 * vprot_key_alloc() - allocate what a key needs
 * @pool: the cipher that the key is for
 *
 * Everything that may run out of memory happens here, so that vprot_key_set() can follow under a
 * lock.
 *
 * Return: a key to call vprot_key_set() on, or an ERR_PTR. Sleeps.
 */
struct vprot_key *vprot_key_alloc(struct vprot_cipher_pool *pool)
{
	struct vprot_key *key;

	key = vprot_spares_take(&pool->keys) ?: vprot_key_make(pool);
	if (!IS_ERR(key))
		kref_init(&key->ref);
	return key;
}

/**
 * vprot_key_set() - fill in a key before others see it
 * @key: the key
 * @raw: the key itself
 * @epoch: number of the key epoch
 *
 * Return: 0 or the cipher's error, never for a valid cipher.
 */
int vprot_key_set(struct vprot_key *key, const u8 raw[DRM_VPROT_KEY_SIZE], u64 epoch)
{
	memcpy(key->raw, raw, sizeof(key->raw));
	key->epoch = epoch;
	return crypto_skcipher_setkey(key->cipher, raw, DRM_VPROT_KEY_SIZE);
}

/**
 * vprot_key_create() - allocate and fill in a key
 * @pool: the cipher that the key is for
 * @raw: the key itself
 * @epoch: number of the key epoch
 *
 * Return: the key or an ERR_PTR. Sleeps.
 */
struct vprot_key *vprot_key_create(struct vprot_cipher_pool *pool,
				   const u8 raw[DRM_VPROT_KEY_SIZE], u64 epoch)
{
	struct vprot_key *key;
	int ret;

	key = vprot_key_alloc(pool);
	if (IS_ERR(key))
		return key;

	ret = vprot_key_set(key, raw, epoch);
	if (ret) {
		vprot_key_put(key);
		return ERR_PTR(ret);
	}
	return key;
}

static void vprot_key_release(struct kref *ref)
{
	struct vprot_key *key = container_of(ref, struct vprot_key, ref);
	static const u8 dummy[DRM_VPROT_KEY_SIZE];

	/* The key schedule begins with the key itself: replace it. */
	if (vprot_key_set(key, dummy, 0) || !vprot_spares_put(&key->pool->keys, key))
		vprot_key_free(key);
}

/**
 * vprot_key_get() - take a reference
 * @key: the key
 *
 * Return: @key.
 */
struct vprot_key *vprot_key_get(struct vprot_key *key)
{
	kref_get(&key->ref);
	return key;
}

/**
 * vprot_key_put() - drop a reference; the last one wipes the key, for reuse or to free it
 * @key: the key or NULL
 *
 * Not under a spinlock.
 */
void vprot_key_put(struct vprot_key *key)
{
	if (key)
		kref_put(&key->ref, vprot_key_release);
}
