// SPDX-License-Identifier: GPL-2.0
/*
 * What the D3D11.1 DDI says that the device can do, and what it returns when the device cannot: by
 * its parameters, without an identity, beyond its limits, when keys were lost and when it is gone.
 */
#include <vprot_d3d11ddi.h>

#include "kselftest_harness.h"
#include "ddi11.h"
#include "debugfs.h"
#include "module.h"

#define ALL_CAPS \
	(D3D11_1DDI_CONTENT_PROTECTION_CAPS_SOFTWARE | \
	 D3D11_1DDI_CONTENT_PROTECTION_CAPS_PARTIAL_DECRYPTION | \
	 D3D11_1DDI_CONTENT_PROTECTION_CAPS_CONTENT_KEY | \
	 D3D11_1DDI_CONTENT_PROTECTION_CAPS_FRESHEN_SESSION_KEY | \
	 D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK | \
	 D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK_KEY | \
	 D3D11_1DDI_CONTENT_PROTECTION_CAPS_DECRYPTION_BLT | \
	 D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_PROTECTED_MEMORY_TRANSITION)

static const GUID null, other = { 1, 2, 3, { 4 } };

static HRESULT get_caps(struct vt_ddi11 *ddi, D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS *caps)
{
	memset(caps, 0xa5, sizeof(*caps));
	return ddi->f.pfnGetContentProtectionCaps(ddi->device, &D3D11_CRYPTO_TYPE_AES128_CTR, &null,
						  caps);
}

static HRESULT get_type(struct vt_ddi11 *ddi, UINT index, GUID *type)
{
	return ddi->f.pfnGetCryptoKeyExchangeType(ddi->device, &D3D11_CRYPTO_TYPE_AES128_CTR, &null,
						  index, type);
}

static HRESULT create_session(struct vt_ddi11 *ddi, const GUID *key_exchange)
{
	const D3D11_1DDIARG_CREATECRYPTOSESSION create = {
		.CryptoType = D3D11_CRYPTO_TYPE_AES128_CTR,
		.KeyExchangeType = *key_exchange,
	};
	const D3D11_1DDI_HCRYPTOSESSION session = { vt_ddi11_private() };

	return ddi->f.pfnCreateCryptoSession(ddi->device, &create, session,
					     (D3D11_1DDI_HRTCRYPTOSESSION) { NULL });
}

static HRESULT create_resource(struct vt_ddi11 *ddi, UINT restricted, UINT size)
{
	const VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.RestrictedContent = restricted,
		.Width = size,
		.Height = 1,
		.ArraySize = 1,
	};
	const D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };

	return vprot_d3d11ddi_create_resource(ddi->device, &create, resource);
}

static D3D11_1DDI_CERTIFICATE_INFO certificate_info(void)
{
	return (D3D11_1DDI_CERTIFICATE_INFO) {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION,
		.CryptoSessionType = D3D11_CRYPTO_TYPE_AES128_CTR,
	};
}

static HRESULT get_certificate_size(struct vt_ddi11 *ddi, const D3D11_1DDI_CERTIFICATE_INFO *info,
				    UINT *size)
{
	return VT_REPORTED(ddi, ddi->f.pfnGetCertificateSize(ddi->device, info, size));
}

static HRESULT get_certificate(struct vt_ddi11 *ddi, const D3D11_1DDI_CERTIFICATE_INFO *info,
			       UINT size, BYTE *certificate)
{
	return VT_REPORTED(ddi, ddi->f.pfnGetCertificate(ddi->device, info, size, certificate));
}

/* --- queries ---------------------------------------------------------------------------------- */

FIXTURE(query) {
	struct vt_ddi11 ddi;
};

FIXTURE_SETUP(query)
{
	vt_ddi11_open(&self->ddi, NULL, 0);
}

FIXTURE_TEARDOWN(query)
{
	EXPECT_EQ(0, self->ddi.errors);
}

