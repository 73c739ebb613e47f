// SPDX-License-Identifier: GPL-2.0
/*
 * Moments between two steps of the driver, and what others find in them. All threads share one
 * processor, and the order of their real-time priorities is strict: what wakes the test stops a
 * thread that is held, inside of the driver, until the test sleeps again. So nothing is left to
 * luck.
 *
 * The kernel has to be preemptible, and none of the test's memory may have to be fetched.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "module.h"
#include "scan.h"
#include "vprot_test.h"

/* A trace of our own, beside which others may trace what they like. */
#define TRACE	"/sys/kernel/tracing/instances/vprot-moment"
#define PREEMPT	"/sys/kernel/debug/sched/preempt"

/* One that is held goes on when the test sleeps; one that passes does so until it sleeps itself. */
enum { HELD = 1, TEST, PASSING };

/* How preemptible the kernel was before; empty when that cannot be changed. */
static char preempt_before[16];

/* Of "none (voluntary) full" it is the one in brackets. */
__attribute__((constructor)) static void read_preempt(void)
{
	FILE *file = fopen(PREEMPT, "re");
	char mode[16];

	while (file && fscanf(file, "%15s", mode) == 1)
		sscanf(mode, "(%15[a-z])", preempt_before);
	if (file)
		fclose(file);
}

/* When all tests have ended; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	if (*preempt_before)
		vt_write_file(PREEMPT, preempt_before);
	rmdir(TRACE);
}

static void become(int priority)
{
	struct sched_param param = { .sched_priority = priority };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) || sched_setscheduler(0, SCHED_FIFO, &param))
		vt_fatal("priority %d: %s", priority, strerror(errno));
}

/* --- threads ---------------------------------------------------------------------------------- */

/* An ioctl or, if there is one, a function: in a thread of its own. */
struct call {
	const char *name;
	void (*func)(void);
	int fd;
	unsigned long request;
	void *arg;

	int priority;
	pthread_t thread;
	sem_t ready, go;
	int result;
	bool done;
};

#define CALL(ioctl, argument) { \
	.name = #ioctl, .fd = self->fd, .request = DRM_IOCTL_VPROT_##ioctl, .arg = (argument) }

