// SPDX-License-Identifier: GPL-2.0
/*
 * The D3D9 DDI: its values, its table of functions, adapters, devices, and what sessions do but for
 * refreshes and blits.
 */
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "module.h"

/* --- values ----------------------------------------------------------------------------------- */

TEST(results)
{
	static const struct {
		HRESULT result;
		__u32 value;
	} results[] = {
		{ S_OK, 0 },
		{ E_NOTIMPL, 0x80004001 },
		{ E_FAIL, 0x80004005 },
		{ E_ACCESSDENIED, 0x80070005 },
		{ E_HANDLE, 0x80070006 },
		{ E_OUTOFMEMORY, 0x8007000e },
		{ E_INVALIDARG, 0x80070057 },
		/* 0x8876, then a number that is documented in decimal. */
		{ D3DDDIERR_OUTOFVIDEOMEMORY, 0x88760000 + 380 },
		{ D3DDDIERR_WASSTILLDRAWING, 0x88760000 + 540 },
		{ D3DDDIERR_NOTAVAILABLE, 0x88760000 + 2154 },
		{ D3DDDIERR_INVALIDCALL, 0x88760000 + 2156 },
		{ D3DDDIERR_DEVICEREMOVED, 0x88760000 + 2160 },
		{ D3DDDIERR_INVALIDHANDLE, 0x88760000 + 2163 },
		{ D3DDDIERR_INVALIDUSERBUFFER, 0x88760000 + 2169 },
		{ D3DDDIERR_UNSUPPORTEDCRYPTO, 0x88760000 + 2174 },
		{ D3DDDIERR_APPLICATIONERROR, 0x88760000 + 2181 },
		{ D3DDDIERR_OUTOFHWPROTECTEDMEMORY, 0x88760000 + 2183 },
	};

	for (int i = 0; i < ARRAY_SIZE(results); i++)
		EXPECT_EQ(results[i].value, (__u32)results[i].result);
	EXPECT_LT(E_FAIL, 0);
}

