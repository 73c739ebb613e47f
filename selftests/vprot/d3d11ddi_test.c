// SPDX-License-Identifier: GPL-2.0
/*
 * The D3D11.1 DDI: its values, its tables of functions, devices, and what sessions do but for
 * blits.
 */
#include <vprot_d3d11ddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "ddi11.h"

/* --- values ----------------------------------------------------------------------------------- */

TEST(guids)
{
	static const struct {
		const GUID *guid;
		const char *text;
	} guids[] = {
		{ &D3D11_CRYPTO_TYPE_AES128_CTR, "9b6bd711-4f74-41c9-9e7b-0be2d7d93b4f" },
		{ &D3D11_KEY_EXCHANGE_RSAES_OAEP, "c1949895-d72a-4a1d-8e5d-ed857d171520" },
		{ &D3D11_KEY_EXCHANGE_HW_PROTECTION, "b1170d8a-628d-4da3-ad3b-82ddb08b4970" },
		{ &D3D11_DECODER_ENCRYPTION_HW_CENC, "89d6ac4f-09f2-4229-b2cd-37740a6dfd81" },
		{ &D3D11_DECODER_BITSTREAM_ENCRYPTION_TYPE_CENC,
		  "b0405235-c13d-44f2-9ae5-dd48e08e5b67" },
		{ &D3D11_AUTHENTICATED_CONFIGURE_INITIALIZE,
		  "06114bdb-3523-470a-8dca-fbc2845154f0" },
		{ &D3D11_AUTHENTICATED_CONFIGURE_PROTECTION,
		  "50455658-3f47-4362-bf99-bfdfcde9ed29" },
		{ &D3D11_AUTHENTICATED_CONFIGURE_CRYPTO_SESSION,
		  "6346cc54-2cfc-4ad4-8224-d15837de7700" },
		{ &D3D11_AUTHENTICATED_CONFIGURE_SHARED_RESOURCE,
		  "0772d047-1b40-48e8-9ca6-b5f510de9f01" },
		{ &D3D11_AUTHENTICATED_CONFIGURE_ENCRYPTION_WHEN_ACCESSIBLE,
		  "41fff286-6ae0-4d43-9d55-a46e9efd158a" },
		{ &D3D11_AUTHENTICATED_QUERY_PROTECTION,
		  "a84eb584-c495-48aa-b94d-8bd2d6fbce05" },
		{ &D3D11_AUTHENTICATED_QUERY_CHANNEL_TYPE,
		  "bc1b18a5-b1fb-42ab-bd94-b5828b4bf7be" },
		{ &D3D11_AUTHENTICATED_QUERY_DEVICE_HANDLE,
		  "ec1c539d-8cff-4e2a-bcc4-f5692f99f480" },
		{ &D3D11_AUTHENTICATED_QUERY_CRYPTO_SESSION,
		  "2634499e-d018-4d74-ac17-7f724059528d" },
		{ &D3D11_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS_COUNT,
		  "0db207b3-9450-46a6-82de-1b96d44f9cf2" },
		{ &D3D11_AUTHENTICATED_QUERY_RESTRICTED_SHARED_RESOURCE_PROCESS,
		  "649bbadb-f0f4-4639-a15b-24393fc3abac" },
		{ &D3D11_AUTHENTICATED_QUERY_UNRESTRICTED_PROTECTED_SHARED_RESOURCE_COUNT,
		  "012f0bd6-e662-4474-befd-aa53e5143c6d" },
		{ &D3D11_AUTHENTICATED_QUERY_OUTPUT_ID_COUNT,
		  "2c042b5e-8c07-46d5-aabe-8f75cbad4c31" },
		{ &D3D11_AUTHENTICATED_QUERY_OUTPUT_ID,
		  "839ddca3-9b4e-41e4-b053-892bd2a11ee7" },
		{ &D3D11_AUTHENTICATED_QUERY_ACCESSIBILITY_ATTRIBUTES,
		  "6214d9d2-432c-4abb-9fce-216eea269e3b" },
		{ &D3D11_AUTHENTICATED_QUERY_ENCRYPTION_WHEN_ACCESSIBLE_GUID_COUNT,
		  "b30f7066-203c-4b07-93fc-ceaafd61241e" },
		{ &D3D11_AUTHENTICATED_QUERY_ENCRYPTION_WHEN_ACCESSIBLE_GUID,
		  "f83a5958-e986-4bda-beb0-411f6a7a01b7" },
		{ &D3D11_AUTHENTICATED_QUERY_CURRENT_ENCRYPTION_WHEN_ACCESSIBLE,
		  "ec1791c7-dad3-4f15-9ec3-faa93d60d4f0" },
	};

	for (int i = 0; i < ARRAY_SIZE(guids); i++) {
		char text[40];

		EXPECT_STREQ(guids[i].text, vt_ddi_guid_text(guids[i].guid, text));
	}
}

