// SPDX-License-Identifier: GPL-2.0
/*
 * Blits of both crypto types against the vectors of NIST SP 800-38A and against OpenSSL: sizes,
 * offsets, content keys, the wrap of the count, arrays.
 */
#include "kselftest_harness.h"
#include "model.h"

#define SEED	20

/* SP 800-38A, F.5.1 and F.2.1 */
static const __u8 nist_key[VT_KEY] = {
	0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
	0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c,
};

static const __u8 nist_counter[16] = {
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
	0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
};

static const __u8 nist_plaintext[64] = {
	0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
	0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a,
	0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c,
	0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51,
	0x30, 0xc8, 0x1c, 0x46, 0xa3, 0x5c, 0xe4, 0x11,
	0xe5, 0xfb, 0xc1, 0x19, 0x1a, 0x0a, 0x52, 0xef,
	0xf6, 0x9f, 0x24, 0x45, 0xdf, 0x4f, 0x9b, 0x17,
	0xad, 0x2b, 0x41, 0x7b, 0xe6, 0x6c, 0x37, 0x10,
};

static const __u8 nist_ciphertext[64] = {
	0x87, 0x4d, 0x61, 0x91, 0xb6, 0x20, 0xe3, 0x26,
	0x1b, 0xef, 0x68, 0x64, 0x99, 0x0d, 0xb6, 0xce,
	0x98, 0x06, 0xf6, 0x6b, 0x79, 0x70, 0xfd, 0xff,
	0x86, 0x17, 0x18, 0x7b, 0xb9, 0xff, 0xfd, 0xff,
	0x5a, 0xe4, 0xdf, 0x3e, 0xdb, 0xd5, 0xd3, 0x5e,
	0x5b, 0x4f, 0x09, 0x02, 0x0d, 0xb0, 0x3e, 0xab,
	0x1e, 0x03, 0x1d, 0xda, 0x2f, 0xbe, 0x03, 0xd1,
	0x79, 0x21, 0x70, 0xa0, 0xf3, 0x00, 0x9c, 0xee,
};

static const __u8 nist_iv[16] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
	0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
};

static const __u8 nist_chained[64] = {
	0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46,
	0xce, 0xe9, 0x8e, 0x9b, 0x12, 0xe9, 0x19, 0x7d,
	0x50, 0x86, 0xcb, 0x9b, 0x50, 0x72, 0x19, 0xee,
	0x95, 0xdb, 0x11, 0x3a, 0x91, 0x76, 0x78, 0xb2,
	0x73, 0xbe, 0xd6, 0xb8, 0xe3, 0xc1, 0x74, 0x3b,
	0x71, 0x16, 0xe6, 0x9e, 0x22, 0x22, 0x95, 0x16,
	0x3f, 0xf1, 0xca, 0xa1, 0x68, 0x1f, 0xac, 0x09,
	0x12, 0x0e, 0xca, 0x30, 0x75, 0x86, 0xe1, 0xa7,
};

FIXTURE(blit) {
	int fd;
	struct vt_session s;
	struct vt_model m;
};

FIXTURE_VARIANT(blit) {
	__u32 crypto_type;
	const __u8 *iv, *ciphertext;	/* NIST's */
};

FIXTURE_VARIANT_ADD(blit, ctr) {
	.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
	.iv = nist_counter,
	.ciphertext = nist_ciphertext,
};

FIXTURE_VARIANT_ADD(blit, cbcs) {
	.crypto_type = DRM_VPROT_CRYPTO_AES128_CBCS,
	.iv = nist_iv,
	.ciphertext = nist_chained,
};

FIXTURE_SETUP(blit)
{
	self->fd = vt_open();
	vt_session_open_as(&self->s, self->fd, variant->crypto_type, 0);
	vt_model_open(&self->m, &self->s, 65536, SEED);
}

FIXTURE_TEARDOWN(blit)
{
}

TEST_F(blit, nist_vectors)
{
	struct drm_vprot_blt_result result;
	__u8 wrapped[VT_KEY], seen[64];
	struct vt_session s;
	struct drm_vprot_blt blt = {
		.src = self->m.src.handle,
		.size = 64,
		.result = (uintptr_t)&result,
	};
	struct vt_buffer dst;

	memcpy(blt.iv, variant->iv, 16);
	memcpy(self->m.src.map, variant->ciphertext, 64);

	/* As the session key. */
	vt_session_create_as(&s, self->fd, variant->crypto_type,
			     DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_key_exchange(&s, nist_key);
	vt_draw_read_back_key(&s);
	vt_protected(&dst, self->fd, 64);
	blt.dst = dst.handle;
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blt));
	EXPECT_EQ(1, result.epoch);
	EXPECT_EQ(0, result.flags);
	EXPECT_EQ(0, result.pad);
	EXPECT_EQ(0, memcmp(variant->iv, result.iv, 16));
	vt_read_back(&s, &dst, 0, seen, 64);
	EXPECT_EQ(0, memcmp(nist_plaintext, seen, 64));

	/* As a content key. */
	vt_wrap(self->s.key, nist_key, wrapped);
	blt.dst = self->m.dst.handle;
	blt.key_form = DRM_VPROT_KEY_WRAPPED;
	blt.key = (uintptr_t)wrapped;
	blt.key_size = VT_KEY;
	ASSERT_EQ(0, vt_decrypt_blt(&self->s, &blt));
	vt_read_back(&self->s, &self->m.dst, 0, seen, 64);
	EXPECT_EQ(0, memcmp(nist_plaintext, seen, 64));
}

