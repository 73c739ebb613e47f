// SPDX-License-Identifier: GPL-2.0
/*
 * DECRYPTION_BLT and ENCRYPTION_BLT: each bad value of each member, alone, and that it changes
 * nothing; that an array of blits is done as a whole or not at all.
 */
#include "kselftest_harness.h"
#include "refusal.h"

#define SIZE	256

FIXTURE(submit) {
	struct vt_world w;
	struct drm_vprot_submit submit;
	struct drm_vprot_blt blt;
	struct drm_vprot_subsample subsamples[2];
	__u8 key[VT_KEY];
	struct drm_vprot_get_caps caps;
	__u8 *cut;
};

/* A good decryption blit that uses every member. */
FIXTURE_SETUP(submit)
{
	vt_world_open(&self->w);
	vt_caps(self->w.fd, &self->caps);
	self->cut = vt_page_before_bad();
	self->subsamples[0] = (struct drm_vprot_subsample){ 16, SIZE / 2 - 16 };
	self->subsamples[1] = (struct drm_vprot_subsample){ 0, SIZE / 2 };
	self->blt = (struct drm_vprot_blt){
		.src = self->w.clear.handle,
		.dst = self->w.unbound.handle,
		.src_offset = 512,
		.dst_offset = 1024,
		.size = SIZE,
		.iv = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.subsamples = (uintptr_t)self->subsamples,
		.num_subsamples = 2,
		.crypt_blocks = 1,
		.skip_blocks = 9,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)self->key,
		.key_size = VT_KEY,
		.epoch = self->w.session.epoch,
		.result = (uintptr_t)self->w.output,
	};
	self->submit = (struct drm_vprot_submit){
		.session = self->w.session.handle,
		.blts = (uintptr_t)&self->blt,
		.num_blts = 1,
		.blt_stride = sizeof(self->blt),
	};
}

FIXTURE_TEARDOWN(submit)
{
}

/* Turns it into a good encryption blit. */
static void to_encryption(struct _test_data_submit *self)
{
	self->blt = (struct drm_vprot_blt){
		.src = self->w.secret.handle,
		.dst = self->w.clear.handle,
		.src_offset = 512,
		.dst_offset = 1024,
		.size = SIZE,
		.epoch = self->w.session.epoch,
		.result = (uintptr_t)self->w.output,
	};
}

#define REFUSED(request, changes) \
	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_##request, &self->submit, changes))

