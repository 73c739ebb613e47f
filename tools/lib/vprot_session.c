// SPDX-License-Identifier: MIT
/*
 * Sessions: their keys and their blits.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vprot_priv.h"

/* Arrays up to this length are put together on the stack. */
#define FEW_BLITS	8

int vprot_session_create(struct vprot_device *dev, uint32_t crypto_type,
			 uint32_t key_exchange_type, uint32_t flags,
			 struct vprot_session **out)
{
	return vprot_session_create_named(dev, crypto_type, key_exchange_type, flags, 0, out);
}

int vprot_session_create_named(struct vprot_device *dev, uint32_t crypto_type,
			       uint32_t key_exchange_type, uint32_t flags, uint64_t name,
			       struct vprot_session **out)
{
	struct drm_vprot_session_create args = {
		.crypto_type = crypto_type,
		.key_exchange_type = key_exchange_type,
		.flags = flags,
		.name = name,
	};
	struct vprot_session *session;
	int ret;

	session = calloc(1, sizeof(*session));
	if (!session)
		return -ENOMEM;

	ret = vprot_ioctl(dev, DRM_IOCTL_VPROT_SESSION_CREATE, &args);
	if (ret) {
		free(session);
		return ret;
	}

	atomic_init(&session->ref, 1);
	session->dev = vprot_device_ref(dev);
	session->handle = args.handle;
	*out = session;
	return 0;
}

struct vprot_session *vprot_session_ref(struct vprot_session *session)
{
	atomic_fetch_add(&session->ref, 1);
	return session;
}

void vprot_session_unref(struct vprot_session *session)
{
	struct drm_vprot_session_destroy args = { 0 };

	if (!session || atomic_fetch_sub(&session->ref, 1) != 1)
		return;

	args.handle = session->handle;
	vprot_ioctl(session->dev, DRM_IOCTL_VPROT_SESSION_DESTROY, &args);
	vprot_device_unref(session->dev);
	free(session);
}

uint32_t vprot_session_handle(const struct vprot_session *session)
{
	return session->handle;
}

struct vprot_device *vprot_session_device(const struct vprot_session *session)
{
	return session->dev;
}

int vprot_session_get_status(struct vprot_session *session,
			     struct drm_vprot_session_status *status, size_t size)
{
	struct drm_vprot_session_status args = { .handle = session->handle };
	int ret;

	ret = vprot_ioctl(session->dev, DRM_IOCTL_VPROT_SESSION_STATUS, &args);
	if (!ret)
		vprot_give(status, size, &args, sizeof(args));
	return ret;
}

int vprot_session_key_exchange(struct vprot_session *session, const void *data, size_t size)
{
	struct drm_vprot_session_key_exchange args = {
		.handle = session->handle,
		.size = size,
		.data = vprot_ptr(data),
	};

	/* A size that does not fit into the interface does not fit its rule either. */
	if (size != args.size)
		return -EINVAL;
	return vprot_ioctl(session->dev, DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE, &args);
}

int vprot_session_start_key_refresh(struct vprot_session *session, void *nonce, size_t size)
{
	uint8_t drawn[VPROT_KEY_SIZE] = { 0 };
	struct drm_vprot_start_session_key_refresh args = {
		.handle = session->handle,
		.size = sizeof(drawn),
		.nonce = vprot_ptr(drawn),
	};
	int ret;

	if (size != sizeof(drawn))
		return -EINVAL;
	if (!nonce)
		return -EFAULT;
	ret = vprot_ioctl(session->dev, DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH, &args);
	if (!ret)
		memcpy(nonce, drawn, sizeof(drawn));
	return ret;
}

int vprot_session_finish_key_refresh(struct vprot_session *session, uint64_t *epoch)
{
	__u64 begun = 0;
	struct drm_vprot_finish_session_key_refresh args = {
		.handle = session->handle,
		.epoch = vprot_ptr(&begun),
	};
	int ret;

	ret = vprot_ioctl(session->dev, DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH, &args);
	if (!ret && epoch)
		*epoch = begun;
	return ret;
}

int vprot_session_get_encryption_blt_key(struct vprot_session *session, void *key, size_t size,
					 uint64_t *epoch)
{
	__u64 wrapped_under = 0;
	uint8_t wrapped[VPROT_KEY_SIZE] = { 0 };
	struct drm_vprot_get_encryption_blt_key args = {
		.handle = session->handle,
		.size = sizeof(wrapped),
		.key = vprot_ptr(wrapped),
		.epoch = vprot_ptr(&wrapped_under),
	};
	int ret;

	if (size != sizeof(wrapped))
		return -EINVAL;
	if (!key)
		return -EFAULT;
	ret = vprot_ioctl(session->dev, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &args);
	if (ret)
		return ret;

	memcpy(key, wrapped, sizeof(wrapped));
	if (epoch)
		*epoch = wrapped_under;
	return 0;
}

