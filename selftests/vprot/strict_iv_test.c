// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions with STRICT_IV: which counters they take, at the exact boundaries, and what belongs to
 * which history.
 */
#include "kselftest_harness.h"
#include "vprot_test.h"

FIXTURE(strict_iv) {
	struct vt_session s;
	struct vt_buffer clear, secret;
};

FIXTURE_SETUP(strict_iv)
{
	int fd = vt_open();

	vt_session_open(&self->s, fd, DRM_VPROT_SESSION_STRICT_IV);
	vt_clear(&self->clear, fd, 65536);
	vt_protected(&self->secret, fd, 65536);
}

FIXTURE_TEARDOWN(strict_iv)
{
}

static struct drm_vprot_blt make_blt(struct _test_data_strict_iv *self, __u64 iv, __u64 count,
				     __u64 size)
{
	struct drm_vprot_blt blt = {
		.src = self->clear.handle,
		.dst = self->secret.handle,
		.size = size,
	};

	vt_iv(blt.iv, iv, count);
	return blt;
}

/* A blit under the session key. */
static int blit(struct _test_data_strict_iv *self, __u64 iv, __u64 count, __u64 size)
{
	struct drm_vprot_blt blt = make_blt(self, iv, count, size);

	return vt_decrypt_blt(&self->s, &blt);
}

/* A blit under a content key. */
static int content_blit(struct _test_data_strict_iv *self, const char key[VT_KEY], __u64 iv,
			__u64 count, __u64 size)
{
	struct drm_vprot_blt blt = make_blt(self, iv, count, size);
	__u8 wrapped[VT_KEY];

	vt_wrap(self->s.key, (const __u8 *)key, wrapped);
	blt.key_form = DRM_VPROT_KEY_WRAPPED;
	blt.key = (uintptr_t)wrapped;
	blt.key_size = VT_KEY;
	return vt_decrypt_blt(&self->s, &blt);
}

static const char key_a[] = "content key a ..", key_b[] = "content key b ..";

TEST_F(strict_iv, off_unless_asked_for)
{
	int fd = self->s.fd;

	vt_session_open(&self->s, fd, 0);
	vt_protected(&self->secret, fd, 65536);
	EXPECT_EQ(0, blit(self, 5, 5, 100));
	EXPECT_EQ(0, blit(self, 5, 5, 100));
	EXPECT_EQ(0, blit(self, 4, ~0ull, 100));
	EXPECT_EQ(0, content_blit(self, key_a, 5, 5, 100));
	EXPECT_EQ(0, content_blit(self, key_a, 5, 5, 100));
}

