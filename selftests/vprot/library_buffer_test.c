// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers and blits of the library's native interface: who owns them, when they end, what arrives,
 * and what each function returns.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <vprot.h>

#include "kselftest_harness.h"
#include "keyring.h"
#include "library.h"

FIXTURE(library_buffer) {
	struct vt_library l;
};

FIXTURE_SETUP(library_buffer)
{
	vt_library_open(&self->l);
}

FIXTURE_TEARDOWN(library_buffer)
{
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

TEST_F(library_buffer, buffer_create)
{
	static const __u8 zero[LIBRARY_SIZE];
	struct vprot_buffer *buffer = (void *)0x5a;

	EXPECT_EQ(-EINVAL, vprot_buffer_create(self->l.dev, 0, 0, &buffer));
	EXPECT_EQ(-EINVAL, vprot_buffer_create(self->l.dev, LIBRARY_SIZE, 1u << 31, &buffer));
	EXPECT_EQ(-EINVAL, vprot_buffer_create(self->l.dev, UINT64_MAX, 0, &buffer));
	EXPECT_EQ((void *)0x5a, buffer);

	EXPECT_EQ(0, memcmp(zero, self->l.map, LIBRARY_SIZE));
	EXPECT_EQ(LIBRARY_SIZE, vprot_buffer_size(self->l.clear));
	EXPECT_EQ(self->l.dev, vprot_buffer_device(self->l.clear));
	ASSERT_EQ(0, vprot_buffer_create(self->l.dev, LIBRARY_SIZE + 1, 0, &buffer));
	EXPECT_EQ(LIBRARY_SIZE + 4096, vprot_buffer_size(buffer));
	EXPECT_NE(vprot_buffer_handle(self->l.clear), vprot_buffer_handle(buffer));
}

TEST_F(library_buffer, buffer_map)
{
	void *map = (void *)0x5a;

	EXPECT_EQ(-EACCES, vprot_buffer_map(self->l.secret, &map));
	EXPECT_EQ((void *)0x5a, map);
	ASSERT_EQ(0, vprot_buffer_map(self->l.clear, &map));
	EXPECT_EQ((void *)self->l.map, map);
	EXPECT_TRUE(is_mapped(map));
}

TEST_F(library_buffer, buffer_references)
{
	int fd = vt_open();
	struct vprot_buffer *buffer;
	struct vprot_device *dev;
	__u32 handle;
	void *map;

	ASSERT_EQ(0, vprot_device_open_fd(fd, &dev));
	ASSERT_EQ(0, vprot_buffer_create(dev, LIBRARY_SIZE, 0, &buffer));
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
TEST_F(library_buffer, buffer_import)
{
	struct vprot_buffer *again[3], *elsewhere;
	struct vprot_device *other;
	__u32 handle = vprot_buffer_handle(self->l.secret);
	int prime = -1;

	ASSERT_EQ(0, vprot_buffer_export(self->l.secret, &prime));
	EXPECT_EQ(FD_CLOEXEC, fcntl(prime, F_GETFD));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, vprot_buffer_import(self->l.dev, prime, &again[i]));
		EXPECT_EQ(self->l.secret, again[i]);
	}
	ASSERT_EQ(0, vprot_device_open(&other));
	ASSERT_EQ(0, vprot_buffer_import(other, prime, &elsewhere));
	EXPECT_NE(self->l.secret, elsewhere);
	EXPECT_EQ(other, vprot_buffer_device(elsewhere));
	EXPECT_EQ(LIBRARY_SIZE, vprot_buffer_size(elsewhere));
	/* The file descriptor stays the caller's. */
	EXPECT_EQ(0, close(prime));

	for (int i = 0; i < 3; i++) {
		vprot_buffer_unref(again[i]);
		EXPECT_EQ(-EACCES, raw_buffer(self->l.keys.fd, handle));
	}
	vprot_buffer_unref(self->l.secret);
	EXPECT_EQ(-ENOENT, raw_buffer(self->l.keys.fd, handle));
	EXPECT_EQ(-EACCES, raw_buffer(vprot_device_fd(other), vprot_buffer_handle(elsewhere)));
}

