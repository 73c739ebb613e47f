// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of a session's keys: a new session key, its refresh, a new read-back key.
 */
#include <linux/random.h>
#include <linux/uaccess.h>

#include <crypto/algapi.h>

#include <drm/drm_file.h>

#include "vprot_caps.h"
#include "vprot_cipher.h"
#include "vprot_device.h"
#include "vprot_key.h"
#include "vprot_session.h"
#include "vprot_trace.h"

/* Swap the session key. Returns the old one, whose reference is the caller's to drop. */
static struct vprot_key *vprot_session_swap_key(struct vprot_session *session,
						struct vprot_key *key)
{
	lockdep_assert_held(&session->key_mutex);

	spin_lock(&session->lock);
	swap(session->key, key);
	session->session_ivs.used = false;
	spin_unlock(&session->lock);
	return key;
}

/* Whether the session has a key to work with. */
static int vprot_session_has_key(struct vprot_session *session)
{
	lockdep_assert_held(&session->key_mutex);

	return vprot_session_alive(session) ?: (session->key ? 0 : -ENOKEY);
}

/**
 * vprot_session_set_key() - begin a key epoch with a key that does not stem from the last one
 * @session: the session
 * @raw: the key
 *
 * Drops a pending refresh and the read-back key. A session that is not alive is left as it is.
 *
 * Return: 0, -ENOMEM, or what vprot_session_alive() says. Sleeps.
 */
int vprot_session_set_key(struct vprot_session *session, const u8 raw[DRM_VPROT_KEY_SIZE])
{
	struct vprot_key *key, *pending = NULL, *read_back_key = NULL;
	int ret;

	key = vprot_key_alloc(session->pool);
	if (IS_ERR(key))
		return PTR_ERR(key);

	mutex_lock(&session->key_mutex);
	ret = vprot_session_alive(session) ?:
	      vprot_key_set(key, raw, session->key ? session->key->epoch + 1 : 1);
	if (!ret) {
		swap(session->pending, pending);
		spin_lock(&session->lock);
		swap(session->read_back_key, read_back_key);
		spin_unlock(&session->lock);
		trace_vprot_session_key(session, key->epoch);
		key = vprot_session_swap_key(session, key);
	}
	mutex_unlock(&session->key_mutex);

	vprot_key_put(pending);
	vprot_key_put(read_back_key);
	vprot_key_put(key);
	return ret;
}

/* Find a session whose key can be refreshed. */
static struct vprot_session *vprot_session_lookup_refresh(struct drm_file *file, u32 handle)
{
	struct vprot_session *session;

	session = vprot_session_lookup(file, handle);
	if (!session)
		return ERR_PTR(-ENOENT);

	if (session->key_exchange_type != DRM_VPROT_KEY_EXCHANGE_INTERNAL &&
	    !vprot_caps_check(session->crypto_type, DRM_VPROT_CAP_FRESHEN_SESSION_KEY))
		return session;

	vprot_session_put(session);
	return ERR_PTR(-EOPNOTSUPP);
}

/* Make the next key from the current one and save it. */
static int vprot_session_prepare_key(struct vprot_session *session, struct vprot_key **next,
				     const u8 nonce[DRM_VPROT_KEY_SIZE])
{
	u8 raw[DRM_VPROT_KEY_SIZE];
	int ret;

	mutex_lock(&session->key_mutex);
	ret = vprot_session_has_key(session);
	if (!ret) {
		crypto_xor_cpy(raw, session->key->raw, nonce, sizeof(raw));
		ret = vprot_key_set(*next, raw, session->key->epoch + 1);
		memzero_explicit(raw, sizeof(raw));
	}
	if (!ret) {
		swap(session->pending, *next);
		trace_vprot_refresh_start(session, session->pending->epoch);
	}
	mutex_unlock(&session->key_mutex);
	return ret;
}

static int vprot_session_start_refresh(struct vprot_session *session, u8 __user *user_nonce)
{
	u8 nonce[DRM_VPROT_KEY_SIZE];
	struct vprot_key *next;
	int ret;

	mutex_lock(&session->key_mutex);
	ret = vprot_session_has_key(session);
	mutex_unlock(&session->key_mutex);
	ret = ret ?: wait_for_random_bytes();
	if (ret)
		return ret;

	next = vprot_key_alloc(session->pool);
	if (IS_ERR(next))
		return PTR_ERR(next);

	get_random_bytes(nonce, sizeof(nonce));
	if (copy_to_user(user_nonce, nonce, sizeof(nonce)))
		ret = -EFAULT;
	else
		ret = vprot_session_prepare_key(session, &next, nonce);

	memzero_explicit(nonce, sizeof(nonce));
	vprot_key_put(next);
	return ret;
}

int vprot_start_session_key_refresh_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vprot_start_session_key_refresh *args = data;
	struct vprot_session *session;
	int ret;

	if (args->size != DRM_VPROT_KEY_SIZE)
		return -EINVAL;

	session = vprot_session_lookup_refresh(file, args->handle);
	if (IS_ERR(session)) {
		ret = PTR_ERR(session);
	} else {
		ret = vprot_session_start_refresh(session, u64_to_user_ptr(args->nonce));
		vprot_session_put(session);
	}
	return vprot_rank_fault(ret, args->nonce, DRM_VPROT_KEY_SIZE);
}

