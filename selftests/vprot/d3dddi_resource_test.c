// SPDX-License-Identifier: GPL-2.0
/*
 * Resources of the D3D9 DDI.
 */
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"

#define PITCH	100
#define HEIGHT	30
#define COUNT	3	/* sub-resources */

FIXTURE(resource) {
	struct vt_ddi ddi;
	HANDLE clear, restricted;
};

FIXTURE_SETUP(resource)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.Pitch = PITCH,
		.Height = HEIGHT,
		.SurfCount = COUNT,
	};

	vt_ddi_open(&self->ddi, 0);
	ASSERT_EQ(S_OK, vprot_d3dddi_create_resource(self->ddi.device, &create));
	self->clear = create.hResource;
	create.RestrictedContent = 1;
	ASSERT_EQ(S_OK, vprot_d3dddi_create_resource(self->ddi.device, &create));
	self->restricted = create.hResource;
}

FIXTURE_TEARDOWN(resource)
{
}

TEST_F(resource, create)
{
	static const struct {
		HRESULT result;
		UINT restricted, pitch, height, count;
	} resources[] = {
		{ E_INVALIDARG, 2, 1, 1, 1 },
		{ E_INVALIDARG, 0, 0, 1, 1 },
		{ E_INVALIDARG, 0, 1, 0, 1 },
		{ E_INVALIDARG, 1, 1, 1, 0 },
		/* More than a buffer may have, and more than a number holds. */
		{ E_INVALIDARG, 0, 1 << 20, 1 << 20, 1 },
		{ E_INVALIDARG, 1, 1 << 20, 1 << 20, 1 },
		{ E_INVALIDARG, 0, 0xffffffff, 0xffffffff, 0xffffffff },
		{ E_INVALIDARG, 0, 1u << 31, 1u << 31, 4 },
		{ S_OK, 0, 1, 1, 1 },
		{ S_OK, 1, 1920, 1620, 2 },
	};

	VPROT_D3DDDIARG_CREATERESOURCE restrict_shared = {
		.Pitch = 1,
		.Height = 1,
		.SurfCount = 1,
		.RestrictSharedAccess = 1,
	};

	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_create_resource(self->ddi.device, NULL));
	/* Only restricted contents restrict who opens them. */
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_create_resource(self->ddi.device, &restrict_shared));
	restrict_shared.RestrictedContent = 1;
	EXPECT_EQ(S_OK, vprot_d3dddi_create_resource(self->ddi.device, &restrict_shared));
	restrict_shared.RestrictSharedAccess = 2;
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_create_resource(self->ddi.device, &restrict_shared));
	for (int i = 0; i < ARRAY_SIZE(resources); i++) {
		VPROT_D3DDDIARG_CREATERESOURCE create = {
			.RestrictedContent = resources[i].restricted,
			.Pitch = resources[i].pitch,
			.Height = resources[i].height,
			.SurfCount = resources[i].count,
			.hResource = (HANDLE)0x5a,
		};

		EXPECT_EQ(resources[i].result,
			  vprot_d3dddi_create_resource(self->ddi.device, &create))
			TH_LOG("resource %d", i);
		EXPECT_EQ(resources[i].result != S_OK, create.hResource == (HANDLE)0x5a);
	}
}

/* Textures: each row a multiple of the cipher's block, the planes of video behind each other. */
TEST_F(resource, formats)
{
	static const struct {
		D3DDDIFORMAT format;
		UINT width, height;
		UINT pitch, rows;
	} textures[] = {
		{ D3DDDIFMT_A8R8G8B8, 16, 4, 64, 4 },
		{ D3DDDIFMT_A8R8G8B8, 17, 3, 80, 3 },
		{ D3DDDIFMT_NV12, 1920, 1080, 1920, 1620 },
		{ D3DDDIFMT_NV12, 34, 2, 48, 3 },
		{ D3DDDIFMT_P010, 1920, 1080, 3840, 1620 },
		{ D3DDDIFMT_P010, 34, 4, 80, 6 },
	};
	D3DDDIARG_GETPITCH get = { 0 };
	struct vt_ddi_session s;

	vt_ddi_session_open(&s, &self->ddi);
	get.hCryptoSession = s.handle;
	for (int i = 0; i < ARRAY_SIZE(textures); i++) {
		VPROT_D3DDDIARG_CREATERESOURCE create = {
			.Format = textures[i].format,
			.Width = textures[i].width,
			.Height = textures[i].height,
			.SurfCount = 2,
		};
		const UINT size = textures[i].pitch * textures[i].rows;
		VOID *first, *second;
		UINT pitch = 0;

		ASSERT_EQ(S_OK, vprot_d3dddi_create_resource(self->ddi.device, &create));
		ASSERT_EQ(S_OK, vprot_d3dddi_lock(self->ddi.device, create.hResource, 0, &first,
						  &pitch));
		EXPECT_EQ(textures[i].pitch, pitch) TH_LOG("texture %d", i);
		ASSERT_EQ(S_OK, vprot_d3dddi_lock(self->ddi.device, create.hResource, 1, &second,
						  NULL));
		EXPECT_EQ(size, second - first) TH_LOG("texture %d", i);

		/* Protected, it has the same layout, and blits are of whole sub-resources. */
		create.RestrictedContent = 1;
		ASSERT_EQ(S_OK, vprot_d3dddi_create_resource(self->ddi.device, &create));
		get.hResource = create.hResource;
		get.SubResourceIndex = 1;
		EXPECT_EQ(S_OK, self->ddi.funcs.pfnGetPitch(self->ddi.device, &get));
		EXPECT_EQ(textures[i].pitch, get.Pitch);
		EXPECT_TRUE(vt_ddi_key_works_in(&s, create.hResource, size));
	}
}