TEST_F(query, content_protection_caps)
{
	const PFND3D11_1DDI_GETCONTENTPROTECTIONCAPS get = self->ddi.f.pfnGetContentProtectionCaps;
	const D3D10DDI_HDEVICE device = self->ddi.device;
	/* The device's crypto types, and of any that it has. */
	const GUID *types[] = { &D3D11_CRYPTO_TYPE_AES128_CTR, &VPROT_CRYPTOTYPE_AES128_CBCS, &null,
				NULL };
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	struct drm_vprot_get_caps native;

	vt_caps(vt_open(), &native);
	for (int i = 0; i < ARRAY_SIZE(types); i++) {
		memset(&caps, 0xa5, sizeof(caps));
		ASSERT_EQ(S_OK, get(device, types[i], i ? NULL : &null, &caps));
		EXPECT_EQ(ALL_CAPS, caps.Caps);
		EXPECT_EQ(2, caps.KeyExchangeTypeCount);
		EXPECT_EQ(1, caps.BlockAlignmentSize);
		EXPECT_EQ(native.max_protected, caps.ProtectedMemorySize);
	}

	memset(&caps, 0xa5, sizeof(caps));
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO, get(device, &other, &null, &caps));
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO, get(device, &D3D11_CRYPTO_TYPE_AES128_CTR, &other,
						   &caps));
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO, get(device, NULL, &other, &caps));
	EXPECT_EQ(E_INVALIDARG, get(device, NULL, NULL, NULL));
	for (int i = 0; i < sizeof(caps); i++)
		EXPECT_EQ(0xa5, ((__u8 *)&caps)[i]);
}

TEST_F(query, key_exchange_types)
{
	const PFND3D11_1DDI_GETCRYPTOKEYEXCHANGETYPE get = self->ddi.f.pfnGetCryptoKeyExchangeType;
	const GUID *types[] = {
		&D3D11_KEY_EXCHANGE_RSAES_OAEP, &D3D11_KEY_EXCHANGE_HW_PROTECTION,
	};
	GUID type;

	for (UINT i = 0; i < ARRAY_SIZE(types); i++) {
		memset(&type, 0, sizeof(type));
		ASSERT_EQ(S_OK, get_type(&self->ddi, i, &type));
		EXPECT_EQ(0, memcmp(types[i], &type, sizeof(GUID)));
		/* What is on offer can be had. */
		EXPECT_EQ(S_OK, create_session(&self->ddi, &type));
	}
	memset(&type, 0xa5, sizeof(type));
	EXPECT_EQ(E_INVALIDARG, get_type(&self->ddi, 2, &type));
	EXPECT_EQ(E_INVALIDARG, get_type(&self->ddi, 0xffffffff, &type));
	EXPECT_EQ(E_INVALIDARG, get_type(&self->ddi, 0, NULL));
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO,
		  get(self->ddi.device, &other, &null, 0, &type));
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO,
		  get(self->ddi.device, &D3D11_CRYPTO_TYPE_AES128_CTR, &other, 0, &type));
	for (int i = 0; i < sizeof(type); i++)
		EXPECT_EQ(0xa5, ((__u8 *)&type)[i]);
}

