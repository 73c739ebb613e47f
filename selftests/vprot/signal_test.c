// SPDX-License-Identifier: GPL-2.0
/*
 * A storm of signals during every ioctl. Each succeeds, or fails with -EINTR before it has any side
 * effect: then it is made again, and the client's model of the session still holds.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "sync.h"
#include "vprot_test.h"

#define ROUNDS	10
#define SIGNALS	300		/* that have to come in all rounds together */
#define SIZE	(260 << 10)	/* of blits: longer than the driver works without a pause */

static unsigned long signals;
static bool over;

static void count_signal(int number)
{
	__atomic_add_fetch(&signals, 1, __ATOMIC_RELAXED);
}

/* Side by side, not in turns, if there are two processors. */
static void run_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
}

static void *send_signals(void *arg)
{
	pthread_t *target = arg;

	run_on(1);
	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE))
		pthread_kill(*target, SIGUSR1);
	return NULL;
}

/* A client that knows what its session has to be. */
struct client {
	int fd;
	struct vt_session s;		/* STRICT_IV: a blit that is made twice is refused */
	struct vt_buffer source, secret, clear;
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];	/* gives the key in @s */
	__u64 read_back_iv;		/* of the last encryption blit, 0 before the first */
	__u64 decrypted, encrypted;
	unsigned int submissions;	/* of blits */
	__u32 done;			/* a syncobj for those that are queued */
	unsigned int interrupted;	/* calls that returned -EINTR */
};

/* An ioctl, made again as long as it is interrupted; its argument stays as it is then. */
static int call(struct client *c, unsigned long request, void *arg)
{
	size_t size = _IOC_SIZE(request);
	__u8 before[256];
	int result;

	memcpy(before, arg, size);
	while ((result = vt_ioctl(c->fd, request, arg)) == -EINTR) {
		c->interrupted++;
		if (memcmp(before, arg, size))
			vt_fatal("an ioctl was interrupted and has changed its argument");
	}
	return result;
}

static int submit(struct client *c, unsigned long request,
		  const struct drm_vprot_blt *blt)
{
	struct drm_vprot_sync done = { .handle = c->done };
	struct drm_vprot_submit submit = {
		.session = c->s.handle,
		.blts = (uintptr_t)blt,
		.num_blts = 1,
		.blt_stride = sizeof(*blt),
	};
	bool queued;
	int result;

	/* Some are queued, some not. */
	queued = ++c->submissions % 3;
	if (queued) {
		submit.signals = (uintptr_t)&done;
		submit.num_signals = 1;
		submit.sync_stride = sizeof(done);
	}
	result = call(c, request, &submit);
	return result || !queued ? result : vt_syncobj_result(c->fd, c->done);
}

/* The session is what its client believes it to be. */
static bool model_holds(struct client *c, bool pending)
{
	struct drm_vprot_session_status status = { .handle = c->s.handle };

	return !call(c, DRM_IOCTL_VPROT_SESSION_STATUS, &status) &&
	       status.state == DRM_VPROT_SESSION_OK && status.epoch == c->s.epoch &&
	       !!(status.flags & DRM_VPROT_STATUS_REFRESH_PENDING) == pending &&
	       status.decrypted == c->decrypted && status.encrypted == c->encrypted;
}

static const char *exchange_keys(struct client *c)
{
	struct drm_vprot_session_key_exchange exchange = {
		.handle = c->s.handle,
		.size = sizeof(c->blob),
		.data = (uintptr_t)c->blob,
	};

	if (call(c, DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE, &exchange))
		return "SESSION_KEY_EXCHANGE failed";
	c->s.epoch++;
	return model_holds(c, false) ? NULL : "SESSION_KEY_EXCHANGE";
}

