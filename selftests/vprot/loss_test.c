// SPDX-License-Identifier: GPL-2.0
/*
 * Loss in every state: keys, contents and what is queued go, clients are told, and start again.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "flight.h"
#include "module.h"
#include "queue.h"

#define SIZE	65536

/* When all tests have ended; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	vt_driver_bind();
}

FIXTURE(loss)
{
	struct vt_stage stage;
	__u64 generation;
};

FIXTURE_VARIANT(loss)
{
	/* Returns when all is lost. */
	void (*lose)(void);
	/* No ioctl works any more. */
	bool unbound;
};

static void unbind(void)
{
	if (vt_driver_unbind())
		vt_fatal("the driver cannot be unbound");
}

FIXTURE_VARIANT_ADD(loss, by_order)
{
	.lose = vt_lose,
};

FIXTURE_VARIANT_ADD(loss, by_unbind)
{
	.lose = unbind,
	.unbound = true,
};

/* The generation that the event of a loss has; 0 when there is none, -1 when it is another one. */
static __u64 read_event(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct drm_vprot_event_loss event = { 0 };
	ssize_t size;

	if (poll(&p, 1, 0) != 1)
		return 0;
	size = read(fd, &event, sizeof(event));
	if (size != sizeof(event) || event.base.type != DRM_VPROT_EVENT_LOSS ||
	    event.base.length != sizeof(event))
		return -1;
	return event.generation;
}

FIXTURE_SETUP(loss)
{
	struct vt_session s;
	int fd;

	/* A test that failed may have left it off. */
	vt_driver_bind();
	vt_stage_open(&self->stage, SIZE);

	/* What the generation is now is seen by losing all once more. */
	fd = vt_open();
	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	self->generation = read_event(fd);
	ASSERT_LT(0, (__s64)self->generation);
	ASSERT_EQ(self->generation, read_event(self->stage.fd));
	close(fd);
	vt_session_destroy(&self->stage.s);
	vt_session_open(&self->stage.s, self->stage.fd, 0);
}

FIXTURE_TEARDOWN(loss)
{
	vt_stage_close(&self->stage);
	vt_driver_bind();
}

/* The session says so, and so does each way to use it. */
static const char *not_lost(const struct vt_session *s, const struct vt_buffer *secret,
			    bool unbound)
{
	struct drm_vprot_session_status status = { .handle = s->handle };
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = { .src = secret->handle, .dst = secret->handle, .size = 64 };
	int expected = unbound ? -ENODEV : -EKEYREVOKED;
	int error = vt_ioctl(s->fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status);
	__u8 nonce[VT_KEY];

	if (error != (unbound ? -ENODEV : 0))
		return "status";
	if (!unbound && (status.state != DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST || status.epoch ||
			 status.flags))
		return "what the status says";
	if (vt_decrypt_blt(s, &blt) != expected)
		return "decryption";
	blt.result = (uintptr_t)&result;
	if (vt_encrypt_blt(s, &blt) != expected)
		return "encryption";
	if (vt_start(s, nonce) != expected)
		return "Start";
	if (vt_finish(s, NULL) != expected)
		return "Finish";
	return "";
}

/* Afterwards: told once, each session lost, and all begins anew. */
#define CHECK_LOST() do {									\
	EXPECT_EQ(self->generation + 1, read_event(self->stage.fd));				\
	EXPECT_EQ(0, read_event(self->stage.fd));						\
	EXPECT_STREQ("", not_lost(&self->stage.s, &self->stage.secret, variant->unbound));	\
	if (!variant->unbound)									\
		EXPECT_TRUE(starts_again(&self->stage));					\
} while (0)

static bool starts_again(struct vt_stage *stage)
{
	__u8 plain[64];

	vt_session_destroy(&stage->s);
	vt_session_open(&stage->s, stage->fd, 0);
	/* Its buffers are wiped, and anybody's to bind. */
	vt_read_back(&stage->s, &stage->secret, 0, plain, sizeof(plain));
	for (size_t i = 0; i < sizeof(plain); i++)
		if (plain[i])
			return false;
	vt_load(&stage->s, &stage->secret, 0, stage->zeros.map, stage->size);
	return vt_key_works(&stage->s);
}

TEST_F(loss, without_a_key)
{
	vt_session_destroy(&self->stage.s);
	vt_session_create(&self->stage.s, self->stage.fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	variant->lose();
	CHECK_LOST();
}

TEST_F(loss, with_a_key_and_contents)
{
	__u64 seed = 5;
	__u8 plain[SIZE];

	vt_fill(&seed, plain, SIZE);
	vt_load(&self->stage.s, &self->stage.secret, 0, plain, SIZE);
	variant->lose();
	CHECK_LOST();
}

TEST_F(loss, with_a_refresh_pending)
{
	__u8 nonce[VT_KEY];

	ASSERT_EQ(0, vt_start(&self->stage.s, nonce));
	variant->lose();
	CHECK_LOST();
}

/* Behind a gate that stays closed: nobody waits for that. */
TEST_F(loss, with_a_queue)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	int count = 0, fences[500], many = vt_gate_many() / 2;
	struct vt_session other;

	blt.size = 64;
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, stage->gate.syncobj, stage->done));
	fences[count++] = vt_syncobj_export(stage->fd, stage->done);
	/* Two sessions, each behind the other in a clear buffer. */
	vt_session_open(&other, stage->fd, 0);
	for (int i = 0; i < many; i++) {
		blt.dst = i % 2 ? stage->secret.handle : stage->other.handle;
		ASSERT_EQ(0, vt_queue_blt(i % 2 ? &stage->s : &other, DECRYPT, &blt, 0,
					  stage->done));
		if (i % 2)
			fences[count++] = vt_syncobj_export(stage->fd, stage->done);
	}
	variant->lose();

	/* What was behind the gate is given up, all of it that is not the other session's. */
	for (int i = 0; i < count; i++) {
		struct pollfd p = { .fd = fences[i], .events = POLLIN };

		ASSERT_EQ(1, poll(&p, 1, VT_LONG));
		ASSERT_EQ(-EKEYREVOKED, vt_fence_status(fences[i])) TH_LOG("blit %d", i);
		close(fences[i]);
	}
	EXPECT_STREQ("", not_lost(&other, &stage->other, variant->unbound));
	CHECK_LOST();
}

