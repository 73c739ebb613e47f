// SPDX-License-Identifier: GPL-2.0
/*
 * What the D3D9 DDI says that the device can do, and what it returns when the device cannot: by its
 * parameters, without an identity, beyond its limits, and when it is gone.
 */
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "module.h"

static HRESULT get_caps(HANDLE adapter, D3DDDICAPS_TYPE type, const void *info, void *data,
			UINT size)
{
	D3DDDIARG_GETCAPS get = {
		.Type = type,
		.pInfo = (VOID *)info,
		.pData = data,
		.DataSize = size,
	};

	return vprot_d3dddi_get_caps(adapter, &get);
}

static const DDICERTIFICATEINFO *certificate_info(void)
{
	static DDICERTIFICATEINFO info = { .CertificateType = D3DDDI_CERTTYPE_CRYPTOSESSION };

	info.CryptoSessionType = D3DCRYPTOTYPE_AES128_CTR;
	return &info;
}

static const DDICONTENTPROTECTIONCAPS *caps_info(void)
{
	static DDICONTENTPROTECTIONCAPS info;

	info.CryptoType = D3DCRYPTOTYPE_AES128_CTR;
	return &info;
}

static HRESULT create_session(const struct vt_ddi *ddi, HANDLE *session)
{
	D3DDDIARG_CREATECRYPTOSESSION create = {
		.CryptoType = D3DCRYPTOTYPE_AES128_CTR,
		.hCryptoSession = *session,
	};
	HRESULT result = ddi->funcs.pfnCreateCryptoSession(ddi->device, &create);

	*session = create.hCryptoSession;
	return result;
}

static HRESULT create_resource(const struct vt_ddi *ddi, UINT restricted, UINT size)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.RestrictedContent = restricted,
		.Pitch = size,
		.Height = 1,
		.SurfCount = 1,
		.hResource = (HANDLE)0x5a,
	};
	HRESULT result = vprot_d3dddi_create_resource(ddi->device, &create);

	if (result != S_OK && create.hResource != (HANDLE)0x5a)
		vt_fatal("create_resource failed with a handle");
	return result;
}

/* --- queries ---------------------------------------------------------------------------------- */

FIXTURE(query) {
	struct vt_ddi ddi;
	struct drm_vprot_get_caps native;
	__u8 chain[65536];
	UINT size;
};

FIXTURE_SETUP(query)
{
	struct drm_vprot_get_certificate get = {
		.data = (uintptr_t)self->chain,
		.size = sizeof(self->chain),
	};
	int fd = vt_open();

	vt_caps(fd, &self->native);
	ASSERT_EQ(0, vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
	self->size = get.size;
	vt_ddi_open(&self->ddi, 0);
}

FIXTURE_TEARDOWN(query)
{
}

TEST_F(query, content_protection_caps)
{
	/* The device's crypto type, and all zero: of any that it has. */
	DDICONTENTPROTECTIONCAPS infos[] = { *caps_info(), { { 0 } } };

	for (int i = 0; i < ARRAY_SIZE(infos); i++) {
		D3DCONTENTPROTECTIONCAPS caps;

		memset(&caps, 0xa5, sizeof(caps));
		ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
					 &infos[i], &caps, sizeof(caps)));
		EXPECT_EQ(D3DCPCAPS_SOFTWARE | D3DCPCAPS_PARTIALDECRYPTION | D3DCPCAPS_CONTENTKEY |
			  D3DCPCAPS_FRESHENSESSIONKEY | D3DCPCAPS_ENCRYPTEDREADBACK |
			  D3DCPCAPS_ENCRYPTEDREADBACKKEY, caps.Caps);
		EXPECT_EQ(0, memcmp(&D3DKEYEXCHANGE_RSAES_OAEP, &caps.KeyExchangeType,
				    sizeof(GUID)));
		EXPECT_EQ(1, caps.BufferAlignmentStart);
		EXPECT_EQ(1, caps.BlockAlignmentSize);
		EXPECT_EQ(self->native.max_protected, caps.ProtectedMemorySize);
	}
}

