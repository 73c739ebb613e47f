// SPDX-License-Identifier: GPL-2.0
/*
 * Decoder buffers of the D3D11.1 DDI: what arrives in the protected resource, against OpenSSL, and
 * what is refused.
 */
#include <vprot_d3d11ddi.h>

#include "kselftest_harness.h"
#include "ddi11.h"

#define SIZE	1000
#define COUNT	3	/* buffers */

typedef D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK block;
typedef D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 buffer_desc;
typedef D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION frame_session;

FIXTURE(decoder) {
	struct vt_ddi11 ddi;
	struct vt_ddi11_session s;
	D3D11_1DDI_HDECODE decoder;
	D3D10DDI_HRESOURCE restricted, clear[COUNT];
	__u8 *map[COUNT], plain[COUNT * SIZE], content_key[VT_KEY], wrapped[VT_KEY], iv[16];
	frame_session frame;
	__u64 seed;
};

FIXTURE_SETUP(decoder)
{
	vt_ddi11_open(&self->ddi, NULL, 0);
	vt_ddi11_session_open(&self->s, &self->ddi);
	self->decoder.pDrvPrivate = vt_ddi11_private();
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_decoder(self->ddi.device, self->decoder));
	self->restricted = vt_ddi11_create_resource(&self->ddi, true, COUNT * SIZE);
	for (int i = 0; i < COUNT; i++) {
		self->clear[i] = vt_ddi11_create_resource(&self->ddi, false, SIZE);
		self->map[i] = vt_ddi11_map(&self->ddi, self->clear[i]);
	}
	self->seed = 21;
	vt_fill(&self->seed, self->plain, sizeof(self->plain));
	vt_fill(&self->seed, self->content_key, VT_KEY);
	vt_fill(&self->seed, self->iv, sizeof(self->iv));
	vt_wrap(self->s.key, self->content_key, self->wrapped);
	self->frame = (frame_session) {
		.hCryptoSession = self->s.handle,
		.pBlob = self->wrapped,
		.BlobSize = VT_KEY,
	};
}

FIXTURE_TEARDOWN(decoder)
{
	EXPECT_EQ(0, self->ddi.errors);
}

#define BEGIN(frame) \
	vprot_d3d11ddi_begin_frame(self->ddi.device, self->decoder, self->restricted, frame)
#define SUBMIT(count, descs) \
	self->ddi.f2.pfnVideoDecoderSubmitBuffers1(self->ddi.device, self->decoder, count, descs)
#define HOLDS_PLAIN() \
	vt_ddi11_holds(&self->s, self->restricted, self->plain, COUNT * SIZE)

/* A buffer full of encrypted bytes. */
static buffer_desc bitstream(D3D10DDI_HRESOURCE resource, __u8 iv[16])
{
	return (buffer_desc) {
		.hResource = resource,
		.BufferType = D3D11_1DDI_VIDEO_DECODER_BUFFER_BITSTREAM,
		.DataSize = SIZE,
		.pIV = iv,
		.IVSize = 16,
	};
}

/* --- what arrives ----------------------------------------------------------------------------- */