TEST(guids)
{
	static const struct {
		const GUID *guid;
		const char *text;
	} guids[] = {
		{ &D3DCRYPTOTYPE_AES128_CTR, "9b6bd711-4f74-41c9-9e7b-0be2d7d93b4f" },
		{ &VPROT_CRYPTOTYPE_AES128_CBCS, "5c7e1d0a-3b52-4f0e-9d3c-8a61f2b7c4d9" },
		{ &D3DCRYPTOTYPE_PROPRIETARY, "ab4e9afd-1d1c-46e6-a72f-0869917b0de8" },
		{ &D3DKEYEXCHANGE_RSAES_OAEP, "c1949895-d72a-4a1d-8e5d-ed857d171520" },
		{ &D3DKEYEXCHANGE_DXVA, "43d3775c-38e5-4924-8d86-d3fccf153e9b" },
		{ &D3DAUTHENTICATEDCONFIGURE_INITIALIZE,
		  "06114bdb-3523-470a-8dca-fbc2845154f0" },
		{ &D3DAUTHENTICATEDCONFIGURE_PROTECTION,
		  "50455658-3f47-4362-bf99-bfdfcde9ed29" },
		{ &D3DAUTHENTICATEDCONFIGURE_CRYPTOSESSION,
		  "6346cc54-2cfc-4ad4-8224-d15837de7700" },
		{ &D3DAUTHENTICATEDCONFIGURE_SHAREDRESOURCE,
		  "0772d047-1b40-48e8-9ca6-b5f510de9f01" },
		{ &D3DAUTHENTICATEDCONFIGURE_ENCRYPTIONWHENACCESSIBLE,
		  "41fff286-6ae0-4d43-9d55-a46e9efd158a" },
		{ &D3DAUTHENTICATEDQUERY_PROTECTION,
		  "a84eb584-c495-48aa-b94d-8bd2d6fbce05" },
		{ &D3DAUTHENTICATEDQUERY_CHANNELTYPE,
		  "bc1b18a5-b1fb-42ab-bd94-b5828b4bf7be" },
		{ &D3DAUTHENTICATEDQUERY_DEVICEHANDLE,
		  "ec1c539d-8cff-4e2a-bcc4-f5692f99f480" },
		{ &D3DAUTHENTICATEDQUERY_CRYPTOSESSION,
		  "2634499e-d018-4d74-ac17-7f724059528d" },
		{ &D3DAUTHENTICATEDQUERY_RESTRICTEDSHAREDRESOURCEPROCESSCOUNT,
		  "0db207b3-9450-46a6-82de-1b96d44f9cf2" },
		{ &D3DAUTHENTICATEDQUERY_RESTRICTEDSHAREDRESOURCEPROCESS,
		  "649bbadb-f0f4-4639-a15b-24393fc3abac" },
		{ &D3DAUTHENTICATEDQUERY_UNRESTRICTEDPROTECTEDSHAREDRESOURCECOUNT,
		  "012f0bd6-e662-4474-befd-aa53e5143c6d" },
		{ &D3DAUTHENTICATEDQUERY_OUTPUTIDCOUNT,
		  "2c042b5e-8c07-46d5-aabe-8f75cbad4c31" },
		{ &D3DAUTHENTICATEDQUERY_OUTPUTID,
		  "839ddca3-9b4e-41e4-b053-892bd2a11ee7" },
		{ &D3DAUTHENTICATEDQUERY_ACCESSIBILITYATTRIBUTES,
		  "6214d9d2-432c-4abb-9fce-216eea269e3b" },
		{ &D3DAUTHENTICATEDQUERY_ENCRYPTIONWHENACCESSIBLEGUIDCOUNT,
		  "b30f7066-203c-4b07-93fc-ceaafd61241e" },
		{ &D3DAUTHENTICATEDQUERY_ENCRYPTIONWHENACCESSIBLEGUID,
		  "f83a5958-e986-4bda-beb0-411f6a7a01b7" },
		{ &D3DAUTHENTICATEDQUERY_CURRENTENCRYPTIONWHENACCESSIBLE,
		  "ec1791c7-dad3-4f15-9ec3-faa93d60d4f0" },
	};

	for (int i = 0; i < ARRAY_SIZE(guids); i++) {
		char text[40];

		EXPECT_STREQ(guids[i].text, vt_ddi_guid_text(guids[i].guid, text));
	}
}