TEST_F(query, certificate)
{
	static __u8 native[65536], chain[65537];
	struct drm_vprot_get_certificate get = {
		.data = (uintptr_t)native,
		.size = sizeof(native),
	};
	D3D11_1DDI_CERTIFICATE_INFO info = certificate_info(), bad;
	UINT size = 0;

	ASSERT_EQ(0, vt_ioctl(vt_open(), DRM_IOCTL_VPROT_GET_CERTIFICATE, &get));
	ASSERT_EQ(S_OK, get_certificate_size(&self->ddi, &info, &size));
	ASSERT_EQ(get.size, size);
	ASSERT_EQ(S_OK, get_certificate(&self->ddi, &info, size, chain));
	EXPECT_EQ(0, memcmp(native, chain, size));
	/* The channel has the same one. */
	bad = (D3D11_1DDI_CERTIFICATE_INFO) {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_AUTHENTICATED_CHANNEL,
		.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE,
	};
	size = 0;
	ASSERT_EQ(S_OK, get_certificate_size(&self->ddi, &bad, &size));
	EXPECT_EQ(get.size, size);
	bad.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_HARDWARE;
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get_certificate_size(&self->ddi, &bad, &size));

	memset(chain, 0xa5, sizeof(chain));
	size = 99;
	EXPECT_EQ(E_INVALIDARG, get_certificate_size(&self->ddi, NULL, &size));
	EXPECT_EQ(E_INVALIDARG, get_certificate_size(&self->ddi, &info, NULL));
	EXPECT_EQ(E_INVALIDARG, get_certificate(&self->ddi, NULL, get.size, chain));
	EXPECT_EQ(E_INVALIDARG, get_certificate(&self->ddi, &info, get.size, NULL));
	EXPECT_EQ(E_INVALIDARG, get_certificate(&self->ddi, &info, get.size - 1, chain));
	EXPECT_EQ(E_INVALIDARG, get_certificate(&self->ddi, &info, get.size + 1, chain));
	EXPECT_EQ(E_INVALIDARG, get_certificate(&self->ddi, &info, 0, chain));
	bad = info;
	bad.CryptoSessionType = other;
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get_certificate_size(&self->ddi, &bad, &size));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get_certificate(&self->ddi, &bad, get.size, chain));
	bad.CertificateType = 0;
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get_certificate_size(&self->ddi, &bad, &size));
	EXPECT_EQ(99, size);
	for (int i = 0; i < sizeof(chain); i++)
		ASSERT_EQ(0xa5, chain[i]);
}

TEST_F(query, private_data_size)
{
	const PFND3DWDDM2_0DDI_GETCRYPTOSESSIONPRIVATEDATASIZE get =
		self->ddi.f2.pfnGetCryptoSessionPrivateDataSize;
	const GUID *ctr = &D3D11_CRYPTO_TYPE_AES128_CTR, *hw = &D3D11_KEY_EXCHANGE_HW_PROTECTION;
	const D3D10DDI_HDEVICE device = self->ddi.device;
	GUID profile = null;
	UINT in, out;

#define GET(crypto_type, key_exchange, in, out) \
	VT_REPORTED(&self->ddi, get(device, crypto_type, &profile, key_exchange, in, out))
	in = 99;
	out = 99;
	EXPECT_EQ(S_OK, GET(ctr, hw, &in, &out));
	EXPECT_EQ(0, in);
	EXPECT_EQ(0, out);
	in = 99;
	out = 99;
	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, get(device, ctr, NULL,
						    &D3D11_KEY_EXCHANGE_RSAES_OAEP, &in, &out)));
	EXPECT_EQ(0, in);
	EXPECT_EQ(0, out);

	in = 99;
	out = 99;
	EXPECT_EQ(E_INVALIDARG, GET(NULL, hw, &in, &out));
	EXPECT_EQ(E_INVALIDARG, GET(ctr, NULL, &in, &out));
	EXPECT_EQ(E_INVALIDARG, GET(ctr, hw, NULL, &out));
	EXPECT_EQ(E_INVALIDARG, GET(ctr, hw, &in, NULL));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, GET(&other, hw, &in, &out));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, GET(ctr, &other, &in, &out));
	profile = other;
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO, GET(ctr, hw, &in, &out));
	EXPECT_EQ(99, in);
	EXPECT_EQ(99, out);
#undef GET
}

/* --- what the device cannot do ---------------------------------------------------------------- */

