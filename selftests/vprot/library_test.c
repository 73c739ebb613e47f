// SPDX-License-Identifier: GPL-2.0
/*
 * Devices and sessions of the library's native interface: who owns them, when they end, and what
 * each function returns.
 */
#include <fcntl.h>
#include <vprot.h>

#include "kselftest_harness.h"
#include "library.h"

FIXTURE(library) {
	struct vt_library l;
};

FIXTURE_SETUP(library)
{
	vt_library_open(&self->l);
}

FIXTURE_TEARDOWN(library)
{
}

/* --- devices ---------------------------------------------------------------------------------- */

static int raw_status(int fd, __u32 handle)
{
	struct drm_vprot_session_status status = { .handle = handle };

	return vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status);
}

TEST_F(library, device_open)
{
	struct vprot_device *other;
	int fd = vprot_device_fd(self->l.dev);

	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	/* A file of its own: handles of one mean nothing in the other. */
	ASSERT_EQ(0, vprot_device_open(&other));
	EXPECT_NE(fd, vprot_device_fd(other));
	EXPECT_EQ(-ENOENT, raw_status(vprot_device_fd(other), self->l.keys.handle));

	EXPECT_EQ(other, vprot_device_ref(other));
	fd = vprot_device_fd(other);
	vprot_device_unref(other);
	EXPECT_NE(-1, fcntl(fd, F_GETFL));
	vprot_device_unref(other);
	EXPECT_EQ(-1, fcntl(fd, F_GETFL));
	vprot_device_unref(NULL);
}

TEST_F(library, device_open_fd)
{
	struct vprot_device *shared = (void *)0x5a;
	int fd = vt_open(), null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct vt_session s;

	EXPECT_EQ(-EBADF, vprot_device_open_fd(-1, &shared));
	EXPECT_EQ(-EBADF, vprot_device_open_fd(1000000, &shared));
	EXPECT_EQ(-ENODEV, vprot_device_open_fd(null, &shared));
	EXPECT_EQ((void *)0x5a, shared);

	/* The same open file: sessions are shared. The file descriptor stays the caller's. */
	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	ASSERT_EQ(0, vprot_device_open_fd(fd, &shared));
	EXPECT_NE(fd, vprot_device_fd(shared));
	EXPECT_EQ(FD_CLOEXEC, fcntl(vprot_device_fd(shared), F_GETFD));
	EXPECT_EQ(0, raw_status(vprot_device_fd(shared), s.handle));
	vprot_device_unref(shared);
	EXPECT_EQ(0, raw_status(fd, s.handle));
}

TEST_F(library, device_not_allowed)
{
	struct vprot_device *dev = (void *)0x5a;

	ASSERT_EQ(0, seteuid(65534));
	EXPECT_EQ(-EACCES, vprot_device_open(&dev));
	EXPECT_EQ((void *)0x5a, dev);
}

TEST_F(library, device_get_caps)
{
	struct drm_vprot_get_caps native, caps, before;

	vt_caps(self->l.keys.fd, &native);
	ASSERT_EQ(0, vprot_device_get_caps(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR, &caps,
					   sizeof(caps)));
	EXPECT_EQ(0, memcmp(&native, &caps, sizeof(caps)));
	memset(&caps, 0xa5, sizeof(caps));
	before = caps;
	EXPECT_EQ(-EINVAL, vprot_device_get_caps(self->l.dev, 0, &caps, sizeof(caps)));
	EXPECT_EQ(-EINVAL, vprot_device_get_caps(self->l.dev, 99, &caps, sizeof(caps)));
	EXPECT_EQ(0, memcmp(&before, &caps, sizeof(caps)));
}

