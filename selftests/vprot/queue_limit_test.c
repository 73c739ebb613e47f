// SPDX-License-Identifier: GPL-2.0
/*
 * Queues have bounds, one file's does not hold up another's, and all of a file's goes with it.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "module.h"
#include "process.h"
#include "queue.h"

#define SIZE	65536
#define LIMIT	4

FIXTURE(limit)
{
	struct vt_stage stage;
	unsigned int max;
};

FIXTURE_SETUP(limit)
{
	vt_stage_open(&self->stage, SIZE);
	self->max = vt_parameter("max_queued_blts");
}

FIXTURE_TEARDOWN(limit)
{
	vt_set_parameter("max_queued_blts", self->max);
	vt_stage_close(&self->stage);
}

static int queue(struct vt_stage *stage, const struct drm_vprot_blt *blts, __u32 count, __u32 wait,
		 __u32 flags)
{
	struct drm_vprot_sync waits = { .handle = wait }, signals = { .handle = stage->done };

	return vt_queue_array(&stage->s, DECRYPT, blts, count, &(struct vt_queue){
		.waits = wait ? &waits : NULL,
		.num_waits = !!wait,
		.signals = &signals,
		.num_signals = 1,
		.flags = flags,
	});
}

TEST_F(limit, of_a_file)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result = { 0 };
	struct drm_vprot_blt blts[LIMIT + 1];
	struct drm_vprot_get_caps caps;
	struct vt_stage other;
	int status, end;
	pid_t child;

	for (int i = 0; i <= LIMIT; i++) {
		blts[i] = vt_stage_blit(stage, &stage->secret, i);
		blts[i].size = 64;
	}
	vt_set_parameter("max_queued_blts", LIMIT);
	vt_caps(stage->fd, &caps);
	EXPECT_EQ(LIMIT, caps.max_queued_blts);

	/* What is refused keeps no room. */
	blts[0].epoch = 2;
	EXPECT_EQ(-ESTALE, queue(stage, blts, LIMIT, 0, DRM_VPROT_SUBMIT_NOWAIT));
	blts[0].epoch = 0;
	ASSERT_EQ(0, queue(stage, blts, LIMIT - 1, stage->gate.syncobj, DRM_VPROT_SUBMIT_NOWAIT));
	EXPECT_EQ(-ENOSPC, queue(stage, blts, 2, 0, DRM_VPROT_SUBMIT_NOWAIT));
	ASSERT_EQ(0, queue(stage, blts, 1, 0, DRM_VPROT_SUBMIT_NOWAIT));
	blts[0].result = (uintptr_t)&result;
	EXPECT_EQ(-ENOSPC, queue(stage, blts, 1, 0, DRM_VPROT_SUBMIT_NOWAIT));
	EXPECT_EQ(0, result.iv[0]);
	/* Other errors rank before, and what is not queued needs no room. */
	blts[0].epoch = 2;
	EXPECT_EQ(-ESTALE, queue(stage, blts, 1, 0, DRM_VPROT_SUBMIT_NOWAIT));
	blts[0].epoch = 0;
	blts[0].dst = stage->other.handle;
	blts[0].src = stage->clear.handle;
	EXPECT_EQ(0, vt_decrypt_blt(&stage->s, blts));

	/* Another file has a queue of its own. */
	vt_stage_open(&other, 4096);
	blts[1] = vt_stage_blit(&other, &other.secret, 1);
	EXPECT_EQ(0, queue(&other, &blts[1], 1, 0, DRM_VPROT_SUBMIT_NOWAIT));
	EXPECT_EQ(0, vt_syncobj_result(other.fd, other.done));
	vt_stage_close(&other);

	/* Without the flag it waits for room. */
	result.epoch = 0;
	child = vt_fork(&end);
	if (!child) {
		if (write(end, "", 1) != 1)
			_exit(1);
		_exit(queue(stage, blts, 1, 0, 0) ? 1 : 0);
	}
	ASSERT_EQ(1, read(end, &status, 1));
	ASSERT_TRUE(vt_await_sleep(child));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));

	/* A batch that is larger than the limit goes in alone. */
	for (int i = 0; i <= LIMIT; i++)
		blts[i] = vt_stage_blit(stage, &stage->secret, i);
	ASSERT_EQ(0, queue(stage, blts, LIMIT + 1, 0, DRM_VPROT_SUBMIT_NOWAIT));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
}

