// SPDX-License-Identifier: MIT
/*
 * Buffers.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xf86drm.h>

#include "vprot_priv.h"

static struct vprot_buffer **bucket(struct vprot_device *dev, uint32_t handle)
{
	return &dev->buffers[handle % VPROT_BUFFER_BUCKETS];
}

static void close_handle(struct vprot_device *dev, uint32_t handle)
{
	struct drm_gem_close args = { .handle = handle };

	vprot_ioctl(dev, DRM_IOCTL_GEM_CLOSE, &args);
}

/* Make the buffer of a handle. The caller holds the device's lock. */
static struct vprot_buffer *buffer_add(struct vprot_device *dev, uint32_t handle, uint64_t size,
				       uint32_t flags)
{
	struct vprot_buffer *buffer;

	buffer = calloc(1, sizeof(*buffer));
	if (!buffer)
		return NULL;

	atomic_init(&buffer->ref, 1);
	buffer->dev = vprot_device_ref(dev);
	buffer->handle = handle;
	buffer->size = size;
	buffer->flags = flags;
	buffer->next = *bucket(dev, handle);
	*bucket(dev, handle) = buffer;
	return buffer;
}

static struct vprot_buffer *buffer_find(struct vprot_device *dev, uint32_t handle)
{
	struct vprot_buffer *buffer = *bucket(dev, handle);

	while (buffer && buffer->handle != handle)
		buffer = buffer->next;
	return buffer;
}

int vprot_buffer_create(struct vprot_device *dev, uint64_t size, uint32_t flags,
			struct vprot_buffer **out)
{
	struct drm_vprot_gem_create args = { .size = size, .flags = flags };
	uint64_t page = sysconf(_SC_PAGESIZE);
	struct vprot_buffer *buffer;
	int ret;

	ret = vprot_ioctl(dev, DRM_IOCTL_VPROT_GEM_CREATE, &args);
	if (ret)
		return ret;

	pthread_mutex_lock(&dev->lock);
	buffer = buffer_add(dev, args.handle, (size + page - 1) / page * page, flags);
	if (!buffer)
		close_handle(dev, args.handle);
	pthread_mutex_unlock(&dev->lock);
	if (!buffer)
		return -ENOMEM;

	*out = buffer;
	return 0;
}

int vprot_buffer_import(struct vprot_device *dev, int fd, struct vprot_buffer **out)
{
	struct vprot_buffer *buffer;
	uint32_t handle;
	off_t size;
	int ret = 0;

	size = lseek(fd, 0, SEEK_END);
	if (size < 0)
		return -errno;

	/* Before the handle is known: another thread may close it just now. */
	pthread_mutex_lock(&dev->lock);
	if (drmPrimeFDToHandle(dev->fd, fd, &handle)) {
		ret = -errno;
		goto out;
	}

	buffer = buffer_find(dev, handle);
	if (buffer) {
		vprot_buffer_ref(buffer);
	} else {
		buffer = buffer_add(dev, handle, size, ~0u);
		if (!buffer) {
			close_handle(dev, handle);
			ret = -ENOMEM;
			goto out;
		}
	}
	*out = buffer;
out:
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

int vprot_buffer_export(struct vprot_buffer *buffer, int *fd)
{
	int prime;

	if (drmPrimeHandleToFD(buffer->dev->fd, buffer->handle, DRM_CLOEXEC | DRM_RDWR, &prime))
		return -errno;
	*fd = prime;
	return 0;
}

struct vprot_buffer *vprot_buffer_ref(struct vprot_buffer *buffer)
{
	atomic_fetch_add(&buffer->ref, 1);
	return buffer;
}

void vprot_buffer_unref(struct vprot_buffer *buffer)
{
	struct vprot_buffer **link;
	struct vprot_device *dev;

	if (!buffer)
		return;

	/* Under the lock, or an import could find the buffer when it is all but gone. */
	dev = buffer->dev;
	pthread_mutex_lock(&dev->lock);
	if (atomic_fetch_sub(&buffer->ref, 1) != 1) {
		pthread_mutex_unlock(&dev->lock);
		return;
	}
	link = bucket(dev, buffer->handle);
	while (*link != buffer)
		link = &(*link)->next;
	*link = buffer->next;
	close_handle(dev, buffer->handle);
	pthread_mutex_unlock(&dev->lock);

	if (buffer->map)
		munmap(buffer->map, buffer->size);
	free(buffer);
	vprot_device_unref(dev);
}

int vprot_buffer_map(struct vprot_buffer *buffer, void **addr)
{
	struct drm_vprot_gem_mmap_offset args = { .handle = buffer->handle };
	struct vprot_device *dev = buffer->dev;
	void *map;
	int ret = 0;

	pthread_mutex_lock(&dev->lock);
	/* The driver may keep a restricted one from being mapped, and take a mapping away. */
	if (!buffer->map || buffer->flags & DRM_VPROT_GEM_RESTRICTED) {
		ret = vprot_ioctl(dev, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &args);
		if (ret)
			goto out;
	}
	if (!buffer->map) {
		map = mmap(NULL, buffer->size, PROT_READ | PROT_WRITE, MAP_SHARED, dev->fd,
			   args.offset);
		if (map == MAP_FAILED) {
			ret = -errno;
			goto out;
		}
		buffer->map = map;
	}
	*addr = buffer->map;
out:
	pthread_mutex_unlock(&dev->lock);
	return ret;
}

uint32_t vprot_buffer_handle(const struct vprot_buffer *buffer)
{
	return buffer->handle;
}

uint64_t vprot_buffer_size(const struct vprot_buffer *buffer)
{
	return buffer->size;
}

struct vprot_device *vprot_buffer_device(const struct vprot_buffer *buffer)
{
	return buffer->dev;
}