static void *make_call(void *data)
{
	struct call *call = data;

	become(call->priority);
	sem_post(&call->ready);
	sem_wait(&call->go);
	if (call->func)
		call->func();
	else
		call->result = vt_ioctl(call->fd, call->request, call->arg);
	__atomic_store_n(&call->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Returns when the thread has only to be let go. */
static void prepare(struct call *call, int priority)
{
	call->priority = priority;
	sem_init(&call->ready, 0, 0);
	sem_init(&call->go, 0, 0);
	if (pthread_create(&call->thread, NULL, make_call, call))
		vt_fatal("no thread");
	sem_wait(&call->ready);
}

static bool is_done(const struct call *call)
{
	return __atomic_load_n(&call->done, __ATOMIC_ACQUIRE);
}

static int end(struct call *call)
{
	pthread_join(call->thread, NULL);
	return call->result;
}

/* --- holding ---------------------------------------------------------------------------------- */

FIXTURE(moment) {
	int fd;
	struct vt_session s;
	int trace;
};

FIXTURE_SETUP(moment)
{
	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
	if (*preempt_before)
		vt_write_file(PREEMPT, "full");
	if (mkdir(TRACE, 0700) && errno != EEXIST)
		vt_fatal(TRACE ": %s", strerror(errno));
	self->trace = open(TRACE "/trace_pipe", O_RDONLY | O_CLOEXEC);
	if (self->trace < 0)
		vt_fatal(TRACE "/trace_pipe: %s", strerror(errno));
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		vt_fatal("mlockall: %s", strerror(errno));
	become(TEST);
}

FIXTURE_TEARDOWN(moment)
{
	close(self->trace);
	rmdir(TRACE);
}

/* Let a thread go until it comes to an event of the driver's, which wakes the test. */
static void hold(FIXTURE_DATA(moment) * self, struct call *call, const char *event)
{
	char name[128], text[4096];

	snprintf(name, sizeof(name), TRACE "/events/vprot/%s/enable", event);
	vt_write_file(name, "1");
	prepare(call, HELD);
	sem_post(&call->go);
	if (read(self->trace, text, sizeof(text)) <= 0)
		vt_fatal("no event: %s", strerror(errno));
	if (is_done(call))
		vt_fatal("%s was not held, and returned %d", call->name, call->result);
}

/* Let a prepared thread go until it sleeps in the driver, which it does for locks alone. */
static void let_wait(struct call *call)
{
	sem_post(&call->go);
	if (is_done(call))
		vt_fatal("%s did not have to wait, and returned %d", call->name, call->result);
}

/* --- a session's keys are changing ------------------------------------------------------------ */

/*
 * The session is destroyed while other ioctls have found it, and wait for a change of its keys to
 * be over. They find no session any more, and least of all one that was lost.
 */
TEST_F(moment, destroyed_when_just_found)
{
	static __u8 nonces[2][VT_KEY], wrapped[VT_KEY], blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	struct drm_vprot_start_session_key_refresh starts[2];
	struct drm_vprot_session_status status = { .handle = self->s.handle };
	struct drm_vprot_finish_session_key_refresh finish = { .handle = self->s.handle };
	struct drm_vprot_session_destroy destroy = { .handle = self->s.handle };
	struct drm_vprot_get_encryption_blt_key key = {
		.handle = self->s.handle,
		.size = VT_KEY,
		.key = (uintptr_t)wrapped,
	};
	struct drm_vprot_session_key_exchange exchange = {
		.handle = self->s.handle,
		.size = sizeof(blob),
		.data = (uintptr_t)blob,
	};
	struct call held = CALL(START_SESSION_KEY_REFRESH, &starts[0]);
	struct call ending = CALL(SESSION_DESTROY, &destroy);
	struct call calls[] = {
		CALL(SESSION_STATUS, &status),
		CALL(START_SESSION_KEY_REFRESH, &starts[1]),
		CALL(FINISH_SESSION_KEY_REFRESH, &finish),
		CALL(GET_ENCRYPTION_BLT_KEY, &key),
		CALL(SESSION_KEY_EXCHANGE, &exchange),
	};

	for (int i = 0; i < 2; i++)
		starts[i] = (struct drm_vprot_start_session_key_refresh){
			.handle = self->s.handle,
			.size = VT_KEY,
			.nonce = (uintptr_t)nonces[i],
		};
	vt_key_exchange_blob(self->fd, self->s.key, VT_KEY, blob);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		prepare(&calls[i], PASSING);
	prepare(&ending, PASSING);

	/* Told under the lock of the keys. */
	hold(self, &held, "vprot_refresh_start");
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		let_wait(&calls[i]);
	let_wait(&ending);

	EXPECT_EQ(0, end(&held));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		int result = end(&calls[i]);

		EXPECT_EQ(-ENOENT, result) TH_LOG("%s", calls[i].name);
	}
	EXPECT_EQ(0, end(&ending));
}

/* --- a job's last blit has landed ------------------------------------------------------------- */

/*
 * Destruction waits for the end of a job, and returns in the moment in which the job wakes it; the
 * job itself comes no further. Nothing may be left then of its keys, of which there are more than
 * the driver keeps instances of its cipher for reuse.
 */
TEST_F(moment, keys_of_a_job_that_ends)
{
	enum { COUNT = 64, BLIT = 16 };
	static __u8 wrapped[COUNT][VT_KEY];
	static struct drm_vprot_blt blts[COUNT];
	struct drm_vprot_submit submit = {
		.session = self->s.handle,
		.blts = (uintptr_t)blts,
		.num_blts = COUNT,
		.blt_stride = sizeof(blts[0]),
	};
	struct call held = CALL(DECRYPTION_BLT, &submit);
	struct vt_buffer clear, secret;
	__u64 seed = 110;
	int flying, ended;

	vt_clear(&clear, self->fd, BLIT);
	vt_protected(&secret, self->fd, BLIT);
	vt_fill(&seed, wrapped, sizeof(wrapped));
	for (int i = 0; i < COUNT; i++)
		blts[i] = (struct drm_vprot_blt){
			.src = clear.handle,
			.dst = secret.handle,
			.size = BLIT,
			.key_form = DRM_VPROT_KEY_WRAPPED,
			.key = (uintptr_t)wrapped[i],
			.key_size = VT_KEY,
		};

	hold(self, &held, "vprot_blt_submit");
	flying = vt_ciphers_in_use();
	vt_session_destroy(&self->s);
	EXPECT_FALSE(is_done(&held));
	ended = vt_ciphers_in_use();
	EXPECT_EQ(0, end(&held));
	EXPECT_EQ(vt_ciphers_in_use(), ended);
	EXPECT_GE(flying, ended + COUNT / 2);
}

/* --- all sessions are lost -------------------------------------------------------------------- */

/* One that is created when some are lost, and others not yet, is spared. */
TEST_F(moment, created_in_a_loss)
{
	struct call held = { .name = "loss", .func = vt_lose };
	struct drm_vprot_session_status status;
	struct vt_session others, created;
	int fd = vt_open();

	vt_session_open(&others, fd, 0);
	hold(self, &held, "vprot_session_lose");
	vt_session_open(&created, fd, 0);
	EXPECT_FALSE(is_done(&held));
	EXPECT_EQ(0, end(&held));
	vt_status(&others, &status);
	EXPECT_EQ(DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST, status.state);
	vt_status(&created, &status);
	EXPECT_EQ(DRM_VPROT_SESSION_OK, status.state);
	EXPECT_TRUE(vt_key_works(&created));
	close(fd);
}

/* --- a job is stopped ------------------------------------------------------------------------- */

/*
 * The driver looks for losses after every 256 KiB. In this read-back a block that lies in two pages
 * has been gathered just then, and not been encrypted yet: it is wiped with the rest.
 */
TEST_F(moment, stopped_when_gathered)
{
	enum { LOOK = 256 << 10, BLOCK = 16, PLACE = LOOK + 4096 - BLOCK / 2 };
	static struct drm_vprot_blt_result result;
	struct drm_vprot_blt load = { .size = BLOCK, .dst_offset = PLACE, .iv = { 0xcc } };
	static struct drm_vprot_blt blts[2];
	struct drm_vprot_submit submit = {
		.session = self->s.handle,
		.blts = (uintptr_t)blts,
		.num_blts = 2,
		.blt_stride = sizeof(blts[0]),
	};
	struct call held = CALL(ENCRYPTION_BLT, &submit);
	struct call losing = { .name = "loss", .func = vt_lose };
	struct vt_buffer clear, secret;
	__u64 found[VT_MARKS];

	vt_clear(&clear, self->fd, 2 * LOOK);
	vt_protected(&secret, self->fd, 2 * LOOK);
	load.src = clear.handle;
	load.dst = secret.handle;
	vt_ctr(self->s.key, load.iv, clear.map, BLOCK);
	vt_mark(0, clear.map, BLOCK);
	ASSERT_EQ(0, vt_decrypt_blt(&self->s, &load));
	vt_scan(found);
	ASSERT_GE(found[0], BLOCK);

	for (int i = 0; i < 2; i++)
		blts[i] = (struct drm_vprot_blt){
			.src = secret.handle,
			.dst = clear.handle,
			.src_offset = i ? PLACE : 0,
			.dst_offset = i ? PLACE : 0,
			.size = i ? BLOCK : LOOK - BLOCK,
			.result = (uintptr_t)&result,
		};
	prepare(&losing, PASSING);
	hold(self, &held, "vprot_blt_run");
	let_wait(&losing);
	EXPECT_EQ(-EKEYREVOKED, end(&held));
	end(&losing);
	vt_scan(found);
	EXPECT_EQ(0, found[0]);
}

TEST_HARNESS_MAIN
