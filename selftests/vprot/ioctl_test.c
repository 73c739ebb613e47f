// SPDX-License-Identifier: GPL-2.0
/*
 * Every ioctl but the blits: each bad value of each member, alone, and that it changes nothing.
 */
#include "kselftest_harness.h"
#include "refusal.h"

FIXTURE(ioctl) {
	struct vt_world w;
};

FIXTURE_SETUP(ioctl)
{
	vt_world_open(&self->w);
}

FIXTURE_TEARDOWN(ioctl)
{
	EXPECT_TRUE(vt_world_intact(&self->w));
}

TEST_F(ioctl, unknown_number)
{
	__u8 arg[64] = { 0 };

	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOWR(DRM_COMMAND_END - 1, arg), arg));
}

TEST_F(ioctl, get_caps)
{
	struct drm_vprot_get_caps get = { .crypto_type = DRM_VPROT_CRYPTO_AES128_CTR };
	struct vt_change changes[] = {
		VT_BAD(get.crypto_type, 0, -EINVAL),
		VT_BAD(get.crypto_type, 3, -EINVAL),
		VT_BAD(get.crypto_type, 31, -EINVAL),
		VT_BAD(get.crypto_type, 32, -EINVAL),
		VT_BAD(get.crypto_type, 33, -EINVAL),
		VT_BAD(get.crypto_type, 0x80000001, -EINVAL),
		VT_BAD(get.crypto_type, ~0u, -EINVAL),
		VT_BITS(get.pad, 0),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_GET_CAPS, &get, changes));

	/* What the caller leaves in the members that it gets does not matter. */
	memset(&get.caps, 0xff, sizeof(get) - offsetof(struct drm_vprot_get_caps, caps));
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_GET_CAPS, &get));
	EXPECT_EQ(DRM_VPROT_CRYPTO_AES128_CTR, get.crypto_type);
	EXPECT_EQ(0, get.pad);
	EXPECT_EQ(0x1 | 0x8 | 0x10 | 0x20 | 0x40 | 0x80 | 0x400 | 1ull << 32, get.caps);
	EXPECT_EQ((1 << 1) | (1 << 2), get.crypto_types);
	EXPECT_EQ((1 << 1) | (1 << 2), get.key_exchange_types);
	EXPECT_EQ(1, get.buffer_alignment);
	EXPECT_EQ(1, get.block_alignment);
	EXPECT_EQ(16, get.key_size);
	EXPECT_GT(get.max_blts, 0);
	EXPECT_GT(get.max_subsamples, 0);
	EXPECT_GE(get.max_blt_size, 8 << 20);
	EXPECT_GE(get.max_buffer_size, get.max_blt_size);
	EXPECT_GT(get.max_file_sessions, 0);
	EXPECT_GE(get.max_sessions, get.max_file_sessions);
	EXPECT_GT(get.max_file_protected, 0);
	EXPECT_GE(get.max_protected, get.max_file_protected);

	/* All crypto types can do the same. */
	struct drm_vprot_get_caps cbcs = { .crypto_type = DRM_VPROT_CRYPTO_AES128_CBCS };

	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_GET_CAPS, &cbcs));
	cbcs.crypto_type = get.crypto_type;
	EXPECT_EQ(0, memcmp(&get, &cbcs, sizeof(get)));
}

TEST_F(ioctl, get_certificate)
{
	static __u8 chain[65536];
	struct drm_vprot_get_caps caps;
	struct drm_vprot_get_certificate get = { .data = (uintptr_t)self->w.bad };

	/* With size 0 it only asks. */
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
	vt_caps(self->w.fd, &caps);
	ASSERT_EQ(caps.certificate_size, get.size);
	ASSERT_GT(get.size, 256);
	ASSERT_LT(get.size, sizeof(chain));

	__u32 size = get.size;
	struct vt_change changes[] = {
		VT_BAD(get.size, 1, -EINVAL),
		VT_BAD(get.size, size - 1, -EINVAL),
		VT_BAD(get.data, 0, -EFAULT),
		VT_BAD(get.data, (uintptr_t)self->w.bad, -EFAULT),
		VT_BAD(get.data, (uintptr_t)self->w.read_only, -EFAULT),
		VT_BAD(get.data, VT_KERNEL_ADDRESS, -EFAULT),
		VT_BITS(get.pad, 0),
	};

	get.data = (uintptr_t)chain;
	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get, changes));
	for (size_t i = 0; i < sizeof(chain); i++)
		ASSERT_EQ(0, chain[i]);

	/* More room than the chain needs is fine, and stays as it is. */
	get.size = sizeof(chain);
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
	ASSERT_EQ(size, get.size);
	EXPECT_EQ(0x30, chain[0]) TH_LOG("not DER");
	for (size_t i = size; i < sizeof(chain); i++)
		ASSERT_EQ(0, chain[i]);

	/* The last byte of the chain does not fit into the page. */
	get.size = size;
	get.data = (uintptr_t)vt_page_before_bad() + 4096 - (size - 1);
	EXPECT_EQ(-EFAULT, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
}

