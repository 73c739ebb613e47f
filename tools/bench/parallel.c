// SPDX-License-Identifier: GPL-2.0
/*
 * Threads beside each other: in time, not in instructions, and so only ever as a ratio. What they
 * gain is compared with what threads gain that run the kernel's bare cipher, by turns in one run.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define ROUNDS		15
#define MOST_THREADS	4
#define SIZE		MIB
#define TURNS		8

/* What one of the threads does. */
struct worker {
	pthread_t thread;
	pthread_barrier_t *start;
	unsigned int cpu;
	__u64 (*func)(void *arg, unsigned int turns);
	void *arg;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(worker->cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	pthread_barrier_wait(worker->start);
	worker->func(worker->arg, TURNS);
	return NULL;
}

/* Seconds until so many threads are done, each with its own work. */
static double time_of(struct worker *workers, unsigned int num)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_barrier_t start;
	double begin;

	pthread_barrier_init(&start, NULL, num + 1);
	for (unsigned int i = 0; i < num; i++) {
		workers[i].start = &start;
		workers[i].cpu = i % cpus;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			vt_fatal("no thread");
	}
	pthread_barrier_wait(&start);
	begin = now();
	for (unsigned int i = 0; i < num; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_barrier_destroy(&start);
	return now() - begin;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

enum { CIPHER, TWO_SESSIONS, ONE_SESSION, KINDS };

static const char * const names[] = { "cipher", "sessions", "session" };

/* The files, sessions and buffers of the threads. */
struct stage {
	struct bench b[MOST_THREADS];
	struct drm_vprot_blt own[MOST_THREADS], shared[MOST_THREADS];
	struct bench_blits blits[KINDS][MOST_THREADS];
	struct bench_baseline *ciphers[MOST_THREADS];
	struct worker workers[KINDS][MOST_THREADS];
};

static void open_stage(struct stage *stage)
{
	bench_open(&stage->b[0], SIZE * MOST_THREADS);
	for (int i = 0; i < MOST_THREADS; i++) {
		struct bench *b = &stage->b[i];

		if (i)
			bench_open(b, SIZE);
		stage->own[i] = bench_blit(b, SIZE);
		stage->shared[i] = bench_blit(&stage->b[0], SIZE);
		stage->shared[i].src_offset = i * SIZE;
		stage->shared[i].dst_offset = i * SIZE;
		stage->blits[TWO_SESSIONS][i] = (struct bench_blits){ &b->s, &stage->own[i], 1 };
		stage->blits[ONE_SESSION][i] =
			(struct bench_blits){ &stage->b[0].s, &stage->shared[i], 1 };
		stage->ciphers[i] = bench_baseline_open(b, VPROT_BENCH_CIPHER, SIZE);
		for (int kind = 0; kind < KINDS; kind++)
			stage->workers[kind][i] = (struct worker){
				.func = bench_run_blits,
				.arg = &stage->blits[kind][i],
			};
		stage->workers[CIPHER][i].func = bench_run_baseline;
		stage->workers[CIPHER][i].arg = stage->ciphers[i];
	}
}

static void close_stage(struct stage *stage)
{
	for (int i = 0; i < MOST_THREADS; i++) {
		bench_baseline_close(stage->ciphers[i]);
		bench_close(&stage->b[i]);
	}
}

void bench_parallel(void)
{
	/* What a number of threads gets done, by what one gets done in the same time. */
	static double gain[KINDS][MOST_THREADS][ROUNDS], against[KINDS][MOST_THREADS][ROUNDS];
	static struct stage stage;

	open_stage(&stage);
	for (int kind = 0; kind < KINDS; kind++)
		time_of(stage.workers[kind], MOST_THREADS);
	for (int round = 0; round < ROUNDS; round++) {
		for (int num = 1; num <= MOST_THREADS; num *= 2) {
			for (int kind = 0; kind < KINDS; kind++) {
				double alone = time_of(stage.workers[kind], 1);
				double *to = &gain[kind][num - 1][round];

				*to = num * alone / time_of(stage.workers[kind], num);
				against[kind][num - 1][round] =
					*to / gain[CIPHER][num - 1][round];
			}
		}
	}
	for (int num = 1; num <= MOST_THREADS; num *= 2) {
		for (int kind = 0; kind < KINDS; kind++) {
			bench_value(median(gain[kind][num - 1]), "threads/%d/%s", num,
				    names[kind]);
			if (kind != CIPHER)
				bench_value(median(against[kind][num - 1]),
					    "threads/%d/%s-against-cipher", num, names[kind]);
		}
	}
	close_stage(&stage);
}
