// SPDX-License-Identifier: GPL-2.0
/*
 * "All buffers from that point in time use the updated session key": threads blit without pause
 * while another one refreshes without pause. Where blits name an epoch, it waits now and then until
 * one of them has kept up.
 */
#include <pthread.h>
#include <sched.h>

#include "kselftest_harness.h"
#include "sync.h"
#include "vprot_test.h"

#define THREADS		3
#define MEET		80		/* epochs that each thread has to meet */
#define PACE		32		/* epochs after which one thread has to meet the newest */
#define BLTS		4		/* in one ioctl */
#define SMALL		4096
#define LARGE		(600 << 10)	/* longer than the driver works without a pause */
#define MAX_EPOCHS	1000000

/* What the thread that refreshes and those that blit share. */
struct race {
	struct vt_session s;
	__u8 (*keys)[VT_KEY];	/* of each epoch */
	__u64 started;		/* the newest epoch for which Finish was called */
	__u64 finished;		/* the newest epoch for which Finish has returned */
	bool over;		/* refreshing has failed */
};

/* A thread that blits. */
struct blitter {
	pthread_t thread;
	struct race *race;
	__u64 seed;
	bool queued;		/* the blits are queued, and awaited */
	bool content;		/* under a content key, wrapped for an epoch that is named */
	struct vt_buffer zeros, secret, clear;
	__u32 done;		/* a syncobj */
	__u64 last;		/* the newest epoch that was seen */
	bool ended;
	unsigned int met;	/* how often it was a new one */
	unsigned int rounds;	/* ioctls */
	unsigned int stale;	/* those of them that returned -ESTALE */
	const char *failure;
};

static const __u8 content_key[VT_KEY] = "the content key";

static __u64 now(const __u64 *epoch)
{
	return __atomic_load_n(epoch, __ATOMIC_ACQUIRE);
}

static void race_open(struct race *race)
{
	*race = (struct race){ .started = 1, .finished = 1 };
	race->keys = calloc(MAX_EPOCHS, VT_KEY);
	vt_session_open(&race->s, vt_open(), 0);
	memcpy(race->keys[1], race->s.key, VT_KEY);
}

/* One refresh; the next key is there before Finish is called. */
static const char *race_refresh(struct race *race)
{
	__u64 next = race->finished + 1, begun = 0;
	__u8 nonce[VT_KEY];

	if (next >= MAX_EPOCHS || vt_start(&race->s, nonce))
		return "Start failed";
	memcpy(race->keys[next], race->keys[next - 1], VT_KEY);
	vt_xor(race->keys[next], nonce);
	__atomic_store_n(&race->started, next, __ATOMIC_RELEASE);
	if (vt_finish(&race->s, &begun))
		return "Finish failed";
	__atomic_store_n(&race->finished, next, __ATOMIC_RELEASE);
	return begun == next ? NULL : "Finish began another epoch";
}

/*
 * What was decrypted were zeros: each part of the protected buffer has to hold the key stream of
 * one key, wholly. The read-back key does not change with a refresh.
 */
static const char *check_contents(struct blitter *b, const __u8 *key, const __u8 iv[16],
				  __u32 count, __u32 size)
{
	struct drm_vprot_blt_result result = { 0 };
	struct drm_vprot_blt blt = {
		.src = b->secret.handle,
		.dst = b->clear.handle,
		.size = (__u64)count * size,
		.result = (uintptr_t)&result,
	};

	if (vt_encrypt_blt(&b->race->s, &blt))
		return "reading back failed";
	if (result.epoch < b->last)
		return "the epoch went back";
	vt_ctr(b->race->s.read_back, result.iv, b->clear.map, blt.size);
	for (__u32 i = 0; i < count; i++) {
		__u8 *part = b->clear.map + (size_t)i * size;

		vt_ctr(key, iv, part, size);
		if (part[0] || memcmp(part, part + 1, size - 1))
			return "a result is not wholly that of the epoch it reported";
	}
	return NULL;
}

static int submit(struct blitter *b, const struct drm_vprot_blt *blts, __u32 count)
{
	struct drm_vprot_sync signal = { .handle = b->done };

	if (!b->queued)
		return vt_submit_array(&b->race->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, count);
	return vt_queue_array(&b->race->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, count,
			      &(struct vt_queue){ .signals = &signal, .num_signals = 1 }) ?:
	       vt_syncobj_result(b->race->s.fd, b->done);
}