TEST(numbers)
{
	EXPECT_EQ(42, D3DDDICAPS_GETCONTENTPROTECTIONCAPS);
	EXPECT_EQ(43, D3DDDICAPS_GETCERTIFICATESIZE);
	EXPECT_EQ(44, D3DDDICAPS_GETCERTIFICATE);
	EXPECT_EQ(1, D3DDDI_CERTTYPE_AUTHENTICATED_CHANNEL);
	EXPECT_EQ(2, D3DDDI_CERTTYPE_CRYPTOSESSION);
	EXPECT_EQ(0, D3DDDIFMT_UNKNOWN);
	EXPECT_EQ(21, D3DDDIFMT_A8R8G8B8);
	EXPECT_EQ(0, memcmp("NV12", &(D3DDDIFORMAT) { D3DDDIFMT_NV12 }, 4));
	EXPECT_EQ(0, memcmp("P010", &(D3DDDIFORMAT) { D3DDDIFMT_P010 }, 4));
	EXPECT_EQ(2, DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE);
	EXPECT_EQ(3, DDIAUTHENTICATEDCHANNEL_DRIVER_HARDWARE);
	EXPECT_EQ(1, D3DAUTHENTICATEDCHANNEL_D3D9);
	EXPECT_EQ(2, D3DAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE);
	EXPECT_EQ(3, D3DAUTHENTICATEDCHANNEL_DRIVER_HARDWARE);
	EXPECT_EQ(0, PROCESSIDTYPE_UNKNOWN);
	EXPECT_EQ(1, PROCESSIDTYPE_DWM);
	EXPECT_EQ(2, PROCESSIDTYPE_HANDLE);
	EXPECT_EQ(16, D3D_OMAC_SIZE);
	EXPECT_EQ(0, D3DBUSTYPE_OTHER);
	EXPECT_EQ(1, D3DBUSTYPE_PCI);
	EXPECT_EQ(2, D3DBUSTYPE_PCIX);
	EXPECT_EQ(3, D3DBUSTYPE_PCIEXPRESS);
	EXPECT_EQ(4, D3DBUSTYPE_AGP);
	EXPECT_EQ(0x10000, D3DBUSIMPL_MODIFIER_INSIDE_OF_CHIPSET);
	EXPECT_EQ(0x20000, D3DBUSIMPL_MODIFIER_TRACKS_ON_MOTHER_BOARD_TO_CHIP);
	EXPECT_EQ(0x30000, D3DBUSIMPL_MODIFIER_TRACKS_ON_MOTHER_BOARD_TO_SOCKET);
	EXPECT_EQ(0x40000, D3DBUSIMPL_MODIFIER_DAUGHTER_BOARD_CONNECTOR);
	EXPECT_EQ(0x50000, D3DBUSIMPL_MODIFIER_DAUGHTER_BOARD_CONNECTOR_INSIDE_OF_NUAE);
	EXPECT_EQ(0x80000000, (__u32)D3DBUSIMPL_MODIFIER_NON_STANDARD);
	EXPECT_EQ(0x001, D3DCPCAPS_SOFTWARE);
	EXPECT_EQ(0x002, D3DCPCAPS_HARDWARE);
	EXPECT_EQ(0x004, D3DCPCAPS_PROTECTIONALWAYSON);
	EXPECT_EQ(0x008, D3DCPCAPS_PARTIALDECRYPTION);
	EXPECT_EQ(0x010, D3DCPCAPS_CONTENTKEY);
	EXPECT_EQ(0x020, D3DCPCAPS_FRESHENSESSIONKEY);
	EXPECT_EQ(0x040, D3DCPCAPS_ENCRYPTEDREADBACK);
	EXPECT_EQ(0x080, D3DCPCAPS_ENCRYPTEDREADBACKKEY);
	EXPECT_EQ(0x100, D3DCPCAPS_SEQUENTIAL_CTR_IV);
	EXPECT_EQ(0x200, D3DCPCAPS_ENCRYPTSLICEDATAONLY);
}

/* --- the table of functions ------------------------------------------------------------------- */

/* The documented order; D3DDDI_DEVICEFUNCS begins with what there is slot 106. */
#define SLOT(slot, member) \
	EXPECT_EQ(((slot) - 106) * sizeof(void *), offsetof(D3DDDI_DEVICEFUNCS, member))

TEST(table)
{
	D3DDDI_DEVICEFUNCS funcs = { NULL };
	void *members[14];
	HANDLE adapter, device;

	SLOT(106, pfnCreateAuthenticatedChannel);
	SLOT(107, pfnAuthenticatedChannelKeyExchange);
	SLOT(108, pfnQueryAuthenticatedChannel);
	SLOT(109, pfnConfigureAuthenticatedChannel);
	SLOT(110, pfnDestroyAuthenticatedChannel);
	SLOT(111, pfnCreateCryptoSession);
	SLOT(112, pfnCryptoSessionKeyExchange);
	SLOT(113, pfnDestroyCryptoSession);
	SLOT(114, pfnEncryptionBlt);
	SLOT(115, pfnGetPitch);
	SLOT(116, pfnStartSessionKeyRefresh);
	SLOT(117, pfnFinishSessionKeyRefresh);
	SLOT(118, pfnGetEncryptionBltKey);
	SLOT(119, pfnDecryptionBlt);
	ASSERT_EQ(sizeof(members), sizeof(funcs));

	ASSERT_EQ(S_OK, vprot_d3dddi_open_adapter(&adapter));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_device(adapter, 0, &device, &funcs));
	memcpy(members, &funcs, sizeof(members));
	for (int i = 0; i < ARRAY_SIZE(members); i++) {
		EXPECT_NE(NULL, members[i]);
		for (int j = 0; j < i; j++)
			EXPECT_NE(members[j], members[i]);
	}
}

/* --- opening ---------------------------------------------------------------------------------- */

