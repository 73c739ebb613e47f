// SPDX-License-Identifier: GPL-2.0
/*
 * Authenticated channels: handle, lifetime and key.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <crypto/hash.h>

#include <drm/drm_drv.h>
#include <drm/drm_managed.h>

#include "vprot_caps.h"
#include "vprot_channel.h"
#include "vprot_device.h"
#include "vprot_identity.h"
#include "vprot_loss.h"
#include "vprot_protection.h"
#include "vprot_trace.h"

static void vprot_channel_fini(struct drm_device *drm, void *data)
{
	crypto_free_shash(data);
}

/**
 * vprot_channel_init() - see to it that channels can be made
 * @vdev: the device
 *
 * Holds the implementation of AES-CMAC if channels are on offer, so that one that gets its own
 * instance of it fails for lack of memory only.
 *
 * Return: 0 or the crypto API's error.
 */
int vprot_channel_init(struct vprot_device *vdev)
{
	struct crypto_shash *cmac;

	if (vprot_channel_type_check(vdev, DRM_VPROT_CHANNEL_SOFTWARE))
		return 0;

	cmac = crypto_alloc_shash("cmac(aes)", 0, 0);
	if (IS_ERR(cmac))
		return PTR_ERR(cmac);
	return drmm_add_action_or_reset(&vdev->drm, vprot_channel_fini, cmac);
}

/* Make room for one more channel in the limit, or say that there is none. */
static int vprot_channel_reserve(struct vprot_file *vfile)
{
	if (atomic_inc_return(&vfile->num_channels) <= vprot_max_file_channels())
		return 0;

	atomic_dec(&vfile->num_channels);
	return -EMFILE;
}

static int vprot_channel_add(struct vprot_channel *channel, struct drm_file *file)
{
	struct vprot_device *vdev = channel->vdev;
	int ret;

	mutex_lock(&vdev->sessions_lock);
	if (vdev->unbound) {
		ret = -ENODEV;
	} else if (vdev->num_channels >= vprot_max_channels()) {
		ret = -EMFILE;
	} else {
		ret = vprot_loss_reserve_event(vdev, file);
		if (!ret) {
			list_add_tail(&channel->device_link, &vdev->channels);
			vdev->num_channels++;
		}
	}
	mutex_unlock(&vdev->sessions_lock);
	return ret;
}

static void vprot_channel_release(struct kref *ref)
{
	struct vprot_channel *channel = container_of(ref, struct vprot_channel, ref);
	struct vprot_device *vdev = channel->vdev;

	if (!list_empty(&channel->device_link)) {
		mutex_lock(&vdev->sessions_lock);
		list_del(&channel->device_link);
		vdev->num_channels--;
		mutex_unlock(&vdev->sessions_lock);
	}

	/* NULL unless it never got a handle. */
	crypto_free_shash(channel->cmac);
	mutex_destroy(&channel->lock);
	vprot_file_put(channel->vfile);
	kfree(channel);
}

/**
 * vprot_channel_put() - drop a reference
 * @channel: the channel
 *
 * Not under a lock.
 */
void vprot_channel_put(struct vprot_channel *channel)
{
	kref_put(&channel->ref, vprot_channel_release);
}

/**
 * vprot_channel_lookup() - find a channel by its handle
 * @file: the file whose handle it is
 * @handle: the handle
 *
 * Return: the channel with a reference for the caller, or NULL.
 */
struct vprot_channel *vprot_channel_lookup(struct drm_file *file, u32 handle)
{
	struct vprot_file *vfile = file->driver_priv;
	struct vprot_channel *channel;

	xa_lock(&vfile->channels);
	channel = xa_load(&vfile->channels, handle);
	if (channel)
		kref_get(&channel->ref);
	xa_unlock(&vfile->channels);
	return channel;
}

/* Move a channel on to the end of its key, which is wiped with its cipher. */
static void vprot_channel_end(struct vprot_channel *channel, enum vprot_channel_life life)
{
	lockdep_assert_held(&channel->lock);

	channel->life = life;
	crypto_free_shash(channel->cmac);
	channel->cmac = NULL;
}

/**
 * vprot_channel_lose_all() - take the keys from all channels of a device
 * @vdev: the device
 */
void vprot_channel_lose_all(struct vprot_device *vdev)
{
	struct vprot_channel *channel;

	lockdep_assert_held(&vdev->sessions_lock);

	list_for_each_entry(channel, &vdev->channels, device_link) {
		mutex_lock(&channel->lock);
		if (channel->life < VPROT_CHANNEL_LOST) {
			vprot_channel_end(channel, VPROT_CHANNEL_LOST);
			trace_vprot_channel_lose(channel);
		}
		mutex_unlock(&channel->lock);
	}
}

/* End a channel whose handle is gone, and drop the handle's reference. */
static void vprot_channel_destroy(struct vprot_channel *channel)
{
	mutex_lock(&channel->lock);
	vprot_channel_end(channel, VPROT_CHANNEL_DESTROYED);
	vprot_protection_demand(&channel->vfile->protection, channel->protection, 0);
	mutex_unlock(&channel->lock);

	trace_vprot_channel_destroy(channel);
	atomic_dec(&channel->vfile->num_channels);
	vprot_channel_put(channel);
}

/**
 * vprot_channel_close_all() - destroy the channels of a file that is closed
 * @vfile: the file
 */
