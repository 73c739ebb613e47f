// SPDX-License-Identifier: GPL-2.0
/*
 * Many threads at once while allocations and copies of user memory fail at random in all that the
 * driver does, for them or in its work queue. Each call succeeds or returns a clean error, and
 * what a thread knows of its keys and contents stays true.
 */
#include <pthread.h>

#include "kselftest_harness.h"
#include "fault.h"
#include "sync.h"

#define SIZE	8192
#define THREADS	8
#define TURNS	300
/* Of all possible faults. */
#define PERCENT	5

/* A session, and a buffer of it that one thread fills and reads. */
struct stage {
	struct vt_session s;
	struct vt_buffer secret;
	__u8 plain[SIZE];		/* what @secret holds */
};

struct player {
	pthread_t thread;
	__u64 random;
	struct stage own;		/* in a session of its own */
	__u8 nonce[VT_KEY];		/* of the refresh that is pending there */
	bool pending;
	__u8 key[VT_KEY];		/* another key for that session */
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];	/* with which the device gets it */
	struct stage shared;		/* in a session that all have in common */
	struct vt_buffer clear;
	bool queues;			/* its blits go through the queue */
	__u32 done;			/* the syncobj that they signal then */
	const char *wrong;		/* what was not as it should be, or NULL */
};

static bool succeeded(struct player *p, int result, const char *call)
{
	if (result && result != -ENOMEM && result != -EFAULT) {
		printf("# %s: %s\n", call, strerror(-result));
		p->wrong = call;
	}
	return !result;
}

static void start(struct player *p)
{
	__u8 nonce[VT_KEY];

	if (!succeeded(p, vt_start(&p->own.s, nonce), "start"))
		return;
	memcpy(p->nonce, nonce, VT_KEY);
	p->pending = true;
}

static void finish(struct player *p)
{
	__u64 epoch;

	if (!p->pending || !succeeded(p, vt_finish(&p->own.s, &epoch), "finish"))
		return;
	vt_xor(p->own.s.key, p->nonce);
	p->own.s.epoch++;
	p->pending = false;
	if (epoch != p->own.s.epoch)
		p->wrong = "epoch";
}

static bool draw_read_back_key(struct player *p)
{
	__u8 wrapped[VT_KEY];
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = p->own.s.handle,
		.size = VT_KEY,
		.key = (uintptr_t)wrapped,
	};

	if (!succeeded(p, vt_ioctl(p->own.s.fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get),
		       "read-back key"))
		return false;
	vt_unwrap(p->own.s.key, wrapped, p->own.s.read_back);
	return true;
}

static void exchange(struct player *p)
{
	__u64 epoch = p->own.s.epoch;

	if (!succeeded(p, vt_send_blob(&p->own.s, p->blob), "key exchange"))
		return;
	memcpy(p->own.s.key, p->key, VT_KEY);
	p->own.s.epoch = epoch + 1;
	p->pending = false;
	/* The old one is gone: until there is a new one nothing can be read back. */
	for (int i = 0; i < 100 && !p->wrong; i++)
		if (draw_read_back_key(p))
			return;
	p->wrong = "no read-back key in 100 tries";
}

/* What a queued job meets after it was accepted, its fence says. */
static int submit(struct player *p, const struct vt_session *s, unsigned long request,
		  const struct drm_vprot_blt *blts, __u32 count)
{
	struct drm_vprot_sync signal = { .handle = p->done };
	struct vt_queue how = { .signals = &signal, .num_signals = 1 };

	if (!p->queues)
		return vt_submit_array(s, request, blts, count);
	return vt_queue_array(s, request, blts, count, &how) ?: vt_syncobj_result(s->fd, p->done);
}

/* Two blits, one of them in parts. */
static void decrypt(struct player *p, struct stage *stage)
{
	struct drm_vprot_subsample parts[] = { { 3, 5 }, { 0, SIZE / 2 - 8 } };
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blts[2];
	__u8 plain[SIZE];

	vt_fill(&p->random, plain, SIZE);
	memcpy(p->clear.map, plain, SIZE);
	for (int i = 0; i < 2; i++) {
		blts[i] = (struct drm_vprot_blt){
			.src = p->clear.handle,
			.dst = stage->secret.handle,
			.src_offset = i * SIZE / 2,
			.dst_offset = i * SIZE / 2,
			.size = SIZE / 2,
			.epoch = i ? 0 : stage->s.epoch,
			.result = (uintptr_t)&result,
		};
		vt_fill(&p->random, blts[i].iv, 8);
		vt_ctr(stage->s.key, blts[i].iv, p->clear.map + i * SIZE / 2 + i * 3,
		       SIZE / 2 - i * 3);
	}
	blts[1].subsamples = (uintptr_t)parts;
	blts[1].num_subsamples = 2;
	/* A refused call has changed no byte. */
	if (succeeded(p, submit(p, &stage->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, 2),
		      "decryption"))
		memcpy(stage->plain, plain, SIZE);
}

