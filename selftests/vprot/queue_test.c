// SPDX-License-Identifier: GPL-2.0
/*
 * Queued blits: keys are those of the submission, buffers keep their order, and what does not touch
 * the same buffer does not wait.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "process.h"
#include "queue.h"

#define SMALL	64
#define MANY	1000
#define SIZE	(2 * MANY * SMALL)

FIXTURE(queue)
{
	struct vt_stage stage;
};

FIXTURE_SETUP(queue)
{
	vt_stage_open(&self->stage, SIZE);
}

FIXTURE_TEARDOWN(queue)
{
	vt_stage_close(&self->stage);
}

/* A thousand blits, a refresh, a thousand more, and only then they may run. */
TEST_F(queue, key_epoch_is_that_of_the_submission)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result;
	__u8 old_key[VT_KEY], *plain = malloc(SIZE);
	int many = vt_gate_many();

	memcpy(old_key, stage->s.key, VT_KEY);
	for (__u32 i = 0; i < 2 * many; i++) {
		struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, i);

		if (i == many)
			vt_refresh(&stage->s);
		blt.dst_offset = i * SMALL;
		blt.size = SMALL;
		blt.result = (uintptr_t)&result;
		ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj,
					  stage->done));
		ASSERT_EQ(i < many ? 1 : 2, result.epoch);
	}
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 0));

	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	vt_read_back(&stage->s, &stage->secret, 0, plain, 2 * many * SMALL);
	for (__u32 i = 0; i < 2 * many; i++) {
		ASSERT_TRUE(vt_is_stream(plain + i * SMALL, SMALL, i,
					 i < many ? old_key : stage->s.key)) TH_LOG("blit %u", i);
	}
	free(plain);
}

/* The same with a wrapped content key, which is then of no use any more. */
TEST_F(queue, content_key_is_that_of_the_submission)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	__u8 content[VT_KEY] = "a content key..", wrapped[VT_KEY];

	vt_wrap(stage->s.key, content, wrapped);
	blt.key_form = DRM_VPROT_KEY_WRAPPED;
	blt.key = (uintptr_t)wrapped;
	blt.key_size = VT_KEY;
	blt.epoch = 1;
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj, stage->done));
	memset(wrapped, 0, sizeof(wrapped));
	vt_refresh(&stage->s);
	ASSERT_EQ(-ESTALE, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 1, content));
}

/* Many into the same place, and between them read-backs that are not held by a gate themselves. */
TEST_F(queue, same_buffer_keeps_the_order)
{
	struct vt_stage *stage = &self->stage;
	enum { ROUNDS = 40, LENGTH = 1024 };
	static struct drm_vprot_blt_result results[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		struct drm_vprot_blt in = vt_stage_blit(stage, &stage->secret, i);
		struct drm_vprot_blt out = {
			.src = stage->secret.handle,
			.dst = stage->clear.handle,
			.dst_offset = i * LENGTH,
			.size = LENGTH,
			.result = (uintptr_t)&results[i],
		};

		in.size = LENGTH;
		ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &in, i ? 0 : stage->gate.syncobj,
					  stage->done));
		ASSERT_EQ(0, vt_queue_blt(&stage->s, ENCRYPT, &out, 0, stage->done));
	}
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 0));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));

	for (int i = 0; i < ROUNDS; i++) {
		__u8 *part = stage->clear.map + i * LENGTH;

		vt_ctr(stage->s.read_back, results[i].iv, part, LENGTH);
		ASSERT_TRUE(vt_is_stream(part, LENGTH, i, stage->s.key)) TH_LOG("round %d", i);
	}
}