/* Killed while it waits for room: no blit, no room taken. */
TEST_F(limit, waiting_for_room_dies_with_its_process)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	int status, end;
	pid_t child;

	vt_set_parameter("max_queued_blts", 1);
	ASSERT_EQ(0, queue(stage, &blt, 1, stage->gate.syncobj, 0));
	child = vt_fork(&end);
	if (!child) {
		if (write(end, "", 1) != 1)
			_exit(1);
		_exit(queue(stage, &blt, 1, 0, 0) ? 1 : 0);
	}
	ASSERT_EQ(1, read(end, &status, 1));
	ASSERT_TRUE(vt_await_sleep(child));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_EQ(-ENOSPC, queue(stage, &blt, 1, 0, DRM_VPROT_SUBMIT_NOWAIT));
	vt_gate_open(&stage->gate);
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_EQ(0, queue(stage, &blt, 1, 0, DRM_VPROT_SUBMIT_NOWAIT));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
}

/* One file has hours of work in its queue; another's blit is done long before that. */
TEST_F(limit, one_file_does_not_starve_another)
{
	enum { LARGE = 4 << 20, COUNT = 1024 };
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	struct vt_stage greedy;

	vt_stage_open(&greedy, LARGE);
	for (int i = 0; i < COUNT; i++) {
		struct drm_vprot_blt large = vt_stage_blit(&greedy, i % 2 ? &greedy.secret :
							   &greedy.other, i);

		/* In two buffers, and none but them, for two processors. */
		large.src = i % 2 ? greedy.zeros.handle : greedy.clear.handle;
		ASSERT_EQ(0, queue(&greedy, &large, 1, 0, 0));
	}
	for (int i = 0; i < 20; i++) {
		ASSERT_EQ(0, queue(stage, &blt, 1, 0, 0));
		ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	}
	EXPECT_EQ(-ETIME, vt_syncobj_wait(greedy.fd, greedy.done, 0, 0));
	/* Closing its file ends it, blits that run included. */
	vt_stage_close(&greedy);
}

/* A process is killed with a thousand blits queued: when it is gone, so is all that was its own. */
TEST_F(limit, killed_process_leaves_nothing)
{
	int many = vt_gate_many();
	struct pollfd p = { .events = POLLIN };
	int status, end, fds[3];
	struct vt_stage theirs;
	pid_t child;

	child = vt_fork(&end);
	if (!child) {
		vt_stage_open(&theirs, SIZE);
		for (int i = 0; i < many; i++) {
			struct drm_vprot_blt blt = vt_stage_blit(&theirs, &theirs.secret, i);

			if (queue(&theirs, &blt, 1, theirs.gate.syncobj, 0))
				_exit(1);
		}
		fds[0] = vt_syncobj_export(theirs.fd, theirs.done);
		fds[1] = vt_export(&theirs.secret);
		/* The end of its file would open the gate. */
		fds[2] = theirs.gate.vgem;
		vt_give(end, fds, 3, "", 1);
		pause();
	}
	vt_take(end, fds, 3, &status, 1);
	ASSERT_EQ(2, vt_sessions_of(0, NULL, 0));
	ASSERT_EQ(0, vt_fence_status(fds[0]));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));

	p.fd = fds[0];
	ASSERT_EQ(1, poll(&p, 1, VT_LONG));
	EXPECT_EQ(-ECANCELED, vt_fence_status(fds[0]));
	/* The last of the blits lets go of the session. */
	while (vt_sessions_of(0, NULL, 0) != 1)
		sched_yield();
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}

/* Destruction waits for what is queued, but not when its process is killed. */
TEST_F(limit, destruction_that_waits_can_be_killed)
{
	struct vt_listed listed;
	struct vt_stage theirs;
	int status, end, fds[2];
	pid_t child;

	child = vt_fork(&end);
	if (!child) {
		struct drm_vprot_blt blt;

		vt_stage_open(&theirs, SIZE);
		blt = vt_stage_blit(&theirs, &theirs.secret, 1);
		if (queue(&theirs, &blt, 1, theirs.gate.syncobj, 0))
			_exit(1);
		fds[0] = vt_syncobj_export(theirs.fd, theirs.done);
		fds[1] = theirs.gate.vgem;
		vt_give(end, fds, 2, "", 1);
		vt_session_destroy(&theirs.s);
		_exit(0);
	}
	vt_take(end, fds, 2, &status, 1);
	/* It has begun, and cannot end while the gate is closed. */
	do {
		ASSERT_EQ(1, vt_sessions_of(child, &listed, 1));
	} while (strcmp(listed.state, "destroyed"));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	ASSERT_EQ(1, poll(&(struct pollfd){ .fd = fds[0], .events = POLLIN }, 1, VT_LONG));
	EXPECT_EQ(-ECANCELED, vt_fence_status(fds[0]));
	while (vt_sessions_of(0, NULL, 0) != 1)
		sched_yield();
	close(fds[0]);
	close(fds[1]);
}

