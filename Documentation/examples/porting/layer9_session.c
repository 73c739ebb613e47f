// SPDX-License-Identifier: MIT
/*
 * Crypto sessions.
 */
#include <stdlib.h>

#include "layer9.h"

/* guide: session9 */
HRESULT device_create_crypto_session(struct device *device, const GUID *crypto_type,
				     const GUID *decode_profile, struct crypto_session **out,
				     HANDLE *number)
{
	D3DDDIARG_CREATECRYPTOSESSION create = { .CryptoType = *crypto_type };
	struct crypto_session *session = calloc(1, sizeof(*session));
	HRESULT result;

	if (!session)
		return E_OUTOFMEMORY;
	if (decode_profile)
		create.DecodeProfile = *decode_profile;
	result = device->f.pfnCreateCryptoSession(device->handle, &create);
	if (result != S_OK) {
		free(session);
		return api_result(result);
	}
	session->device = device;
	session->crypto_type = create.CryptoType;
	session->handle = create.hCryptoSession;
	*number = create.hCryptoSession;
	*out = session;
	return S_OK;
}
/* guide: end */

void crypto_session_release(struct crypto_session *session)
{
	struct device *device = session->device;
	const D3DDDIARG_DESTROYCRYPTOSESSION destroy = { .hCryptoSession = session->handle };

	device->f.pfnDestroyCryptoSession(device->handle, &destroy);
	free(session);
}

static DDICERTIFICATEINFO certificate_info(const struct crypto_session *session)
{
	return (DDICERTIFICATEINFO) {
		.CertificateType = D3DDDI_CERTTYPE_CRYPTOSESSION,
		.CryptoSessionType = session->crypto_type,
	};
}

HRESULT crypto_session_get_certificate_size(struct crypto_session *session, UINT *size)
{
	const DDICERTIFICATEINFO info = certificate_info(session);

	return get_certificate(session->device, D3DDDICAPS_GETCERTIFICATESIZE, &info, size,
			       sizeof(*size));
}

HRESULT crypto_session_get_certificate(struct crypto_session *session, UINT size,
				       BYTE *certificate)
{
	const DDICERTIFICATEINFO info = certificate_info(session);

	return get_certificate(session->device, D3DDDICAPS_GETCERTIFICATE, &info, certificate,
			       size);
}

HRESULT crypto_session_negotiate_key_exchange(struct crypto_session *session, UINT data_size,
					      void *data)
{
	struct device *device = session->device;
	D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE exchange = {
		.hCryptoSession = session->handle,
		.DataSize = data_size,
		.pData = data,
	};

	return api_result(device->f.pfnCryptoSessionKeyExchange(device->handle, &exchange));
}

HRESULT crypto_session_encryption_blt(struct crypto_session *session, struct surface *src,
				      struct surface *dst, UINT dst_size, void *iv)
{
	struct device *device = session->device;
	const D3DDDIARG_ENCRYPTIONBLT blt = {
		.hCryptoSession = session->handle,
		.hSrcResource = src->resource,
		.SrcSubResourceIndex = src->index,
		.hDstResource = dst->resource,
		.DstSubResourceIndex = dst->index,
		.DstResourceSize = dst_size,
		.pIV = iv,
	};

	return api_result(device->f.pfnEncryptionBlt(device->handle, &blt));
}

/* guide: blt9 */
HRESULT crypto_session_decryption_blt(struct crypto_session *session, struct surface *src,
				      struct surface *dst, UINT src_size,
				      D3DDDIENCRYPTED_BLOCK_INFO *block_info, void *content_key,
				      void *iv)
{
	struct device *device = session->device;
	const D3DDDIARG_DECRYPTIONBLT blt = {
		.hCryptoSession = session->handle,
		.hSrcResource = src->resource,
		.SrcSubResourceIndex = src->index,
		.hDstResource = dst->resource,
		.DstSubResourceIndex = dst->index,
		.SrcResourceSize = src_size,
		.pEncryptedBlockInfo = block_info,
		.pContentKey = content_key,
		.pIV = iv,
	};

	return api_result(device->f.pfnDecryptionBlt(device->handle, &blt));
}
/* guide: end */

HRESULT crypto_session_get_surface_pitch(struct crypto_session *session, struct surface *surface,
					 UINT *pitch)
{
	struct device *device = session->device;
	D3DDDIARG_GETPITCH get = {
		.hCryptoSession = session->handle,
		.hResource = surface->resource,
		.SubResourceIndex = surface->index,
	};
	HRESULT result = device->f.pfnGetPitch(device->handle, &get);

	if (result == S_OK)
		*pitch = get.Pitch;
	return api_result(result);
}

HRESULT crypto_session_start_session_key_refresh(struct crypto_session *session,
						 void *random_number, UINT random_number_size)
{
	struct device *device = session->device;
	const D3DDDIARG_STARTSESSIONKEYREFRESH start = {
		.hCryptoSession = session->handle,
		.pRandomNumber = random_number,
		.RandomNumberSize = random_number_size,
	};

	return api_result(device->f.pfnStartSessionKeyRefresh(device->handle, &start));
}

HRESULT crypto_session_finish_session_key_refresh(struct crypto_session *session)
{
	struct device *device = session->device;
	const D3DDDIARG_FINISHSESSIONKEYREFRESH finish = { .hCryptoSession = session->handle };

	return api_result(device->f.pfnFinishSessionKeyRefresh(device->handle, &finish));
}

HRESULT crypto_session_get_encryption_blt_key(struct crypto_session *session, void *read_back_key,
					      UINT key_size)
{
	struct device *device = session->device;
	const D3DDDIARG_GETENCRYPTIONBLTKEY get = {
		.hCryptoSession = session->handle,
		.pReadBackKey = read_back_key,
		.KeySize = key_size,
	};

	return api_result(device->f.pfnGetEncryptionBltKey(device->handle, &get));
}
