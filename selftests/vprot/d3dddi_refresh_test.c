// SPDX-License-Identifier: GPL-2.0
/*
 * FinishSessionKeyRefresh and StartSessionKeyRefresh of the D3D9 DDI: each sentence of their
 * documentation is a test, and names it.
 */
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "module.h"

FIXTURE(refresh) {
	struct vt_ddi ddi;
	struct vt_ddi_session s;
};

FIXTURE_SETUP(refresh)
{
	vt_ddi_open(&self->ddi, 0);
	vt_ddi_session_open(&self->s, &self->ddi);
}

/* Even after a test that ended early. */
FIXTURE_TEARDOWN_PARENT(refresh)
{
	vt_caps_off(0, 0);
}

static void disable_refresh(void)
{
	vt_caps_off(DRM_VPROT_CAP_FRESHEN_SESSION_KEY, 0);
}

/* --- FinishSessionKeyRefresh ------------------------------------------------------------------ */

TEST_F(refresh, all_buffers_from_that_point_in_time_use_the_updated_session_key_value)
{
	static const UINT sizes[] = { 16, 17, 4096, 100000 };
	HANDLE resources[3][ARRAY_SIZE(sizes)];
	struct vt_ddi_session updated = self->s;
	__u8 random_number[VT_KEY];

	/* Buffers made before the refresh, during it, and after it; the first in use already. */
	for (int when = 0; when < 3; when++) {
		for (int i = 0; i < ARRAY_SIZE(sizes); i++)
			resources[when][i] = vt_ddi_create_resource(&self->ddi, true, sizes[i]);
		if (when == 0) {
			for (int i = 0; i < ARRAY_SIZE(sizes); i++)
				ASSERT_TRUE(vt_ddi_key_works_in(&self->s, resources[0][i],
								sizes[i]));
			ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_number));
		}
		if (when == 1) {
			/* Until that point in time they use the old one. */
			for (int i = 0; i < ARRAY_SIZE(sizes); i++)
				ASSERT_TRUE(vt_ddi_key_works_in(&self->s, resources[1][i],
								sizes[i]));
			ASSERT_EQ(S_OK, vt_ddi_finish(&self->s));
		}
	}

	vt_xor(updated.key, random_number);
	for (int when = 0; when < 3; when++) {
		for (int i = 0; i < ARRAY_SIZE(sizes); i++) {
			EXPECT_TRUE(vt_ddi_key_works_in(&updated, resources[when][i], sizes[i]));
			EXPECT_FALSE(vt_ddi_key_works_in(&self->s, resources[when][i], sizes[i]));
		}
	}
}

/* What a buffer holds stays: it is the blits that use the key. */
TEST_F(refresh, contents_of_before_stay)
{
	HANDLE resource = vt_ddi_create_resource(&self->ddi, true, 4096);
	HANDLE clear = vt_ddi_create_resource(&self->ddi, false, 4096);
	__u8 plain[4096], iv[16] = { 0 }, *map = vt_ddi_lock(&self->ddi, clear);
	__u64 seed = 1;

	vt_fill(&seed, plain, sizeof(plain));
	memcpy(map, plain, sizeof(plain));
	vt_ctr(self->s.key, iv, map, sizeof(plain));
	ASSERT_EQ(S_OK, vt_ddi_decrypt(&self->s, clear, resource, sizeof(plain), iv));
	vt_ddi_refresh(&self->s);
	EXPECT_TRUE(vt_ddi_holds(&self->s, resource, plain, sizeof(plain)));
}

TEST_F(refresh, hdevice_is_a_handle_to_the_display_device)
{
	D3DDDIARG_FINISHSESSIONKEYREFRESH finish = { .hCryptoSession = self->s.handle };
	__u8 random_number[VT_KEY];
	struct vt_ddi other;

	vt_ddi_open(&other, 0);
	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_number));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  self->ddi.funcs.pfnFinishSessionKeyRefresh(NULL, &finish));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  self->ddi.funcs.pfnFinishSessionKeyRefresh(self->s.handle, &finish));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  self->ddi.funcs.pfnFinishSessionKeyRefresh(self->ddi.adapter, &finish));
	/* The session belongs to the device that made it. */
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  other.funcs.pfnFinishSessionKeyRefresh(other.device, &finish));

	EXPECT_TRUE(vt_ddi_key_works(&self->s));
	EXPECT_EQ(S_OK, self->ddi.funcs.pfnFinishSessionKeyRefresh(self->ddi.device, &finish));
}

