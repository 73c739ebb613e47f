// SPDX-License-Identifier: MIT
/*
 * Crypto sessions of the D3D11.1 DDI.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <vprot_drm.h>

#include "vprot_d3d11ddi_priv.h"

SIZE_T ddi11_calc_session_size(D3D10DDI_HDEVICE hDevice,
			       const D3D11_1DDIARG_CREATECRYPTOSESSION *pCreateData)
{
	return VPROT_D3D11DDI_PRIVATE_SIZE;
}

static HRESULT create_session(HANDLE device, const D3D11_1DDIARG_CREATECRYPTOSESSION *data,
			      void *pDrvPrivate)
{
	HANDLE session;
	HRESULT result;

	if (!data || !pDrvPrivate)
		return E_INVALIDARG;
	result = ddi_add_session(device, &data->CryptoType, &data->DecodeProfile,
				 ddi11_key_exchange(&data->KeyExchangeType), &session);
	if (result == S_OK)
		ddi11_set_handle(pDrvPrivate, session);
	return result;
}

HRESULT ddi11_create_session(D3D10DDI_HDEVICE hDevice,
			     const D3D11_1DDIARG_CREATECRYPTOSESSION *pCreateData,
			     D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			     D3D11_1DDI_HRTCRYPTOSESSION hRTCryptoSession)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, create_session(ddi11_device(device), pCreateData,
						hCryptoSession.pDrvPrivate));
}

HRESULT vprot_d3d11ddi_open_crypto_session(D3D10DDI_HDEVICE hDevice, HANDLE hSession,
					   D3D11_1DDI_HCRYPTOSESSION hCryptoSession)
{
	return ddi11_open(hDevice, DDI_SESSION, hSession, hCryptoSession.pDrvPrivate);
}

VOID ddi11_destroy_session(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession)
{
	struct ddi_object *device = ddi11_get(hDevice);

	ddi11_report(device, ddi_close(DDI_SESSION, ddi11_handle(hCryptoSession.pDrvPrivate),
				       ddi11_device(device)));
}

/*
 * Hold a session of a device.
 */
static struct ddi_object *get_session(const struct ddi_object *device,
				      D3D11_1DDI_HCRYPTOSESSION hCryptoSession)
{
	return ddi_get(DDI_SESSION, ddi11_handle(hCryptoSession.pDrvPrivate),
		       ddi11_device(device));
}

HRESULT ddi11_get_session_handle(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
				 HANDLE *pHandle)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_object *session = get_session(device, hCryptoSession);
	HRESULT result = S_OK;

	if (!session)
		result = D3DDDIERR_INVALIDHANDLE;
	else if (!pHandle)
		result = E_INVALIDARG;
	else
		*pHandle = ddi11_handle(hCryptoSession.pDrvPrivate);
	ddi_put(session);
	return ddi11_put(device, result);
}

/*
 * Key exchange
 */

/* The epoch of a session that has not lost its key. */
static HRESULT get_epoch(struct vprot_session *session, uint64_t *epoch)
{
	struct drm_vprot_session_status status;
	int ret = vprot_session_get_status(session, &status, sizeof(status));

	if (!ret && status.state != DRM_VPROT_SESSION_OK)
		ret = -EKEYREVOKED;
	if (!ret)
		*epoch = status.epoch;
	return ddi_result(ret);
}

static HRESULT hw_get_epoch(struct vprot_session *session,
			    const D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_INPUT_DATA *in,
			    D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_OUTPUT_DATA *out)
{
	uint64_t epoch = 0;
	HRESULT result;

	if (in->HWProtectionDataSize || out->MaxHWProtectionDataSize < sizeof(epoch))
		return E_INVALIDARG;
	result = get_epoch(session, &epoch);
	if (result != S_OK)
		return result;

	out->HWProtectionDataSize = sizeof(epoch);
	out->TransportTime = 0;
	out->ExecutionTime = 0;
	/* More than what is declared of it. */
	memcpy((char *)out + offsetof(typeof(*out), pbOutput), &epoch, sizeof(epoch));
	return S_OK;
}