/* What is behind the gate holds up nothing in other buffers: a queued blit, one that is not. */
TEST_F(queue, other_buffers_do_not_wait)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt held = vt_stage_blit(stage, &stage->secret, 1);
	struct drm_vprot_blt free = vt_stage_blit(stage, &stage->other, 2);
	__u32 done = vt_syncobj(stage->fd);

	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &held, stage->gate.syncobj, stage->done));
	free.src = stage->clear.handle;
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &free, 0, done));
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->other, 0, SIZE, 2, stage->s.key));
	vt_iv(free.iv, 3, 0);
	ASSERT_EQ(0, vt_decrypt_blt(&stage->s, &free));
	/* Two that read the same one, neither of them queued, do not wait for each other. */
	free.src = stage->zeros.handle;
	ASSERT_EQ(0, vt_decrypt_blt(&stage->s, &free));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->other, 0, SIZE, 3, stage->s.key));

	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 0));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 1, stage->s.key));
}

/* A thread whose blit is not queued, and has to wait. */
struct waiter {
	struct vt_stage *stage;
	struct drm_vprot_blt blts[2];
	__u32 count;
	unsigned long request;
	pthread_t thread;
	pid_t tid;
	int error;
	bool returned;
};

static void *blit_and_wait(void *arg)
{
	struct waiter *w = arg;

	__atomic_store_n(&w->tid, gettid(), __ATOMIC_RELEASE);
	w->error = vt_submit_array(&w->stage->s, w->request, w->blts, w->count);
	__atomic_store_n(&w->returned, true, __ATOMIC_RELEASE);
	return NULL;
}

static void do_nothing(int number)
{
}

/* Starts it, and returns when it sleeps where it can be interrupted: in the ioctl. */
static void start_waiter(struct waiter *w)
{
	pid_t tid;

	w->tid = 0;
	if (pthread_create(&w->thread, NULL, blit_and_wait, w))
		vt_fatal("no thread");
	while (!(tid = __atomic_load_n(&w->tid, __ATOMIC_ACQUIRE)))
		sched_yield();
	if (!vt_await_sleep(tid))
		vt_fatal("the thread has ended");
}

/* One that is not queued waits for its buffers, and can be interrupted before anything is done. */
TEST_F(queue, blit_that_is_not_queued_waits_for_its_buffers)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result = { 0 };
	struct waiter w = { .stage = stage, .request = ENCRYPT, .count = 1 };
	struct drm_vprot_blt held = vt_stage_blit(stage, &stage->secret, 1);
	struct sigaction action = { .sa_handler = do_nothing };

	sigaction(SIGUSR1, &action, NULL);
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &held, stage->gate.syncobj, stage->done));
	w.blts[0] = (struct drm_vprot_blt){
		.src = stage->secret.handle,
		.dst = stage->clear.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};

	start_waiter(&w);
	ASSERT_EQ(0, pthread_kill(w.thread, SIGUSR1));
	ASSERT_EQ(0, pthread_join(w.thread, NULL));
	EXPECT_EQ(-EINTR, w.error);
	EXPECT_EQ(0, result.epoch);

	w.returned = false;
	start_waiter(&w);
	ASSERT_FALSE(__atomic_load_n(&w.returned, __ATOMIC_ACQUIRE));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, pthread_join(w.thread, NULL));
	ASSERT_EQ(0, w.error);
	vt_ctr(stage->s.read_back, result.iv, stage->clear.map, SIZE);
	EXPECT_TRUE(vt_is_stream(stage->clear.map, SIZE, 1, stage->s.key));
}

/* On a clear buffer the fence itself is waited for, as others would. */
TEST_F(queue, blit_that_is_not_queued_waits_for_its_source)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt held = {
		.src = stage->secret.handle,
		.dst = stage->clear.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};
	struct waiter w = {
		.stage = stage,
		.request = DECRYPT,
		.blts[0] = {
			.src = stage->clear.handle,
			.dst = stage->other.handle,
			.size = SIZE,
		},
		.count = 1,
	};
	__u8 expected[SIZE], seen[SIZE];

	ASSERT_EQ(0, vt_queue_blt(&stage->s, ENCRYPT, &held, stage->gate.syncobj, stage->done));
	start_waiter(&w);
	ASSERT_FALSE(__atomic_load_n(&w.returned, __ATOMIC_ACQUIRE));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, pthread_join(w.thread, NULL));
	ASSERT_EQ(0, w.error);

	/* What it has decrypted is what the read-back of the empty buffer has written. */
	memset(expected, 0, SIZE);
	vt_ctr(stage->s.read_back, result.iv, expected, SIZE);
	vt_ctr(stage->s.key, w.blts[0].iv, expected, SIZE);
	vt_read_back(&stage->s, &stage->other, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(expected, seen, SIZE));
}

