// SPDX-License-Identifier: MIT
/*
 * Crypto sessions.
 */
#include <stdlib.h>
#include <string.h>

#include "layer11.h"

/* guide: session */
HRESULT video_device_create_crypto_session(struct video_device *device, const GUID *crypto_type,
					   const GUID *decoder_profile,
					   const GUID *key_exchange_type,
					   struct crypto_session **out)
{
	D3D11_1DDIARG_CREATECRYPTOSESSION create = {
		.CryptoType = *crypto_type,
		.KeyExchangeType = *key_exchange_type,
	};
	struct crypto_session *session;
	HRESULT result;

	if (decoder_profile)
		create.DecodeProfile = *decoder_profile;
	session = calloc(1, sizeof(*session) +
			 device->f.pfnCalcPrivateCryptoSessionSize(device->handle, &create));
	if (!session)
		return E_OUTOFMEMORY;
	session->device = device;
	session->crypto_type = create.CryptoType;
	session->decoder_profile = create.DecodeProfile;
	session->key_exchange_type = create.KeyExchangeType;
	session->handle.pDrvPrivate = session->memory;

	result = device->f.pfnCreateCryptoSession(device->handle, &create, session->handle,
						  (D3D11_1DDI_HRTCRYPTOSESSION) { session });
	if (result == S_OK)
		*out = session;
	else
		free(session);
	return api_result(result);
}

void crypto_session_release(struct crypto_session *session)
{
	struct video_device *device = session->device;

	tell("Release", REPORTED(device->f.pfnDestroyCryptoSession(device->handle,
								   session->handle)));
	free(session);
}
/* guide: end */

static D3D11_1DDI_CERTIFICATE_INFO certificate_info(const struct crypto_session *session)
{
	return (D3D11_1DDI_CERTIFICATE_INFO) {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION,
		.CryptoSessionType = session->crypto_type,
	};
}

HRESULT crypto_session_get_certificate_size(struct crypto_session *session, UINT *size)
{
	const D3D11_1DDI_CERTIFICATE_INFO info = certificate_info(session);

	return get_certificate_size(session->device, &info, size);
}

HRESULT crypto_session_get_certificate(struct crypto_session *session, UINT size,
				       BYTE *certificate)
{
	const D3D11_1DDI_CERTIFICATE_INFO info = certificate_info(session);

	return get_certificate(session->device, &info, size, certificate);
}

void crypto_session_get_crypto_session_handle(struct crypto_session *session, HANDLE *handle)
{
	struct video_device *device = session->device;

	*handle = NULL;
	tell("GetCryptoSessionHandle",
	     device->f.pfnCryptoSessionGetHandle(device->handle, session->handle, handle));
}

/*
 * ID3D11VideoContext: sessions
 */

HRESULT video_context_negotiate_crypto_session_key_exchange(struct crypto_session *session,
							    UINT data_size, void *data)
{
	struct video_device *device = session->device;

	return session_result(session, device->f.pfnNegotiateCryptoSessionKeyExchange
			      (device->handle, session->handle, data_size, data));
}

void video_context_encryption_blt(struct crypto_session *session, struct texture *src,
				  struct texture *dst, UINT iv_size, void *iv)
{
	struct video_device *device = session->device;
	HRESULT result = REPORTED(device->f.pfnEncryptionBlt(device->handle, session->handle,
							     src->handle, dst->handle, iv_size,
							     iv));

	tell("EncryptionBlt", session_result(session, result));
}

/* guide: blt */
void video_context_decryption_blt(struct crypto_session *session, struct texture *src,
				  struct texture *dst,
				  const D3D11_1DDI_ENCRYPTED_BLOCK_INFO *block_info,
				  UINT content_key_size, const void *content_key, UINT iv_size,
				  void *iv)
{
	struct video_device *device = session->device;
	HRESULT result = REPORTED(device->f.pfnDecryptionBlt(device->handle, session->handle,
							     src->handle, dst->handle, block_info,
							     content_key ? content_key_size : 0,
							     content_key, iv_size, iv));

	tell("DecryptionBlt", session_result(session, result));
}
/* guide: end */

/* guide: start */
void video_context_start_session_key_refresh(struct crypto_session *session,
					     UINT random_number_size, void *random_number)
{
	struct video_device *device = session->device;
	HRESULT result;

	/* A program that is not told of a failure XORs what is there: then it keeps its key. */
	memset(random_number, 0, random_number_size);
	result = REPORTED(device->f.pfnStartSessionKeyRefresh(device->handle, session->handle,
							      random_number_size, random_number));
	tell("StartSessionKeyRefresh", session_result(session, result));
}
/* guide: end */

void video_context_finish_session_key_refresh(struct crypto_session *session)
{
	struct video_device *device = session->device;
	HRESULT result = REPORTED(device->f.pfnFinishSessionKeyRefresh(device->handle,
								       session->handle));

	tell("FinishSessionKeyRefresh", session_result(session, result));
}

HRESULT video_context_get_encryption_blt_key(struct crypto_session *session, UINT key_size,
					     void *read_back_key)
{
	struct video_device *device = session->device;
	HRESULT result = REPORTED(device->f.pfnGetEncryptionBltKey(device->handle, session->handle,
								   key_size, read_back_key));

	return session_result(session, result);
}
