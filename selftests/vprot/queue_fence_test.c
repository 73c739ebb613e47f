// SPDX-License-Identifier: GPL-2.0
/*
 * Fences of queued blits and of others: what is on a buffer is seen by all who share it, and what
 * others put there is waited for, but not for ever, and not on protected buffers.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>

#include "kselftest_harness.h"
#include "module.h"
#include "process.h"
#include "queue.h"

#define SIZE	65536

FIXTURE(fence)
{
	struct vt_stage stage;
	unsigned int timeout;
};

FIXTURE_SETUP(fence)
{
	vt_stage_open(&self->stage, SIZE);
	self->timeout = vt_parameter("wait_timeout_ms");
}

FIXTURE_TEARDOWN(fence)
{
	vt_set_parameter("wait_timeout_ms", self->timeout);
	vt_stage_close(&self->stage);
}

static int polled(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

static unsigned int fences_in(int sync_file)
{
	struct sync_file_info info = { 0 };

	if (vt_ioctl(sync_file, SYNC_IOC_FILE_INFO, &info))
		vt_fatal("SYNC_IOC_FILE_INFO");
	return info.num_fences;
}

/* The source is read: others may read it, not write. The destination is written: neither. */
TEST_F(fence, is_on_both_buffers)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	int source = vt_export(&stage->zeros), secret = vt_export(&stage->secret);
	struct pollfd p = { .fd = secret, .events = POLLIN };
	int readers, writers;

	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj, stage->done));
	readers = vt_buffer_fence(&stage->zeros, false);
	writers = vt_buffer_fence(&stage->zeros, true);
	EXPECT_EQ(1, vt_fence_status(readers));
	EXPECT_EQ(0, vt_fence_status(writers));
	EXPECT_EQ(0, vt_fence_status(vt_buffer_fence(&stage->secret, false)));
	EXPECT_EQ(POLLIN, polled(source, POLLIN));
	EXPECT_EQ(0, polled(source, POLLOUT));
	EXPECT_EQ(0, polled(secret, POLLIN));

	vt_gate_open(&stage->gate);
	ASSERT_EQ(1, poll(&p, 1, VT_LONG));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_EQ(1, vt_fence_status(writers));
	EXPECT_EQ(POLLOUT, polled(source, POLLOUT));
	EXPECT_EQ(POLLIN, polled(secret, POLLIN));
}

/* However long the queue is: one fence stands for it, on each buffer. */
TEST_F(fence, one_stands_for_the_queue)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result;

	for (int i = 0; i < vt_gate_many() / 2; i++) {
		struct drm_vprot_blt in = vt_stage_blit(stage, &stage->secret, i);
		struct drm_vprot_blt out = { .src = stage->secret.handle, .size = 64,
					     .dst = stage->clear.handle,
					     .result = (uintptr_t)&result };

		in.size = 64;
		ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &in, stage->gate.syncobj,
					  stage->done));
		ASSERT_EQ(0, vt_queue_blt(&stage->s, ENCRYPT, &out, 0, stage->done));
	}
	EXPECT_GE(2, fences_in(vt_buffer_fence(&stage->zeros, true)));
	EXPECT_GE(2, fences_in(vt_buffer_fence(&stage->secret, true)));
	EXPECT_GE(2, fences_in(vt_buffer_fence(&stage->clear, true)));
	vt_gate_open(&stage->gate);
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
}

/* A fence of vgem on a clear buffer: the blit waits for it, queued or not. */
TEST_F(fence, of_another_device_is_waited_for)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	int source = vt_export(&stage->zeros);

	/* It reads the source, as the blit does. */
	vt_attach_fence(source, vt_syncobj_export(stage->fd, stage->gate.syncobj), false);
	ASSERT_EQ(0, vt_decrypt_blt(&stage->s, &blt));
	/* It writes it. */
	vt_attach_fence(source, vt_syncobj_export(stage->fd, stage->gate.syncobj), true);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 300));
	memset(stage->zeros.map, 1, SIZE);
	memset(stage->zeros.map, 0, SIZE / 2);
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE / 2, 1, stage->s.key));
	EXPECT_FALSE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 1, stage->s.key));
}

