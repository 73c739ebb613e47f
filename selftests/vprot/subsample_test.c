// SPDX-License-Identifier: GPL-2.0
/*
 * Partial decryption: subsamples and patterns, of both crypto types, compared with the model.
 */
#include "kselftest_harness.h"
#include "model.h"

#define SEED	40
#define SIZE	(1024 * 1024)

FIXTURE(subsample) {
	struct vt_session s;
	struct vt_model m;
	struct drm_vprot_get_caps caps;
	struct drm_vprot_subsample *subsamples;
	__u8 wrapped[VT_KEY];
};

FIXTURE_VARIANT(subsample) {
	__u32 crypto_type;
};

FIXTURE_VARIANT_ADD(subsample, ctr) {
	.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
};

FIXTURE_VARIANT_ADD(subsample, cbcs) {
	.crypto_type = DRM_VPROT_CRYPTO_AES128_CBCS,
};

FIXTURE_SETUP(subsample)
{
	vt_session_open_as(&self->s, vt_open(), variant->crypto_type, 0);
	vt_model_open(&self->m, &self->s, SIZE, SEED);
	vt_caps(self->s.fd, &self->caps);
	self->subsamples = calloc(self->caps.max_subsamples, sizeof(*self->subsamples));
	vt_fill(&self->m.seed, self->wrapped, VT_KEY);
}

FIXTURE_TEARDOWN(subsample)
{
}

static __u64 pick(struct _test_data_subsample *self, __u64 low, __u64 high)
{
	return vt_model_random_number(&self->m, low, high);
}

/* Fills in a blit of these subsamples, at random places. */
static void describe(struct _test_data_subsample *self, struct drm_vprot_blt *blt,
		     const struct drm_vprot_subsample *subsamples, __u32 count)
{
	memset(blt, 0, sizeof(*blt));
	blt->subsamples = (uintptr_t)subsamples;
	blt->num_subsamples = count;
	for (__u32 i = 0; i < count; i++)
		blt->size += (__u64)subsamples[i].clear + subsamples[i].encrypted;
	if (blt->size > SIZE)
		vt_fatal("these subsamples do not fit into the buffer");
	blt->src_offset = pick(self, 0, SIZE - blt->size);
	blt->dst_offset = pick(self, 0, SIZE - blt->size);
	vt_model_random_iv(&self->m, blt->iv, blt->size);
}

/* One blit, and whether it did what the model does, with what lies beside it. */
static bool right(struct _test_data_subsample *self, struct drm_vprot_blt *blt)
{
	__u64 before = blt->dst_offset < 64 ? blt->dst_offset : 64;

	return !vt_model_submit(&self->m, blt, 1) &&
	       vt_model_same(&self->m, blt->dst_offset - before, blt->size + before + 64);
}

/* As videos have them: a clear header of some bytes, then whole blocks. */
TEST_F(subsample, video)
{
	for (int round = 0; round < 20; round++) {
		__u32 count = pick(self, 1, 8);
		struct drm_vprot_blt blt;

		for (__u32 i = 0; i < count; i++) {
			self->subsamples[i].clear = pick(self, 5, 120);
			self->subsamples[i].encrypted = 16 * pick(self, 0, 4000);
		}
		describe(self, &blt, self->subsamples, count);
		ASSERT_TRUE(right(self, &blt)) TH_LOG("seed %d, round %d", SEED, round);
	}
}

/* A key stream runs on from one subsample to the next in the middle of a block. */
TEST_F(subsample, any_sizes)
{
	static const __u32 most[] = { 1, 2, 17, 40, 300, 5000 };

	for (int round = 0; round < 60; round++) {
		__u32 count = pick(self, 1, 50), limit = most[round % ARRAY_SIZE(most)];
		struct drm_vprot_blt blt;

		for (__u32 i = 0; i < count; i++) {
			self->subsamples[i].clear = pick(self, 0, limit);
			self->subsamples[i].encrypted = pick(self, 0, limit);
		}
		describe(self, &blt, self->subsamples, count);
		if (round % 2) {
			blt.key_form = DRM_VPROT_KEY_WRAPPED;
			blt.key = (uintptr_t)self->wrapped;
			blt.key_size = VT_KEY;
		}
		ASSERT_TRUE(right(self, &blt)) TH_LOG("seed %d, round %d", SEED, round);
	}
}

