// SPDX-License-Identifier: GPL-2.0
/*
 * Encryption blits: the read-back key, the driver's IVs, and that the result is what OpenSSL
 * decrypts.
 */
#include "kselftest_harness.h"
#include "vprot_test.h"

#define SIZE	65536

FIXTURE(read_back) {
	int fd;
	struct vt_session s;
	struct vt_buffer secret, clear;
	__u8 plain[SIZE];
};

FIXTURE_SETUP(read_back)
{
	__u64 seed = 50;

	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
	vt_protected(&self->secret, self->fd, SIZE);
	vt_clear(&self->clear, self->fd, SIZE);
	vt_fill(&seed, self->plain, SIZE);
	vt_load(&self->s, &self->secret, 0, self->plain, SIZE);
}

FIXTURE_TEARDOWN(read_back)
{
}

/* GET_ENCRYPTION_BLT_KEY */
static int draw(const struct vt_session *s, __u8 wrapped[VT_KEY], __u64 *epoch)
{
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = s->handle,
		.size = VT_KEY,
		.key = (uintptr_t)wrapped,
		.epoch = (uintptr_t)epoch,
	};

	return vt_ioctl(s->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get);
}

/* Reads back, and returns the IV; the ciphertext is in self->clear. */
static int encrypt(struct _test_data_read_back *self, __u64 offset, __u64 size,
		   struct drm_vprot_blt_result *result)
{
	struct drm_vprot_blt blt = {
		.src = self->secret.handle,
		.dst = self->clear.handle,
		.src_offset = offset,
		.size = size,
		.result = (uintptr_t)result,
	};

	return vt_encrypt_blt(&self->s, &blt);
}

/* Whether OpenSSL with this key and the driver's IV gets the plaintext from it. */
static bool decrypts(struct _test_data_read_back *self, const __u8 key[VT_KEY],
		     const struct drm_vprot_blt_result *result, __u64 offset, __u64 size)
{
	static __u8 seen[SIZE];

	memcpy(seen, self->clear.map, size);
	vt_ctr(key, result->iv, seen, size);
	return !memcmp(seen, self->plain + offset, size);
}

/* The first 64 bits of a counter block. */
static __u64 iv_of(const struct drm_vprot_blt_result *result)
{
	__u64 iv = 0;

	for (int i = 0; i < 8; i++)
		iv = iv << 8 | result->iv[i];
	return iv;
}

