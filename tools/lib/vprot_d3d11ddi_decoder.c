// SPDX-License-Identifier: MIT
/*
 * Decoders of the D3D11.1 DDI: the buffers of a frame are decrypted, and that is all.
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <vprot_drm.h>

#include "vprot_d3d11ddi_priv.h"

typedef D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK mapping_block;

/* The driver's subsamples are the same. */
static_assert(sizeof(mapping_block) == sizeof(struct drm_vprot_subsample), "size");
static_assert(offsetof(mapping_block, EncryptedSize) ==
	      offsetof(struct drm_vprot_subsample, encrypted), "offset");

/* The frame of a decoder. */
struct decoder {
	/* Protects the others, and the order of the buffers. */
	pthread_mutex_t lock;
	HANDLE session;
	HANDLE resource;
	/* Bytes of the resource that the frame has already. */
	uint64_t filled;
	/* Nothing of it is encrypted. */
	bool clear;
	/* It has a content key. */
	bool wrapped;
	uint8_t content_key[VPROT_KEY_SIZE];
};

static struct ddi_object *get_decoder(const struct ddi_object *device, D3D11_1DDI_HDECODE hDecode)
{
	return ddi_get(DDI_DECODER, ddi11_handle(hDecode.pDrvPrivate), ddi11_device(device));
}

static HRESULT create_decoder(HANDLE device, void *pDrvPrivate)
{
	struct decoder *decoder;
	struct ddi_object *object;

	if (!pDrvPrivate)
		return E_INVALIDARG;
	object = ddi_new(DDI_DECODER, device);
	decoder = calloc(1, sizeof(*decoder));
	if (!object || !decoder) {
		free(decoder);
		ddi_free(object);
		return E_OUTOFMEMORY;
	}
	pthread_mutex_init(&decoder->lock, NULL);
	object->data = decoder;
	ddi11_set_handle(pDrvPrivate, ddi_add(object));
	return S_OK;
}

HRESULT vprot_d3d11ddi_create_decoder(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode)
{
	struct ddi_object *device = ddi11_get(hDevice), *device9;
	HRESULT result = D3DDDIERR_INVALIDHANDLE;

	/* Whoever adds to a device holds it. */
	device9 = ddi_get(DDI_DEVICE, ddi11_device(device), NULL);
	if (device9)
		result = create_decoder(ddi11_device(device), hDecode.pDrvPrivate);
	ddi_put(device9);
	return ddi11_put(device, result);
}

HRESULT vprot_d3d11ddi_destroy_decoder(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, ddi_close(DDI_DECODER, ddi11_handle(hDecode.pDrvPrivate),
					   ddi11_device(device)));
}

HRESULT ddi11_get_decoder_handle(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode,
				 HANDLE *pContentProtectionHandle)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_object *decoder = get_decoder(device, hDecode);
	HRESULT result = S_OK;

	if (!decoder)
		result = D3DDDIERR_INVALIDHANDLE;
	else if (!pContentProtectionHandle)
		result = E_INVALIDARG;
	else
		*pContentProtectionHandle = ddi11_handle(hDecode.pDrvPrivate);
	ddi_put(decoder);
	return ddi11_put(device, result);
}

/*
 * Frames
 */

typedef D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION frame_session;

static HRESULT begin_frame(struct decoder *decoder, HANDLE device, D3D10DDI_HRESOURCE hResource,
			   const frame_session *frame)
{
	static const uint8_t zero[VPROT_KEY_SIZE];
	struct ddi_object *session, *resource;
	bool found;

	if (!frame || frame->BlobSize != (frame->pBlob ? VPROT_KEY_SIZE : 0) || frame->pKeyInfoId ||
	    frame->pPrivateData || frame->PrivateDataSize)
		return E_INVALIDARG;
	session = ddi_get(DDI_SESSION, ddi11_handle(frame->hCryptoSession.pDrvPrivate), device);
	resource = ddi_get(DDI_RESOURCE, ddi11_handle(hResource.pDrvPrivate), device);
	found = session && resource;
	ddi_put(resource);
	ddi_put(session);
	if (!found)
		return D3DDDIERR_INVALIDHANDLE;

	pthread_mutex_lock(&decoder->lock);
	decoder->session = ddi11_handle(frame->hCryptoSession.pDrvPrivate);
	decoder->resource = ddi11_handle(hResource.pDrvPrivate);
	decoder->filled = 0;
	decoder->clear = !frame->pBlob;
	decoder->wrapped = frame->pBlob && memcmp(frame->pBlob, zero, sizeof(zero));
	if (frame->pBlob)
		memcpy(decoder->content_key, frame->pBlob, sizeof(decoder->content_key));
	pthread_mutex_unlock(&decoder->lock);
	return S_OK;
}

HRESULT vprot_d3d11ddi_begin_frame(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode,
				   D3D10DDI_HRESOURCE hResource, const frame_session *pSession)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_object *decoder = get_decoder(device, hDecode);
	HRESULT result = D3DDDIERR_INVALIDHANDLE;

	if (decoder)
		result = begin_frame(decoder->data, ddi11_device(device), hResource, pSession);
	ddi_put(decoder);
	return ddi11_put(device, result);
}