/* A buffer of vgem itself: its fences hold our blits, ours are seen by whoever shares it. */
TEST_F(fence, on_a_buffer_of_vgem)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	struct vt_gate gate;

	blt.size = 4096;
	ASSERT_EQ(0, vt_import(stage->fd, stage->gate.dmabuf, &blt.src));
	/* The gate's fence is on the buffer: the call returns at once all the same. */
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	EXPECT_EQ(0, polled(stage->gate.dmabuf, POLLOUT));
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 0));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_EQ(POLLOUT, polled(stage->gate.dmabuf, POLLOUT));

	vt_gate(&gate, stage->fd);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, gate.syncobj, stage->done));
	EXPECT_EQ(0, polled(stage->gate.dmabuf, POLLOUT));
	EXPECT_EQ(POLLIN, polled(stage->gate.dmabuf, POLLIN));
	vt_gate_open(&gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, 4096, 1, stage->s.key));
	vt_gate_free(&gate);
}

/* The same buffer in two files of the device: each waits for what the other has queued. */
TEST_F(fence, of_another_file_is_waited_for)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt mine = vt_stage_blit(stage, &stage->secret, 1);
	struct drm_vprot_blt theirs = { .size = 4096 };
	struct drm_vprot_blt_result result;
	struct vt_buffer secret;
	struct vt_session other;
	int fd = vt_open();
	__u32 done = vt_syncobj(fd);

	/* Imported from vgem, it has an object of its own in each file. */
	vt_gate_open(&stage->gate);
	vt_session_open(&other, fd, 0);
	vt_protected(&secret, fd, SIZE);
	vt_load(&other, &secret, 0, stage->zeros.map, SIZE);
	mine.size = 4096;
	ASSERT_EQ(0, vt_import(stage->fd, stage->gate.dmabuf, &mine.src));
	ASSERT_EQ(0, vt_import(fd, stage->gate.dmabuf, &theirs.dst));
	theirs.src = secret.handle;
	theirs.result = (uintptr_t)&result;
	for (int i = 0; i < 20; i++) {
		struct vt_gate gate;

		vt_gate(&gate, stage->fd);
		ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &mine, gate.syncobj, stage->done));
		ASSERT_EQ(0, vt_queue_blt(&other, ENCRYPT, &theirs, 0, done));
		ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &mine, 0, stage->done));
		EXPECT_EQ(-ETIME, vt_syncobj_wait(fd, done, 0, 0));
		vt_gate_open(&gate);
		ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
		ASSERT_EQ(0, vt_syncobj_result(fd, done));
		vt_gate_free(&gate);
	}
	close(fd);
}

/* Whoever holds a handle of a protected buffer can put a fence on it. Its owner goes on. */
TEST_F(fence, on_a_protected_buffer_stalls_nobody)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	int dmabuf = vt_export(&stage->secret);

	vt_load(&stage->s, &stage->secret, 0, stage->zeros.map, SIZE);
	vt_attach_fence(dmabuf, vt_syncobj_export(stage->fd, stage->gate.syncobj), true);
	vt_attach_fence(dmabuf, vt_syncobj_export(stage->fd, stage->gate.syncobj), false);
	ASSERT_EQ(0, vt_decrypt_blt(&stage->s, &blt));
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 1, stage->s.key));
	EXPECT_EQ(0, polled(dmabuf, POLLIN));
}

