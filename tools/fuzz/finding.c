// SPDX-License-Identifier: MIT
/*
 * Findings, and how they are made small.
 *
 * A kernel that has reported a problem is of no more use, and some do not live on to say so. So
 * each verdict is written down before the next smaller program is tried: shrinking goes on in a new
 * machine where it was, and a program without a verdict is one that has ended its machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpus.h"
#include "finding.h"
#include "reduce.h"

#define TRIES	5	/* a race does not happen each time */

static const char * const outcomes[] = {
	[FZ_PASSED] = "passed",
	[FZ_VIOLATED] = "violation",
	[FZ_REPORTED] = "report",
	[FZ_HUNG] = "hang",
};

static bool write_text(const char *folder, const char *name, const char *text)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (!file || fprintf(file, "%s\n", text) < 0 || fflush(file) || fsync(fileno(file))) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		if (file)
			fclose(file);
		return false;
	}
	return !fclose(file);
}

bool fz_finding_save(const struct fz_program *program, const struct fz_result *result,
		     const char *out, char *folder, size_t size)
{
	char path[600], why[600];

	fz_corpus_path(program, "", path, sizeof(path));
	path[strlen(path) - strlen(".txt")] = 0;
	snprintf(folder, size, "%s/findings%s", out, path);
	if (mkdir(folder, 0755) && errno != EEXIST) {
		fprintf(stderr, "%s: %s\n", folder, strerror(errno));
		return false;
	}
	snprintf(path, sizeof(path), "%s/program.txt", folder);
	snprintf(why, sizeof(why), "%s: %s", outcomes[result->outcome], result->what);
	return fz_save(program, path) && write_text(folder, "why", why);
}

/* --- shrinking -------------------------------------------------------------------------------- */

struct shrinking {
	const char *folder;
	enum fz_outcome outcome;
	char *known;		/* verdicts from before */
	unsigned int num_known;
	unsigned int at;	/* how many verdicts were asked for */
	int log;
	bool restart;		/* the kernel is of no use any more */
};

static void note(struct shrinking *s, char verdict)
{
	/* At its place: what is appended over 9p can come to be there twice. */
	if (pwrite(s->log, &verdict, 1, s->at - 1) != 1 || fsync(s->log)) {
		perror("verdicts");
		exit(2);
	}
}

/* Whether a smaller program finds the same. */
static bool finds(const struct fz_program *program, void *data)
{
	struct shrinking *s = data;
	struct fz_result result = { .outcome = FZ_PASSED };
	bool same;

	if (s->restart)
		return false;
	if (s->at < s->num_known)
		return s->known[s->at++] == 'y';
	s->at++;
	for (int i = 0; i < TRIES && result.outcome == FZ_PASSED; i++)
		fz_exec(program, &result);
	s->restart = result.outcome >= FZ_REPORTED;
	/* A kernel that hangs or dies may get to report why, or not. */
	same = result.outcome == s->outcome ||
	       (result.outcome >= FZ_REPORTED && s->outcome >= FZ_REPORTED);
	note(s, same ? 'y' : 'n');
	if (same)
		printf("%u calls: %s\n", program->num, result.what);
	return same;
}

static void read_verdicts(struct shrinking *s, const char *path)
{
	struct stat stat_of;

	s->log = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->log < 0 || fstat(s->log, &stat_of)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		exit(2);
	}
	s->known = malloc(stat_of.st_size + 1);
	s->num_known = s->known ? pread(s->log, s->known, stat_of.st_size, 0) : 0;
}

static enum fz_outcome read_why(const char *folder, char *why, size_t size)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/why", folder);
	file = fopen(path, "r");
	if (!file || !fgets(why, size, file))
		snprintf(why, size, "hang: the machine did not live on");
	if (file)
		fclose(file);
	why[strcspn(why, "\n")] = 0;
	for (int i = FZ_VIOLATED; i <= FZ_HUNG; i++)
		if (!strncmp(why, outcomes[i], strlen(outcomes[i])))
			return i;
	return FZ_HUNG;
}

enum fz_shrinking fz_finding_shrink(const char *folder)
{
	struct shrinking s = { .folder = folder };
	char path[600], why[600];
	struct fz_program program;
	bool again;

	snprintf(path, sizeof(path), "%s/program.txt", folder);
	if (!fz_load(&program, path))
		exit(2);
	s.outcome = read_why(folder, why, sizeof(why));
	snprintf(path, sizeof(path), "%s/verdicts", folder);
	read_verdicts(&s, path);

	again = finds(&program, &s);
	if (again)
		fz_reduce(&program, finds, &s);
	close(s.log);
	free(s.known);
	if (s.restart)
		return FZ_RESTART;

	snprintf(path, sizeof(path), "%s/small.txt", folder);
	if (!fz_save(&program, path))
		exit(2);
	snprintf(path, sizeof(path), "%s/small.c", folder);
	if (fz_write_c(&program, why, path))
		exit(2);
	return again ? FZ_SHRUNK : FZ_NOT_AGAIN;
}
