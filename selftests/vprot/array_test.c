// SPDX-License-Identifier: GPL-2.0
/*
 * Arrays of blits: each has its own buffers, key and epoch, however much it has in common with the
 * one before.
 */
#include "kselftest_harness.h"
#include "keyring.h"
#include "vprot_test.h"

#define SIZE	4096
#define PART	80

/* As 16 bytes a wrapped key, as 16 or 15 characters the description of a key of the keyring. */
static const char name[] = "vprot:array.key0";

FIXTURE(array) {
	struct vt_session s;
	struct vt_buffer src[2], dst[2];
	__u8 expected[2][SIZE];
	__u64 seed;
};

FIXTURE_SETUP(array)
{
	vt_session_open(&self->s, vt_open(), 0);
	self->seed = 31;
	for (int i = 0; i < 2; i++) {
		vt_clear(&self->src[i], self->s.fd, SIZE);
		vt_protected(&self->dst[i], self->s.fd, SIZE);
		vt_fill(&self->seed, self->src[i].map, SIZE);
	}
}

FIXTURE_TEARDOWN(array)
{
}

/* A part of the buffers, under the session key. */
static struct drm_vprot_blt part(struct _test_data_array *self, int src, int dst, int number)
{
	struct drm_vprot_blt blt = {
		.src = self->src[src].handle,
		.dst = self->dst[dst].handle,
		.src_offset = PART * number,
		.dst_offset = PART * number,
		.size = PART,
	};

	vt_iv(blt.iv, vt_random(&self->seed), number);
	return blt;
}

static void use_wrapped(struct drm_vprot_blt *blt, const void *wrapped)
{
	blt->key_form = DRM_VPROT_KEY_WRAPPED;
	blt->key = (uintptr_t)wrapped;
	blt->key_size = VT_KEY;
}

/* Has OpenSSL do a blit that runs under this key. */
static void expect(struct _test_data_array *self, const struct drm_vprot_blt *blt,
		   const __u8 key[VT_KEY])
{
	const struct vt_buffer *src = &self->src[blt->src == self->src[1].handle];
	__u8 *to = self->expected[blt->dst == self->dst[1].handle] + blt->dst_offset;

	memcpy(to, src->map + blt->src_offset, blt->size);
	vt_ctr(key, blt->iv, to, blt->size);
}

static int submit(struct _test_data_array *self, const struct drm_vprot_blt *blts, __u32 count)
{
	return vt_submit_array(&self->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, count);
}

/* Whether the protected buffers hold what is expected. */
static bool same(struct _test_data_array *self)
{
	__u8 seen[SIZE];

	for (int i = 0; i < 2; i++) {
		vt_read_back(&self->s, &self->dst[i], 0, seen, SIZE);
		if (memcmp(self->expected[i], seen, SIZE))
			return false;
	}
	return true;
}

TEST_F(array, buffers)
{
	static const struct { int src, dst; } ways[] = {
		{ 0, 0 }, { 0, 0 }, { 0, 1 }, { 1, 1 }, { 1, 1 }, { 1, 0 }, { 0, 0 }, { 1, 1 },
	};
	struct drm_vprot_blt blts[ARRAY_SIZE(ways)];

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		blts[i] = part(self, ways[i].src, ways[i].dst, i);
		expect(self, &blts[i], self->s.key);
	}
	ASSERT_EQ(0, submit(self, blts, ARRAY_SIZE(ways)));
	EXPECT_TRUE(same(self));
}

/* Wrapped keys at one place and at several, equal and not, and the session key between them. */
TEST_F(array, keys)
{
	static const int keys[] = { 0, 0, 1, 2, -1, 2, 1, -1, -1, 0 };
	__u8 content[3][VT_KEY], wrapped[3][VT_KEY];
	struct drm_vprot_blt blts[ARRAY_SIZE(keys)];

	vt_fill(&self->seed, content, sizeof(content));
	memcpy(content[2], content[1], VT_KEY);
	for (int i = 0; i < 3; i++)
		vt_wrap(self->s.key, content[i], wrapped[i]);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		blts[i] = part(self, 0, 0, i);
		if (keys[i] >= 0)
			use_wrapped(&blts[i], wrapped[keys[i]]);
		expect(self, &blts[i], keys[i] >= 0 ? content[keys[i]] : self->s.key);
	}
	ASSERT_EQ(0, submit(self, blts, ARRAY_SIZE(keys)));
	EXPECT_TRUE(same(self));
}