TEST_F(resource, formats_refused)
{
	static const struct {
		int format;
		UINT pitch, width, height;
	} textures[] = {
		{ D3DDDIFMT_UNKNOWN, 16, 16, 1 },
		{ D3DDDIFMT_UNKNOWN, 0, 16, 1 },
		{ D3DDDIFMT_A8R8G8B8, 64, 16, 1 },
		{ D3DDDIFMT_A8R8G8B8, 0, 0, 1 },
		{ D3DDDIFMT_A8R8G8B8, 0, 16, 0 },
		{ D3DDDIFMT_NV12, 0, 15, 16 },
		{ D3DDDIFMT_NV12, 0, 16, 15 },
		{ D3DDDIFMT_P010, 0, 15, 16 },
		{ D3DDDIFMT_P010, 0, 16, 15 },
		{ D3DDDIFMT_A8R8G8B8, 0, 0x40000000, 1 },
		{ D3DDDIFMT_NV12, 0, 2, 0xfffffffe },
		{ 20, 0, 16, 16 },
		{ 22, 0, 16, 16 },
		{ -1, 0, 16, 16 },
	};

	for (int i = 0; i < ARRAY_SIZE(textures); i++) {
		VPROT_D3DDDIARG_CREATERESOURCE create = {
			.Pitch = textures[i].pitch,
			.Height = textures[i].height,
			.SurfCount = 1,
			.hResource = (HANDLE)0x5a,
			.Format = textures[i].format,
			.Width = textures[i].width,
		};

		EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_create_resource(self->ddi.device, &create))
			TH_LOG("texture %d", i);
		EXPECT_EQ((HANDLE)0x5a, create.hResource);
	}
}

TEST_F(resource, lock)
{
	const HANDLE device = self->ddi.device;
	VOID *data = (VOID *)0x5a;
	UINT pitch = 99;
	__u8 *map;

	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_lock(device, self->clear, 0, NULL, &pitch));
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_lock(device, self->clear, COUNT, &data, &pitch));
	/* Nobody gets at protected memory. */
	EXPECT_EQ(E_ACCESSDENIED, vprot_d3dddi_lock(device, self->restricted, 0, &data, &pitch));
	EXPECT_EQ((VOID *)0x5a, data);
	EXPECT_EQ(99, pitch);

	/* One sub-resource after the other, zeroed, and the same each time. */
	map = vt_ddi_lock(&self->ddi, self->clear);
	for (int i = 0; i < COUNT * HEIGHT * PITCH; i++)
		ASSERT_EQ(0, map[i]);
	for (int i = 0; i < COUNT; i++) {
		pitch = 0;
		ASSERT_EQ(S_OK, vprot_d3dddi_lock(device, self->clear, i, &data, &pitch));
		EXPECT_EQ((VOID *)(map + i * HEIGHT * PITCH), data);
		EXPECT_EQ(PITCH, pitch);
	}
}

TEST_F(resource, get_pitch)
{
	HANDLE resources[] = { self->clear, self->restricted };
	D3DDDIARG_GETPITCH get = { 0 };
	struct vt_ddi_session s;

	vt_ddi_session_create(&s, &self->ddi);
	get.hCryptoSession = s.handle;
	EXPECT_EQ(E_INVALIDARG, self->ddi.funcs.pfnGetPitch(self->ddi.device, NULL));
	for (int i = 0; i < ARRAY_SIZE(resources); i++) {
		get.hResource = resources[i];
		for (UINT j = 0; j < COUNT; j++) {
			get.SubResourceIndex = j;
			get.Pitch = 0;
			EXPECT_EQ(S_OK, self->ddi.funcs.pfnGetPitch(self->ddi.device, &get));
			EXPECT_EQ(PITCH, get.Pitch);
		}
		get.SubResourceIndex = COUNT;
		get.Pitch = 99;
		EXPECT_EQ(E_INVALIDARG, self->ddi.funcs.pfnGetPitch(self->ddi.device, &get));
		EXPECT_EQ(99, get.Pitch);
	}
}

TEST_HARNESS_MAIN
