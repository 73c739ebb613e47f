// SPDX-License-Identifier: GPL-2.0
/*
 * Caps that are switched off, by the parameter caps_off: with each one alone, and with all, the
 * native interface, the D3D9 DDI and the D3D11.1 DDI say so; what needs the cap is not available,
 * and everything else works. Its oracle is OpenSSL.
 */
#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "ddi11.h"
#include "model.h"
#include "module.h"

#define SEED	5
#define SIZE	1024

#define PARTIAL		DRM_VPROT_CAP_PARTIAL_DECRYPTION
#define CONTENT_KEY	DRM_VPROT_CAP_CONTENT_KEY
#define FRESHEN		DRM_VPROT_CAP_FRESHEN_SESSION_KEY
#define READ_BACK	DRM_VPROT_CAP_ENCRYPTED_READ_BACK
#define READ_BACK_KEY	DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY
#define DECRYPTION	DRM_VPROT_CAP_DECRYPTION_BLT
/* By caps_off; for content keys of keyrings there is a parameter of its own. */
#define OPTIONAL	(PARTIAL | CONTENT_KEY | FRESHEN | READ_BACK | READ_BACK_KEY | DECRYPTION)

#define ALL		(DRM_VPROT_CAP_SOFTWARE | OPTIONAL | DRM_VPROT_CAP_KEYRING)

/* Each cap, by its name in each of the three interfaces. */
static const struct {
	__u32 native, d3d9, d3d11;
} caps[] = {
	{ DRM_VPROT_CAP_SOFTWARE, D3DCPCAPS_SOFTWARE,
	  D3D11_1DDI_CONTENT_PROTECTION_CAPS_SOFTWARE },
	{ PARTIAL, D3DCPCAPS_PARTIALDECRYPTION,
	  D3D11_1DDI_CONTENT_PROTECTION_CAPS_PARTIAL_DECRYPTION },
	{ CONTENT_KEY, D3DCPCAPS_CONTENTKEY, D3D11_1DDI_CONTENT_PROTECTION_CAPS_CONTENT_KEY },
	{ FRESHEN, D3DCPCAPS_FRESHENSESSIONKEY,
	  D3D11_1DDI_CONTENT_PROTECTION_CAPS_FRESHEN_SESSION_KEY },
	{ READ_BACK, D3DCPCAPS_ENCRYPTEDREADBACK,
	  D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK },
	{ READ_BACK_KEY, D3DCPCAPS_ENCRYPTEDREADBACKKEY,
	  D3D11_1DDI_CONTENT_PROTECTION_CAPS_ENCRYPTED_READ_BACK_KEY },
	/* Direct3D 9 has none for it. */
	{ DECRYPTION, 0, D3D11_1DDI_CONTENT_PROTECTION_CAPS_DECRYPTION_BLT },
};

/* Even after a test that ended early. They end by _exit(), the program itself does not. */
__attribute__((destructor)) static void restore(void)
{
	vt_module_reload("");
}

FIXTURE(caps_off) {
	__u32 missing;
	char parameters[64];
};

FIXTURE_VARIANT(caps_off) {
	__u32 off;	/* what is switched off */
	__u32 with_it;	/* what goes with it */
};

FIXTURE_VARIANT_ADD(caps_off, nothing) {
	.off = 0,
};

FIXTURE_VARIANT_ADD(caps_off, partial_decryption) {
	.off = PARTIAL,
};

FIXTURE_VARIANT_ADD(caps_off, content_key) {
	.off = CONTENT_KEY,
};

FIXTURE_VARIANT_ADD(caps_off, freshen_session_key) {
	.off = FRESHEN,
};

FIXTURE_VARIANT_ADD(caps_off, encrypted_read_back) {
	.off = READ_BACK,
	.with_it = READ_BACK_KEY,
};

/* Not the unsafe read-back under the session key, which is for those who ask for it. */
FIXTURE_VARIANT_ADD(caps_off, encrypted_read_back_key) {
	.off = READ_BACK_KEY,
	.with_it = READ_BACK,
};

FIXTURE_VARIANT_ADD(caps_off, decryption_blt) {
	.off = DECRYPTION,
};

/* Neither what is not optional nor what is unknown can be switched off. */
FIXTURE_VARIANT_ADD(caps_off, everything) {
	.off = ~0u,
};

