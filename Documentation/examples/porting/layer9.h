/* SPDX-License-Identifier: MIT */
/*
 * A translation layer in miniature: what IDirect3DDevice9Video, IDirect3DCryptoSession9 and
 * IDirect3DAuthenticatedChannel9 do, backed by vprot_d3dddi.h. A function has the name of its
 * method.
 */
#ifndef LAYER9_H
#define LAYER9_H

#include <stdbool.h>
#include <vprot_d3dddi.h>

#define D3DERR_OUTOFVIDEOMEMORY	D3DDDIERR_OUTOFVIDEOMEMORY
#define D3DERR_INVALIDCALL	D3DDDIERR_INVALIDCALL
#define D3DERR_DEVICEREMOVED	D3DDDIERR_DEVICEREMOVED

/* IDirect3DDevice9Ex and IDirect3DDevice9Video */
struct device {
	HANDLE adapter;
	HANDLE handle;
	D3DDDI_DEVICEFUNCS f;
};

/* IDirect3DSurface9 */
struct surface {
	struct device *device;
	HANDLE resource;
	UINT index;
};

/* IDirect3DCryptoSession9 */
struct crypto_session {
	struct device *device;
	HANDLE handle;
	GUID crypto_type;
};

/* IDirect3DAuthenticatedChannel9 */
struct authenticated_channel {
	struct device *device;
	HANDLE handle;
	D3DAUTHENTICATEDCHANNELTYPE type;
};

/* What the layer's files share */
HRESULT api_result(HRESULT result);
HRESULT get_certificate(struct device *device, D3DDDICAPS_TYPE type,
			const DDICERTIFICATEINFO *info, void *data, UINT size);

HRESULT create_device(struct device **out);
void device_release(struct device *device);
/* D3DUSAGE_RESTRICTED_CONTENT; or else D3DPOOL_SYSTEMMEM */
HRESULT device_create_offscreen_plain_surface(struct device *device, bool restricted, UINT width,
					      UINT height, struct surface **out);
void surface_release(struct surface *surface);
HRESULT surface_lock_rect(struct surface *surface, void **bits, UINT *pitch);

HRESULT device_get_content_protection_caps(struct device *device, const GUID *crypto_type,
					   const GUID *decode_profile,
					   D3DCONTENTPROTECTIONCAPS *caps);
HRESULT device_create_crypto_session(struct device *device, const GUID *crypto_type,
				     const GUID *decode_profile, struct crypto_session **out,
				     HANDLE *number);
HRESULT device_create_authenticated_channel(struct device *device, D3DAUTHENTICATEDCHANNELTYPE type,
					    struct authenticated_channel **out, HANDLE *number);

void crypto_session_release(struct crypto_session *session);
HRESULT crypto_session_get_certificate_size(struct crypto_session *session, UINT *size);
HRESULT crypto_session_get_certificate(struct crypto_session *session, UINT size,
				       BYTE *certificate);
HRESULT crypto_session_negotiate_key_exchange(struct crypto_session *session, UINT data_size,
					      void *data);
HRESULT crypto_session_encryption_blt(struct crypto_session *session, struct surface *src,
				      struct surface *dst, UINT dst_size, void *iv);
HRESULT crypto_session_decryption_blt(struct crypto_session *session, struct surface *src,
				      struct surface *dst, UINT src_size,
				      D3DDDIENCRYPTED_BLOCK_INFO *block_info, void *content_key,
				      void *iv);
HRESULT crypto_session_get_surface_pitch(struct crypto_session *session, struct surface *surface,
					 UINT *pitch);
HRESULT crypto_session_start_session_key_refresh(struct crypto_session *session,
						 void *random_number, UINT random_number_size);
HRESULT crypto_session_finish_session_key_refresh(struct crypto_session *session);
HRESULT crypto_session_get_encryption_blt_key(struct crypto_session *session, void *read_back_key,
					      UINT key_size);

void authenticated_channel_release(struct authenticated_channel *channel);
HRESULT authenticated_channel_get_certificate_size(struct authenticated_channel *channel,
						   UINT *size);
HRESULT authenticated_channel_get_certificate(struct authenticated_channel *channel, UINT size,
					      BYTE *certificate);
HRESULT authenticated_channel_negotiate_key_exchange(struct authenticated_channel *channel,
						     UINT data_size, void *data);
HRESULT authenticated_channel_query(struct authenticated_channel *channel, UINT input_size,
				    const void *input, UINT output_size, void *output);
HRESULT authenticated_channel_configure(struct authenticated_channel *channel, UINT input_size,
					const void *input,
					D3DAUTHENTICATEDCHANNEL_CONFIGURE_OUTPUT *output);

#endif