TEST_F(query, certificate)
{
	const HANDLE adapter = self->ddi.adapter;
	const DDICERTIFICATEINFO *info = certificate_info();
	UINT size = 0;
	__u8 *chain;

	ASSERT_EQ(S_OK, get_caps(adapter, D3DDDICAPS_GETCERTIFICATESIZE, info, &size,
				 sizeof(size)));
	ASSERT_EQ(self->size, size);
	chain = calloc(1, size);
	ASSERT_EQ(S_OK, get_caps(adapter, D3DDDICAPS_GETCERTIFICATE, info, chain, size));
	EXPECT_EQ(0, memcmp(self->chain, chain, size));
	free(chain);
}

/* That of a channel is the same one. */
TEST_F(query, certificate_of_channels)
{
	const DDICERTIFICATEINFO info = {
		.CertificateType = D3DDDI_CERTTYPE_AUTHENTICATED_CHANNEL,
		.ChannelType = DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE,
	};
	static __u8 chain[65536];
	UINT size = 0;

	ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, D3DDDICAPS_GETCERTIFICATESIZE, &info, &size,
				 sizeof(size)));
	ASSERT_EQ(self->size, size);
	ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, D3DDDICAPS_GETCERTIFICATE, &info, chain,
				 size));
	EXPECT_EQ(0, memcmp(self->chain, chain, size));
}

TEST_F(query, refused)
{
	DDICERTIFICATEINFO channel = *certificate_info(), other = *certificate_info();
	DDICONTENTPROTECTIONCAPS proprietary = *caps_info(), decode = *caps_info();
	const DDICERTIFICATEINFO *certificate = certificate_info();
	const DDICONTENTPROTECTIONCAPS *caps = caps_info();
	__u8 out[65536];
	const struct {
		HRESULT result;
		int type;
		const void *info;
		void *data;
		UINT size;
	} queries[] = {
		/* NULL, sizes */
		{ E_INVALIDARG, 42, NULL, out, sizeof(D3DCONTENTPROTECTIONCAPS) },
		{ E_INVALIDARG, 42, caps, NULL, sizeof(D3DCONTENTPROTECTIONCAPS) },
		{ E_INVALIDARG, 42, caps, out, 0 },
		{ E_INVALIDARG, 42, caps, out, sizeof(D3DCONTENTPROTECTIONCAPS) - 1 },
		{ E_INVALIDARG, 42, caps, out, sizeof(D3DCONTENTPROTECTIONCAPS) + 1 },
		{ E_INVALIDARG, 43, NULL, out, sizeof(UINT) },
		{ E_INVALIDARG, 43, certificate, NULL, sizeof(UINT) },
		{ E_INVALIDARG, 43, certificate, out, sizeof(UINT) - 1 },
		{ E_INVALIDARG, 43, certificate, out, sizeof(UINT) + 1 },
		{ E_INVALIDARG, 44, NULL, out, self->size },
		{ E_INVALIDARG, 44, certificate, NULL, self->size },
		{ E_INVALIDARG, 44, certificate, out, 0 },
		{ E_INVALIDARG, 44, certificate, out, self->size - 1 },
		{ E_INVALIDARG, 44, certificate, out, self->size + 1 },
		/* what is not there */
		{ D3DDDIERR_NOTAVAILABLE, 42, &proprietary, out, sizeof(D3DCONTENTPROTECTIONCAPS) },
		{ D3DDDIERR_UNSUPPORTEDCRYPTO, 42, &decode, out, sizeof(D3DCONTENTPROTECTIONCAPS) },
		{ D3DDDIERR_NOTAVAILABLE, 43, &channel, out, sizeof(UINT) },
		{ D3DDDIERR_NOTAVAILABLE, 43, &other, out, sizeof(UINT) },
		{ D3DDDIERR_NOTAVAILABLE, 44, &channel, out, self->size },
		{ D3DDDIERR_NOTAVAILABLE, 44, &other, out, self->size },
		{ D3DDDIERR_NOTAVAILABLE, 0, caps, out, sizeof(out) },
		{ D3DDDIERR_NOTAVAILABLE, 41, caps, out, sizeof(out) },
		{ D3DDDIERR_NOTAVAILABLE, 45, caps, out, sizeof(out) },
		{ D3DDDIERR_NOTAVAILABLE, -1, caps, out, sizeof(out) },
	};

	proprietary.CryptoType = D3DCRYPTOTYPE_PROPRIETARY;
	decode.DecodeProfile = D3DCRYPTOTYPE_AES128_CTR;
	channel.CertificateType = D3DDDI_CERTTYPE_AUTHENTICATED_CHANNEL;
	channel.ChannelType = DDIAUTHENTICATEDCHANNEL_DRIVER_HARDWARE;
	other.CryptoSessionType = D3DCRYPTOTYPE_PROPRIETARY;
	memset(out, 0xa5, sizeof(out));
	for (int i = 0; i < ARRAY_SIZE(queries); i++) {
		EXPECT_EQ(queries[i].result,
			  get_caps(self->ddi.adapter, queries[i].type, queries[i].info,
				   queries[i].data, queries[i].size)) TH_LOG("query %d", i);
	}
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_get_caps(self->ddi.adapter, NULL));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  get_caps(self->ddi.device, 42, caps, out, sizeof(D3DCONTENTPROTECTIONCAPS)));
	for (int i = 0; i < sizeof(out); i++)
		ASSERT_EQ(0xa5, out[i]);
}