#define CAP(value, name) \
	EXPECT_EQ(value, D3D11_1DDI_CONTENT_PROTECTION_CAPS_##name)
#define CAP2(value, name) \
	EXPECT_EQ(value, D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_##name)
#define BUFFER(value, name) \
	EXPECT_EQ(value, D3D11_1DDI_VIDEO_DECODER_BUFFER_##name)
#define BUS(value, name) \
	EXPECT_EQ(value, (__u32)D3D11_1DDI_BUS_##name)

TEST(numbers)
{
	CAP(0x0001, SOFTWARE);
	CAP(0x0002, HARDWARE);
	CAP(0x0004, PROTECTION_ALWAYS_ON);
	CAP(0x0008, PARTIAL_DECRYPTION);
	CAP(0x0010, CONTENT_KEY);
	CAP(0x0020, FRESHEN_SESSION_KEY);
	CAP(0x0040, ENCRYPTED_READ_BACK);
	CAP(0x0080, ENCRYPTED_READ_BACK_KEY);
	CAP(0x0100, SEQUENTIAL_CTR_IV);
	CAP(0x0200, ENCRYPT_SLICEDATA_ONLY);
	CAP(0x0400, DECRYPTION_BLT);
	CAP2(0x0800, HARDWARE_PROTECT_UNCOMPRESSED);
	CAP2(0x1000, HARDWARE_PROTECTED_MEMORY_PAGEABLE);
	/* From here on those of the D3D11 API are others. */
	CAP2(0x2000, HARDWARE_PROTECTED_MEMORY_TRANSITION);
	CAP2(0x4000, HARDWARE_TEARDOWN);
	CAP2(0x8000, HARDWARE_DRM_COMMUNICATION);

	EXPECT_EQ(1, D3D11_1DDI_CERTIFICATE_TYPE_AUTHENTICATED_CHANNEL);
	EXPECT_EQ(2, D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION);
	EXPECT_EQ(2, D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_SOFTWARE);
	EXPECT_EQ(3, D3D11_1DDI_AUTHENTICATED_CHANNEL_DRIVER_HARDWARE);
	EXPECT_EQ(0, D3D11_1DDI_PROCESSIDTYPE_UNKNOWN);
	EXPECT_EQ(1, D3D11_1DDI_PROCESSIDTYPE_DWM);
	EXPECT_EQ(2, D3D11_1DDI_PROCESSIDTYPE_HANDLE);
	EXPECT_EQ(0, D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_IDENTITY);
	EXPECT_EQ(1, D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_90);
	EXPECT_EQ(2, D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_180);
	EXPECT_EQ(3, D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_270);
	EXPECT_EQ(0, D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_OK);
	EXPECT_EQ(1, D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_LOST);
	EXPECT_EQ(2, D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_AND_CONTENT_LOST);

	BUFFER(0, UNKNOWN);
	BUFFER(1, PICTURE_PARAMETERS);
	BUFFER(2, MACROBLOCK_CONTROL);
	BUFFER(3, RESIDUAL_DIFFERENCE);
	BUFFER(4, DEBLOCKING_CONTROL);
	BUFFER(5, INVERSE_QUANTIZATION_MATRIX);
	BUFFER(6, SLICE_CONTROL);
	BUFFER(7, BITSTREAM);
	BUFFER(8, MOTION_VECTOR);
	BUFFER(9, FILM_GRAIN);

	BUS(0, TYPE_OTHER);
	BUS(1, TYPE_PCI);
	BUS(2, TYPE_PCIX);
	BUS(3, TYPE_PCIEXPRESS);
	BUS(4, TYPE_AGP);
	BUS(0x00010000, IMPL_MODIFIER_INSIDE_OF_CHIPSET);
	BUS(0x00020000, IMPL_MODIFIER_TRACKS_ON_MOTHER_BOARD_TO_CHIP);
	BUS(0x00030000, IMPL_MODIFIER_TRACKS_ON_MOTHER_BOARD_TO_SOCKET);
	BUS(0x00040000, IMPL_MODIFIER_DAUGHTER_BOARD_CONNECTOR);
	BUS(0x00050000, IMPL_MODIFIER_DAUGHTER_BOARD_CONNECTOR_INSIDE_OF_NUAE);
	BUS(0x80000000, IMPL_MODIFIER_NON_STANDARD);

	EXPECT_EQ(0, DXGI_FORMAT_UNKNOWN);
	EXPECT_EQ(87, DXGI_FORMAT_B8G8R8A8_UNORM);
	EXPECT_EQ(103, DXGI_FORMAT_NV12);
	EXPECT_EQ(104, DXGI_FORMAT_P010);
	EXPECT_EQ(16, D3D_OMAC_SIZE);
}

/* --- the tables of functions ------------------------------------------------------------------ */

/* The documented order. */
#define SLOT(slot, member) \
	EXPECT_EQ((slot) * sizeof(void *), offsetof(D3D11_1DDI_VIDEODEVICEFUNCS, member))
#define SLOT2(slot, member) \
	EXPECT_EQ((slot) * sizeof(void *), offsetof(D3DWDDM2_0DDI_VIDEODEVICEFUNCS, member))

TEST(table)
{
	struct vt_ddi11 ddi;
	void *members[28];

	SLOT(0, pfnGetContentProtectionCaps);
	SLOT(1, pfnGetCryptoKeyExchangeType);
	SLOT(2, pfnCalcPrivateCryptoSessionSize);
	SLOT(3, pfnCreateCryptoSession);
	SLOT(4, pfnDestroyCryptoSession);
	SLOT(5, pfnGetCertificateSize);
	SLOT(6, pfnGetCertificate);
	SLOT(7, pfnNegotiateCryptoSessionKeyExchange);
	SLOT(8, pfnEncryptionBlt);
	SLOT(9, pfnDecryptionBlt);
	SLOT(10, pfnStartSessionKeyRefresh);
	SLOT(11, pfnFinishSessionKeyRefresh);
	SLOT(12, pfnGetEncryptionBltKey);
	SLOT(13, pfnCalcPrivateAuthenticatedChannelSize);
	SLOT(14, pfnCreateAuthenticatedChannel);
	SLOT(15, pfnDestroyAuthenticatedChannel);
	SLOT(16, pfnNegotiateAuthenticatedChannelKeyExchange);
	SLOT(17, pfnQueryAuthenticatedChannel);
	SLOT(18, pfnConfigureAuthenticatedChannel);
	SLOT(19, pfnVideoDecoderGetHandle);
	SLOT(20, pfnCryptoSessionGetHandle);
	SLOT(21, pfnVideoProcessorSetStreamRotation);
	SLOT(22, pfnGetCaptureHandle);
	SLOT2(0, pfnGetDataForNewHardwareKey);
	SLOT2(1, pfnCheckCryptoSessionStatus);
	SLOT2(2, pfnVideoDecoderSubmitBuffers1);
	SLOT2(3, pfnGetCryptoSessionPrivateDataSize);
	ASSERT_EQ(23 * sizeof(void *), sizeof(ddi.f));
	ASSERT_EQ(4 * sizeof(void *), sizeof(ddi.f2));
	ASSERT_EQ(sizeof(void *), sizeof(ddi.d2));

	vt_ddi11_open(&ddi, NULL, 0);
	memcpy(members, &ddi.f, sizeof(ddi.f));
	memcpy(members + 23, &ddi.f2, sizeof(ddi.f2));
	memcpy(members + 27, &ddi.d2, sizeof(ddi.d2));
	for (int i = 0; i < ARRAY_SIZE(members); i++) {
		EXPECT_NE(NULL, members[i]);
		for (int j = 0; j < i; j++)
			EXPECT_NE(members[j], members[i]);
	}
}

/* --- devices ---------------------------------------------------------------------------------- */

static VOID no_error(D3D10DDI_HRTCORELAYER core_layer, HRESULT error)
{
	vt_fatal("reported: %#x", error);
}

TEST(create_device)
{
	VPROT_D3D11DDIARG_CREATEDEVICE good = { .pfnSetErrorCb = no_error }, bad;
	const D3D10DDI_HDEVICE device = { vt_ddi11_private() }, none = { NULL };
	__u8 untouched[VPROT_D3D11DDI_PRIVATE_SIZE];
	HANDLE adapter, device9;
	D3DDDI_DEVICEFUNCS funcs;

	memcpy(untouched, device.pDrvPrivate, sizeof(untouched));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_adapter(&adapter));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_device(adapter, 0, &device9, &funcs));
#define BAD(result, member, value) do { \
		bad = good; \
		bad.member = value; \
		EXPECT_EQ(result, vprot_d3d11ddi_create_device(adapter, &bad, device)); \
	} while (0)
	for (UINT flags = VPROT_D3DDDI_STRICT_IV << 1; flags; flags <<= 1)
		BAD(E_INVALIDARG, Flags, flags);
	BAD(E_INVALIDARG, pfnSetErrorCb, NULL);
	BAD(D3DDDIERR_INVALIDHANDLE, hDevice9, adapter);
	BAD(D3DDDIERR_INVALIDHANDLE, hDevice9, (HANDLE)-1);
	bad = good;
	bad.hDevice9 = device9;
	bad.Flags = VPROT_D3DDDI_STRICT_IV;
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_create_device(adapter, &bad, device));
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_create_device(adapter, NULL, device));
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_create_device(adapter, &good, none));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3d11ddi_create_device(NULL, &good, device));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3d11ddi_create_device(device9, &good, device));
	EXPECT_EQ(0, memcmp(untouched, device.pDrvPrivate, sizeof(untouched)));

	/* No table is asked for. */
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_device(adapter, &good, device));
	EXPECT_EQ(S_OK, vprot_d3d11ddi_destroy_device(device));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3d11ddi_destroy_device(device));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3d11ddi_destroy_device(none));
	/* The memory can be used again. */
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_device(adapter, &good, device));
	EXPECT_EQ(S_OK, vprot_d3d11ddi_destroy_device(device));