/* Each buffer of an array is waited for, not only that of the first blit. */
TEST_F(queue, array_that_is_not_queued_waits_for_each_buffer)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt held = vt_stage_blit(stage, &stage->secret, 1);
	struct waiter w = {
		.stage = stage,
		.request = DECRYPT,
		.blts = {
			vt_stage_blit(stage, &stage->other, 2),
			vt_stage_blit(stage, &stage->secret, 3),
		},
		.count = 2,
	};

	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &held, stage->gate.syncobj, stage->done));
	start_waiter(&w);
	ASSERT_FALSE(__atomic_load_n(&w.returned, __ATOMIC_ACQUIRE));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, pthread_join(w.thread, NULL));
	ASSERT_EQ(0, w.error);
	EXPECT_TRUE(vt_stage_holds(stage, &stage->other, 0, SIZE, 2, stage->s.key));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 3, stage->s.key));
}

/* What is queued behind an array waits for it in each of its buffers. */
TEST_F(queue, array_holds_each_buffer)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt held[2] = {
		vt_stage_blit(stage, &stage->other, 1),
		vt_stage_blit(stage, &stage->secret, 2),
	};
	struct drm_vprot_blt behind = vt_stage_blit(stage, &stage->secret, 3);
	struct drm_vprot_sync wait = { .handle = stage->gate.syncobj };
	struct drm_vprot_sync signal = { .handle = stage->done };
	__u32 last = vt_syncobj(stage->fd);

	/* Of zeros, too: the second destination is all they have in common. */
	behind.src = stage->clear.handle;
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, held, 2, &(struct vt_queue){
					.waits = &wait, .num_waits = 1, .signals = &signal,
					.num_signals = 1 }));
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &behind, 0, last));
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, last, 0, 50));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, last));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->other, 0, SIZE, 1, stage->s.key));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 3, stage->s.key));
}

/* Arrays of waits and signals, binary and points of timelines. */
TEST_F(queue, timelines)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	__u32 timeline = vt_syncobj(stage->fd), binary = vt_syncobj(stage->fd);
	struct drm_vprot_sync waits[] = { { .handle = stage->gate.syncobj },
					  { .handle = timeline, .point = 3 } };
	struct drm_vprot_sync signals[] = { { .handle = timeline, .point = 7 },
					    { .handle = binary },
					    { .handle = stage->done, .point = 1 } };
	struct vt_queue how = { .waits = waits, .num_waits = 2, .signals = signals,
				.num_signals = 3 };

	/* There is nothing yet that would ever signal this point. */
	ASSERT_EQ(-EINVAL, vt_queue_array(&stage->s, DECRYPT, &blt, 1, &how));
	vt_syncobj_signal(stage->fd, timeline, 2);
	ASSERT_EQ(-EINVAL, vt_queue_array(&stage->s, DECRYPT, &blt, 1, &how));
	vt_syncobj_signal(stage->fd, timeline, 5);
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, &blt, 1, &how));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage->fd, timeline, 7, 0));
	EXPECT_EQ(0, vt_syncobj_wait(stage->fd, timeline, 5, 0));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage->fd, binary, 0, 0));

	/* A point that is submitted and not reached. */
	waits[0] = (struct drm_vprot_sync){ .handle = timeline, .point = 7 };
	signals[0].point = 9;
	signals[2].point = 2;
	vt_iv(blt.iv, 2, 0);
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, &blt, 1, &how));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(stage->fd, timeline, 9, 0));
	vt_gate_open(&stage->gate);
	EXPECT_EQ(0, vt_syncobj_wait(stage->fd, timeline, 7, VT_LONG));
	EXPECT_EQ(0, vt_syncobj_wait(stage->fd, timeline, 9, VT_LONG));
	EXPECT_EQ(0, vt_syncobj_wait(stage->fd, stage->done, 2, VT_LONG));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, binary));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SIZE, 2, stage->s.key));
}

