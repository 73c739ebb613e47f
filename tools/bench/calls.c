// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of the kernel that those of the driver are compared with, refreshes, and what a client
 * would have to do without them.
 */
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <drm.h>

#include "bench.h"

#define TURNS	32

static __u64 null_ioctl(void *arg, unsigned int turns)
{
	struct drm_get_cap cap = { .capability = DRM_CAP_PRIME };
	int fd = *(int *)arg;
	__u64 begin = bench_ticks();

	for (unsigned int i = 0; i < turns; i++)
		if (ioctl(fd, DRM_IOCTL_GET_CAP, &cap))
			vt_fatal("GET_CAP failed: %m");
	return bench_ticks() - begin;
}

static __u64 getrandom_call(void *arg, unsigned int turns)
{
	__u8 random[16];
	__u64 begin = bench_ticks();

	for (unsigned int i = 0; i < turns; i++)
		if (syscall(SYS_getrandom, random, sizeof(random), 0) != sizeof(random))
			vt_fatal("getrandom failed: %m");
	return bench_ticks() - begin;
}

void bench_calls(void)
{
	struct bench b;

	bench_open(&b, 4 * KIB);
	bench_measure(TURNS, null_ioctl, &b.fd, "null-ioctl");
	bench_measure(TURNS, getrandom_call, NULL, "getrandom");
	bench_baseline(&b, VPROT_BENCH_SET_KEY, 0, TURNS, "set-key");
	bench_close(&b);
}

static __u64 refresh(const struct vt_session *s, unsigned int turns, bool count_start,
		     bool count_finish)
{
	__u8 nonce[VT_KEY];
	struct drm_vprot_start_session_key_refresh start = {
		.handle = s->handle, .size = VT_KEY, .nonce = (uintptr_t)nonce,
	};
	__u64 epoch;
	struct drm_vprot_finish_session_key_refresh finish = {
		.handle = s->handle, .epoch = (uintptr_t)&epoch,
	};
	__u64 sum = 0;

	for (unsigned int i = 0; i < turns; i++) {
		__u64 begin = bench_ticks(), between;

		if (ioctl(s->fd, DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH, &start))
			vt_fatal("a refresh cannot be started: %m");
		between = bench_ticks();
		if (ioctl(s->fd, DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH, &finish))
			vt_fatal("a refresh cannot be finished: %m");
		sum += (count_start ? between - begin : 0) +
		       (count_finish ? bench_ticks() - between : 0);
	}
	return sum;
}

static __u64 start_refresh(void *arg, unsigned int turns)
{
	return refresh(arg, turns, true, false);
}

static __u64 finish_refresh(void *arg, unsigned int turns)
{
	return refresh(arg, turns, false, true);
}

__u64 bench_run_refresh(void *arg, unsigned int turns)
{
	return refresh(arg, turns, true, true);
}

/* What a client needs for a session in place of its session; its own part is not counted. */
struct replaced {
	struct vt_session *s;
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
};

static __u64 replace(void *arg, unsigned int turns)
{
	struct replaced *replaced = arg;
	__u64 begin = bench_ticks();

	for (unsigned int i = 0; i < turns; i++) {
		int fd = replaced->s->fd;

		vt_session_destroy(replaced->s);
		vt_session_create(replaced->s, fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
		if (vt_send_blob(replaced->s, replaced->blob))
			vt_fatal("a key exchange failed");
	}
	return bench_ticks() - begin;
}

void bench_refresh(void)
{
	struct bench b;
	struct replaced replaced = { .s = &b.s };

	bench_open(&b, 4 * KIB);
	bench_measure(TURNS, start_refresh, &b.s, "start");
	bench_measure(TURNS, finish_refresh, &b.s, "finish");
	bench_measure(TURNS, bench_run_refresh, &b.s, "refresh");
	vt_key_exchange_blob(b.fd, b.wrapped, VT_KEY, replaced.blob);
	bench_measure(1, replace, &replaced, "new-session");
	bench_close(&b);
}
