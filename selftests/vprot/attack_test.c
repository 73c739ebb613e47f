// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks of somebody who has no key: replaying what a client once sent, and watching the memory
 * that read-backs are written to.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "kselftest_harness.h"
#include "module.h"
#include "process.h"
#include "vprot_test.h"

/* --- replay ----------------------------------------------------------------------------------- */

#define SESSIONS	1000
#define THREADS		2
#define SIZE		1024
#define BLOCK		16
#define BLOCKS		(SIZE / BLOCK)
/* Of each session: two wrapped read-back keys, two read-backs, and what these must not be. */
#define COLLECTED	(2 + 2 * (BLOCKS + 1))

/* What a client sent, and what is known of it only here. */
struct recording {
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	__u8 iv[16];
	__u8 encrypted[SIZE];
	__u8 key[VT_KEY];	/* not known to who replays */
	__u8 plain[SIZE];	/* nor this */
};

struct replayer {
	pthread_t thread;
	const struct recording *recording;
	__u8 (*blocks)[BLOCK];	/* what was collected */
	size_t count;
	int error;
};

static void collect(struct replayer *r, const void *blocks, size_t count)
{
	memcpy(r->blocks[r->count], blocks, count * BLOCK);
	r->count += count;
}

/* Reads back, and collects the key stream, and how that of the session key would begin. */
static int replay_read_back(struct replayer *r, const struct vt_session *s, __u32 secret,
			    const struct vt_buffer *clear, const __u8 plain[SIZE])
{
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = {
		.src = secret,
		.dst = clear->handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};
	__u8 stream[SIZE], begin[BLOCK];
	int error = vt_encrypt_blt(s, &blt);

	for (int i = 0; i < SIZE; i++)
		stream[i] = clear->map[i] ^ plain[i];
	vt_wrap(r->recording->key, result.iv, begin);
	collect(r, stream, BLOCKS);
	collect(r, begin, 1);
	return error;
}

static int draw(const struct vt_session *s, __u8 wrapped[VT_KEY])
{
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = s->handle,
		.size = VT_KEY,
		.key = (uintptr_t)wrapped,
	};

	return vt_ioctl(s->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get);
}

/* One session: the recorded key exchange, the recorded blit, and read-backs. */
static int replay(struct replayer *r, int fd, const struct vt_buffer *recorded,
		  const struct vt_buffer *clear)
{
	static const __u8 zero[SIZE];
	struct vt_buffer empty, filled;
	struct vt_session s;
	struct drm_vprot_blt blt = { .src = recorded->handle, .size = SIZE };
	__u8 wrapped[2][VT_KEY];
	int error;

	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_protected(&empty, fd, SIZE);
	vt_protected(&filled, fd, SIZE);
	blt.dst = filled.handle;
	memcpy(blt.iv, r->recording->iv, sizeof(blt.iv));
	error = vt_send_blob(&s, r->recording->blob) ?:
		draw(&s, wrapped[0]) ?:
		draw(&s, wrapped[1]) ?:
		vt_decrypt_blt(&s, &blt) ?:
		replay_read_back(r, &s, empty.handle, clear, zero) ?:
		replay_read_back(r, &s, filled.handle, clear, r->recording->plain);
	collect(r, wrapped, 2);
	vt_buffer_close(&filled);
	vt_buffer_close(&empty);
	vt_session_destroy(&s);
	return error;
}

static void *replay_many(void *arg)
{
	struct replayer *r = arg;
	struct vt_buffer recorded, clear;
	int fd = vt_open();

	vt_clear(&clear, fd, SIZE);
	vt_clear(&recorded, fd, SIZE);
	memcpy(recorded.map, r->recording->encrypted, SIZE);
	for (int i = 0; i < SESSIONS / THREADS && !r->error; i++)
		r->error = replay(r, fd, &recorded, &clear);
	close(fd);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, BLOCK);
}

