// SPDX-License-Identifier: GPL-2.0
/*
 * The native interface of the library: what it makes, who owns it, and what each function returns.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <vprot.h>

#include "kselftest_harness.h"
#include "vprot_test.h"

#define SIZE	8192

FIXTURE(library) {
	struct vprot_device *dev;
	struct vt_session keys;		/* what the client knows of @session */
	struct vprot_session *session;	/* with a session key */
	struct vprot_buffer *clear, *secret;
	__u8 *map;			/* of @clear */
};

FIXTURE_SETUP(library)
{
	__u8 blob[VPROT_KEY_EXCHANGE_SIZE];
	__u64 seed = 60;

	ASSERT_EQ(0, vprot_device_open(&self->dev));
	ASSERT_EQ(0, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &self->session));
	self->keys.fd = vprot_device_fd(self->dev);
	self->keys.handle = vprot_session_handle(self->session);
	self->keys.epoch = 1;
	vt_fill(&seed, self->keys.key, VT_KEY);
	vt_key_exchange_blob(self->keys.fd, self->keys.key, VT_KEY, blob);
	ASSERT_EQ(0, vprot_session_key_exchange(self->session, blob, sizeof(blob)));
	ASSERT_EQ(0, vprot_buffer_create(self->dev, SIZE, 0, &self->clear));
	ASSERT_EQ(0, vprot_buffer_create(self->dev, SIZE, DRM_VPROT_GEM_PROTECTED, &self->secret));
	ASSERT_EQ(0, vprot_buffer_map(self->clear, (void **)&self->map));
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
	int fd = vprot_device_fd(self->dev);

	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	/* A file of its own: handles of one mean nothing in the other. */
	ASSERT_EQ(0, vprot_device_open(&other));
	EXPECT_NE(fd, vprot_device_fd(other));
	EXPECT_EQ(-ENOENT, raw_status(vprot_device_fd(other), self->keys.handle));

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

	vt_caps(self->keys.fd, &native);
	ASSERT_EQ(0, vprot_device_get_caps(self->dev, DRM_VPROT_CRYPTO_AES128_CTR, &caps));
	EXPECT_EQ(0, memcmp(&native, &caps, sizeof(caps)));
	memset(&caps, 0xa5, sizeof(caps));
	before = caps;
	EXPECT_EQ(-EINVAL, vprot_device_get_caps(self->dev, 0, &caps));
	EXPECT_EQ(-EINVAL, vprot_device_get_caps(self->dev, 99, &caps));
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

	ASSERT_EQ(0, vt_ioctl(self->keys.fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
	ASSERT_EQ(0, vprot_device_get_certificate(self->dev, &chain, &size));
	ASSERT_EQ(get.size, size);
	EXPECT_EQ(0, memcmp(native, chain, size));
	free(chain);
}

/* --- sessions --------------------------------------------------------------------------------- */

TEST_F(library, session_create)
{
	struct vprot_session *session = (void *)0x5a;

	EXPECT_EQ(-EINVAL, vprot_session_create(self->dev, 99, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0,
						&session));
	EXPECT_EQ(-EINVAL, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR, 99, 0,
						&session));
	EXPECT_EQ(-EINVAL, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR,
						DRM_VPROT_KEY_EXCHANGE_INTERNAL, 1u << 31,
						&session));
	EXPECT_EQ((void *)0x5a, session);
	ASSERT_EQ(0, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session));
	EXPECT_NE(self->keys.handle, vprot_session_handle(session));
	EXPECT_EQ(self->dev, vprot_session_device(session));
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
	struct vprot_blit blit = { .src = self->clear, .size = 16 };

	ASSERT_EQ(0, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL,
					  DRM_VPROT_SESSION_STRICT_IV, &strict));
	ASSERT_EQ(0, vprot_buffer_create(self->dev, 16, DRM_VPROT_GEM_PROTECTED, &secret));
	blit.dst = secret;
	EXPECT_EQ(0, vprot_session_decryption_blt(strict, &blit, 1));
	EXPECT_EQ(-EINVAL, vprot_session_decryption_blt(strict, &blit, 1));
}