/* The same bytes as a wrapped key and as two descriptions. */
TEST_F(array, forms_of_keys)
{
	static const __u8 long_key[VT_KEY] = "key of 16 chars";
	static const __u8 short_key[VT_KEY] = "key of 15 chars";
	static const __u32 sizes[] = { 0, 16, 15, 15, 16, 0, 15, 0, 0 };
	struct drm_vprot_blt blts[ARRAY_SIZE(sizes)];
	int32_t ring = vt_keyring_new();
	__u8 content[VT_KEY];

	vt_logon(ring, "vprot:array.key0", long_key, VT_KEY);
	vt_logon(ring, "vprot:array.key", short_key, VT_KEY);
	vt_unwrap(self->s.key, (const __u8 *)name, content);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		blts[i] = part(self, 0, 0, i);
		use_wrapped(&blts[i], name);
		if (sizes[i]) {
			blts[i].key_form = DRM_VPROT_KEY_KEYRING;
			blts[i].key_size = sizes[i];
		}
		expect(self, &blts[i],
		       !sizes[i] ? content : sizes[i] == 16 ? long_key : short_key);
	}
	ASSERT_EQ(0, submit(self, blts, ARRAY_SIZE(sizes)));
	EXPECT_TRUE(same(self));
}

TEST_F(array, epochs)
{
	__u64 now = self->s.epoch;
	const __u64 good[] = { 0, now, now, 0, now };
	const __u64 bad[][5] = {
		{ 0, 0, 0, 0, now + 1 }, { now, now, now + 1, now, now }, { now + 1, 0, 0, 0, 0 },
		{ now, 0, ~0ull, 0, now },
	};
	struct drm_vprot_blt blts[5];

	for (int i = 0; i < 5; i++) {
		blts[i] = part(self, 0, 0, i);
		blts[i].epoch = good[i];
		expect(self, &blts[i], self->s.key);
	}
	ASSERT_EQ(0, submit(self, blts, 5));
	EXPECT_TRUE(same(self));

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		for (int k = 0; k < 5; k++) {
			blts[k] = part(self, 1, 0, k);
			blts[k].epoch = bad[i][k];
		}
		EXPECT_EQ(-ESTALE, submit(self, blts, 5)) TH_LOG("array %zu", i);
	}
	EXPECT_TRUE(same(self));
}

/* A blit of no bytes binds nothing, and keeps none that binds from doing it. */
TEST_F(array, of_no_bytes)
{
	struct drm_vprot_blt blts[5];
	struct vt_session other;

	for (int i = 0; i < 5; i++) {
		blts[i] = part(self, 0, i == 4, i);
		blts[i].size = i == 1 || i == 3 ? PART : 0;
		expect(self, &blts[i], self->s.key);
	}
	ASSERT_EQ(0, submit(self, blts, 5));
	EXPECT_TRUE(same(self));

	vt_session_open(&other, self->s.fd, 0);
	blts[0] = part(self, 0, 0, 0);
	EXPECT_EQ(-EACCES, vt_decrypt_blt(&other, &blts[0]));
	blts[0] = part(self, 0, 1, 0);
	EXPECT_EQ(0, vt_decrypt_blt(&other, &blts[0]));
}

/* Up to the end of what can be read; beyond it, what is wrong with those before ranks first. */
TEST_F(array, in_bad_memory)
{
	__u8 *page = vt_page_before_bad();

	for (int readable = 3; readable >= 0; readable--) {
		struct drm_vprot_blt *blts = (void *)(page + SIZE - readable * sizeof(*blts));

		for (int i = 0; i < readable; i++) {
			blts[i] = part(self, 0, 0, i);
			if (readable == 3)
				expect(self, &blts[i], self->s.key);
		}
		EXPECT_EQ(readable == 3 ? 0 : -EFAULT, submit(self, blts, 3));
		if (!readable)
			break;
		blts[readable - 1].flags = 1;
		EXPECT_EQ(-EINVAL, submit(self, blts, 3));
	}
	EXPECT_TRUE(same(self));
}

TEST_HARNESS_MAIN
