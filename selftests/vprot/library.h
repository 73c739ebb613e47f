/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the library's native interface share.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <vprot.h>

#include "vprot_test.h"

#define LIBRARY_SIZE	8192	/* of each buffer */

/**
 * struct vt_library - a device, a session and buffers, all made by the library
 */
struct vt_library {
	struct vprot_device *dev;	/**< @dev: The device. */
	struct vprot_session *session;	/**< @session: A session with a session key. */
	struct vt_session keys;		/**< @keys: What its client knows, for raw ioctls. */
	struct vprot_buffer *clear;	/**< @clear: A clear buffer. */
	struct vprot_buffer *secret;	/**< @secret: A protected buffer. */
	__u8 *map;			/**< @map: The memory of @clear. */
};

/** vt_library_open() - make all of it */
void vt_library_open(struct vt_library *l);

#endif
