// SPDX-License-Identifier: GPL-2.0
/*
 * Blits from and to buffers of another device (vgem), and of another file of this one.
 */
#include "kselftest_harness.h"
#include "vprot_test.h"

#define SIZE	65536

FIXTURE(import) {
	int fd;
	struct vt_session s;
	struct vt_buffer secret;
	__u32 handle;	/* of the other device's buffer, in vprot */
	__u8 *map;	/* its memory, by the other device */
	__u8 plain[SIZE];
};

FIXTURE_SETUP(import)
{
	struct drm_mode_create_dumb create = { .width = SIZE, .height = 1, .bpp = 8 };
	struct drm_mode_map_dumb offset = { 0 };
	struct vt_buffer theirs;
	int vgem = vt_open_vgem(), dmabuf;
	__u64 seed = 90;

	ASSERT_EQ(0, vt_ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &create));
	offset.handle = create.handle;
	ASSERT_EQ(0, vt_ioctl(vgem, DRM_IOCTL_MODE_MAP_DUMB, &offset));
	self->map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vgem, offset.offset);
	ASSERT_NE(MAP_FAILED, self->map);
	theirs = (struct vt_buffer){ .fd = vgem, .handle = create.handle };
	dmabuf = vt_export(&theirs);

	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
	vt_protected(&self->secret, self->fd, SIZE);
	vt_fill(&seed, self->plain, SIZE);
	ASSERT_EQ(0, vt_import(self->fd, dmabuf, &self->handle));
	/* It is the buffer that counts: what led to it can go. */
	ASSERT_EQ(0, close(dmabuf));
	ASSERT_EQ(0, close(vgem));
}

FIXTURE_TEARDOWN(import)
{
}

TEST_F(import, decryption)
{
	struct drm_vprot_blt blt = {
		.src = self->handle,
		.dst = self->secret.handle,
		.src_offset = 1234,
		.dst_offset = 77,
		.size = SIZE - 1234,
		.iv = { 9, 8, 7 },
	};
	static __u8 seen[SIZE];

	memcpy(self->map, self->plain, SIZE);
	vt_ctr(self->s.key, blt.iv, self->map + 1234, blt.size);
	ASSERT_EQ(0, vt_decrypt_blt(&self->s, &blt));
	vt_read_back(&self->s, &self->secret, 77, seen, blt.size);
	EXPECT_EQ(0, memcmp(seen, self->plain + 1234, blt.size));

	blt.src_offset++;
	EXPECT_EQ(-EINVAL, vt_decrypt_blt(&self->s, &blt));
}

/* Clear bytes of a sample come out of it as well. */
TEST_F(import, subsamples)
{
	struct drm_vprot_subsample subsamples[] = {
		{ .clear = 5000, .encrypted = 3000 },
		{ .clear = 77, .encrypted = SIZE - 8077 },
	};
	struct drm_vprot_blt blt = {
		.src = self->handle,
		.dst = self->secret.handle,
		.size = SIZE,
		.iv = { 1, 2, 3 },
		.subsamples = (uintptr_t)subsamples,
		.num_subsamples = 2,
	};
	static __u8 encrypted[SIZE - 5077], seen[SIZE];

	memcpy(encrypted, self->plain + 5000, 3000);
	memcpy(encrypted + 3000, self->plain + 8077, SIZE - 8077);
	vt_ctr(self->s.key, blt.iv, encrypted, sizeof(encrypted));
	memcpy(self->map, self->plain, SIZE);
	memcpy(self->map + 5000, encrypted, 3000);
	memcpy(self->map + 8077, encrypted + 3000, SIZE - 8077);
	ASSERT_EQ(0, vt_decrypt_blt(&self->s, &blt));
	vt_read_back(&self->s, &self->secret, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(seen, self->plain, SIZE));
}

TEST_F(import, encryption)
{
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = {
		.src = self->secret.handle,
		.dst = self->handle,
		.src_offset = 5,
		.dst_offset = 4321,
		.size = SIZE - 9999,
		.result = (uintptr_t)&result,
	};

	vt_load(&self->s, &self->secret, 0, self->plain, SIZE);
	memset(self->map, 0xa5, SIZE);
	ASSERT_EQ(0, vt_encrypt_blt(&self->s, &blt));
	vt_ctr(self->s.read_back, result.iv, self->map + 4321, blt.size);
	EXPECT_EQ(0, memcmp(self->map + 4321, self->plain + 5, blt.size));
	/* What lies beside it is as it was. */
	memset(self->map + 4321, 0xa5, blt.size);
	EXPECT_TRUE(self->map[0] == 0xa5 && !memcmp(self->map, self->map + 1, SIZE - 1));
}

/* It is a clear buffer: no plaintext goes there, and it is mapped through its own device. */
TEST_F(import, refused)
{
	struct drm_vprot_gem_mmap_offset offset = { .handle = self->handle };
	struct drm_vprot_blt_result result;
	struct vt_buffer clear;
	struct drm_vprot_blt blt = { .dst = self->handle, .size = 64 };

	vt_clear(&clear, self->fd, SIZE);
	blt.src = clear.handle;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset));
	EXPECT_EQ(0, offset.offset);
	EXPECT_EQ(-EACCES, vt_decrypt_blt(&self->s, &blt));
	blt.result = (uintptr_t)&result;
	blt.dst = clear.handle;
	blt.src = self->handle;
	EXPECT_EQ(-EACCES, vt_encrypt_blt(&self->s, &blt));
}

/* A clear buffer that two files of the device share is one buffer in both. */
TEST_F(import, clear_buffer_of_another_file)
{
	struct vt_session other;
	struct vt_buffer clear, secret;
	struct drm_vprot_blt blt = { .size = SIZE };
	static __u8 seen[SIZE];
	int dmabuf;

	vt_clear(&clear, self->fd, SIZE);
	dmabuf = vt_export(&clear);
	vt_session_open(&other, vt_open(), 0);
	vt_protected(&secret, other.fd, SIZE);
	blt.dst = secret.handle;
	ASSERT_EQ(0, vt_import(other.fd, dmabuf, &blt.src));
	memcpy(clear.map, self->plain, SIZE);
	vt_ctr(other.key, blt.iv, clear.map, SIZE);
	ASSERT_EQ(0, vt_decrypt_blt(&other, &blt));
	vt_read_back(&other, &secret, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(seen, self->plain, SIZE));
}

TEST_HARNESS_MAIN