TEST_F(refresh, pdata_points_to_a_structure_that_describes_the_session)
{
	D3DDDIARG_FINISHSESSIONKEYREFRESH finish = { .hCryptoSession = self->s.handle };
	__u8 random_numbers[2][VT_KEY];
	struct vt_ddi_session other;

	vt_ddi_session_open(&other, &self->ddi);
	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_numbers[0]));
	ASSERT_EQ(S_OK, vt_ddi_start(&other, random_numbers[1]));

	EXPECT_EQ(E_INVALIDARG, self->ddi.funcs.pfnFinishSessionKeyRefresh(self->ddi.device, NULL));
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
	EXPECT_TRUE(vt_ddi_key_works(&other));

	ASSERT_EQ(S_OK, self->ddi.funcs.pfnFinishSessionKeyRefresh(self->ddi.device, &finish));
	/* It is only read. */
	EXPECT_EQ(self->s.handle, finish.hCryptoSession);
	vt_xor(self->s.key, random_numbers[0]);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
	EXPECT_TRUE(vt_ddi_key_works(&other));
	ASSERT_EQ(S_OK, vt_ddi_finish(&other));
	vt_xor(other.key, random_numbers[1]);
	EXPECT_TRUE(vt_ddi_key_works(&other));
}

TEST_F(refresh, s_ok_the_session_is_successfully_updated)
{
	for (int i = 0; i < 20; i++) {
		vt_ddi_refresh(&self->s);
		EXPECT_TRUE(vt_ddi_key_works(&self->s));
	}
}

/* Anything else than S_OK: it is not updated. */
TEST_F(refresh, not_s_ok_the_session_is_not_updated)
{
	struct vt_ddi_session keyless;

	vt_ddi_session_create(&keyless, &self->ddi);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, vt_ddi_finish(&keyless));

	EXPECT_EQ(D3DDDIERR_INVALIDCALL, vt_ddi_finish(&self->s));
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
	vt_ddi_refresh(&self->s);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, vt_ddi_finish(&self->s));
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
}

TEST_F(refresh, notavailable_the_driver_does_not_support_the_function)
{
	__u8 random_number[VT_KEY], untouched[VT_KEY] = "untouched";

	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_number));
	disable_refresh();
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, vt_ddi_finish(&self->s));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, vt_ddi_start(&self->s, untouched));
	EXPECT_STREQ("untouched", (char *)untouched);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
}

/* --- Remarks ---------------------------------------------------------------------------------- */

static DWORD caps_of(struct vt_ddi *ddi, const GUID *crypto_type)
{
	DDICONTENTPROTECTIONCAPS query = { .CryptoType = *crypto_type };
	D3DCONTENTPROTECTIONCAPS caps = { 0 };
	D3DDDIARG_GETCAPS get = {
		.Type = D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
		.pInfo = &query,
		.pData = &caps,
		.DataSize = sizeof(caps),
	};
	HRESULT result = vprot_d3dddi_get_caps(ddi->adapter, &get);

	if (result != S_OK)
		vt_fatal("GETCONTENTPROTECTIONCAPS: %#x", result);
	return caps.Caps;
}

/* A client finds out by the caps, and the functions are as they say. */
TEST_F(refresh, can_optionally_support_the_function_for_all_crypto_types)
{
	static const GUID all;

	EXPECT_NE(0, caps_of(&self->ddi, &D3DCRYPTOTYPE_AES128_CTR) & D3DCPCAPS_FRESHENSESSIONKEY);
	EXPECT_NE(0, caps_of(&self->ddi, &all) & D3DCPCAPS_FRESHENSESSIONKEY);
	vt_ddi_refresh(&self->s);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));

	disable_refresh();
	EXPECT_EQ(0, caps_of(&self->ddi, &D3DCRYPTOTYPE_AES128_CTR) & D3DCPCAPS_FRESHENSESSIONKEY);
	EXPECT_EQ(0, caps_of(&self->ddi, &all) & D3DCPCAPS_FRESHENSESSIONKEY);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, vt_ddi_finish(&self->s));

	vt_caps_off(0, 0);
	vt_ddi_refresh(&self->s);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
}

TEST_F(refresh, start_generates_a_random_number)
{
	enum { COUNT = 100 };
	static const __u8 zero[VT_KEY];
	__u8 numbers[COUNT][VT_KEY];

	for (int i = 0; i < COUNT; i++) {
		ASSERT_EQ(S_OK, vt_ddi_start(&self->s, numbers[i]));
		EXPECT_NE(0, memcmp(zero, numbers[i], VT_KEY));
		for (int j = 0; j < i; j++)
			EXPECT_NE(0, memcmp(numbers[j], numbers[i], VT_KEY));
	}
}