TEST_F(read_back, ranges)
{
	static const struct {
		__u64 offset, size;
	} ranges[] = {
		{ 0, 1 }, { 0, 16 }, { 0, SIZE }, { 1, 15 }, { 4095, 2 }, { 4096, 4096 },
		{ 4081, 33 }, { 1, SIZE - 1 }, { SIZE - 1, 1 }, { 12345, 23456 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
		for (__u64 to = 0; to < 17; to += 5) {
			struct drm_vprot_blt_result result;
			struct drm_vprot_blt blt = {
				.src = self->secret.handle,
				.dst = self->clear.handle,
				.src_offset = ranges[i].offset,
				.dst_offset = to,
				.size = ranges[i].size,
				.result = (uintptr_t)&result,
			};
			__u8 *map = self->clear.map;
			static __u8 seen[SIZE];

			if (to + blt.size > SIZE)
				continue;
			memset(map, 0xa5, SIZE);
			memset(&result, 0xff, sizeof(result));
			ASSERT_EQ(0, vt_encrypt_blt(&self->s, &blt));
			ASSERT_EQ(self->s.epoch, result.epoch);
			ASSERT_EQ(DRM_VPROT_BLT_READ_BACK_KEY, result.flags);
			ASSERT_EQ(0, result.pad);
			memcpy(seen, map + to, blt.size);
			vt_ctr(self->s.read_back, result.iv, seen, blt.size);
			ASSERT_EQ(0, memcmp(seen, self->plain + blt.src_offset, blt.size))
				TH_LOG("offset %llu, size %llu, to %llu", blt.src_offset, blt.size,
				       to);
			/* What lies beside it is as it was. */
			memset(map + to, 0xa5, blt.size);
			ASSERT_TRUE(map[0] == 0xa5 && !memcmp(map, map + 1, SIZE - 1));
		}
	}
}

TEST_F(read_back, large)
{
	enum { LARGE = (8 << 20) - 3 };
	static __u8 plain[LARGE], seen[LARGE];
	struct vt_buffer secret;
	__u64 seed = 51;

	vt_fill(&seed, plain, LARGE);
	vt_protected(&secret, self->fd, LARGE);
	vt_load(&self->s, &secret, 0, plain, LARGE);
	vt_read_back(&self->s, &secret, 0, seen, LARGE);
	EXPECT_EQ(0, memcmp(plain, seen, LARGE));
}

/* The IV starts with 32 random bits, goes up by one for each blit, and is never reset. */
TEST_F(read_back, ivs)
{
	struct drm_vprot_blt_result result[8];
	struct drm_vprot_blt blts[8];
	__u8 key[VT_KEY] = "one more key ..", zero[8] = { 0 }, *map = self->clear.map;
	__u64 iv;

	for (int i = 0; i < 8; i++)
		blts[i] = (struct drm_vprot_blt){
			.src = self->secret.handle,
			.dst = self->clear.handle,
			.dst_offset = 32 * i,
			.size = 32,
			.result = (uintptr_t)&result[i],
		};
	ASSERT_EQ(0, encrypt(self, 0, 16, &result[0]));
	iv = iv_of(&result[0]);
	EXPECT_LT(iv, 1ull << 32);

	/* The blits of an array, too; each under a key stream of its own. */
	ASSERT_EQ(0, vt_submit_array(&self->s, DRM_IOCTL_VPROT_ENCRYPTION_BLT, blts, 8));
	for (int i = 0; i < 8; i++) {
		ASSERT_EQ(++iv, iv_of(&result[i]));
		ASSERT_EQ(0, memcmp(result[i].iv + 8, zero, 8));
		for (int j = 0; j < i; j++)
			ASSERT_NE(0, memcmp(map + 32 * i, map + 32 * j, 32));
	}
	/* Through a new read-back key, a refresh, a new session key. */
	vt_draw_read_back_key(&self->s);
	ASSERT_EQ(0, encrypt(self, 0, 16, &result[0]));
	EXPECT_EQ(++iv, iv_of(&result[0]));
	vt_refresh(&self->s);
	ASSERT_EQ(0, encrypt(self, 0, 16, &result[0]));
	EXPECT_EQ(++iv, iv_of(&result[0]));
	vt_key_exchange(&self->s, key);
	vt_draw_read_back_key(&self->s);
	ASSERT_EQ(0, encrypt(self, 0, 16, &result[0]));
	EXPECT_EQ(++iv, iv_of(&result[0]));

	/* A blit that is refused takes none; one whose result cannot be written may take one. */
	EXPECT_EQ(-EINVAL, encrypt(self, 1, SIZE, &result[0]));
	ASSERT_EQ(0, encrypt(self, 0, 16, &result[0]));
	EXPECT_EQ(++iv, iv_of(&result[0]));
	EXPECT_EQ(-EFAULT, encrypt(self, 0, 16, vt_bad_page()));
	ASSERT_EQ(0, encrypt(self, 0, 16, &result[0]));
	EXPECT_GT(iv_of(&result[0]), iv);
	EXPECT_LE(iv_of(&result[0]), iv + 2);
}

TEST_F(read_back, ivs_of_sessions_differ)
{
	enum { SESSIONS = 16 };
	__u64 ivs[SESSIONS];

	for (int i = 0; i < SESSIONS; i++) {
		struct drm_vprot_blt_result result;
		struct vt_buffer empty;
		struct vt_session s;
		struct drm_vprot_blt blt = {
			.dst = self->clear.handle,
			.size = 16,
			.result = (uintptr_t)&result,
		};

		vt_session_open(&s, self->fd, 0);
		vt_protected(&empty, self->fd, 16);
		blt.src = empty.handle;
		ASSERT_EQ(0, vt_encrypt_blt(&s, &blt));
		ivs[i] = iv_of(&result);
		/* Sixteen of 2^32: they collide once in 36 million runs. */
		for (int j = 0; j < i; j++)
			ASSERT_NE(ivs[j], ivs[i]);
	}
}

TEST_F(read_back, a_new_key_each_time)
{
	struct drm_vprot_blt_result result;
	__u8 first[VT_KEY], wrapped[VT_KEY], again[VT_KEY];
	__u64 epoch = 0;

	memcpy(first, self->s.read_back, VT_KEY);
	ASSERT_EQ(0, draw(&self->s, wrapped, &epoch));
	EXPECT_EQ(1, epoch);
	vt_unwrap(self->s.key, wrapped, self->s.read_back);
	EXPECT_NE(0, memcmp(first, self->s.read_back, VT_KEY));
	ASSERT_EQ(0, encrypt(self, 0, 64, &result));
	EXPECT_TRUE(decrypts(self, self->s.read_back, &result, 0, 64));
	EXPECT_FALSE(decrypts(self, first, &result, 0, 64));
	/* Never under the session key. */
	EXPECT_FALSE(decrypts(self, self->s.key, &result, 0, 64));

	/* The epoch does not have to be asked for. */
	ASSERT_EQ(0, draw(&self->s, again, NULL));
	EXPECT_NE(0, memcmp(wrapped, again, VT_KEY));
}

/* It is wrapped under the session key of now, and outlives that. */
TEST_F(read_back, key_and_refresh)
{
	struct drm_vprot_session_status status;
	struct drm_vprot_blt_result result;
	__u8 nonce[VT_KEY], wrapped[VT_KEY];
	__u64 epoch = 0;

	ASSERT_EQ(0, vt_start(&self->s, nonce));
	ASSERT_EQ(0, draw(&self->s, wrapped, &epoch));
	EXPECT_EQ(1, epoch) TH_LOG("Start is not Finish");
	vt_unwrap(self->s.key, wrapped, self->s.read_back);
	ASSERT_EQ(0, vt_finish(&self->s, NULL));
	vt_xor(self->s.key, nonce);
	self->s.epoch++;

	vt_status(&self->s, &status);
	EXPECT_EQ(DRM_VPROT_STATUS_READ_BACK_KEY, status.flags);
	ASSERT_EQ(0, encrypt(self, 5, 100, &result));
	EXPECT_EQ(2, result.epoch);
	EXPECT_TRUE(decrypts(self, self->s.read_back, &result, 5, 100));

	ASSERT_EQ(0, draw(&self->s, wrapped, &epoch));
	EXPECT_EQ(2, epoch);
	vt_unwrap(self->s.key, wrapped, self->s.read_back);
	ASSERT_EQ(0, encrypt(self, 5, 100, &result));
	EXPECT_TRUE(decrypts(self, self->s.read_back, &result, 5, 100));
}

/* Out of memory and back: the wrapped read-back key is the content key on the way back. */
static int out_and_back(struct _test_data_read_back *self, const struct vt_session *s,
			const struct vt_buffer *from, const struct vt_buffer *to)
{
	struct drm_vprot_blt_result result;
	__u8 wrapped[VT_KEY];
	struct drm_vprot_blt out = {
		.src = from->handle,
		.dst = self->clear.handle,
		.size = SIZE,
		.result = (uintptr_t)&result,
	};
	struct drm_vprot_blt back = {
		.src = self->clear.handle,
		.dst = to->handle,
		.size = SIZE,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)wrapped,
		.key_size = VT_KEY,
	};
	int error = draw(s, wrapped, &out.epoch) ?: vt_encrypt_blt(s, &out);

	memcpy(back.iv, result.iv, sizeof(back.iv));
	back.epoch = out.epoch;
	return error ?: vt_decrypt_blt(s, &back);
}