static void fill_blt(struct drm_vprot_blt *blt, const struct vprot_blit *blit)
{
	*blt = (struct drm_vprot_blt){
		.src = blit->src->handle,
		.dst = blit->dst->handle,
		.src_offset = blit->src_offset,
		.dst_offset = blit->dst_offset,
		.size = blit->size,
		.subsamples = vprot_ptr(blit->subsamples),
		.num_subsamples = blit->num_subsamples,
		.crypt_blocks = blit->crypt_blocks,
		.skip_blocks = blit->skip_blocks,
		.epoch = blit->epoch,
		.result = vprot_ptr(blit->result),
	};
	memcpy(blt->iv, blit->iv, sizeof(blt->iv));
	if (blit->content_key) {
		blt->key_form = DRM_VPROT_KEY_WRAPPED;
		blt->key = vprot_ptr(blit->content_key);
		blt->key_size = VPROT_KEY_SIZE;
	} else if (blit->key_description) {
		blt->key_form = DRM_VPROT_KEY_KEYRING;
		blt->key = vprot_ptr(blit->key_description);
		/* One that is cut off is too long for the device all the same. */
		blt->key_size = strnlen(blit->key_description, DRM_VPROT_MAX_DESCRIPTION + 1);
	}
}

static int submit(struct vprot_session *session, unsigned long request,
		  const struct vprot_batch *batch)
{
	bool queued = batch->num_waits || batch->num_signals;
	struct drm_vprot_blt few[FEW_BLITS], *blts = few;
	struct drm_vprot_submit args = {
		.session = session->handle,
		.flags = batch->flags,
		.num_blts = batch->num_blits,
		.blt_stride = sizeof(*blts),
		.waits = batch->num_waits ? vprot_ptr(batch->waits) : 0,
		.signals = batch->num_signals ? vprot_ptr(batch->signals) : 0,
		.num_waits = batch->num_waits,
		.num_signals = batch->num_signals,
		.sync_stride = queued ? sizeof(*batch->waits) : 0,
	};
	size_t i;
	int ret;

	if (batch->num_blits != args.num_blts)
		return -E2BIG;

	/* Handles mean something only on the device that gave them. */
	for (i = 0; i < batch->num_blits; i++) {
		const struct vprot_blit *blit = &batch->blits[i];

		if (!blit->src || !blit->dst || (blit->content_key && blit->key_description))
			return -EINVAL;
		if (blit->src->dev != session->dev || blit->dst->dev != session->dev)
			return -ENOENT;
	}

	if (batch->num_blits > FEW_BLITS) {
		blts = calloc(batch->num_blits, sizeof(*blts));
		if (!blts)
			return -ENOMEM;
	}
	for (i = 0; i < batch->num_blits; i++)
		fill_blt(&blts[i], &batch->blits[i]);

	args.blts = vprot_ptr(blts);
	ret = vprot_ioctl(session->dev, request, &args);
	if (blts != few)
		free(blts);
	return ret;
}

int vprot_session_decryption_blt(struct vprot_session *session, const struct vprot_blit *blits,
				 size_t num_blits)
{
	const struct vprot_batch batch = { .blits = blits, .num_blits = num_blits };

	return submit(session, DRM_IOCTL_VPROT_DECRYPTION_BLT, &batch);
}

int vprot_session_encryption_blt(struct vprot_session *session, const struct vprot_blit *blits,
				 size_t num_blits)
{
	const struct vprot_batch batch = { .blits = blits, .num_blits = num_blits };

	return submit(session, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &batch);
}

static int queue(struct vprot_session *session, unsigned long request,
		 const struct vprot_batch *batch)
{
	/* The driver would not queue them, but wait until they are done. */
	if (!batch->num_waits && !batch->num_signals)
		return -EINVAL;
	return submit(session, request, batch);
}

int vprot_session_queue_decryption_blt(struct vprot_session *session,
				       const struct vprot_batch *batch)
{
	return queue(session, DRM_IOCTL_VPROT_DECRYPTION_BLT, batch);
}

int vprot_session_queue_encryption_blt(struct vprot_session *session,
				       const struct vprot_batch *batch)
{
	return queue(session, DRM_IOCTL_VPROT_ENCRYPTION_BLT, batch);
}