/* Elements that are longer than we know: what we do not know must not be said. */
TEST_F(queue, longer_syncobjs)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	struct {
		struct drm_vprot_sync sync;
		__u64 later;
	} signals[2] = { { .sync.handle = stage->done },
			 { .sync.handle = vt_syncobj(stage->fd) } };
	struct drm_vprot_submit submit = {
		.session = stage->s.handle,
		.blts = (uintptr_t)&blt,
		.num_blts = 1,
		.blt_stride = sizeof(blt),
		.signals = (uintptr_t)signals,
		.num_signals = 2,
		.sync_stride = sizeof(signals[0]),
	};

	signals[1].later = 1ull << 63;
	EXPECT_EQ(-EINVAL, vt_ioctl(stage->fd, DECRYPT, &submit));
	signals[1].later = 0;
	ASSERT_EQ(0, vt_ioctl(stage->fd, DECRYPT, &submit));
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, vt_syncobj_result(stage->fd, signals[i].sync.handle));
}

/* A long queue between two sessions by a timeline alone: each waits for the point of the other. */
TEST_F(queue, ping_pong)
{
	struct vt_stage *stage = &self->stage;
	__u32 timeline = vt_syncobj(stage->fd);
	struct vt_session other;
	enum { ROUNDS = 100 };

	vt_session_open(&other, stage->fd, 0);
	for (__u64 i = 1; i <= ROUNDS; i++) {
		struct drm_vprot_sync wait = { .handle = timeline, .point = i - 1 };
		struct drm_vprot_sync signal = { .handle = timeline, .point = i };
		struct drm_vprot_blt blt = vt_stage_blit(stage, i % 2 ? &stage->secret :
							 &stage->other, i);

		blt.size = SMALL;
		if (i == 1)
			wait = (struct drm_vprot_sync){ .handle = stage->gate.syncobj };
		ASSERT_EQ(0, vt_queue_array(i % 2 ? &stage->s : &other, DECRYPT, &blt, 1,
					    &(struct vt_queue){ .waits = &wait, .num_waits = 1,
						.signals = &signal, .num_signals = 1 }));
	}
	vt_gate_open(&stage->gate);
	for (__u64 i = 1; i <= ROUNDS; i++)
		ASSERT_EQ(0, vt_syncobj_wait(stage->fd, timeline, i, VT_LONG));
	EXPECT_TRUE(vt_stage_holds(stage, &stage->secret, 0, SMALL, ROUNDS - 1, stage->s.key));
}

/* A batch runs as one: one epoch, one fence. All or none is accepted, into the queue as well. */
TEST_F(queue, batch)
{
	struct vt_stage *stage = &self->stage;
	static struct drm_vprot_blt blts[512];
	static struct drm_vprot_blt_result results[512];
	struct drm_vprot_sync wait = { .handle = stage->gate.syncobj };
	struct drm_vprot_sync signal = { .handle = stage->done };
	struct vt_queue how = { .waits = &wait, .num_waits = 1, .signals = &signal,
				.num_signals = 1 };
	__u8 old_key[VT_KEY], *plain = malloc(SIZE);

	memcpy(old_key, stage->s.key, VT_KEY);
	for (int i = 0; i < 512; i++) {
		blts[i] = vt_stage_blit(stage, i % 2 ? &stage->secret : &stage->other, i);
		blts[i].dst_offset = i / 2 * SMALL;
		blts[i].size = SMALL;
		blts[i].result = (uintptr_t)&results[i];
	}
	blts[300].epoch = 2;
	ASSERT_EQ(-ESTALE, vt_queue_array(&stage->s, DECRYPT, blts, 512, &how));
	blts[300].epoch = 1;
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, blts, 512, &how));
	vt_refresh(&stage->s);
	for (int i = 0; i < 512; i++)
		ASSERT_EQ(1, results[i].epoch);
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));

	vt_read_back(&stage->s, &stage->secret, 0, plain, 256 * SMALL);
	for (int i = 0; i < 256; i++)
		ASSERT_TRUE(vt_is_stream(plain + i * SMALL, SMALL, 2 * i + 1, old_key));
	vt_read_back(&stage->s, &stage->other, 0, plain, 256 * SMALL);
	for (int i = 0; i < 256; i++)
		ASSERT_TRUE(vt_is_stream(plain + i * SMALL, SMALL, 2 * i, old_key));
	free(plain);
}

