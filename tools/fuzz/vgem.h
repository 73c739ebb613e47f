/* SPDX-License-Identifier: MIT */
/*
 * The fences of vgem, another device: its interface, whose header only the kernel's sources have.
 */
#ifndef FUZZ_VGEM_H
#define FUZZ_VGEM_H

#include <drm.h>

/** struct vgem_attach - put a new fence on a buffer */
struct vgem_attach {
	__u32 handle;	/**< @handle: In: the buffer. */
	__u32 flags;	/**< @flags: In: VGEM_WRITE or 0. */
	__u32 fence;	/**< @fence: Out: the fence. */
	__u32 pad;	/**< @pad: Zero. */
};

/** struct vgem_signal - have a fence signal */
struct vgem_signal {
	__u32 fence;	/**< @fence: In: the fence. */
	__u32 flags;	/**< @flags: Zero. */
};

/** VGEM_WRITE - the fence is that of one who writes, not of one who reads */
#define VGEM_WRITE		1
/** VGEM_ATTACH - the ioctl of struct vgem_attach */
#define VGEM_ATTACH		DRM_IOWR(DRM_COMMAND_BASE + 1, struct vgem_attach)
/** VGEM_SIGNAL - the ioctl of struct vgem_signal */
#define VGEM_SIGNAL		DRM_IOW(DRM_COMMAND_BASE + 2, struct vgem_signal)

#endif