/* The epoch that Finish would begin now. */
static int vprot_session_pending_epoch(struct vprot_session *session, u64 *epoch)
{
	int ret;

	mutex_lock(&session->key_mutex);
	ret = vprot_session_alive(session) ?: (session->pending ? 0 : -ENODATA);
	if (!ret)
		*epoch = session->pending->epoch;
	mutex_unlock(&session->key_mutex);
	return ret;
}

static int vprot_session_finish_refresh(struct vprot_session *session, u64 user_epoch)
{
	struct vprot_key *key = NULL;
	u64 epoch;
	int ret;

	ret = vprot_session_pending_epoch(session, &epoch);
	if (ret)
		return ret;

	if (user_epoch && copy_to_user(u64_to_user_ptr(user_epoch), &epoch, sizeof(epoch)))
		return -EFAULT;

	mutex_lock(&session->key_mutex);
	ret = vprot_session_alive(session);
	/* Another epoch is pending only if the one that was reported is over. */
	if (!ret && (!session->pending || session->pending->epoch != epoch))
		ret = -ENODATA;
	if (!ret) {
		swap(session->pending, key);
		trace_vprot_refresh_finish(session, epoch);
		key = vprot_session_swap_key(session, key);
	}
	mutex_unlock(&session->key_mutex);

	vprot_key_put(key);
	return ret;
}

int vprot_finish_session_key_refresh_ioctl(struct drm_device *drm, void *data,
					   struct drm_file *file)
{
	struct drm_vprot_finish_session_key_refresh *args = data;
	struct vprot_session *session;
	int ret;

	if (args->pad)
		return -EINVAL;

	session = vprot_session_lookup_refresh(file, args->handle);
	if (IS_ERR(session)) {
		ret = PTR_ERR(session);
	} else {
		ret = vprot_session_finish_refresh(session, args->epoch);
		vprot_session_put(session);
	}
	return args->epoch ? vprot_rank_fault(ret, args->epoch, sizeof(u64)) : ret;
}

/* The epoch in whose session key a new read-back key would be wrapped now. */
static int vprot_session_read_back_epoch(struct vprot_session *session, u64 *epoch)
{
	int ret;

	mutex_lock(&session->key_mutex);
	ret = vprot_session_has_key(session);
	if (!ret)
		*epoch = session->key->epoch;
	mutex_unlock(&session->key_mutex);
	return ret;
}

/* Use the read-back key with this wrapped form, unless its epoch is over: -EAGAIN. */
static int vprot_session_set_read_back_key(struct vprot_session *session, u64 epoch,
					   const u8 wrapped[DRM_VPROT_KEY_SIZE])
{
	u8 raw[DRM_VPROT_KEY_SIZE];
	struct vprot_key *key;
	int ret;

	key = vprot_key_alloc(&session->vdev->ctr);
	if (IS_ERR(key))
		return PTR_ERR(key);

	mutex_lock(&session->key_mutex);
	ret = vprot_session_has_key(session);
	if (!ret && session->key->epoch != epoch)
		ret = -EAGAIN;
	if (!ret) {
		ret = vprot_cipher_decrypt_block(session->key->raw, raw, wrapped) ?:
		      vprot_key_set(key, raw, 0);
		memzero_explicit(raw, sizeof(raw));
	}
	if (!ret) {
		spin_lock(&session->lock);
		swap(session->read_back_key, key);
		spin_unlock(&session->lock);
	}
	mutex_unlock(&session->key_mutex);

	vprot_key_put(key);
	return ret;
}

/*
 * What is drawn is the wrapped form: a random block unwraps to a random key. So there is no key
 * that could outlive its session while user memory blocks.
 */
static int vprot_session_draw_read_back_key(struct vprot_session *session,
					    struct drm_vprot_get_encryption_blt_key *args)
{
	u8 wrapped[DRM_VPROT_KEY_SIZE];
	u64 epoch;
	int ret;

	ret = wait_for_random_bytes();
	if (ret)
		return ret;

	do {
		ret = vprot_session_read_back_epoch(session, &epoch);
		if (ret)
			break;

		get_random_bytes(wrapped, sizeof(wrapped));
		if (copy_to_user(u64_to_user_ptr(args->key), wrapped, sizeof(wrapped)) ||
		    (args->epoch &&
		     copy_to_user(u64_to_user_ptr(args->epoch), &epoch, sizeof(epoch))))
			return -EFAULT;

		ret = vprot_session_set_read_back_key(session, epoch, wrapped);
	} while (ret == -EAGAIN);
	return ret;
}

int vprot_get_encryption_blt_key_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vprot_get_encryption_blt_key *args = data;
	struct vprot_session *session;
	int ret;

	if (args->size != DRM_VPROT_KEY_SIZE)
		return -EINVAL;

	session = vprot_session_lookup(file, args->handle);
	if (!session)
		ret = -ENOENT;
	else
		ret = vprot_caps_check(session->crypto_type,
				       DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY) ?:
		      vprot_session_draw_read_back_key(session, args);
	if (session)
		vprot_session_put(session);

	ret = vprot_rank_fault(ret, args->key, DRM_VPROT_KEY_SIZE);
	return args->epoch ? vprot_rank_fault(ret, args->epoch, sizeof(u64)) : ret;
}