/* One ioctl of a few blits. */
static const char *blit_once(struct blitter *b)
{
	struct race *race = b->race;
	bool large = vt_random(&b->seed) % 16 == 0;
	__u32 count = large ? 1 : 1 + vt_random(&b->seed) % BLTS;
	__u32 size = large ? LARGE : 16 + vt_random(&b->seed) % (SMALL - 16);
	struct drm_vprot_blt_result results[BLTS] = { 0 };
	struct drm_vprot_blt blts[BLTS] = { 0 };
	__u8 wrapped[VT_KEY], iv[16];
	__u64 before = now(&race->finished);
	int error;

	vt_iv(iv, vt_random(&b->seed), 0);
	vt_wrap(race->keys[before], content_key, wrapped);
	for (__u32 i = 0; i < count; i++) {
		blts[i].src = b->zeros.handle;
		blts[i].dst = b->secret.handle;
		blts[i].dst_offset = (__u64)i * size;
		blts[i].size = size;
		blts[i].result = (uintptr_t)&results[i];
		memcpy(blts[i].iv, iv, 16);
		if (b->content) {
			blts[i].key_form = DRM_VPROT_KEY_WRAPPED;
			blts[i].key = (uintptr_t)wrapped;
			blts[i].key_size = VT_KEY;
			blts[i].epoch = before;
		}
	}
	error = submit(b, blts, count);
	b->rounds++;
	if (error == -ESTALE) {
		b->stale++;
		return b->content && now(&race->started) > before ?
		       NULL : "-ESTALE while the epoch was current";
	}
	if (error)
		return "a blit failed";

	for (__u32 i = 1; i < count; i++)
		if (results[i].epoch != results[0].epoch)
			return "two epochs in one ioctl";
	if (results[0].epoch < b->last)
		return "the epoch went back";
	if (results[0].epoch < before)
		return "a blit is older than a Finish that had returned";
	if (results[0].epoch > now(&race->started))
		return "a blit has an epoch that was not begun";
	if (b->content && results[0].epoch != before)
		return "a blit has another epoch than the one that was named";
	b->met += results[0].epoch != b->last;
	__atomic_store_n(&b->last, results[0].epoch, __ATOMIC_RELEASE);
	return check_contents(b, b->content ? content_key : race->keys[b->last], iv, count, size);
}

static void *blit_without_pause(void *arg)
{
	struct blitter *b = arg;

	while (b->met < MEET && !b->failure && !__atomic_load_n(&b->race->over, __ATOMIC_RELAXED))
		b->failure = blit_once(b);
	__atomic_store_n(&b->ended, true, __ATOMIC_RELEASE);
	return NULL;
}

static bool has_ended(const struct blitter *b)
{
	return __atomic_load_n(&b->ended, __ATOMIC_ACQUIRE);
}

static bool have_ended(const struct blitter *blitters)
{
	for (int i = 0; i < THREADS; i++)
		if (!has_ended(&blitters[i]))
			return false;
	return true;
}

/* Or the blits that name an epoch would miss all of them, where there are few processors. */
static void keep_pace(const struct race *race, const struct blitter *blitters)
{
	const struct blitter *b = &blitters[race->finished / PACE % THREADS];

	while (!(race->finished % PACE) && now(&b->last) < race->finished && !has_ended(b))
		sched_yield();
}

/* Returns what failed, or "". */
static const char *run_race(bool content, bool queued)
{
	static struct blitter blitters[THREADS];
	const char *failure = NULL;
	unsigned int stale = 0;
	struct race race;

	race_open(&race);
	for (int i = 0; i < THREADS; i++) {
		struct blitter *b = &blitters[i];

		*b = (struct blitter){ .race = &race, .seed = 60 + i, .content = content,
				       .queued = queued };
		b->done = vt_syncobj(race.s.fd);
		vt_clear(&b->zeros, race.s.fd, LARGE);
		vt_clear(&b->clear, race.s.fd, LARGE);
		vt_protected(&b->secret, race.s.fd, LARGE);
		if (pthread_create(&b->thread, NULL, blit_without_pause, b))
			vt_fatal("no thread");
	}
	while (!failure && !have_ended(blitters)) {
		failure = race_refresh(&race);
		if (content)
			keep_pace(&race, blitters);
	}
	__atomic_store_n(&race.over, true, __ATOMIC_RELAXED);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(blitters[i].thread, NULL);
		failure = failure ?: blitters[i].failure;
		stale += blitters[i].stale;
		printf("# thread %d (seed %d): %u blits met %u of %llu epochs, and missed %u\n", i,
		       60 + i, blitters[i].rounds, blitters[i].met,
		       (unsigned long long)race.finished, blitters[i].stale);
	}
	if (!failure && content && !stale)
		failure = "no blit met an epoch that had passed";
	return failure ?: "";
}

TEST(race_under_the_session_key)
{
	ASSERT_STREQ("", run_race(false, false));
}

/* Wrapped for the epoch that was current when the client looked, and naming it. */
TEST(race_under_a_content_key)
{
	ASSERT_STREQ("", run_race(true, false));
}