/* What is bad in a blit of either direction. */
#define BAD_SUBMITS(short_stride) \
	VT_BAD(self->submit.session, 0, -ENOENT), \
	VT_BAD(self->submit.session, VT_NO_HANDLE, -ENOENT), \
	VT_BAD(self->submit.session, self->w.foreign, -ENOENT), \
	VT_BAD(self->submit.session, self->w.keyless.handle, -ENOKEY), \
	VT_BITS(self->submit.flags, 0), \
	VT_BAD(self->submit.blts, 0, -EFAULT), \
	VT_BAD(self->submit.blts, (uintptr_t)self->w.bad, -EFAULT), \
	VT_BAD(self->submit.blts, (uintptr_t)self->cut + 4096 - 103, -EFAULT), \
	VT_BAD(self->submit.blts, VT_KERNEL_ADDRESS, -EFAULT), \
	VT_BAD(self->submit.num_blts, self->caps.max_blts + 1, -E2BIG), \
	VT_BAD(self->submit.num_blts, ~0u, -E2BIG), \
	VT_BAD(self->submit.blt_stride, 0, -EINVAL), \
	VT_BAD(self->submit.blt_stride, 8, -EINVAL), \
	VT_BAD(self->submit.blt_stride, short_stride, -EINVAL), \
	VT_BAD(self->submit.blt_stride, 4097, -EINVAL), \
	VT_BAD(self->submit.blt_stride, ~0u, -EINVAL), \
	VT_BITS(self->submit.waits, 0), \
	VT_BITS(self->submit.signals, 0), \
	VT_BITS(self->submit.num_waits, 0), \
	VT_BITS(self->submit.num_signals, 0), \
	VT_BITS(self->submit.sync_stride, 0), \
	VT_BITS(self->submit.pad, 0), \
	VT_BAD(self->blt.src, 0, -ENOENT), \
	VT_BAD(self->blt.src, VT_NO_HANDLE, -ENOENT), \
	VT_BAD(self->blt.src, ~0u, -ENOENT), \
	VT_BAD(self->blt.dst, 0, -ENOENT), \
	VT_BAD(self->blt.dst, VT_NO_HANDLE, -ENOENT), \
	VT_BAD(self->blt.src_offset, VT_WORLD_SIZE - SIZE + 1, -EINVAL), \
	VT_BAD(self->blt.src_offset, VT_WORLD_SIZE, -EINVAL), \
	VT_BAD(self->blt.src_offset, VT_WORLD_SIZE + 1, -EINVAL), \
	VT_BAD(self->blt.src_offset, -SIZE, -EINVAL), \
	VT_BAD(self->blt.src_offset, ~0ull, -EINVAL), \
	VT_BAD(self->blt.dst_offset, VT_WORLD_SIZE - SIZE + 1, -EINVAL), \
	VT_BAD(self->blt.dst_offset, VT_WORLD_SIZE, -EINVAL), \
	VT_BAD(self->blt.dst_offset, -SIZE, -EINVAL), \
	VT_BAD(self->blt.dst_offset, ~0ull, -EINVAL), \
	VT_BAD(self->blt.size, VT_WORLD_SIZE - 1023, -EINVAL), \
	VT_BAD(self->blt.size, self->caps.max_blt_size + 1, -EINVAL), \
	VT_BAD(self->blt.size, -512, -EINVAL), \
	VT_BAD(self->blt.size, ~0ull, -EINVAL), \
	VT_BITS(self->blt.flags, 0), \
	VT_BAD(self->blt.epoch, 2, -ESTALE), \
	VT_BAD(self->blt.epoch, ~0ull, -ESTALE), \
	VT_BAD(self->blt.result, (uintptr_t)self->w.bad, -EFAULT), \
	VT_BAD(self->blt.result, (uintptr_t)self->w.read_only, -EFAULT), \
	VT_BAD(self->blt.result, (uintptr_t)self->cut + 4096 - 31, -EFAULT), \
	VT_BAD(self->blt.result, VT_KERNEL_ADDRESS, -EFAULT)

TEST_F(submit, decryption)
{
	struct vt_change changes[] = {
		BAD_SUBMITS(sizeof(self->blt) - 8),
		/* Only from a clear buffer into one that is protected and not someone else's. */
		VT_BAD(self->blt.src, self->w.secret.handle, -EACCES),
		VT_BAD(self->blt.src, self->w.unbound.handle, -EACCES),
		VT_BAD(self->blt.dst, self->w.clear.handle, -EACCES),
		VT_BAD(self->blt.dst, self->w.others.handle, -EACCES),
		VT_BAD(self->blt.num_subsamples, 0, -EINVAL),
		VT_BAD(self->blt.num_subsamples, 1, -EINVAL),
		VT_BAD(self->blt.num_subsamples, self->caps.max_subsamples + 1, -E2BIG),
		VT_BAD(self->blt.num_subsamples, ~0u, -E2BIG),
		VT_BAD(self->blt.subsamples, 0, -EINVAL),
		VT_BAD(self->blt.subsamples, (uintptr_t)self->w.bad, -EFAULT),
		VT_BAD(self->blt.subsamples, (uintptr_t)self->cut + 4096 - 15, -EFAULT),
		VT_BAD(self->blt.subsamples, VT_KERNEL_ADDRESS, -EFAULT),
		VT_BAD(self->subsamples[0].clear, 15, -EINVAL),
		VT_BAD(self->subsamples[0].clear, 17, -EINVAL),
		VT_BAD(self->subsamples[1].encrypted, SIZE / 2 + 1, -EINVAL),
		VT_BAD(self->subsamples[1].encrypted, ~0u, -EINVAL),
		VT_BAD(self->blt.crypt_blocks, 0, -EINVAL),
		VT_BAD(self->blt.skip_blocks, 0, -EINVAL),
		VT_BAD(self->blt.key_form, DRM_VPROT_KEY_SESSION, -EINVAL),
		VT_BAD(self->blt.key_form, 31, -EINVAL),
		VT_BAD(self->blt.key_form, ~0u, -EINVAL),
		VT_BAD(self->blt.key_size, 0, -EINVAL),
		VT_BAD(self->blt.key_size, 15, -EINVAL),
		VT_BAD(self->blt.key_size, 17, -EINVAL),
		VT_BAD(self->blt.key_size, ~0u, -EINVAL),
		VT_BAD(self->blt.key, 0, -EFAULT),
		VT_BAD(self->blt.key, (uintptr_t)self->w.bad, -EFAULT),
		VT_BAD(self->blt.key, (uintptr_t)self->cut + 4096 - 15, -EFAULT),
		VT_BAD(self->blt.key, VT_KERNEL_ADDRESS, -EFAULT),
	};

	REFUSED(DECRYPTION_BLT, changes);
	ASSERT_TRUE(vt_world_intact(&self->w));
	self->blt.epoch = self->w.session.epoch;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
}