TEST_F(library, device_get_certificate)
{
	__u8 native[65536] = { 0 };
	struct drm_vprot_get_certificate get = {
		.data = (uintptr_t)native,
		.size = sizeof(native),
	};
	uint8_t *chain;
	size_t size;

	ASSERT_EQ(0, vt_ioctl(self->l.keys.fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
	ASSERT_EQ(0, vprot_device_get_certificate(self->l.dev, &chain, &size));
	ASSERT_EQ(get.size, size);
	EXPECT_EQ(0, memcmp(native, chain, size));
	free(chain);
}

/* --- sessions --------------------------------------------------------------------------------- */

TEST_F(library, session_create)
{
	struct vprot_session *session = (void *)0x5a;

	EXPECT_EQ(-EINVAL, vprot_session_create(self->l.dev, 99, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0,
						&session));
	EXPECT_EQ(-EINVAL, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR, 99, 0,
						&session));
	EXPECT_EQ(-EINVAL, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR,
						DRM_VPROT_KEY_EXCHANGE_INTERNAL, 1u << 31,
						&session));
	EXPECT_EQ((void *)0x5a, session);
	ASSERT_EQ(0, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session));
	EXPECT_NE(self->l.keys.handle, vprot_session_handle(session));
	EXPECT_EQ(self->l.dev, vprot_session_device(session));
}

/* Destroyed with its last reference, and not before; the device lives as long. */
TEST_F(library, session_references)
{
	int fd = vt_open();
	struct vprot_session *session;
	struct vprot_device *dev;
	__u32 handle;

	ASSERT_EQ(0, vprot_device_open_fd(fd, &dev));
	ASSERT_EQ(0, vprot_session_create(dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session));
	handle = vprot_session_handle(session);
	EXPECT_EQ(session, vprot_session_ref(session));
	vprot_device_unref(dev);
	EXPECT_EQ(0, raw_status(fd, handle));
	vprot_session_unref(session);
	EXPECT_EQ(0, raw_status(fd, handle));
	EXPECT_NE(-1, fcntl(vprot_device_fd(vprot_session_device(session)), F_GETFL));
	vprot_session_unref(session);
	EXPECT_EQ(-ENOENT, raw_status(fd, handle));
	vprot_session_unref(NULL);
}

TEST_F(library, session_flags)
{
	struct vprot_session *strict;
	struct vprot_buffer *secret;
	struct vprot_blit blit = { .src = self->l.clear, .size = 16 };

	ASSERT_EQ(0, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL,
					  DRM_VPROT_SESSION_STRICT_IV, &strict));
	ASSERT_EQ(0, vprot_buffer_create(self->l.dev, 16, DRM_VPROT_GEM_PROTECTED, &secret));
	blit.dst = secret;
	EXPECT_EQ(0, vprot_session_decryption_blt(strict, &blit, 1));
	EXPECT_EQ(-EINVAL, vprot_session_decryption_blt(strict, &blit, 1));
}

/* A program that knows less of a structure than the library, and one that knows more. */
TEST_F(library, structures_grow)
{
	struct {
		struct drm_vprot_get_caps known;
		__u64 unknown;
	} caps = { .unknown = ~0ull };
	struct {
		struct drm_vprot_session_status known;
		__u64 unknown;
	} status = { .unknown = ~0ull };
	__u64 words[2] = { 0, ~0ull };

	ASSERT_EQ(0, vprot_device_get_caps(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR, &caps.known,
					   sizeof(caps)));
	EXPECT_EQ(0, caps.unknown);
	ASSERT_EQ(0, vprot_device_get_caps(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR, (void *)words,
					   sizeof(words[0])));
	EXPECT_EQ(0, memcmp(&caps, words, sizeof(words[0])));
	EXPECT_EQ(~0ull, words[1]);

	ASSERT_EQ(0, vprot_session_get_status(self->l.session, &status.known, sizeof(status)));
	EXPECT_EQ(0, status.unknown);
	ASSERT_EQ(0, vprot_session_get_status(self->l.session, (void *)words, sizeof(words[0])));
	EXPECT_EQ(0, memcmp(&status, words, sizeof(words[0])));
	EXPECT_EQ(~0ull, words[1]);
}

TEST_F(library, session_get_status)
{
	struct drm_vprot_session_status status = { .epoch = 99 };

	ASSERT_EQ(0, vprot_session_get_status(self->l.session, &status, sizeof(status)));
	EXPECT_EQ(self->l.keys.handle, status.handle);
	EXPECT_EQ(DRM_VPROT_SESSION_OK, status.state);
	EXPECT_EQ(1, status.epoch);
}

