// SPDX-License-Identifier: MIT
/*
 * Crypto sessions of the DDI.
 */
#include <errno.h>

#include <vprot_drm.h>

#include "vprot_d3dddi_priv.h"

static HRESULT add_session(const struct ddi_object *device, HANDLE hDevice, uint32_t crypto_type,
			   uint32_t key_exchange, HANDLE *handle)
{
	struct ddi_object *session;
	uint32_t flags = 0;
	int ret;

	/* Only counters can be strict. */
	if (device->flags & VPROT_D3DDDI_STRICT_IV && crypto_type == DRM_VPROT_CRYPTO_AES128_CTR)
		flags = DRM_VPROT_SESSION_STRICT_IV;

	session = ddi_new(DDI_SESSION, hDevice);
	if (!session)
		return E_OUTOFMEMORY;
	session->key_exchange = key_exchange;
	session->crypto_type = crypto_type;
	ret = vprot_session_create_named(device->dev, crypto_type, key_exchange, flags,
					 (uintptr_t)session->number, &session->session);
	if (ret)
		ddi_free(session);
	else
		*handle = ddi_add(session);
	return ddi_result(ret);
}

HRESULT ddi_add_session(HANDLE hDevice, const GUID *type, const GUID *profile,
			uint32_t key_exchange, HANDLE *session)
{
	struct ddi_object *device;
	uint32_t crypto_type;
	HRESULT result;

	device = ddi_get(DDI_DEVICE, hDevice, NULL);
	if (!device)
		return D3DDDIERR_INVALIDHANDLE;

	result = ddi_crypto_type(type, profile, &crypto_type);
	if (result == S_OK && !key_exchange)
		result = D3DDDIERR_NOTAVAILABLE;
	if (result == S_OK)
		result = add_session(device, hDevice, crypto_type, key_exchange, session);
	ddi_put(device);
	return result;
}

HRESULT ddi_create_session(HANDLE hDevice, D3DDDIARG_CREATECRYPTOSESSION *pData)
{
	if (!pData)
		return E_INVALIDARG;
	return ddi_add_session(hDevice, &pData->CryptoType, &pData->DecodeProfile,
			       DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, &pData->hCryptoSession);
}

HRESULT ddi_destroy_session(HANDLE hDevice, const D3DDDIARG_DESTROYCRYPTOSESSION *pData)
{
	if (!pData)
		return E_INVALIDARG;
	return ddi_close(DDI_SESSION, pData->hCryptoSession, hDevice);
}

HRESULT ddi_session_key_exchange(HANDLE hDevice, D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE *pData)
{
	struct ddi_object *session;
	int ret = -ENOENT;

	if (!pData)
		return E_INVALIDARG;
	session = ddi_get(DDI_SESSION, pData->hCryptoSession, hDevice);
	if (session)
		ret = vprot_session_key_exchange(session->session, pData->pData, pData->DataSize);
	ddi_put(session);
	return ddi_result(ret);
}

HRESULT ddi_start_refresh(HANDLE hDevice, const D3DDDIARG_STARTSESSIONKEYREFRESH *pData)
{
	struct ddi_object *session;
	int ret = -ENOENT;

	if (!pData)
		return E_INVALIDARG;
	session = ddi_get(DDI_SESSION, pData->hCryptoSession, hDevice);
	if (session)
		ret = vprot_session_start_key_refresh(session->session, pData->pRandomNumber,
						      pData->RandomNumberSize);
	ddi_put(session);
	return ddi_result(ret);
}

HRESULT ddi_finish_refresh(HANDLE hDevice, const D3DDDIARG_FINISHSESSIONKEYREFRESH *pData)
{
	struct ddi_object *session;
	int ret = -ENOENT;

	if (!pData)
		return E_INVALIDARG;
	session = ddi_get(DDI_SESSION, pData->hCryptoSession, hDevice);
	if (session)
		ret = vprot_session_finish_key_refresh(session->session, NULL);
	ddi_put(session);
	return ddi_result(ret);
}

HRESULT ddi_get_encryption_blt_key(HANDLE hDevice, const D3DDDIARG_GETENCRYPTIONBLTKEY *pData)
{
	struct ddi_object *session;
	int ret = -ENOENT;

	if (!pData)
		return E_INVALIDARG;
	session = ddi_get(DDI_SESSION, pData->hCryptoSession, hDevice);
	if (session)
		ret = vprot_session_get_encryption_blt_key(session->session, pData->pReadBackKey,
							   pData->KeySize, NULL);
	ddi_put(session);
	return ddi_result(ret);
}
