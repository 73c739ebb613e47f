/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_REDUCE_H
#define FUZZ_REDUCE_H

#include "program.h"

/**
 * fz_reduce() - make a program as small as it can be
 * @program: the program, for which @keep would return true; gets the small one
 * @keep: whether a smaller program still does what matters
 * @data: for @keep
 *
 * Takes calls out, then repetitions, threads and faults, then brings values back to the usual. What
 * is tried depends on nothing but the program and the answers of @keep.
 */
void fz_reduce(struct fz_program *program, bool (*keep)(const struct fz_program *, void *),
	       void *data);

#endif