FIXTURE_SETUP(caps_off)
{
	self->missing = (variant->off | variant->with_it) & OPTIONAL;
	snprintf(self->parameters, sizeof(self->parameters), "caps_off=%u,%u", variant->off,
		 variant->off);
}

FIXTURE_TEARDOWN(caps_off)
{
}

/* What a call that needs these caps returns. */
#define NATIVE(needed)	((self->missing & (needed)) ? -EOPNOTSUPP : 0)
#define DDI(needed)	((self->missing & (needed)) ? D3DDDIERR_NOTAVAILABLE : S_OK)

/* --- what is said ----------------------------------------------------------------------------- */

static __u64 native_caps(int fd, __u32 crypto_type)
{
	struct drm_vprot_get_caps get = { .crypto_type = crypto_type };

	if (vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CAPS, &get))
		vt_fatal("GET_CAPS failed");
	return get.caps;
}

static DWORD d3d9_caps(struct vt_ddi *ddi, const GUID *crypto_type)
{
	DDICONTENTPROTECTIONCAPS info = { .CryptoType = *crypto_type };
	D3DCONTENTPROTECTIONCAPS out = { 0 };
	const D3DDDIARG_GETCAPS get = {
		.Type = D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
		.pInfo = &info,
		.pData = &out,
		.DataSize = sizeof(out),
	};

	vt_ddi_must(vprot_d3dddi_get_caps(ddi->adapter, &get), "GETCONTENTPROTECTIONCAPS");
	return out.Caps;
}

static UINT d3d11_caps(struct vt_ddi11 *ddi, const GUID *crypto_type)
{
	D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS out = { 0 };

	vt_ddi_must(ddi->f.pfnGetContentProtectionCaps(ddi->device, crypto_type, NULL, &out),
		    "GetContentProtectionCaps");
	return out.Caps;
}

/* The caps when the module is loaded like this, in each interface by its own names. */
TEST_F(caps_off, caps)
{
	/* The library does this, with what the device can in any case. */
	UINT d3d11 = D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_PROTECTED_MEMORY_TRANSITION;
	const GUID *guids[] = { &D3DCRYPTOTYPE_AES128_CTR, &VPROT_CRYPTOTYPE_AES128_CBCS };
	__u64 native = DRM_VPROT_CAP_KEYRING;
	DWORD d3d9 = 0;
	struct vt_ddi11 ddi11;
	struct vt_ddi ddi;
	int fd;

	vt_module_reload(self->parameters);
	for (int i = 0; i < ARRAY_SIZE(caps); i++) {
		if (self->missing & caps[i].native)
			continue;
		native |= caps[i].native;
		d3d9 |= caps[i].d3d9;
		d3d11 |= caps[i].d3d11;
	}
	fd = vt_open();
	vt_ddi_open(&ddi, 0);
	vt_ddi11_open(&ddi11, NULL, 0);
	for (int i = 0; i < ARRAY_SIZE(guids); i++) {
		EXPECT_EQ(native, native_caps(fd, DRM_VPROT_CRYPTO_AES128_CTR + i));
		EXPECT_EQ(d3d9, d3d9_caps(&ddi, guids[i]));
		EXPECT_EQ(d3d11, d3d11_caps(&ddi11, guids[i]));
	}

	/* With one crypto type the other one stays as it is. */
	vt_caps_off(0, variant->off);
	EXPECT_EQ(ALL, native_caps(fd, DRM_VPROT_CRYPTO_AES128_CTR));
	EXPECT_EQ(native, native_caps(fd, DRM_VPROT_CRYPTO_AES128_CBCS));
	EXPECT_EQ(d3d9, d3d9_caps(&ddi, &VPROT_CRYPTOTYPE_AES128_CBCS));
	EXPECT_EQ(d3d11, d3d11_caps(&ddi11, &VPROT_CRYPTOTYPE_AES128_CBCS));
	vt_caps_off(variant->off, 0);
	EXPECT_EQ(native, native_caps(fd, DRM_VPROT_CRYPTO_AES128_CTR));
	EXPECT_EQ(ALL, native_caps(fd, DRM_VPROT_CRYPTO_AES128_CBCS));
	EXPECT_EQ(d3d9, d3d9_caps(&ddi, &D3DCRYPTOTYPE_AES128_CTR));
	EXPECT_EQ(d3d11, d3d11_caps(&ddi11, &D3D11_CRYPTO_TYPE_AES128_CTR));
}

