// SPDX-License-Identifier: GPL-2.0
/*
 * Large blits that are spread over processors: what comes out is what one processor makes, some of
 * it was made by another one, and whatever ends such a blit ends all of it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "flight.h"
#include "model.h"
#include "module.h"
#include "queue.h"

#define TRACE	"/sys/kernel/tracing/instances/vprot-split"
#define CHUNK	(256ULL << 10)
#define LEAST	(4 * CHUNK)	/* of a blit that is spread */
#define SIZE	(2 * LEAST + CHUNK)
/* Takes a good part of a second. */
#define LONG	(64ULL << 20)

/* --- contents --------------------------------------------------------------------------------- */

FIXTURE(contents) {
	unsigned int max_cpus;
	struct vt_session s;
	struct vt_model m;
};

FIXTURE_VARIANT(contents) {
	unsigned int cpus;
};

FIXTURE_VARIANT_ADD(contents, one) { .cpus = 1 };
FIXTURE_VARIANT_ADD(contents, two) { .cpus = 2 };
FIXTURE_VARIANT_ADD(contents, four) { .cpus = 4 };

FIXTURE_SETUP(contents)
{
	self->max_cpus = vt_parameter("max_blt_cpus");
	vt_set_parameter("max_blt_cpus", variant->cpus);
	vt_session_open(&self->s, vt_open(), 0);
	vt_model_open(&self->m, &self->s, SIZE, 61);
}

FIXTURE_TEARDOWN(contents)
{
	vt_set_parameter("max_blt_cpus", self->max_cpus);
}

/* Both ways: what is compared was read back by a large blit. */
TEST_F(contents, sizes_and_offsets)
{
	static const struct {
		__u64 size, src_offset, dst_offset;
	} cases[] = {
		{ LEAST - 1, 0, 0 },
		{ LEAST, 0, 0 },
		{ LEAST + 1, 1, 0 },
		{ LEAST + CHUNK - 15, 0, 16 },
		{ LEAST + CHUNK + 5, 4093, 17 },
		{ 2 * LEAST - 7, 3, 3 },
		{ SIZE - 4096, 4095, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct drm_vprot_blt blt = {
			.size = cases[i].size,
			.src_offset = cases[i].src_offset,
			.dst_offset = cases[i].dst_offset,
		};

		vt_model_random_iv(&self->m, blt.iv, blt.size);
		ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
		ASSERT_TRUE(vt_model_same(&self->m, 0, SIZE));
	}
}

/* Before a chunk, within one, in the first block and before the last one. */
TEST_F(contents, count_wraps)
{
	static const __u64 blocks[] = { 1, CHUNK / 16, CHUNK / 16 + 3, SIZE / 16 - 1 };

	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		struct drm_vprot_blt blt = { .size = SIZE };

		vt_iv(blt.iv, -1, -blocks[i]);
		ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
		ASSERT_TRUE(vt_model_same(&self->m, 0, SIZE));
	}
}

/* Large and small blits of one job, whole and in parts, each with its IV. */
TEST_F(contents, array)
{
	struct drm_vprot_subsample subsamples[] = {
		{ .clear = 5, .encrypted = LEAST }, { .clear = 11, .encrypted = CHUNK }
	};
	struct drm_vprot_blt blts[] = {
		{ .size = LEAST + 99 },
		{ .size = 100, .dst_offset = LEAST - 7 },
		{ .size = 16 + LEAST + CHUNK, .dst_offset = 2, .src_offset = LEAST - 16,
		  .subsamples = (uintptr_t)subsamples, .num_subsamples = 2 },
		{ .size = 16 + LEAST, .dst_offset = LEAST + 1,
		  .crypt_blocks = 1, .skip_blocks = 9 },
		{ .size = LEAST, .dst_offset = LEAST + 9, .src_offset = 1 },
	};

	for (int i = 0; i < 5; i++)
		vt_model_random_iv(&self->m, blts[i].iv, blts[i].size);
	ASSERT_EQ(0, vt_model_submit(&self->m, blts, 5));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));
}

/* For another epoch: nothing is written, and what it would have run with is given back. */
TEST_F(contents, refused)
{
	struct drm_vprot_blt blt = { .size = SIZE, .epoch = 99 };

	vt_model_random_iv(&self->m, blt.iv, blt.size);
	EXPECT_EQ(-ESTALE, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, SIZE));
}

