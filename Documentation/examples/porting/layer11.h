/* SPDX-License-Identifier: MIT */
/*
 * A translation layer in miniature: what ID3D11VideoDevice, ID3D11VideoContext and their neighbours
 * do about content protection, backed by vprot_d3d11ddi.h. A function has the name of its method.
 *
 * What has a D3D11_ or DXGI_ name in the API and none in the DDI is written down here, where a real
 * layer includes d3d11.h.
 */
#ifndef LAYER11_H
#define LAYER11_H

#include <stdbool.h>
#include <stdint.h>
#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>

#define DXGI_ERROR_INVALID_CALL			((HRESULT)0x887A0001)
#define DXGI_ERROR_UNSUPPORTED			((HRESULT)0x887A0004)
#define DXGI_ERROR_DEVICE_REMOVED		((HRESULT)0x887A0005)
#define DXGI_ERROR_HW_PROTECTION_OUTOFMEMORY	((HRESULT)0x887A0030)

/* Memory of the layer's that becomes an object of the driver. */
typedef uint64_t driver_memory[VPROT_D3D11DDI_PRIVATE_SIZE / sizeof(uint64_t)];

/* ID3D11VideoDevice, ID3D11VideoContext, and those with a number behind them */
struct video_device {
	HANDLE adapter;
	D3D10DDI_HDEVICE handle;
	driver_memory memory;
	D3D11_1DDI_VIDEODEVICEFUNCS f;
	D3DWDDM2_0DDI_VIDEODEVICEFUNCS f2;
	struct vprot_device *native;
	HRESULT removed_reason;
};

/* ID3D11Texture2D */
struct texture {
	struct video_device *device;
	D3D10DDI_HRESOURCE handle;
	driver_memory memory;
};

/* ID3D11CryptoSession */
struct crypto_session {
	struct video_device *device;
	GUID crypto_type, decoder_profile, key_exchange_type;
	D3D11_1DDI_HCRYPTOSESSION handle;
	uint64_t memory[];
};

/* ID3D11AuthenticatedChannel */
struct authenticated_channel {
	struct video_device *device;
	D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE type;
	HANDLE number;
	D3D11_1DDI_HAUTHCHANNEL handle;
	uint64_t memory[];
};

/* ID3D11VideoDecoder */
struct video_decoder {
	struct video_device *device;
	D3D11_1DDI_HDECODE handle;
	driver_memory memory;
	struct texture *bitstream;
};

/*
 * What the layer's files share
 */

/* guide: errors */
/* What a function without a return value has to say. It says so in the thread that called it. */
#define REPORTED(call)	(reported = S_OK, (call), reported)

extern _Thread_local HRESULT reported;
/* guide: end */

/* The API's result for one of the DDI, and for one of a function that takes a session. */
HRESULT api_result(HRESULT result);
HRESULT session_result(struct crypto_session *session, HRESULT result);
/* Methods without a return value have the debug layer only to tell it to. */
void tell(const char *method, HRESULT result);

HRESULT get_certificate_size(struct video_device *device, const D3D11_1DDI_CERTIFICATE_INFO *info,
			     UINT *size);
HRESULT get_certificate(struct video_device *device, const D3D11_1DDI_CERTIFICATE_INFO *info,
			UINT size, BYTE *certificate);

/*
 * Devices and textures
 */

HRESULT create_device(struct video_device **out);
void device_release(struct video_device *device);
HRESULT device_create_texture(struct video_device *device, bool restricted, DXGI_FORMAT format,
			      UINT width, UINT height, struct texture **out);
void texture_release(struct texture *texture);
HRESULT context_map(struct texture *texture, void **data, UINT *row_pitch);
HRESULT video_device_get_content_protection_caps(struct video_device *device,
						 const GUID *crypto_type,
						 const GUID *decoder_profile,
						 D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS *caps);
HRESULT video_device_check_crypto_key_exchange(struct video_device *device, const GUID *crypto_type,
					       const GUID *decoder_profile, UINT index,
					       GUID *key_exchange_type);
