/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_CHANNEL_H__
#define __VPROT_CHANNEL_H__

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct crypto_shash;
struct drm_device;
struct drm_file;
struct vprot_device;
struct vprot_file;

/**
 * enum vprot_channel_life - where a channel is in its life; it only moves on
 */
enum vprot_channel_life {
	/** @VPROT_CHANNEL_KEYLESS: it waits for its key */
	VPROT_CHANNEL_KEYLESS,
	/** @VPROT_CHANNEL_KEYED: it waits for its first sequence numbers */
	VPROT_CHANNEL_KEYED,
	/** @VPROT_CHANNEL_INITIALIZED: in use */
	VPROT_CHANNEL_INITIALIZED,
	/** @VPROT_CHANNEL_LOST: its key was taken away; what it demands stays demanded */
	VPROT_CHANNEL_LOST,
	/** @VPROT_CHANNEL_DESTROYED: the client ended it, or its file was closed */
	VPROT_CHANNEL_DESTROYED,
};

/**
 * struct vprot_channel - an authenticated channel
 *
 * It belongs to an open file.
 */
struct vprot_channel {
	/** @ref: reference count */
	struct kref ref;
	/** @vdev: the device */
	struct vprot_device *vdev;
	/** @vfile: the file it belongs to, with a reference */
	struct vprot_file *vfile;
	/** @device_link: entry in the device's list, under its sessions_lock */
	struct list_head device_link;
	/** @pid: process that created it, for observers */
	pid_t pid;
	/** @type: one of &enum drm_vprot_channel_type */
	u32 type;
	/** @handle: handle in the file's namespace */
	u32 handle;
	/** @name: what stands for it in messages */
	u64 name;

	/**
	 * @lock: protects all that follows. Inside of the device's sessions_lock, outside of the
	 * lock of a file's protection. User memory is only touched under it if that takes no fault.
	 */
	struct mutex lock;
	/** @life: where the channel is in its life */
	enum vprot_channel_life life;
	/** @cmac: AES-CMAC, from VPROT_CHANNEL_KEYED on with the key; NULL from loss on */
	struct crypto_shash *cmac;
	/** @next_query: least sequence number that a question may have */
	u64 next_query;
	/** @next_configure: least sequence number that a command may have */
	u64 next_configure;
	/** @protection: what it demands, DRM_VPROT_PROTECTION_* */
	u32 protection;
};

int vprot_channel_init(struct vprot_device *vdev);

struct vprot_channel *vprot_channel_lookup(struct drm_file *file, u32 handle);
void vprot_channel_put(struct vprot_channel *channel);

void vprot_channel_lose_all(struct vprot_device *vdev);
void vprot_channel_close_all(struct vprot_file *vfile);

int vprot_channel_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_channel_destroy_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_channel_key_exchange_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_channel_query_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_channel_configure_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* __VPROT_CHANNEL_H__ */
