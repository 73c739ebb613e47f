// SPDX-License-Identifier: GPL-2.0
/*
 * Queued blits of the library's native interface. What the queue does with them is the driver's,
 * and tested there: here, that all of a call arrives, and when its memory is the caller's again.
 */
#include <vprot.h>

#include "kselftest_harness.h"
#include "library.h"
#include "module.h"
#include "sync.h"

#define PART	64

FIXTURE(library_queue) {
	struct vt_library l;
	struct vt_gate gate;
	int fd;
};

FIXTURE_SETUP(library_queue)
{
	vt_library_open(&self->l);
	vt_draw_read_back_key(&self->l.keys);
	self->fd = self->l.keys.fd;
	vt_gate(&self->gate, self->fd);
}

FIXTURE_TEARDOWN(library_queue)
{
	vt_gate_free(&self->gate);
}

/* Into the protected buffer and out again, by points of a timeline, with a refresh in between. */
TEST_F(library_queue, there_and_back)
{
	enum { COUNT = 20 };	/* more than the library has room for on its stack */
	struct drm_vprot_blt_result results[COUNT] = { 0 }, out_result = { 0 };
	__u32 timeline = vt_syncobj(self->fd), binary = vt_syncobj(self->fd);
	struct vprot_blit in[COUNT], out = {
		.src = self->l.secret,
		.dst = self->l.clear,
		.size = COUNT * PART,
		.result = &out_result,
	};
	struct drm_vprot_sync waits[] = { { .handle = self->gate.syncobj } };
	struct drm_vprot_sync points[] = {
		{ .handle = timeline, .point = 5 },
		{ .handle = timeline, .point = 8 },
		{ .handle = binary },
	};
	struct vprot_batch batch = {
		.blits = in,
		.num_blits = COUNT,
		.waits = waits,
		.num_waits = 1,
		.signals = points,
		.num_signals = 1,
	};
	__u8 expected[COUNT * PART];
	__u64 seed = 63;

	vt_fill(&seed, self->l.map, sizeof(expected));
	memcpy(expected, self->l.map, sizeof(expected));
	for (int i = 0; i < COUNT; i++) {
		in[i] = (struct vprot_blit) {
			.src = self->l.clear,
			.dst = self->l.secret,
			.src_offset = i * PART,
			.dst_offset = i * PART,
			.size = PART,
			.epoch = 1,
			.result = &results[i],
		};
		vt_fill(&seed, in[i].iv, 16);
		vt_ctr(self->l.keys.key, in[i].iv, expected + i * PART, PART);
	}
	ASSERT_EQ(0, vprot_session_queue_decryption_blt(self->l.session, &batch));
	for (int i = 0; i < COUNT; i++) {
		EXPECT_EQ(1, results[i].epoch);
		EXPECT_EQ(0, memcmp(in[i].iv, results[i].iv, 16));
	}
	/* All of it was taken over. */
	memset(in, 0xff, sizeof(in));
	memset(waits, 0xff, sizeof(waits));
	vt_refresh(&self->l.keys);

	batch = (struct vprot_batch) {
		.blits = &out,
		.num_blits = 1,
		.waits = &points[0],
		.num_waits = 1,
		.signals = &points[1],
		.num_signals = 2,
		.flags = DRM_VPROT_SUBMIT_NOWAIT,
	};
	ASSERT_EQ(0, vprot_session_queue_encryption_blt(self->l.session, &batch));
	EXPECT_EQ(2, out_result.epoch);
	EXPECT_EQ(DRM_VPROT_BLT_READ_BACK_KEY, out_result.flags);

	EXPECT_EQ(-ETIME, vt_syncobj_wait(self->fd, timeline, 5, 0));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(self->fd, binary, 0, 0));
	vt_gate_open(&self->gate);
	ASSERT_EQ(0, vt_syncobj_wait(self->fd, timeline, 8, VT_LONG));
	EXPECT_EQ(0, vt_syncobj_result(self->fd, binary));
	vt_ctr(self->l.keys.read_back, out_result.iv, self->l.map, sizeof(expected));
	EXPECT_EQ(0, memcmp(expected, self->l.map, sizeof(expected)));
}

/* What was dropped lives on in the queue: buffers, and the session's key. */
TEST_F(library_queue, all_dropped_at_once)
{
	struct drm_vprot_sync done = { .handle = vt_syncobj(self->fd) };
	struct drm_vprot_sync wait = { .handle = self->gate.syncobj };
	struct drm_vprot_blt_result result = { 0 };
	struct vprot_buffer *out, *secret;
	struct vprot_blit blit = { .dst = self->l.secret, .size = PART };
	struct vprot_batch batch = {
		.blits = &blit,
		.num_blits = 1,
		.waits = &wait,
		.num_waits = 1,
		.signals = &done,
		.num_signals = 1,
	};
	__u8 expected[PART] = { 0 }, *map;
	int prime;

	ASSERT_EQ(0, vprot_buffer_create(self->l.dev, PART, 0, &blit.src));
	ASSERT_EQ(0, vprot_buffer_create(self->l.dev, PART, DRM_VPROT_GEM_PROTECTED, &secret));
	blit.dst = secret;
	vt_ctr(self->l.keys.key, blit.iv, expected, PART);
	ASSERT_EQ(0, vprot_session_queue_decryption_blt(self->l.session, &batch));
	vprot_buffer_unref(blit.src);

	ASSERT_EQ(0, vprot_buffer_create(self->l.dev, PART, 0, &out));
	ASSERT_EQ(0, vprot_buffer_map(out, (void **)&map));
	ASSERT_EQ(0, vprot_buffer_export(out, &prime));
	blit = (struct vprot_blit) { .src = secret, .dst = out, .size = PART, .result = &result };
	ASSERT_EQ(0, vprot_session_queue_encryption_blt(self->l.session, &batch));
	vprot_buffer_unref(secret);
	vprot_buffer_unref(out);

	EXPECT_EQ(-ETIME, vt_syncobj_wait(self->fd, done.handle, 0, 0));
	vt_gate_open(&self->gate);
	/* Queued blits finish before the session ends. */
	vprot_session_unref(self->l.session);
	EXPECT_EQ(0, vt_syncobj_result(self->fd, done.handle));
	ASSERT_EQ(0, vprot_buffer_import(self->l.dev, prime, &out));
	ASSERT_EQ(0, vprot_buffer_map(out, (void **)&map));
	vt_ctr(self->l.keys.read_back, result.iv, map, PART);
	EXPECT_EQ(0, memcmp(expected, map, PART));
}