static void read_back(struct player *p, struct stage *stage)
{
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = {
		.src = stage->secret.handle,
		.dst = p->clear.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};

	if (!succeeded(p, submit(p, &stage->s, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &blt, 1),
		       "encryption"))
		return;
	vt_ctr(stage->s.read_back, result.iv, p->clear.map, SIZE);
	if (memcmp(p->clear.map, stage->plain, SIZE))
		p->wrong = "contents";
}

/* Things that come and go beside the others' calls. */
static void come_and_go(struct player *p)
{
	struct drm_vprot_gem_create create = { .size = 5 * 4096 };
	struct drm_vprot_session_create session = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_INTERNAL,
	};
	struct drm_vprot_session_destroy destroy = { 0 };
	int fd = p->own.s.fd;

	create.flags = p->random & 1 ? DRM_VPROT_GEM_PROTECTED : 0;
	if (succeeded(p, vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &create), "buffer"))
		vt_buffer_close(&(struct vt_buffer){ .fd = fd, .handle = create.handle });
	if (!succeeded(p, vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &session), "session"))
		return;
	destroy.handle = session.handle;
	succeeded(p, vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy), "destroy");
}

static void *play(void *data)
{
	struct player *p = data;

	for (int turn = 0; turn < TURNS && !p->wrong; turn++) {
		__u8 choice;

		vt_fill(&p->random, &choice, 1);
		p->queues = choice & 32;
		switch (choice % 16) {
		case 0:
			exchange(p);
			break;
		case 1:
			draw_read_back_key(p);
			break;
		case 2 ... 3:
			start(p);
			break;
		case 4 ... 5:
			finish(p);
			break;
		case 6 ... 7:
			come_and_go(p);
			break;
		case 8 ... 11:
			decrypt(p, choice & 16 ? &p->own : &p->shared);
			break;
		default:
			read_back(p, choice & 16 ? &p->own : &p->shared);
		}
	}
	return NULL;
}

static void set_stage(struct stage *stage, const struct vt_session *s)
{
	stage->s = *s;
	vt_protected(&stage->secret, s->fd, SIZE);
	vt_load(s, &stage->secret, 0, stage->plain, SIZE);
}

static bool is_intact(const struct stage *stage)
{
	__u8 seen[SIZE];

	vt_read_back(&stage->s, &stage->secret, 0, seen, SIZE);
	return !memcmp(seen, stage->plain, SIZE) && vt_key_works(&stage->s);
}

TEST(at_random)
{
	static struct player players[THREADS];
	struct vt_fault_count count;
	struct vt_session s, shared;
	int fd = vt_open();

	vt_session_open(&shared, fd, 0);
	for (int i = 0; i < THREADS; i++) {
		struct player *p = &players[i];

		p->random = 1 + i;
		vt_session_open(&s, fd, 0);
		set_stage(&p->own, &s);
		set_stage(&p->shared, &shared);
		vt_clear(&p->clear, fd, SIZE);
		p->done = vt_syncobj(fd);
		vt_fill(&p->random, p->key, VT_KEY);
		vt_key_exchange_blob(fd, p->key, VT_KEY, p->blob);
	}

	vt_fault_setup();
	vt_fault_begin_random(PERCENT, "[vprot]");
	for (int i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&players[i].thread, NULL, play, &players[i]));
	for (int i = 0; i < THREADS; i++)
		pthread_join(players[i].thread, NULL);
	vt_fault_end_random(&count);

	for (int i = 0; i < THREADS; i++) {
		struct player *p = &players[i];

		ASSERT_EQ(NULL, p->wrong) TH_LOG("thread %d: %s", i, p->wrong);
		EXPECT_TRUE(is_intact(&p->own));
		EXPECT_TRUE(is_intact(&p->shared));
		/* What is pending is what the client was told last. */
		if (p->pending) {
			ASSERT_EQ(0, vt_finish(&p->own.s, NULL));
			vt_xor(p->own.s.key, p->nonce);
			p->own.s.epoch++;
			EXPECT_TRUE(vt_key_works(&p->own.s));
		}
	}
	vt_fault_report("at random", &count);
	EXPECT_GE(count.of[VT_FAULT_SLAB], 100);
	EXPECT_GE(count.of[VT_FAULT_PAGE], 10);
	EXPECT_GE(count.of[VT_FAULT_USERCOPY], 100);
}

/* Where one fault is not enough: a handle is allocated again, in another way. */
TEST(no_handle)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_INTERNAL,
	};
	struct drm_vprot_channel_create channel = { .type = DRM_VPROT_CHANNEL_SOFTWARE };
	struct vt_fault_count count;
	int result, fd = vt_open();

	vt_fault_setup();
	vt_fault_begin_random(100, "__xa_alloc_cyclic");
	result = vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create);
	vt_fault_end_random(&count);
	EXPECT_EQ(-ENOMEM, result);
	EXPECT_GE(count.of[VT_FAULT_SLAB], 2);
	EXPECT_EQ(0, vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));

	vt_fault_begin_random(100, "__xa_alloc_cyclic");
	result = vt_ioctl(fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &channel);
	vt_fault_end_random(&count);
	EXPECT_EQ(-ENOMEM, result);
	EXPECT_GE(count.of[VT_FAULT_SLAB], 2);
	EXPECT_EQ(0, vt_ioctl(fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &channel));
}

TEST_HARNESS_MAIN
