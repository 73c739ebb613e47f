// SPDX-License-Identifier: GPL-2.0
/*
 * Threads beside each other, and a blit that is spread over processors: in time, not in
 * instructions, and so only ever as a ratio. What they gain is compared with what threads gain that
 * run the kernel's bare cipher, by turns in one run.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "module.h"

#define ROUNDS		15
#define MOST_THREADS	4
#define SIZE		MIB
#define SPLIT_SIZE	(8 * MIB)
/* Seconds that one thread has to do for, at least. */
#define LONG_ENOUGH	0.1

/* What one of the threads does. */
struct worker {
	pthread_t thread;
	pthread_barrier_t *start;
	unsigned int cpu;
	unsigned int turns;
	double begin, end;
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
	worker->begin = now();
	worker->func(worker->arg, worker->turns);
	worker->end = now();
	return NULL;
}

/*
 * Seconds from when the first of so many threads begins, each with its own work, until the last one
 * is done. They themselves look at the clock: who waits for them may get a processor last of all.
 */
static double time_of(struct worker *workers, unsigned int num, unsigned int turns)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_barrier_t start;
	double begin = 0, end = 0;

	pthread_barrier_init(&start, NULL, num);
	for (unsigned int i = 0; i < num; i++) {
		workers[i].start = &start;
		workers[i].turns = turns;
		workers[i].cpu = i % cpus;
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			vt_fatal("no thread");
	}
	for (unsigned int i = 0; i < num; i++) {
		pthread_join(workers[i].thread, NULL);
		if (!i || workers[i].begin < begin)
			begin = workers[i].begin;
		if (!i || workers[i].end > end)
			end = workers[i].end;
	}
	pthread_barrier_destroy(&start);
	return end - begin;
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

/* One thread alone has its blits split, over as many processors as there would be threads. */
enum { CIPHER, TWO_SESSIONS, ONE_SESSION, SPLIT, KINDS };

static const char * const names[] = { "cipher", "sessions", "session", "split" };

/* The files, sessions and buffers of the threads. */
struct stage {
	struct bench b[MOST_THREADS];
	struct drm_vprot_blt own[MOST_THREADS], shared[MOST_THREADS], large;
	struct bench_blits blits[KINDS][MOST_THREADS];
	struct bench_baseline *ciphers[MOST_THREADS];
	struct worker workers[KINDS][MOST_THREADS];
	unsigned int turns[KINDS];
};

static void open_stage(struct stage *stage)
{
	bench_open(&stage->b[0], SPLIT_SIZE);
	stage->large = bench_blit(&stage->b[0], SPLIT_SIZE);
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
		stage->blits[SPLIT][i] =
			(struct bench_blits){ &stage->b[0].s, &stage->large, 1 };
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

/* What so many threads, or processors, get done, by what one gets done in the same time. */
static double gain_of(struct stage *stage, int kind, int num)
{
	struct worker *workers = stage->workers[kind];
	unsigned int turns = stage->turns[kind];
	double alone = time_of(workers, 1, turns), together;

	if (kind != SPLIT)
		return num * alone / time_of(workers, num, turns);

	vt_set_parameter("max_blt_cpus", num);
	together = time_of(workers, 1, turns);
	vt_set_parameter("max_blt_cpus", 1);
	return alone / together;
}

void bench_parallel(void)
{
	static double gain[KINDS][MOST_THREADS][ROUNDS], against[KINDS][MOST_THREADS][ROUNDS];
	unsigned int split = vt_parameter("max_blt_cpus");
	static struct stage stage;

	open_stage(&stage);
	/* But for one kind, each blit has the processor of its thread. */
	vt_set_parameter("max_blt_cpus", 1);
	for (int kind = 0; kind < KINDS; kind++) {
		stage.turns[kind] = 1;
		while (time_of(stage.workers[kind], 1, stage.turns[kind]) < LONG_ENOUGH)
			stage.turns[kind] *= 2;
		fprintf(stderr, "  %s: %u turns\n", names[kind], stage.turns[kind]);
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int num = 1; num <= MOST_THREADS; num *= 2) {
			for (int kind = 0; kind < KINDS; kind++) {
				double *to = &gain[kind][num - 1][round];

				*to = gain_of(&stage, kind, num);
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
	vt_set_parameter("max_blt_cpus", split);
	close_stage(&stage);
}
