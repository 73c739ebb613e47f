// SPDX-License-Identifier: GPL-2.0
/*
 * Protected buffers in the hands of others: only the session that a buffer is bound to has use of
 * it, whoever holds it; and one that nobody has bound has no contents.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"
#include "process.h"
#include "vprot_test.h"

#define PAGE	4096
#define SIZE	65536

FIXTURE(sharing) {
	int fd;
	struct vt_session s;
	struct vt_buffer secret, clear;
	__u8 plain[SIZE];
};

FIXTURE_SETUP(sharing)
{
	__u64 seed = 140;

	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
	vt_clear(&self->clear, self->fd, SIZE);
	vt_protected(&self->secret, self->fd, SIZE);
	vt_fill(&seed, self->plain, SIZE);
	vt_load(&self->s, &self->secret, 0, self->plain, SIZE);
}

/* Whatever was tried: the contents are as they were. */
FIXTURE_TEARDOWN(sharing)
{
	static __u8 seen[SIZE];

	vt_read_back(&self->s, &self->secret, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(seen, self->plain, SIZE)) TH_LOG("the contents have changed");
}

/* All that a session could do with a buffer that is not its own; returns what is wrong, or "". */
static const char *try_blits(const struct vt_session *s, __u32 buffer)
{
	struct drm_vprot_blt_result result;
	struct vt_buffer clear, mine;
	struct drm_vprot_blt blt = { .size = SIZE };
	struct drm_vprot_blt blts[2];
	const char *wrong = "";

	vt_clear(&clear, s->fd, SIZE);
	vt_protected(&mine, s->fd, SIZE);
	memset(clear.map, 0x5a, SIZE);

	blt.src = clear.handle;
	blt.dst = buffer;
	if (vt_decrypt_blt(s, &blt) != -EACCES)
		wrong = "decrypted into it";
	/* One of many, too, and then none is done. */
	blts[0] = blt;
	blts[0].dst = mine.handle;
	blts[1] = blt;
	if (vt_submit_array(s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, 2) != -EACCES)
		wrong = "decrypted into it as one of two";
	blt.src = buffer;
	blt.dst = mine.handle;
	if (vt_decrypt_blt(s, &blt) != -EACCES)
		wrong = "decrypted out of it";
	result.epoch = 0;
	blt.result = (uintptr_t)&result;
	blt.dst = clear.handle;
	if (vt_encrypt_blt(s, &blt) != -EACCES || result.epoch)
		wrong = "encrypted out of it";
	blt.dst = mine.handle;
	if (vt_encrypt_blt(s, &blt) != -EACCES || result.epoch)
		wrong = "encrypted from it into a protected buffer";
	blt.src = mine.handle;
	blt.dst = buffer;
	if (vt_encrypt_blt(s, &blt) != -EACCES || result.epoch)
		wrong = "encrypted into it";
	if (clear.map[0] != 0x5a || memcmp(clear.map, clear.map + 1, SIZE - 1))
		wrong = "something was written";
	vt_buffer_close(&mine);
	vt_buffer_close(&clear);
	return wrong;
}

