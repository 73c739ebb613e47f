/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An open file with everything that it can hold, for tests of its end.
 */
#ifndef EVERYTHING_H
#define EVERYTHING_H

#include "channel.h"
#include "vprot_test.h"

#define VT_EVERYTHING_SIZE	65536	/* of each of its buffers */
#define VT_EVERYTHING_SESSIONS	4

/**
 * struct vt_everything - an open file and what it holds
 */
struct vt_everything {
	int fd;				/**< @fd: The open file. */
	struct vt_session s;		/**< @s: With all keys, a refresh pending. */
	struct vt_session other;	/**< @other: With all keys. */
	struct vt_session internal;	/**< @internal: A session of the INTERNAL type. */
	struct vt_session keyless;	/**< @keyless: A session that waits for its key. */
	struct vt_channel channel;	/**< @channel: Demands all that it can. */
	struct vt_channel keyless_channel; /**< @keyless_channel: One that waits for its key. */
	struct vt_buffer clear;		/**< @clear: Mapped, holds vt_plain. */
	struct vt_buffer restricted;	/**< @restricted: Of restricted contents and sharing. */
	struct vt_buffer secret;	/**< @secret: Protected, bound to @s, holds vt_plain. */
	int clear_dmabuf;		/**< @clear_dmabuf: @clear, exported. */
	int secret_dmabuf;		/**< @secret_dmabuf: @secret, exported. */
};

/** vt_plain - what the buffers hold */
extern __u8 vt_plain[VT_EVERYTHING_SIZE];

/** vt_everything_open() - open a file with everything */
void vt_everything_open(struct vt_everything *e);

#endif
