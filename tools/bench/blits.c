// SPDX-License-Identifier: GPL-2.0
/*
 * Blits: of all sizes, with refreshes in between, with subsamples.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "others.h"

#define BATCH		64
#define LARGEST		(64 * MIB)

/* So that a repetition is long enough to be measured, and not longer than needed. */
static unsigned int turns_of(__u64 size)
{
	return size < 64 * KIB ? 16 : size < MIB ? 4 : 1;
}

static void measure_blit(const struct bench *b, __u64 size)
{
	struct drm_vprot_blt blt = bench_blit(b, size);
	struct bench_blits blits = { &b->s, &blt, 1 };

	bench_measure(turns_of(size), bench_run_blits, &blits, "blit/%llu", size);
	bench_baseline(b, VPROT_BENCH_CIPHER, size, turns_of(size), "cipher");
}

static void measure_batch(const struct bench *b, __u64 size)
{
	struct drm_vprot_blt blts[BATCH];
	struct bench_blits blits = { &b->s, blts, BATCH };

	for (int i = 0; i < BATCH; i++) {
		blts[i] = bench_blit(b, size);
		blts[i].src_offset = i * size;
		blts[i].dst_offset = i * size;
		vt_iv(blts[i].iv, i, 0);
	}
	bench_measure(4, bench_run_blits, &blits, "batch-of-%u/%llu", BATCH, size);
}

void bench_blits(void)
{
	static const __u64 sizes[] = { 4 * KIB, 64 * KIB, MIB, 8 * MIB };
	struct bench b;

	bench_open(&b, 8 * MIB);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		__u64 size = sizes[i];

		measure_blit(&b, size);
		bench_baseline(&b, VPROT_BENCH_COPY, size, turns_of(size), "memcpy");
		if (size <= MIB) {
			bench_alg(size, turns_of(size));
			bench_evp(&b, size, turns_of(size));
		}
	}
	measure_batch(&b, 4 * KIB);
	bench_close(&b);
}

/* --- refreshes in a stream -------------------------------------------------------------------- */

#define STREAM	60

struct stream {
	struct bench *b;
	unsigned int every;
	bool content_key;
};

/* Decrypts a stream of blits; the client makes what it needs of a refresh on its own time. */
static __u64 run_stream(void *arg, unsigned int turns)
{
	const struct stream *stream = arg;
	struct drm_vprot_blt blt = bench_blit(stream->b, 64 * KIB);
	struct bench_blits blits = { &stream->b->s, &blt, 1 };
	struct vt_session *s = &stream->b->s;
	__u8 nonce[VT_KEY];
	__u64 sum = 0;

	if (!stream->content_key) {
		blt.key_form = DRM_VPROT_KEY_SESSION;
		blt.key = 0;
		blt.key_size = 0;
	}
	for (unsigned int i = 0; i < turns; i++) {
		if (stream->every && i % stream->every == 0) {
			__u64 begin = bench_ticks();

			if (vt_start(s, nonce) || vt_finish(s, NULL))
				vt_fatal("a refresh failed");
			sum += bench_ticks() - begin;
		}
		sum += bench_run_blits(&blits, 1);
	}
	return sum;
}

void bench_streams(void)
{
	static const unsigned int every[] = { 0, 1, STREAM };
	struct bench b;

	bench_open(&b, 64 * KIB);
	for (int content_key = 0; content_key < 2; content_key++) {
		for (size_t i = 0; i < sizeof(every) / sizeof(every[0]); i++) {
			struct stream stream = { &b, every[i], content_key };

			bench_measure(STREAM, run_stream, &stream, "stream/%s/%u",
				      content_key ? "content-key" : "session-key", every[i]);
		}
	}
	bench_close(&b);
}

/* --- subsamples ------------------------------------------------------------------------------- */

/* A blit of so many subsamples of the same kind. */
static void measure_subsamples(const struct bench *b, unsigned int count, __u32 clear,
			       __u32 encrypted)
{
	struct drm_vprot_subsample *subsamples = calloc(count, sizeof(*subsamples));
	struct drm_vprot_blt blt = bench_blit(b, (__u64)count * (clear + encrypted));
	struct bench_blits blits = { &b->s, &blt, 1 };

	if (!subsamples)
		vt_fatal("no memory");
	for (unsigned int i = 0; i < count; i++)
		subsamples[i] = (struct drm_vprot_subsample){ clear, encrypted };
	blt.subsamples = (uintptr_t)subsamples;
	blt.num_subsamples = count;
	bench_measure(1, bench_run_blits, &blits, "subsamples-of-%u/%u+%u", count, clear,
		      encrypted);
	free(subsamples);
}

void bench_subsamples(void)
{
	/* Clear and encrypted bytes: on block boundaries, and as films have them. */
	static const __u32 kinds[][2] = {
		{ 16, 16 }, { 16, 64 }, { 16, 256 }, { 5, 75 }, { 37, 211 },
		{ 32, 512 }, { 37, 512 }, { 37, 555 }, { 100, 1000 }, { 37, 4096 }, { 96, 16000 },
	};
	struct bench b;

	bench_open(&b, 2 * MIB);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		__u32 clear = kinds[i][0], encrypted = kinds[i][1];
		unsigned int count = encrypted > 4 * KIB ? 64 : 256;
		__u64 whole = (__u64)count * encrypted;

		measure_subsamples(&b, count, clear, encrypted);
		/* As many bytes in one piece. */
		measure_blit(&b, whole);
	}
	bench_close(&b);
}

/* --- sizes ------------------------------------------------------------------------------------ */

void bench_sizes(void)
{
	struct bench b;

	bench_open(&b, LARGEST);
	for (__u64 size = 16; size <= LARGEST; size *= 4)
		measure_blit(&b, size);
	bench_close(&b);
}