TEST_F(subsample, special_sizes)
{
	static const struct {
		const char *what;
		__u32 count;
		struct drm_vprot_subsample subsamples[4];
	} cases[] = {
		{ "all clear", 1, { { 1000, 0 } } },
		{ "all encrypted", 1, { { 0, 1000 } } },
		{ "empty ones", 4, { { 0, 0 }, { 0, 33 }, { 0, 0 }, { 1, 0 } } },
		{ "nothing but empty ones", 3, { { 0, 0 }, { 0, 0 }, { 0, 0 } } },
		{ "one byte each", 4, { { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 } } },
		{ "cut within blocks", 4, { { 3, 7 }, { 0, 8 }, { 5, 2 }, { 0, 31 } } },
		{ "pages", 4, { { 4096, 4096 }, { 1, 4095 }, { 4095, 1 }, { 0, 8192 } } },
		{ "long", 2, { { 300000, 300000 }, { 1, 262145 } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct drm_vprot_blt blt;

		describe(self, &blt, cases[i].subsamples, cases[i].count);
		ASSERT_TRUE(right(self, &blt)) TH_LOG("%s", cases[i].what);
	}
}

/* As many as one ioctl takes, one byte each. */
TEST_F(subsample, tiny_ones)
{
	__u32 count = self->caps.max_subsamples;
	struct drm_vprot_blt blt;

	for (__u32 i = 0; i < count; i++) {
		self->subsamples[i].clear = i % 3 == 0;
		self->subsamples[i].encrypted = i % 5 != 0;
	}
	describe(self, &blt, self->subsamples, count);
	ASSERT_TRUE(right(self, &blt));
}

/* Sizes around those that go together, thousands of them, with a long one now and then. */
TEST_F(subsample, small_ones)
{
	static const __u32 most[] = { 3, 20, 100, 400, 1024, 1100 };

	for (int round = 0; round < 24; round++) {
		__u32 limit = most[round % ARRAY_SIZE(most)], fit = SIZE / (2 * limit + 200);
		__u32 count = pick(self, 1, fit < 4000 ? fit : 4000);
		struct drm_vprot_blt blt;

		for (__u32 i = 0; i < count; i++) {
			self->subsamples[i].clear = pick(self, 0, 3) ? pick(self, 0, limit) : 0;
			self->subsamples[i].encrypted = pick(self, 0, 3) ? pick(self, 0, limit) : 0;
			if (round % 2 && i % 50 == 49)
				self->subsamples[i].encrypted = pick(self, 1000, 5000);
		}
		describe(self, &blt, self->subsamples, count);
		ASSERT_TRUE(right(self, &blt)) TH_LOG("seed %d, round %d", SEED, round);
	}
}

/* The last byte of the buffers, and empty subsamples after it. */
TEST_F(subsample, up_to_the_end)
{
	static const __u32 sizes[] = { 1, 16, 100, 512, 1000, 1024 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct drm_vprot_subsample subsamples[20] = {};
		struct drm_vprot_blt blt;

		for (int j = 0; j < 10; j++)
			subsamples[j] = (struct drm_vprot_subsample){ j, sizes[i] };
		describe(self, &blt, subsamples, ARRAY_SIZE(subsamples));
		blt.src_offset = SIZE - blt.size;
		blt.dst_offset = SIZE - blt.size;
		ASSERT_TRUE(!vt_model_submit(&self->m, &blt, 1) &&
			    vt_model_same(&self->m, blt.dst_offset - 64, blt.size + 64))
			TH_LOG("%u encrypted bytes each", sizes[i]);
	}
}

/* The count wraps over encrypted bytes alone. */
TEST_F(subsample, count_wraps)
{
	for (int round = 0; round < 20; round++) {
		struct drm_vprot_blt blt;
		__u64 encrypted = 0;

		for (int i = 0; i < 10; i++) {
			self->subsamples[i].clear = pick(self, 0, 50);
			self->subsamples[i].encrypted = pick(self, 0, 50);
			encrypted += self->subsamples[i].encrypted;
		}
		describe(self, &blt, self->subsamples, 10);
		vt_iv(blt.iv, ~0ull, -pick(self, 1, encrypted / 16 + 1));
		ASSERT_TRUE(right(self, &blt)) TH_LOG("seed %d, round %d", SEED, round);
	}
}

TEST_F(subsample, patterns)
{
	static const struct {
		__u32 crypt, skip;
	} patterns[] = { { 1, 9 }, { 1, 1 }, { 2, 1 }, { 5, 5 }, { 9, 1 }, { 1, 300 }, { 300, 1 } };
	/* Around the ends of runs: what they cut short stays clear. */
	static const int around[] = { -17, -16, -15, -1, 0, 1, 15, 16, 17 };

	for (size_t p = 0; p < ARRAY_SIZE(patterns); p++) {
		__u32 crypt = patterns[p].crypt, skip = patterns[p].skip;
		__u32 sizes[] = { 16, crypt * 16, (crypt + skip) * 16, (2 * crypt + skip) * 16,
				  (2 * crypt + 2 * skip) * 16 };

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			struct drm_vprot_blt blt;
			__u32 count = 0;

			for (size_t j = 0; j < ARRAY_SIZE(around); j++) {
				if ((int)sizes[i] + around[j] < 0)
					continue;
				self->subsamples[count].clear = pick(self, 0, 20);
				self->subsamples[count++].encrypted = sizes[i] + around[j];
			}
			describe(self, &blt, self->subsamples, count);
			blt.crypt_blocks = crypt;
			blt.skip_blocks = skip;
			ASSERT_TRUE(right(self, &blt))
				TH_LOG("%u encrypted, %u clear, around %u", crypt, skip, sizes[i]);
		}
	}
}

/* The numbers are 32 bits, and their sum is more. */
TEST_F(subsample, huge_patterns)
{
	static const struct {
		__u32 crypt, skip;
	} patterns[] = {
		{ ~0u, ~0u }, { 1, ~0u }, { ~0u, 1 }, { 0x10000000, 1 }, { 1, 0x10000000 },
	};

	for (size_t p = 0; p < ARRAY_SIZE(patterns); p++) {
		struct drm_vprot_subsample subsamples[] = { { 7, 1000 }, { 0, 33 } };
		struct drm_vprot_blt blt;

		describe(self, &blt, subsamples, 2);
		blt.crypt_blocks = patterns[p].crypt;
		blt.skip_blocks = patterns[p].skip;
		ASSERT_TRUE(right(self, &blt))
			TH_LOG("%u encrypted, %u clear", patterns[p].crypt, patterns[p].skip);
	}
}

/* Without subsamples the pattern covers the whole blit. */
TEST_F(subsample, pattern_alone)
{
	static const __u64 sizes[] = { 0, 1, 15, 16, 17, 159, 160, 161, 176, 175, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct drm_vprot_blt blt = {
			.src_offset = i,
			.dst_offset = 100 + 3 * i,
			.size = sizes[i],
			.crypt_blocks = 1,
			.skip_blocks = 9,
		};

		vt_model_random_iv(&self->m, blt.iv, blt.size);
		ASSERT_TRUE(right(self, &blt)) TH_LOG("size %llu", sizes[i]);
	}
}

/* Arrays whose blits have subsamples, patterns and content keys of their own. */
TEST_F(subsample, arrays)
{
	enum { BLTS = 16, EACH = 8 };
	struct drm_vprot_blt blts[BLTS];

	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < BLTS; i++) {
			struct drm_vprot_subsample *own = self->subsamples + i * EACH;
			__u32 count = pick(self, 1, EACH);

			for (__u32 j = 0; j < count; j++) {
				own[j].clear = pick(self, 0, 30);
				own[j].encrypted = pick(self, 0, 600);
			}
			describe(self, &blts[i], own, count);
			if (i % 3 == 0) {
				blts[i].crypt_blocks = pick(self, 1, 4);
				blts[i].skip_blocks = pick(self, 1, 4);
			}
			if (i % 2) {
				blts[i].key_form = DRM_VPROT_KEY_WRAPPED;
				blts[i].key = (uintptr_t)self->wrapped;
				blts[i].key_size = VT_KEY;
			}
		}
		ASSERT_EQ(0, vt_model_submit(&self->m, blts, BLTS));
		ASSERT_TRUE(vt_model_same(&self->m, 0, SIZE))
			TH_LOG("seed %d, round %d", SEED, round);
	}
}

TEST_F(subsample, sums_do_not_wrap)
{
	struct drm_vprot_subsample subsamples[] = { { ~0u, ~0u }, { ~0u, ~0u }, { 4, 64 } };
	struct drm_vprot_blt blt = {
		/* What the subsamples add up to in 32 bits. */
		.size = 64,
		.subsamples = (uintptr_t)subsamples,
		.num_subsamples = 3,
	};

	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, 4096));
}

TEST_HARNESS_MAIN
