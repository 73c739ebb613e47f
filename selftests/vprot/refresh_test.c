// SPDX-License-Identifier: GPL-2.0
/*
 * Start and Finish of a session key refresh: each row of the table of what the documentation
 * leaves open, the nonces, and that driver and client never part.
 */
#include "kselftest_harness.h"
#include "module.h"
#include "vprot_test.h"

FIXTURE(refresh) {
	int fd;
	struct vt_session s;
};

FIXTURE_SETUP(refresh)
{
	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
}

FIXTURE_TEARDOWN(refresh)
{
}

static __u64 epoch_of(const struct vt_session *s)
{
	struct drm_vprot_session_status status;

	vt_status(s, &status);
	return status.epoch;
}

static bool pending(const struct vt_session *s)
{
	struct drm_vprot_session_status status;

	vt_status(s, &status);
	return status.flags & DRM_VPROT_STATUS_REFRESH_PENDING;
}

TEST_F(refresh, start_and_finish)
{
	struct vt_session next = self->s;
	__u8 nonce[VT_KEY];
	__u64 epoch = 0;

	EXPECT_FALSE(pending(&self->s));
	ASSERT_EQ(0, vt_start(&self->s, nonce));
	EXPECT_TRUE(pending(&self->s));

	/* Until Finish it is the old key that works, and the new one does not. */
	vt_xor(next.key, nonce);
	EXPECT_TRUE(vt_key_works(&self->s));
	EXPECT_FALSE(vt_key_works(&next));
	EXPECT_EQ(1, epoch_of(&self->s));

	ASSERT_EQ(0, vt_finish(&self->s, &epoch));
	EXPECT_FALSE(pending(&self->s));
	EXPECT_EQ(2, epoch);
	EXPECT_EQ(2, epoch_of(&self->s));
	next.epoch = 2;
	EXPECT_TRUE(vt_key_works(&next));
	self->s.epoch = 2;
	EXPECT_FALSE(vt_key_works(&self->s));
}

TEST_F(refresh, nonce_of_another_size)
{
	__u8 nonce[VT_KEY], other[64];
	struct drm_vprot_start_session_key_refresh start = {
		.handle = self->s.handle,
		.nonce = (uintptr_t)other,
	};

	ASSERT_EQ(0, vt_start(&self->s, nonce));
	memset(other, 0xa5, sizeof(other));
	for (start.size = 0; start.size < sizeof(other); start.size++)
		if (start.size != VT_KEY)
			ASSERT_EQ(-EINVAL, vt_ioctl(self->fd,
						    DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH,
						    &start));
	for (size_t i = 0; i < sizeof(other); i++)
		ASSERT_EQ(0xa5, other[i]);

	/* The nonce of before is the one that counts. */
	ASSERT_EQ(0, vt_finish(&self->s, NULL));
	vt_xor(self->s.key, nonce);
	self->s.epoch++;
	EXPECT_TRUE(vt_key_works(&self->s));
}

TEST_F(refresh, before_the_key_exchange)
{
	__u8 nonce[VT_KEY] = "untouched";
	struct vt_buffer clear, secret;
	struct drm_vprot_blt blt = { .size = 16 };
	struct vt_session s;

	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_clear(&clear, self->fd, 16);
	vt_protected(&secret, self->fd, 16);
	blt.src = clear.handle;
	blt.dst = secret.handle;
	EXPECT_EQ(-ENOKEY, vt_start(&s, nonce));
	EXPECT_STREQ("untouched", (char *)nonce);
	EXPECT_EQ(-ENODATA, vt_finish(&s, NULL));
	EXPECT_EQ(-ENOKEY, vt_decrypt_blt(&s, &blt));
	EXPECT_FALSE(pending(&s));
	EXPECT_EQ(0, epoch_of(&s));
}

TEST_F(refresh, nonce_cannot_be_copied_out)
{
	__u8 *cut = vt_page_before_bad();
	__u8 nonce[VT_KEY];

	/* Nothing pending, nothing pending after it. */
	EXPECT_EQ(-EFAULT, vt_start(&self->s, vt_bad_page()));
	EXPECT_FALSE(pending(&self->s));
	EXPECT_EQ(-ENODATA, vt_finish(&self->s, NULL));

	/* An earlier one stays pending. */
	ASSERT_EQ(0, vt_start(&self->s, nonce));
	EXPECT_EQ(-EFAULT, vt_start(&self->s, NULL));
	EXPECT_EQ(-EFAULT, vt_start(&self->s, vt_bad_page()));
	EXPECT_EQ(-EFAULT, vt_start(&self->s, cut + 4096 - 15));
	EXPECT_TRUE(pending(&self->s));
	ASSERT_EQ(0, vt_finish(&self->s, NULL));
	vt_xor(self->s.key, nonce);
	self->s.epoch++;
	EXPECT_TRUE(vt_key_works(&self->s));
}