/* Bitstreams follow each other, be they of one call or of several; other buffers are nothing. */
TEST_F(decoder, frame)
{
	buffer_desc descs[COUNT + 2];
	__u8 ivs[COUNT][16];

	for (int i = 0; i < COUNT; i++) {
		vt_fill(&self->seed, ivs[i], 16);
		memcpy(self->map[i], self->plain + i * SIZE, SIZE);
		vt_ctr(self->content_key, ivs[i], self->map[i], SIZE);
	}
	descs[0] = (buffer_desc) {
		.BufferType = D3D11_1DDI_VIDEO_DECODER_BUFFER_PICTURE_PARAMETERS,
		.DataSize = 64,
	};
	descs[1] = bitstream(self->clear[0], ivs[0]);
	descs[2] = (buffer_desc) {
		.BufferType = D3D11_1DDI_VIDEO_DECODER_BUFFER_SLICE_CONTROL,
		.DataSize = 64,
	};
	descs[3] = bitstream(self->clear[1], ivs[1]);
	descs[4] = bitstream(self->clear[2], ivs[2]);

	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	ASSERT_EQ(S_OK, SUBMIT(4, descs));
	ASSERT_EQ(S_OK, SUBMIT(1, &descs[4]));
	EXPECT_TRUE(HOLDS_PLAIN());
	/* There is no room for more, but for nothing. */
	EXPECT_EQ(E_INVALIDARG, SUBMIT(1, &descs[4]));
	EXPECT_EQ(S_OK, SUBMIT(0, NULL));
	descs[4].DataSize = 0;
	EXPECT_EQ(S_OK, SUBMIT(1, &descs[4]));
	/* The next frame begins at the beginning. */
	descs[4].DataSize = SIZE;
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	ASSERT_EQ(S_OK, SUBMIT(1, &descs[4]));
	memcpy(self->plain, self->plain + 2 * SIZE, SIZE);
	EXPECT_TRUE(HOLDS_PLAIN());
}

/* The subsamples of common encryption: the key stream runs over encrypted bytes only. */
TEST_F(decoder, subsamples)
{
	static const block maps[][4] = {
		{ { 100, 400 }, { 0, 16 }, { 17, 1 }, { 3, SIZE - 537 } },
		{ { SIZE, 0 } },
		{ { 0, SIZE } },
		{ { 0, 1 }, { SIZE - 1, 0 } },
	};
	static const UINT counts[] = { 4, 1, 1, 2 };

	for (int i = 0; i < ARRAY_SIZE(maps); i++) {
		__u8 stream[SIZE] = { 0 };
		UINT at = 0, used = 0;
		buffer_desc desc;

		vt_fill(&self->seed, self->iv, 16);
		vt_ctr(self->content_key, self->iv, stream, SIZE);
		vt_fill(&self->seed, self->plain, SIZE);
		memcpy(self->map[0], self->plain, SIZE);
		for (UINT j = 0; j < counts[i]; j++) {
			at += maps[i][j].ClearSize;
			for (UINT k = 0; k < maps[i][j].EncryptedSize; k++)
				self->map[0][at++] ^= stream[used++];
		}
		ASSERT_EQ(SIZE, at);
		desc = bitstream(self->clear[0], self->iv);
		desc.pSubSampleMappingBlock = (block *)maps[i];
		desc.SubSampleMappingCount = counts[i];
		ASSERT_EQ(S_OK, BEGIN(&self->frame));
		ASSERT_EQ(S_OK, SUBMIT(1, &desc));
		memset(self->plain + SIZE, 0, (COUNT - 1) * SIZE);
		EXPECT_TRUE(HOLDS_PLAIN()) TH_LOG("map %d", i);
	}
}

/* An IV of 8 bytes, as packagers write them, is the upper half of the counter block. */
TEST_F(decoder, short_iv)
{
	buffer_desc desc = bitstream(self->clear[0], self->iv);

	memset(self->iv + 8, 0, 8);
	memcpy(self->map[0], self->plain, SIZE);
	vt_ctr(self->content_key, self->iv, self->map[0], SIZE);
	memset(self->iv + 8, 0xa5, 8);
	desc.IVSize = 8;
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	ASSERT_EQ(S_OK, SUBMIT(1, &desc));
	memset(self->plain + SIZE, 0, (COUNT - 1) * SIZE);
	EXPECT_TRUE(HOLDS_PLAIN());
}