TEST_F(submit, decryption_without_a_content_key)
{
	struct vt_change changes[] = {
		VT_BAD(self->blt.key, (uintptr_t)self->key, -EINVAL),
		VT_BAD(self->blt.key_size, VT_KEY, -EINVAL),
	};

	self->blt.key_form = DRM_VPROT_KEY_SESSION;
	self->blt.key = 0;
	self->blt.key_size = 0;
	REFUSED(DECRYPTION_BLT, changes);
	ASSERT_TRUE(vt_world_intact(&self->w));
	self->blt.epoch = 0;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
}

TEST_F(submit, encryption)
{
	struct vt_change changes[] = {
		BAD_SUBMITS(sizeof(self->blt) - 8),
		VT_BAD(self->submit.session, self->w.internal.handle, -EACCES),
		/* Only from a protected buffer that is not someone else's into a clear one. */
		VT_BAD(self->blt.src, self->w.clear.handle, -EACCES),
		VT_BAD(self->blt.src, self->w.others.handle, -EACCES),
		VT_BAD(self->blt.dst, self->w.secret.handle, -EACCES),
		VT_BAD(self->blt.dst, self->w.unbound.handle, -EACCES),
		/* The whole range, under a key and an IV of the driver's. */
		VT_BAD(self->blt.iv[0], 1, -EINVAL),
		VT_BAD(self->blt.iv[15], 1, -EINVAL),
		VT_BAD(self->blt.subsamples, (uintptr_t)self->subsamples, -EINVAL),
		VT_BAD(self->blt.num_subsamples, 1, -EINVAL),
		VT_BAD(self->blt.crypt_blocks, 1, -EINVAL),
		VT_BAD(self->blt.skip_blocks, 1, -EINVAL),
		VT_BAD(self->blt.key_form, DRM_VPROT_KEY_WRAPPED, -EINVAL),
		VT_BAD(self->blt.key_form, ~0u, -EINVAL),
		VT_BAD(self->blt.key, (uintptr_t)self->key, -EINVAL),
		VT_BAD(self->blt.key_size, VT_KEY, -EINVAL),
		VT_BAD(self->blt.result, 0, -EINVAL),
	};

	to_encryption(self);
	/* A bound buffer is an error of its own for the session without a key. */
	changes[3].error = -EACCES;
	REFUSED(ENCRYPTION_BLT, changes);
	ASSERT_TRUE(vt_world_intact(&self->w));
	self->blt.epoch = self->w.session.epoch;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &self->submit));
}

/* What is good together in a decryption blit: clear bytes, a pattern, a key of the client's. */
TEST_F(submit, encryption_of_whole_ranges)
{
	struct drm_vprot_blt good;

	to_encryption(self);
	good = self->blt;
	self->blt.subsamples = (uintptr_t)self->subsamples;
	self->blt.num_subsamples = 2;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &self->submit));
	self->blt = good;
	self->blt.crypt_blocks = 1;
	self->blt.skip_blocks = 9;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &self->submit));
	self->blt = good;
	self->blt.key_form = DRM_VPROT_KEY_WRAPPED;
	self->blt.key = (uintptr_t)self->key;
	self->blt.key_size = VT_KEY;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &self->submit));
	EXPECT_TRUE(vt_world_intact(&self->w));
}

