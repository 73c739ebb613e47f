// SPDX-License-Identifier: MIT
/*
 * The corpus.
 */
#include <errno.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "corpus.h"
#include "reduce.h"

#define CONFIRMATIONS	2	/* runs that must cover the same again */
#define MAX_TRIES	80	/* smaller programs that are tried */

static void *must_realloc(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory) {
		fprintf(stderr, "vprot-fuzz: no memory for %zu bytes\n", size);
		exit(2);
	}
	return memory;
}

/* --- files ------------------------------------------------------------------------------------ */

static int is_program(const struct dirent *entry)
{
	const char *end = strrchr(entry->d_name, '.');

	return end && !strcmp(end, ".txt");
}

char **fz_paths(const char *path)
{
	struct dirent **entries;
	struct stat stat_of;
	char **paths;
	int num;

	if (stat(path, &stat_of)) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return NULL;
	}
	if (!S_ISDIR(stat_of.st_mode)) {
		paths = must_realloc(NULL, 2 * sizeof(*paths));
		paths[0] = strdup(path);
		paths[1] = NULL;
		return paths;
	}
	num = scandir(path, &entries, is_program, alphasort);
	if (num < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return NULL;
	}
	paths = must_realloc(NULL, (num + 1) * sizeof(*paths));
	for (int i = 0; i < num; i++) {
		size_t size = strlen(path) + strlen(entries[i]->d_name) + 2;

		paths[i] = must_realloc(NULL, size);
		snprintf(paths[i], size, "%s/%s", path, entries[i]->d_name);
		free(entries[i]);
	}
	paths[num] = NULL;
	free(entries);
	return paths;
}

bool fz_corpus_load(struct fz_corpus *corpus, const char *path)
{
	char **paths = fz_paths(path);
	bool good = paths;

	for (int i = 0; paths && paths[i]; i++) {
		struct fz_program program;

		if (fz_load(&program, paths[i]))
			fz_corpus_add(corpus, &program);
		else
			good = false;
		free(paths[i]);
	}
	free(paths);
	return good;
}

void fz_corpus_path(const struct fz_program *program, const char *folder, char *path, size_t size)
{
	const char *name = "nothing";
	char text[FZ_TEXT];
	__u32 hash = 2166136261;
	int weight = 1000;

	/* The rarest call says most. */
	for (unsigned int i = 0; i < program->num; i++) {
		if (program->calls[i].type->weight > weight)
			continue;
		weight = program->calls[i].type->weight;
		name = program->calls[i].type->name;
	}
	fz_print(program, text);
	for (const char *at = text; *at; at++)
		hash = (hash ^ (__u8)*at) * 16777619;
	snprintf(path, size, "%s/%s-%08x.txt", folder, name, hash);
}

/* --- programs --------------------------------------------------------------------------------- */

void fz_corpus_add(struct fz_corpus *corpus, const struct fz_program *program)
{
	/* Room doubles. */
	if (!(corpus->num & (corpus->num - 1))) {
		size_t room = corpus->num ? 2 * corpus->num : 1;

		corpus->programs = must_realloc(corpus->programs, room * sizeof(*program));
	}
	corpus->programs[corpus->num++] = *program;
}

struct wanted {
	struct fz_corpus *corpus;
	unsigned int tries;
	__u64 edges[FZ_EDGES / 64];
	struct fz_program found;
	struct fz_result *result;
};

/* Whether a program covers all that is wanted. Once something is found nothing more is tried. */
static bool covers(const struct fz_program *program, void *data)
{
	struct wanted *wanted = data;
	const struct fz_shared *shared;

	if (wanted->result->outcome != FZ_PASSED || wanted->tries++ >= MAX_TRIES ||
	    (wanted->corpus->over && wanted->corpus->over(wanted->corpus->data)))
		return false;
	shared = fz_exec(program, wanted->result);
	if (wanted->result->outcome != FZ_PASSED) {
		wanted->found = *program;
		return false;
	}
	for (int i = 0; i < FZ_EDGES / 64; i++)
		if (wanted->edges[i] & ~shared->cover.edges[i])
			return false;
	return true;
}

bool fz_corpus_offer(struct fz_corpus *corpus, struct fz_program *program,
		     const struct fz_cover *cover, const char *folder, struct fz_result *result)
{
	struct fz_cover all = *cover;
	struct wanted wanted = { .corpus = corpus, .result = result };
	char path[512];
	__u64 any = 0;

	for (int i = 0; i < FZ_EDGES / 64; i++)
		wanted.edges[i] = cover->edges[i] & ~corpus->cover.edges[i];
	/* What is covered by chance alone makes no corpus that covers the same tomorrow. */
	for (int i = 0; i < CONFIRMATIONS; i++) {
		const struct fz_shared *shared = fz_exec(program, result);

		if (result->outcome != FZ_PASSED)
			return false;
		fz_cover_add(&all, &shared->cover);
		for (int j = 0; j < FZ_EDGES / 64; j++)
			wanted.edges[j] &= shared->cover.edges[j];
	}
	fz_cover_add(&corpus->cover, &all);
	for (int i = 0; i < FZ_EDGES / 64; i++)
		any |= wanted.edges[i];
	if (!any)
		return false;

	fz_reduce(program, covers, &wanted);
	if (result->outcome != FZ_PASSED) {
		*program = wanted.found;
		return false;
	}
	fz_corpus_add(corpus, program);
	fz_corpus_path(program, folder, path, sizeof(path));
	return fz_save(program, path);
}