/* A decryption, and a read-back of what comes out, none of which is waited for in between. */
TEST_F(contents, queued)
{
	struct drm_vprot_blt_result result;
	struct vt_stage stage;
	struct drm_vprot_blt blt, back;

	vt_stage_open(&stage, SIZE);
	blt = vt_stage_blit(&stage, &stage.secret, 1);
	back = (struct drm_vprot_blt){
		.src = stage.secret.handle,
		.dst = stage.clear.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};
	ASSERT_EQ(0, vt_queue_blt(&stage.s, DECRYPT, &blt, stage.gate.syncobj, stage.done));
	ASSERT_EQ(0, vt_queue_blt(&stage.s, ENCRYPT, &back, 0, stage.done));
	vt_gate_open(&stage.gate);
	ASSERT_EQ(0, vt_syncobj_result(stage.fd, stage.done));

	vt_ctr(stage.s.read_back, result.iv, stage.clear.map, SIZE);
	EXPECT_TRUE(vt_is_stream(stage.clear.map, SIZE, 1, stage.s.key));
	vt_stage_close(&stage);
}

/* From and to the memory of another device, whose pages are not looked at. */
TEST_F(contents, imported)
{
	struct drm_mode_create_dumb create = { .width = SIZE, .height = 1, .bpp = 8 };
	struct drm_mode_map_dumb offset = { 0 };
	struct vt_buffer theirs = { .fd = vt_open_vgem() };
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = { .size = SIZE - 9, .src_offset = 5, .dst_offset = 3 };
	struct drm_vprot_blt back = {
		.size = SIZE - 9,
		.src_offset = 3,
		.dst_offset = 9,
		.result = (uintptr_t)&result,
	};
	__u8 *map;

	ASSERT_EQ(0, vt_ioctl(theirs.fd, DRM_IOCTL_MODE_CREATE_DUMB, &create));
	offset.handle = create.handle;
	theirs.handle = create.handle;
	ASSERT_EQ(0, vt_ioctl(theirs.fd, DRM_IOCTL_MODE_MAP_DUMB, &offset));
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, theirs.fd, offset.offset);
	ASSERT_NE(MAP_FAILED, map);
	memcpy(map, self->m.src.map, SIZE);
	vt_buffer_close(&self->m.src);
	ASSERT_EQ(0, vt_import(self->s.fd, vt_export(&theirs), &self->m.src.handle));
	self->m.src.map = map;

	vt_iv(blt.iv, 7, -1000);
	ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
	ASSERT_TRUE(vt_model_same(&self->m, 0, SIZE));

	back.src = self->m.dst.handle;
	back.dst = self->m.src.handle;
	ASSERT_EQ(0, vt_encrypt_blt(&self->s, &back));
	vt_ctr(self->s.read_back, result.iv, map + 9, SIZE - 9);
	EXPECT_EQ(0, memcmp(self->m.expected + 3, map + 9, SIZE - 9));
	munmap(map, SIZE);
}

/* Whoever shares a session with another large blit, and the helpers. */
static void *decrypt_in_turn(void *arg)
{
	struct vt_model *m = arg;

	for (int i = 0; i < 3; i++) {
		struct drm_vprot_blt blt = { .size = SIZE - i, .dst_offset = i };

		vt_model_random_iv(m, blt.iv, blt.size);
		if (vt_model_submit(m, &blt, 1) || !vt_model_same(m, 0, SIZE))
			return "a blit beside another one went wrong";
	}
	return NULL;
}

TEST_F(contents, two_at_once)
{
	struct vt_model other;
	pthread_t thread;
	void *fault;

	vt_model_open(&other, &self->s, SIZE, 62);
	ASSERT_EQ(0, pthread_create(&thread, NULL, decrypt_in_turn, &other));
	EXPECT_EQ(NULL, decrypt_in_turn(&self->m));
	pthread_join(thread, &fault);
	EXPECT_EQ(NULL, fault);
}

/* --- helpers ---------------------------------------------------------------------------------- */

FIXTURE(help) {
	unsigned int max_cpus;
	struct vt_stage stage;
	struct vt_session cbcs;
};

