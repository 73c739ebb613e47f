/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Measuring what the driver takes. The program prints one line for each figure:
 *
 *   NAME <tab> MINIMUM <tab> SPREAD <tab> REPETITIONS
 *
 * in ticks of the time stamp counter, which are instructions in a virtual machine that counts them
 * (tools/vm/run --icount). Names have parts that are separated by '/'.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <linux/types.h>

#include "vprot_bench.h"
#include "vprot_test.h"

#define KIB	1024ull
#define MIB	(1024 * KIB)

/* --- measuring -------------------------------------------------------------------------------- */

/** bench_set_quick() - few repetitions, to see that all works */
void bench_set_quick(void);
/** bench_is_quick() - whether that was called */
bool bench_is_quick(void);
/** bench_set_profiled() - measure nothing but the figure of this name, once, for the profiler */
void bench_set_profiled(const char *name);
/** bench_ticks() - the time stamp counter */
__u64 bench_ticks(void);

/**
 * bench_measure() - measure one thing
 * @turns: How often it is done in each repetition.
 * @func: Does it @turns times and returns the ticks that this took.
 * @arg: For @func.
 * @name: As for printf(): the name of the figure, ticks for one turn.
 *
 * A repetition in which the process was interrupted for another one does not count.
 */
void bench_measure(unsigned int turns, __u64 (*func)(void *arg, unsigned int turns), void *arg,
		   const char *name, ...) __attribute__((format(printf, 4, 5)));
/** bench_value() - print a figure that is no measured time */
void bench_value(double value, const char *name, ...) __attribute__((format(printf, 2, 3)));

/* --- what is measured ------------------------------------------------------------------------- */

/**
 * struct bench - what the measurements share
 */
struct bench {
	int fd;				/**< @fd: An open file of the device. */
	struct vt_session s;		/**< @s: A session with all keys. */
	__u8 wrapped[VT_KEY];		/**< @wrapped: A wrapped content key. */
	struct vt_buffer clear;		/**< @clear: A clear buffer of the largest size. */
	struct vt_buffer other;		/**< @other: Another one. */
	struct vt_buffer secret;	/**< @secret: A protected one. */
};

/** bench_open() - with buffers of so many bytes */
void bench_open(struct bench *b, __u64 size);
/** bench_close() - give back what bench_open() has made */
void bench_close(struct bench *b);

/**
 * struct bench_blits - decryption blits in one call, to be measured
 */
struct bench_blits {
	const struct vt_session *s;			/**< @s: The session. */
	struct drm_vprot_blt *blts;			/**< @blts: The blits. */
	unsigned int num;				/**< @num: Elements in @blts. */
};

/** bench_blit() - a decryption from @b->clear to @b->secret, under the content key */
struct drm_vprot_blt bench_blit(const struct bench *b, __u64 size);
/** bench_run_blits() - for bench_measure(), with a struct bench_blits */
__u64 bench_run_blits(void *arg, unsigned int turns);
/** bench_run_refresh() - for bench_measure(): Start and Finish, with a struct vt_session */
__u64 bench_run_refresh(void *arg, unsigned int turns);
/** bench_baseline() - measure the kernel's own cipher, or another baseline of its module */
void bench_baseline(const struct bench *b, __u32 what, __u64 size, unsigned int turns,
		    const char *name);

struct bench_baseline;

/** bench_baseline_open() - one of VPROT_BENCH_*, on the pages of @b->clear and @b->other */
struct bench_baseline *bench_baseline_open(const struct bench *b, __u32 what, __u64 size);
/** bench_run_baseline() - for bench_measure(), with a struct bench_baseline */
__u64 bench_run_baseline(void *arg, unsigned int turns);
/** bench_baseline_close() - give it back */
void bench_baseline_close(struct bench_baseline *baseline);

/** bench_calls() - system calls and a key: what calls of the driver are compared with */
void bench_calls(void);
/** bench_refresh() - refreshes, and what would have to be done without them */
void bench_refresh(void);
/** bench_blits() - blits of some sizes, and other ways to decrypt as much */
void bench_blits(void);
/** bench_streams() - blits with refreshes in between */
void bench_streams(void);
/** bench_subsamples() - blits with subsamples */
void bench_subsamples(void);
/** bench_sizes() - blits of all sizes */
void bench_sizes(void);
/** bench_sessions() - with more and more sessions */
void bench_sessions(void);
/** bench_buffers() - with more and more buffers */
void bench_buffers(void);
/** bench_parallel() - several threads, in time: for a machine with two processors */
void bench_parallel(void);

#endif