/* The oracle itself. */
TEST(oracle)
{
	__u8 data[64], iv[16], last[16], first[16] = { 0 };

	memcpy(data, nist_plaintext, 64);
	vt_ctr(nist_key, nist_counter, data, 64);
	EXPECT_EQ(0, memcmp(nist_ciphertext, data, 64));
	vt_ctr(nist_key, nist_counter, data, 64);
	vt_cbcs(nist_key, nist_iv, data, 64, true);
	EXPECT_EQ(0, memcmp(nist_chained, data, 64));
	vt_cbcs(nist_key, nist_iv, data, 63, false);
	EXPECT_EQ(0, memcmp(nist_plaintext, data, 48));
	EXPECT_EQ(0, memcmp(nist_chained + 48, data + 48, 16));

	/* After the last block of an IV comes its first one. */
	memset(data, 0, sizeof(data));
	vt_iv(iv, 0x0102030405060708, ~0ull);
	EXPECT_EQ(1, iv[0]);
	EXPECT_EQ(8, iv[7]);
	vt_ctr(nist_key, iv, data, 40);
	vt_wrap(nist_key, iv, last);
	memcpy(first, iv, 8);
	vt_wrap(nist_key, first, first);
	EXPECT_EQ(0, memcmp(data, last, 16));
	EXPECT_EQ(0, memcmp(data + 16, first, 16));
}

TEST_F(blit, sizes)
{
	static const __u64 sizes[] = {
		0, 1, 2, 15, 16, 17, 31, 32, 33, 255, 256, 4095, 4096, 4097, 8191, 65535, 65537,
		262143, 262144, 262145, 1000003, (8 << 20) - 1, 8 << 20,
	};
	struct vt_model m;

	vt_model_open(&m, &self->s, (8 << 20) + 64, SEED);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct drm_vprot_blt_result result = { 0 };
		struct drm_vprot_blt blt = {
			.src_offset = i % 5,
			.dst_offset = 32 - i % 7,
			.size = sizes[i],
			.result = (uintptr_t)&result,
		};

		vt_model_random_iv(&m, blt.iv, blt.size);
		ASSERT_EQ(0, vt_model_submit(&m, &blt, 1));
		EXPECT_EQ(self->s.epoch, result.epoch);
		EXPECT_EQ(0, memcmp(blt.iv, result.iv, 16));
		/* With what lies before and behind it. */
		ASSERT_TRUE(vt_model_same(&m, 0, blt.dst_offset + blt.size + 4096))
			TH_LOG("size %llu", sizes[i]);
	}
	EXPECT_TRUE(vt_model_same(&m, 0, m.size));
}

/* Each alignment of the source to each of the destination, within a page and across its end. */
TEST_F(blit, offsets)
{
	struct drm_vprot_blt blts[16];

	for (int src = 0; src < 32; src++) {
		for (int half = 0; half < 2; half++) {
			memset(blts, 0, sizeof(blts));
			for (int i = 0; i < 16; i++) {
				int dst = half * 16 + i;

				blts[i].src_offset = src < 16 ? src : 4096 - 16 + src;
				blts[i].dst_offset = 256 * dst + (dst < 16 ? dst : 1984 + dst);
				blts[i].size = 100 + src;
				vt_model_random_iv(&self->m, blts[i].iv, blts[i].size);
			}
			ASSERT_EQ(0, vt_model_submit(&self->m, blts, 16));
		}
		ASSERT_TRUE(vt_model_same(&self->m, 0, 16384)) TH_LOG("source offset %d", src);
	}
}

/* Up to the last byte of both buffers, and not one further. */
TEST_F(blit, ends)
{
	struct drm_vprot_blt blt = {
		.src_offset = 65536 - 77,
		.dst_offset = 65536 - 77,
		.size = 77,
	};

	ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, 65536));
	blt.size = 78;
	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));
	blt.src_offset -= 1;
	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));
	blt.src_offset += 1;
	blt.dst_offset -= 1;
	EXPECT_EQ(-EINVAL, vt_model_submit(&self->m, &blt, 1));
	EXPECT_TRUE(vt_model_same(&self->m, 0, 65536));
}