#undef BAD
}

/* --- sessions --------------------------------------------------------------------------------- */

FIXTURE(session) {
	struct vt_ddi11 ddi;
	struct vt_ddi11_session s;
};

FIXTURE_SETUP(session)
{
	vt_ddi11_open(&self->ddi, NULL, 0);
	vt_ddi11_session_open(&self->s, &self->ddi);
}

FIXTURE_TEARDOWN(session)
{
	EXPECT_EQ(0, self->ddi.errors);
}

static D3D11_1DDIARG_CREATECRYPTOSESSION creation(void)
{
	return (D3D11_1DDIARG_CREATECRYPTOSESSION) {
		.CryptoType = D3D11_CRYPTO_TYPE_AES128_CTR,
		.KeyExchangeType = D3D11_KEY_EXCHANGE_RSAES_OAEP,
	};
}

TEST_F(session, create)
{
	const PFND3D11_1DDI_CREATECRYPTOSESSION create_session =
		self->ddi.f.pfnCreateCryptoSession;
	const D3D10DDI_HDEVICE device = self->ddi.device;
	D3D11_1DDI_HCRYPTOSESSION session = { vt_ddi11_private() }, none = { NULL };
	const D3D11_1DDI_HRTCRYPTOSESSION rt = { NULL };
	D3D11_1DDIARG_CREATECRYPTOSESSION create = creation();
	__u8 untouched[VPROT_D3D11DDI_PRIVATE_SIZE];

	memcpy(untouched, session.pDrvPrivate, sizeof(untouched));
	EXPECT_EQ(VPROT_D3D11DDI_PRIVATE_SIZE,
		  self->ddi.f.pfnCalcPrivateCryptoSessionSize(device, &create));
	EXPECT_EQ(VPROT_D3D11DDI_PRIVATE_SIZE,
		  self->ddi.f.pfnCalcPrivateCryptoSessionSize(device, NULL));
	EXPECT_EQ(E_INVALIDARG, create_session(device, NULL, session, rt));
	EXPECT_EQ(E_INVALIDARG, create_session(device, &create, none, rt));
	/* All zero is no crypto type, and no key exchange type. */
	memset(&create.CryptoType, 0, sizeof(GUID));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(device, &create, session, rt));
	create = creation();
	memset(&create.KeyExchangeType, 0, sizeof(GUID));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(device, &create, session, rt));
	/* Every byte of the GUIDs counts. */
	for (int i = 0; i < sizeof(GUID); i++) {
		create = creation();
		((__u8 *)&create.CryptoType)[i] ^= 1;
		EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(device, &create, session, rt));

		create = creation();
		((__u8 *)&create.DecodeProfile)[i] ^= 1;
		EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO,
			  create_session(device, &create, session, rt));

		create = creation();
		((__u8 *)&create.KeyExchangeType)[i] ^= 1;
		EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(device, &create, session, rt));
	}
	EXPECT_EQ(0, memcmp(untouched, session.pDrvPrivate, sizeof(untouched)));

	create = creation();
	EXPECT_EQ(S_OK, create_session(device, &create, session, rt));
}