/* --- the native interface --------------------------------------------------------------------- */

static int get_read_back_key(const struct vt_session *s, __u8 key[VT_KEY])
{
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = s->handle,
		.size = VT_KEY,
		.key = (uintptr_t)key,
	};

	return vt_ioctl(s->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get);
}

/* Every kind of call that may need a cap; with caps back again what has come of it is looked at. */
static bool native_works(__u32 crypto_type, __u32 missing, __u32 off)
{
	static const struct drm_vprot_subsample subsamples[] = { { 10, 160 }, { 7, SIZE - 177 } };
	__u8 wrapped[VT_KEY] = "content key", key[VT_KEY] = "untouched";
	const struct {
		__u32 needed;
		struct drm_vprot_blt blt;
	} blts[] = {
		{ DECRYPTION, { .size = SIZE } },
		{ DECRYPTION | PARTIAL, { .size = SIZE, .subsamples = (uintptr_t)subsamples,
					  .num_subsamples = ARRAY_SIZE(subsamples) } },
		{ DECRYPTION | PARTIAL, { .size = SIZE, .crypt_blocks = 1, .skip_blocks = 9 } },
		{ DECRYPTION | CONTENT_KEY, { .size = SIZE, .key_form = DRM_VPROT_KEY_WRAPPED,
					      .key = (uintptr_t)wrapped, .key_size = VT_KEY } },
	};
	enum { COUNT = ARRAY_SIZE(blts) };
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt encryption = { .size = SIZE, .result = (uintptr_t)&result };
	__u8 nonce[VT_KEY] = "untouched";
	struct vt_buffer clear;
	struct vt_model m[COUNT];
	struct vt_session s;
	bool works = true;

#define EXPECT(needed, call) ({ \
	int expected_ = missing & (needed) ? -EOPNOTSUPP : 0, seen_ = (call); \
	if (seen_ != expected_) { \
		printf("# %s: %d, expected %d\n", #call, seen_, expected_); \
		works = false; \
	} \
	!seen_; \
})
	vt_caps_off(0, 0);
	vt_session_open_as(&s, vt_open(), crypto_type, 0);
	vt_clear(&clear, s.fd, SIZE);
	for (int i = 0; i < COUNT; i++) {
		struct drm_vprot_blt blt = { .size = SIZE };

		vt_model_open(&m[i], &s, SIZE, SEED + i);
		if (vt_model_submit(&m[i], &blt, 1))
			vt_fatal("a blit failed with all caps");
		vt_fill(&m[i].seed, m[i].src.map, SIZE);
	}

	vt_caps_off(off, off);
	for (int i = 0; i < COUNT; i++) {
		struct drm_vprot_blt blt = blts[i].blt;

		EXPECT(blts[i].needed, vt_model_submit(&m[i], &blt, 1));
	}
	encryption.src = m[0].dst.handle;
	encryption.dst = clear.handle;
	if (EXPECT(READ_BACK, vt_encrypt_blt(&s, &encryption))) {
		vt_ctr(s.read_back, result.iv, clear.map, SIZE);
		works &= !memcmp(clear.map, m[0].expected, SIZE);
	}
	if (EXPECT(READ_BACK_KEY, get_read_back_key(&s, key)))
		vt_unwrap(s.key, key, s.read_back);
	else
		works &= !strcmp("untouched", (char *)key);
	/* What is refused leaves a refresh, which would be the one that is finished, as it is. */
	if (EXPECT(FRESHEN, vt_start(&s, nonce)))
		vt_xor(s.key, nonce);
	else
		works &= !strcmp("untouched", (char *)nonce);
	if (EXPECT(FRESHEN, vt_finish(&s, NULL)))
		s.epoch++;

	vt_caps_off(0, 0);
	for (int i = 0; i < COUNT; i++)
		works &= vt_model_same(&m[i], 0, SIZE);
	return works && vt_key_works(&s);
#undef EXPECT
}

TEST_F(caps_off, native)
{
	EXPECT_TRUE(native_works(DRM_VPROT_CRYPTO_AES128_CTR, self->missing, variant->off));
	EXPECT_TRUE(native_works(DRM_VPROT_CRYPTO_AES128_CBCS, self->missing, variant->off));
}