TEST_F(library, session_get_status)
{
	struct drm_vprot_session_status status = { .epoch = 99 };

	ASSERT_EQ(0, vprot_session_get_status(self->session, &status));
	EXPECT_EQ(self->keys.handle, status.handle);
	EXPECT_EQ(DRM_VPROT_SESSION_OK, status.state);
	EXPECT_EQ(1, status.epoch);
}

TEST_F(library, session_key_exchange)
{
	__u8 blob[VPROT_KEY_EXCHANGE_SIZE];

	vt_key_exchange_blob(self->keys.fd, self->keys.key, VT_KEY, blob);
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->session, blob, 0));
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->session, blob, sizeof(blob) - 1));
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->session, blob, sizeof(blob) + 1));
	/* A size of which 32 bits are right. */
	EXPECT_EQ(-EINVAL, vprot_session_key_exchange(self->session, blob,
						      (1ull << 32) + sizeof(blob)));
	EXPECT_EQ(-EFAULT, vprot_session_key_exchange(self->session, NULL, sizeof(blob)));
	blob[10] ^= 1;
	EXPECT_EQ(-EKEYREJECTED, vprot_session_key_exchange(self->session, blob, sizeof(blob)));
	vt_draw_read_back_key(&self->keys);
	EXPECT_TRUE(vt_key_works(&self->keys));
}

TEST_F(library, session_key_refresh)
{
	__u8 nonce[VT_KEY + 1] = "untouched";
	struct vprot_session *session;
	uint64_t epoch = 99;

	EXPECT_EQ(-EINVAL, vprot_session_start_key_refresh(self->session, nonce, 0));
	EXPECT_EQ(-EINVAL, vprot_session_start_key_refresh(self->session, nonce, VT_KEY + 1));
	EXPECT_EQ(-EINVAL, vprot_session_start_key_refresh(self->session, nonce,
							   (1ull << 32) + VT_KEY));
	EXPECT_EQ(-EFAULT, vprot_session_start_key_refresh(self->session, NULL, VT_KEY));
	EXPECT_EQ(-ENODATA, vprot_session_finish_key_refresh(self->session, &epoch));
	ASSERT_EQ(0, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &session));
	EXPECT_EQ(-ENOKEY, vprot_session_start_key_refresh(session, nonce, VT_KEY));
	ASSERT_EQ(0, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session));
	EXPECT_EQ(-EOPNOTSUPP, vprot_session_start_key_refresh(session, nonce, VT_KEY));
	EXPECT_EQ(-EOPNOTSUPP, vprot_session_finish_key_refresh(session, &epoch));
	EXPECT_STREQ("untouched", (char *)nonce);
	EXPECT_EQ(99, epoch);

	for (int i = 2; i < 6; i++) {
		ASSERT_EQ(0, vprot_session_start_key_refresh(self->session, nonce, VT_KEY));
		ASSERT_EQ(0, vprot_session_finish_key_refresh(self->session,
							      i % 2 ? NULL : &epoch));
		if (i % 2 == 0)
			EXPECT_EQ(i, epoch);
		vt_xor(self->keys.key, nonce);
		self->keys.epoch++;
	}
	vt_draw_read_back_key(&self->keys);
	EXPECT_TRUE(vt_key_works(&self->keys));
}

TEST_F(library, session_get_encryption_blt_key)
{
	__u8 key[VT_KEY] = "untouched";
	struct vprot_session *session;
	uint64_t epoch = 99;

	EXPECT_EQ(-EINVAL, vprot_session_get_encryption_blt_key(self->session, key, 0, &epoch));
	EXPECT_EQ(-EINVAL, vprot_session_get_encryption_blt_key(self->session, key,
								(1ull << 32) + VT_KEY, &epoch));
	EXPECT_EQ(-EFAULT, vprot_session_get_encryption_blt_key(self->session, NULL, VT_KEY,
								&epoch));
	ASSERT_EQ(0, vprot_session_create(self->dev, DRM_VPROT_CRYPTO_AES128_CTR,
					  DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0, &session));
	EXPECT_EQ(-ENOKEY, vprot_session_get_encryption_blt_key(session, key, VT_KEY, &epoch));
	EXPECT_STREQ("untouched", (char *)key);
	EXPECT_EQ(99, epoch);

	vt_refresh(&self->keys);
	ASSERT_EQ(0, vprot_session_get_encryption_blt_key(self->session, key, VT_KEY, NULL));
	ASSERT_EQ(0, vprot_session_get_encryption_blt_key(self->session, key, VT_KEY, &epoch));
	EXPECT_EQ(2, epoch);
	vt_unwrap(self->keys.key, key, self->keys.read_back);
	EXPECT_TRUE(vt_key_works(&self->keys));
}