TEST_F(session, key_exchange)
{
	const PFND3D11_1DDI_NEGOTIATECRYPTOSESSIONKEYESCHANGE negotiate =
		self->ddi.f.pfnNegotiateCryptoSessionKeyExchange;
	__u8 key[VT_KEY] = "another key ...", blob[DRM_VPROT_KEY_EXCHANGE_SIZE + 1];
	static const UINT bad_sizes[] = { 0, 1, 16, 32, 255, 257, 512, 0xffffffff };

	vt_key_exchange_blob(vt_open(), key, sizeof(key), blob);
	for (int i = 0; i < ARRAY_SIZE(bad_sizes); i++)
		EXPECT_EQ(E_INVALIDARG,
			  negotiate(self->ddi.device, self->s.handle, bad_sizes[i], blob));
	EXPECT_EQ(E_INVALIDARG, negotiate(self->ddi.device, self->s.handle, 256, NULL));
	blob[100] ^= 1;
	EXPECT_EQ(E_INVALIDARG, negotiate(self->ddi.device, self->s.handle, 256, blob));
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));

	blob[100] ^= 1;
	ASSERT_EQ(S_OK, negotiate(self->ddi.device, self->s.handle, 256, blob));
	memcpy(self->s.key, key, sizeof(key));
	vt_ddi11_draw_read_back_key(&self->s);
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));
}