/* It ranks after handles, and before what a session and its buffers say. */
TEST_F(caps_off, native_error_order)
{
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt decrypt = { .size = 16 }, encrypt = { .size = 16 };
	struct vt_buffer clear, secret;
	__u8 key[VT_KEY];
	struct vt_session s;
	int fd = vt_open();

	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	vt_clear(&clear, fd, 16);
	vt_protected(&secret, fd, 16);
	encrypt.result = (uintptr_t)&result;
	vt_caps_off(variant->off, variant->off);

	/* A handle that is not there. */
	EXPECT_EQ(-ENOENT, vt_decrypt_blt(&s, &decrypt));
	EXPECT_EQ(-ENOENT, vt_encrypt_blt(&s, &encrypt));
	/* Neither a key nor the right buffers. */
	decrypt.src = secret.handle;
	decrypt.dst = clear.handle;
	encrypt.src = clear.handle;
	encrypt.dst = secret.handle;
	EXPECT_EQ(NATIVE(DECRYPTION) ?: -EACCES, vt_decrypt_blt(&s, &decrypt));
	EXPECT_EQ(NATIVE(READ_BACK) ?: -EACCES, vt_encrypt_blt(&s, &encrypt));
	EXPECT_EQ(NATIVE(READ_BACK_KEY) ?: -ENOKEY, get_read_back_key(&s, key));
	EXPECT_EQ(NATIVE(FRESHEN) ?: -ENOKEY, vt_start(&s, key));
	EXPECT_EQ(NATIVE(FRESHEN) ?: -ENODATA, vt_finish(&s, NULL));
	/* An argument that is wrong in itself. */
	decrypt.flags = ~0u;
	encrypt.flags = ~0u;
	EXPECT_EQ(-EINVAL, vt_decrypt_blt(&s, &decrypt));
	EXPECT_EQ(-EINVAL, vt_encrypt_blt(&s, &encrypt));
	EXPECT_EQ(-EFAULT, vt_start(&s, vt_bad_page()));
	vt_caps_off(0, 0);
}

/* --- the D3D9 DDI ----------------------------------------------------------------------------- */

/* Blits that differ in what they need, and how a client encrypts for them. */
static const struct {
	__u32 needed;
	UINT encrypted;		/* the first bytes only: the blit has block info */
	bool content_key;
} blits[] = {
	{ DECRYPTION, SIZE, false },
	{ DECRYPTION | PARTIAL, 100, false },
	{ DECRYPTION | CONTENT_KEY, SIZE, true },
};

#define BLITS	ARRAY_SIZE(blits)

static __u8 iv[16] = "an IV", content_key[VT_KEY] = "the content key";
static __u8 plain[BLITS][SIZE];

static void encrypt(int i, const __u8 key[VT_KEY], __u8 *data)
{
	__u64 seed = SEED + i;

	vt_fill(&seed, plain[i], SIZE);
	memcpy(data, plain[i], SIZE);
	vt_ctr(blits[i].content_key ? content_key : key, iv, data, blits[i].encrypted);
}

