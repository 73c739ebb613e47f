// SPDX-License-Identifier: GPL-2.0
/*
 * Protected contents are gone once their session has ended, or their buffer: all of the machine's
 * memory is read, the contents are found there before, and not afterwards.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "flight.h"
#include "module.h"
#include "scan.h"
#include "vprot_test.h"

#define SIZE	(64 << 10)
/* Neither source nor destination begins with a page, and only one of them with a block. */
#define OFFSET	8
#define CONTENT	(SIZE - 128)

/* Puts a mark into a buffer. */
static void load_mark(const struct vt_session *s, const struct vt_buffer *dst, unsigned int mark)
{
	struct vt_buffer clear;
	struct drm_vprot_blt blt = {
		.dst = dst->handle,
		.dst_offset = OFFSET,
		.size = CONTENT,
		.iv = { 0xaa, mark },
	};

	vt_clear(&clear, s->fd, SIZE);
	blt.src = clear.handle;
	vt_ctr(s->key, blt.iv, clear.map, CONTENT);
	vt_mark(mark, clear.map, CONTENT);
	if (vt_decrypt_blt(s, &blt))
		vt_fatal("mark %u was not decrypted", mark);
	vt_buffer_close(&clear);
}

/* Which marks are found, one bit for each, with at least this many bytes. */
static unsigned int marks_found(__u64 bytes)
{
	__u64 found[VT_MARKS];
	unsigned int marks = 0;

	vt_scan(found);
	for (int i = 0; i < VT_MARKS; i++)
		marks |= (found[i] >= bytes) << i;
	return marks;
}

/* A session of a file of its own, with marked contents. */
struct owner {
	struct vt_session s;
	struct vt_buffer secret;
};

static void own(struct owner *owner, unsigned int mark)
{
	vt_session_open(&owner->s, vt_open(), 0);
	vt_protected(&owner->secret, owner->s.fd, SIZE);
	load_mark(&owner->s, &owner->secret, mark);
}

/* Another process: it has this file descriptor, which it takes over, and does nothing with it. */
static pid_t move_elsewhere(int fd)
{
	pid_t process = fork();

	if (!process) {
		dup2(fd, 3);
		close_range(4, ~0u, 0);
		for (;;)
			pause();
	}
	close(fd);
	return process;
}

static void end_process(pid_t process)
{
	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
}

/* The buffers stay, but for one: others hold them. It is the driver that wipes, no allocator. */
TEST(session_ends)
{
	enum { ALIVE, DESTROYED, CLOSED, KILLED, FREED, MARKS };
	struct owner owners[MARKS];
	pid_t holder, process;
	int kept;

	for (int i = 0; i < MARKS; i++)
		own(&owners[i], i);
	holder = move_elsewhere(vt_export(&owners[CLOSED].secret));
	kept = vt_export(&owners[KILLED].secret);
	process = move_elsewhere(owners[KILLED].s.fd);

	EXPECT_EQ((1 << MARKS) - 1, marks_found(CONTENT));

	vt_session_destroy(&owners[DESTROYED].s);
	close(owners[CLOSED].s.fd);
	end_process(process);
	vt_buffer_close(&owners[FREED].secret);

	/* What has not ended is still there. */
	EXPECT_EQ(1 << ALIVE, marks_found(1));
	end_process(holder);
	close(kept);
}

/* --- with blits in flight --------------------------------------------------------------------- */

#define BLTS	512

/* A job that decrypts the same mark again and again, and takes long. */
struct job {
	struct owner owner;
	struct vt_buffer clear;
	struct drm_vprot_blt blts[BLTS];
	int error;
	bool returned;
};

static void *run_job(void *arg)
{
	struct job *job = arg;

	job->error = vt_submit_array(&job->owner.s, DRM_IOCTL_VPROT_DECRYPTION_BLT, job->blts,
				     BLTS);
	__atomic_store_n(&job->returned, true, __ATOMIC_RELEASE);
	return NULL;
}

/* In memory that processes share. */
static struct job *prepare_job(unsigned int mark)
{
	struct job *job = mmap(NULL, sizeof(*job), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (job == MAP_FAILED)
		vt_fatal("mmap: %s", strerror(errno));
	own(&job->owner, mark);
	vt_clear(&job->clear, job->owner.s.fd, SIZE);
	job->blts[0] = (struct drm_vprot_blt){
		.src = job->clear.handle,
		.dst = job->owner.secret.handle,
		.dst_offset = OFFSET,
		.size = CONTENT,
		.iv = { 0xbb, mark },
	};
	for (int i = 1; i < BLTS; i++)
		job->blts[i] = job->blts[0];
	vt_ctr(job->owner.s.key, job->blts[0].iv, job->clear.map, CONTENT);
	vt_mark(mark, job->clear.map, CONTENT);
	/* A mapping would keep the file open. */
	munmap(job->clear.map, SIZE);
	return job;
}

static void await_flight(const struct job *job)
{
	while (!vt_in_flight(&job->owner.s) && !__atomic_load_n(&job->returned, __ATOMIC_ACQUIRE))
		sched_yield();
	if (__atomic_load_n(&job->returned, __ATOMIC_ACQUIRE))
		vt_fatal("the job has already returned: %s", strerror(-job->error));
}

TEST(blits_in_flight)
{
	enum { DESTROYED, KILLED, UNBOUND, MARKS };
	struct job *jobs[MARKS];
	pthread_t threads[MARKS];
	int kept[MARKS];
	pid_t process;

	for (int i = 0; i < MARKS; i++) {
		jobs[i] = prepare_job(i);
		kept[i] = vt_export(&jobs[i]->owner.secret);
	}
	EXPECT_EQ((1 << MARKS) - 1, marks_found(CONTENT));

	ASSERT_EQ(0, pthread_create(&threads[DESTROYED], NULL, run_job, jobs[DESTROYED]));
	await_flight(jobs[DESTROYED]);
	vt_session_destroy(&jobs[DESTROYED]->owner.s);
	pthread_join(threads[DESTROYED], NULL);
	EXPECT_EQ(0, jobs[DESTROYED]->error);

	process = fork();
	if (!process) {
		run_job(jobs[KILLED]);
		_exit(0);
	}
	close(jobs[KILLED]->owner.s.fd);
	await_flight(jobs[KILLED]);
	end_process(process);
	EXPECT_FALSE(jobs[KILLED]->returned);

	ASSERT_EQ(0, pthread_create(&threads[UNBOUND], NULL, run_job, jobs[UNBOUND]));
	await_flight(jobs[UNBOUND]);
	ASSERT_EQ(0, vt_driver_unbind());
	pthread_join(threads[UNBOUND], NULL);
	EXPECT_EQ(-EKEYREVOKED, jobs[UNBOUND]->error);

	EXPECT_EQ(0, marks_found(1));
	ASSERT_EQ(0, vt_driver_bind());
	for (int i = 0; i < MARKS; i++)
		close(kept[i]);
}

TEST_HARNESS_MAIN