/* --- buffers ---------------------------------------------------------------------------------- */

static bool is_mapped(void *addr)
{
	unsigned char page;

	return !mincore(addr, 1, &page);
}

/* Whether a GEM handle is there: a protected one cannot be mapped, but is known. */
static int raw_buffer(int fd, __u32 handle)
{
	struct drm_vprot_gem_mmap_offset offset = { .handle = handle };

	return vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset);
}

TEST_F(library, buffer_create)
{
	static const __u8 zero[SIZE];
	struct vprot_buffer *buffer = (void *)0x5a;

	EXPECT_EQ(-EINVAL, vprot_buffer_create(self->dev, 0, 0, &buffer));
	EXPECT_EQ(-EINVAL, vprot_buffer_create(self->dev, SIZE, 1u << 31, &buffer));
	EXPECT_EQ(-EINVAL, vprot_buffer_create(self->dev, UINT64_MAX, 0, &buffer));
	EXPECT_EQ((void *)0x5a, buffer);

	EXPECT_EQ(0, memcmp(zero, self->map, SIZE));
	EXPECT_EQ(SIZE, vprot_buffer_size(self->clear));
	EXPECT_EQ(self->dev, vprot_buffer_device(self->clear));
	ASSERT_EQ(0, vprot_buffer_create(self->dev, SIZE + 1, 0, &buffer));
	EXPECT_EQ(SIZE + 4096, vprot_buffer_size(buffer));
	EXPECT_NE(vprot_buffer_handle(self->clear), vprot_buffer_handle(buffer));
}

TEST_F(library, buffer_map)
{
	void *map = (void *)0x5a;

	EXPECT_EQ(-EACCES, vprot_buffer_map(self->secret, &map));
	EXPECT_EQ((void *)0x5a, map);
	ASSERT_EQ(0, vprot_buffer_map(self->clear, &map));
	EXPECT_EQ((void *)self->map, map);
	EXPECT_TRUE(is_mapped(map));
}

TEST_F(library, buffer_references)
{
	int fd = vt_open();
	struct vprot_buffer *buffer;
	struct vprot_device *dev;
	__u32 handle;
	void *map;

	ASSERT_EQ(0, vprot_device_open_fd(fd, &dev));
	ASSERT_EQ(0, vprot_buffer_create(dev, SIZE, 0, &buffer));
	handle = vprot_buffer_handle(buffer);
	ASSERT_EQ(0, vprot_buffer_map(buffer, &map));
	EXPECT_EQ(buffer, vprot_buffer_ref(buffer));
	vprot_device_unref(dev);
	vprot_buffer_unref(buffer);
	EXPECT_TRUE(is_mapped(map));
	EXPECT_EQ(0, raw_buffer(fd, handle));
	EXPECT_EQ(dev, vprot_buffer_device(buffer));
	vprot_buffer_unref(buffer);
	EXPECT_FALSE(is_mapped(map));
	EXPECT_EQ(-ENOENT, raw_buffer(fd, handle));
	vprot_buffer_unref(NULL);
}