TEST_F(library_queue, refused)
{
	struct drm_vprot_sync none = { .handle = vt_syncobj(self->fd) };
	struct drm_vprot_sync unknown = { .handle = 9999 };
	const struct vprot_blit good = { .src = self->l.clear, .dst = self->l.secret, .size = 16 };
	struct vprot_blit blit;
	const struct vprot_batch batch = {
		.blits = &good,
		.num_blits = 1,
		.signals = &none,
		.num_signals = 1,
	};
	struct drm_vprot_sync *many;	/* one more than the device takes */
	struct drm_vprot_blt_result result;
	struct drm_vprot_get_caps caps;
	struct vprot_batch bad;
	struct vprot_device *other;
	struct vprot_buffer *clear;

	vt_caps(self->fd, &caps);
	many = malloc((caps.max_syncs + 1) * sizeof(*many));
	for (int i = 0; i <= caps.max_syncs; i++)
		many[i] = none;
	ASSERT_EQ(0, vprot_device_open(&other));
	ASSERT_EQ(0, vprot_buffer_create(other, 16, 0, &clear));

#define BAD(error, member, value, ...) do { \
		bad = batch; \
		bad.member = value; \
		__VA_ARGS__; \
		EXPECT_EQ(error, vprot_session_queue_decryption_blt(self->l.session, &bad)); \
	} while (0)

	/* Without syncobjs it would not be queued. */
	BAD(-EINVAL, num_signals, 0);
	BAD(-EINVAL, num_signals, 0, bad.num_blits = 0);
	BAD(-EINVAL, flags, 1u << 31);
	BAD(-EINVAL, signals, NULL);
	BAD(-EINVAL, num_waits, 1);
	BAD(-EINVAL, waits, &none, bad.num_waits = 1);
	BAD(-EFAULT, signals, vt_bad_page());
	BAD(-ENOENT, signals, &unknown);
	BAD(-ENOENT, waits, &unknown, bad.num_waits = 1);
	BAD(-E2BIG, signals, many, bad.num_signals = caps.max_syncs + 1);
	BAD(-E2BIG, num_blits, (1ull << 32) + 1);
	/* What the blits are refused for, as in a synchronous call. */
	BAD(-ESTALE, blits, &blit, blit = good, blit.epoch = 2);
	BAD(-EINVAL, blits, &blit, blit = good, blit.src = NULL);
	BAD(-ENOENT, blits, &blit, blit = good, blit.src = clear);
#undef BAD
	bad = batch;
	bad.blits = &blit;
	blit = good;
	blit.result = &result;
	EXPECT_EQ(-EACCES, vprot_session_queue_encryption_blt(self->l.session, &bad));
	EXPECT_EQ(-ETIME, vt_syncobj_wait(self->fd, none.handle, 0, 0));

	/* An array of no elements may be anywhere. */
	bad = batch;
	bad.waits = vt_bad_page();
	EXPECT_EQ(0, vprot_session_queue_decryption_blt(self->l.session, &bad));
	EXPECT_EQ(0, vt_syncobj_result(self->fd, none.handle));
	bad.waits = &none;
	bad.num_waits = 1;
	bad.signals = vt_bad_page();
	bad.num_signals = 0;
	EXPECT_EQ(0, vprot_session_queue_decryption_blt(self->l.session, &bad));
	free(many);
}

TEST_F(library_queue, full)
{
	struct drm_vprot_sync wait = { .handle = self->gate.syncobj };
	struct vprot_blit blits[2] = {
		{ .src = self->l.clear, .dst = self->l.secret, .size = 16 },
		{ .src = self->l.clear, .dst = self->l.secret, .size = 16 },
	};
	struct vprot_batch batch = {
		.blits = blits,
		.num_blits = 2,
		.waits = &wait,
		.num_waits = 1,
		.flags = DRM_VPROT_SUBMIT_NOWAIT,
	};
	unsigned int limit = vt_parameter("max_queued_blts");
	int before, full;

	vt_set_parameter("max_queued_blts", 3);
	before = vprot_session_queue_decryption_blt(self->l.session, &batch);
	full = vprot_session_queue_decryption_blt(self->l.session, &batch);
	vt_set_parameter("max_queued_blts", limit);
	EXPECT_EQ(0, before);
	EXPECT_EQ(-ENOSPC, full);
	vt_gate_open(&self->gate);
}

TEST_HARNESS_MAIN