FIXTURE_SETUP(help)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		vt_fatal("this needs two processors");
	rmdir(TRACE);
	if (mkdir(TRACE, 0700))
		vt_fatal(TRACE ": %s", strerror(errno));
	vt_write_file(TRACE "/events/vprot/vprot_blt_help/enable", "1");
	self->max_cpus = vt_parameter("max_blt_cpus");
	vt_set_parameter("max_blt_cpus", 2);
	vt_stage_open(&self->stage, SIZE);
	vt_session_open_as(&self->cbcs, self->stage.fd, DRM_VPROT_CRYPTO_AES128_CBCS, 0);
}

FIXTURE_TEARDOWN(help)
{
	vt_set_parameter("max_blt_cpus", self->max_cpus);
	vt_stage_close(&self->stage);
	rmdir(TRACE);
}

/* How many chunks a helper has done in the last blit that had one. */
static unsigned int helped(void)
{
	FILE *file = fopen(TRACE "/trace", "re");
	unsigned int chunks = 0;
	char line[512], *at;

	if (!file)
		vt_fatal("no trace");
	while (fgets(line, sizeof(line), file)) {
		at = strstr(line, " chunks=");
		if (at)
			chunks = strtoul(at + 8, NULL, 10);
	}
	fclose(file);
	return chunks;
}

static void forget_help(void)
{
	/* Truncating does it. */
	FILE *file = fopen(TRACE "/trace", "we");

	if (!file || fclose(file))
		vt_fatal("no trace");
}

static void must(int result)
{
	if (result)
		vt_fatal("a blit failed: %s", strerror(-result));
}

static struct drm_vprot_blt read_back_of(struct vt_stage *stage,
					 struct drm_vprot_blt_result *result)
{
	return (struct drm_vprot_blt){
		.src = stage->secret.handle,
		.dst = stage->clear.handle,
		.size = SIZE,
		.result = (uintptr_t)result,
	};
}

/* A helper comes when a processor has time, so not with each blit: repeats one until then. */
#define EXPECT_HELP(blit)						\
do {									\
	forget_help();							\
	for (int turn = 0; turn < 200 && !helped(); turn++)		\
		must(blit);						\
	EXPECT_NE(0, helped());						\
} while (0)

static int queue_two(struct vt_stage *stage, struct drm_vprot_blt blt)
{
	struct drm_vprot_blt blts[] = { { .src = blt.src, .dst = blt.dst }, blt };
	struct drm_vprot_sync done = { .handle = stage->done };

	return vt_queue_array(&stage->s, DECRYPT, blts, 2,
			      &(struct vt_queue){ .signals = &done, .num_signals = 1 }) ?:
	       vt_syncobj_result(stage->fd, stage->done);
}

TEST_F(help, comes)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt blt = vt_stage_blit(stage, &stage->secret, 1), back;
	struct drm_vprot_blt_result result;

	EXPECT_HELP(vt_decrypt_blt(&stage->s, &blt));
	/* The caller does its part. */
	EXPECT_LT(helped(), SIZE / CHUNK);
	back = read_back_of(stage, &result);
	EXPECT_HELP(vt_encrypt_blt(&stage->s, &back));
	/* As large as it has to be; and queued, as one of several. */
	blt.size = LEAST;
	EXPECT_HELP(vt_decrypt_blt(&stage->s, &blt));
	EXPECT_HELP(queue_two(stage, blt));
}

TEST_F(help, does_not_come)
{
	struct vt_stage *stage = &self->stage;
	struct drm_vprot_blt whole = vt_stage_blit(stage, &stage->secret, 1);
	struct drm_vprot_subsample subsample = { .encrypted = SIZE };
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt;

	for (int turn = 0; turn < 3; turn++) {
		blt = whole;
		blt.size = LEAST - 1;
		must(vt_decrypt_blt(&stage->s, &blt));
		blt = whole;
		blt.subsamples = (uintptr_t)&subsample;
		blt.num_subsamples = 1;
		must(vt_decrypt_blt(&stage->s, &blt));
		blt = whole;
		blt.crypt_blocks = SIZE / 16;
		blt.skip_blocks = 1;
		must(vt_decrypt_blt(&stage->s, &blt));
		/* A chain has no place to begin in. */
		blt = whole;
		blt.dst = stage->other.handle;
		must(vt_decrypt_blt(&self->cbcs, &blt));
		EXPECT_EQ(0, helped());
	}

	/* But it can be read back in parts. */
	blt = read_back_of(stage, &result);
	blt.src = stage->other.handle;
	EXPECT_HELP(vt_encrypt_blt(&self->cbcs, &blt));

	forget_help();
	for (unsigned int cpus = 0; cpus < 2; cpus++) {
		vt_set_parameter("max_blt_cpus", cpus);
		for (int turn = 0; turn < 3; turn++)
			must(vt_decrypt_blt(&stage->s, &whole));
		EXPECT_EQ(0, helped());
	}
}

