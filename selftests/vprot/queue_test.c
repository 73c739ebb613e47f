// SPDX-License-Identifier: GPL-2.0
/*
 * Queued blits: keys are those of the submission, buffers keep their order, fences tell the end.
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "sync.h"
#include "vprot_test.h"

#define DECRYPT	DRM_IOCTL_VPROT_DECRYPTION_BLT
#define ENCRYPT	DRM_IOCTL_VPROT_ENCRYPTION_BLT
#define SMALL	64
#define MANY	1000

FIXTURE(queue)
{
	int fd;
	struct vt_session s;
	struct vt_gate gate;
	struct vt_buffer zeros, secret;
	__u32 done;
};

FIXTURE_SETUP(queue)
{
	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
	vt_gate(&self->gate, self->fd);
	vt_clear(&self->zeros, self->fd, 2 * MANY * SMALL);
	vt_protected(&self->secret, self->fd, 2 * MANY * SMALL);
	self->done = vt_syncobj(self->fd);
}

FIXTURE_TEARDOWN(queue)
{
	close(self->fd);
	vt_gate_free(&self->gate);
}

/* A blit of zeros: the key stream is what has to come out. */
static struct drm_vprot_blt blit(struct _test_data_queue *self, __u32 i, __u64 size)
{
	struct drm_vprot_blt blt = {
		.src = self->zeros.handle,
		.dst = self->secret.handle,
		.src_offset = (__u64)i * size,
		.dst_offset = (__u64)i * size,
		.size = size,
	};

	vt_iv(blt.iv, i, 0);
	return blt;
}

static bool holds(const __u8 *data, const struct drm_vprot_blt *blt, const __u8 *key)
{
	__u8 expected[SMALL] = { 0 };

	vt_ctr(key, blt->iv, expected, SMALL);
	return !memcmp(data, expected, SMALL);
}

TEST_F(queue, key_epoch_is_that_of_the_submission)
{
	struct drm_vprot_blt_result result;
	__u8 old_key[VT_KEY], *plain = malloc(2 * MANY * SMALL);

	memcpy(old_key, self->s.key, VT_KEY);
	for (__u32 i = 0; i < 2 * MANY; i++) {
		struct drm_vprot_blt blt = blit(self, i, SMALL);

		if (i == MANY)
			vt_refresh(&self->s);
		blt.result = (uintptr_t)&result;
		ASSERT_EQ(0, vt_queue_blt(&self->s, DECRYPT, &blt, self->gate.syncobj, self->done));
		ASSERT_EQ(i < MANY ? 1 : 2, result.epoch);
	}
	ASSERT_EQ(-ETIME, vt_syncobj_wait(self->fd, self->done, 0, 0));

	vt_gate_open(&self->gate);
	ASSERT_EQ(0, vt_syncobj_result(self->fd, self->done));
	vt_read_back(&self->s, &self->secret, 0, plain, 2 * MANY * SMALL);
	for (__u32 i = 0; i < 2 * MANY; i++) {
		struct drm_vprot_blt blt = blit(self, i, SMALL);

		ASSERT_TRUE(holds(plain + i * SMALL, &blt, i < MANY ? old_key : self->s.key))
			TH_LOG("blit %u", i);
	}
	free(plain);
}

TEST_HARNESS_MAIN