/*
 * Two outputs under one key stream would give the XOR of their contents away, and with one of them
 * known the other. A key stream of the session key would decrypt what was recorded, and is also
 * what wrapped keys are made of: with one the attacker could have contents read back under a key
 * that he knows. So nothing that is seen in any of the sessions may be seen twice, or be the
 * encrypted form, under the session key, of what anybody knows.
 */
TEST(replayed_key_exchange)
{
	static struct recording recording;
	static struct replayer replayers[THREADS];
	__u8 (*blocks)[BLOCK] = calloc(SESSIONS * COLLECTED + BLOCKS + 1, BLOCK);
	__u8 known[BLOCK] = { 0 };
	__u64 seed = 120;
	size_t count = 0, twice = 0;
	int fd = vt_open();

	ASSERT_NE(NULL, blocks);
	vt_fill(&seed, recording.key, VT_KEY);
	vt_fill(&seed, recording.plain, SIZE);
	vt_iv(recording.iv, vt_random(&seed), 0);
	vt_key_exchange_blob(fd, recording.key, VT_KEY, recording.blob);
	memcpy(recording.encrypted, recording.plain, SIZE);
	vt_ctr(recording.key, recording.iv, recording.encrypted, SIZE);

	for (int i = 0; i < THREADS; i++) {
		replayers[i].recording = &recording;
		replayers[i].blocks = blocks + i * SESSIONS / THREADS * COLLECTED;
		ASSERT_EQ(0, pthread_create(&replayers[i].thread, NULL, replay_many,
					    &replayers[i]));
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(replayers[i].thread, NULL);
		ASSERT_EQ(0, replayers[i].error);
		count += replayers[i].count;
	}
	ASSERT_EQ(SESSIONS * COLLECTED, count);

	/* The key stream of what was recorded, and the wrapped form of a key of zeros. */
	vt_ctr(recording.key, recording.iv, blocks[count], SIZE);
	count += BLOCKS;
	vt_wrap(recording.key, known, blocks[count++]);

	qsort(blocks, count, BLOCK, compare);
	for (size_t i = 1; i < count; i++)
		twice += !memcmp(blocks[i - 1], blocks[i], BLOCK);
	EXPECT_EQ(0, twice);
}

/* --- watching --------------------------------------------------------------------------------- */

#define WATCHED		(256 << 10)
#define ROUNDS		24

/* A thread that sees a destination change, one word of each block. */
struct watcher {
	pthread_t thread;
	const __u8 *map;	/* the destination */
	const __u8 *old;	/* what it holds before */
	const __u8 *expected;	/* what it has to hold afterwards */
	size_t first;		/* where in the blocks */
	bool ready, over;
	unsigned int caught;	/* words that were seen to change */
	__u64 leak;		/* one that held something else meanwhile */
	size_t leak_at;
};

/* A word may be written in parts, but each of its bytes is the old or the new one. */
static bool is_old_or_new(const void *seen, const void *old, const void *new)
{
	const __u8 *s = seen, *o = old, *n = new;

	for (int i = 0; i < 8; i++)
		if (s[i] != o[i] && s[i] != n[i])
			return false;
	return true;
}

static void *watch(void *arg)
{
	struct watcher *w = arg;

	/* Who watches must run while the driver writes. */
	vt_run_on(1);
	__atomic_store_n(&w->ready, true, __ATOMIC_RELEASE);
	for (size_t at = BLOCK + w->first; at < WATCHED && !w->leak_at; at += BLOCK) {
		const __u64 *place = (const __u64 *)(w->map + at);
		__u64 old = *(const __u64 *)(w->old + at), seen;

		while ((seen = __atomic_load_n(place, __ATOMIC_RELAXED)) == old)
			if (__atomic_load_n(&w->over, __ATOMIC_ACQUIRE))
				return NULL;
		if (!__atomic_load_n(&w->over, __ATOMIC_ACQUIRE))
			w->caught++;
		if (seen != *(const __u64 *)(w->expected + at) &&
		    !is_old_or_new(&seen, &old, w->expected + at)) {
			w->leak = seen;
			w->leak_at = at;
		}
	}
	return NULL;
}