/* --- ends ------------------------------------------------------------------------------------- */

/* Whether a long buffer that was exported is wiped, in each chunk. */
static bool is_wiped(int dmabuf)
{
	struct vt_buffer b = { .fd = vt_open(), .size = LONG };
	static const __u8 zero[4096];
	__u8 seen[4096];
	struct vt_session s;
	bool wiped = true;

	vt_session_open(&s, b.fd, 0);
	if (vt_import(b.fd, dmabuf, &b.handle))
		return false;
	/* What is not bound reads as zeros whatever it holds: bind it, without a change. */
	vt_load(&s, &b, 0, zero, 1);
	for (__u64 offset = 0; offset < LONG; offset += CHUNK) {
		vt_read_back(&s, &b, offset, seen, sizeof(seen));
		wiped = wiped && !memcmp(seen, zero, sizeof(seen));
	}
	close(b.fd);
	return wiped;
}

/* Both processors stop, and write nothing after the wipe. */
TEST_F(help, ends_with_loss)
{
	struct vt_session *s = &self->stage.s;
	struct drm_vprot_session_status status;
	struct vt_flight flight;

	vt_flight_of(&flight, s, 4, LONG, false);
	vt_lose();
	EXPECT_EQ(0, vt_in_flight(s));
	EXPECT_TRUE(is_wiped(flight.dmabuf));
	EXPECT_EQ(-EKEYREVOKED, vt_flight_end(&flight));
	vt_status(s, &status);
	EXPECT_LT(status.decrypted, 4 * LONG);
}

/* Destruction lets it finish. */
TEST_F(help, is_waited_for_by_destruction)
{
	struct vt_flight flight;

	vt_flight_of(&flight, &self->stage.s, 1, LONG, true);
	vt_session_destroy(&self->stage.s);
	EXPECT_TRUE(is_wiped(flight.dmabuf));
	EXPECT_EQ(0, vt_flight_end(&flight));
}

/* Closing stops what is queued and runs. */
TEST_F(help, ends_with_the_file)
{
	struct drm_vprot_blt blts[4];
	struct vt_buffer clear, secret;
	struct drm_vprot_sync done;
	int fd = vt_open(), fence, dmabuf;
	struct vt_session s;

	vt_session_open(&s, fd, 0);
	vt_clear(&clear, fd, LONG);
	/* Mapped, it would keep the file open. */
	munmap(clear.map, LONG);
	vt_protected(&secret, fd, LONG);
	for (int i = 0; i < 4; i++)
		blts[i] = (struct drm_vprot_blt){
			.src = clear.handle,
			.dst = secret.handle,
			.size = LONG,
		};
	done = (struct drm_vprot_sync){ .handle = vt_syncobj(fd) };
	ASSERT_EQ(0, vt_queue_array(&s, DECRYPT, blts, 4,
				    &(struct vt_queue){ .signals = &done, .num_signals = 1 }));
	fence = vt_syncobj_export(fd, done.handle);
	dmabuf = vt_export(&secret);
	/* The first blit is over, and the next one runs. */
	while (!helped())
		ASSERT_EQ(0, vt_fence_status(fence));
	close(fd);
	EXPECT_TRUE(is_wiped(dmabuf));
	EXPECT_EQ(-ECANCELED, vt_fence_status(fence));
}

/* It is its process that is killed, and the helper stops with it. The file lives on here. */
TEST_F(help, ends_with_the_process)
{
	struct vt_session *s = &self->stage.s;
	struct drm_vprot_session_status status;
	struct vt_flight flight;

	vt_flight_of(&flight, s, 4, LONG, true);
	vt_flight_kill(&flight);
	EXPECT_EQ(0, vt_in_flight(s));
	vt_status(s, &status);
	EXPECT_LT(status.decrypted, 4 * LONG);
	/* Alone it would have gone on to the end of the blit. */
	EXPECT_LT(helped(), LONG / CHUNK * 3 / 4);
	EXPECT_TRUE(vt_key_works(s));
}

TEST_HARNESS_MAIN
