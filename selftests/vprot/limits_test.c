// SPDX-License-Identifier: GPL-2.0
/*
 * The limits of sessions, channels and protected memory: exact, given back, and published in the
 * caps.
 */
#include "kselftest_harness.h"
#include "channel.h"
#include "module.h"
#include "vprot_test.h"

static const struct parameter {
	const char *name;
	unsigned int value;	/* in these tests */
} parameters[] = {
	{ "max_file_sessions", 5 },
	{ "max_sessions", 8 },
	{ "max_file_channels", 3 },
	{ "max_channels", 5 },
	{ "max_file_protected_mib", 2 },
	{ "max_protected_mib", 3 },
};

static unsigned int saved[ARRAY_SIZE(parameters)];

FIXTURE(limits) {
	int fd, other;
};

FIXTURE_SETUP(limits)
{
	self->fd = vt_open();
	self->other = vt_open();
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++)
		vt_set_parameter(parameters[i].name, parameters[i].value);
}

/* Even after a test that ended early. */
FIXTURE_TEARDOWN_PARENT(limits)
{
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++)
		vt_set_parameter(parameters[i].name, saved[i]);
}

__attribute__((constructor)) static void save(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++)
		saved[i] = vt_parameter(parameters[i].name);
}

TEST_F(limits, caps)
{
	struct drm_vprot_get_caps caps;

	vt_caps(self->fd, &caps);
	EXPECT_EQ(5, caps.max_file_sessions);
	EXPECT_EQ(8, caps.max_sessions);
	EXPECT_EQ(3, caps.max_file_channels);
	EXPECT_EQ(5, caps.max_channels);
	EXPECT_EQ(2 << 20, caps.max_file_protected);
	EXPECT_EQ(3 << 20, caps.max_protected);
}

/* Creates some sessions; @handle gets the last one's. */
static int create_sessions(int fd, int count, __u32 *handle)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP,
	};
	int result = 0;

	for (int i = 0; i < count && !result; i++)
		result = vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create);
	if (handle)
		*handle = create.handle;
	return result;
}

TEST_F(limits, sessions)
{
	struct vt_session s = { .fd = self->fd };
	__u32 handle;

	ASSERT_EQ(0, create_sessions(self->fd, 5, &s.handle));
	EXPECT_EQ(-EMFILE, create_sessions(self->fd, 1, NULL));
	EXPECT_EQ(-EMFILE, create_sessions(self->fd, 1, NULL));
	ASSERT_EQ(0, create_sessions(self->other, 3, NULL));
	/* The file has not reached its limit, but the device has. */
	EXPECT_EQ(-EMFILE, create_sessions(self->other, 1, NULL));

	/* A session that ends makes room, with a new handle: the old one stays unknown. */
	handle = s.handle;
	vt_session_destroy(&s);
	s.fd = self->fd;
	ASSERT_EQ(0, create_sessions(self->fd, 1, &s.handle));
	EXPECT_NE(handle, s.handle);
	EXPECT_EQ(-EMFILE, create_sessions(self->other, 1, NULL));

	/* So does a file that is closed. */
	close(self->fd);
	ASSERT_EQ(0, create_sessions(self->other, 2, NULL));
	EXPECT_EQ(-EMFILE, create_sessions(self->other, 1, NULL));
}

/* Creates some channels; @c gets the last one. */
static int create_channels(int fd, int count, struct vt_channel *c)
{
	struct drm_vprot_channel_create create = { .type = DRM_VPROT_CHANNEL_SOFTWARE };
	int result = 0;

	for (int i = 0; i < count && !result; i++)
		result = vt_ioctl(fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &create);
	if (c)
		*c = (struct vt_channel){ .fd = fd, .handle = create.handle };
	return result;
}

TEST_F(limits, channels)
{
	struct vt_channel c;
	__u32 handle;

	ASSERT_EQ(0, create_channels(self->fd, 3, &c));
	EXPECT_EQ(-EMFILE, create_channels(self->fd, 1, NULL));
	ASSERT_EQ(0, create_channels(self->other, 2, NULL));
	EXPECT_EQ(-EMFILE, create_channels(self->other, 1, NULL));

	handle = c.handle;
	ASSERT_EQ(0, vt_channel_destroy(&c));
	ASSERT_EQ(0, create_channels(self->fd, 1, &c));
	EXPECT_NE(handle, c.handle);
	EXPECT_EQ(-EMFILE, create_channels(self->other, 1, NULL));
	close(self->fd);
	EXPECT_EQ(0, create_channels(self->other, 1, NULL));
	EXPECT_EQ(-EMFILE, create_channels(self->other, 1, NULL));
}

static int create_buffer(int fd, __u64 size, __u32 flags, __u32 *handle)
{
	struct drm_vprot_gem_create create = { .size = size, .flags = flags };
	int result = vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &create);

	if (handle)
		*handle = create.handle;
	return result;
}

TEST_F(limits, protected_memory)
{
	const __u32 protected = DRM_VPROT_GEM_PROTECTED;
	struct vt_buffer half = { .fd = self->fd };

	EXPECT_EQ(-ENOSPC, create_buffer(self->fd, (2 << 20) + 1, protected, NULL));
	ASSERT_EQ(0, create_buffer(self->fd, 1 << 20, protected, NULL));
	ASSERT_EQ(0, create_buffer(self->fd, 1 << 20, protected, &half.handle));
	EXPECT_EQ(-ENOSPC, create_buffer(self->fd, 1, protected, NULL));
	/* Clear buffers do not count. */
	EXPECT_EQ(0, create_buffer(self->fd, 4 << 20, 0, NULL));

	ASSERT_EQ(0, create_buffer(self->other, (1 << 20) - 4096, protected, NULL));
	/* The file has not reached its limit, but the device nearly has. */
	EXPECT_EQ(-ENOSPC, create_buffer(self->other, 4097, protected, NULL));
	ASSERT_EQ(0, create_buffer(self->other, 1, protected, NULL));
	EXPECT_EQ(-ENOSPC, create_buffer(self->other, 1, protected, NULL));

	/* What is freed makes room. */
	vt_buffer_close(&half);
	ASSERT_EQ(0, create_buffer(self->other, 1 << 20, protected, NULL));
	EXPECT_EQ(-ENOSPC, create_buffer(self->fd, 1, protected, NULL));
	close(self->other);
	EXPECT_EQ(0, create_buffer(self->fd, 1 << 20, protected, NULL));
}

/* What is wrong with the argument comes before what there is no room for. */
TEST_F(limits, error_order)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP,
		.flags = 1u << 31,
	};

	ASSERT_EQ(0, create_sessions(self->fd, 5, NULL));
	EXPECT_EQ(-EINVAL, vt_ioctl(self->fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create));
	EXPECT_EQ(-EINVAL, create_buffer(self->fd, 1ull << 40, 1u << 31 | 1, NULL));
	EXPECT_EQ(-EINVAL, create_buffer(self->fd, 0, DRM_VPROT_GEM_PROTECTED, NULL));
}

TEST_HARNESS_MAIN