/* The kernel counts no handles: imported again, it is the same buffer with a reference more. */
TEST_F(library, buffer_import)
{
	struct vprot_buffer *again[3], *elsewhere;
	struct vprot_device *other;
	__u32 handle = vprot_buffer_handle(self->secret);
	int prime = -1;

	ASSERT_EQ(0, vprot_buffer_export(self->secret, &prime));
	EXPECT_EQ(FD_CLOEXEC, fcntl(prime, F_GETFD));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, vprot_buffer_import(self->dev, prime, &again[i]));
		EXPECT_EQ(self->secret, again[i]);
	}
	ASSERT_EQ(0, vprot_device_open(&other));
	ASSERT_EQ(0, vprot_buffer_import(other, prime, &elsewhere));
	EXPECT_NE(self->secret, elsewhere);
	EXPECT_EQ(other, vprot_buffer_device(elsewhere));
	EXPECT_EQ(SIZE, vprot_buffer_size(elsewhere));
	/* The file descriptor stays the caller's. */
	EXPECT_EQ(0, close(prime));

	for (int i = 0; i < 3; i++) {
		vprot_buffer_unref(again[i]);
		EXPECT_EQ(-EACCES, raw_buffer(self->keys.fd, handle));
	}
	vprot_buffer_unref(self->secret);
	EXPECT_EQ(-ENOENT, raw_buffer(self->keys.fd, handle));
	EXPECT_EQ(-EACCES, raw_buffer(vprot_device_fd(other), vprot_buffer_handle(elsewhere)));
}

TEST_F(library, buffer_import_refused)
{
	struct vprot_buffer *buffer = (void *)0x5a;
	int file = memfd_create("no dma-buf", MFD_CLOEXEC), ends[2];

	EXPECT_EQ(-EBADF, vprot_buffer_import(self->dev, -1, &buffer));
	EXPECT_EQ(-EINVAL, vprot_buffer_import(self->dev, file, &buffer));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	EXPECT_EQ(-ESPIPE, vprot_buffer_import(self->dev, ends[0], &buffer));
	EXPECT_EQ((void *)0x5a, buffer);
}

/* --- blits ------------------------------------------------------------------------------------ */

/* More than the library has room for on its stack, and each where it belongs. */
TEST_F(library, blits)
{
	enum { COUNT = 30, PART = SIZE / COUNT };
	struct drm_vprot_subsample half = { PART / 2, PART - PART / 2 };
	struct drm_vprot_blt_result results[COUNT];
	struct vprot_blit blits[COUNT];
	__u8 content_key[VT_KEY], wrapped[VT_KEY], expected[SIZE] = { 0 }, read_back[SIZE];
	__u64 seed = 61;

	vt_fill(&seed, content_key, VT_KEY);
	vt_wrap(self->keys.key, content_key, wrapped);
	vt_fill(&seed, self->map, SIZE);
	for (int i = 0; i < COUNT; i++) {
		__u8 *to = expected + (COUNT - 1 - i) * PART;
		int encrypted = i % 3 ? PART : half.encrypted;

		blits[i] = (struct vprot_blit) {
			.src = self->clear,
			.dst = self->secret,
			.src_offset = i * PART,
			.dst_offset = (COUNT - 1 - i) * PART,
			.size = PART,
			.subsamples = i % 3 ? NULL : &half,
			.num_subsamples = i % 3 ? 0 : 1,
			.content_key = i % 2 ? wrapped : NULL,
			.epoch = i % 4 ? 0 : 1,
			.result = &results[i],
		};
		vt_fill(&seed, blits[i].iv, 16);
		memcpy(to, self->map + i * PART, PART);
		vt_ctr(i % 2 ? content_key : self->keys.key, blits[i].iv, to + PART - encrypted,
		       encrypted);
	}
	ASSERT_EQ(0, vprot_session_decryption_blt(self->session, blits, COUNT));
	for (int i = 0; i < COUNT; i++) {
		EXPECT_EQ(1, results[i].epoch);
		EXPECT_EQ(0, memcmp(blits[i].iv, results[i].iv, 16));
	}

	vt_draw_read_back_key(&self->keys);
	for (int i = 0; i < COUNT; i++) {
		blits[i] = (struct vprot_blit) {
			.src = self->secret,
			.dst = self->clear,
			.src_offset = i * PART,
			.dst_offset = i * PART,
			.size = PART,
			.result = &results[i],
		};
	}
	ASSERT_EQ(0, vprot_session_encryption_blt(self->session, blits, COUNT));
	for (int i = 0; i < COUNT; i++) {
		EXPECT_EQ(DRM_VPROT_BLT_READ_BACK_KEY, results[i].flags);
		memcpy(read_back + i * PART, self->map + i * PART, PART);
		vt_ctr(self->keys.read_back, results[i].iv, read_back + i * PART, PART);
	}
	EXPECT_EQ(0, memcmp(expected, read_back, COUNT * PART));
}