TEST_F(refresh, start_twice)
{
	__u8 first[VT_KEY], second[VT_KEY];

	ASSERT_EQ(0, vt_start(&self->s, first));
	ASSERT_EQ(0, vt_start(&self->s, second));
	EXPECT_NE(0, memcmp(first, second, VT_KEY));
	ASSERT_EQ(0, vt_finish(&self->s, NULL));
	vt_xor(self->s.key, second);
	self->s.epoch++;
	EXPECT_TRUE(vt_key_works(&self->s));
	EXPECT_EQ(2, epoch_of(&self->s));
}

TEST_F(refresh, finish_with_nothing_pending)
{
	__u64 epoch = 99;

	EXPECT_EQ(-ENODATA, vt_finish(&self->s, &epoch));
	EXPECT_EQ(99, epoch);
	EXPECT_TRUE(vt_key_works(&self->s));
	EXPECT_EQ(1, epoch_of(&self->s));
}

/* The same nonce is never applied twice: that would bring the old key back. */
TEST_F(refresh, finish_twice)
{
	__u64 epoch = 99;

	vt_refresh(&self->s);
	EXPECT_EQ(-ENODATA, vt_finish(&self->s, &epoch));
	EXPECT_EQ(99, epoch);
	EXPECT_TRUE(vt_key_works(&self->s));
	EXPECT_EQ(2, epoch_of(&self->s));
}

TEST_F(refresh, result_cannot_be_written)
{
	__u8 *cut = vt_page_before_bad();
	__u8 nonce[VT_KEY];

	ASSERT_EQ(0, vt_start(&self->s, nonce));
	EXPECT_EQ(-EFAULT, vt_finish(&self->s, vt_bad_page()));
	EXPECT_EQ(-EFAULT, vt_finish(&self->s, (void *)(cut + 4096 - 7)));
	EXPECT_TRUE(pending(&self->s));
	EXPECT_EQ(1, epoch_of(&self->s));
	EXPECT_TRUE(vt_key_works(&self->s));

	ASSERT_EQ(0, vt_finish(&self->s, NULL));
	vt_xor(self->s.key, nonce);
	self->s.epoch++;
	EXPECT_TRUE(vt_key_works(&self->s));
}

TEST_F(refresh, key_exchange_drops_a_pending_one)
{
	__u8 nonce[VT_KEY], key[VT_KEY] = "another key ...";

	ASSERT_EQ(0, vt_start(&self->s, nonce));
	vt_key_exchange(&self->s, key);
	EXPECT_FALSE(pending(&self->s));
	EXPECT_EQ(2, epoch_of(&self->s));
	EXPECT_EQ(-ENODATA, vt_finish(&self->s, NULL));
	vt_draw_read_back_key(&self->s);
	EXPECT_TRUE(vt_key_works(&self->s));
}

TEST_F(refresh, not_supported_by_the_session)
{
	__u8 nonce[VT_KEY] = "untouched";
	struct vt_session s;

	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	EXPECT_EQ(-EOPNOTSUPP, vt_start(&s, nonce));
	EXPECT_EQ(-EOPNOTSUPP, vt_finish(&s, NULL));
	EXPECT_STREQ("untouched", (char *)nonce);
	EXPECT_EQ(1, epoch_of(&s));
}

/* As an administrator can switch it off, so that clients can test for that. */
FIXTURE(refresh_disabled) {
	struct vt_session s;
};

FIXTURE_SETUP(refresh_disabled)
{
	vt_session_open(&self->s, vt_open(), 0);
}

FIXTURE_TEARDOWN_PARENT(refresh_disabled)
{
	/* Even after a test that ended early. */
	vt_caps_off(0, 0);
}

