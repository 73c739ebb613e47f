// SPDX-License-Identifier: GPL-2.0
/*
 * Resources of the D3D11.1 DDI: formats, maps, and changes of their protection.
 */
#include <vprot_d3d11ddi.h>

#include "kselftest_harness.h"
#include "ddi11.h"

FIXTURE(resource) {
	struct vt_ddi11 ddi;
	struct vt_ddi11_session s;
};

FIXTURE_SETUP(resource)
{
	vt_ddi11_open(&self->ddi, NULL, 0);
	vt_ddi11_session_open(&self->s, &self->ddi);
}

FIXTURE_TEARDOWN(resource)
{
	EXPECT_EQ(0, self->ddi.errors);
}

TEST_F(resource, create)
{
	static const struct {
		HRESULT result;
		UINT restricted;
		int format;
		UINT width, height, count;
	} resources[] = {
		{ E_INVALIDARG, 2, DXGI_FORMAT_UNKNOWN, 1, 1, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_UNKNOWN, 0, 1, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_UNKNOWN, 1, 0, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_UNKNOWN, 1, 1, 0 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_UNKNOWN, 1, 2, 1 },
		{ E_INVALIDARG, 0, 1, 16, 16, 1 },
		{ E_INVALIDARG, 0, 28, 16, 16, 1 },
		{ E_INVALIDARG, 0, 105, 16, 16, 1 },
		{ E_INVALIDARG, 0, -1, 16, 16, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_NV12, 15, 16, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_NV12, 16, 15, 1 },
		{ E_INVALIDARG, 1, DXGI_FORMAT_P010, 15, 16, 1 },
		{ E_INVALIDARG, 1, DXGI_FORMAT_P010, 16, 15, 1 },
		/* More than numbers hold, and than a buffer may have. */
		{ E_INVALIDARG, 0, DXGI_FORMAT_B8G8R8A8_UNORM, 0x40000000, 1, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_NV12, 0xfffffffe, 2, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_P010, 0x80000000, 2, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_NV12, 2, 0xfffffffe, 1 },
		{ E_INVALIDARG, 0, DXGI_FORMAT_UNKNOWN, 0xffffffff, 1, 0xffffffff },
		{ E_INVALIDARG, 1, DXGI_FORMAT_B8G8R8A8_UNORM, 1 << 20, 1 << 20, 1 },
		{ S_OK, 0, DXGI_FORMAT_UNKNOWN, 1, 1, 1 },
		{ S_OK, 0, DXGI_FORMAT_B8G8R8A8_UNORM, 3, 3, 1 },
		{ S_OK, 1, DXGI_FORMAT_P010, 1920, 1080, 2 },
	};
	const VPROT_D3D11DDIARG_CREATERESOURCE lockable = {
		.Lockable = 1,
		.Width = 1,
		.Height = 1,
		.ArraySize = 1,
	};
	const VPROT_D3D11DDIARG_CREATERESOURCE restrict_shared = {
		.Width = 1,
		.Height = 1,
		.ArraySize = 1,
		.RestrictSharedResource = 1,
	};
	const D3D10DDI_HRESOURCE none = { NULL };

	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_create_resource
		  (self->ddi.device, &restrict_shared,
		   (D3D10DDI_HRESOURCE) { vt_ddi11_private() }));
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_create_resource
		  (self->ddi.device, &lockable, (D3D10DDI_HRESOURCE) { vt_ddi11_private() }));
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_create_resource
		  (self->ddi.device, NULL, (D3D10DDI_HRESOURCE) { vt_ddi11_private() }));
	for (int i = 0; i < ARRAY_SIZE(resources); i++) {
		const VPROT_D3D11DDIARG_CREATERESOURCE create = {
			.RestrictedContent = resources[i].restricted,
			.Format = resources[i].format,
			.Width = resources[i].width,
			.Height = resources[i].height,
			.ArraySize = resources[i].count,
		};
		const D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };

		EXPECT_EQ(resources[i].result,
			  vprot_d3d11ddi_create_resource(self->ddi.device, &create, resource))
			TH_LOG("resource %d", i);
		EXPECT_EQ(E_INVALIDARG,
			  vprot_d3d11ddi_create_resource(self->ddi.device, &create, none));
		EXPECT_EQ(resources[i].result == S_OK ? S_OK : D3DDDIERR_INVALIDHANDLE,
			  vprot_d3d11ddi_destroy_resource(self->ddi.device, resource));
	}
}