TEST(open_adapter)
{
	HANDLE first = NULL, second = NULL;

	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_adapter(NULL));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_adapter(&first));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_adapter(&second));
	EXPECT_NE(NULL, first);
	EXPECT_NE(first, second);
	EXPECT_EQ(S_OK, vprot_d3dddi_close_adapter(first));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3dddi_close_adapter(first));
	EXPECT_EQ(S_OK, vprot_d3dddi_close_adapter(second));
}

TEST(open_device)
{
	HANDLE adapter, device = (HANDLE)0x5a, second;
	D3DDDI_DEVICEFUNCS funcs, untouched;

	memset(&funcs, 0xa5, sizeof(funcs));
	memset(&untouched, 0xa5, sizeof(untouched));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_adapter(&adapter));
	for (UINT flags = VPROT_D3DDDI_STRICT_IV << 1; flags; flags <<= 1)
		EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_device(adapter, flags, &device, &funcs));
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_device(adapter, 0, NULL, &funcs));
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_open_device(adapter, 0, &device, NULL));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3dddi_open_device(NULL, 0, &device, &funcs));
	EXPECT_EQ((HANDLE)0x5a, device);
	EXPECT_EQ(0, memcmp(&untouched, &funcs, sizeof(funcs)));

	ASSERT_EQ(S_OK, vprot_d3dddi_open_device(adapter, 0, &device, &funcs));
	ASSERT_EQ(S_OK, vprot_d3dddi_open_device(adapter, VPROT_D3DDDI_STRICT_IV, &second, &funcs));
	EXPECT_NE(device, second);
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3dddi_close_device(adapter));
	EXPECT_EQ(S_OK, vprot_d3dddi_close_device(second));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3dddi_close_device(second));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, vprot_d3dddi_open_device(device, 0, &second, &funcs));
}

/* A device does not need its adapter. */
TEST(adapter_closed_first)
{
	struct vt_ddi_session s;
	struct vt_ddi ddi;

	vt_ddi_open(&ddi, 0);
	ASSERT_EQ(S_OK, vprot_d3dddi_close_adapter(ddi.adapter));
	vt_ddi_session_open(&s, &ddi);
	EXPECT_TRUE(vt_ddi_key_works(&s));
	EXPECT_EQ(S_OK, vprot_d3dddi_close_device(ddi.device));
}

/* --- sessions --------------------------------------------------------------------------------- */

FIXTURE(session) {
	struct vt_ddi ddi;
	struct vt_ddi_session s;
};

FIXTURE_SETUP(session)
{
	vt_ddi_open(&self->ddi, 0);
	vt_ddi_session_open(&self->s, &self->ddi);
}

FIXTURE_TEARDOWN(session)
{
}

TEST_F(session, create)
{
	const PFND3DDDI_CREATECRYPTOSESSION create_session = self->ddi.funcs.pfnCreateCryptoSession;
	D3DDDIARG_CREATECRYPTOSESSION create = { .hCryptoSession = (HANDLE)0x5a };

	EXPECT_EQ(E_INVALIDARG, create_session(self->ddi.device, NULL));
	/* All zero is no crypto type. */
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(self->ddi.device, &create));
	create.CryptoType = D3DCRYPTOTYPE_PROPRIETARY;
	EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(self->ddi.device, &create));
	/* Every byte of the GUID counts. */
	for (int i = 0; i < sizeof(GUID); i++) {
		create.CryptoType = D3DCRYPTOTYPE_AES128_CTR;
		((__u8 *)&create.CryptoType)[i] ^= 1;
		EXPECT_EQ(D3DDDIERR_NOTAVAILABLE, create_session(self->ddi.device, &create));

		create.CryptoType = D3DCRYPTOTYPE_AES128_CTR;
		memset(&create.DecodeProfile, 0, sizeof(GUID));
		((__u8 *)&create.DecodeProfile)[i] ^= 1;
		EXPECT_EQ(D3DDDIERR_UNSUPPORTEDCRYPTO, create_session(self->ddi.device, &create));
	}
	EXPECT_EQ((HANDLE)0x5a, create.hCryptoSession);

	memset(&create.DecodeProfile, 0, sizeof(GUID));
	ASSERT_EQ(S_OK, create_session(self->ddi.device, &create));
	EXPECT_NE(NULL, create.hCryptoSession);
	EXPECT_NE((HANDLE)0x5a, create.hCryptoSession);
	EXPECT_NE(self->s.handle, create.hCryptoSession);
}

