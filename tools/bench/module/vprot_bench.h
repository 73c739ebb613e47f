/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module vprot_bench can do, for the program that measures: an ioctl on
 * vprot_bench/baseline in debugfs.
 */
#ifndef VPROT_BENCH_H
#define VPROT_BENCH_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * enum vprot_bench_what - what to do
 */
enum vprot_bench_what {
	/** @VPROT_BENCH_CIPHER: one request of ctr(aes) from the pages of @src to those of @dst */
	VPROT_BENCH_CIPHER,
	/** @VPROT_BENCH_COPY: memcpy() from the pages of @src to those of @dst */
	VPROT_BENCH_COPY,
	/** @VPROT_BENCH_SET_KEY: set the key of a cipher; needs no memory */
	VPROT_BENCH_SET_KEY,
};

/**
 * struct vprot_bench_baseline - argument of VPROT_BENCH_BASELINE
 */
struct vprot_bench_baseline {
	/** @src: In: dma-buf of the device that is read. */
	__s32 src;
	/** @dst: In: dma-buf of the device that is written. */
	__s32 dst;
	/** @size: In: bytes. */
	__u64 size;
	/** @what: In: one of &enum vprot_bench_what. */
	__u32 what;
	/** @turns: In: how often. */
	__u32 turns;
	/** @ticks: Out: of the time stamp counter, for all turns, without what prepares them. */
	__u64 ticks;
};

#define VPROT_BENCH_BASELINE	_IOWR('v', 0, struct vprot_bench_baseline)

#endif /* VPROT_BENCH_H */