/* A blit that was given up behind another file's keeps its place: its fence waits. */
TEST_F(limit, given_up_fences_keep_the_order)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt mine, theirs;
	struct vt_stage other;
	int dmabuf, fence;

	/* One buffer of vprot in two files. */
	vt_stage_open(&other, SIZE);
	dmabuf = vt_export(&stage->clear);
	vt_load(&stage->s, &stage->secret, 0, stage->zeros.map, SIZE);
	mine = (struct drm_vprot_blt){ .src = stage->secret.handle, .dst = stage->clear.handle,
				       .size = SIZE, .result = (uintptr_t)&result };
	theirs = vt_stage_blit(&other, &other.secret, 1);
	ASSERT_EQ(0, vt_import(other.fd, dmabuf, &theirs.src));
	close(dmabuf);

	ASSERT_EQ(0, vt_queue_blt(&stage->s, ENCRYPT, &mine, stage->gate.syncobj, stage->done));
	ASSERT_EQ(0, queue(&other, &theirs, 1, 0, 0));
	fence = vt_syncobj_export(other.fd, other.done);
	vt_stage_close(&other);
	EXPECT_EQ(0, poll(&(struct pollfd){ .fd = fence, .events = POLLIN }, 1, 300));
	vt_gate_open(&stage->gate);
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	ASSERT_EQ(1, poll(&(struct pollfd){ .fd = fence, .events = POLLIN }, 1, VT_LONG));
	EXPECT_EQ(-ECANCELED, vt_fence_status(fence));
	close(fence);
}

static unsigned long memory_of(const char *group)
{
	unsigned long bytes;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/memory.current", group);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%lu", &bytes) != 1)
		vt_fatal("%s cannot be read", path);
	fclose(file);
	return bytes;
}

/* What a process has queued is its memory, as its cgroup counts it: more than 2 KiB for each. */
TEST_F(limit, memory_is_that_of_the_caller)
{
	char root[] = "/tmp/cgroup-XXXXXX", group[64], path[96], text[16];
	int many = vt_gate_many();
	unsigned long before;
	int status, end;
	pid_t child;

	ASSERT_NE(NULL, mkdtemp(root));
	ASSERT_EQ(0, mount("none", root, "cgroup2", 0, NULL));
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", root);
	vt_write_file(path, "+memory");
	snprintf(group, sizeof(group), "%s/vprot-test", root);
	ASSERT_EQ(0, mkdir(group, 0755));

	child = vt_fork(&end);
	if (!child) {
		struct vt_stage theirs;

		vt_stage_open(&theirs, SIZE);
		snprintf(text, sizeof(text), "%d", getpid());
		snprintf(path, sizeof(path), "%s/cgroup.procs", group);
		vt_write_file(path, text);
		if (write(end, "", 1) != 1 || read(end, text, 1) != 1)
			_exit(1);
		for (int i = 0; i < many; i++) {
			struct drm_vprot_blt blt = vt_stage_blit(&theirs, &theirs.secret, i);

			if (queue(&theirs, &blt, 1, theirs.gate.syncobj, 0))
				_exit(1);
		}
		if (write(end, "", 1) != 1)
			_exit(1);
		pause();
	}
	ASSERT_EQ(1, read(end, text, 1));
	before = memory_of(group);
	ASSERT_EQ(1, write(end, "", 1));
	ASSERT_EQ(1, read(end, text, 1));
	EXPECT_LT(before + many * 2048ul, memory_of(group));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	while (vt_sessions_of(0, NULL, 0) != 1)
		sched_yield();
	while (memory_of(group) > before + many * 2048ul / 2)
		sched_yield();
	EXPECT_EQ(0, rmdir(group));
	EXPECT_EQ(0, umount(root));
	EXPECT_EQ(0, rmdir(root));
}

TEST_HARNESS_MAIN
