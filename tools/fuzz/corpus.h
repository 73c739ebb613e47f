/* SPDX-License-Identifier: MIT */
/*
 * The corpus: programs that each cover something no other one covers.
 */
#ifndef FUZZ_CORPUS_H
#define FUZZ_CORPUS_H

#include "cover.h"
#include "exec.h"
#include "program.h"

/** struct fz_corpus - programs, and what they cover together */
struct fz_corpus {
	struct fz_program *programs;	/**< @programs: The programs. */
	unsigned int num;		/**< @num: Elements in @programs. */
	struct fz_cover cover;		/**< @cover: What they cover. */
	bool (*over)(void *data);	/**< @over: Whether time is up for offers; NULL: never. */
	void *data;			/**< @data: For @over. */
};

/** fz_corpus_load() - add the programs of a file or folder; false when one of them is none */
bool fz_corpus_load(struct fz_corpus *corpus, const char *path);
/** fz_corpus_add() - add a program; gives it a copy */
void fz_corpus_add(struct fz_corpus *corpus, const struct fz_program *program);
/**
 * fz_corpus_offer() - add a program that covers something new, made small, and save it
 * @corpus: the corpus
 * @program: the program; gets the small one
 * @cover: what it has covered
 * @folder: where to save it
 * @result: gets what came of the last run: not FZ_PASSED if that run found something, in @program
 *
 * Return: whether it was added.
 */
bool fz_corpus_offer(struct fz_corpus *corpus, struct fz_program *program,
		     const struct fz_cover *cover, const char *folder, struct fz_result *result);
/** fz_corpus_path() - where a program is saved: a name that tells what it does and is its own */
void fz_corpus_path(const struct fz_program *program, const char *folder, char *path, size_t size);
/** fz_paths() - the programs in a file or folder, by name; ended by NULL, or NULL */
char **fz_paths(const char *path);

#endif