FIXTURE(limited) {
	struct vt_ddi11 ddi;
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
	D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE,
	};
	D3D11_1DDI_CERTIFICATE_INFO info = certificate_info();
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	struct vt_ddi11_session s;
	UINT size = 99;
	GUID type;

	vt_firmware_hide();
	vt_module_reload("");
	vt_ddi11_open(&self->ddi, NULL, 0);
	ASSERT_EQ(S_OK, get_caps(&self->ddi, &caps));
	EXPECT_EQ(1, caps.KeyExchangeTypeCount);
	ASSERT_EQ(S_OK, get_type(&self->ddi, 0, &type));
	EXPECT_EQ(0, memcmp(&D3D11_KEY_EXCHANGE_HW_PROTECTION, &type, sizeof(type)));
	EXPECT_EQ(E_INVALIDARG, get_type(&self->ddi, 1, &type));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  create_session(&self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  self->ddi.f.pfnCreateAuthenticatedChannel
		  (self->ddi.device, &create, (D3D11_1DDI_HAUTHCHANNEL) { vt_ddi11_private() },
		   (D3D11_1DDI_HRTAUTHCHANNEL) { NULL }));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get_certificate_size(&self->ddi, &info, &size));
	EXPECT_EQ(99, size);
	vt_ddi11_session_create(&s, &self->ddi, &type);
}

TEST_F(limited, read_back_under_the_session_key)
{
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	__u8 key[VT_KEY] = "untouched";
	struct vt_ddi11_session s;

	vt_module_reload("session_key_readback=1");
	vt_ddi11_open(&self->ddi, NULL, 0);
	ASSERT_EQ(S_OK, get_caps(&self->ddi, &caps));
	EXPECT_EQ(ALL_CAPS & ~D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK_KEY,
		  caps.Caps);
	vt_ddi11_session_create(&s, &self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP);
	vt_ddi11_key_exchange(&s);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  VT_REPORTED(&self->ddi, self->ddi.f.pfnGetEncryptionBltKey
			      (self->ddi.device, s.handle, VT_KEY, key)));
	EXPECT_STREQ("untouched", (char *)key);
	memcpy(s.read_back, s.key, VT_KEY);
	EXPECT_TRUE(vt_ddi11_key_works(&s));
}

TEST_F(limited, without_refresh)
{
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	__u8 number[VT_KEY] = "untouched";
	struct vt_ddi11_session s;

	vt_caps_off(DRM_VPROT_CAP_FRESHEN_SESSION_KEY, 0);
	vt_ddi11_open(&self->ddi, NULL, 0);
	ASSERT_EQ(S_OK, get_caps(&self->ddi, &caps));
	EXPECT_EQ(ALL_CAPS & ~D3D11_1DDI_CONTENT_PROTECTION_CAPS_FRESHEN_SESSION_KEY, caps.Caps);
	vt_ddi11_session_open(&s, &self->ddi);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  VT_REPORTED(&self->ddi, self->ddi.f.pfnStartSessionKeyRefresh
			      (self->ddi.device, s.handle, VT_KEY, number)));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  VT_REPORTED(&self->ddi, self->ddi.f.pfnFinishSessionKeyRefresh
			      (self->ddi.device, s.handle)));
	EXPECT_STREQ("untouched", (char *)number);
	EXPECT_TRUE(vt_ddi11_key_works(&s));
}

TEST_F(limited, without_the_crypto_type)
{
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	GUID type;

	vt_module_reload("crypto_types=4");
	vt_ddi11_open(&self->ddi, NULL, 0);
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO, get_caps(&self->ddi, &caps));
	EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO, get_type(&self->ddi, 0, &type));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  create_session(&self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP));
}

TEST_F(limited, too_many_sessions)
{
	vt_set_parameter("max_file_sessions", 2);
	vt_ddi11_open(&self->ddi, NULL, 0);
	ASSERT_EQ(S_OK, create_session(&self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP));
	ASSERT_EQ(S_OK, create_session(&self->ddi, &D3D11_KEY_EXCHANGE_HW_PROTECTION));
	EXPECT_EQ(E_OUTOFMEMORY, create_session(&self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP));
}

