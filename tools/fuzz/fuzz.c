// SPDX-License-Identifier: MIT
/*
 * Fuzzing: change programs, run them, keep those that cover something new.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "corpus.h"
#include "finding.h"
#include "fuzz.h"
#include "mutate.h"

#define PROGRESS	5	/* seconds between two lines */

struct run {
	const struct fz_fuzz *fuzz;
	struct fz_corpus corpus;
	time_t began;
	time_t told;
	__u64 programs;
	__u64 calls;
	__u64 succeeded;
	__u64 faults;
	__u64 crashes;
	unsigned int findings;
	bool restart;
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void tell(struct run *r, bool last)
{
	time_t seconds = now() - r->began;

	if (!last && now() - r->told < PROGRESS)
		return;
	r->told = now();
	printf("%3ld:%02ld  %llu programs, %llu/s, %llu calls, %llu%% succeed, %llu faults, %llu crashes; corpus %u, ",
	       (long)seconds / 60, (long)seconds % 60, r->programs,
	       r->programs / (seconds ? seconds : 1), r->calls,
	       r->calls ? 100 * r->succeeded / r->calls : 0, r->faults, r->crashes,
	       r->corpus.num);
	if (fz_cover_on())
		printf("%u of %u points, %u edges; ", fz_cover_points(&r->corpus.cover),
		       fz_cover_total(), fz_cover_edges(&r->corpus.cover));
	else
		printf("%u results; ", fz_cover_edges(&r->corpus.cover));
	printf("%u findings\n", r->findings);
}

static void found(struct run *r, const struct fz_program *program, const struct fz_result *result)
{
	char folder[600];

	r->findings++;
	printf("FOUND %s\n", result->what);
	if (fz_finding_save(program, result, r->fuzz->out, folder, sizeof(folder)))
		printf("      %s\n", folder);
	r->restart = result->outcome == FZ_REPORTED || result->outcome == FZ_HUNG;
	if (!r->restart)
		fz_finding_shrink(folder);
}

/*
 * Should the machine not live on, this file tells what it was. Written around the cache it is with
 * the host at once, without the wait for its disk.
 */
static void remember(struct run *r, const struct fz_program *program)
{
	static char text[FZ_TEXT] __attribute__((aligned(4096)));
	static int fd = -1;
	char path[600];
	size_t length;

	if (fd < 0) {
		snprintf(path, sizeof(path), "%s/last.txt", r->fuzz->out);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_DIRECT | O_CLOEXEC, 0644);
	}
	fz_print(program, text);
	length = strlen(text);
	memset(text + length, '\n', sizeof(text) - length);
	if (pwrite(fd, text, sizeof(text), 0) != sizeof(text)) {
		perror("last.txt");
		exit(2);
	}
}

static void run(struct run *r, struct fz_program *program)
{
	const struct fz_shared *shared;
	struct fz_result result;
	char folder[600];

	remember(r, program);
	shared = fz_exec(program, &result);
	r->programs++;
	r->calls += shared->calls;
	r->succeeded += shared->succeeded;
	r->faults += shared->injected;
	r->crashes += shared->crashed;
	if (result.outcome == FZ_PASSED && fz_cover_news(&shared->cover, &r->corpus.cover)) {
		struct fz_cover cover = shared->cover;

		snprintf(folder, sizeof(folder), "%s/corpus", r->fuzz->out);
		fz_corpus_offer(&r->corpus, program, &cover, folder, &result);
	}
	if (result.outcome != FZ_PASSED)
		found(r, program, &result);
	tell(r, false);
}

static void next(struct run *r, struct fz_program *program)
{
	const struct fz_program *other;

	if (!r->corpus.num || !fz_random(10)) {
		fz_generate(program);
		return;
	}
	other = &r->corpus.programs[fz_random(r->corpus.num)];
	*program = r->corpus.programs[fz_random(r->corpus.num)];
	fz_mutate(program, other);
}

static bool over(void *data)
{
	const struct run *r = data;

	return now() - r->began >= r->fuzz->seconds;
}

static bool goes_on(struct run *r)
{
	return !r->restart && !over(r) && r->programs < r->fuzz->programs;
}

static bool make_folders(const char *out)
{
	static const char * const names[] = { "", "/corpus", "/findings" };
	char path[600];

	for (int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", out, names[i]);
		if (mkdir(path, 0755) && errno != EEXIST) {
			perror(path);
			return false;
		}
	}
	return true;
}

int fz_fuzz(const struct fz_fuzz *fuzz, char **paths)
{
	struct run r = { .fuzz = fuzz, .began = now() };
	struct fz_program program;
	unsigned int num;

	if (!make_folders(fuzz->out))
		return 2;
	printf("seed %llu\n", fuzz->seed);
	fz_seed(fuzz->seed);
	r.corpus.over = over;
	r.corpus.data = &r;
	for (int i = 0; paths[i]; i++)
		if (!fz_corpus_load(&r.corpus, paths[i]))
			return 2;
	num = r.corpus.num;
	for (unsigned int i = 0; i < num && goes_on(&r); i++) {
		struct fz_result result;

		remember(&r, &r.corpus.programs[i]);
		fz_cover_add(&r.corpus.cover, &fz_exec(&r.corpus.programs[i], &result)->cover);
		if (result.outcome != FZ_PASSED)
			found(&r, &r.corpus.programs[i], &result);
		tell(&r, false);
	}
	while (goes_on(&r)) {
		next(&r, &program);
		run(&r, &program);
	}
	tell(&r, true);
	free(r.corpus.programs);
	return r.restart ? 3 : r.findings ? 1 : 0;
}