HRESULT video_context1_check_crypto_session_status(struct crypto_session *session,
						   D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS *status);
HRESULT video_device_wait_for_teardown(struct video_device *device);

/*
 * Sessions
 */

HRESULT video_device_create_crypto_session(struct video_device *device, const GUID *crypto_type,
					   const GUID *decoder_profile,
					   const GUID *key_exchange_type,
					   struct crypto_session **out);
void crypto_session_release(struct crypto_session *session);
HRESULT crypto_session_get_certificate_size(struct crypto_session *session, UINT *size);
HRESULT crypto_session_get_certificate(struct crypto_session *session, UINT size,
				       BYTE *certificate);
void crypto_session_get_crypto_session_handle(struct crypto_session *session, HANDLE *handle);
HRESULT video_context_negotiate_crypto_session_key_exchange(struct crypto_session *session,
							    UINT data_size, void *data);
void video_context_encryption_blt(struct crypto_session *session, struct texture *src,
				  struct texture *dst, UINT iv_size, void *iv);
void video_context_decryption_blt(struct crypto_session *session, struct texture *src,
				  struct texture *dst,
				  const D3D11_1DDI_ENCRYPTED_BLOCK_INFO *block_info,
				  UINT content_key_size, const void *content_key, UINT iv_size,
				  void *iv);
void video_context_start_session_key_refresh(struct crypto_session *session,
					     UINT random_number_size, void *random_number);
void video_context_finish_session_key_refresh(struct crypto_session *session);
HRESULT video_context_get_encryption_blt_key(struct crypto_session *session, UINT key_size,
					     void *read_back_key);

/*
 * Channels
 */

HRESULT video_device_create_authenticated_channel(struct video_device *device,
						  D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE type,
						  struct authenticated_channel **out);
void authenticated_channel_get_channel_handle(struct authenticated_channel *channel,
					      HANDLE *handle);
HRESULT video_context_query_authenticated_channel(struct authenticated_channel *channel,
						  UINT input_size, const void *input,
						  UINT output_size, void *output);
HRESULT
video_context_configure_authenticated_channel(struct authenticated_channel *channel,
					      UINT input_size, const void *input,
					      D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT *output);
HRESULT authenticated_channel_get_certificate_size(struct authenticated_channel *channel,
						   UINT *size);
HRESULT authenticated_channel_get_certificate(struct authenticated_channel *channel, UINT size,
					      BYTE *certificate);
HRESULT
video_context_negotiate_authenticated_channel_key_exchange(struct authenticated_channel *channel,
							   UINT data_size, void *data);
void authenticated_channel_release(struct authenticated_channel *channel);

/*
 * Decoders
 */

/* D3D11_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION, in the API's order */
struct begin_frame_crypto_session {
	struct crypto_session *session;
	UINT blob_size;
	void *blob;
	GUID *key_info_id;
	UINT private_data_size;
	void *private_data;
};

/* D3D11_VIDEO_DECODER_BUFFER_DESC1 */
struct video_decoder_buffer_desc1 {
	UINT buffer_type;
	UINT data_offset;
	UINT data_size;
	void *iv;
	UINT iv_size;
	D3DWDDM2_0DDI_VIDEO_DECODER_SUB_SAMPLE_MAPPING_BLOCK *sub_sample_mapping_block;
	UINT sub_sample_mapping_count;
};

#define VIDEO_DECODER_BUFFER_BITSTREAM	6

HRESULT video_device_create_video_decoder(struct video_device *device, UINT bitstream_size,
					  struct video_decoder **out);
void video_decoder_release(struct video_decoder *decoder);
HRESULT video_context_get_decoder_buffer(struct video_decoder *decoder, void **buffer);
HRESULT video_context_decoder_begin_frame(struct video_decoder *decoder, struct texture *view,
					  UINT content_key_size, const void *content_key);
HRESULT video_context1_submit_decoder_buffers1(struct video_decoder *decoder, UINT count,
					       const struct video_decoder_buffer_desc1 *descs);

#endif