/* The next blit may start where the last one has ended, and not one block before. */
TEST_F(strict_iv, ends)
{
	static const struct {
		__u64 size, blocks;
	} cases[] = {
		{ 1, 1 }, { 15, 1 }, { 16, 1 }, { 17, 2 }, { 32, 2 }, { 33, 3 }, { 65536, 4096 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		__u64 iv = 100 + i, blocks = cases[i].blocks;

		ASSERT_EQ(0, blit(self, iv, 7, cases[i].size)) TH_LOG("case %zu", i);
		EXPECT_EQ(-EINVAL, blit(self, iv, 7, 16)) TH_LOG("case %zu", i);
		EXPECT_EQ(-EINVAL, blit(self, iv, 7 + blocks - 1, 16)) TH_LOG("case %zu", i);
		EXPECT_EQ(-EINVAL, blit(self, iv, 0, 16)) TH_LOG("case %zu", i);
		EXPECT_EQ(-EINVAL, blit(self, iv - 1, ~0ull, 16)) TH_LOG("case %zu", i);
		ASSERT_EQ(0, blit(self, iv, 7 + blocks, 16)) TH_LOG("case %zu", i);
	}
}

/* IV and count are big-endian numbers, and the IV comes first. */
TEST_F(strict_iv, order_of_counters)
{
	EXPECT_EQ(0, blit(self, 0, 0, 16));
	EXPECT_EQ(0, blit(self, 0, 0xff, 16));
	EXPECT_EQ(0, blit(self, 0, 0x100, 16));
	EXPECT_EQ(-EINVAL, blit(self, 0, 0xff, 16));
	EXPECT_EQ(0, blit(self, 0, 0x8000000000000000, 16));
	EXPECT_EQ(0, blit(self, 0xff, 0, 16));
	EXPECT_EQ(0, blit(self, 0x100, 0, 16));
	EXPECT_EQ(-EINVAL, blit(self, 0xff, ~0ull, 16));
	EXPECT_EQ(0, blit(self, 0x8000000000000000, 0, 16));
	EXPECT_EQ(-EINVAL, blit(self, 1, 0, 16));
	EXPECT_EQ(0, blit(self, ~0ull, 0, 16));
	EXPECT_EQ(0, blit(self, ~0ull, ~0ull, 16));
	EXPECT_EQ(-EINVAL, blit(self, ~0ull, ~0ull, 16));
	EXPECT_EQ(-EINVAL, blit(self, 0, 0, 16));
}

TEST_F(strict_iv, count_must_not_wrap)
{
	/* The last block of an IV can be used, and then the IV is at its end. */
	EXPECT_EQ(-EINVAL, blit(self, 5, ~0ull, 17));
	EXPECT_EQ(-EINVAL, blit(self, 5, ~0ull - 3, 65));
	EXPECT_EQ(0, blit(self, 5, ~0ull - 3, 64));
	EXPECT_EQ(-EINVAL, blit(self, 5, ~0ull, 16));
	EXPECT_EQ(-EINVAL, blit(self, 5, 0, 16));
	EXPECT_EQ(0, blit(self, 6, 0, 16));
	EXPECT_EQ(0, blit(self, 6, ~0ull, 1));
	EXPECT_EQ(-EINVAL, blit(self, 6, ~0ull, 1));
	EXPECT_EQ(0, blit(self, 7, 0, 16));
}

/* Clear bytes use up nothing. */
TEST_F(strict_iv, subsamples_and_patterns)
{
	struct drm_vprot_subsample subsamples[] = { { 1000, 10 }, { 3, 22 } };
	struct drm_vprot_blt blt = make_blt(self, 5, 0, 1035);

	blt.subsamples = (uintptr_t)subsamples;
	blt.num_subsamples = 2;
	EXPECT_EQ(0, vt_decrypt_blt(&self->s, &blt));
	EXPECT_EQ(-EINVAL, blit(self, 5, 1, 16));
	EXPECT_EQ(0, blit(self, 5, 2, 16));

	blt = make_blt(self, 6, 0, 320 + 15);
	blt.crypt_blocks = 1;
	blt.skip_blocks = 9;
	EXPECT_EQ(0, vt_decrypt_blt(&self->s, &blt));
	EXPECT_EQ(-EINVAL, blit(self, 6, 1, 16));
	EXPECT_EQ(0, blit(self, 6, 2, 16));
}

/* Audio and video with IVs of their own under one key: what STRICT_IV is not for. */
TEST_F(strict_iv, interleaved_streams)
{
	const __u64 audio = 1000, video = 5000;

	EXPECT_EQ(0, content_blit(self, key_a, audio, 0, 1000));
	EXPECT_EQ(0, content_blit(self, key_a, video, 0, 1000));
	EXPECT_EQ(-EINVAL, content_blit(self, key_a, audio + 1, 0, 1000));
	EXPECT_EQ(0, content_blit(self, key_a, video + 1, 0, 1000));

	/* Not under one key: the session key has a history, and the content key has one. */
	EXPECT_EQ(0, blit(self, audio, 0, 1000));
	EXPECT_EQ(0, content_blit(self, key_a, video + 2, 0, 1000));
	EXPECT_EQ(0, blit(self, audio + 1, 0, 1000));
	EXPECT_EQ(0, content_blit(self, key_a, video + 3, 0, 1000));
	EXPECT_EQ(-EINVAL, blit(self, audio + 1, 0, 1000));
	EXPECT_EQ(-EINVAL, content_blit(self, key_a, video + 3, 0, 1000));

	/* Only the most recent content key has one. */
	EXPECT_EQ(0, content_blit(self, key_b, audio, 0, 1000));
	EXPECT_EQ(-EINVAL, content_blit(self, key_b, audio, 0, 1000));
	EXPECT_EQ(0, content_blit(self, key_a, audio, 0, 1000));
	EXPECT_EQ(-EINVAL, content_blit(self, key_a, audio, 0, 1000));
}

/* A new session key has a new history; a content key is the same one, however it is wrapped. */
TEST_F(strict_iv, refresh)
{
	EXPECT_EQ(0, blit(self, 9, 0, 16));
	EXPECT_EQ(0, content_blit(self, key_a, 9, 0, 16));
	vt_refresh(&self->s);
	EXPECT_EQ(0, blit(self, 1, 0, 16));
	EXPECT_EQ(-EINVAL, blit(self, 1, 0, 16));
	EXPECT_EQ(-EINVAL, content_blit(self, key_a, 9, 0, 16));
	EXPECT_EQ(0, content_blit(self, key_a, 9, 1, 16));
}

/* A refused blit has no place in the history, and neither has one that moves nothing. */
TEST_F(strict_iv, refused_blits)
{
	struct drm_vprot_blt blt = make_blt(self, 9, 0, 16);

	EXPECT_EQ(0, blit(self, 1, 0, 16));
	blt.result = (uintptr_t)vt_bad_page();
	EXPECT_EQ(-EFAULT, vt_decrypt_blt(&self->s, &blt));
	blt.result = 0;
	blt.epoch = 2;
	EXPECT_EQ(-ESTALE, vt_decrypt_blt(&self->s, &blt));
	blt.epoch = 0;
	blt.src_offset = 65536;
	EXPECT_EQ(-EINVAL, vt_decrypt_blt(&self->s, &blt));
	blt.src_offset = 0;
	blt.size = 0;
	EXPECT_EQ(0, vt_decrypt_blt(&self->s, &blt));
	EXPECT_EQ(0, blit(self, 1, 1, 16));
}

/* An empty blit under another content key is no change of it. */
TEST_F(strict_iv, empty_blits)
{
	EXPECT_EQ(0, content_blit(self, key_a, 5, 0, 16));
	EXPECT_EQ(0, content_blit(self, key_b, 0, 0, 0));
	EXPECT_EQ(-EINVAL, content_blit(self, key_a, 5, 0, 16));
	EXPECT_EQ(0, content_blit(self, key_b, 0, 0, 0));
	EXPECT_EQ(0, content_blit(self, key_b, 3, 0, 16));
	EXPECT_EQ(0, content_blit(self, key_a, 0, 0, 0));
	EXPECT_EQ(-EINVAL, content_blit(self, key_b, 3, 0, 16));
}

/* Within an array each blit follows the one before it. */
TEST_F(strict_iv, arrays)
{
	struct drm_vprot_blt blts[3];
	struct drm_vprot_session_status status;
	__u64 decrypted;

	for (int i = 0; i < 3; i++)
		blts[i] = make_blt(self, 5, i, 16);
	EXPECT_EQ(0, vt_submit_array(&self->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, 3));
	EXPECT_EQ(-EINVAL, blit(self, 5, 2, 16));
	vt_status(&self->s, &status);
	decrypted = status.decrypted;

	/* All of them or none: the first two have no place in the history, either. */
	for (int i = 0; i < 3; i++)
		blts[i] = make_blt(self, 9, i, 16);
	blts[2] = make_blt(self, 9, 1, 16);
	EXPECT_EQ(-EINVAL, vt_submit_array(&self->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, 3));
	vt_status(&self->s, &status);
	EXPECT_EQ(decrypted, status.decrypted);
	EXPECT_EQ(0, blit(self, 5, 3, 16));
}

/* Within an array, too, each change of the content key begins a history. */
TEST_F(strict_iv, content_keys_in_arrays)
{
	__u8 wrapped[2][VT_KEY];
	struct drm_vprot_blt blts[3];

	vt_wrap(self->s.key, (const __u8 *)key_a, wrapped[0]);
	vt_wrap(self->s.key, (const __u8 *)key_b, wrapped[1]);
	ASSERT_EQ(0, content_blit(self, key_a, 5, 0, 16));
	for (int i = 0; i < 3; i++) {
		blts[i] = make_blt(self, 3, 0, 16);
		blts[i].key_form = DRM_VPROT_KEY_WRAPPED;
		blts[i].key = (uintptr_t)wrapped[i % 2];
		blts[i].key_size = VT_KEY;
	}
	/* One that is used twice has gone back; so has the one from before. */
	EXPECT_EQ(-EINVAL, vt_submit_array(&self->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, 1));
	blts[0].key = (uintptr_t)wrapped[1];
	EXPECT_EQ(-EINVAL, vt_submit_array(&self->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, 2));
	EXPECT_EQ(0, vt_submit_array(&self->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts + 1, 2));
	/* The history is that of the last one. */
	EXPECT_EQ(-EINVAL, content_blit(self, key_a, 3, 0, 16));
	EXPECT_EQ(0, content_blit(self, key_a, 3, 1, 16));
}

/* Read-back has IVs of the driver's; it has no part in this. */
TEST_F(strict_iv, read_back)
{
	__u8 seen[100];

	EXPECT_EQ(0, blit(self, ~0ull, ~0ull - 10, 100));
	vt_read_back(&self->s, &self->secret, 0, seen, sizeof(seen));
	vt_read_back(&self->s, &self->secret, 0, seen, sizeof(seen));
	EXPECT_EQ(0, blit(self, ~0ull, ~0ull - 3, 64));
}

TEST_HARNESS_MAIN
