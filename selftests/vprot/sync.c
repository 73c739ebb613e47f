// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>
#include <vgem_drm.h>

#include "sync.h"

static void must(int result, const char *step)
{
	if (result < 0)
		vt_fatal("%s: %s", step, strerror(-result));
}

/* --- syncobjs --------------------------------------------------------------------------------- */

__u32 vt_syncobj(int fd)
{
	struct drm_syncobj_create create = { 0 };

	must(vt_ioctl(fd, DRM_IOCTL_SYNCOBJ_CREATE, &create), "SYNCOBJ_CREATE");
	return create.handle;
}

void vt_syncobj_destroy(int fd, __u32 handle)
{
	struct drm_syncobj_destroy destroy = { .handle = handle };

	must(vt_ioctl(fd, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy), "SYNCOBJ_DESTROY");
}

void vt_syncobj_signal(int fd, __u32 handle, __u64 point)
{
	struct drm_syncobj_timeline_array args = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
	};

	must(vt_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &args), "SYNCOBJ_TIMELINE_SIGNAL");
}

int vt_syncobj_export(int fd, __u32 handle)
{
	struct drm_syncobj_handle args = {
		.handle = handle,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
		.fd = -1,
	};

	must(vt_ioctl(fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args), "SYNCOBJ_HANDLE_TO_FD");
	return args.fd;
}

__u32 vt_syncobj_import(int fd, int sync_file)
{
	struct drm_syncobj_handle args = {
		.handle = vt_syncobj(fd),
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
		.fd = sync_file,
	};

	must(vt_ioctl(fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args), "SYNCOBJ_FD_TO_HANDLE");
	close(sync_file);
	return args.handle;
}

int vt_syncobj_wait(int fd, __u32 handle, __u64 point, int timeout_ms)
{
	struct drm_syncobj_timeline_wait args = {
		.handles = (uintptr_t)&handle,
		.points = (uintptr_t)&point,
		.count_handles = 1,
		.flags = DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT,
	};
	struct timespec now;
	int error;

	clock_gettime(CLOCK_MONOTONIC, &now);
	args.timeout_nsec = now.tv_sec * 1000000000ll + now.tv_nsec + timeout_ms * 1000000ll;
	do
		error = vt_ioctl(fd, DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &args);
	while (error == -EINTR);
	if (error && error != -ETIME)
		must(error, "SYNCOBJ_TIMELINE_WAIT");
	return error;
}

int vt_fence_status(int sync_file)
{
	struct sync_file_info info = { 0 };

	must(vt_ioctl(sync_file, SYNC_IOC_FILE_INFO, &info), "SYNC_IOC_FILE_INFO");
	return info.status;
}

int vt_syncobj_result(int fd, __u32 handle)
{
	int sync_file, status;

	if (vt_syncobj_wait(fd, handle, 0, VT_LONG))
		vt_fatal("a fence does not signal");
	sync_file = vt_syncobj_export(fd, handle);
	status = vt_fence_status(sync_file);
	close(sync_file);
	return status < 0 ? status : 0;
}

int vt_buffer_fence(const struct vt_buffer *b, bool write)
{
	struct dma_buf_export_sync_file args = {
		.flags = write ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ,
		.fd = -1,
	};
	int dmabuf = vt_export(b);

	must(vt_ioctl(dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args), "EXPORT_SYNC_FILE");
	close(dmabuf);
	return args.fd;
}

void vt_attach_fence(int dmabuf, int sync_file, bool write)
{
	struct dma_buf_import_sync_file args = {
		.flags = write ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ,
		.fd = sync_file,
	};

	must(vt_ioctl(dmabuf, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args), "IMPORT_SYNC_FILE");
}

/* --- gates ------------------------------------------------------------------------------------ */

void vt_gate(struct vt_gate *gate, int fd)
{
	struct drm_mode_create_dumb create = { .width = 32, .height = 32, .bpp = 32 };
	struct drm_prime_handle prime = { .flags = DRM_CLOEXEC | DRM_RDWR };
	struct dma_buf_export_sync_file sync = { .flags = DMA_BUF_SYNC_RW };
	struct drm_vgem_fence_attach attach = { .flags = VGEM_FENCE_WRITE };

	gate->fd = fd;
	gate->vgem = vt_open_vgem();
	must(vt_ioctl(gate->vgem, DRM_IOCTL_MODE_CREATE_DUMB, &create), "CREATE_DUMB");
	gate->buffer = create.handle;
	attach.handle = create.handle;
	must(vt_ioctl(gate->vgem, DRM_IOCTL_VGEM_FENCE_ATTACH, &attach), "VGEM_FENCE_ATTACH");
	gate->fence = attach.out_fence;
	prime.handle = create.handle;
	must(vt_ioctl(gate->vgem, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime), "PRIME_HANDLE_TO_FD");
	gate->dmabuf = prime.fd;
	must(vt_ioctl(gate->dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &sync), "EXPORT_SYNC_FILE");
	gate->syncobj = vt_syncobj_import(fd, sync.fd);
}

int vt_gate_many(void)
{
	return vt_is_sanitized() ? 100 : 1000;
}

void vt_gate_open(struct vt_gate *gate)
{
	struct drm_vgem_fence_signal signal = { .fence = gate->fence };

	must(vt_ioctl(gate->vgem, DRM_IOCTL_VGEM_FENCE_SIGNAL, &signal), "VGEM_FENCE_SIGNAL");
}

void vt_gate_free(struct vt_gate *gate)
{
	close(gate->dmabuf);
	close(gate->vgem);
}

/* --- queued blits ----------------------------------------------------------------------------- */

int vt_queue_array(const struct vt_session *s, unsigned long request,
		   const struct drm_vprot_blt *blts, __u32 count, const struct vt_queue *how)
{
	struct drm_vprot_submit args = {
		.session = s->handle,
		.flags = how->flags,
		.blts = (uintptr_t)blts,
		.num_blts = count,
		.blt_stride = sizeof(*blts),
		.waits = (uintptr_t)how->waits,
		.num_waits = how->num_waits,
		.signals = (uintptr_t)how->signals,
		.num_signals = how->num_signals,
		.sync_stride = sizeof(struct drm_vprot_sync),
	};

	return vt_ioctl(s->fd, request, &args);
}

int vt_queue_blt(const struct vt_session *s, unsigned long request,
		 const struct drm_vprot_blt *blt, __u32 wait, __u32 signal)
{
	struct drm_vprot_sync waits = { .handle = wait }, signals = { .handle = signal };

	return vt_queue_array(s, request, blt, 1, &(struct vt_queue){
		.waits = wait ? &waits : NULL,
		.num_waits = !!wait,
		.signals = signal ? &signals : NULL,
		.num_signals = !!signal,
	});
}
