// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the driver of the kernel that is running. `tools/bench/run` runs it in virtual machines.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const struct group {
	const char *name;
	void (*run)(void);
} groups[] = {
	{ "calls", bench_calls },
	{ "refresh", bench_refresh },
	{ "blits", bench_blits },
	{ "streams", bench_streams },
	{ "subsamples", bench_subsamples },
	{ "sizes", bench_sizes },
	{ "buffers", bench_buffers },
	{ "sessions", bench_sessions },
	{ "parallel", bench_parallel },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: bench [--quick] GROUP...\n\nGroups:");
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		fprintf(out, " %s", groups[i].name);
	fprintf(out, "\n");
}

static const struct group *find(const char *name)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!strcmp(groups[i].name, name))
			return &groups[i];
	usage(stderr);
	exit(2);
}

/* Before all others, and for as long as it takes. */
static void take_precedence(void)
{
	struct sched_param param = { .sched_priority = 1 };
	FILE *file = fopen("/proc/sys/kernel/sched_rt_runtime_us", "we");

	if (!file || fputs("-1", file) < 0 || fclose(file) ||
	    sched_setscheduler(0, SCHED_FIFO, &param))
		vt_fatal("no precedence before other processes: %m");
}

int main(int argc, char **argv)
{
	if (argc < 2 || !strcmp(argv[1], "--help")) {
		usage(argc < 2 ? stderr : stdout);
		return argc < 2 ? 2 : 0;
	}
	take_precedence();
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--quick")) {
			bench_set_quick();
		} else if (!strcmp(argv[i], "--profile") && i + 1 < argc) {
			bench_set_profiled(argv[++i]);
		} else {
			const struct group *group = find(argv[i]);

			fprintf(stderr, "  %s\n", group->name);
			group->run();
		}
	}
	return 0;
}