/* (size, pointer) here, not as in D3D9; a refused one leaves the memory as it is. */
TEST_F(session, start_refresh)
{
	const PFND3D11_1DDI_STARTSESSIONKEYREFRESH start = self->ddi.f.pfnStartSessionKeyRefresh;
	struct vt_ddi11_session keyless;
	__u8 number[64];

	memset(number, 0xa5, sizeof(number));
	for (UINT size = 0; size < sizeof(number); size++)
		if (size != VT_KEY)
			EXPECT_EQ(E_INVALIDARG,
				  VT_REPORTED(&self->ddi, start(self->ddi.device, self->s.handle,
								size, number)));
	EXPECT_EQ(E_INVALIDARG, VT_REPORTED(&self->ddi, start(self->ddi.device, self->s.handle,
							      VT_KEY, NULL)));
	vt_ddi11_session_create(&keyless, &self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL,
		  VT_REPORTED(&self->ddi, start(self->ddi.device, keyless.handle, VT_KEY, number)));
	for (int i = 0; i < sizeof(number); i++)
		EXPECT_EQ(0xa5, number[i]);
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));
}

TEST_F(session, refresh)
{
	struct vt_ddi11 *ddi = &self->ddi;
	__u8 first[VT_KEY], second[VT_KEY], old[VT_KEY];

	/* Nothing was started. */
	EXPECT_EQ(D3DDDIERR_INVALIDCALL,
		  VT_REPORTED(ddi, ddi->f.pfnFinishSessionKeyRefresh(ddi->device,
								     self->s.handle)));
	EXPECT_EQ(S_OK, VT_REPORTED(ddi, ddi->f.pfnStartSessionKeyRefresh(ddi->device,
									  self->s.handle,
									  VT_KEY, first)));
	/* The old key, until the refresh is finished. */
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));
	/* The newer number counts. */
	EXPECT_EQ(S_OK, VT_REPORTED(ddi, ddi->f.pfnStartSessionKeyRefresh(ddi->device,
									  self->s.handle,
									  VT_KEY, second)));
	EXPECT_NE(0, memcmp(first, second, VT_KEY));
	EXPECT_EQ(S_OK, VT_REPORTED(ddi, ddi->f.pfnFinishSessionKeyRefresh(ddi->device,
									   self->s.handle)));
	memcpy(old, self->s.key, VT_KEY);
	vt_xor(self->s.key, second);
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));
	/* Never twice. */
	EXPECT_EQ(D3DDDIERR_INVALIDCALL,
		  VT_REPORTED(ddi, ddi->f.pfnFinishSessionKeyRefresh(ddi->device,
								     self->s.handle)));
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));
	memcpy(self->s.key, old, VT_KEY);
	EXPECT_FALSE(vt_ddi11_key_works(&self->s));
}

TEST_F(session, get_encryption_blt_key)
{
	const PFND3D11_1DDI_GETENCRYPTIONBLTKEY get_key = self->ddi.f.pfnGetEncryptionBltKey;
	struct vt_ddi11_session keyless;
	__u8 key[64], last[VT_KEY];

	memset(key, 0xa5, sizeof(key));
	for (UINT size = 0; size < sizeof(key); size++)
		if (size != VT_KEY)
			EXPECT_EQ(E_INVALIDARG,
				  VT_REPORTED(&self->ddi, get_key(self->ddi.device,
								  self->s.handle, size, key)));
	EXPECT_EQ(E_INVALIDARG, VT_REPORTED(&self->ddi, get_key(self->ddi.device, self->s.handle,
								VT_KEY, NULL)));
	vt_ddi11_session_create(&keyless, &self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP);
	EXPECT_EQ(D3DDDIERR_INVALIDCALL,
		  VT_REPORTED(&self->ddi, get_key(self->ddi.device, keyless.handle, VT_KEY, key)));
	for (int i = 0; i < sizeof(key); i++)
		EXPECT_EQ(0xa5, key[i]);
	/* The key of before is still there. */
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));

	memcpy(last, self->s.read_back, VT_KEY);
	vt_ddi11_draw_read_back_key(&self->s);
	EXPECT_NE(0, memcmp(last, self->s.read_back, VT_KEY));
	EXPECT_TRUE(vt_ddi11_key_works(&self->s));
}