void vprot_channel_close_all(struct vprot_file *vfile)
{
	struct vprot_channel *channel;
	unsigned long handle;

	xa_for_each(&vfile->channels, handle, channel) {
		xa_erase(&vfile->channels, handle);
		vprot_channel_destroy(channel);
	}
}

static struct vprot_channel *vprot_channel_alloc(struct vprot_device *vdev,
						 struct vprot_file *vfile,
						 const struct drm_vprot_channel_create *args)
{
	struct vprot_channel *channel;
	void *err;

	channel = kzalloc(sizeof(*channel), GFP_KERNEL_ACCOUNT);
	if (!channel)
		return ERR_PTR(-ENOMEM);

	channel->cmac = crypto_alloc_shash("cmac(aes)", 0, 0);
	if (IS_ERR(channel->cmac)) {
		err = ERR_CAST(channel->cmac);
		kfree(channel);
		return err;
	}

	kref_init(&channel->ref);
	INIT_LIST_HEAD(&channel->device_link);
	mutex_init(&channel->lock);
	channel->vdev = vdev;
	kref_get(&vfile->ref);
	channel->vfile = vfile;
	channel->pid = task_tgid_nr(current);
	channel->type = args->type;
	channel->name = args->name;
	return channel;
}

int vprot_channel_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_device *vdev = to_vprot_device(drm);
	struct vprot_file *vfile = file->driver_priv;
	struct drm_vprot_channel_create *args = data;
	struct vprot_channel *channel;
	int ret;

	if (args->flags || args->pad)
		return -EINVAL;

	ret = vprot_channel_type_check(vdev, args->type) ?: vprot_channel_reserve(vfile);
	if (ret)
		return ret;

	channel = vprot_channel_alloc(vdev, vfile, args);
	if (IS_ERR(channel)) {
		ret = PTR_ERR(channel);
		goto err_unreserve;
	}

	ret = vprot_channel_add(channel, file);
	if (ret)
		goto err_put;

	/* From here on others can find the channel, and destroy it: no access after this. */
	xa_lock(&vfile->channels);
	ret = __xa_alloc_cyclic(&vfile->channels, &channel->handle, channel,
				XA_LIMIT(1, U32_MAX), &vfile->next_channel, GFP_KERNEL);
	if (ret >= 0) {
		args->handle = channel->handle;
		if (!channel->name)
			channel->name = channel->handle;
		trace_vprot_channel_create(channel);
	}
	xa_unlock(&vfile->channels);
	if (ret < 0)
		goto err_put;
	return 0;

err_put:
	vprot_channel_put(channel);
err_unreserve:
	atomic_dec(&vfile->num_channels);
	return ret;
}

int vprot_channel_destroy_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_file *vfile = file->driver_priv;
	struct drm_vprot_channel_destroy *args = data;
	struct vprot_channel *channel;

	if (args->pad)
		return -EINVAL;

	channel = xa_erase(&vfile->channels, args->handle);
	if (!channel)
		return -ENOENT;

	vprot_channel_destroy(channel);
	return 0;
}

/* Whether the channel still waits for its key. */
static int vprot_channel_check_keyless(struct vprot_channel *channel)
{
	lockdep_assert_held(&channel->lock);

	switch (channel->life) {
	case VPROT_CHANNEL_KEYLESS:
		return 0;
	case VPROT_CHANNEL_LOST:
		return -EKEYREVOKED;
	case VPROT_CHANNEL_DESTROYED:
		return -ENOENT;
	default:
		return -ESTALE;
	}
}

static int vprot_channel_set_key(struct vprot_channel *channel, const u8 raw[DRM_VPROT_KEY_SIZE])
{
	int ret;

	mutex_lock(&channel->lock);
	ret = vprot_channel_check_keyless(channel) ?:
	      crypto_shash_setkey(channel->cmac, raw, DRM_VPROT_KEY_SIZE);
	if (!ret) {
		channel->life = VPROT_CHANNEL_KEYED;
		trace_vprot_channel_key(channel);
	}
	mutex_unlock(&channel->lock);
	return ret;
}

static int vprot_channel_exchange_key(struct vprot_channel *channel, u8 *message)
{
	u8 key[DRM_VPROT_KEY_SIZE];
	int ret;

	mutex_lock(&channel->lock);
	ret = vprot_channel_check_keyless(channel);
	mutex_unlock(&channel->lock);
	if (ret)
		return ret;

	ret = vprot_identity_decrypt_key(channel->vdev, message, key) ?:
	      vprot_channel_set_key(channel, key);
	memzero_explicit(key, sizeof(key));
	return ret;
}

int vprot_channel_key_exchange_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vprot_channel_key_exchange *args = data;
	struct vprot_channel *channel;
	u8 *message;
	int ret;

	if (args->size != DRM_VPROT_KEY_EXCHANGE_SIZE)
		return -EINVAL;

	message = memdup_user(u64_to_user_ptr(args->data), DRM_VPROT_KEY_EXCHANGE_SIZE);
	if (IS_ERR(message))
		return PTR_ERR(message);

	channel = vprot_channel_lookup(file, args->handle);
	if (channel) {
		ret = vprot_channel_exchange_key(channel, message);
		vprot_channel_put(channel);
	} else {
		ret = -ENOENT;
	}
	kfree_sensitive(message);
	return ret;
}
