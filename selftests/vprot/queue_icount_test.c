// SPDX-License-Identifier: GPL-2.0
/*
 * What it takes to queue a blit does not depend on how many are queued. Needs a virtual machine
 * whose clock counts instructions (tools/vm/run --icount).
 */
#include <stdlib.h>
#include <time.h>

#include "kselftest_harness.h"
#include "queue.h"

/* While the machine waits for its disk, its clock leaps from timer to timer. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	1000000

#define COUNT	1000
#define SOME	100

static __u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const __u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Of so many: now and then the kernel does something else in between. */
static __u64 median(__u64 *values)
{
	qsort(values, SOME, sizeof(*values), compare);
	return values[SOME / 2];
}

TEST(the_thousandth_is_like_the_first)
{
	static __u64 taken[COUNT];
	struct drm_vprot_blt_result result;
	struct vt_stage stage;
	__u64 first, last;

	vt_stage_open(&stage, 65536);
	for (int i = 0; i < COUNT; i++) {
		struct drm_vprot_blt in = vt_stage_blit(&stage, &stage.secret, i);
		struct drm_vprot_blt out = { .src = stage.secret.handle, .dst = stage.clear.handle,
					     .size = 64, .result = (uintptr_t)&result };
		__u64 begin = now();

		in.size = 64;
		if (vt_queue_blt(&stage.s, DECRYPT, &in, stage.gate.syncobj, stage.done) ||
		    vt_queue_blt(&stage.s, ENCRYPT, &out, 0, stage.done))
			vt_fatal("a blit was refused");
		taken[i] = now() - begin;
	}
	ASSERT_EQ(-ETIME, vt_syncobj_wait(stage.fd, stage.done, 0, 0));
	vt_gate_open(&stage.gate);
	ASSERT_EQ(0, vt_syncobj_result(stage.fd, stage.done));

	first = median(taken);
	last = median(taken + COUNT - SOME);
	printf("# a decryption and an encryption: %llu instructions, behind %d: %llu\n", first,
	       2 * COUNT, last);
	EXPECT_LE(last * 100, first * 105);
	vt_stage_close(&stage);
}

TEST_HARNESS_MAIN
