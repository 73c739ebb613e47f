/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_DEVICE_H__
#define __VPROT_DEVICE_H__

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/xarray.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>

#include "vprot_cipher.h"
#include "vprot_protection.h"
#include "vprot_queue.h"

struct vprot_identity;
struct vprot_loss_event;

/**
 * struct vprot_device - the device
 */
struct vprot_device {
	/** @drm: the DRM device */
	struct drm_device drm;
	/** @ctr: AES in CTR mode */
	struct vprot_cipher_pool ctr;
	/** @cbc: AES in CBC mode; empty when AES128_CBCS is not offered */
	struct vprot_cipher_pool cbc;
	/** @identity: key pair and certificate, NULL without; set at probe */
	struct vprot_identity *identity;
	/**
	 * @sessions_lock: protects @sessions, @num_sessions, @channels, @num_channels, @unbound,
	 * @loss_generation, and the event of each file
	 */
	struct mutex sessions_lock;
	/** @sessions: all sessions, by their device_link */
	struct list_head sessions;
	/** @num_sessions: length of @sessions */
	unsigned int num_sessions;
	/** @channels: all authenticated channels, by their device_link */
	struct list_head channels;
	/** @num_channels: length of @channels */
	unsigned int num_channels;
	/** @unbound: the driver is unbound and no session and no channel may be added */
	bool unbound;
	/** @loss_generation: how often all sessions were lost */
	u64 loss_generation;
	/** @protected_size: bytes of protected memory */
	atomic64_t protected_size;
};

/**
 * struct vprot_file - an open file of the device
 *
 * Protected and restricted buffers can outlive the file and hold a reference; so do sessions,
 * channels and jobs.
 */
struct vprot_file {
	/** @ref: reference count */
	struct kref ref;
	/** @id: number that no other file has, never 0: the handle of the device in messages */
	u64 id;
	/** @sessions: the file's sessions by handle */
	struct xarray sessions;
	/** @next_session: where the search for a free handle begins, under the lock of @sessions */
	u32 next_session;
	/** @num_sessions: how many sessions the file has or is about to have */
	atomic_t num_sessions;
	/** @channels: the file's authenticated channels by handle */
	struct xarray channels;
	/** @next_channel: where the search for a free handle begins, under the lock of @channels */
	u32 next_channel;
	/** @num_channels: how many channels the file has or is about to have */
	atomic_t num_channels;
	/** @protection: what the channels demand for the file's buffers */
	struct vprot_protection protection;
	/** @protected_size: bytes of protected memory that the file has created */
	atomic64_t protected_size;
	/** @loss_event: reserved for the next loss; NULL without; under the device's lock */
	struct vprot_loss_event *loss_event;
	/** @queue: its queued jobs */
	struct vprot_queue queue;
	/** @busy_ns: time spent in blits, in nanoseconds */
	atomic64_t busy_ns;
};

static inline struct vprot_device *to_vprot_device(struct drm_device *drm)
{
	return container_of(drm, struct vprot_device, drm);
}

void vprot_file_put(struct vprot_file *vfile);

void vprot_debugfs_init(struct drm_minor *minor);

/* Limits and the like, set as module parameters. */
u32 vprot_max_sessions(void);
u32 vprot_max_file_sessions(void);
u32 vprot_max_channels(void);
u32 vprot_max_file_channels(void);
u64 vprot_max_protected(void);
u64 vprot_max_file_protected(void);
u32 vprot_max_queued_blts(void);
unsigned long vprot_wait_timeout(void);
unsigned int vprot_max_blt_cpus(void);
const char *vprot_cipher_name(void);

/**
 * vprot_rank_fault() - let an output that cannot be written win over errors that rank below it
 * @err: error about to be returned, or 0
 * @ptr: user pointer of the output
 * @size: bytes of the output
 *
 * Outputs are written last, but -EFAULT ranks before all that a session or buffer has to say.
 * Nothing is written here. Sleeps.
 *
 * Return: -EFAULT if @err is set and the output cannot be written, else @err.
 */
static inline int vprot_rank_fault(int err, u64 ptr, size_t size)
{
	if (err && fault_in_safe_writeable(u64_to_user_ptr(ptr), size))
		return -EFAULT;
	return err;
}

#endif /* __VPROT_DEVICE_H__ */
