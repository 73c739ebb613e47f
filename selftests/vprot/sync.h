/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Queued blits: syncobjs, gates that hold blits until they are opened, and what became of a fence.
 */
#ifndef SYNC_H
#define SYNC_H

#include "vprot_test.h"

/* --- syncobjs --------------------------------------------------------------------------------- */

/** vt_syncobj() - a new syncobj without a fence */
__u32 vt_syncobj(int fd);
/** vt_syncobj_destroy() - destroy it */
void vt_syncobj_destroy(int fd, __u32 handle);
/** vt_syncobj_signal() - signal it, or a point of it */
void vt_syncobj_signal(int fd, __u32 handle, __u64 point);
/** vt_syncobj_export() - a new sync_file with its fence */
int vt_syncobj_export(int fd, __u32 handle);
/** vt_syncobj_import() - a new syncobj with the fence of a sync_file, which is closed */
__u32 vt_syncobj_import(int fd, int sync_file);
/**
 * vt_syncobj_wait() - wait for its fence, or for a point of it
 *
 * Return: 0, or -ETIME after @timeout_ms: what is expected not to come is not waited for long.
 */
int vt_syncobj_wait(int fd, __u32 handle, __u64 point, int timeout_ms);

/** VT_LONG - a timeout in ms that only a fault lets pass */
#define VT_LONG	300000

/**
 * vt_fence_status() - what became of the fence of a sync_file
 *
 * Return: 0 while it has not signalled, 1 when it has, or the negative errno that it has.
 */
int vt_fence_status(int sync_file);
/** vt_syncobj_result() - wait for its fence; 0 or the negative errno of that */
int vt_syncobj_result(int fd, __u32 handle);
/** vt_buffer_fence() - a new sync_file of what is on a buffer; @write: what a writer waits for */
int vt_buffer_fence(const struct vt_buffer *b, bool write);
/** vt_attach_fence() - put the fence of a sync_file on a dma-buf, as one that reads or writes */
void vt_attach_fence(int dmabuf, int sync_file, bool write);

/* --- gates ------------------------------------------------------------------------------------ */

/**
 * struct vt_gate - a fence of another device, vgem, that signals when the test says so
 *
 * vgem itself gives up after ten seconds: an error, -ETIMEDOUT.
 */
struct vt_gate {
	int vgem;		/**< @vgem: The open file of vgem. */
	__u32 buffer;		/**< @buffer: A buffer of it. */
	int dmabuf;		/**< @dmabuf: That buffer, exported; the fence is on it. */
	__u32 fence;		/**< @fence: Handle of the fence, for vgem. */
	__u32 syncobj;		/**< @syncobj: A syncobj with it. */
	int fd;			/**< @fd: The file that @syncobj belongs to. */
};

/** vt_gate() - make one that is closed, with a syncobj on this file of vprot */
void vt_gate(struct vt_gate *gate, int fd);
/**
 * vt_gate_many() - how many blits can be queued before a gate gives up
 *
 * A thousand; a tenth of that on kernels with sanitizers, which are slow.
 */
int vt_gate_many(void);
/** vt_gate_open() - signal its fence */
void vt_gate_open(struct vt_gate *gate);
/** vt_gate_free() - free what is left of it */
void vt_gate_free(struct vt_gate *gate);

/* --- queued blits ----------------------------------------------------------------------------- */

/**
 * struct vt_queue - how blits are to be queued
 */
struct vt_queue {
	const struct drm_vprot_sync *waits;	/**< @waits: What to wait for. */
	const struct drm_vprot_sync *signals;	/**< @signals: What to signal. */
	__u32 num_waits;			/**< @num_waits: Elements in @waits. */
	__u32 num_signals;			/**< @num_signals: Elements in @signals. */
	__u32 flags;				/**< @flags: DRM_VPROT_SUBMIT_*. */
};

/** vt_queue_array() - queue an array of blits; 0 or a negative errno */
int vt_queue_array(const struct vt_session *s, unsigned long request,
		   const struct drm_vprot_blt *blts, __u32 count, const struct vt_queue *how);
/** vt_queue_blt() - queue a blit behind a syncobj (or 0), and have it signal one (or 0) */
int vt_queue_blt(const struct vt_session *s, unsigned long request,
		 const struct drm_vprot_blt *blt, __u32 wait, __u32 signal);

#endif