/* The session has its key: what is left of the exchange is to call functions of the device. */
static HRESULT hw_exchange(struct vprot_session *session, UINT size,
			   D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_DATA *data)
{
	if (size != sizeof(*data) || !data || !data->pInputData || !data->pOutputData ||
	    data->pInputData->PrivateDataSize || data->pOutputData->PrivateDataSize)
		return E_INVALIDARG;

	if (data->HWProtectionFunctionID == VPROT_D3D11DDI_HW_GET_EPOCH)
		data->Status = hw_get_epoch(session, data->pInputData, data->pOutputData);
	else
		data->Status = E_NOTIMPL;
	return S_OK;
}

HRESULT ddi11_negotiate(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			UINT DataSize, VOID *pData)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_object *session = get_session(device, hCryptoSession);
	HRESULT result;

	if (!session)
		result = D3DDDIERR_INVALIDHANDLE;
	else if (session->key_exchange == DRM_VPROT_KEY_EXCHANGE_INTERNAL)
		result = hw_exchange(session->session, DataSize, pData);
	else
		result = ddi_result(vprot_session_key_exchange(session->session, pData, DataSize));
	ddi_put(session);
	return ddi11_put(device, result);
}

HRESULT ddi11_get_data_for_new_key(D3D10DDI_HDEVICE hDevice,
				   D3D11_1DDI_HCRYPTOSESSION hCryptoSession, UINT PrivateInputSize,
				   const VOID *pPrivatInputData, ULONGLONG *pPrivateOutputData)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_object *session = get_session(device, hCryptoSession);
	HRESULT result;

	if (!session)
		result = D3DDDIERR_INVALIDHANDLE;
	else if (PrivateInputSize || !pPrivateOutputData)
		result = E_INVALIDARG;
	else if (session->key_exchange != DRM_VPROT_KEY_EXCHANGE_INTERNAL)
		result = D3DDDIERR_NOTAVAILABLE;
	else
		result = get_epoch(session->session, pPrivateOutputData);
	ddi_put(session);
	return ddi11_put(device, result);
}

VOID ddi11_check_session_status(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
				D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS *pStatus)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_object *session = get_session(device, hCryptoSession);
	struct drm_vprot_session_status status;
	int ret = -ENOENT;

	if (session)
		ret = pStatus ? vprot_session_get_status(session->session, &status,
							 sizeof(status)) : -EINVAL;
	/* The native states have the same values. */
	if (!ret)
		*pStatus = (D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS)status.state;
	ddi_put(session);
	ddi11_report(device, ddi_result(ret));
}

/*
 * Keys
 */

VOID ddi11_start_refresh(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			 UINT RandomNumberSize, VOID *pRandomNumber)
{
	struct ddi_object *device = ddi11_get(hDevice);
	const D3DDDIARG_STARTSESSIONKEYREFRESH start = {
		.hCryptoSession = ddi11_handle(hCryptoSession.pDrvPrivate),
		.pRandomNumber = pRandomNumber,
		.RandomNumberSize = RandomNumberSize,
	};

	ddi11_report(device, ddi_start_refresh(ddi11_device(device), &start));
}

VOID ddi11_finish_refresh(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession)
{
	struct ddi_object *device = ddi11_get(hDevice);
	const D3DDDIARG_FINISHSESSIONKEYREFRESH finish = {
		.hCryptoSession = ddi11_handle(hCryptoSession.pDrvPrivate),
	};

	ddi11_report(device, ddi_finish_refresh(ddi11_device(device), &finish));
}

VOID ddi11_get_encryption_blt_key(D3D10DDI_HDEVICE hDevice,
				  D3D11_1DDI_HCRYPTOSESSION hCryptoSession, UINT KeySize,
				  VOID *pReadbackKey)
{
	struct ddi_object *device = ddi11_get(hDevice);
	const D3DDDIARG_GETENCRYPTIONBLTKEY get = {
		.hCryptoSession = ddi11_handle(hCryptoSession.pDrvPrivate),
		.pReadBackKey = pReadbackKey,
		.KeySize = KeySize,
	};

	ddi11_report(device, ddi_get_encryption_blt_key(ddi11_device(device), &get));
}
