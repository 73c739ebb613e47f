/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of decryption blits: what a protected buffer has to hold after them, computed with
 * OpenSSL from the rules of the interface.
 */
#ifndef MODEL_H
#define MODEL_H

#include "vprot_test.h"

/**
 * struct vt_model - a pair of buffers, and what is expected in the protected one
 */
struct vt_model {
	struct vt_session *session;	/**< @session: The session of the blits. */
	__u64 size;			/**< @size: Size of both buffers. */
	struct vt_buffer src;		/**< @src: A clear buffer, filled with random bytes. */
	struct vt_buffer dst;		/**< @dst: A protected buffer. */
	__u8 *expected;			/**< @expected: What is expected in @dst. */
	const __u8 *logon;		/**< @logon: What the key of the keyring holds. */
	__u64 seed;			/**< @seed: For whatever a test needs. */
};

/** vt_model_open() - buffers of this size, on the session's open file */
void vt_model_open(struct vt_model *m, struct vt_session *s, __u64 size, __u64 seed);

/**
 * vt_model_submit() - submit an array of blits from @m->src to @m->dst
 *
 * Sets their handles, and on success does in the model what the driver has to do.
 *
 * Return: what the ioctl returns.
 */
int vt_model_submit(struct vt_model *m, struct drm_vprot_blt *blts, __u32 count);

/**
 * vt_model_same() - whether the driver did what the model did
 * @m: The model.
 * @offset: First byte to compare.
 * @size: Bytes to compare; cut at the end of the buffer.
 *
 * Says where the first difference is.
 */
bool vt_model_same(struct vt_model *m, __u64 offset, __u64 size);

/**
 * vt_model_random_iv() - a random counter block for a blit
 * @m: The model.
 * @iv: Gets the counter block.
 * @size: Size of the blit: in one of three the count wraps within that many bytes.
 */
void vt_model_random_iv(struct vt_model *m, __u8 iv[16], __u64 size);

/** vt_model_random_number() - a random number in [low, high] */
__u64 vt_model_random_number(struct vt_model *m, __u64 low, __u64 high);

#endif