/* A blob of zeros is the session key, no blob is a clear frame. */
TEST_F(decoder, keys)
{
	static __u8 zero[VT_KEY];
	buffer_desc desc = bitstream(self->clear[0], self->iv);

	memset(self->plain + SIZE, 0, (COUNT - 1) * SIZE);
	memcpy(self->map[0], self->plain, SIZE);
	vt_ctr(self->s.key, self->iv, self->map[0], SIZE);
	self->frame.pBlob = zero;
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	ASSERT_EQ(S_OK, SUBMIT(1, &desc));
	EXPECT_TRUE(HOLDS_PLAIN());

	vt_fill(&self->seed, self->plain, SIZE);
	memcpy(self->map[0], self->plain, SIZE);
	self->frame.pBlob = NULL;
	self->frame.BlobSize = 0;
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	EXPECT_EQ(E_INVALIDARG, SUBMIT(1, &desc));
	desc.pIV = NULL;
	desc.IVSize = 0;
	ASSERT_EQ(S_OK, SUBMIT(1, &desc));
	EXPECT_TRUE(HOLDS_PLAIN());

	/* A clear buffer of an encrypted frame. */
	vt_fill(&self->seed, self->plain, SIZE);
	memcpy(self->map[0], self->plain, SIZE);
	self->frame.pBlob = self->wrapped;
	self->frame.BlobSize = VT_KEY;
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	ASSERT_EQ(S_OK, SUBMIT(1, &desc));
	EXPECT_TRUE(HOLDS_PLAIN());
}

/* --- what is refused -------------------------------------------------------------------------- */

TEST_F(decoder, begin_refused)
{
	const D3D10DDI_HRESOURCE none = { NULL };
	frame_session bad;
	GUID id = { 0 };

#define BAD(result, member, value) do { \
		bad = self->frame; \
		bad.member = value; \
		EXPECT_EQ(result, BEGIN(&bad)); \
	} while (0)
	EXPECT_EQ(E_INVALIDARG, BEGIN(NULL));
	BAD(E_INVALIDARG, pBlob, NULL);
	BAD(E_INVALIDARG, BlobSize, 0);
	BAD(E_INVALIDARG, BlobSize, 15);
	BAD(E_INVALIDARG, BlobSize, 17);
	BAD(E_INVALIDARG, pKeyInfoId, &id);
	BAD(E_INVALIDARG, pPrivateData, &id);
	BAD(E_INVALIDARG, PrivateDataSize, 1);
	BAD(D3DDDIERR_INVALIDHANDLE, hCryptoSession.pDrvPrivate, NULL);
	BAD(D3DDDIERR_INVALIDHANDLE, hCryptoSession.pDrvPrivate, self->restricted.pDrvPrivate);
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  vprot_d3d11ddi_begin_frame(self->ddi.device, self->decoder, none, &self->frame));
	/* No frame has begun. */
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, SUBMIT(0, NULL));
#undef BAD
}