TEST(race_of_queued_blits)
{
	ASSERT_STREQ("", run_race(false, true));
}

TEST(race_of_queued_blits_under_a_content_key)
{
	ASSERT_STREQ("", run_race(true, true));
}

/* A blit that takes long, and what another thread has to know of it. */
struct long_blit {
	struct vt_session *s;
	struct drm_vprot_blt blt;
	struct drm_vprot_blt_result result;
	int error;
};

static void *blit_long(void *arg)
{
	struct long_blit *l = arg;

	l->error = vt_decrypt_blt(l->s, &l->blt);
	return NULL;
}

/*
 * A blit that was submitted before Finish uses the old key, however late it runs, and Finish does
 * not wait for it.
 */
TEST(blit_in_flight)
{
	enum { SIZE = 8 << 20 };
	struct vt_buffer zeros, secret;
	struct vt_session s;
	__u8 *seen = malloc(SIZE);
	int overtaken = 0;

	vt_session_open(&s, vt_open(), 0);
	vt_clear(&zeros, s.fd, SIZE);
	vt_protected(&secret, s.fd, SIZE);
	for (int i = 0; i < 50 && !overtaken; i++) {
		struct drm_vprot_session_status before, after;
		struct long_blit l = { .s = &s };
		pthread_t thread;
		__u8 key[VT_KEY];

		l.blt = (struct drm_vprot_blt){
			.src = zeros.handle,
			.dst = secret.handle,
			.size = SIZE,
			.result = (uintptr_t)&l.result,
		};
		memcpy(key, s.key, VT_KEY);
		vt_status(&s, &before);
		ASSERT_EQ(0, pthread_create(&thread, NULL, blit_long, &l));
		/* The result is written before data moves. */
		while (!__atomic_load_n(&l.result.epoch, __ATOMIC_ACQUIRE))
			sched_yield();
		vt_refresh(&s);
		/* A blit is counted when it has landed. */
		vt_status(&s, &after);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(0, l.error);
		/* Finish may have come just before the blit was accepted. */
		if (l.result.epoch == s.epoch)
			memcpy(key, s.key, VT_KEY);
		else
			overtaken += after.decrypted == before.decrypted;
		ASSERT_GE(l.result.epoch, s.epoch - 1);
		vt_read_back(&s, &secret, 0, seen, SIZE);
		vt_ctr(key, l.blt.iv, seen, SIZE);
		ASSERT_EQ(0, seen[0]);
		ASSERT_EQ(0, memcmp(seen, seen + 1, SIZE - 1));
		ASSERT_TRUE(vt_key_works(&s));
	}
	EXPECT_NE(0, overtaken) TH_LOG("Finish never returned before the blit that it overtook");
	free(seen);
}

/* A content key that was wrapped for an epoch that has passed is refused when that is named. */
TEST(stale_content_key)
{
	struct vt_buffer clear, secret;
	struct vt_session s;
	__u8 wrapped[VT_KEY], seen[64], expected[64] = { 0 };
	struct drm_vprot_blt blt = {
		.size = 64,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)wrapped,
		.key_size = VT_KEY,
		.epoch = 1,
	};
	__u8 nonce[VT_KEY];

	vt_session_open(&s, vt_open(), 0);
	vt_clear(&clear, s.fd, 64);
	vt_protected(&secret, s.fd, 64);
	blt.src = clear.handle;
	blt.dst = secret.handle;
	vt_wrap(s.key, content_key, wrapped);
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blt));
	/* Start begins no epoch. */
	ASSERT_EQ(0, vt_start(&s, nonce));
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blt));
	ASSERT_EQ(0, vt_finish(&s, NULL));
	vt_xor(s.key, nonce);
	s.epoch++;

	memset(clear.map, 1, 64);
	ASSERT_EQ(-ESTALE, vt_decrypt_blt(&s, &blt));
	vt_read_back(&s, &secret, 0, seen, 64);
	vt_ctr(content_key, blt.iv, expected, 64);
	EXPECT_EQ(0, memcmp(seen, expected, 64)) TH_LOG("a refused blit has moved something");

	vt_wrap(s.key, content_key, wrapped);
	ASSERT_EQ(-ESTALE, vt_decrypt_blt(&s, &blt));
	blt.epoch = 3;
	ASSERT_EQ(-ESTALE, vt_decrypt_blt(&s, &blt));
	blt.epoch = 2;
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blt));
	memset(expected, 1, 64);
	vt_ctr(content_key, blt.iv, expected, 64);
	vt_read_back(&s, &secret, 0, seen, 64);
	EXPECT_EQ(0, memcmp(seen, expected, 64));
}

TEST_HARNESS_MAIN
