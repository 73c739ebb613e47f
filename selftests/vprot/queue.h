/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session with buffers for queued blits, and a gate to hold them.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "sync.h"
#include "vprot_test.h"

#define DECRYPT	DRM_IOCTL_VPROT_DECRYPTION_BLT
#define ENCRYPT	DRM_IOCTL_VPROT_ENCRYPTION_BLT

/**
 * struct vt_stage - what tests of queued blits need
 */
struct vt_stage {
	int fd;				/**< @fd: The open file. */
	struct vt_session s;		/**< @s: A session with all keys. */
	struct vt_gate gate;		/**< @gate: A gate, closed. */
	struct vt_buffer zeros;		/**< @zeros: A clear buffer of zeros. */
	struct vt_buffer clear;		/**< @clear: Another clear buffer. */
	struct vt_buffer secret;	/**< @secret: A protected buffer. */
	struct vt_buffer other;		/**< @other: Another one. */
	__u64 size;			/**< @size: Size of each buffer. */
	__u32 done;			/**< @done: A syncobj to be signalled. */
};

/** vt_stage_open() - on a new open file */
void vt_stage_open(struct vt_stage *stage, __u64 size);
/** vt_stage_close() - close the file, and all that can be closed */
void vt_stage_close(struct vt_stage *stage);

/**
 * vt_stage_blit() - a decryption of zeros: the key stream of IV @i comes out
 *
 * Of all of a buffer, from @stage->zeros to @dst; a test changes what it needs otherwise.
 */
struct drm_vprot_blt vt_stage_blit(const struct vt_stage *stage, const struct vt_buffer *dst,
				   __u64 i);

/** vt_stage_holds() - whether a buffer has, from @offset on, the key stream of IV @i under @key */
bool vt_stage_holds(struct vt_stage *stage, const struct vt_buffer *secret, __u64 offset,
		    __u64 size, __u64 i, const __u8 key[VT_KEY]);

/** vt_is_stream() - whether these bytes are the key stream of IV @i under @key */
bool vt_is_stream(const __u8 *data, __u64 size, __u64 i, const __u8 key[VT_KEY]);

/**
 * vt_queue_work() - queue jobs that take minutes, and seconds where there is no emulation
 * @s: Their session.
 * @how: A decryption; its buffers are not looked at.
 *
 * Return: a syncobj for the last of them; they run one after the other.
 */
__u32 vt_queue_work(const struct vt_session *s, const struct drm_vprot_blt *how);

#endif