TEST_F(limited, too_much_protected_memory)
{
	D3D10DDI_HRESOURCE resource;
	VOID *data;

	vt_set_parameter("max_file_protected_mib", 1);
	vt_ddi11_open(&self->ddi, NULL, 0);
	EXPECT_EQ(D3DDDIERR_OUTOFHWPROTECTEDMEMORY,
		  create_resource(&self->ddi, 1, (1 << 20) + 1));
	/* Nothing changes. */
	resource = vt_ddi11_create_resource(&self->ddi, false, (1 << 20) + 1);
	data = vt_ddi11_map(&self->ddi, resource);
	memset(data, 0x5a, 1 << 20);
	EXPECT_EQ(D3DDDIERR_OUTOFHWPROTECTEDMEMORY,
		  VT_REPORTED(&self->ddi, self->ddi.d2.pfnSetHardwareProtection
			      (self->ddi.device, resource, 1)));
	EXPECT_EQ(data, vt_ddi11_map(&self->ddi, resource));
	EXPECT_EQ(0x5a, *(__u8 *)data);
	EXPECT_EQ(S_OK, create_resource(&self->ddi, 1, 1 << 20));
}

/* Every function that works with keys or contents, and what it reports when there are none. */
static bool all_are_removed(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE clear,
			    D3D10DDI_HRESOURCE restricted)
{
	struct vt_ddi11 *ddi = s->ddi;
	__u8 out[VT_KEY] = "untouched", blob[DRM_VPROT_KEY_EXCHANGE_SIZE] = { 0 };
	const HRESULT results[] = {
		ddi->f.pfnNegotiateCryptoSessionKeyExchange(ddi->device, s->handle, sizeof(blob),
							    blob),
		VT_REPORTED(ddi, ddi->f.pfnStartSessionKeyRefresh(ddi->device, s->handle, VT_KEY,
								  out)),
		VT_REPORTED(ddi, ddi->f.pfnFinishSessionKeyRefresh(ddi->device, s->handle)),
		VT_REPORTED(ddi, ddi->f.pfnGetEncryptionBltKey(ddi->device, s->handle, VT_KEY,
							       out)),
		vt_ddi11_decrypt(s, clear, restricted, out),
		vt_ddi11_encrypt(s, restricted, clear, out),
	};

	for (int i = 0; i < ARRAY_SIZE(results); i++) {
		if (results[i] == D3DDDIERR_DEVICEREMOVED)
			continue;
		printf("# function %d: %#x\n", i, results[i]);
		return false;
	}
	return !strcmp("untouched", (char *)out);
}

TEST_F(limited, lost)
{
	D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_INPUT_DATA in = { 0 };
	D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_OUTPUT_DATA out = {
		.MaxHWProtectionDataSize = 8,
	};
	D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_DATA exchange = {
		.HWProtectionFunctionID = VPROT_D3D11DDI_HW_GET_EPOCH,
		.pInputData = &in,
		.pOutputData = &out,
	};
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS status;
	D3D10DDI_HRESOURCE clear, restricted;
	struct vt_ddi11_session s, hw;
	D3D10DDI_HDEVICE device;
	ULONGLONG data = 99;

	vt_ddi11_open(&self->ddi, NULL, 0);
	device = self->ddi.device;
	vt_ddi11_session_open(&s, &self->ddi);
	vt_ddi11_session_create(&hw, &self->ddi, &D3D11_KEY_EXCHANGE_HW_PROTECTION);
	clear = vt_ddi11_create_resource(&self->ddi, false, 16);
	restricted = vt_ddi11_create_resource(&self->ddi, true, 16);
	ASSERT_TRUE(vt_ddi11_key_works_in(&s, restricted, 16));
	vt_lose();

	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, self->ddi.f2.pfnCheckCryptoSessionStatus
				    (device, s.handle, &status)));
	EXPECT_EQ(D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_AND_CONTENT_LOST, status);
	EXPECT_TRUE(all_are_removed(&s, clear, restricted));
	EXPECT_EQ(S_OK, self->ddi.f.pfnNegotiateCryptoSessionKeyExchange(device, hw.handle,
									 sizeof(exchange),
									 &exchange));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, exchange.Status);
	EXPECT_EQ(0, out.HWProtectionDataSize);
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  self->ddi.f2.pfnGetDataForNewHardwareKey(device, hw.handle, 0, NULL, &data));
	EXPECT_EQ(99, data);

	/* A new session, with the resources of the old one. */
	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, self->ddi.f.pfnDestroyCryptoSession(device,
										    s.handle)));
	vt_ddi11_session_open(&s, &self->ddi);
	EXPECT_TRUE(vt_ddi11_key_works_in(&s, restricted, 16));
}