TEST_F(ioctl, session_create)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP,
	};
	struct vt_change changes[] = {
		VT_BAD(create.crypto_type, 0, -EINVAL),
		VT_BAD(create.crypto_type, 3, -EINVAL),
		VT_BAD(create.crypto_type, 31, -EINVAL),
		VT_BAD(create.crypto_type, 33, -EINVAL),
		VT_BAD(create.crypto_type, ~0u, -EINVAL),
		VT_BAD(create.key_exchange_type, 0, -EINVAL),
		VT_BAD(create.key_exchange_type, 31, -EINVAL),
		VT_BAD(create.key_exchange_type, 33, -EINVAL),
		VT_BAD(create.key_exchange_type, ~0u, -EINVAL),
		VT_BITS(create.flags, DRM_VPROT_SESSION_STRICT_IV),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_SESSION_CREATE, &create, changes));
	create.flags = DRM_VPROT_SESSION_STRICT_IV;
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
	EXPECT_NE(0, create.handle);
	EXPECT_EQ(DRM_VPROT_SESSION_STRICT_IV, create.flags);

	/* CBCS has no counter. */
	create.crypto_type = DRM_VPROT_CRYPTO_AES128_CBCS;
	EXPECT_EQ(-EINVAL, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
	create.flags = 0;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
}

/* The bad values of every member that names a session. */
#define BAD_SESSIONS(member) \
	VT_BAD(member, 0, -ENOENT), \
	VT_BAD(member, VT_NO_HANDLE, -ENOENT), \
	VT_BAD(member, ~0u, -ENOENT), \
	VT_BAD(member, self->w.foreign, -ENOENT)

TEST_F(ioctl, session_destroy)
{
	struct drm_vprot_session_destroy destroy = { .handle = self->w.internal.handle };
	struct vt_change changes[] = {
		BAD_SESSIONS(destroy.handle),
		VT_BITS(destroy.pad, 0),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy, changes));
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy));
	EXPECT_EQ(-ENOENT, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy));
}

TEST_F(ioctl, session_status)
{
	struct drm_vprot_session_status status = { .handle = self->w.session.handle };
	struct vt_change changes[] = {
		BAD_SESSIONS(status.handle),
		VT_BITS(status.pad, 0),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_SESSION_STATUS, &status, changes));

	memset(&status.state, 0xff, sizeof(status) - offsetof(typeof(status), state));
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status));
	EXPECT_EQ(DRM_VPROT_SESSION_OK, status.state);
	EXPECT_EQ(DRM_VPROT_STATUS_REFRESH_PENDING | DRM_VPROT_STATUS_READ_BACK_KEY, status.flags);
	EXPECT_EQ(1, status.epoch);
	EXPECT_EQ(VT_WORLD_SIZE, status.decrypted);
	EXPECT_EQ(0, status.encrypted);

	status.handle = self->w.keyless.handle;
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status));
	EXPECT_EQ(DRM_VPROT_SESSION_OK, status.state);
	EXPECT_EQ(0, status.flags);
	EXPECT_EQ(0, status.epoch);

	status.handle = self->w.internal.handle;
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status));
	EXPECT_EQ(1, status.epoch);
}

TEST_F(ioctl, session_key_exchange)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE], *cut = vt_page_before_bad();
	struct drm_vprot_session_key_exchange exchange = {
		.handle = self->w.session.handle,
		.size = sizeof(blob),
		.data = (uintptr_t)blob,
	};

	vt_key_exchange_blob(self->w.fd, self->w.plain, VT_KEY, blob);

	struct vt_change changes[] = {
		BAD_SESSIONS(exchange.handle),
		VT_BAD(exchange.handle, self->w.internal.handle, -EOPNOTSUPP),
		VT_BAD(exchange.size, 0, -EINVAL),
		VT_BAD(exchange.size, 16, -EINVAL),
		VT_BAD(exchange.size, 255, -EINVAL),
		VT_BAD(exchange.size, 257, -EINVAL),
		VT_BAD(exchange.size, ~0u, -EINVAL),
		VT_BAD(exchange.data, 0, -EFAULT),
		VT_BAD(exchange.data, (uintptr_t)self->w.bad, -EFAULT),
		VT_BAD(exchange.data, (uintptr_t)cut + 4096 - 255, -EFAULT),
		VT_BAD(exchange.data, VT_KERNEL_ADDRESS, -EFAULT),
		VT_BAD(blob[200], blob[200] ^ 1, -EKEYREJECTED),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE, &exchange, changes));
	exchange.handle = self->w.keyless.handle;
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE, &exchange));
}

/* The bad values of every member that points to where a result goes. */
#define BAD_OUTPUTS(member, size) \
	VT_BAD(member, (uintptr_t)self->w.bad, -EFAULT), \
	VT_BAD(member, (uintptr_t)self->w.read_only, -EFAULT), \
	VT_BAD(member, (uintptr_t)cut + 4096 - (size) + 1, -EFAULT), \
	VT_BAD(member, VT_KERNEL_ADDRESS, -EFAULT)

