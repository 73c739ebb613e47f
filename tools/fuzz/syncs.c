// SPDX-License-Identifier: MIT
/*
 * Calls on syncobjs, on gates, and on the fences of dma-bufs.
 *
 * A gate is a fence of another device, vgem, that signals when a program opens it, when its file is
 * closed, or after ten seconds.
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <linux/dma-buf.h>
#include <linux/sync_file.h>

#include "calls.h"
#include "vgem.h"

#define GATE_SIZE	4096

/* --- syncobjs --------------------------------------------------------------------------------- */

int fz_syncobj_signal(struct fz_thread *t, const struct fz_call *call)
{
	__u32 handle = fz_get(call, "FZ_SYNCOBJ").handle;
	__u64 point = fz_value(call, "point");
	struct drm_syncobj_timeline_array points = {
		.handles = (uintptr_t)&handle, .points = (uintptr_t)&point, .count_handles = 1,
	};
	struct drm_syncobj_array binary = { .handles = (uintptr_t)&handle, .count_handles = 1 };

	return point ? fz_ioctl(t, fz_call_fd(call), DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &points) :
		       fz_ioctl(t, fz_call_fd(call), DRM_IOCTL_SYNCOBJ_SIGNAL, &binary);
}

/* Never for long: its time is over. */
int fz_syncobj_wait(struct fz_thread *t, const struct fz_call *call)
{
	__u32 handle = fz_get(call, "FZ_SYNCOBJ").handle;
	__u64 point = fz_value(call, "point");
	struct drm_syncobj_timeline_wait args = {
		.handles = (uintptr_t)&handle, .points = (uintptr_t)&point, .count_handles = 1,
		.flags = fz_value(call, "flags"),
	};

	return fz_ioctl(t, fz_call_fd(call), DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT, &args);
}

/* A new sync_file with what a syncobj holds, or a negative errno. */
static int export(struct fz_thread *t, struct fz_slot syncobj)
{
	struct drm_syncobj_handle args = {
		.handle = syncobj.handle, .fd = -1,
		.flags = DRM_SYNCOBJ_HANDLE_TO_FD_FLAGS_EXPORT_SYNC_FILE,
	};
	int result = fz_ioctl(t, syncobj.fd, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &args);

	return result ? result : args.fd;
}

/* Has a syncobj hold what is in a sync_file, which is closed. */
static int import(struct fz_thread *t, struct fz_slot syncobj, int sync_file)
{
	struct drm_syncobj_handle args = {
		.handle = syncobj.handle, .fd = sync_file,
		.flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
	};
	int result = fz_ioctl(t, syncobj.fd, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &args);

	close(sync_file);
	return result;
}

/* The fences there are: those of blits, with the errors that the header lists, and gates. */
int fz_syncobj_status(struct fz_thread *t, const struct fz_call *call)
{
	struct sync_file_info info = { 0 };
	int fd = export(t, fz_get(call, "FZ_SYNCOBJ")), result;

	if (fd < 0)
		return fd;
	result = fz_ioctl(t, fd, SYNC_IOC_FILE_INFO, &info);
	close(fd);
	if (result)
		return result;
	if (info.status < 0 && info.status != -ETIMEDOUT && info.status != -EKEYREVOKED &&
	    info.status != -ECANCELED)
		fz_violation(t, "a fence has the error %s", strerror(-info.status));
	return info.status < 0 ? info.status : 0;
}

/* --- gates ------------------------------------------------------------------------------------ */

static bool has_gates;

bool fz_has_gates(void)
{
	return __atomic_load_n(&has_gates, __ATOMIC_RELAXED);
}

/* A new sync_file with what is on a dma-buf, or a negative errno. */
static int fence_of(struct fz_thread *t, int dmabuf, bool write)
{
	struct dma_buf_export_sync_file args = {
		.flags = write ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ, .fd = -1,
	};
	int result = fz_ioctl(t, dmabuf, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &args);

	return result ? result : args.fd;
}

/* Puts a fence on a buffer of vgem, and gets a syncobj that holds it. */
static int make_gate(struct fz_thread *t, const struct fz_call *call, struct fz_slot *gate,
		     struct fz_slot *syncobj, int dmabuf)
{
	struct vgem_attach attach = {
		.handle = gate->handle, .flags = fz_value(call, "write") ? VGEM_WRITE : 0,
	};
	struct drm_syncobj_create create = { 0 };
	int result, fd;

	__atomic_store_n(&has_gates, true, __ATOMIC_RELAXED);
	result = fz_ioctl(t, gate->fd, VGEM_ATTACH, &attach);
	if (result)
		return result;
	gate->handle = attach.fence;
	result = fz_ioctl(t, syncobj->fd, DRM_IOCTL_SYNCOBJ_CREATE, &create);
	if (result)
		return result;
	syncobj->handle = create.handle;
	fd = fence_of(t, dmabuf, true);
	return fd < 0 ? fd : import(t, *syncobj, fd);
}

int fz_gate(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot gate = { 0 }, dmabuf = { .size = GATE_SIZE };
	struct fz_slot syncobj = fz_get_slot(FZ_FILE, call->value[0]);
	int result;

	gate.fd = fz_foreign_buffer(t, GATE_SIZE, &gate.handle, &dmabuf.fd);
	if (gate.fd < 0)
		return gate.fd;
	gate.fd = fz_new_fd(gate.fd);
	result = make_gate(t, call, &gate, &syncobj, dmabuf.fd);
	if (result)
		return result;
	fz_put(FZ_SYNCOBJ, call->value[1], syncobj);
	fz_put(FZ_GATE, call->value[2], gate);
	fz_put(FZ_DMABUF, call->value[3], dmabuf);
	return 0;
}

int fz_gate_open(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot gate = fz_get(call, "FZ_GATE");
	struct vgem_signal signal = { .fence = gate.handle };

	return fz_ioctl(t, gate.fd, VGEM_SIGNAL, &signal);
}

/* --- dma-bufs --------------------------------------------------------------------------------- */

int fz_export_fence(struct fz_thread *t, const struct fz_call *call)
{
	int fd = fence_of(t, fz_get(call, "FZ_DMABUF").fd, fz_value(call, "write"));

	return fd < 0 ? fd : import(t, fz_get(call, "FZ_SYNCOBJ"), fd);
}

int fz_import_fence(struct fz_thread *t, const struct fz_call *call)
{
	struct dma_buf_import_sync_file args = {
		.flags = fz_value(call, "write") ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ,
		.fd = export(t, fz_get(call, "FZ_SYNCOBJ")),
	};
	int result;

	if (args.fd < 0)
		return args.fd;
	result = fz_ioctl(t, fz_get(call, "FZ_DMABUF").fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &args);
	close(args.fd);
	return result;
}

int fz_poll(struct fz_thread *t, const struct fz_call *call)
{
	struct pollfd poller = {
		.fd = fz_get(call, "FZ_DMABUF").fd, .events = fz_value(call, "events"),
	};
	int result;

	if (poller.fd < 0)
		return -EBADF;
	fz_enter(t);
	result = poll(&poller, 1, 0) < 0 ? -errno : 0;
	fz_leave(t);
	return result;
}