/* What does not come is cut off. What waits behind it in the same buffer runs nevertheless. */
TEST_F(fence, that_never_comes_is_cut_off)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	__u32 done = vt_syncobj(stage->fd), timeline = vt_syncobj(stage->fd);
	struct drm_vprot_sync wait = { .handle = stage->gate.syncobj };
	struct drm_vprot_sync signal = { .handle = timeline, .point = 1 };
	int source;

	vt_set_parameter("wait_timeout_ms", 200);
	vt_load(&stage->s, &stage->secret, 0, stage->zeros.map, SIZE);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj, stage->done));
	vt_iv(blt.iv, 2, 0);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, done));
	EXPECT_EQ(-ETIMEDOUT, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 2, stage->s.key));

	/* Of a fence that is on a buffer, too, and then for those that are not queued as well. */
	source = vt_export(&stage->zeros);
	vt_attach_fence(source, vt_syncobj_export(stage->fd, stage->gate.syncobj), true);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	EXPECT_EQ(-ETIMEDOUT, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_EQ(-ETIMEDOUT, vt_decrypt_blt(&stage->s, &blt));

	/* A point behind the one that is cut off has its error, and so has the one behind that. */
	blt.src = stage->clear.handle;
	vt_iv(blt.iv, 3, 0);
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, &blt, 1,
				    &(struct vt_queue){ .waits = &wait, .num_waits = 1,
					.signals = &signal, .num_signals = 1 }));
	/* By that, not since it is cut off itself. */
	vt_set_parameter("wait_timeout_ms", VT_LONG);
	wait = signal;
	signal.point = 2;
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, &blt, 1,
				    &(struct vt_queue){ .waits = &wait, .num_waits = 1,
					.signals = &signal, .num_signals = 1 }));
	EXPECT_EQ(0, vt_syncobj_wait(stage->fd, timeline, 2, VT_LONG));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 2, stage->s.key));
	EXPECT_TRUE(vt_key_works(&stage->s));
}

/* Time runs for others' fences only: a queue that waits for itself may take longer. */
TEST_F(fence, of_our_own_is_not_cut_off)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	__u32 first = vt_syncobj(stage->fd), second = vt_syncobj(stage->fd);
	__u32 third = vt_syncobj(stage->fd);
	struct drm_vprot_blt_result result;
	int status, end;
	pid_t child;

	/* The first has been given ten seconds, those that wait for it next to nothing. */
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj, first));
	vt_set_parameter("wait_timeout_ms", 1);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, first, second));
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	/* This one is cut off, and keeps its place in the buffer nevertheless. */
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj, third));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage->fd, second, 0, 300));
	/* Nor is one that is not queued, in a clear buffer. */
	child = vt_fork(&end);
	if (!child) {
		if (write(end, "", 1) != 1)
			_exit(1);
		blt.src = stage->secret.handle;
		blt.dst = stage->zeros.handle;
		blt.result = (uintptr_t)&result;
		memset(blt.iv, 0, sizeof(blt.iv));
		_exit(vt_encrypt_blt(&stage->s, &blt) ? 1 : 0);
	}
	ASSERT_EQ(1, read(end, &status, 1));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage->fd, second, 0, 300));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage->fd, third, 0, 0));
	vt_gate_open(&stage->gate);
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, second));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_EQ(-ETIMEDOUT, vt_syncobj_result(stage->fd, third));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* The error of what was waited for is that of the blit, which has not run. */
TEST_F(fence, with_an_error)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1), batch[2];
	struct drm_vprot_blt foreign;
	__u32 given_up;
	struct drm_vprot_sync wait, signal = { .handle = stage->done };
	struct vt_stage other;
	int fence;

	vt_load(&stage->s, &stage->secret, 0, stage->zeros.map, SIZE);
	/* A blit that is given up since its file is closed. */
	vt_stage_open(&other, 4096);
	foreign = vt_stage_blit(&other, &other.secret, 1);
	ASSERT_EQ(0, vt_queue_blt(&other.s, DECRYPT, &foreign, other.gate.syncobj, other.done));
	fence = vt_syncobj_export(other.fd, other.done);
	given_up = vt_syncobj_import(stage->fd, dup(fence));
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, given_up, stage->done));
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 0));
	vt_stage_close(&other);
	ASSERT_EQ(1, poll(&(struct pollfd){ .fd = fence, .events = POLLIN }, 1, VT_LONG));
	EXPECT_EQ(-ECANCELED, vt_fence_status(fence));
	EXPECT_EQ(-ECANCELED, vt_syncobj_result(stage->fd, stage->done));

	/* A batch is not run, none of it; nor what is submitted when the error is there already. */
	batch[0] = blt;
	batch[1] = blt;
	batch[1].dst = stage->other.handle;
	wait.handle = given_up;
	wait.flags = 0;
	wait.point = 0;
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, batch, 2,
				    &(struct vt_queue){ .waits = &wait, .num_waits = 1,
					.signals = &signal, .num_signals = 1 }));
	EXPECT_EQ(-ECANCELED, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_FALSE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 1, stage->s.key));
	EXPECT_FALSE(vt_stage_holds(stage, &stage->other, 0, SIZE, 1, stage->s.key));

	/* On a buffer it is a matter of order only. */
	vt_attach_fence(vt_export(&stage->zeros), fence, true);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 1, stage->s.key));
	close(fence);
}