TEST_F(caps_off, d3d9)
{
	__u8 wrapped[VT_KEY], key[VT_KEY] = "untouched", number[VT_KEY] = "untouched", out_iv[16];
	D3DDDIARG_GETENCRYPTIONBLTKEY get = { .pReadBackKey = key, .KeySize = VT_KEY };
	HANDLE clear, out, restricted[BLITS];
	struct vt_ddi_session s;
	struct vt_ddi ddi;
	__u8 *map;

	vt_ddi_open(&ddi, 0);
	vt_ddi_session_open(&s, &ddi);
	vt_wrap(s.key, content_key, wrapped);
	clear = vt_ddi_create_resource(&ddi, false, SIZE);
	out = vt_ddi_create_resource(&ddi, false, SIZE);
	map = vt_ddi_lock(&ddi, clear);
	for (int i = 0; i < BLITS; i++) {
		restricted[i] = vt_ddi_create_resource(&ddi, true, SIZE);
		ASSERT_TRUE(vt_ddi_key_works_in(&s, restricted[i], SIZE));
	}

	vt_caps_off(variant->off, variant->off);
	for (int i = 0; i < BLITS; i++) {
		D3DDDIENCRYPTED_BLOCK_INFO info = { blits[i].encrypted, 0, 0 };
		const D3DDDIARG_DECRYPTIONBLT blt = {
			.hCryptoSession = s.handle,
			.hSrcResource = clear,
			.hDstResource = restricted[i],
			.SrcResourceSize = SIZE,
			.pEncryptedBlockInfo = blits[i].needed & PARTIAL ? &info : NULL,
			.pContentKey = blits[i].content_key ? wrapped : NULL,
			.pIV = iv,
		};

		encrypt(i, s.key, map);
		EXPECT_EQ(DDI(blits[i].needed), ddi.funcs.pfnDecryptionBlt(ddi.device, &blt));
	}
	EXPECT_EQ(DDI(READ_BACK), vt_ddi_encrypt(&s, restricted[0], out, SIZE, out_iv));
	get.hCryptoSession = s.handle;
	EXPECT_EQ(DDI(READ_BACK_KEY), ddi.funcs.pfnGetEncryptionBltKey(ddi.device, &get));
	if (DDI(READ_BACK_KEY) == S_OK)
		vt_unwrap(s.key, key, s.read_back);
	else
		EXPECT_STREQ("untouched", (char *)key);
	EXPECT_EQ(DDI(FRESHEN), vt_ddi_start(&s, number));
	EXPECT_EQ(DDI(FRESHEN), vt_ddi_finish(&s));
	if (DDI(FRESHEN) == S_OK)
		vt_xor(s.key, number);
	else
		EXPECT_STREQ("untouched", (char *)number);

	vt_caps_off(0, 0);
	for (int i = 0; i < BLITS; i++)
		EXPECT_EQ(DDI(blits[i].needed) == S_OK,
			  vt_ddi_holds(&s, restricted[i], plain[i], SIZE));
	EXPECT_TRUE(vt_ddi_key_works(&s));
}

/* Block info that leaves nothing clear is a partial blit, too. */
TEST_F(caps_off, d3d9_whole_block_info)
{
	const GUID *types[] = { &D3DCRYPTOTYPE_AES128_CTR, &VPROT_CRYPTOTYPE_AES128_CBCS };
	D3DDDIENCRYPTED_BLOCK_INFO infos[] = { { SIZE, 0, 0 }, { 0, 0, 16 }, { 16, 0, 16 } };
	struct vt_ddi ddi;

	vt_ddi_open(&ddi, 0);
	for (int i = 0; i < ARRAY_SIZE(types); i++) {
		D3DDDIARG_DECRYPTIONBLT blt = { .SrcResourceSize = SIZE, .pIV = iv };
		struct vt_ddi_session s;

		vt_ddi_session_create_as(&s, &ddi, types[i]);
		vt_ddi_key_exchange(&s);
		blt.hCryptoSession = s.handle;
		blt.hSrcResource = vt_ddi_create_resource(&ddi, false, SIZE);
		blt.hDstResource = vt_ddi_create_resource(&ddi, true, SIZE);
		vt_caps_off(variant->off, variant->off);
		for (int j = 0; j < ARRAY_SIZE(infos); j++) {
			blt.pEncryptedBlockInfo = &infos[j];
			EXPECT_EQ(DDI(DECRYPTION | PARTIAL),
				  ddi.funcs.pfnDecryptionBlt(ddi.device, &blt));
		}
		vt_caps_off(0, 0);
	}
}

/* --- the D3D11.1 DDI -------------------------------------------------------------------------- */