TEST_F(resource, layout)
{
	static const struct {
		int format;
		UINT width, height;
		UINT pitch, rows;
	} textures[] = {
		{ DXGI_FORMAT_UNKNOWN, 1001, 1, 1001, 1 },
		{ DXGI_FORMAT_B8G8R8A8_UNORM, 16, 4, 64, 4 },
		{ DXGI_FORMAT_B8G8R8A8_UNORM, 17, 3, 80, 3 },
		{ DXGI_FORMAT_NV12, 1920, 1080, 1920, 1620 },
		{ DXGI_FORMAT_NV12, 34, 2, 48, 3 },
		{ DXGI_FORMAT_P010, 1920, 1080, 3840, 1620 },
		{ DXGI_FORMAT_P010, 34, 4, 80, 6 },
	};

	for (int i = 0; i < ARRAY_SIZE(textures); i++) {
		const VPROT_D3D11DDIARG_CREATERESOURCE create = {
			.Format = textures[i].format,
			.Width = textures[i].width,
			.Height = textures[i].height,
			.ArraySize = 2,
		};
		const D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };
		VOID *first, *second;
		UINT pitch = 0;

		ASSERT_EQ(S_OK, vprot_d3d11ddi_create_resource(self->ddi.device, &create,
							       resource));
		ASSERT_EQ(S_OK, vprot_d3d11ddi_map(self->ddi.device, resource, 0, &first, &pitch));
		EXPECT_EQ(textures[i].pitch, pitch) TH_LOG("texture %d", i);
		ASSERT_EQ(S_OK, vprot_d3d11ddi_map(self->ddi.device, resource, 1, &second, NULL));
		EXPECT_EQ((size_t)textures[i].pitch * textures[i].rows, second - first)
			TH_LOG("texture %d", i);
		ASSERT_EQ(S_OK, vprot_d3d11ddi_destroy_resource(self->ddi.device, resource));
	}
}

TEST_F(resource, map)
{
	D3D10DDI_HRESOURCE clear = vt_ddi11_create_resource(&self->ddi, false, 100);
	D3D10DDI_HRESOURCE restricted = vt_ddi11_create_resource(&self->ddi, true, 100);
	const D3D10DDI_HDEVICE device = self->ddi.device;
	VOID *data = (VOID *)0x5a;
	UINT pitch = 99;

	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_map(device, clear, 0, NULL, &pitch));
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_map(device, clear, 1, &data, &pitch));
	/* Nobody gets at protected memory. */
	EXPECT_EQ(E_ACCESSDENIED, vprot_d3d11ddi_map(device, restricted, 0, &data, &pitch));
	EXPECT_EQ((VOID *)0x5a, data);
	EXPECT_EQ(99, pitch);
	EXPECT_EQ(vt_ddi11_map(&self->ddi, clear), vt_ddi11_map(&self->ddi, clear));
}

TEST_F(resource, handle)
{
	D3D10DDI_HRESOURCE resource = vt_ddi11_create_resource(&self->ddi, false, 100);
	HANDLE handle = NULL;

	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_get_resource_handle(self->ddi.device, resource,
								   NULL));
	EXPECT_EQ(S_OK, vprot_d3d11ddi_get_resource_handle(self->ddi.device, resource, &handle));
	EXPECT_NE(NULL, handle);
	EXPECT_EQ(E_INVALIDARG,
		  vprot_d3d11ddi_open_resource(self->ddi.device, handle,
					       (D3D10DDI_HRESOURCE) { NULL }));
}

/* --- sharing ---------------------------------------------------------------------------------- */

