/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <linux/types.h>

/** struct fz_fuzz - what is asked for */
struct fz_fuzz {
	const char *out;	/**< @out: Folder for what comes of it. */
	__u64 seconds;		/**< @seconds: For how long. */
	__u64 programs;		/**< @programs: How many programs, at most. */
	__u64 seed;		/**< @seed: Begin of the random numbers. */
};

/** fz_fuzz() - fuzz, from the programs in @paths on; returns the exit status */
int fz_fuzz(const struct fz_fuzz *fuzz, char **paths);

#endif