/* Memory of a process as a buffer: udmabuf, which only one of the kernels has. */
TEST_F(fence, on_a_buffer_of_udmabuf)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	struct udmabuf_create create = { .size = SIZE };
	struct utsname name;
	int device, dmabuf;
	__u8 *map;

	ASSERT_EQ(0, uname(&name));
	if (!strncmp(name.release, "6.1.", 4)) {
		EXPECT_NE(0, system("modprobe -q udmabuf"));
		EXPECT_EQ(-1, open("/dev/udmabuf", O_RDWR));
		return;
	}
	device = open("/dev/udmabuf", O_RDWR);
	if (device < 0) {
		ASSERT_EQ(0, system("modprobe udmabuf"));
		device = open("/dev/udmabuf", O_RDWR);
	}
	ASSERT_LE(0, device);
	create.memfd = memfd_create("film", MFD_ALLOW_SEALING);
	ASSERT_EQ(0, ftruncate(create.memfd, SIZE));
	ASSERT_EQ(0, fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, create.memfd, 0);
	ASSERT_NE(MAP_FAILED, map);
	dmabuf = ioctl(device, UDMABUF_CREATE, &create);
	ASSERT_LE(0, dmabuf);

	ASSERT_EQ(0, vt_import(stage->fd, dmabuf, &blt.src));
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj, stage->done));
	/* What is queued already does not hold up the next call. */
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	EXPECT_EQ(0, polled(dmabuf, POLLOUT));
	EXPECT_EQ(POLLIN, polled(dmabuf, POLLIN));
	memset(map, 0x77, SIZE);
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_EQ(POLLOUT, polled(dmabuf, POLLOUT));
	memset(stage->zeros.map, 0x77, SIZE);
	blt.src = stage->zeros.handle;
	blt.dst = stage->other.handle;
	ASSERT_EQ(0, vt_decrypt_blt(&stage->s, &blt));
	vt_read_back(&stage->s, &stage->secret, 0, map, SIZE);
	vt_read_back(&stage->s, &stage->other, 0, stage->clear.map, SIZE);
	EXPECT_EQ(0, memcmp(map, stage->clear.map, SIZE));
}

/* A fence outlives blit, file and session, and keeps the module until it is gone. */
TEST(keeps_the_module)
{
	struct drm_vprot_blt blt;
	struct vt_stage stage;
	int fence, error;

	vt_stage_open(&stage, SIZE);
	blt = vt_stage_blit(&stage, &stage.secret, 1);
	ASSERT_EQ(0, vt_queue_blt(&stage.s, DECRYPT, &blt, 0, stage.done));
	ASSERT_EQ(0, vt_syncobj_result(stage.fd, stage.done));
	fence = vt_syncobj_export(stage.fd, stage.done);
	vt_stage_close(&stage);

	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	EXPECT_EQ(1, vt_fence_status(fence));
	EXPECT_EQ(0, close(fence));
	/* What the blit held is let go in a work queue. */
	while ((error = vt_module_remove()) == -EWOULDBLOCK)
		sched_yield();
	EXPECT_EQ(0, error);
	EXPECT_EQ(0, vt_module_insert(""));
}

TEST_HARNESS_MAIN
