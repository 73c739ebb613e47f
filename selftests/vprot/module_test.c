// SPDX-License-Identifier: GPL-2.0
/*
 * What the module's parameters change: read-back under the session key, and the implementation of
 * the cipher. Which types are on offer, caps_types_test tests.
 */
#include "kselftest_harness.h"
#include "model.h"
#include "module.h"

#define SEED	80

/* When all tests have ended, and closed the device; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	vt_module_reload("");
}

/* --- read-back under the session key ---------------------------------------------------------- */

FIXTURE(session_key_readback) {
	struct vt_session s;
	struct vt_buffer secret, clear;
	__u8 plain[8192];
};

FIXTURE_SETUP(session_key_readback)
{
	__u8 key[VT_KEY] = "the session key";
	__u64 seed = SEED;
	int fd;

	vt_module_reload("session_key_readback=1");
	fd = vt_open();
	vt_session_create(&self->s, fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_key_exchange(&self->s, key);
	vt_clear(&self->clear, fd, sizeof(self->plain));
	vt_protected(&self->secret, fd, sizeof(self->plain));
	vt_fill(&seed, self->plain, sizeof(self->plain));
	vt_load(&self->s, &self->secret, 0, self->plain, sizeof(self->plain));
}

FIXTURE_TEARDOWN(session_key_readback)
{
}

TEST_F(session_key_readback, caps)
{
	struct drm_vprot_get_caps caps;
	__u8 key[VT_KEY] = "untouched";
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = self->s.handle,
		.size = VT_KEY,
		.key = (uintptr_t)key,
	};

	vt_caps(self->s.fd, &caps);
	EXPECT_EQ(0x1 | 0x8 | 0x10 | 0x20 | 0x40 | 0x400 | 1ull << 32, caps.caps);
	EXPECT_EQ(-EOPNOTSUPP, vt_ioctl(self->s.fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get));
	EXPECT_STREQ("untouched", (char *)key);
}

/* Under the key of the epoch that is current, with an IV that is never the same. */
TEST_F(session_key_readback, reads_back)
{
	__u8 last[16] = { 0 };

	for (int round = 0; round < 5; round++) {
		struct drm_vprot_blt_result result;
		struct drm_vprot_blt blt = {
			.src = self->secret.handle,
			.dst = self->clear.handle,
			.src_offset = round,
			.size = sizeof(self->plain) - round,
			.epoch = self->s.epoch,
			.result = (uintptr_t)&result,
		};

		ASSERT_EQ(0, vt_encrypt_blt(&self->s, &blt));
		EXPECT_EQ(self->s.epoch, result.epoch);
		EXPECT_EQ(0, result.flags);
		EXPECT_GT(memcmp(result.iv, last, 16), 0);
		memcpy(last, result.iv, 16);
		vt_ctr(self->s.key, result.iv, self->clear.map, blt.size);
		EXPECT_EQ(0, memcmp(self->clear.map, self->plain + round, blt.size));
		if (round % 2)
			vt_refresh(&self->s);
	}
}

