// SPDX-License-Identifier: MIT
/*
 * Decoders.
 */
#include <stdlib.h>

#include "layer11.h"

/*
 * ID3D11VideoContext: decoders
 */

HRESULT video_device_create_video_decoder(struct video_device *device, UINT bitstream_size,
					  struct video_decoder **out)
{
	struct video_decoder *decoder = calloc(1, sizeof(*decoder));
	HRESULT result;

	if (!decoder)
		return E_OUTOFMEMORY;
	decoder->device = device;
	decoder->handle.pDrvPrivate = decoder->memory;
	result = device_create_texture(device, false, DXGI_FORMAT_UNKNOWN, bitstream_size, 1,
				       &decoder->bitstream);
	if (result == S_OK)
		result = api_result(vprot_d3d11ddi_create_decoder(device->handle, decoder->handle));
	if (result == S_OK) {
		*out = decoder;
		return S_OK;
	}
	if (decoder->bitstream)
		texture_release(decoder->bitstream);
	free(decoder);
	return result;
}

void video_decoder_release(struct video_decoder *decoder)
{
	vprot_d3d11ddi_destroy_decoder(decoder->device->handle, decoder->handle);
	texture_release(decoder->bitstream);
	free(decoder);
}

HRESULT video_context_get_decoder_buffer(struct video_decoder *decoder, void **buffer)
{
	return context_map(decoder->bitstream, buffer, NULL);
}

/* guide: decoder */
HRESULT video_context_decoder_begin_frame(struct video_decoder *decoder, struct texture *view,
					  UINT content_key_size, const void *content_key)
{
	const struct begin_frame_crypto_session *frame = content_key;
	D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION ddi;

	/* With D3D11_DECODER_ENCRYPTION_HW_CENC the content key is one of these. */
	if (!frame || content_key_size != sizeof(*frame))
		return E_INVALIDARG;
	ddi = (D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION) {
		.hCryptoSession = frame->session->handle,
		.pBlob = frame->blob,
		.BlobSize = frame->blob_size,
		.pKeyInfoId = frame->key_info_id,
		.pPrivateData = frame->private_data,
		.PrivateDataSize = frame->private_data_size,
	};
	return api_result(vprot_d3d11ddi_begin_frame(decoder->device->handle, decoder->handle,
						     view->handle, &ddi));
}

HRESULT video_context1_submit_decoder_buffers1(struct video_decoder *decoder, UINT count,
					       const struct video_decoder_buffer_desc1 *descs)
{
	D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 ddi[16];
	UINT i;

	if (count > sizeof(ddi) / sizeof(ddi[0]))
		return E_INVALIDARG;
	for (i = 0; i < count; i++)
		ddi[i] = (D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1) {
			/* A real layer has a resource for each type of buffer. */
			.hResource = decoder->bitstream->handle,
			.BufferType = (D3D11_1DDI_VIDEO_DECODER_BUFFER_TYPE)
				      (descs[i].buffer_type + 1),
			.DataOffset = descs[i].data_offset,
			.DataSize = descs[i].data_size,
			.pIV = descs[i].iv,
			.IVSize = descs[i].iv_size,
			.pSubSampleMappingBlock = descs[i].sub_sample_mapping_block,
			.SubSampleMappingCount = descs[i].sub_sample_mapping_count,
		};
	return api_result(decoder->device->f2.pfnVideoDecoderSubmitBuffers1(decoder->device->handle,
									    decoder->handle, count,
									    ddi));
}
/* guide: end */