TEST_F(library, session_key_exchange)
{
	__u8 blob[VPROT_KEY_EXCHANGE_SIZE];

	vt_key_exchange_blob(self->l.keys.fd, self->l.keys.key, VT_KEY, blob);
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->l.session, blob, 0));
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->l.session, blob, sizeof(blob) - 1));
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->l.session, blob, sizeof(blob) + 1));
	/* A size of which 32 bits are right. */
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->l.session, blob,
						      (1ull << 32) + sizeof(blob)));
	EXPECT_EQ(-EFAULT, vprot_session_key_exchange(self->l.session, NULL, sizeof(blob)));
	blob[10] ^= 1;
	EXPECT_EQ(-EKEYREJECTED, vprot_session_key_exchange(self->l.session, blob, sizeof(blob)));
	vt_draw_read_back_key(&self->l.keys);
	EXPECT_TRUE(vt_key_works(&self->l.keys));
}

TEST_F(library, session_key_refresh)
{
	__u8 nonce[VT_KEY + 1] = "untouched";
	struct vprot_session *session;
	uint64_t epoch = 99;

	EXPECT_EQ(-EINVAL, vprot_session_start_key_refresh(self->l.session, nonce, 0));
	EXPECT_EQ(-EINVAL, vprot_session_start_key_refresh(self->l.session, nonce, VT_KEY + 1));
	EXPECT_EQ(-EINVAL, vprot_session_start_key_refresh(self->l.session, nonce,
							   (1ull << 32) + VT_KEY));
	EXPECT_EQ(-EFAULT, vprot_session_start_key_refresh(self->l.session, NULL, VT_KEY));
	EXPECT_EQ(-ENODATA, vprot_session_finish_key_refresh(self->l.session, &epoch));
	ASSERT_EQ(0, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &session));
	EXPECT_EQ(-ENOKEY, vprot_session_start_key_refresh(session, nonce, VT_KEY));
	ASSERT_EQ(0, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session));
	EXPECT_EQ(-EOPNOTSUPP, vprot_session_start_key_refresh(session, nonce, VT_KEY));
	EXPECT_EQ(-EOPNOTSUPP, vprot_session_finish_key_refresh(session, &epoch));
	EXPECT_STREQ("untouched", (char *)nonce);
	EXPECT_EQ(99, epoch);

	for (int i = 2; i < 6; i++) {
		ASSERT_EQ(0, vprot_session_start_key_refresh(self->l.session, nonce, VT_KEY));
		ASSERT_EQ(0, vprot_session_finish_key_refresh(self->l.session,
							      i % 2 ? NULL : &epoch));
		if (i % 2 == 0)
			EXPECT_EQ(i, epoch);
		vt_xor(self->l.keys.key, nonce);
		self->l.keys.epoch++;
	}
	vt_draw_read_back_key(&self->l.keys);
	EXPECT_TRUE(vt_key_works(&self->l.keys));
}

TEST_F(library, session_get_encryption_blt_key)
{
	__u8 key[VT_KEY] = "untouched";
	struct vprot_session *session;
	uint64_t epoch = 99;

	EXPECT_EQ(-EINVAL, vprot_session_get_encryption_blt_key(self->l.session, key, 0, &epoch));
	EXPECT_EQ(-EINVAL, vprot_session_get_encryption_blt_key(self->l.session, key,
								(1ull << 32) + VT_KEY, &epoch));
	EXPECT_EQ(-EFAULT, vprot_session_get_encryption_blt_key(self->l.session, NULL, VT_KEY,
								&epoch));
	ASSERT_EQ(0, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &session));
	EXPECT_EQ(-ENOKEY, vprot_session_get_encryption_blt_key(session, key, VT_KEY, &epoch));
	EXPECT_STREQ("untouched", (char *)key);
	EXPECT_EQ(99, epoch);

	vt_refresh(&self->l.keys);
	ASSERT_EQ(0, vprot_session_get_encryption_blt_key(self->l.session, key, VT_KEY, NULL));
	ASSERT_EQ(0, vprot_session_get_encryption_blt_key(self->l.session, key, VT_KEY, &epoch));
	EXPECT_EQ(2, epoch);
	vt_unwrap(self->l.keys.key, key, self->l.keys.read_back);
	EXPECT_TRUE(vt_key_works(&self->l.keys));
}

TEST_HARNESS_MAIN