TEST_F(library, blit_pattern)
{
	struct vprot_blit blit = {
		.src = self->clear,
		.dst = self->secret,
		.size = 64,
		.crypt_blocks = 1,
		.skip_blocks = 1,
	};
	__u8 expected[64], read_back[64], stream[32] = { 0 };
	__u64 seed = 62;

	vt_fill(&seed, expected, sizeof(expected));
	vt_ctr(self->keys.key, blit.iv, stream, sizeof(stream));
	memcpy(self->map, expected, sizeof(expected));
	for (int i = 0; i < 32; i++)
		self->map[i % 16 + i / 16 * 32] ^= stream[i];
	ASSERT_EQ(0, vprot_session_decryption_blt(self->session, &blit, 1));
	vt_draw_read_back_key(&self->keys);
	vt_read_back(&self->keys, &(struct vt_buffer) {
			.fd = self->keys.fd,
			.handle = vprot_buffer_handle(self->secret),
		     }, 0, read_back, sizeof(read_back));
	EXPECT_EQ(0, memcmp(expected, read_back, sizeof(expected)));
}

TEST_F(library, blits_refused)
{
	struct drm_vprot_blt_result result;
	const struct vprot_blit good = {
		.src = self->clear,
		.dst = self->secret,
		.size = SIZE,
	};
	struct vprot_buffer *clear, *secret;
	static struct vprot_blit blits[1025];	/* one more than the device takes */
	struct vprot_device *other;
	struct vprot_blit bad;

	ASSERT_EQ(0, vprot_device_open(&other));
	ASSERT_EQ(0, vprot_buffer_create(other, SIZE, 0, &clear));
	ASSERT_EQ(0, vprot_buffer_create(other, SIZE, DRM_VPROT_GEM_PROTECTED, &secret));

#define BAD(error, member, value) do { \
		bad = good; \
		bad.member = value; \
		EXPECT_EQ(error, vprot_session_decryption_blt(self->session, &bad, 1)); \
	} while (0)

	BAD(-EINVAL, src, NULL);
	BAD(-EINVAL, dst, NULL);
	/* Their handles may well be known here. */
	BAD(-ENOENT, src, clear);
	BAD(-ENOENT, dst, secret);
	BAD(-EACCES, src, self->secret);
	BAD(-EACCES, dst, self->clear);
	BAD(-EINVAL, size, SIZE + 1);
	BAD(-EINVAL, src_offset, 1);
	BAD(-EINVAL, dst_offset, 1);
	BAD(-ESTALE, epoch, 2);
	BAD(-EINVAL, crypt_blocks, 1);
	BAD(-EINVAL, num_subsamples, 1);
	BAD(-EFAULT, content_key, vt_bad_page());
	BAD(-EFAULT, result, vt_bad_page());
#undef BAD

	/* All of the blits are looked at, and their number. */
	for (int i = 0; i < ARRAY_SIZE(blits); i++)
		blits[i] = good;
	blits[20].src = clear;
	EXPECT_EQ(-ENOENT, vprot_session_decryption_blt(self->session, blits, 30));
	blits[20] = good;
	EXPECT_EQ(-E2BIG, vprot_session_decryption_blt(self->session, blits, ARRAY_SIZE(blits)));
	EXPECT_EQ(-E2BIG, vprot_session_decryption_blt(self->session, &good, (1ull << 32) + 1));
	EXPECT_EQ(0, vprot_session_decryption_blt(self->session, NULL, 0));

	bad = (struct vprot_blit) { .src = self->secret, .dst = self->clear, .size = 16 };
	EXPECT_EQ(-EINVAL, vprot_session_encryption_blt(self->session, &bad, 1));
	bad.result = &result;
	EXPECT_EQ(-ENOKEY, vprot_session_encryption_blt(self->session, &bad, 1));
}

TEST_HARNESS_MAIN