/* Nothing to do but to wait and to signal. */
TEST_F(queue, no_blits)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_sync wait = { .handle = stage->gate.syncobj };
	struct drm_vprot_sync signal = { .handle = stage->done };
	struct vt_queue how = { .waits = &wait, .num_waits = 1, .signals = &signal,
				.num_signals = 1 };
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);

	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, NULL, 0, &how));
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 0));
	/* It touches no buffer, nor does a blit of no bytes. */
	ASSERT_EQ(0, vt_decrypt_blt(&stage->s, &blt));
	blt.size = 0;
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, &blt, 1, &how));
	blt.size = SIZE;
	ASSERT_EQ(0, vt_decrypt_blt(&stage->s, &blt));
	vt_gate_open(&stage->gate);
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
}

/* Reading an unbound buffer gives zeros, now and later: no waiting for it, and none behind it. */
TEST_F(queue, unbound_buffer_has_no_order)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result = { 0 };
	struct drm_vprot_blt out = {
		.src = stage->secret.handle,
		.dst = stage->clear.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};
	struct drm_vprot_blt in = vt_stage_blit(stage, &stage->secret, 1);
	struct vt_session owner;

	/* A clear buffer in its place is refused, also where an order is sought for it. */
	out.src = stage->zeros.handle;
	ASSERT_EQ(-EACCES, vt_queue_blt(&stage->s, ENCRYPT, &out, stage->gate.syncobj,
					stage->done));
	out.src = stage->secret.handle;
	ASSERT_EQ(0, vt_queue_blt(&stage->s, ENCRYPT, &out, stage->gate.syncobj, stage->done));
	vt_session_open(&owner, stage->fd, 0);
	/* Neither what binds it has to wait, nor what finds it bound. */
	for (int i = 0; i < 2; i++)
		ASSERT_EQ(0, vt_decrypt_blt(&owner, &in));
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage->fd, stage->done, 0, 0));
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	vt_ctr(stage->s.read_back, result.iv, stage->clear.map, SIZE);
	EXPECT_EQ(0, stage->clear.map[0]);
	EXPECT_EQ(0, memcmp(stage->clear.map, stage->clear.map + 1, SIZE - 1));
}

/* What is queued is in flight: its session lists it, and its end waits for it. */
TEST_F(queue, destruction_lets_the_queue_finish)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_session_destroy destroy = { .handle = stage->s.handle };
	struct drm_vprot_blt_result result = { 0 };
	struct drm_vprot_blt in = vt_stage_blit(stage, &stage->secret, 1);
	struct drm_vprot_blt out = {
		.src = stage->secret.handle,
		.dst = stage->clear.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};
	struct vt_listed listed;

	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &in, stage->gate.syncobj, stage->done));
	ASSERT_EQ(0, vt_queue_blt(&stage->s, ENCRYPT, &out, 0, stage->done));
	ASSERT_EQ(1, vt_sessions_of(getpid(), &listed, 1));
	EXPECT_EQ(2, listed.in_flight);
	vt_gate_open(&stage->gate);
	ASSERT_EQ(0, vt_ioctl(stage->fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy));
	EXPECT_EQ(0, vt_syncobj_result(stage->fd, stage->done));
	vt_ctr(stage->s.read_back, result.iv, stage->clear.map, SIZE);
	EXPECT_TRUE(vt_is_stream(stage->clear.map, SIZE, 1, stage->s.key));
}

TEST_HARNESS_MAIN