TEST_F(session, status)
{
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS status =
		D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_KEY_LOST;
	const PFND3DWDDM2_0DDI_CHECKCRYPTOSESSIONSTATUS check =
		self->ddi.f2.pfnCheckCryptoSessionStatus;

	EXPECT_EQ(E_INVALIDARG,
		  VT_REPORTED(&self->ddi, check(self->ddi.device, self->s.handle, NULL)));
	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, check(self->ddi.device, self->s.handle, &status)));
	EXPECT_EQ(D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS_OK, status);
}

/* --- the hardware key exchange ---------------------------------------------------------------- */

/* Input and output of a function of the device, with room for 8 bytes. */
struct exchange {
	D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_INPUT_DATA in;
	struct {
		D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_OUTPUT_DATA head;
		__u8 more[4];
	} out;
	D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_DATA data;
};

static void init_exchange(struct exchange *e)
{
	memset(e, 0, sizeof(*e));
	memset(e->out.head.pbOutput, 0xa5, sizeof(e->out.head.pbOutput));
	e->out.head.MaxHWProtectionDataSize = 8;
	e->data.HWProtectionFunctionID = VPROT_D3D11DDI_HW_GET_EPOCH;
	e->data.pInputData = &e->in;
	e->data.pOutputData = &e->out.head;
	e->data.Status = E_FAIL;
}

TEST_F(session, hw_protection)
{
	const PFND3D11_1DDI_NEGOTIATECRYPTOSESSIONKEYESCHANGE negotiate =
		self->ddi.f.pfnNegotiateCryptoSessionKeyExchange;
	const D3D10DDI_HDEVICE device = self->ddi.device;
	static const __u8 epoch[8] = { 1 };
	struct vt_ddi11_session s;
	struct exchange e;
	ULONGLONG data;

	vt_ddi11_session_create(&s, &self->ddi, &D3D11_KEY_EXCHANGE_HW_PROTECTION);
	init_exchange(&e);
	e.out.head.TransportTime = 9;
	e.out.head.ExecutionTime = 9;
	ASSERT_EQ(S_OK, negotiate(device, s.handle, sizeof(e.data), &e.data));
	EXPECT_EQ(S_OK, e.data.Status);
	EXPECT_EQ(8, e.out.head.HWProtectionDataSize);
	EXPECT_EQ(0, memcmp(epoch, (__u8 *)&e.out + 32, 8));
	EXPECT_EQ(0, e.out.head.TransportTime);
	EXPECT_EQ(0, e.out.head.ExecutionTime);
	ASSERT_EQ(S_OK, self->ddi.f2.pfnGetDataForNewHardwareKey(device, s.handle, 0, NULL, &data));
	EXPECT_EQ(1, data);

#define BAD(result, status, member, value) do { \
		init_exchange(&e); \
		e.member = value; \
		EXPECT_EQ(result, negotiate(device, s.handle, sizeof(e.data), &e.data)); \
		EXPECT_EQ(status, e.data.Status); \
		EXPECT_EQ(0xa5, e.out.head.pbOutput[0]); \
		EXPECT_EQ(0, e.out.head.HWProtectionDataSize); \
	} while (0)
	BAD(E_INVALIDARG, E_FAIL, data.pInputData, NULL);
	BAD(E_INVALIDARG, E_FAIL, data.pOutputData, NULL);
	BAD(E_INVALIDARG, E_FAIL, in.PrivateDataSize, 1);
	BAD(E_INVALIDARG, E_FAIL, out.head.PrivateDataSize, 1);
	BAD(S_OK, E_NOTIMPL, data.HWProtectionFunctionID, 0);
	BAD(S_OK, E_NOTIMPL, data.HWProtectionFunctionID, 2);
	BAD(S_OK, E_INVALIDARG, in.HWProtectionDataSize, 1);
	BAD(S_OK, E_INVALIDARG, out.head.MaxHWProtectionDataSize, 7);
#undef BAD
	init_exchange(&e);
	EXPECT_EQ(E_INVALIDARG, negotiate(device, s.handle, sizeof(e.data), NULL));
	EXPECT_EQ(E_INVALIDARG, negotiate(device, s.handle, sizeof(e.data) - 1, &e.data));
	EXPECT_EQ(E_INVALIDARG, negotiate(device, s.handle, sizeof(e.data) + 1, &e.data));
	/* Nobody gives it a key of his. */
	EXPECT_EQ(E_INVALIDARG, negotiate(device, s.handle, 256, &e));
	EXPECT_EQ(E_FAIL, e.data.Status);
	/* Nor is this an exchange of the other type. */
	EXPECT_EQ(E_INVALIDARG, negotiate(device, self->s.handle, sizeof(e.data), &e.data));
}

