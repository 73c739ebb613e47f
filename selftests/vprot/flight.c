// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "debugfs.h"
#include "flight.h"

static void *run(void *arg)
{
	struct vt_flight *f = arg;
	struct drm_vprot_blt *blts = calloc(f->count, sizeof(*blts));

	if (!blts)
		vt_fatal("no memory for %u blits", f->count);
	for (__u32 i = 0; i < f->count; i++) {
		blts[i].src = f->clear.handle;
		blts[i].dst = f->secret.handle;
		blts[i].size = f->size;
	}
	blts[0].result = (uintptr_t)&f->shared->result;
	f->shared->error = vt_submit_array(&f->session, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts,
					   f->count);
	__atomic_store_n(&f->shared->done, true, __ATOMIC_RELEASE);
	free(blts);
	return NULL;
}

__u32 vt_in_flight(const struct vt_session *s)
{
	struct vt_listed listed[64];
	size_t count = vt_sessions_of(0, listed, 64);
	__u32 jobs = 0;

	for (size_t i = 0; i < count && i < 64; i++)
		if (listed[i].handle == s->handle)
			jobs += listed[i].in_flight;
	return jobs;
}

static void prepare(struct vt_flight *f, const struct vt_session *s, __u32 count, __u64 size)
{
	*f = (struct vt_flight){
		.session = *s,
		.count = count,
		.size = size,
		.others = vt_in_flight(s),
	};
	vt_clear(&f->clear, s->fd, size);
	/* Mapped, it would keep the file open. */
	munmap(f->clear.map, f->clear.size);
	f->clear.map = NULL;
	vt_protected(&f->secret, s->fd, size);
	f->dmabuf = vt_export(&f->secret);
	f->shared = mmap(NULL, sizeof(*f->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f->shared == MAP_FAILED)
		vt_fatal("mmap: %s", strerror(errno));
}

/* Its result is written before it is accepted, which the driver's list of sessions shows. */
static void await_take_off(struct vt_flight *f)
{
	while (!__atomic_load_n(&f->shared->result.epoch, __ATOMIC_ACQUIRE) ||
	       vt_in_flight(&f->session) <= f->others) {
		if (vt_flight_done(f) && !f->shared->error)
			return;
		if (vt_flight_done(f))
			vt_fatal("a job of %u blits was refused: %s", f->count,
				 strerror(-f->shared->error));
		sched_yield();
	}
}

static void begin_process(struct vt_flight *f)
{
	f->process = fork();
	if (f->process < 0)
		vt_fatal("fork: %s", strerror(errno));
	if (!f->process) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run(f);
		_exit(0);
	}
}

void vt_flight_of(struct vt_flight *f, const struct vt_session *s, __u32 count, __u64 size,
		  bool by_process)
{
	prepare(f, s, count, size);
	if (by_process)
		begin_process(f);
	else if (pthread_create(&f->thread, NULL, run, f))
		vt_fatal("no thread");
	await_take_off(f);
}

void vt_flight_by_thread(struct vt_flight *f, const struct vt_session *s, __u32 count)
{
	vt_flight_of(f, s, count, VT_FLIGHT_BLT, false);
}

void vt_flight_by_process(struct vt_flight *f, const struct vt_session *s, __u32 count)
{
	vt_flight_of(f, s, count, VT_FLIGHT_BLT, true);
}

bool vt_flight_done(const struct vt_flight *f)
{
	return __atomic_load_n(&f->shared->done, __ATOMIC_ACQUIRE);
}

int vt_flight_end(struct vt_flight *f)
{
	int error;

	if (f->thread)
		pthread_join(f->thread, NULL);
	else
		waitpid(f->process, NULL, 0);
	error = f->shared->error;
	munmap(f->shared, sizeof(*f->shared));
	f->shared = NULL;
	return error;
}

void vt_flight_kill(struct vt_flight *f)
{
	kill(f->process, SIGKILL);
	vt_flight_end(f);
}