/* --- what the device cannot do ---------------------------------------------------------------- */

FIXTURE(limited) {
	struct vt_ddi ddi;
};

FIXTURE_SETUP(limited)
{
}

/* Even after a test that ended early. */
FIXTURE_TEARDOWN_PARENT(limited)
{
	vt_firmware_restore();
	vt_module_reload("");
}

TEST_F(limited, without_an_identity)
{
	HANDLE session = (HANDLE)0x5a;
	D3DCONTENTPROTECTIONCAPS caps;
	const GUID none = { 0 };
	UINT size = 99;

	vt_firmware_hide();
	vt_module_reload("");
	vt_ddi_open(&self->ddi, 0);
	ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
				 caps_info(), &caps, sizeof(caps)));
	EXPECT_EQ(0, memcmp(&none, &caps.KeyExchangeType, sizeof(GUID)));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  get_caps(self->ddi.adapter, D3DDDICAPS_GETCERTIFICATESIZE, certificate_info(),
			   &size, sizeof(size)));
	EXPECT_EQ(99, size);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(&self->ddi, &session));
	EXPECT_EQ((HANDLE)0x5a, session);
}

TEST_F(limited, read_back_under_the_session_key)
{
	__u8 key[VT_KEY] = "untouched";
	D3DDDIARG_GETENCRYPTIONBLTKEY get = { .pReadBackKey = key, .KeySize = VT_KEY };
	D3DCONTENTPROTECTIONCAPS caps;
	struct vt_ddi_session s;

	vt_module_reload("session_key_readback=1");
	vt_ddi_open(&self->ddi, 0);
	ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
				 caps_info(), &caps, sizeof(caps)));
	EXPECT_NE(0, caps.Caps & D3DCPCAPS_ENCRYPTEDREADBACK);
	EXPECT_EQ(0, caps.Caps & D3DCPCAPS_ENCRYPTEDREADBACKKEY);
	vt_ddi_session_create(&s, &self->ddi);
	vt_ddi_key_exchange(&s);
	get.hCryptoSession = s.handle;
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  self->ddi.funcs.pfnGetEncryptionBltKey(self->ddi.device, &get));
	EXPECT_STREQ("untouched", (char *)key);
	memcpy(s.read_back, s.key, VT_KEY);
	EXPECT_TRUE(vt_ddi_key_works(&s));
}