/*
 * Buffers
 */

/* What a call works with. */
struct submission {
	HANDLE device;
	struct decoder *decoder;
	struct ddi_object *session;
	struct ddi_object *dst;
	/* Of each bitstream: its resource, its blit, and the one subsample of a clear one. */
	struct ddi_object **srcs;
	struct vprot_blit *blits;
	struct drm_vprot_subsample *clear;
	UINT count;
	uint64_t filled;
};

/* Which bytes of a bitstream are encrypted, and from which counter block. */
static int add_encryption(const struct submission *s, struct vprot_blit *blit,
			  const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 *desc)
{
	if (!desc->pIV) {
		if (desc->IVSize || desc->pSubSampleMappingBlock || desc->SubSampleMappingCount)
			return -EINVAL;
		s->clear[s->count].clear = desc->DataSize;
		blit->subsamples = &s->clear[s->count];
		blit->num_subsamples = 1;
		return 0;
	}

	if (s->decoder->clear || (desc->IVSize != sizeof(blit->iv) && desc->IVSize != 8) ||
	    !desc->pSubSampleMappingBlock != !desc->SubSampleMappingCount)
		return -EINVAL;
	memcpy(blit->iv, desc->pIV, desc->IVSize);
	blit->subsamples = (const struct drm_vprot_subsample *)desc->pSubSampleMappingBlock;
	blit->num_subsamples = desc->SubSampleMappingCount;
	blit->content_key = s->decoder->wrapped ? s->decoder->content_key : NULL;
	return 0;
}

static int add_buffer(struct submission *s, const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 *desc)
{
	struct vprot_blit *blit = &s->blits[s->count];
	struct ddi_object *src;
	int ret;

	if (desc->BufferType <= D3D11_1DDI_VIDEO_DECODER_BUFFER_UNKNOWN ||
	    desc->BufferType > D3D11_1DDI_VIDEO_DECODER_BUFFER_FILM_GRAIN || desc->DataOffset)
		return -EINVAL;
	/* Nobody reads the others. */
	if (desc->BufferType != D3D11_1DDI_VIDEO_DECODER_BUFFER_BITSTREAM)
		return desc->pIV ? -EINVAL : 0;

	src = ddi_get(DDI_RESOURCE, ddi11_handle(desc->hResource.pDrvPrivate), s->device);
	s->srcs[s->count] = src;
	if (!src)
		return -ENOENT;
	if (desc->DataSize > src->size || desc->DataSize > s->dst->size * s->dst->count - s->filled)
		return -EINVAL;
	ret = add_encryption(s, blit, desc);
	if (ret)
		return ret;

	blit->src = src->buffer;
	blit->dst = s->dst->buffer;
	blit->dst_offset = s->filled;
	blit->size = desc->DataSize;
	s->filled += desc->DataSize;
	s->count++;
	return 0;
}

static int submit(struct submission *s, UINT count,
		  const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 *descs)
{
	int ret = 0;
	UINT i;

	s->srcs = calloc(count, sizeof(*s->srcs));
	s->blits = calloc(count, sizeof(*s->blits));
	s->clear = calloc(count, sizeof(*s->clear));
	if (count && (!s->srcs || !s->blits || !s->clear))
		return -ENOMEM;

	s->filled = s->decoder->filled;
	for (i = 0; !ret && i < count; i++)
		ret = add_buffer(s, &descs[i]);
	ret = ret ?: vprot_session_decryption_blt(s->session->session, s->blits, s->count);
	if (!ret)
		s->decoder->filled = s->filled;
	for (i = 0; i < count; i++)
		ddi_put(s->srcs[i]);
	return ret;
}

static int submit_buffers(struct decoder *decoder, HANDLE device, UINT count,
			  const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 *descs)
{
	struct submission s = { .device = device, .decoder = decoder };
	int ret;

	if (count && !descs)
		return -EINVAL;

	pthread_mutex_lock(&decoder->lock);
	s.session = ddi_get(DDI_SESSION, decoder->session, device);
	s.dst = ddi_get(DDI_RESOURCE, decoder->resource, device);
	if (!decoder->session)
		ret = -ENODATA;
	else
		ret = s.session && s.dst ? submit(&s, count, descs) : -ENOENT;
	pthread_mutex_unlock(&decoder->lock);
	free(s.clear);
	free(s.blits);
	free(s.srcs);
	ddi_put(s.dst);
	ddi_put(s.session);
	return ret;
}

HRESULT ddi11_submit_buffers(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode, UINT BufferCount,
			     const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 *pBufferDesc)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_object *decoder = get_decoder(device, hDecode);
	int ret = -ENOENT;

	if (decoder)
		ret = submit_buffers(decoder->data, ddi11_device(device), BufferCount, pBufferDesc);
	ddi_put(decoder);
	return ddi11_put(device, ddi_result(ret));
}
