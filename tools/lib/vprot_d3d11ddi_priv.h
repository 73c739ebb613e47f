/* SPDX-License-Identifier: MIT */
/*
 * What the D3D11.1 interface of the DDI is made of: it translates to the functions and objects that
 * it shares with the D3D9 one.
 */
#ifndef VPROT_D3D11DDI_PRIV_H
#define VPROT_D3D11DDI_PRIV_H

#include "vprot_d3d11ddi.h"
#include "vprot_d3dddi_priv.h"

/** ddi11_handle() - the handle that a caller's memory stands for; NULL when it was not made to */
HANDLE ddi11_handle(const void *pDrvPrivate);
/** ddi11_set_handle() - make a caller's memory stand for a handle */
void ddi11_set_handle(void *pDrvPrivate, HANDLE handle);
/** ddi11_open() - make a caller's memory stand for a handle that a device has already */
HRESULT ddi11_open(D3D10DDI_HDEVICE hDevice, enum ddi_kind kind, HANDLE handle, void *pDrvPrivate);

/** ddi11_get() - hold a device; NULL if it is none, which those that follow take as well */
struct ddi_object *ddi11_get(D3D10DDI_HDEVICE hDevice);
/** ddi11_device() - the hDevice of D3D9, which owns what the device has */
HANDLE ddi11_device(const struct ddi_object *device);
/** ddi11_put() - let go of a device, and return a result */
HRESULT ddi11_put(struct ddi_object *device, HRESULT result);
/** ddi11_report() - let go of a device, after a result was reported to its runtime */
void ddi11_report(struct ddi_object *device, HRESULT result);

HRESULT ddi11_get_caps(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
		       const GUID *pDecodeProfile, D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS *pCaps);
HRESULT ddi11_get_key_exchange_type(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
				    const GUID *pDecodeProfile, UINT Index, GUID *pKeyExchangeType);
VOID ddi11_get_certificate_size(D3D10DDI_HDEVICE hDevice,
				const D3D11_1DDI_CERTIFICATE_INFO *pCertificateInfo,
				UINT *pCertificateSize);
VOID ddi11_get_certificate(D3D10DDI_HDEVICE hDevice,
			   const D3D11_1DDI_CERTIFICATE_INFO *pCertificateInfo,
			   UINT CertificateSize, BYTE *pCertificate);
VOID ddi11_get_private_data_size(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
				 GUID *pDecoderProfile, const GUID *pKeyExchangeType,
				 UINT *pPrivateInputSize, UINT *pPrivateOutputSize);

/** ddi11_key_exchange() - the native key exchange type of a GUID, or 0 */
uint32_t ddi11_key_exchange(const GUID *guid);

SIZE_T ddi11_calc_session_size(D3D10DDI_HDEVICE hDevice,
			       const D3D11_1DDIARG_CREATECRYPTOSESSION *pCreateData);
HRESULT ddi11_create_session(D3D10DDI_HDEVICE hDevice,
			     const D3D11_1DDIARG_CREATECRYPTOSESSION *pCreateData,
			     D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			     D3D11_1DDI_HRTCRYPTOSESSION hRTCryptoSession);
VOID ddi11_destroy_session(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession);
HRESULT ddi11_negotiate(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			UINT DataSize, VOID *pData);
VOID ddi11_start_refresh(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			 UINT RandomNumberSize, VOID *pRandomNumber);
VOID ddi11_finish_refresh(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession);
VOID ddi11_get_encryption_blt_key(D3D10DDI_HDEVICE hDevice,
				  D3D11_1DDI_HCRYPTOSESSION hCryptoSession, UINT KeySize,
				  VOID *pReadbackKey);
HRESULT ddi11_get_session_handle(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
				 HANDLE *pHandle);
HRESULT ddi11_get_data_for_new_key(D3D10DDI_HDEVICE hDevice,
				   D3D11_1DDI_HCRYPTOSESSION hCryptoSession, UINT PrivateInputSize,
				   const VOID *pPrivatInputData, ULONGLONG *pPrivateOutputData);
VOID ddi11_check_session_status(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
				D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS *pStatus);

SIZE_T ddi11_calc_channel_size(D3D10DDI_HDEVICE hDevice,
			       const D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL *pCreateData);
HRESULT ddi11_create_channel(D3D10DDI_HDEVICE hDevice,
			     D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL *pCreateData,
			     D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
			     D3D11_1DDI_HRTAUTHCHANNEL hRTAuthChannel);
VOID ddi11_destroy_channel(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel);
HRESULT ddi11_channel_key_exchange(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
				   UINT DataSize, VOID *pData);
HRESULT ddi11_query_channel(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
			    UINT InputDataSize, const VOID *pInputData, UINT OutputDataSize,
			    VOID *pOutputData);
HRESULT ddi11_configure_channel(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
				UINT InputDataSize, const VOID *pInputData,
				D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT *pOutputData);

VOID ddi11_encryption_blt(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			  D3D10DDI_HRESOURCE hSrcResource, D3D10DDI_HRESOURCE hDstResource,
			  UINT IVSize, const VOID *pIV);
VOID ddi11_decryption_blt(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			  D3D10DDI_HRESOURCE hSrcResource, D3D10DDI_HRESOURCE hDstResource,
			  const D3D11_1DDI_ENCRYPTED_BLOCK_INFO *pEncryptedBlockInfo,
			  UINT ContentKeySize, const VOID *pContentKey, UINT IVSize,
			  const VOID *pIV);

VOID ddi11_set_hardware_protection(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource,
				   BOOL Protected);

HRESULT ddi11_get_decoder_handle(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode,
				 HANDLE *pContentProtectionHandle);
HRESULT ddi11_submit_buffers(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode, UINT BufferCount,
			     const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 *pBufferDesc);

#endif /* VPROT_D3D11DDI_PRIV_H */
