// SPDX-License-Identifier: GPL-2.0
/*
 * Repetitions: their least value and their spread.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <x86intrin.h>

#include "bench.h"

#define REPETITIONS	9
/* So often it is tried to have them undisturbed. */
#define TRIES		100

static bool quick;
static const char *profiled;

void bench_set_profiled(const char *name)
{
	profiled = name;
}

void bench_set_quick(void)
{
	quick = true;
}

bool bench_is_quick(void)
{
	return quick;
}

__u64 bench_ticks(void)
{
	return __rdtsc();
}

/* Here the profiler begins and ends to count (tools/bench/run profile). */
__attribute__((noinline)) void bench_profile_begin(void)
{
	__asm__ volatile("");
}

__attribute__((noinline)) void bench_profile_end(void)
{
	__asm__ volatile("");
}

static long involuntary_switches(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_THREAD, &usage))
		vt_fatal("getrusage failed");
	return usage.ru_nivcsw;
}

static void print(double least, double spread, unsigned int repetitions, const char *name,
		  va_list args)
{
	vprintf(name, args);
	printf("\t%.3f\t%.2f\t%u\n", least, spread, repetitions);
	fflush(stdout);
}

static bool is_profiled(const char *format, va_list args)
{
	char name[128];

	vsnprintf(name, sizeof(name), format, args);
	return !strcmp(name, profiled);
}

void bench_measure(unsigned int turns, __u64 (*func)(void *arg, unsigned int turns), void *arg,
		   const char *name, ...)
{
	unsigned int wanted = quick ? 2 : REPETITIONS, counted = 0;
	double least = 0, most = 0;
	bool found;
	va_list args;

	if (profiled) {
		va_start(args, name);
		found = is_profiled(name, args);
		va_end(args);
		if (!found)
			return;
	}

	/* Once for what is done once: pages that are touched first, caches of the allocator. */
	func(arg, 1);
	if (profiled) {
		bench_profile_begin();
		func(arg, turns);
		bench_profile_end();
		printf("%s %u\n", profiled, turns);
		exit(0);
	}
	for (unsigned int i = 0; i < TRIES && counted < wanted; i++) {
		double value;
		long switches;

		/* Let others do now what they have to. */
		usleep(1000);
		switches = involuntary_switches();
		value = (double)func(arg, turns) / turns;
		if (involuntary_switches() != switches)
			continue;
		least = !counted || value < least ? value : least;
		most = !counted || value > most ? value : most;
		counted++;
	}

	va_start(args, name);
	if (counted < wanted) {
		vfprintf(stderr, name, args);
		fprintf(stderr, ": of %d repetitions only %u were undisturbed\n", TRIES, counted);
		exit(1);
	}
	print(least, most - least, counted, name, args);
	va_end(args);
}

void bench_value(double value, const char *name, ...)
{
	va_list args;

	if (profiled)
		return;
	va_start(args, name);
	print(value, 0, 1, name, args);
	va_end(args);
}