TEST_F(submit, encryption_without_a_read_back_key)
{
	struct vt_session s;
	__u8 key[VT_KEY] = "no read-back yet";

	to_encryption(self);
	self->blt.src = self->w.unbound.handle;

	vt_session_create(&s, self->w.fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_key_exchange(&s, key);

	struct vt_change changes[] = {
		VT_BAD(self->submit.session, self->w.keyless.handle, -ENOKEY),
		VT_BAD(self->submit.session, self->w.internal.handle, -ENOKEY),
		VT_BAD(self->submit.session, s.handle, -ENOKEY),
	};
	REFUSED(ENCRYPTION_BLT, changes);
	ASSERT_TRUE(vt_world_intact(&self->w));
}

TEST_F(submit, stride)
{
	struct {
		struct drm_vprot_blt blt;
		__u8 later[4096 - sizeof(struct drm_vprot_blt)];
	} wide[2] = { { self->blt }, { self->blt } };

	self->submit.num_blts = 2;
	self->submit.blts = (uintptr_t)wide;
	for (__u32 stride = sizeof(wide[0]); stride > sizeof(self->blt); stride /= 2) {
		__u32 later = stride - sizeof(self->blt);
		__u8 *second = (__u8 *)wide + stride;
		struct vt_change changes[] = {
			/* Of a member that the driver does not know, only 0 is good. */
			VT_BAD(((__u8 *)wide)[sizeof(self->blt)], 1, -EINVAL),
			VT_BAD(((__u8 *)wide)[stride - 1], 0x80, -EINVAL),
			VT_BAD(second[sizeof(self->blt)], 1, -EINVAL),
			VT_BAD(second[stride - 1], 0x80, -EINVAL),
		};

		memset(wide[0].later, 0, sizeof(wide[0].later));
		memcpy(second, &self->blt, sizeof(self->blt));
		memset(second + sizeof(self->blt), 0, later);
		self->submit.blt_stride = stride;
		REFUSED(DECRYPTION_BLT, changes);
	}
	/* What follows the members that the driver knows has to be there. */
	memcpy(self->cut + 4096 - sizeof(self->blt), &self->blt, sizeof(self->blt));
	self->submit.num_blts = 1;
	self->submit.blts = (uintptr_t)self->cut + 4096 - sizeof(self->blt);
	self->submit.blt_stride = sizeof(self->blt) + 8;
	EXPECT_EQ(-EFAULT, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	ASSERT_TRUE(vt_world_intact(&self->w));
	self->submit.num_blts = 2;
	self->submit.blts = (uintptr_t)wide;

	wide[0].blt.epoch = 0;
	wide[1].blt.epoch = 0;
	memset(wide[0].later, 0, sizeof(wide[0].later));
	memset(wide[1].later, 0, sizeof(wide[1].later));
	wide[1].blt.result = 0;
	self->submit.blt_stride = sizeof(wide[0]);
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
}

TEST_F(submit, nothing_to_do)
{
	struct vt_change changes[] = {
		VT_BAD(self->submit.flags, 1, -EINVAL),
		VT_BAD(self->submit.blt_stride, 0, -EINVAL),
		VT_BAD(self->submit.num_waits, 1, -EINVAL),
		VT_BAD(self->submit.pad, 1, -EINVAL),
		VT_BAD(self->submit.session, VT_NO_HANDLE, -ENOENT),
		VT_BAD(self->submit.session, self->w.keyless.handle, -ENOKEY),
	};

	/* No blits. */
	self->submit.num_blts = 0;
	REFUSED(DECRYPTION_BLT, changes);
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_ENCRYPTION_BLT, &self->submit));
	EXPECT_TRUE(vt_world_same(&self->w));

	/* A blit of no bytes, up to the very end of the buffers; it binds nothing. */
	self->submit.num_blts = 1;
	self->blt.size = 0;
	self->blt.num_subsamples = 0;
	self->blt.subsamples = 0;
	self->blt.src_offset = VT_WORLD_SIZE;
	self->blt.dst_offset = VT_WORLD_SIZE;
	self->blt.result = 0;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	EXPECT_TRUE(vt_world_same(&self->w));
	self->submit.session = self->w.internal.handle;
	self->blt.size = 1;
	self->blt.src_offset = 0;
	self->blt.dst_offset = 0;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	EXPECT_TRUE(vt_world_same(&self->w));

	/* Now it is bound. */
	self->submit.session = self->w.session.handle;
	EXPECT_EQ(-EACCES, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
}

TEST_F(submit, array_is_done_as_a_whole)
{
	struct drm_vprot_blt blts[8];
	struct vt_change changes[] = {
		VT_BAD(blts[7].flags, 1, -EINVAL),
		VT_BAD(blts[7].size, ~0ull, -EINVAL),
		VT_BAD(blts[7].result, (uintptr_t)self->w.bad, -EFAULT),
		VT_BAD(blts[7].key, 0, -EFAULT),
		VT_BAD(blts[7].subsamples, 8, -EFAULT),
		VT_BAD(blts[7].src, VT_NO_HANDLE, -ENOENT),
		VT_BAD(blts[7].dst, self->w.others.handle, -EACCES),
		VT_BAD(blts[7].epoch, 2, -ESTALE),
		VT_BAD(blts[7].dst_offset, VT_WORLD_SIZE, -EINVAL),
		VT_BAD(blts[3].crypt_blocks, 0, -EINVAL),
		VT_BAD(blts[0].src_offset, VT_WORLD_SIZE, -EINVAL),
	};

	for (int i = 0; i < 8; i++) {
		blts[i] = self->blt;
		blts[i].dst = i % 2 ? self->w.secret.handle : self->w.unbound.handle;
		blts[i].dst_offset = i * SIZE;
		blts[i].result = 0;
	}
	self->submit.blts = (uintptr_t)blts;
	self->submit.num_blts = 8;
	REFUSED(DECRYPTION_BLT, changes);
	ASSERT_TRUE(vt_world_intact(&self->w));
}

/* The caps count the subsamples and the bytes of all blits of one ioctl together. */
TEST_F(submit, caps_are_exact)
{
	__u32 max_blts = self->caps.max_blts, max_subsamples = self->caps.max_subsamples;
	struct drm_vprot_blt *blts = calloc(max_blts + 1, sizeof(*blts));
	struct drm_vprot_subsample *subsamples = calloc(max_subsamples, sizeof(*subsamples));

	self->blt.epoch = 0;
	self->blt.result = 0;
	self->blt.size = 0;
	self->blt.subsamples = 0;
	self->blt.num_subsamples = 0;
	for (__u32 i = 0; i < max_blts + 1; i++)
		blts[i] = self->blt;
	self->submit.blts = (uintptr_t)blts;
	self->submit.num_blts = max_blts + 1;
	EXPECT_EQ(-E2BIG, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	self->submit.num_blts = max_blts;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));

	self->submit.num_blts = 2;
	blts[0].subsamples = (uintptr_t)subsamples;
	blts[0].num_subsamples = max_subsamples;
	blts[1].subsamples = (uintptr_t)subsamples;
	blts[1].num_subsamples = 1;
	EXPECT_EQ(-E2BIG, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	blts[0].num_subsamples = max_subsamples - 1;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));

	/* So it is with the bytes. That a handle is unknown is found later than a wrong size. */
	for (int i = 0; i < 2; i++) {
		blts[i].subsamples = 0;
		blts[i].num_subsamples = 0;
		blts[i].src = VT_NO_HANDLE;
		blts[i].size = self->caps.max_blt_size / 2;
	}
	EXPECT_EQ(-ENOENT, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	blts[1].size++;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	blts[1].size = ~0ull - blts[0].size + 2;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_DECRYPTION_BLT, &self->submit));
	EXPECT_TRUE(vt_world_intact(&self->w));
}

TEST_HARNESS_MAIN
