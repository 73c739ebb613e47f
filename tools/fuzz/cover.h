/* SPDX-License-Identifier: MIT */
/*
 * Coverage of the module by KCOV: which points of it were passed, and in which order.
 */
#ifndef FUZZ_COVER_H
#define FUZZ_COVER_H

#include <stdbool.h>
#include <linux/types.h>

#define FZ_TEXT_SIZE	0x40000	/* bytes of code of the module, at most */
#define FZ_EDGES	0x10000	/* edges are told apart by hashes of this size */

/** struct fz_cover - a set of points and edges of the module */
struct fz_cover {
	__u64 points[FZ_TEXT_SIZE / 64];	/**< @points: By offset in the code. */
	__u64 edges[FZ_EDGES / 64];	/**< @edges: One point after another in one call, hashed. */
};

/**
 * fz_cover_init() - find KCOV and the module
 * @module: the file the module was loaded from
 *
 * Return: NULL, or why there is no coverage.
 */
const char *fz_cover_init(const char *module);
/** fz_cover_on() - whether there is coverage */
bool fz_cover_on(void);
/** fz_cover_total() - number of points in the module */
unsigned int fz_cover_total(void);
/** fz_cover_begin() - collect what this thread, one of FZ_THREADS, passes from now on */
void fz_cover_begin(unsigned int thread);
/** fz_cover_reset() - forget what was collected */
void fz_cover_reset(unsigned int thread);
/** fz_cover_collect() - add what was collected to a set */
void fz_cover_collect(unsigned int thread, struct fz_cover *cover);
/** fz_cover_result() - without coverage, let the result of a call stand in for an edge */
void fz_cover_result(unsigned int type, int result, struct fz_cover *cover);
/** fz_cover_end() - stop collecting */
void fz_cover_end(unsigned int thread);

/** fz_cover_news() - edges in @cover that @all lacks */
unsigned int fz_cover_news(const struct fz_cover *cover, const struct fz_cover *all);
/** fz_cover_add() - add a set to another */
void fz_cover_add(struct fz_cover *all, const struct fz_cover *cover);
/** fz_cover_points() - number of points in a set */
unsigned int fz_cover_points(const struct fz_cover *cover);
/** fz_cover_edges() - number of edges in a set */
unsigned int fz_cover_edges(const struct fz_cover *cover);

#endif