TEST_F(session, key_exchange)
{
	__u8 key[VT_KEY] = "another key ...", blob[DRM_VPROT_KEY_EXCHANGE_SIZE + 1];
	D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE exchange = {
		.hCryptoSession = self->s.handle,
		.pData = blob,
	};
	const PFND3DDDI_CRYPTOSESSIONKEYEXCHANGE key_exchange =
		self->ddi.funcs.pfnCryptoSessionKeyExchange;
	static const UINT bad_sizes[] = { 0, 1, 16, 255, 257, 512, 0xffffffff };

	vt_key_exchange_blob(vt_open(), key, sizeof(key), blob);
	EXPECT_EQ(E_INVALIDARG, key_exchange(self->ddi.device, NULL));
	for (int i = 0; i < ARRAY_SIZE(bad_sizes); i++) {
		exchange.DataSize = bad_sizes[i];
		EXPECT_EQ(E_INVALIDARG, key_exchange(self->ddi.device, &exchange));
	}
	exchange.DataSize = DRM_VPROT_KEY_EXCHANGE_SIZE;
	exchange.pData = NULL;
	EXPECT_EQ(E_INVALIDARG, key_exchange(self->ddi.device, &exchange));
	exchange.pData = blob;
	blob[100] ^= 1;
	EXPECT_EQ(E_INVALIDARG, key_exchange(self->ddi.device, &exchange));
	EXPECT_TRUE(vt_ddi_key_works(&self->s));

	blob[100] ^= 1;
	ASSERT_EQ(S_OK, key_exchange(self->ddi.device, &exchange));
	memcpy(self->s.key, key, sizeof(key));
	vt_ddi_draw_read_back_key(&self->s);
	EXPECT_TRUE(vt_ddi_key_works(&self->s));
}

TEST_F(session, get_encryption_blt_key)
{
	const PFND3DDDI_GETENCRYPTIONBLTKEY get_key = self->ddi.funcs.pfnGetEncryptionBltKey;
	__u8 key[64];
	D3DDDIARG_GETENCRYPTIONBLTKEY get = {
		.hCryptoSession = self->s.handle,
		.pReadBackKey = key,
	};
	__u8 last[VT_KEY];
	struct vt_ddi_session keyless;

	memset(key, 0xa5, sizeof(key));
	EXPECT_EQ(E_INVALIDARG, get_key(self->ddi.device, NULL));
	for (get.KeySize = 0; get.KeySize < sizeof(key); get.KeySize++)
		if (get.KeySize != VT_KEY)
			EXPECT_EQ(E_INVALIDARG, get_key(self->ddi.device, &get));
	get.KeySize = VT_KEY;
	get.pReadBackKey = NULL;
	EXPECT_EQ(E_INVALIDARG, get_key(self->ddi.device, &get));
	get.pReadBackKey = key;
	vt_ddi_session_create(&keyless, &self->ddi);
	get.hCryptoSession = keyless.handle;
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, get_key(self->ddi.device, &get));
	for (int i = 0; i < sizeof(key); i++)
		EXPECT_EQ(0xa5, key[i]);
	/* The key of before is still there. */
	EXPECT_TRUE(vt_ddi_key_works(&self->s));

	/* A new one each time, and the old ones of no use. */
	for (int i = 0; i < 5; i++) {
		memcpy(last, self->s.read_back, VT_KEY);
		vt_ddi_draw_read_back_key(&self->s);
		EXPECT_NE(0, memcmp(last, self->s.read_back, VT_KEY));
		EXPECT_TRUE(vt_ddi_key_works(&self->s));
	}
	memcpy(self->s.read_back, last, VT_KEY);
	EXPECT_FALSE(vt_ddi_key_works(&self->s));
}

TEST_HARNESS_MAIN