TEST_F(refresh, start_saves_the_random_number)
{
	__u8 random_number[VT_KEY], copy[VT_KEY];

	/* The driver has its own: what becomes of the buffer does not matter. */
	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_number));
	memcpy(copy, random_number, VT_KEY);
	memset(random_number, 0, VT_KEY);
	/* It keeps it as long as it takes. */
	for (int i = 0; i < 5; i++)
		EXPECT_TRUE(vt_ddi_key_works(&self->s));
	ASSERT_EQ(S_OK, vt_ddi_finish(&self->s));
	vt_xor(self->s.key, copy);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
}

TEST_F(refresh, start_returns_the_random_number_in_the_buffer)
{
	__u8 seen[2][VT_KEY] = { { 0 } }, room[3 * VT_KEY];

	/* All 16 bytes of it, and no other. */
	for (int i = 0; i < 100; i++) {
		memset(room, i, sizeof(room));
		ASSERT_EQ(S_OK, vt_ddi_start(&self->s, room + VT_KEY));
		for (int j = 0; j < VT_KEY; j++) {
			EXPECT_EQ(i, room[j]);
			EXPECT_EQ(i, room[2 * VT_KEY + j]);
			seen[0][j] |= room[VT_KEY + j];
			seen[1][j] |= ~room[VT_KEY + j];
		}
	}
	for (int j = 0; j < VT_KEY; j++) {
		EXPECT_EQ(0xff, seen[0][j]);
		EXPECT_EQ(0xff, seen[1][j]);
	}
}

/* A client may go on without a look at the result, and apply what it has. */
TEST_F(refresh, start_leaves_the_buffer_untouched_when_it_fails)
{
	__u8 random_number[64], first[VT_KEY];
	D3DDDIARG_STARTSESSIONKEYREFRESH start = {
		.hCryptoSession = self->s.handle,
		.pRandomNumber = random_number,
	};
	struct vt_ddi_session keyless;

	memset(random_number, 0xa5, sizeof(random_number));
	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, first));
	for (start.RandomNumberSize = 0; start.RandomNumberSize < 64; start.RandomNumberSize++) {
		if (start.RandomNumberSize == VT_KEY)
			continue;
		EXPECT_EQ(E_INVALIDARG,
			  self->ddi.funcs.pfnStartSessionKeyRefresh(self->ddi.device, &start));
	}
	start.RandomNumberSize = VT_KEY;
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  self->ddi.funcs.pfnStartSessionKeyRefresh(NULL, &start));
	vt_ddi_session_create(&keyless, &self->ddi);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, vt_ddi_start(&keyless, random_number));
	EXPECT_EQ(E_INVALIDARG, vt_ddi_start(&self->s, NULL));
	EXPECT_EQ(E_INVALIDARG, self->ddi.funcs.pfnStartSessionKeyRefresh(self->ddi.device, NULL));
	for (int i = 0; i < sizeof(random_number); i++)
		EXPECT_EQ(0xa5, random_number[i]);

	/* What was saved before is what counts. */
	ASSERT_EQ(S_OK, vt_ddi_finish(&self->s));
	vt_xor(self->s.key, first);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
}

TEST_F(refresh, finish_performs_an_xor_of_the_random_number_with_the_session_key)
{
	struct vt_ddi_session before = self->s;
	__u8 random_number[VT_KEY];

	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_number));
	ASSERT_EQ(S_OK, vt_ddi_finish(&self->s));
	for (int i = 0; i < VT_KEY; i++)
		self->s.key[i] = before.key[i] ^ random_number[i];
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
	EXPECT_FALSE(vt_ddi_key_works(&before));

	/* With the key that is the session's then: a new one, and none of the refresh. */
	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_number));
	vt_ddi_key_exchange(&self->s);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, vt_ddi_finish(&self->s));
	vt_ddi_draw_read_back_key(&self->s);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));

	/* Started twice, it is the later number. */
	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, before.key));
	ASSERT_EQ(S_OK, vt_ddi_start(&self->s, random_number));
	ASSERT_EQ(S_OK, vt_ddi_finish(&self->s));
	vt_xor(self->s.key, random_number);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
}

TEST_HARNESS_MAIN