/* One runs, others are behind it; and one that is not queued runs in a thread. */
TEST_F(loss, with_work_under_way)
{
	enum { LARGE = 16 << 20, COUNT = 8 };
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt_result result = { 0 };
	struct vt_buffer zeros, secret;
	struct drm_vprot_blt blts[COUNT] = { 0 };
	struct drm_vprot_sync signal = { .handle = stage->done };
	struct vt_flight flight;
	int fence, error;

	vt_clear(&zeros, stage->fd, LARGE);
	vt_protected(&secret, stage->fd, LARGE);
	vt_flight_by_thread(&flight, &stage->s, 1000);
	for (int i = 0; i < COUNT; i++)
		blts[i] = (struct drm_vprot_blt){ .src = zeros.handle, .dst = secret.handle,
						  .size = LARGE };
	blts[0].result = (uintptr_t)&result;
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, blts, COUNT,
				    &(struct vt_queue){ .signals = &signal, .num_signals = 1 }));
	ASSERT_EQ(0, vt_queue_array(&stage->s, DECRYPT, blts, COUNT,
				    &(struct vt_queue){ .signals = &signal, .num_signals = 1 }));
	fence = vt_syncobj_export(stage->fd, stage->done);
	variant->lose();

	error = vt_flight_end(&flight);
	EXPECT_EQ(-EKEYREVOKED, error);
	ASSERT_EQ(1, poll(&(struct pollfd){ .fd = fence, .events = POLLIN }, 1, VT_LONG));
	EXPECT_EQ(-EKEYREVOKED, vt_fence_status(fence));
	CHECK_LOST();
	munmap(zeros.map, LARGE);
	close(fence);
}

/* From a buffer of vgem, that is held by a fence of vgem. */
TEST_F(loss, with_an_imported_buffer)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1);
	int fence;

	blt.size = 4096;
	ASSERT_EQ(0, vt_import(stage->fd, stage->gate.dmabuf, &blt.src));
	ASSERT_EQ(0, vt_queue_blt(&stage->s, DECRYPT, &blt, 0, stage->done));
	fence = vt_syncobj_export(stage->fd, stage->done);
	variant->lose();
	ASSERT_EQ(1, poll(&(struct pollfd){ .fd = fence, .events = POLLIN }, 1, VT_LONG));
	EXPECT_EQ(-EKEYREVOKED, vt_fence_status(fence));
	CHECK_LOST();
	close(fence);
}

static void *lose_all(void *arg)
{
	vt_lose();
	return NULL;
}

/* A session made while another one is being lost: it is spared, and told of the next loss. */
TEST(session_made_during_a_loss)
{
	int fd = vt_open();

	for (int i = 0; i < 30; i++) {
		struct drm_vprot_session_status status;
		struct vt_session old, new;
		struct vt_flight flight;
		pthread_t thread;
		__u64 generation;

		vt_session_open(&old, fd, 0);
		vt_flight_by_thread(&flight, &old, 1000);
		ASSERT_EQ(0, pthread_create(&thread, NULL, lose_all, NULL));
		do
			vt_status(&old, &status);
		while (status.state == DRM_VPROT_SESSION_OK);
		vt_session_create(&new, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_EQ(-EKEYREVOKED, vt_flight_end(&flight));
		generation = read_event(fd);
		ASSERT_LT(0, (__s64)generation);
		vt_status(&new, &status);
		ASSERT_EQ(DRM_VPROT_SESSION_OK, status.state);

		vt_lose();
		ASSERT_EQ(generation + 1, read_event(fd));
		vt_session_destroy(&old);
		vt_session_destroy(&new);
		close(flight.dmabuf);
		vt_buffer_close(&flight.clear);
		vt_buffer_close(&flight.secret);
	}
	close(fd);
}

/* Each file with a session is told once for each loss, others are not. */
TEST(events)
{
	struct vt_session s, t;
	int with = vt_open(), without = vt_open();
	__u64 first;

	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_session_create(&t, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	first = read_event(with);
	EXPECT_LT(0, (__s64)first);
	EXPECT_EQ(0, read_event(with));
	EXPECT_EQ(0, read_event(without));

	/* Without a new session there is nothing to lose, but these are counted. */
	vt_lose();
	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	EXPECT_EQ(first + 2, read_event(with));

	/* Many losses that nobody reads of: sessions can be had all the same. */
	for (int i = 0; i < 300; i++) {
		vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
		vt_lose();
		vt_session_destroy(&s);
	}
	EXPECT_EQ(first + 3, read_event(with));
	while (read_event(with))
		;
	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	EXPECT_EQ(first + 303, read_event(with));
	close(with);
	close(without);

	/* Counted since the device was bound. */
	unbind();
	ASSERT_EQ(0, vt_driver_bind());
	with = vt_open();
	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	for (__u64 i = 1; i <= 2; i++) {
		vt_lose();
		EXPECT_EQ(i, read_event(with));
		vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	}
	close(with);
}

TEST_HARNESS_MAIN