TEST_F(session_key_readback, needs_the_session_key)
{
	struct drm_vprot_blt_result result;
	struct vt_session s;
	struct vt_buffer empty;
	struct drm_vprot_blt blt = {
		.dst = self->clear.handle,
		.size = 16,
		.result = (uintptr_t)&result,
	};

	vt_session_create(&s, self->s.fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_protected(&empty, self->s.fd, 16);
	blt.src = empty.handle;
	EXPECT_EQ(-ENOKEY, vt_encrypt_blt(&s, &blt));
}

/* Read-back is in counter mode, and no key is used in two modes. */
TEST_F(session_key_readback, not_with_cbcs)
{
	struct drm_vprot_get_caps caps = { .crypto_type = DRM_VPROT_CRYPTO_AES128_CBCS };
	struct drm_vprot_blt_result result;
	struct vt_session s;
	struct vt_buffer secret;
	struct drm_vprot_blt blt = {
		.dst = self->clear.handle,
		.size = 16,
		.result = (uintptr_t)&result,
	};

	ASSERT_EQ(0, vt_ioctl(self->s.fd, DRM_IOCTL_VPROT_GET_CAPS, &caps));
	EXPECT_EQ(0x1 | 0x8 | 0x10 | 0x20 | 0x400 | 1ull << 32, caps.caps);

	vt_session_create_as(&s, self->s.fd, DRM_VPROT_CRYPTO_AES128_CBCS,
			     DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_protected(&secret, self->s.fd, 16);
	blt.src = secret.handle;
	/* Whether it has a key does not matter, but the buffers have to be there. */
	EXPECT_EQ(-EOPNOTSUPP, vt_encrypt_blt(&s, &blt));
	vt_key_exchange(&s, self->s.key);
	vt_load(&s, &secret, 0, self->plain, 16);
	EXPECT_EQ(-EOPNOTSUPP, vt_encrypt_blt(&s, &blt));
	blt.src = ~0u;
	EXPECT_EQ(-ENOENT, vt_encrypt_blt(&s, &blt));
}

/* --- the implementation of the cipher --------------------------------------------------------- */

FIXTURE(cipher) {
	struct vt_session s;
	struct vt_model m;
};

FIXTURE_VARIANT(cipher) {
	const char *parameters;
};

FIXTURE_VARIANT_ADD(cipher, fastest) {
	.parameters = "",
};

/* Goes through scratch memory of the driver: it would leave key stream in the destination. */
FIXTURE_VARIANT_ADD(cipher, generic) {
	.parameters = "cipher=ctr(aes-generic)",
};

FIXTURE_SETUP(cipher)
{
	vt_module_reload(variant->parameters);
	vt_session_open(&self->s, vt_open(), 0);
	vt_model_open(&self->m, &self->s, 1024 * 1024, SEED);
}

FIXTURE_TEARDOWN(cipher)
{
}

TEST_F(cipher, blits)
{
	static const __u64 sizes[] = { 1, 15, 16, 17, 4095, 4096, 4097, 65536, 262145, 900001 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (int round = 0; round < 4; round++) {
			struct drm_vprot_blt blt = {
				.src_offset = vt_model_random_number(&self->m, 0, 5000),
				.dst_offset = vt_model_random_number(&self->m, 0, 5000),
				.size = sizes[i],
			};

			vt_model_random_iv(&self->m, blt.iv, blt.size);
			ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
			ASSERT_TRUE(vt_model_same(&self->m, 0, blt.dst_offset + blt.size + 64))
				TH_LOG("size %llu, from %llu to %llu, block %02x%02x", blt.size,
				       blt.src_offset, blt.dst_offset, blt.iv[14], blt.iv[15]);
		}
	}
}

TEST_F(cipher, subsamples)
{
	struct drm_vprot_subsample subsamples[40];

	for (int round = 0; round < 20; round++) {
		struct drm_vprot_blt blt = {
			.src_offset = round,
			.dst_offset = 3 * round,
			.subsamples = (uintptr_t)subsamples,
			.num_subsamples = ARRAY_SIZE(subsamples),
			.crypt_blocks = round % 3,
			.skip_blocks = round % 3,
		};

		for (size_t i = 0; i < ARRAY_SIZE(subsamples); i++) {
			subsamples[i].clear = vt_model_random_number(&self->m, 0, 60);
			subsamples[i].encrypted = vt_model_random_number(&self->m, 0, 9000);
			blt.size += subsamples[i].clear + subsamples[i].encrypted;
		}
		vt_model_random_iv(&self->m, blt.iv, blt.size);
		ASSERT_EQ(0, vt_model_submit(&self->m, &blt, 1));
		ASSERT_TRUE(vt_model_same(&self->m, 0, blt.dst_offset + blt.size + 64))
			TH_LOG("round %d", round);
	}
}

TEST_HARNESS_MAIN