TEST_F(library_buffer, buffer_import_refused)
{
	struct vprot_buffer *buffer = (void *)0x5a;
	int file = memfd_create("no dma-buf", MFD_CLOEXEC), ends[2];

	EXPECT_EQ(-EBADF, vprot_buffer_import(self->l.dev, -1, &buffer));
	EXPECT_EQ(-EINVAL, vprot_buffer_import(self->l.dev, file, &buffer));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	EXPECT_EQ(-ESPIPE, vprot_buffer_import(self->l.dev, ends[0], &buffer));
	EXPECT_EQ((void *)0x5a, buffer);
}

/* --- blits ------------------------------------------------------------------------------------ */

/* More than the library has room for on its stack, and each where it belongs. */
TEST_F(library_buffer, blits)
{
	enum { COUNT = 30, PART = LIBRARY_SIZE / COUNT };
	struct drm_vprot_subsample half = { PART / 2, PART - PART / 2 };
	struct drm_vprot_blt_result results[COUNT];
	struct vprot_blit blits[COUNT];
	__u8 expected[LIBRARY_SIZE] = { 0 }, read_back[LIBRARY_SIZE];
	__u8 content_key[VT_KEY], wrapped[VT_KEY];
	__u64 seed = 61;

	vt_fill(&seed, content_key, VT_KEY);
	vt_wrap(self->l.keys.key, content_key, wrapped);
	vt_fill(&seed, self->l.map, LIBRARY_SIZE);
	for (int i = 0; i < COUNT; i++) {
		__u8 *to = expected + (COUNT - 1 - i) * PART;
		int encrypted = i % 3 ? PART : half.encrypted;

		blits[i] = (struct vprot_blit) {
			.src = self->l.clear,
			.dst = self->l.secret,
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
		memcpy(to, self->l.map + i * PART, PART);
		vt_ctr(i % 2 ? content_key : self->l.keys.key, blits[i].iv, to + PART - encrypted,
		       encrypted);
	}
	ASSERT_EQ(0, vprot_session_decryption_blt(self->l.session, blits, COUNT));
	for (int i = 0; i < COUNT; i++) {
		EXPECT_EQ(1, results[i].epoch);
		EXPECT_EQ(0, memcmp(blits[i].iv, results[i].iv, 16));
	}

	vt_draw_read_back_key(&self->l.keys);
	for (int i = 0; i < COUNT; i++) {
		blits[i] = (struct vprot_blit) {
			.src = self->l.secret,
			.dst = self->l.clear,
			.src_offset = i * PART,
			.dst_offset = i * PART,
			.size = PART,
			.result = &results[i],
		};
	}
	ASSERT_EQ(0, vprot_session_encryption_blt(self->l.session, blits, COUNT));
	for (int i = 0; i < COUNT; i++) {
		EXPECT_EQ(DRM_VPROT_BLT_READ_BACK_KEY, results[i].flags);
		memcpy(read_back + i * PART, self->l.map + i * PART, PART);
		vt_ctr(self->l.keys.read_back, results[i].iv, read_back + i * PART, PART);
	}
	EXPECT_EQ(0, memcmp(expected, read_back, COUNT * PART));
}

TEST_F(library_buffer, blit_pattern)
{
	struct vprot_blit blit = {
		.src = self->l.clear,
		.dst = self->l.secret,
		.size = 64,
		.crypt_blocks = 1,
		.skip_blocks = 1,
	};
	__u8 expected[64], read_back[64], stream[32] = { 0 };
	__u64 seed = 62;

	vt_fill(&seed, expected, sizeof(expected));
	vt_ctr(self->l.keys.key, blit.iv, stream, sizeof(stream));
	memcpy(self->l.map, expected, sizeof(expected));
	for (int i = 0; i < 32; i++)
		self->l.map[i % 16 + i / 16 * 32] ^= stream[i];
	ASSERT_EQ(0, vprot_session_decryption_blt(self->l.session, &blit, 1));
	vt_draw_read_back_key(&self->l.keys);
	vt_read_back(&self->l.keys, &(struct vt_buffer) {
			.fd = self->l.keys.fd,
			.handle = vprot_buffer_handle(self->l.secret),
		     }, 0, read_back, sizeof(read_back));
	EXPECT_EQ(0, memcmp(expected, read_back, sizeof(expected)));
}

TEST_F(library_buffer, blit_with_a_key_of_the_keyring)
{
	__u8 content_key[VT_KEY] = "keyring key ...", plain[64] = "plaintext", read_back[64];
	char longest[DRM_VPROT_MAX_DESCRIPTION + 2] = DRM_VPROT_KEYRING_PREFIX;
	struct vprot_blit blit = {
		.src = self->l.clear,
		.dst = self->l.secret,
		.size = sizeof(plain),
		.key_description = longest,
	};
	int32_t ring = vt_keyring_new();

	memset(longest + 6, 'x', sizeof(longest) - 8);
	vt_logon(ring, longest, content_key, VT_KEY);
	memcpy(self->l.map, plain, sizeof(plain));
	vt_ctr(content_key, blit.iv, self->l.map, sizeof(plain));
	ASSERT_EQ(0, vprot_session_decryption_blt(self->l.session, &blit, 1));
	vt_draw_read_back_key(&self->l.keys);
	vt_read_back(&self->l.keys, &(struct vt_buffer) {
			.fd = self->l.keys.fd,
			.handle = vprot_buffer_handle(self->l.secret),
		     }, 0, read_back, sizeof(read_back));
	EXPECT_EQ(0, memcmp(plain, read_back, sizeof(plain)));

	/* One byte more, and the key is another one: it is not cut off. */
	longest[DRM_VPROT_MAX_DESCRIPTION] = 'x';
	EXPECT_EQ(-EINVAL, vprot_session_decryption_blt(self->l.session, &blit, 1));
	blit.key_description = "vprot:x";
	EXPECT_EQ(-ENOKEY, vprot_session_decryption_blt(self->l.session, &blit, 1));
	blit.content_key = content_key;
	EXPECT_EQ(-EINVAL, vprot_session_decryption_blt(self->l.session, &blit, 1));
}

TEST_F(library_buffer, blits_refused)
{
	struct drm_vprot_blt_result result;
	const struct vprot_blit good = {
		.src = self->l.clear,
		.dst = self->l.secret,
		.size = LIBRARY_SIZE,
	};
	struct vprot_buffer *clear, *secret;
	static struct vprot_blit blits[1025];	/* one more than the device takes */
	struct vprot_device *other;
	struct vprot_blit bad;

	ASSERT_EQ(0, vprot_device_open(&other));
	ASSERT_EQ(0, vprot_buffer_create(other, LIBRARY_SIZE, 0, &clear));
	ASSERT_EQ(0, vprot_buffer_create(other, LIBRARY_SIZE, DRM_VPROT_GEM_PROTECTED, &secret));

#define BAD(error, member, value) do { \
		bad = good; \
		bad.member = value; \
		EXPECT_EQ(error, vprot_session_decryption_blt(self->l.session, &bad, 1)); \
	} while (0)

	BAD(-EINVAL, src, NULL);
	BAD(-EINVAL, dst, NULL);
	/* Their handles may well be known here. */
	BAD(-ENOENT, src, clear);
	BAD(-ENOENT, dst, secret);
	BAD(-EACCES, src, self->l.secret);
	BAD(-EACCES, dst, self->l.clear);
	BAD(-EINVAL, size, LIBRARY_SIZE + 1);
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
	EXPECT_EQ(-ENOENT, vprot_session_decryption_blt(self->l.session, blits, 30));
	blits[20] = good;
	EXPECT_EQ(-E2BIG, vprot_session_decryption_blt(self->l.session, blits, ARRAY_SIZE(blits)));
	EXPECT_EQ(-E2BIG, vprot_session_decryption_blt(self->l.session, &good, (1ull << 32) + 1));
	EXPECT_EQ(0, vprot_session_decryption_blt(self->l.session, NULL, 0));

	bad = (struct vprot_blit) { .src = self->l.secret, .dst = self->l.clear, .size = 16 };
	EXPECT_EQ(-EINVAL, vprot_session_encryption_blt(self->l.session, &bad, 1));
	bad.result = &result;
	EXPECT_EQ(-ENOKEY, vprot_session_encryption_blt(self->l.session, &bad, 1));
}

TEST_HARNESS_MAIN