TEST_F(caps_off, d3d11)
{
	__u8 wrapped[VT_KEY], key[VT_KEY] = "untouched", number[VT_KEY] = "untouched", out_iv[16];
	D3D10DDI_HRESOURCE clear, out, restricted[BLITS];
	const D3D11_1DDI_VIDEODEVICEFUNCS *f;
	struct vt_ddi11_session s;
	D3D10DDI_HDEVICE device;
	struct vt_ddi11 ddi;
	__u8 *map;

	vt_ddi11_open(&ddi, NULL, 0);
	device = ddi.device;
	f = &ddi.f;
	vt_ddi11_session_open(&s, &ddi);
	vt_wrap(s.key, content_key, wrapped);
	clear = vt_ddi11_create_resource(&ddi, false, SIZE);
	out = vt_ddi11_create_resource(&ddi, false, SIZE);
	map = vt_ddi11_map(&ddi, clear);
	for (int i = 0; i < BLITS; i++) {
		restricted[i] = vt_ddi11_create_resource(&ddi, true, SIZE);
		ASSERT_TRUE(vt_ddi11_key_works_in(&s, restricted[i], SIZE));
	}

	vt_caps_off(variant->off, variant->off);
	for (int i = 0; i < BLITS; i++) {
		const D3D11_1DDI_ENCRYPTED_BLOCK_INFO info = { blits[i].encrypted, 0, 0 };
		const UINT key_size = blits[i].content_key ? VT_KEY : 0;

		encrypt(i, s.key, map);
		EXPECT_EQ(DDI(blits[i].needed),
			  VT_REPORTED(&ddi, f->pfnDecryptionBlt
				      (device, s.handle, clear, restricted[i],
				       blits[i].needed & PARTIAL ? &info : NULL, key_size,
				       key_size ? wrapped : NULL, sizeof(iv), iv)));
	}
	EXPECT_EQ(DDI(READ_BACK), vt_ddi11_encrypt(&s, restricted[0], out, out_iv));
	EXPECT_EQ(DDI(READ_BACK_KEY),
		  VT_REPORTED(&ddi, f->pfnGetEncryptionBltKey(device, s.handle, VT_KEY, key)));
	if (DDI(READ_BACK_KEY) == S_OK)
		vt_unwrap(s.key, key, s.read_back);
	else
		EXPECT_STREQ("untouched", (char *)key);
	EXPECT_EQ(DDI(FRESHEN), VT_REPORTED(&ddi, f->pfnStartSessionKeyRefresh
					    (device, s.handle, VT_KEY, number)));
	EXPECT_EQ(DDI(FRESHEN), VT_REPORTED(&ddi, f->pfnFinishSessionKeyRefresh(device, s.handle)));
	if (DDI(FRESHEN) == S_OK)
		vt_xor(s.key, number);
	else
		EXPECT_STREQ("untouched", (char *)number);

	vt_caps_off(0, 0);
	for (int i = 0; i < BLITS; i++)
		EXPECT_EQ(DDI(blits[i].needed) == S_OK,
			  vt_ddi11_holds(&s, restricted[i], plain[i], SIZE));
	EXPECT_TRUE(vt_ddi11_key_works(&s));
}

/* A decoder's buffers are decrypted by decryption blits. A clear one is a subsample. */
TEST_F(caps_off, d3d11_decoder)
{
	enum { WHOLE, SUBSAMPLES, KEY, CLEAR, COUNT };
	static const __u32 needed[] = {
		[WHOLE] = DECRYPTION,
		[SUBSAMPLES] = DECRYPTION | PARTIAL,
		[KEY] = DECRYPTION | CONTENT_KEY,
		[CLEAR] = DECRYPTION | PARTIAL,
	};
	D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK map = { 100, SIZE - 100 };
	const D3D11_1DDI_HDECODE decoder = { vt_ddi11_private() };
	__u8 wrapped[VT_KEY], session_key[VT_KEY] = { 0 };
	D3D10DDI_HRESOURCE clear, restricted;
	struct vt_ddi11_session s;
	struct vt_ddi11 ddi;

	vt_ddi11_open(&ddi, NULL, 0);
	vt_ddi11_session_open(&s, &ddi);
	vt_wrap(s.key, content_key, wrapped);
	clear = vt_ddi11_create_resource(&ddi, false, SIZE);
	restricted = vt_ddi11_create_resource(&ddi, true, SIZE);
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_decoder(ddi.device, decoder));

	vt_caps_off(variant->off, variant->off);
	for (int i = 0; i < COUNT; i++) {
		const D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION frame = {
			.hCryptoSession = s.handle,
			.pBlob = i == KEY ? wrapped : session_key,
			.BlobSize = VT_KEY,
		};
		const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 desc = {
			.hResource = clear,
			.BufferType = D3D11_1DDI_VIDEO_DECODER_BUFFER_BITSTREAM,
			.DataSize = SIZE,
			.pIV = i == CLEAR ? NULL : iv,
			.IVSize = i == CLEAR ? 0 : sizeof(iv),
			.pSubSampleMappingBlock = i == SUBSAMPLES ? &map : NULL,
			.SubSampleMappingCount = i == SUBSAMPLES,
		};

		ASSERT_EQ(S_OK, vprot_d3d11ddi_begin_frame(ddi.device, decoder, restricted,
							   &frame));
		EXPECT_EQ(DDI(needed[i]),
			  ddi.f2.pfnVideoDecoderSubmitBuffers1(ddi.device, decoder, 1, &desc));
	}
	vt_caps_off(0, 0);
}

TEST_HARNESS_MAIN