TEST_F(refresh_disabled, by_the_mask)
{
	struct drm_vprot_get_caps caps;
	__u8 nonce[VT_KEY] = "untouched", first[VT_KEY];
	__u64 epoch = 99;

	ASSERT_EQ(0, vt_start(&self->s, first));
	vt_caps_off(DRM_VPROT_CAP_FRESHEN_SESSION_KEY, 0);
	vt_caps(self->s.fd, &caps);
	EXPECT_EQ(0, caps.caps & DRM_VPROT_CAP_FRESHEN_SESSION_KEY);
	EXPECT_EQ(-EOPNOTSUPP, vt_start(&self->s, nonce));
	EXPECT_EQ(-EOPNOTSUPP, vt_finish(&self->s, &epoch));
	EXPECT_STREQ("untouched", (char *)nonce);
	EXPECT_EQ(99, epoch);
	EXPECT_EQ(1, epoch_of(&self->s));
	EXPECT_TRUE(vt_key_works(&self->s));

	/* Another crypto type's mask does nothing to this one. */
	vt_caps_off(0, DRM_VPROT_CAP_FRESHEN_SESSION_KEY);
	vt_caps(self->s.fd, &caps);
	EXPECT_NE(0, caps.caps & DRM_VPROT_CAP_FRESHEN_SESSION_KEY);
	vt_refresh(&self->s);
	EXPECT_TRUE(vt_key_works(&self->s));
}

TEST_F(refresh, nonces)
{
	enum { COUNT = 1000 };
	static __u8 nonces[COUNT][VT_KEY];
	static const __u8 zero[VT_KEY];
	__u8 seen[2][VT_KEY] = { { 0 } };
	/* With room on both sides: all 16 bytes are written, and no other. */
	__u8 room[3 * VT_KEY];

	for (int i = 0; i < COUNT; i++) {
		memset(room, i, sizeof(room));
		ASSERT_EQ(0, vt_start(&self->s, room + VT_KEY));
		memcpy(nonces[i], room + VT_KEY, VT_KEY);
		for (int j = 0; j < VT_KEY; j++) {
			ASSERT_EQ((__u8)i, room[j]);
			ASSERT_EQ((__u8)i, room[2 * VT_KEY + j]);
			seen[0][j] |= nonces[i][j];
			seen[1][j] |= ~nonces[i][j];
		}
		ASSERT_NE(0, memcmp(zero, nonces[i], VT_KEY));
		for (int j = 0; j < i; j++) {
			ASSERT_NE(0, memcmp(nonces[j], nonces[i], VT_KEY))
				TH_LOG("%d and %d", j, i);
		}
	}
	/* No bit is always the same. */
	for (int j = 0; j < VT_KEY; j++) {
		EXPECT_EQ(0xff, seen[0][j]);
		EXPECT_EQ(0xff, seen[1][j]);
	}
}

TEST_F(refresh, ten_thousand)
{
	for (int i = 1; i <= 10000; i++) {
		vt_refresh(&self->s);
		if (i % 100 == 0 || i < 10)
			ASSERT_TRUE(vt_key_works(&self->s)) TH_LOG("after %d", i);
	}
	EXPECT_EQ(10001, epoch_of(&self->s));
	EXPECT_EQ(10001, self->s.epoch);
}

TEST_F(refresh, sessions_do_not_disturb_each_other)
{
	struct vt_session same_file, same_key, *all[] = { &self->s, &same_file, &same_key };
	__u8 nonces[3][VT_KEY];

	vt_session_open(&same_file, self->fd, 0);
	vt_session_create(&same_key, vt_open(), DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_key_exchange(&same_key, self->s.key);
	vt_draw_read_back_key(&same_key);

	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, vt_start(all[i], nonces[i]));
		for (int j = 0; j < 3; j++)
			ASSERT_EQ(j <= i, pending(all[j]));
	}
	EXPECT_NE(0, memcmp(nonces[0], nonces[2], VT_KEY));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(0, vt_finish(all[i], NULL));
		vt_xor(all[i]->key, nonces[i]);
		all[i]->epoch++;
		for (int j = 0; j < 3; j++) {
			ASSERT_EQ(j > i, pending(all[j]));
			ASSERT_TRUE(vt_key_works(all[j])) TH_LOG("session %d", j);
		}
	}
	vt_session_destroy(&same_file);
	EXPECT_TRUE(vt_key_works(&self->s));
	EXPECT_TRUE(vt_key_works(&same_key));
}

TEST_HARNESS_MAIN