/* Without a crypto type, what all that are on offer can do. */
TEST_F(limited, crypto_types)
{
	DDICONTENTPROTECTIONCAPS cbcs = { .CryptoType = VPROT_CRYPTOTYPE_AES128_CBCS }, any = { 0 };
	D3DDDIARG_CREATECRYPTOSESSION create = { .CryptoType = VPROT_CRYPTOTYPE_AES128_CBCS };
	D3DCONTENTPROTECTIONCAPS ctr_caps, cbcs_caps, any_caps;
	DDICERTIFICATEINFO certificate = *certificate_info();
	const D3DDDICAPS_TYPE type = D3DDDICAPS_GETCONTENTPROTECTIONCAPS;
	HANDLE session = (HANDLE)0x5a;
	UINT size;

	vt_module_reload("session_key_readback=1");
	vt_ddi_open(&self->ddi, 0);
	ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, type, caps_info(), &ctr_caps,
				 sizeof(ctr_caps)));
	ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, type, &cbcs, &cbcs_caps, sizeof(cbcs_caps)));
	ASSERT_EQ(S_OK, get_caps(self->ddi.adapter, type, &any, &any_caps, sizeof(any_caps)));
	EXPECT_EQ(ctr_caps.Caps & ~D3DCPCAPS_ENCRYPTEDREADBACK, cbcs_caps.Caps);
	EXPECT_EQ(cbcs_caps.Caps, any_caps.Caps);
	certificate.CryptoSessionType = VPROT_CRYPTOTYPE_AES128_CBCS;
	EXPECT_EQ(S_OK, get_caps(self->ddi.adapter, D3DDDICAPS_GETCERTIFICATESIZE, &certificate,
				 &size, sizeof(size)));
	vt_ddi_close(&self->ddi);

	vt_module_reload("crypto_types=2");
	vt_ddi_open(&self->ddi, 0);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get_caps(self->ddi.adapter, type, &cbcs, &cbcs_caps,
						   sizeof(cbcs_caps)));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  self->ddi.funcs.pfnCreateCryptoSession(self->ddi.device, &create));
	EXPECT_EQ(S_OK, get_caps(self->ddi.adapter, type, &any, &any_caps, sizeof(any_caps)));
	vt_ddi_close(&self->ddi);

	vt_module_reload("crypto_types=4");
	vt_ddi_open(&self->ddi, 0);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(&self->ddi, &session));
	EXPECT_EQ(S_OK, self->ddi.funcs.pfnCreateCryptoSession(self->ddi.device, &create));
	vt_ddi_close(&self->ddi);

	vt_module_reload("crypto_types=0");
	vt_ddi_open(&self->ddi, 0);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get_caps(self->ddi.adapter, type, &any, &any_caps,
						   sizeof(any_caps)));
}

TEST_F(limited, too_many_sessions)
{
	D3DDDIARG_DESTROYCRYPTOSESSION destroy;
	HANDLE session = NULL, next = (HANDLE)0x5a;

	vt_set_parameter("max_file_sessions", 2);
	vt_ddi_open(&self->ddi, 0);
	ASSERT_EQ(S_OK, create_session(&self->ddi, &session));
	ASSERT_EQ(S_OK, create_session(&self->ddi, &session));
	EXPECT_EQ(E_OUTOFMEMORY, create_session(&self->ddi, &next));
	EXPECT_EQ((HANDLE)0x5a, next);
	destroy.hCryptoSession = session;
	ASSERT_EQ(S_OK, self->ddi.funcs.pfnDestroyCryptoSession(self->ddi.device, &destroy));
	EXPECT_EQ(S_OK, create_session(&self->ddi, &next));
}

