/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_SESSION_H__
#define __VPROT_SESSION_H__

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#include <drm/vprot_drm.h>

#include "vprot_content.h"

struct drm_device;
struct drm_file;
struct vprot_cipher_pool;
struct vprot_device;
struct vprot_file;
struct vprot_key;

/**
 * enum vprot_session_life - where a session is in its life; it only moves on
 *
 * Loss comes last: it also stops the blits in flight that destruction waits for.
 */
enum vprot_session_life {
	/** @VPROT_SESSION_ALIVE: in use */
	VPROT_SESSION_ALIVE,
	/** @VPROT_SESSION_DESTROYED: the client ended it */
	VPROT_SESSION_DESTROYED,
	/** @VPROT_SESSION_CLOSED: its file was closed, or its process killed: nothing finishes */
	VPROT_SESSION_CLOSED,
	/** @VPROT_SESSION_LOST: its keys and contents were taken away */
	VPROT_SESSION_LOST,
};

/**
 * struct vprot_iv_history - the last key stream block that was used under a key
 */
struct vprot_iv_history {
	/** @iv: its IV */
	u64 iv;
	/** @count: its number */
	u64 count;
	/** @used: there was one */
	bool used;
};

/**
 * struct vprot_session - a protected session
 *
 * It belongs to an open file. Blits in flight and the buffers that are bound to it hold references.
 */
struct vprot_session {
	/** @ref: reference count */
	struct kref ref;
	/** @rcu: frees it when nobody can be about to find it any more */
	struct rcu_head rcu;
	/** @vdev: the device */
	struct vprot_device *vdev;
	/** @vfile: the file it belongs to, with a reference */
	struct vprot_file *vfile;
	/** @device_link: entry in the device's list, under its sessions_lock */
	struct list_head device_link;
	/** @loss_generation: that of the device when it was created */
	u64 loss_generation;
	/** @pid: process that created the session; for debugfs */
	pid_t pid;
	/** @handle: handle in the file's namespace */
	u32 handle;
	/** @crypto_type: one of &enum drm_vprot_crypto_type */
	u32 crypto_type;
	/** @pool: the cipher of its session and content keys */
	struct vprot_cipher_pool *pool;
	/** @key_exchange_type: one of &enum drm_vprot_key_exchange_type */
	u32 key_exchange_type;
	/** @flags: DRM_VPROT_SESSION_* */
	u32 flags;
	/** @name: what stands for it in the messages of channels */
	u64 name;
	/** @decoder: handle of the decoder that works with it, or 0; under the xarray's lock */
	u64 decoder;

	/**
	 * @key_mutex: orders changes of the keys, and the end of the session; outside @lock. User
	 * memory is not touched under it.
	 */
	struct mutex key_mutex;
	/** @pending: the next session key, from Start to Finish; under @key_mutex */
	struct vprot_key *pending;

	/** @lock: the submit point. All that follows is protected by it. */
	spinlock_t lock;
	/** @life: where the session is in its life */
	enum vprot_session_life life;
	/** @key: the session key; changes under @key_mutex and @lock, either is enough to read */
	struct vprot_key *key;
	/** @read_back_key: the read-back key; as @key */
	struct vprot_key *read_back_key;
	/** @content: the content key used last */
	struct vprot_content_key content;
	/** @session_ivs: with STRICT_IV, the history of @key */
	struct vprot_iv_history session_ivs;
	/** @content_ivs: with STRICT_IV, the history of @content */
	struct vprot_iv_history content_ivs;
	/** @read_back_iv: IV of the next encryption blit */
	u64 read_back_iv;
	/** @in_flight: jobs that were accepted and are not done */
	unsigned int in_flight;
	/** @idle: woken when @in_flight falls to 0, and when a buffer of @buffers was freed */
	wait_queue_head_t idle;
	/** @queued: those of them that are queued and do not run yet */
	struct list_head queued;
	/** @buffers: protected buffers that are bound to the session */
	struct list_head buffers;
	/** @decrypted: bytes moved by decryption blits */
	u64 decrypted;
	/** @encrypted: bytes moved by encryption blits */
	u64 encrypted;
};

struct vprot_session *vprot_session_lookup(struct drm_file *file, u32 handle);
void vprot_session_put(struct vprot_session *session);
bool vprot_session_is_named(struct vprot_file *vfile, u64 name);
void vprot_session_set_decoder(struct vprot_file *vfile, u64 name, u64 decoder);
bool vprot_session_of_decoder(struct vprot_file *vfile, u64 decoder, u64 *name);

int vprot_session_alive(struct vprot_session *session);
int vprot_session_stopped(struct vprot_session *session);
void vprot_session_stop(struct vprot_session *session, enum vprot_session_life life);
void vprot_session_end(struct vprot_session *session);
int vprot_session_set_key(struct vprot_session *session, const u8 raw[DRM_VPROT_KEY_SIZE]);

void vprot_session_close_all(struct vprot_file *vfile);

int vprot_session_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_session_destroy_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_session_status_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_start_session_key_refresh_ioctl(struct drm_device *drm, void *data,
					  struct drm_file *file);
int vprot_finish_session_key_refresh_ioctl(struct drm_device *drm, void *data,
					   struct drm_file *file);
int vprot_get_encryption_blt_key_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* __VPROT_SESSION_H__ */