TEST_F(session, data_for_new_hardware_key)
{
	const PFND3DWDDM2_0DDI_GETDATAFORNEWHARDWAREKEY get =
		self->ddi.f2.pfnGetDataForNewHardwareKey;
	struct vt_ddi11_session s;
	ULONGLONG data = 99;

	vt_ddi11_session_create(&s, &self->ddi, &D3D11_KEY_EXCHANGE_HW_PROTECTION);
	EXPECT_EQ(E_INVALIDARG, get(self->ddi.device, s.handle, 0, NULL, NULL));
	EXPECT_EQ(E_INVALIDARG, get(self->ddi.device, s.handle, 1, "", &data));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, get(self->ddi.device, self->s.handle, 0, NULL, &data));
	EXPECT_EQ(99, data);
}

/*
 * There is no refresh. Nobody knows the key; but the read-back key, in its wrapped form, is the
 * content key on the way back: its key stream over zeros, read back from the same counter block,
 * gives zeros.
 */
TEST_F(session, hw_protection_moves_contents)
{
	struct vt_ddi11 *ddi = &self->ddi;
	D3D10DDI_HRESOURCE clear = vt_ddi11_create_resource(ddi, false, 64);
	D3D10DDI_HRESOURCE restricted = vt_ddi11_create_resource(ddi, true, 64);
	__u8 number[VT_KEY], wrapped[VT_KEY], *map = vt_ddi11_map(ddi, clear), zero[64] = { 0 };
	D3D11_1DDI_AES_CTR_IV iv = { 0 }, next;
	struct vt_ddi11_session s;

	vt_ddi11_session_create(&s, ddi, &D3D11_KEY_EXCHANGE_HW_PROTECTION);
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  VT_REPORTED(ddi, ddi->f.pfnStartSessionKeyRefresh(ddi->device, s.handle, VT_KEY,
								    number)));
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE,
		  VT_REPORTED(ddi, ddi->f.pfnFinishSessionKeyRefresh(ddi->device, s.handle)));
	ASSERT_EQ(S_OK, VT_REPORTED(ddi, ddi->f.pfnGetEncryptionBltKey(ddi->device, s.handle,
								       VT_KEY, wrapped)));
	ASSERT_EQ(S_OK, vt_ddi11_decrypt(&s, clear, restricted, (__u8 *)&iv));
	ASSERT_EQ(S_OK, vt_ddi11_encrypt(&s, restricted, clear, (__u8 *)&iv));
	EXPECT_NE(0, memcmp(zero, map, sizeof(zero)));

	memset(map, 0, sizeof(zero));
	iv.IV = htobe64(be64toh(iv.IV) + 1);
	ASSERT_EQ(S_OK, VT_REPORTED(ddi, ddi->f.pfnDecryptionBlt(ddi->device, s.handle, clear,
								 restricted, NULL, VT_KEY, wrapped,
								 sizeof(iv), &iv)));
	memset(map, 0xa5, sizeof(zero));
	ASSERT_EQ(S_OK, vt_ddi11_encrypt(&s, restricted, clear, (__u8 *)&next));
	ASSERT_EQ(0, memcmp(&iv, &next, sizeof(iv)));
	EXPECT_EQ(0, memcmp(zero, map, sizeof(zero)));
}

/* --- what there is nothing for ---------------------------------------------------------------- */

TEST_F(session, not_implemented)
{
	const D3D11_1DDI_VIDEODEVICEFUNCS *f = &self->ddi.f;
	D3D11_1DDI_GETCAPTUREHANDLEDATA capture = { .hAllocation = 99 };
	const D3D11_1DDI_HVIDEOPROCESSOR processor = { NULL };
	const D3D10DDI_HDEVICE device = self->ddi.device, none = { NULL };

	EXPECT_EQ(E_NOTIMPL,
		  VT_REPORTED(&self->ddi, f->pfnVideoProcessorSetStreamRotation
			      (device, processor, 0, 1, D3D11_1DDI_VIDEO_PROCESSOR_ROTATION_90)));
	EXPECT_EQ(E_NOTIMPL, VT_REPORTED(&self->ddi, f->pfnGetCaptureHandle(device, &capture)));
	EXPECT_EQ(99, capture.hAllocation);
	/* Nobody is told. */
	EXPECT_EQ(S_OK, VT_REPORTED(&self->ddi, f->pfnGetCaptureHandle(none, &capture)));
}

/* --- one device, one session, two interfaces -------------------------------------------------- */