TEST_F(sharing, foreign_session)
{
	struct vt_session same_key, keyless, internal;

	/* Not even one with the very same key. */
	vt_session_open(&same_key, self->fd, 0);
	vt_key_exchange(&same_key, self->s.key);
	vt_draw_read_back_key(&same_key);
	EXPECT_STREQ("", try_blits(&same_key, self->secret.handle));
	vt_session_create(&keyless, self->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	EXPECT_STREQ("", try_blits(&keyless, self->secret.handle));
	vt_session_create(&internal, self->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	EXPECT_STREQ("", try_blits(&internal, self->secret.handle));
}

/* Its own session may not use it as what it is not. */
TEST_F(sharing, own_session)
{
	struct drm_vprot_blt_result result;
	struct vt_buffer other;
	struct drm_vprot_blt blt = {
		.src = self->secret.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};

	vt_protected(&other, self->fd, SIZE);
	blt.dst = other.handle;
	EXPECT_EQ(-EACCES, vt_decrypt_blt(&self->s, &blt));
	EXPECT_EQ(-EACCES, vt_encrypt_blt(&self->s, &blt));
	blt.dst = self->clear.handle;
	EXPECT_EQ(-EACCES, vt_decrypt_blt(&self->s, &blt));
	blt.dst = blt.src;
	EXPECT_EQ(-EACCES, vt_decrypt_blt(&self->s, &blt));
	EXPECT_EQ(-EACCES, vt_encrypt_blt(&self->s, &blt));
	blt.src = self->clear.handle;
	EXPECT_EQ(-EACCES, vt_encrypt_blt(&self->s, &blt));
}

/* Another process: it may hold the buffer and pass it on, and do nothing else with it. */
static void stranger(int socket)
{
	int dmabuf, fd = vt_open();
	char byte[1];
	struct vt_buffer theirs = { .fd = fd };
	struct vt_session s;
	const char *wrong;

	vt_take(socket, &dmabuf, 1, byte, 1);
	if (vt_import(fd, dmabuf, &theirs.handle))
		vt_fatal("the buffer cannot be imported");
	close(dmabuf);
	vt_session_open(&s, fd, 0);
	wrong = try_blits(&s, theirs.handle);
	if (*wrong)
		vt_fatal("a stranger has %s", wrong);
	dmabuf = vt_export(&theirs);
	if (mmap(NULL, SIZE, PROT_READ, MAP_SHARED, dmabuf, 0) != MAP_FAILED || errno != EACCES)
		vt_fatal("a stranger has mapped it");
	vt_give(socket, &dmabuf, 1, "", 1);
	vt_buffer_close(&theirs);
	_exit(0);
}

TEST_F(sharing, another_process)
{
	int socket, status, dmabuf = vt_export(&self->secret);
	char byte[1];
	__u32 handle;
	pid_t child;

	child = vt_fork(&socket);
	if (!child)
		stranger(socket);
	vt_give(socket, &dmabuf, 1, "", 1);
	close(dmabuf);
	vt_take(socket, &dmabuf, 1, byte, 1);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	/* What comes back is what was given. */
	ASSERT_EQ(0, vt_import(self->fd, dmabuf, &handle));
	EXPECT_EQ(self->secret.handle, handle);
}

/* --- buffers that nobody has bound ------------------------------------------------------------ */

#define MANY	1024
#define ROUNDS	(vt_is_sanitized() ? 20 : 200)
#define PART	16

/* Reads a buffer back all the time, until somebody else has put something into it. */
struct reader {
	struct vt_session s;
	struct vt_buffer clear;
	__u32 secret;
	unsigned int calls;	/* so far */
	bool loaded;		/* by somebody else */
	const char *failure;
};

/*
 * In the last of many blits: while the driver looks at all of them, much can happen. They differ in
 * their epochs, or it would look at all of them at once.
 */
static void *read_unbound(void *arg)
{
	static const __u8 zero[PART];
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blts[MANY];
	struct reader *r = arg;
	bool loaded = false;
	int error = 0;

	vt_run_on(1);
	memset(blts, 0, sizeof(blts));
	for (int i = 0; i < MANY; i++) {
		blts[i].src = r->secret;
		blts[i].dst = r->clear.handle;
		blts[i].epoch = i % 2 ? r->s.epoch : 0;
		blts[i].result = (uintptr_t)&result;
	}
	blts[MANY - 1].size = PART;
	while (!loaded && !error) {
		loaded = __atomic_load_n(&r->loaded, __ATOMIC_ACQUIRE);
		error = vt_submit_array(&r->s, DRM_IOCTL_VPROT_ENCRYPTION_BLT, blts, MANY);
		vt_ctr(r->s.read_back, result.iv, r->clear.map, PART);
		if (!error && memcmp(r->clear.map, zero, PART))
			r->failure = "an unbound buffer has had contents";
		__atomic_add_fetch(&r->calls, 1, __ATOMIC_RELEASE);
	}
	if (error != -EACCES)
		r->failure = "not -EACCES";
	return NULL;
}

/*
 * Reading it back gives zeros. When another session binds it just then, the reader has either come
 * before it, and gets zeros, or after it, and is refused.
 */
TEST_F(sharing, unbound)
{
	struct drm_vprot_blt blt = { .src = self->clear.handle, .size = PAGE };
	struct reader r = { 0 };
	unsigned int calls = 0;
	__u64 seed = 150;

	vt_run_on(0);
	vt_session_open(&r.s, vt_open(), 0);
	vt_clear(&r.clear, r.s.fd, PART);
	for (int round = 0; round < ROUNDS && !r.failure; round++) {
		__u64 looks = 0;
		struct vt_buffer secret;
		pthread_t thread;
		int dmabuf;

		vt_protected(&secret, self->fd, PAGE);
		blt.dst = secret.handle;
		dmabuf = vt_export(&secret);
		ASSERT_EQ(0, vt_import(r.s.fd, dmabuf, &r.secret));
		r.calls = 0;
		r.loaded = false;
		ASSERT_EQ(0, pthread_create(&thread, NULL, read_unbound, &r));
		/* At any moment of a call: as many looks as one takes say how long that is. */
		while (!__atomic_load_n(&r.calls, __ATOMIC_ACQUIRE))
			;
		while (__atomic_load_n(&r.calls, __ATOMIC_ACQUIRE) == 1)
			looks++;
		for (looks = vt_random(&seed) % (looks + 1); looks; looks--)
			__atomic_load_n(&r.calls, __ATOMIC_ACQUIRE);
		/* What it gets is a key stream; anything but zeros will do. */
		ASSERT_EQ(0, vt_decrypt_blt(&self->s, &blt));
		__atomic_store_n(&r.loaded, true, __ATOMIC_RELEASE);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		calls += r.calls;
		close(dmabuf);
	}
	EXPECT_EQ(NULL, r.failure) TH_LOG("%s", r.failure);
	printf("# %u reads before another session had the buffer\n", calls);
}

/* --- two sessions at once --------------------------------------------------------------------- */

static __u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* A job into one buffer, MANY times, and at its end into another. */
struct long_job {
	struct vt_session s;
	struct drm_vprot_blt blts[MANY];
	pthread_barrier_t start;
	__u64 duration;	/* of the last one, in nanoseconds */
	int error;
};

static void *submit_long_job(void *arg)
{
	struct long_job *job = arg;
	__u64 begin;

	pthread_barrier_wait(&job->start);
	begin = now();
	job->error = vt_submit_array(&job->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, job->blts, MANY);
	job->duration = now() - begin;
	return NULL;
}

/*
 * A long job and a short one both want a buffer: one of them gets it. When that is the short one,
 * the long one has bound nothing, even if it had come as far as to bind.
 */
TEST_F(sharing, bound_by_two_at_once)
{
	static struct long_job job;
	__u64 delay = 0;
	struct vt_session other;

	vt_session_open(&job.s, self->fd, DRM_VPROT_SESSION_STRICT_IV);
	vt_session_open(&other, self->fd, 0);
	pthread_barrier_init(&job.start, NULL, 2);
	for (int round = 0; round < 100; round++) {
		struct drm_vprot_blt blt = { .src = self->clear.handle, .size = 16 };
		struct vt_buffer first, last;
		pthread_t thread;
		__u64 begin, step;
		int error;

		vt_protected(&first, self->fd, PAGE);
		vt_protected(&last, self->fd, PAGE);
		blt.dst = first.handle;
		for (int i = 0; i < MANY; i++) {
			job.blts[i] = blt;
			vt_iv(job.blts[i].iv, round, i);
		}
		job.blts[MANY - 1].dst = last.handle;

		ASSERT_EQ(0, pthread_create(&thread, NULL, submit_long_job, &job));
		pthread_barrier_wait(&job.start);
		begin = now();
		while (now() - begin < delay)
			;
		blt.dst = last.handle;
		error = vt_decrypt_blt(&other, &blt);
		ASSERT_EQ(0, pthread_join(thread, NULL));

		ASSERT_EQ(job.error ? 0 : -EACCES, error);
		ASSERT_EQ(job.error ? -EACCES : 0, job.error);
		blt.dst = first.handle;
		ASSERT_EQ(job.error ? 0 : -EACCES, vt_decrypt_blt(&self->s, &blt));
		/* Next time closer to the moment in which the long one is accepted. */
		step = job.duration / 64;
		if (job.error)
			delay += step;
		else
			delay -= delay < step ? delay : step;
		vt_buffer_close(&first);
		vt_buffer_close(&last);
	}
}

TEST_HARNESS_MAIN