FIXTURE(watched) {
	struct vt_session s;
	struct vt_buffer secret, clear;
	__u64 next_iv;
	__u8 *plain, *old, *expected;
};

FIXTURE_VARIANT(watched) {
	const char *parameters;
};

FIXTURE_VARIANT_ADD(watched, fastest_cipher) {
	.parameters = "",
};

/* Writes the key stream to where the result goes, and adds the plaintext there. */
FIXTURE_VARIANT_ADD(watched, generic_cipher) {
	.parameters = "cipher=ctr(aes-generic)",
};

static __u64 iv_number(const __u8 iv[16])
{
	__u64 number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | iv[i];
	return number;
}

static int read_back(struct _test_data_watched *self, __u64 offset, __u64 size, __u8 iv[16])
{
	struct drm_vprot_blt_result result = { 0 };
	struct drm_vprot_blt blt = {
		.src = self->secret.handle,
		.dst = self->clear.handle,
		.dst_offset = offset,
		.size = size,
		.result = (uintptr_t)&result,
	};
	int error = vt_encrypt_blt(&self->s, &blt);

	memcpy(iv, result.iv, 16);
	self->next_iv = iv_number(iv) + 1;
	return error;
}

FIXTURE_SETUP(watched)
{
	__u64 seed = 130;
	__u8 iv[16];

	vt_module_reload(variant->parameters);
	vt_session_open(&self->s, vt_open(), 0);
	vt_protected(&self->secret, self->s.fd, WATCHED);
	vt_clear(&self->clear, self->s.fd, WATCHED);
	self->plain = malloc(WATCHED);
	self->old = malloc(WATCHED);
	self->expected = malloc(WATCHED);
	vt_fill(&seed, self->plain, WATCHED);
	vt_load(&self->s, &self->secret, 0, self->plain, WATCHED);
	ASSERT_EQ(0, read_back(self, 0, WATCHED, iv));
}

FIXTURE_TEARDOWN_PARENT(watched)
{
	vt_module_reload("");
}

/* The IV of the next read-back is known, and with it what each byte has to become. */
TEST_F(watched, sees_only_ciphertext)
{
	unsigned int caught = 0;

	vt_run_on(0);
	for (int round = 0; round < ROUNDS || !caught; round++) {
		/* By turns straight into the destination, and by way of the driver's own memory. */
		__u64 offset = round % 2 * 8, size = WATCHED - offset;
		struct watcher w = {
			.map = self->clear.map,
			.old = self->old,
			.expected = self->expected,
			.first = round / 2 % 2 * 8,
		};
		__u8 iv[16], expected_iv[16];

		memcpy(self->old, self->clear.map, WATCHED);
		memcpy(self->expected, self->old, offset);
		memcpy(self->expected + offset, self->plain, size);
		vt_iv(expected_iv, self->next_iv, 0);
		vt_ctr(self->s.read_back, expected_iv, self->expected + offset, size);

		ASSERT_EQ(0, pthread_create(&w.thread, NULL, watch, &w));
		while (!__atomic_load_n(&w.ready, __ATOMIC_ACQUIRE))
			sched_yield();
		ASSERT_EQ(0, read_back(self, offset, size, iv));
		__atomic_store_n(&w.over, true, __ATOMIC_RELEASE);
		pthread_join(w.thread, NULL);
		ASSERT_EQ(0, memcmp(iv, expected_iv, 16));
		ASSERT_EQ(0, memcmp(self->clear.map, self->expected, WATCHED));
		ASSERT_EQ(0, w.leak_at)
			TH_LOG("at %zu, in round %d: %016llx became %016llx, then %016llx",
			       w.leak_at, round, *(__u64 *)(self->old + w.leak_at), w.leak,
			       *(__u64 *)(self->expected + w.leak_at));
		caught += w.caught;
	}
	EXPECT_LT(0, caught) TH_LOG("no byte was seen to change");
	printf("# %u words were seen to change\n", caught);
}

TEST_HARNESS_MAIN
