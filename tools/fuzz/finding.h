/* SPDX-License-Identifier: MIT */
/*
 * Findings: each has a folder with
 *	program.txt	the program that was running
 *	why		what was found, in one line
 *	small.txt	the program made small
 *	small.c		the same in C
 *	verdicts	which of the smaller programs find the same; shrinking goes on from here
 */
#ifndef FUZZ_FINDING_H
#define FUZZ_FINDING_H

#include "exec.h"
#include "program.h"

/** enum fz_shrinking - where shrinking stands */
enum fz_shrinking {
	FZ_SHRUNK,	/**< @FZ_SHRUNK: Done. */
	FZ_RESTART,	/**< @FZ_RESTART: The kernel is of no use any more; go on in a new one. */
	FZ_NOT_AGAIN,	/**< @FZ_NOT_AGAIN: The program does not find it again. */
};

/** fz_finding_save() - make a finding's folder below @out; @folder gets its path */
bool fz_finding_save(const struct fz_program *program, const struct fz_result *result,
		     const char *out, char *folder, size_t size);
/** fz_finding_shrink() - make a finding's program small, or go on with it */
enum fz_shrinking fz_finding_shrink(const char *folder);
/** fz_write_c() - write a program in C; @why is a comment for its head. 0 or a negative errno */
int fz_write_c(const struct fz_program *program, const char *why, const char *path);

#endif