TEST_F(limited, device_removed)
{
	const VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.Width = 16,
		.Height = 1,
		.ArraySize = 1,
	};
	D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION frame = { { NULL } };
	D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 buffer = {
		.BufferType = D3D11_1DDI_VIDEO_DECODER_BUFFER_BITSTREAM,
		.DataSize = 16,
	};
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS status = D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_LOST;
	D3D11_1DDI_CERTIFICATE_INFO info = certificate_info();
	const D3D11_1DDI_HDECODE decoder = { vt_ddi11_private() };
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS caps;
	D3D10DDI_HRESOURCE clear, restricted;
	struct vt_ddi11_session s;
	D3D10DDI_HDEVICE device;
	VOID *data = NULL;
	UINT size = 99;
	GUID type;

	vt_ddi11_open(&self->ddi, NULL, 0);
	device = self->ddi.device;
	vt_ddi11_session_open(&s, &self->ddi);
	clear = vt_ddi11_create_resource(&self->ddi, false, 16);
	restricted = vt_ddi11_create_resource(&self->ddi, true, 16);
	ASSERT_TRUE(vt_ddi11_key_works_in(&s, restricted, 16));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_decoder(device, decoder));
	frame.hCryptoSession = s.handle;
	ASSERT_EQ(S_OK, vprot_d3d11ddi_begin_frame(device, decoder, restricted, &frame));
	buffer.hResource = clear;
	ASSERT_EQ(0, vt_driver_unbind());

	EXPECT_TRUE(all_are_removed(&s, clear, restricted));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, get_caps(&self->ddi, &caps));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, get_type(&self->ddi, 0, &type));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, get_certificate_size(&self->ddi, &info, &size));
	EXPECT_EQ(99, size);
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  create_session(&self->ddi, &D3D11_KEY_EXCHANGE_HW_PROTECTION));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  vprot_d3d11ddi_create_resource(device, &create,
						 (D3D10DDI_HRESOURCE) { vt_ddi11_private() }));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED, vprot_d3d11ddi_map(device, clear, 0, &data, NULL));
	EXPECT_EQ(NULL, data);
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  VT_REPORTED(&self->ddi, self->ddi.f2.pfnCheckCryptoSessionStatus
			      (device, s.handle, &status)));
	EXPECT_EQ(D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_LOST, status);
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  self->ddi.f2.pfnVideoDecoderSubmitBuffers1(device, decoder, 1, &buffer));
	EXPECT_EQ(D3DDDIERR_DEVICEREMOVED,
		  VT_REPORTED(&self->ddi, self->ddi.d2.pfnSetHardwareProtection(device, clear,
										1)));

	/* All of it can be closed. */
	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, self->ddi.f.pfnDestroyCryptoSession(device,
										    s.handle)));
	EXPECT_EQ(S_OK, vprot_d3d11ddi_destroy_resource(device, restricted));
	vt_ddi11_close(&self->ddi);
}

TEST_HARNESS_MAIN
