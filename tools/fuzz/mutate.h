/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "program.h"

/** fz_random() - a random number below @below; the same after the same seed */
__u64 fz_random(__u64 below);
/** fz_seed() - begin a sequence of random numbers */
void fz_seed(__u64 seed);
/** fz_generate() - a new program */
void fz_generate(struct fz_program *program);
/** fz_mutate() - change a program; @other is one to take calls from */
void fz_mutate(struct fz_program *program, const struct fz_program *other);

#endif
