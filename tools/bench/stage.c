// SPDX-License-Identifier: GPL-2.0
/*
 * What the measurements share: a session with buffers, blits, and the baselines of the module.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>

#include "bench.h"

void bench_open(struct bench *b, __u64 size)
{
	__u64 random = 1;
	__u8 key[VT_KEY];

	b->fd = vt_open();
	vt_session_open(&b->s, b->fd, 0);
	vt_fill(&random, key, sizeof(key));
	vt_wrap(b->s.key, key, b->wrapped);
	vt_clear(&b->clear, b->fd, size);
	vt_clear(&b->other, b->fd, size);
	vt_protected(&b->secret, b->fd, size);
	memset(b->clear.map, 1, size);
	memset(b->other.map, 1, size);
}

void bench_close(struct bench *b)
{
	vt_buffer_close(&b->secret);
	vt_buffer_close(&b->other);
	vt_buffer_close(&b->clear);
	vt_session_destroy(&b->s);
	close(b->fd);
}

struct drm_vprot_blt bench_blit(const struct bench *b, __u64 size)
{
	return (struct drm_vprot_blt){
		.src = b->clear.handle,
		.dst = b->secret.handle,
		.size = size,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)b->wrapped,
		.key_size = VT_KEY,
	};
}

__u64 bench_run_blits(void *arg, unsigned int turns)
{
	struct bench_blits *blits = arg;
	struct drm_vprot_submit submit = {
		.session = blits->s->handle,
		.blts = (uintptr_t)blits->blts,
		.num_blts = blits->num,
		.blt_stride = sizeof(*blits->blts),
	};
	__u64 begin = bench_ticks();

	for (unsigned int i = 0; i < turns; i++)
		if (ioctl(blits->s->fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &submit))
			vt_fatal("a blit failed: %m");
	return bench_ticks() - begin;
}

/**
 * struct bench_baseline - an open file of the module, and what it is to do
 */
struct bench_baseline {
	int file;
	struct vprot_bench_baseline args;
};

struct bench_baseline *bench_baseline_open(const struct bench *b, __u32 what, __u64 size)
{
	struct bench_baseline *baseline = calloc(1, sizeof(*baseline));

	if (!baseline)
		vt_fatal("no memory");
	baseline->file = open("/sys/kernel/debug/vprot_bench/baseline", O_RDWR | O_CLOEXEC);
	if (baseline->file < 0)
		vt_fatal("the module vprot_bench is not loaded: %m");
	baseline->args = (struct vprot_bench_baseline){
		.what = what,
		.src = vt_export(&b->clear),
		.dst = vt_export(&b->other),
		.size = size,
	};
	return baseline;
}

__u64 bench_run_baseline(void *arg, unsigned int turns)
{
	struct bench_baseline *baseline = arg;

	baseline->args.turns = turns;
	if (ioctl(baseline->file, VPROT_BENCH_BASELINE, &baseline->args))
		vt_fatal("vprot_bench failed: %m");
	return baseline->args.ticks;
}

void bench_baseline_close(struct bench_baseline *baseline)
{
	close(baseline->args.dst);
	close(baseline->args.src);
	close(baseline->file);
	free(baseline);
}

void bench_baseline(const struct bench *b, __u32 what, __u64 size, unsigned int turns,
		    const char *name)
{
	struct bench_baseline *baseline = bench_baseline_open(b, what, size);

	if (size)
		bench_measure(turns, bench_run_baseline, baseline, "%s/%llu", name, size);
	else
		bench_measure(turns, bench_run_baseline, baseline, "%s", name);
	bench_baseline_close(baseline);
}