/* In CTR the count wraps without a carry into the IV, wherever in the blit that is. */
TEST_F(blit, count_wraps)
{
	static const __u64 blocks_before[] = { 1, 2, 3, 255, 256, 257, 16383, 16384, 16385, 65535 };
	struct vt_model m;

	vt_model_open(&m, &self->s, (1 << 20) + 4096, SEED);
	for (size_t i = 0; i < ARRAY_SIZE(blocks_before); i++) {
		__u64 blocks = blocks_before[i];
		__u64 end = blocks * 16, sizes[] = { end - 1, end, end + 1, end + 1000 };

		for (size_t j = 0; j < ARRAY_SIZE(sizes); j++) {
			struct drm_vprot_blt blt = {
				.src_offset = j,
				.dst_offset = 5 * j,
				.size = sizes[j],
			};

			/* A carry would show in every byte of the IV, or in one. */
			vt_iv(blt.iv, i % 2 ? ~0ull : 0x1122334455667788, -blocks);
			ASSERT_EQ(0, vt_model_submit(&m, &blt, 1));
			ASSERT_TRUE(vt_model_same(&m, 0, blt.dst_offset + blt.size + 16))
				TH_LOG("%llu blocks before the wrap, size %llu", blocks, sizes[j]);
		}
	}
}

/* Anything, anywhere. */
TEST_F(blit, random)
{
	for (int round = 0; round < 300; round++) {
		struct drm_vprot_blt blt = {
			.src_offset = vt_model_random_number(&self->m, 0, 20000),
			.dst_offset = vt_model_random_number(&self->m, 0, 20000),
			.size = vt_model_random_number(&self->m, 0, 20000),
		};

		vt_model_random_iv(&self->m, blt.iv, blt.size);
		ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
		ASSERT_TRUE(vt_model_same(&self->m, 0, 65536))
			TH_LOG("seed %d, round %d: %llu bytes from %llu to %llu", SEED, round,
			       blt.size, blt.src_offset, blt.dst_offset);
	}
}

TEST_F(blit, content_keys)
{
	__u8 wrapped[4][VT_KEY];
	struct drm_vprot_blt blts[12];

	vt_fill(&self->m.seed, wrapped, sizeof(wrapped));
	for (int round = 0; round < 3; round++) {
		memset(blts, 0, sizeof(blts));
		for (int i = 0; i < 12; i++) {
			blts[i].src_offset = 100 * i;
			blts[i].dst_offset = 4001 * i;
			blts[i].size = 4001;
			vt_model_random_iv(&self->m, blts[i].iv, blts[i].size);
			/* Different ones in one array, with the session's own between them. */
			if (i % 3 == 2)
				continue;
			blts[i].key_form = DRM_VPROT_KEY_WRAPPED;
			blts[i].key = (uintptr_t)wrapped[i % 4];
			blts[i].key_size = VT_KEY;
		}
		ASSERT_EQ(0, vt_model_submit(&self->m, blts, 12));
		ASSERT_TRUE(vt_model_same(&self->m, 0, 65536));
		/*
		 * Under another session key the same 16 bytes are another content key, also when
		 * they were the last that the session has seen.
		 */
		ASSERT_EQ(0, vt_model_submit(&self->m, blts, 1));
		vt_refresh(&self->s);
	}
}

/* The blits of an array run in its order: what a later one writes stays. */
TEST_F(blit, overlapping)
{
	struct drm_vprot_blt blts[32];

	for (int round = 0; round < 8; round++) {
		memset(blts, 0, sizeof(blts));
		for (int i = 0; i < 32; i++) {
			blts[i].src_offset = vt_model_random_number(&self->m, 0, 32768);
			blts[i].dst_offset = vt_model_random_number(&self->m, 0, 8192);
			blts[i].size = vt_model_random_number(&self->m, 0, 16384);
			vt_model_random_iv(&self->m, blts[i].iv, blts[i].size);
		}
		ASSERT_EQ(0, vt_model_submit(&self->m, blts, 32));
		ASSERT_TRUE(vt_model_same(&self->m, 0, 65536)) TH_LOG("round %d", round);
	}
}

/* The status counts what was moved, clear parts included, and nothing that was refused. */
TEST_F(blit, counters_of_bytes)
{
	struct drm_vprot_session_status status;
	struct drm_vprot_subsample subsamples[] = { { 100, 23 }, { 0, 77 } };
	struct drm_vprot_blt blts[2] = {
		{ .size = 1000 },
		{ .size = 200, .subsamples = (uintptr_t)subsamples, .num_subsamples = 2 },
	};
	__u8 seen[300];

	vt_status(&self->s, &status);
	ASSERT_EQ(0, status.decrypted);
	ASSERT_EQ(0, status.encrypted);
	ASSERT_EQ(0, vt_model_submit(&self->m, blts, 2));
	vt_read_back(&self->s, &self->m.dst, 5, seen, sizeof(seen));
	vt_status(&self->s, &status);
	EXPECT_EQ(1200, status.decrypted);
	EXPECT_EQ(300, status.encrypted);
	blts[1].dst_offset = 65536;
	ASSERT_EQ(-EINVAL, vt_model_submit(&self->m, blts, 2));
	vt_status(&self->s, &status);
	EXPECT_EQ(1200, status.decrypted);
}

TEST_HARNESS_MAIN