TEST_F(ioctl, start_session_key_refresh)
{
	__u8 *cut = vt_page_before_bad();
	struct drm_vprot_start_session_key_refresh start = {
		.handle = self->w.session.handle,
		.size = VT_KEY,
		.nonce = (uintptr_t)self->w.output,
	};
	struct vt_change changes[] = {
		BAD_SESSIONS(start.handle),
		VT_BAD(start.handle, self->w.internal.handle, -EOPNOTSUPP),
		VT_BAD(start.handle, self->w.keyless.handle, -ENOKEY),
		VT_BAD(start.size, 0, -EINVAL),
		VT_BAD(start.size, 15, -EINVAL),
		VT_BAD(start.size, 17, -EINVAL),
		VT_BAD(start.size, 32, -EINVAL),
		VT_BAD(start.size, ~0u, -EINVAL),
		VT_BAD(start.nonce, 0, -EFAULT),
		BAD_OUTPUTS(start.nonce, VT_KEY),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH, &start,
			       changes));
}

TEST_F(ioctl, finish_session_key_refresh)
{
	__u8 *cut = vt_page_before_bad();
	struct drm_vprot_finish_session_key_refresh finish = {
		.handle = self->w.session.handle,
		.epoch = (uintptr_t)self->w.output,
	};
	struct vt_change changes[] = {
		BAD_SESSIONS(finish.handle),
		VT_BAD(finish.handle, self->w.internal.handle, -EOPNOTSUPP),
		VT_BAD(finish.handle, self->w.keyless.handle, -ENODATA),
		VT_BITS(finish.pad, 0),
		BAD_OUTPUTS(finish.epoch, sizeof(__u64)),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH, &finish,
			       changes));
}

TEST_F(ioctl, get_encryption_blt_key)
{
	__u8 *cut = vt_page_before_bad();
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = self->w.session.handle,
		.size = VT_KEY,
		.key = (uintptr_t)self->w.output,
		.epoch = (uintptr_t)(self->w.output + VT_KEY),
	};
	struct vt_change changes[] = {
		BAD_SESSIONS(get.handle),
		VT_BAD(get.handle, self->w.keyless.handle, -ENOKEY),
		VT_BAD(get.size, 0, -EINVAL),
		VT_BAD(get.size, 15, -EINVAL),
		VT_BAD(get.size, 17, -EINVAL),
		VT_BAD(get.size, ~0u, -EINVAL),
		VT_BAD(get.key, 0, -EFAULT),
		BAD_OUTPUTS(get.key, VT_KEY),
	};
	/* The key may have been written when the epoch cannot be. */
	struct vt_change epochs[] = { BAD_OUTPUTS(get.epoch, sizeof(__u64)) };
	__u8 key[VT_KEY];

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get, changes));
	get.key = (uintptr_t)key;
	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get, epochs));
}

TEST_F(ioctl, gem_create)
{
	struct drm_vprot_get_caps caps;
	struct drm_vprot_gem_create create = { .size = 1 };
	struct vt_buffer buffer;

	vt_caps(self->w.fd, &caps);
	struct vt_change changes[] = {
		VT_BAD(create.size, 0, -EINVAL),
		VT_BAD(create.size, caps.max_buffer_size + 1, -EINVAL),
		VT_BAD(create.size, 1ull << 63, -EINVAL),
		VT_BAD(create.size, ~0ull, -EINVAL),
		VT_BAD(create.size, ~0ull - 4094, -EINVAL),
		VT_BITS(create.flags, DRM_VPROT_GEM_PROTECTED | DRM_VPROT_GEM_RESTRICTED),
		VT_BAD(create.flags, DRM_VPROT_GEM_PROTECTED | DRM_VPROT_GEM_RESTRICTED, -EINVAL),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_GEM_CREATE, &create, changes));
	create.flags = DRM_VPROT_GEM_PROTECTED;
	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_GEM_CREATE, &create, changes));

	create.flags = 0;
	create.handle = VT_NO_HANDLE;
	ASSERT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_GEM_CREATE, &create));
	EXPECT_NE(0, create.handle);
	EXPECT_NE(VT_NO_HANDLE, create.handle);

	/* Rounded up to whole pages, and zeroed. */
	vt_clear(&buffer, self->w.fd, 4097);
	for (int i = 0; i < 8192; i++)
		ASSERT_EQ(0, buffer.map[i]);
}

TEST_F(ioctl, gem_mmap_offset)
{
	struct drm_vprot_gem_mmap_offset map = { .handle = self->w.clear.handle };
	struct vt_change changes[] = {
		VT_BAD(map.handle, 0, -ENOENT),
		VT_BAD(map.handle, VT_NO_HANDLE, -ENOENT),
		VT_BAD(map.handle, ~0u, -ENOENT),
		VT_BAD(map.handle, self->w.secret.handle, -EACCES),
		VT_BAD(map.handle, self->w.unbound.handle, -EACCES),
		VT_BITS(map.pad, 0),
	};

	EXPECT_TRUE(VT_REFUSED(&self->w, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &map, changes));
	EXPECT_EQ(0, vt_ioctl(self->w.fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &map));
	EXPECT_EQ(0, map.offset % 4096);
}

TEST_HARNESS_MAIN
