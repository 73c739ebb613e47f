/* SPDX-License-Identifier: MIT */
#ifndef VPROT_PRIV_H
#define VPROT_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include <vprot_drm.h>

#include "vprot.h"

#define VPROT_BUFFER_BUCKETS	64

/**
 * struct vprot_device - see vprot.h
 */
struct vprot_device {
	/** @ref: reference count */
	atomic_uint ref;
	/** @fd: the open file */
	int fd;
	/** @lock: protects @buffers, and the step of a buffer's reference count to 0 */
	pthread_mutex_t lock;
	/**
	 * @buffers: buffers by handle. The kernel gives a dma-buf that is imported twice the same
	 * handle, without counting: one close would end both.
	 */
	struct vprot_buffer *buffers[VPROT_BUFFER_BUCKETS];
};

/**
 * struct vprot_session - see vprot.h
 */
struct vprot_session {
	/** @ref: reference count */
	atomic_uint ref;
	/** @dev: the device, with a reference */
	struct vprot_device *dev;
	/** @handle: the session's handle */
	uint32_t handle;
};

/**
 * struct vprot_channel - see vprot.h
 */
struct vprot_channel {
	/** @ref: reference count */
	atomic_uint ref;
	/** @dev: the device, with a reference */
	struct vprot_device *dev;
	/** @handle: the channel's handle */
	uint32_t handle;
};

/**
 * struct vprot_buffer - see vprot.h
 */
struct vprot_buffer {
	/** @ref: reference count; grows from anywhere, falls under the device's lock */
	atomic_uint ref;
	/** @dev: the device, with a reference */
	struct vprot_device *dev;
	/** @next: next buffer in the device's bucket */
	struct vprot_buffer *next;
	/** @handle: GEM handle */
	uint32_t handle;
	/** @size: bytes */
	uint64_t size;
	/** @map: where it is mapped, NULL when it is not; under the device's lock */
	void *map;
	/** @flags: DRM_VPROT_GEM_*; all of them for an import: it may be any */
	uint32_t flags;
};

/*
 * Initialise what a pointer in the argument of an ioctl makes the driver write to: valgrind does
 * not know that it does.
 */
/** vprot_ioctl() - an ioctl of the device, repeated when a signal interrupts it */
int vprot_ioctl(const struct vprot_device *dev, unsigned long request, void *args);

/** vprot_give() - copy a structure that grows to a caller that may know less of it, or more */
void vprot_give(void *to, size_t to_size, const void *from, size_t from_size);

/** vprot_ptr() - a pointer as the interface carries it */
static inline uint64_t vprot_ptr(const void *ptr)
{
	return (uint64_t)(uintptr_t)ptr;
}

#endif /* VPROT_PRIV_H */