TEST(with_d3d9)
{
	struct vt_ddi11_session s11, opened;
	struct vt_ddi_session s9, as9;
	D3D10DDI_HRESOURCE resource11, clear11, opened_resource = { vt_ddi11_private() };
	HANDLE handle = NULL, resource9;
	struct vt_ddi11 ddi11;
	struct vt_ddi ddi9;
	__u8 iv[16] = { 0 }, plain[64] = "decrypted by one, read back by the other", *map;

	vt_ddi_open(&ddi9, 0);
	vt_ddi11_open(&ddi11, ddi9.device, 0);

	/* A session of 11.1 in 9. */
	vt_ddi11_session_open(&s11, &ddi11);
	ASSERT_EQ(S_OK, ddi11.f.pfnCryptoSessionGetHandle(ddi11.device, s11.handle, &handle));
	as9 = (struct vt_ddi_session) { .ddi = &ddi9, .handle = handle };
	memcpy(as9.key, s11.key, VT_KEY);
	memcpy(as9.read_back, s11.read_back, VT_KEY);
	EXPECT_TRUE(vt_ddi_key_works(&as9));
	/* What one does the other sees. */
	vt_ddi11_refresh(&s11);
	EXPECT_FALSE(vt_ddi_key_works(&as9));
	memcpy(as9.key, s11.key, VT_KEY);
	EXPECT_TRUE(vt_ddi_key_works(&as9));
	vt_ddi_refresh(&as9);
	EXPECT_FALSE(vt_ddi11_key_works(&s11));
	memcpy(s11.key, as9.key, VT_KEY);
	EXPECT_TRUE(vt_ddi11_key_works(&s11));

	/* A session of 9 in 11.1. */
	vt_ddi_session_open(&s9, &ddi9);
	opened = (struct vt_ddi11_session) { .ddi = &ddi11, .handle = { vt_ddi11_private() } };
	ASSERT_EQ(S_OK, vprot_d3d11ddi_open_crypto_session(ddi11.device, s9.handle, opened.handle));
	memcpy(opened.key, s9.key, VT_KEY);
	memcpy(opened.read_back, s9.read_back, VT_KEY);
	EXPECT_TRUE(vt_ddi11_key_works(&opened));
	vt_ddi_refresh(&s9);
	memcpy(opened.key, s9.key, VT_KEY);
	EXPECT_TRUE(vt_ddi11_key_works(&opened));

	/* Resources, both ways. */
	resource11 = vt_ddi11_create_resource(&ddi11, true, sizeof(plain));
	clear11 = vt_ddi11_create_resource(&ddi11, false, sizeof(plain));
	map = vt_ddi11_map(&ddi11, clear11);
	memcpy(map, plain, sizeof(plain));
	vt_ctr(s9.key, iv, map, sizeof(plain));
	ASSERT_EQ(S_OK, vt_ddi11_decrypt(&opened, clear11, resource11, iv));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_get_resource_handle(ddi11.device, resource11, &handle));
	EXPECT_TRUE(vt_ddi_holds(&s9, handle, plain, sizeof(plain)));
	resource9 = vt_ddi_create_resource(&ddi9, true, 64);
	ASSERT_EQ(S_OK, vprot_d3d11ddi_open_resource(ddi11.device, resource9, opened_resource));
	EXPECT_TRUE(vt_ddi11_key_works_in(&opened, opened_resource, 64));
	EXPECT_FALSE(vt_ddi_holds(&s9, resource9, (__u8[64]) { 0 }, 64));

	/* What is destroyed in one is gone in the other. */
	EXPECT_EQ(S_OK, VT_REPORTED(&ddi11, ddi11.f.pfnDestroyCryptoSession(ddi11.device,
									    opened.handle)));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vt_ddi_finish(&s9));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  vprot_d3d11ddi_open_crypto_session(ddi11.device, s9.handle, opened.handle));
	ASSERT_EQ(S_OK, vprot_d3dddi_destroy_resource(ddi9.device, resource9));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  vprot_d3d11ddi_destroy_resource(ddi11.device, opened_resource));

	/* The device of 9 outlives this interface to it, and with it what was made here. */
	vt_ddi11_close(&ddi11);
	EXPECT_TRUE(vt_ddi_key_works(&as9));
	vt_ddi_close(&ddi9);
}

/* The other way round: calls find that the device is gone, and close what is left. */
TEST(with_d3d9_closed_first)
{
	struct vt_ddi11_session s11;
	struct vt_ddi11 ddi11;
	struct vt_ddi ddi9;
	__u8 iv[16] = { 0 };

	vt_ddi_open(&ddi9, 0);
	vt_ddi11_open(&ddi11, ddi9.device, 0);
	vt_ddi11_session_open(&s11, &ddi11);
	vt_ddi_close(&ddi9);
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  VT_REPORTED(&ddi11, ddi11.f.pfnStartSessionKeyRefresh(ddi11.device, s11.handle,
									VT_KEY, iv)));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  vprot_d3d11ddi_create_decoder(ddi11.device,
						(D3D11_1DDI_HDECODE) { vt_ddi11_private() }));
	vt_ddi11_close(&ddi11);
}

TEST_HARNESS_MAIN