TEST_F(decoder, submit_refused)
{
	block wrong[] = { { 10, SIZE - 11 } }, right[] = { { 10, SIZE - 10 } };
	const buffer_desc good = bitstream(self->clear[0], self->iv);
	buffer_desc bad[2];

	memset(self->plain + SIZE, 0, (COUNT - 1) * SIZE);
	memcpy(self->map[0], self->plain, SIZE);
	vt_ctr(self->content_key, self->iv, self->map[0], SIZE);
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	ASSERT_EQ(S_OK, SUBMIT(1, &good));
	memset(self->map[0], 0xa5, SIZE);

	EXPECT_EQ(E_INVALIDARG, SUBMIT(1, NULL));
	/* Behind a good one: none of the two is decrypted. */
	bad[0] = good;
#define BAD(result, member, value) do { \
		bad[1] = good; \
		bad[1].member = value; \
		EXPECT_EQ(result, SUBMIT(2, bad)); \
	} while (0)
	BAD(E_INVALIDARG, BufferType, D3D11_1DDI_VIDEO_DECODER_BUFFER_UNKNOWN);
	BAD(E_INVALIDARG, BufferType, 10);
	BAD(E_INVALIDARG, BufferType, -1);
	/* Encrypted, but for nobody. */
	BAD(E_INVALIDARG, BufferType, D3D11_1DDI_VIDEO_DECODER_BUFFER_SLICE_CONTROL);
	BAD(E_INVALIDARG, DataOffset, 1);
	BAD(E_INVALIDARG, DataSize, SIZE + 1);
	BAD(E_INVALIDARG, DataSize, 0xffffffff);
	BAD(E_INVALIDARG, pIV, NULL);
	BAD(E_INVALIDARG, IVSize, 0);
	BAD(E_INVALIDARG, IVSize, 7);
	BAD(E_INVALIDARG, IVSize, 17);
	BAD(E_INVALIDARG, pSubSampleMappingBlock, right);	/* of no element */
	BAD(E_INVALIDARG, SubSampleMappingCount, 1);		/* at NULL */
	BAD(D3DDDIERR_INVALIDHANDLE, hResource.pDrvPrivate, NULL);
	BAD(D3DDDIERR_INVALIDHANDLE, hResource.pDrvPrivate, self->s.handle.pDrvPrivate);
	BAD(E_ACCESSDENIED, hResource, vt_ddi11_create_resource(&self->ddi, true, SIZE));
	bad[1] = good;
	bad[1].pSubSampleMappingBlock = wrong;
	bad[1].SubSampleMappingCount = 1;
	EXPECT_EQ(E_INVALIDARG, SUBMIT(2, bad));
	bad[1].pSubSampleMappingBlock = right;
	bad[1].pIV = NULL;
	bad[1].IVSize = 0;
	EXPECT_EQ(E_INVALIDARG, SUBMIT(2, bad));
#undef BAD
	EXPECT_TRUE(HOLDS_PLAIN());
}

/* What the frame needs may be gone when the buffers come. */
TEST_F(decoder, gone)
{
	buffer_desc desc = bitstream(self->clear[0], self->iv);
	struct vt_ddi11_session other;

	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	ASSERT_EQ(S_OK, SUBMIT(1, &desc));
	/* The resource belongs to another session. */
	vt_ddi11_session_open(&other, &self->ddi);
	self->frame.hCryptoSession = other.handle;
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	EXPECT_EQ(E_ACCESSDENIED, SUBMIT(1, &desc));
	/* It has no key. */
	vt_ddi11_session_create(&other, &self->ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP);
	self->frame.hCryptoSession = other.handle;
	self->restricted = vt_ddi11_create_resource(&self->ddi, true, SIZE);
	ASSERT_EQ(S_OK, BEGIN(&self->frame));
	EXPECT_EQ(D3DDDIERR_INVALIDCALL, SUBMIT(1, &desc));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_destroy_resource(self->ddi.device, self->restricted));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, SUBMIT(1, &desc));
}

TEST_F(decoder, handle)
{
	const PFND3D11_1DDI_VIDEODECODERGETHANDLE get = self->ddi.f.pfnVideoDecoderGetHandle;
	D3D11_1DDI_HDECODE other = { vt_ddi11_private() }, none = { NULL };
	HANDLE first = NULL, second = NULL;

	ASSERT_EQ(S_OK, get(self->ddi.device, self->decoder, &first));
	EXPECT_NE(NULL, first);
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, get(self->ddi.device, other, &second));
	EXPECT_EQ(NULL, second);
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_create_decoder(self->ddi.device, none));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_create_decoder(self->ddi.device, other));
	ASSERT_EQ(S_OK, get(self->ddi.device, other, &second));
	EXPECT_NE(first, second);
	EXPECT_EQ(E_INVALIDARG, get(self->ddi.device, other, NULL));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_destroy_decoder(self->ddi.device, other));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  vprot_d3d11ddi_destroy_decoder(self->ddi.device, other));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE, get(self->ddi.device, other, &second));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  self->ddi.f2.pfnVideoDecoderSubmitBuffers1(self->ddi.device, other, 0, NULL));
	EXPECT_EQ(D3DDDIERR_INVALIDHANDLE,
		  vprot_d3d11ddi_begin_frame(self->ddi.device, other, self->restricted,
					     &self->frame));
}

TEST_HARNESS_MAIN
