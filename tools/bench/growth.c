// SPDX-License-Identifier: GPL-2.0
/*
 * How cost grows with the number of sessions and of buffers, and what a session takes of memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "bench.h"

#define TURNS	16

/* --- sessions --------------------------------------------------------------------------------- */

#define MOST_SESSIONS	100000

/* Bytes of the kernel's memory, without page caches. */
static double kernel_memory(void)
{
	static const char * const parts[] = { "SUnreclaim:", "VmallocUsed:", "Percpu:" };
	FILE *file = fopen("/proc/meminfo", "re");
	char name[64];
	long long kib, sum = 0;

	if (!file)
		vt_fatal("/proc/meminfo: %m");
	while (fscanf(file, "%63s %lld%*[^\n]", name, &kib) == 2)
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
			sum += strcmp(name, parts[i]) ? 0 : kib;
	fclose(file);
	return sum * 1024.0;
}

static void measure_with_sessions(struct bench *b, unsigned int sessions)
{
	struct drm_vprot_blt blt = bench_blit(b, 4 * KIB);
	struct bench_blits blits = { &b->s, &blt, 1 };

	bench_measure(TURNS, bench_run_refresh, &b->s, "sessions/%u/refresh", sessions);
	bench_measure(TURNS, bench_run_blits, &blits, "sessions/%u/blit", sessions);
}

void bench_sessions(void)
{
	unsigned int sessions = 1, most = bench_is_quick() ? 1000 : MOST_SESSIONS;
	struct vt_session other;
	double before;
	struct bench b;

	bench_open(&b, 4 * KIB);
	measure_with_sessions(&b, sessions);
	before = kernel_memory();
	for (unsigned int next = 10; next <= most; next *= 10) {
		for (; sessions < next; sessions++)
			vt_session_create(&other, b.fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
		measure_with_sessions(&b, sessions);
	}
	bench_value((kernel_memory() - before) / (sessions - 1), "session-memory");
	bench_close(&b);
}

/* --- buffers ---------------------------------------------------------------------------------- */

#define MOST_BUFFERS	10000

void bench_buffers(void)
{
	unsigned int buffers = 2, most = bench_is_quick() ? 100 : MOST_BUFFERS;
	struct vt_buffer other;
	struct bench b;

	bench_open(&b, 4 * KIB);
	for (unsigned int next = 10; next <= most; next *= 10) {
		struct drm_vprot_blt blt;
		struct bench_blits blits = { &b.s, &blt, 1 };

		for (; buffers < next; buffers++)
			vt_protected(&other, b.fd, 4 * KIB);
		/* The buffers that came last. */
		blt = bench_blit(&b, 4 * KIB);
		blt.dst = other.handle;
		bench_measure(TURNS, bench_run_blits, &blits, "buffers/%u/blit", buffers);
	}
	bench_close(&b);
}