TEST_F(limited, too_much_protected_memory)
{
	HANDLE resource;

	vt_set_parameter("max_file_protected_mib", 1);
	vt_ddi_open(&self->ddi, 0);
	EXPECT_EQ(D3DDDIERR_OUTOFHWPROTECTEDMEMORY, create_resource(&self->ddi, 1, (1 << 20) + 1));
	resource = vt_ddi_create_resource(&self->ddi, true, 1 << 20);
	EXPECT_EQ(D3DDDIERR_OUTOFHWPROTECTEDMEMORY, create_resource(&self->ddi, 1, 1));
	EXPECT_EQ(S_OK, create_resource(&self->ddi, 0, 1));
	ASSERT_EQ(S_OK, vprot_d3dddi_destroy_resource(self->ddi.device, resource));
	EXPECT_EQ(S_OK, create_resource(&self->ddi, 1, 1));
}

TEST_F(limited, no_device)
{
	HANDLE adapter = (HANDLE)0x5a;

	ASSERT_EQ(0, vt_module_remove());
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, vprot_d3dddi_open_adapter(&adapter));
	EXPECT_EQ((HANDLE)0x5a, adapter);
	ASSERT_EQ(0, vt_module_insert(""));
	EXPECT_EQ(S_OK, vprot_d3dddi_open_adapter(&adapter));
}

TEST_F(limited, device_removed)
{
	__u8 random_number[VT_KEY] = "untouched", iv[16] = "untouched", blob[256] = { 0 };
	D3DDDIARG_GETENCRYPTIONBLTKEY get = { .pReadBackKey = random_number, .KeySize = VT_KEY };
	D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE exchange = { .DataSize = sizeof(blob), .pData = blob };
	D3DDDIARG_DESTROYCRYPTOSESSION destroy;
	HANDLE clear, restricted, device;
	HANDLE session = (HANDLE)0x5a;
	const D3DDDI_DEVICEFUNCS *funcs = &self->ddi.funcs;
	D3DCONTENTPROTECTIONCAPS caps;
	struct vt_ddi_session s;
	UINT size = 99;
	VOID *data = NULL;

	vt_ddi_open(&self->ddi, 0);
	device = self->ddi.device;
	vt_ddi_session_open(&s, &self->ddi);
	clear = vt_ddi_create_resource(&self->ddi, false, 16);
	restricted = vt_ddi_create_resource(&self->ddi, true, 16);
	ASSERT_TRUE(vt_ddi_key_works_in(&s, restricted, 16));
	ASSERT_EQ(0, vt_driver_unbind());

	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, vt_ddi_start(&s, random_number));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, vt_ddi_finish(&s));
	get.hCryptoSession = s.handle;
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, funcs->pfnGetEncryptionBltKey(device, &get));
	exchange.hCryptoSession = s.handle;
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, funcs->pfnCryptoSessionKeyExchange(device, &exchange));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, vt_ddi_decrypt(&s, clear, restricted, 16, iv));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, vt_ddi_encrypt(&s, restricted, clear, 16, iv));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, create_session(&self->ddi, &session));
	EXPECT_EQ((HANDLE)0x5a, session);
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, create_resource(&self->ddi, 0, 16));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, create_resource(&self->ddi, 1, 16));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, vprot_d3dddi_lock(device, clear, 0, &data, NULL));
	EXPECT_EQ(NULL, data);
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  get_caps(self->ddi.adapter, D3DDDICAPS_GETCONTENTPROTECTIONCAPS, caps_info(),
			   &caps, sizeof(caps)));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  get_caps(self->ddi.adapter, D3DDDICAPS_GETCERTIFICATESIZE, certificate_info(),
			   &size, sizeof(size)));
	EXPECT_EQ(99, size);
	EXPECT_STREQ("untouched", (char *)random_number);
	EXPECT_STREQ("untouched", (char *)iv);

	/* All of it can be closed. */
	destroy.hCryptoSession = s.handle;
	EXPECT_EQ(S_OK, funcs->pfnDestroyCryptoSession(device, &destroy));
	EXPECT_EQ(S_OK, vprot_d3dddi_destroy_resource(device, restricted));
	vt_ddi_close(&self->ddi);
}

TEST_HARNESS_MAIN