static const char *refresh(struct client *c)
{
	__u8 nonce[VT_KEY] = { 0 };
	__u64 epoch = 0;
	struct drm_vprot_start_session_key_refresh start = {
		.handle = c->s.handle,
		.size = VT_KEY,
		.nonce = (uintptr_t)nonce,
	};
	struct drm_vprot_finish_session_key_refresh finish = {
		.handle = c->s.handle,
		.epoch = (uintptr_t)&epoch,
	};

	if (call(c, DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH, &start))
		return "START_SESSION_KEY_REFRESH failed";
	if (!model_holds(c, true))
		return "START_SESSION_KEY_REFRESH";
	if (call(c, DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH, &finish))
		return "FINISH_SESSION_KEY_REFRESH failed";
	vt_xor(c->s.key, nonce);
	c->s.epoch++;
	return epoch == c->s.epoch && model_holds(c, false) ?
	       NULL : "FINISH_SESSION_KEY_REFRESH";
}

static const char *draw_read_back_key(struct client *c)
{
	__u8 wrapped[VT_KEY];
	__u64 epoch = 0;
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = c->s.handle,
		.size = VT_KEY,
		.key = (uintptr_t)wrapped,
		.epoch = (uintptr_t)&epoch,
	};

	if (call(c, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get))
		return "GET_ENCRYPTION_BLT_KEY failed";
	vt_unwrap(c->s.key, wrapped, c->s.read_back);
	return epoch == c->s.epoch ? NULL : "GET_ENCRYPTION_BLT_KEY";
}

/* There and back. */
static const char *blit(struct client *c, __u64 iv)
{
	struct drm_vprot_blt_result result = { 0 };
	struct drm_vprot_blt blt = {
		.src = c->source.handle,
		.dst = c->secret.handle,
		.size = SIZE,
		.epoch = c->s.epoch,
		.result = (uintptr_t)&result,
	};
	__u64 read_back_iv;

	memset(c->source.map, iv, SIZE);
	vt_iv(blt.iv, iv, 0);
	vt_ctr(c->s.key, blt.iv, c->source.map, SIZE);
	if (submit(c, DRM_IOCTL_VPROT_DECRYPTION_BLT, &blt))
		return "DECRYPTION_BLT failed";
	c->decrypted += SIZE;
	if (result.epoch != c->s.epoch || !model_holds(c, false))
		return "DECRYPTION_BLT";

	memset(blt.iv, 0, sizeof(blt.iv));
	blt.src = c->secret.handle;
	blt.dst = c->clear.handle;
	if (submit(c, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &blt))
		return "ENCRYPTION_BLT failed";
	c->encrypted += SIZE;
	memcpy(&read_back_iv, result.iv, sizeof(read_back_iv));
	read_back_iv = __builtin_bswap64(read_back_iv);
	if (c->read_back_iv && read_back_iv != c->read_back_iv + 1)
		return "ENCRYPTION_BLT skipped an IV";
	c->read_back_iv = read_back_iv;
	vt_ctr(c->s.read_back, result.iv, c->clear.map, SIZE);
	if (c->clear.map[0] != (__u8)iv ||
	    memcmp(c->clear.map, c->clear.map + 1, SIZE - 1))
		return "another content";
	return model_holds(c, false) ? NULL : "ENCRYPTION_BLT";
}