TEST_F(read_back, out_and_back)
{
	static __u8 seen[SIZE];
	struct vt_buffer restored;

	vt_protected(&restored, self->fd, SIZE);
	ASSERT_EQ(0, out_and_back(self, &self->s, &self->secret, &restored));
	vt_draw_read_back_key(&self->s);
	vt_read_back(&self->s, &restored, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(seen, self->plain, SIZE));
}

/* Nobody knows the keys of such a session; but it tells which bytes it has moved. */
TEST_F(read_back, internal_session)
{
	struct drm_vprot_session_status status;
	struct drm_vprot_subsample all_clear = { .clear = SIZE };
	struct vt_buffer stored, restored;
	struct vt_session s;
	struct drm_vprot_blt blt = {
		.src = self->clear.handle,
		.size = SIZE,
		.subsamples = (uintptr_t)&all_clear,
		.num_subsamples = 1,
	};

	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_protected(&stored, self->fd, SIZE);
	vt_protected(&restored, self->fd, SIZE);
	memcpy(self->clear.map, self->plain, SIZE);
	blt.dst = stored.handle;
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blt));
	ASSERT_EQ(0, out_and_back(self, &s, &stored, &restored));
	/* No 16 bytes of it are to be seen. */
	for (int i = 0; i < SIZE; i += 16)
		ASSERT_NE(0, memcmp(self->clear.map + i, self->plain + i, 16));
	vt_status(&s, &status);
	EXPECT_EQ(1, status.epoch);
	EXPECT_EQ(DRM_VPROT_STATUS_READ_BACK_KEY, status.flags);
	EXPECT_EQ(2 * SIZE, status.decrypted);
	EXPECT_EQ(SIZE, status.encrypted);
}

TEST_HARNESS_MAIN
