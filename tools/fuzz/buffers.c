// SPDX-License-Identifier: MIT
/*
 * Calls on buffers, dma-bufs and mappings.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "device.h"

#define MAX_MAPPING	(4u << 20)

int fz_gem_create(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_gem_create *args = (void *)t->good;
	__u64 size = fz_value(call, "size");

	/* What is too large for the device costs nothing. */
	if (size <= 256u << 20 && !fz_spend(size))
		return -ENOSPC;
	fz_fill(t, call, args);
	return fz_call_ioctl(t, call, args);
}

/*
 * A buffer whose maker is another process. The child has our memory until it ends, and the thread
 * waits that long.
 */
int fz_gem_create_by_child(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = fz_get_slot(FZ_FILE, call->value[0]);
	struct drm_vprot_gem_create args = { .size = 8192, .flags = fz_value(call, "flags") };
	int status;
	pid_t child;

	if (!fz_spend(FZ_DEAR))
		return -ENOSPC;
	child = vfork();
	if (!child)
		_exit(ioctl(slot.fd, DRM_IOCTL_VPROT_GEM_CREATE, &args) ? errno : 0);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -errno;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
	slot.handle = args.handle;
	fz_put(FZ_BUFFER, call->value[1], slot);
	return 0;
}

int fz_gem_close(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_gem_close args = { .handle = fz_get(call, "FZ_BUFFER").handle };

	return fz_ioctl(t, fz_call_fd(call), DRM_IOCTL_GEM_CLOSE, &args);
}

int fz_dumb(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = fz_get_slot(FZ_FILE, call->value[0]);
	struct drm_mode_create_dumb args = {
		.width = fz_value(call, "width"), .height = 64, .bpp = 8,
	};
	int result;

	if (!fz_spend(args.width <= 1024 ? args.width * 64 : 0))
		return -ENOSPC;
	result = fz_ioctl(t, slot.fd, DRM_IOCTL_MODE_CREATE_DUMB, &args);
	if (!result) {
		slot.handle = args.handle;
		fz_put(FZ_BUFFER, call->value[1], slot);
	}
	return result;
}

/* --- dma-bufs --------------------------------------------------------------------------------- */

int fz_export(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_prime_handle args = {
		.handle = fz_get(call, "FZ_BUFFER").handle, .flags = DRM_CLOEXEC | DRM_RDWR,
	};
	struct fz_slot slot = { .fd = -1 };
	int result = fz_ioctl(t, fz_call_fd(call), DRM_IOCTL_PRIME_HANDLE_TO_FD, &args);
	off_t size;

	if (result)
		return result;
	slot.fd = fz_new_fd(args.fd);
	size = lseek(slot.fd, 0, SEEK_END);
	slot.size = size < 0 ? 0 : size;
	fz_put(FZ_DMABUF, call->value[1], slot);
	return 0;
}

int fz_import(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = fz_get_slot(FZ_FILE, call->value[0]);
	struct drm_prime_handle args = { .fd = fz_get_slot(FZ_DMABUF, call->value[1]).fd };
	int result = fz_ioctl(t, slot.fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &args);

	if (result)
		return result;
	slot.handle = args.handle;
	fz_put(FZ_BUFFER, call->value[2], slot);
	return 0;
}

int fz_foreign_buffer(struct fz_thread *t, __u64 size, __u32 *handle, int *dmabuf)
{
	struct drm_mode_create_dumb create = { .width = size, .height = 1, .bpp = 8 };
	struct drm_prime_handle prime = { .flags = DRM_CLOEXEC | DRM_RDWR };
	int fd, result;

	if (size > 1u << 20 || !fz_spend(size))
		return -ENOSPC;
	fd = fz_device_open_vgem();
	if (fd < 0)
		return -ENODEV;
	result = fz_ioctl(t, fd, DRM_IOCTL_MODE_CREATE_DUMB, &create);
	if (!result) {
		prime.handle = create.handle;
		result = fz_ioctl(t, fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
	}
	if (result) {
		close(fd);
		return result;
	}
	*handle = create.handle;
	*dmabuf = fz_new_fd(prime.fd);
	return fd;
}

int fz_foreign(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = { .size = fz_value(call, "size") };
	__u32 handle;
	int fd = fz_foreign_buffer(t, slot.size, &handle, &slot.fd);

	if (fd < 0)
		return fd;
	close(fd);
	fz_put(FZ_DMABUF, call->value[0], slot);
	return 0;
}

/* --- mappings --------------------------------------------------------------------------------- */

static int unmap(struct fz_thread *t, struct fz_slot map)
{
	int result;

	if (!map.memory)
		return -EINVAL;
	fz_enter(t);
	result = munmap(map.memory, map.size) ? -errno : 0;
	fz_leave(t);
	return result;
}

static int map_at(struct fz_thread *t, unsigned int index, struct fz_slot slot, int fd, int flags,
		  __u64 offset)
{
	if (!slot.size || slot.size > MAX_MAPPING)
		return -EINVAL;
	fz_enter(t);
	slot.memory = mmap(NULL, slot.size, PROT_READ | PROT_WRITE, flags, fd, offset);
	fz_leave(t);
	if (slot.memory == MAP_FAILED)
		return -errno;
	unmap(t, fz_put(FZ_MAP, index, slot));
	return 0;
}

/* Sizes of buffers are not told by the device, but by what they are exported as. */
static size_t buffer_size(struct fz_thread *t, int fd, __u32 handle)
{
	struct drm_prime_handle prime = { .handle = handle, .flags = DRM_CLOEXEC | DRM_RDWR };
	off_t size;

	if (fz_ioctl(t, fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime))
		return 0;
	size = lseek(prime.fd, 0, SEEK_END);
	close(prime.fd);
	return size < 0 ? 0 : size;
}

int fz_mmap(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = fz_get(call, "FZ_BUFFER");
	struct drm_vprot_gem_mmap_offset args = { .handle = slot.handle };
	struct drm_mode_map_dumb dumb = { .handle = slot.handle };
	int fd = fz_call_fd(call), result;

	result = fz_value(call, "dumb") ? fz_ioctl(t, fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb) :
					  fz_ioctl(t, fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &args);
	if (result)
		return result;
	slot.size = buffer_size(t, fd, slot.handle);
	return map_at(t, call->value[1], slot, fd,
		      fz_value(call, "private") ? MAP_PRIVATE : MAP_SHARED,
		      fz_value(call, "dumb") ? dumb.offset : args.offset);
}

int fz_mmap_dmabuf(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = fz_get(call, "FZ_DMABUF");

	return map_at(t, call->value[1], slot, slot.fd, MAP_SHARED, 0);
}

/* At any place of the device's file. */
int fz_mmap_file(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = fz_get(call, "FZ_FILE");

	slot.size = 4096;
	return map_at(t, call->value[1], slot, slot.fd, MAP_SHARED, fz_value(call, "page") * 4096);
}

int fz_munmap(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot none = { .fd = -1 };

	return unmap(t, fz_put(FZ_MAP, call->value[0], none));
}

int fz_write(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot map = fz_get(call, "FZ_MAP");

	if (!map.memory)
		return -EINVAL;
	fz_enter(t);
	memset(map.memory, fz_value(call, "byte"), map.size);
	fz_leave(t);
	return 0;
}