/* What is made and ended again leaves nothing: handles come anew, and sessions do not add up. */
static const char *make_and_end(struct client *c, __u32 *handle)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_INTERNAL,
	};
	struct drm_vprot_session_destroy destroy = { 0 };
	struct drm_vprot_gem_create clear = { .size = 3 * 4096 };
	struct drm_vprot_gem_create secret = { .size = SIZE, .flags = DRM_VPROT_GEM_PROTECTED };
	struct drm_vprot_gem_mmap_offset offset = { 0 };
	struct drm_prime_handle prime = { .flags = DRM_CLOEXEC };
	struct drm_gem_close gem_close = { 0 };

	if (call(c, DRM_IOCTL_VPROT_SESSION_CREATE, &create))
		return "SESSION_CREATE failed";
	if (vt_sessions_of(getpid(), NULL, 0) != 2)
		return "SESSION_CREATE";
	destroy.handle = create.handle;
	if (call(c, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy))
		return "SESSION_DESTROY failed";
	if (vt_sessions_of(getpid(), NULL, 0) != 1)
		return "SESSION_DESTROY";

	if (call(c, DRM_IOCTL_VPROT_GEM_CREATE, &clear) ||
	    call(c, DRM_IOCTL_VPROT_GEM_CREATE, &secret))
		return "GEM_CREATE failed";
	if (*handle && (clear.handle != *handle || secret.handle != *handle + 1))
		return "GEM_CREATE";
	*handle = clear.handle;
	offset.handle = clear.handle;
	if (call(c, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset))
		return "GEM_MMAP_OFFSET failed";
	prime.handle = secret.handle;
	if (call(c, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) ||
	    call(c, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime) || prime.handle != secret.handle)
		return "PRIME failed";
	close(prime.fd);
	gem_close.handle = clear.handle;
	if (call(c, DRM_IOCTL_GEM_CLOSE, &gem_close))
		return "GEM_CLOSE failed";
	gem_close.handle = secret.handle;
	return call(c, DRM_IOCTL_GEM_CLOSE, &gem_close) ? "GEM_CLOSE failed" : NULL;
}

static const char *ask(struct client *c)
{
	struct drm_vprot_get_caps caps = { .crypto_type = DRM_VPROT_CRYPTO_AES128_CTR };
	struct drm_vprot_get_certificate get = { 0 };
	__u8 chain[65536];

	if (call(c, DRM_IOCTL_VPROT_GET_CAPS, &caps))
		return "GET_CAPS failed";
	get.data = (uintptr_t)chain;
	get.size = caps.certificate_size;
	return call(c, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get) ? "GET_CERTIFICATE failed" : NULL;
}

FIXTURE(storm) {
	struct client c;
	pthread_t target, sender;
};

FIXTURE_VARIANT(storm) {
	int flags;
};

FIXTURE_VARIANT_ADD(storm, interrupting) {
	.flags = 0,
};

FIXTURE_VARIANT_ADD(storm, restarting) {
	.flags = SA_RESTART,
};

FIXTURE_SETUP(storm)
{
	struct sigaction action = { .sa_handler = count_signal, .sa_flags = variant->flags };
	struct client *c = &self->c;

	c->fd = vt_open();
	c->done = vt_syncobj(c->fd);
	vt_session_open(&c->s, c->fd, DRM_VPROT_SESSION_STRICT_IV);
	vt_key_exchange_blob(c->fd, c->s.key, VT_KEY, c->blob);
	vt_clear(&c->source, c->fd, SIZE);
	vt_clear(&c->clear, c->fd, SIZE);
	vt_protected(&c->secret, c->fd, SIZE);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	run_on(0);
	self->target = pthread_self();
	ASSERT_EQ(0, pthread_create(&self->sender, NULL, send_signals, &self->target));
}

FIXTURE_TEARDOWN(storm)
{
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	pthread_join(self->sender, NULL);
}

TEST_F(storm, every_ioctl)
{
	struct client *c = &self->c;
	const char *failure = NULL;
	unsigned int rounds = 0;
	__u8 key[VT_KEY];
	__u32 handle = 0;

	memcpy(key, c->s.key, VT_KEY);
	for (; !failure && (rounds < ROUNDS || signals < SIGNALS); rounds++) {
		memcpy(c->s.key, key, VT_KEY);
		failure = exchange_keys(c) ?:
			  draw_read_back_key(c) ?:
			  blit(c, 2 * rounds) ?:
			  refresh(c) ?:
			  refresh(c) ?:
			  blit(c, 2 * rounds + 1) ?:
			  make_and_end(c, &handle) ?:
			  ask(c);
	}
	printf("# %u rounds, %lu signals, %u calls interrupted\n", rounds, signals,
	       c->interrupted);
	ASSERT_EQ(NULL, failure) TH_LOG("%s", failure);
}

TEST_HARNESS_MAIN