TEST_F(resource, share)
{
	static const __u8 zero[4096];
	VPROT_D3D11DDIARG_CREATERESOURCE create = { .Width = 4096, .Height = 1, .ArraySize = 1 };
	D3D10DDI_HRESOURCE mine = vt_ddi11_create_resource(&self->ddi, false, 4096);
	D3D10DDI_HRESOURCE secret = vt_ddi11_create_resource(&self->ddi, true, 4096);
	const D3D10DDI_HRESOURCE theirs = { vt_ddi11_private() }, sealed = { vt_ddi11_private() };
	struct vt_ddi11_session s;
	struct vt_ddi11 other;
	__u8 iv[16] = { 0 };
	int fd = -1;

	vt_ddi11_open(&other, NULL, 0);
	vt_ddi11_session_open(&s, &other);
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_share_resource(self->ddi.device, mine, NULL));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3d11ddi_share_resource(other.device, mine, &fd));
	EXPECT_EQ(-1, fd);

	/* The memory is the same. */
	ASSERT_EQ(S_OK, vprot_d3d11ddi_share_resource(self->ddi.device, mine, &fd));
	EXPECT_EQ(E_INVALIDARG,
		  vprot_d3d11ddi_open_shared_resource(other.device, &create, -1, theirs));
	EXPECT_EQ(E_INVALIDARG,
		  vprot_d3d11ddi_open_shared_resource(other.device, &create, 999, theirs));
	EXPECT_EQ(E_INVALIDARG,
		  vprot_d3d11ddi_open_shared_resource(other.device, &create, vt_open(), theirs));
	EXPECT_EQ(E_INVALIDARG,
		  vprot_d3d11ddi_open_shared_resource(other.device, NULL, fd, theirs));
	create.Width++;
	EXPECT_EQ(E_INVALIDARG,
		  vprot_d3d11ddi_open_shared_resource(other.device, &create, fd, theirs));
	create.Width--;
	ASSERT_EQ(S_OK, vprot_d3d11ddi_open_shared_resource(other.device, &create, fd, theirs));
	close(fd);
	memset(vt_ddi11_map(&self->ddi, mine), 0x3c, 4096);
	EXPECT_EQ(0x3c, ((__u8 *)vt_ddi11_map(&other, theirs))[4095]);
	ASSERT_EQ(S_OK, vprot_d3d11ddi_destroy_resource(self->ddi.device, mine));
	EXPECT_EQ(0x3c, ((__u8 *)vt_ddi11_map(&other, theirs))[0]);

	/* Its secrets stay those of the session that wrote them. */
	ASSERT_TRUE(vt_ddi11_key_works_in(&self->s, secret, 4096));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_share_resource(self->ddi.device, secret, &fd));
	create.RestrictedContent = 1;
	ASSERT_EQ(S_OK, vprot_d3d11ddi_open_shared_resource(other.device, &create, fd, sealed));
	close(fd);
	EXPECT_EQ(E_ACCESSDENIED, vt_ddi11_encrypt(&s, sealed, theirs, iv));
	EXPECT_EQ(E_ACCESSDENIED, vt_ddi11_decrypt(&s, theirs, sealed, iv));
	EXPECT_EQ(0x3c, ((__u8 *)vt_ddi11_map(&other, theirs))[0]);
	/* With it they end. */
	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, self->ddi.f.pfnDestroyCryptoSession
				    (self->ddi.device, self->s.handle)));
	EXPECT_TRUE(vt_ddi11_holds(&s, sealed, zero, sizeof(zero)));
	EXPECT_TRUE(vt_ddi11_key_works_in(&s, sealed, 4096));
}

/* --- changes of protection -------------------------------------------------------------------- */

static HRESULT protect(struct vt_ddi11 *ddi, D3D10DDI_HRESOURCE resource, BOOL protected)
{
	return VT_REPORTED(ddi, ddi->d2.pfnSetHardwareProtection(ddi->device, resource, protected));
}

/* What was in protected memory never shows up where it can be mapped. */
TEST_F(resource, set_hardware_protection)
{
	D3D10DDI_HRESOURCE resource = vt_ddi11_create_resource(&self->ddi, true, 4096);
	static const __u8 zero[4096];
	struct vt_ddi11_session other;
	VOID *data;
	UINT pitch;

	ASSERT_TRUE(vt_ddi11_key_works_in(&self->s, resource, 4096));
	ASSERT_FALSE(vt_ddi11_holds(&self->s, resource, zero, sizeof(zero)));
	/* It is protected already, and keeps its contents. */
	EXPECT_EQ(S_OK, protect(&self->ddi, resource, 1));
	EXPECT_FALSE(vt_ddi11_holds(&self->s, resource, zero, sizeof(zero)));

	EXPECT_EQ(S_OK, protect(&self->ddi, resource, 0));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_map(self->ddi.device, resource, 0, &data, &pitch));
	EXPECT_EQ(4096, pitch);
	EXPECT_EQ(0, memcmp(zero, data, sizeof(zero)));
	memset(data, 0xa5, sizeof(zero));
	EXPECT_EQ(S_OK, protect(&self->ddi, resource, 0));
	EXPECT_EQ(0xa5, ((__u8 *)data)[0]);

	/* Protected anew, it can be any session's. Any BOOL but 0 is true. */
	EXPECT_EQ(S_OK, protect(&self->ddi, resource, -1));
	EXPECT_EQ(E_ACCESSDENIED,
		  vprot_d3d11ddi_map(self->ddi.device, resource, 0, &data, NULL));
	EXPECT_TRUE(vt_ddi11_holds(&self->s, resource, zero, sizeof(zero)));
	vt_ddi11_session_open(&other, &self->ddi);
	EXPECT_TRUE(vt_ddi11_key_works_in(&other, resource, 4096));
	EXPECT_EQ(S_OK, vprot_d3d11ddi_destroy_resource(self->ddi.device, resource));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, protect(&self->ddi, resource, 0));
}

TEST_HARNESS_MAIN
