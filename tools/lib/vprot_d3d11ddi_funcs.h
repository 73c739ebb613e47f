/* SPDX-License-Identifier: MIT */
/*
 * The content-protection part of the Windows D3D11.1 and WDDM 2.0 user-mode driver interface
 * (d3d10umddi.h), under its own names: the tables of functions. vprot_d3d11ddi.h has what fills
 * them.
 *
 * The functions and their order are those that are documented for that interface.
 */
#ifndef VPROT_D3D11DDI_FUNCS_H
#define VPROT_D3D11DDI_FUNCS_H

#include "vprot_d3d11ddi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Gets what a function without a return value has to report: an HRESULT other than S_OK, with the
 * handle that was given with the callback. Called in the thread that has called the function. It
 * must not destroy the device.
 */
typedef VOID (*PFND3D10DDI_SETERROR_CB)(D3D10DDI_HRTCORELAYER hRTCoreLayer, HRESULT Error);

/*
 * The functions of D3D11.1
 */

typedef HRESULT
(*PFND3D11_1DDI_GETCONTENTPROTECTIONCAPS)(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
					  const GUID *pDecodeProfile,
					  D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS *pCaps);
typedef HRESULT
(*PFND3D11_1DDI_GETCRYPTOKEYEXCHANGETYPE)(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
					  const GUID *pDecodeProfile, UINT Index,
					  GUID *pKeyExchangeType);
typedef SIZE_T
(*PFND3D11_1DDI_CALCPRIVATECRYPTOSESSIONSIZE)(D3D10DDI_HDEVICE hDevice,
					      const D3D11_1DDIARG_CREATECRYPTOSESSION *pCreateData);
typedef HRESULT
(*PFND3D11_1DDI_CREATECRYPTOSESSION)(D3D10DDI_HDEVICE hDevice,
				     const D3D11_1DDIARG_CREATECRYPTOSESSION *pCreateData,
				     D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
				     D3D11_1DDI_HRTCRYPTOSESSION hRTCryptoSession);
typedef VOID (*PFND3D11_1DDI_DESTROYCRYPTOSESSION)(D3D10DDI_HDEVICE hDevice,
						   D3D11_1DDI_HCRYPTOSESSION hCryptoSession);
typedef VOID
(*PFND3D11_1DDI_GETCERTIFICATESIZE)(D3D10DDI_HDEVICE hDevice,
				    const D3D11_1DDI_CERTIFICATE_INFO *pCertificateInfo,
				    UINT *pCertificateSize);
typedef VOID (*PFND3D11_1DDI_GETCERTIFICATE)(D3D10DDI_HDEVICE hDevice,
					     const D3D11_1DDI_CERTIFICATE_INFO *pCertificateInfo,
					     UINT CertificateSize, BYTE *pCertificate);
/* Spelled as it is there. */
typedef HRESULT
(*PFND3D11_1DDI_NEGOTIATECRYPTOSESSIONKEYESCHANGE)(D3D10DDI_HDEVICE hDevice,
						   D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
						   UINT DataSize, VOID *pData);
typedef VOID (*PFND3D11_1DDI_ENCRYPTIONBLT)(D3D10DDI_HDEVICE hDevice,
					    D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
					    D3D10DDI_HRESOURCE hSrcResource,
					    D3D10DDI_HRESOURCE hDstResource, UINT IVSize,
					    const VOID *pIV);
typedef VOID
(*PFND3D11_1DDI_DECRYPTIONBLT)(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			       D3D10DDI_HRESOURCE hSrcResource, D3D10DDI_HRESOURCE hDstResource,
			       const D3D11_1DDI_ENCRYPTED_BLOCK_INFO *pEncryptedBlockInfo,
			       UINT ContentKeySize, const VOID *pContentKey, UINT IVSize,
			       const VOID *pIV);
typedef VOID (*PFND3D11_1DDI_STARTSESSIONKEYREFRESH)(D3D10DDI_HDEVICE hDevice,
						     D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
						     UINT RandomNumberSize, VOID *pRandomNumber);
typedef VOID (*PFND3D11_1DDI_FINISHSESSIONKEYREFRESH)(D3D10DDI_HDEVICE hDevice,
						      D3D11_1DDI_HCRYPTOSESSION hCryptoSession);
typedef VOID (*PFND3D11_1DDI_GETENCRYPTIONBLTKEY)(D3D10DDI_HDEVICE hDevice,
						  D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
						  UINT KeySize, VOID *pReadbackKey);
typedef SIZE_T
(*PFND3D11_1DDI_CALCPRIVATEAUTHENTICATEDCHANNELSIZE)
	(D3D10DDI_HDEVICE hDevice, const D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL *pCreateData);
typedef HRESULT
(*PFND3D11_1DDI_CREATEAUTHENTICATEDCHANNEL)(D3D10DDI_HDEVICE hDevice,
					    D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL *pCreateData,
					    D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
					    D3D11_1DDI_HRTAUTHCHANNEL hRTAuthChannel);
typedef VOID (*PFND3D11_1DDI_DESTROYAUTHENTICATEDCHANNEL)(D3D10DDI_HDEVICE hDevice,
							  D3D11_1DDI_HAUTHCHANNEL hAuthChannel);
typedef HRESULT
(*PFND3D11_1DDI_NEGOTIATEAUTHENTICATEDCHANNELKEYEXCHANGE)(D3D10DDI_HDEVICE hDevice,
							  D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
							  UINT DataSize, VOID *pData);
typedef HRESULT
(*PFND3D11_1DDI_QUERYAUTHENTICATEDCHANNEL)(D3D10DDI_HDEVICE hDevice,
					   D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
					   UINT InputDataSize, const VOID *pInputData,
					   UINT OutputDataSize, VOID *pOutputData);
typedef HRESULT
(*PFND3D11_1DDI_CONFIGUREAUTHENTICATEDCHANNEL)
	(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel, UINT InputDataSize,
	 const VOID *pInputData, D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT *pOutputData);
typedef HRESULT (*PFND3D11_1DDI_VIDEODECODERGETHANDLE)(D3D10DDI_HDEVICE hDevice,
						       D3D11_1DDI_HDECODE hDecode,
						       HANDLE *pContentProtectionHandle);
typedef HRESULT (*PFND3D11_1DDI_CRYPTOSESSIONGETHANDLE)(D3D10DDI_HDEVICE hDevice,
							D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
							HANDLE *pHandle);
typedef VOID
(*PFND3D11_1DDI_VIDEOPROCESSORSETSTREAMROTATION)(D3D10DDI_HDEVICE hDevice,
						 D3D11_1DDI_HVIDEOPROCESSOR hVideoProcessor,
						 UINT StreamIndex, BOOL Enable,
						 D3D11_1DDI_VIDEO_PROCESSOR_ROTATION Rotation);
typedef VOID (*PFND3D11_1DDI_GETCAPTUREHANDLE)(D3D10DDI_HDEVICE hDevice,
					       D3D11_1DDI_GETCAPTUREHANDLEDATA *pData);

/**
 * struct D3D11_1DDI_VIDEODEVICEFUNCS - the content-protection functions of a D3D11.1 video device
 *
 * These are the last 23 members of that table, in its order. A function that returns VOID reports
 * what it would return, unless that is S_OK, once to the error callback of the device. It does so
 * before it returns, and for an hDevice that is not valid there is nobody to tell.
 *
 * Every function takes the hDevice of vprot_d3d11ddi_create_device(), and returns or reports S_OK
 * or: E_INVALIDARG for a NULL pointer, an index or a size that is not valid;
 * D3DDDIERR_INVALIDHANDLE for a handle whose memory is NULL, was not created as such a thing, is of
 * another hDevice, or was destroyed; D3DDDIERR_DEVICEREMOVED when the session's key was lost or the
 * device is gone; D3DDDIERR_NOTAVAILABLE for what the caps do not have; E_OUTOFMEMORY; E_FAIL.
 * Beyond these each member has its own. Outputs are written with S_OK only, but for answers of a
 * channel. Any thread may call any function at any time.
 */
typedef struct D3D11_1DDI_VIDEODEVICEFUNCS {
	/**
	 * @pfnGetContentProtectionCaps: D3DDDIERR_UNSUPPORTEDCRYPTO for a crypto type that is
	 * not on offer, and for a decode profile. NULL is as all zero: what all crypto types can
	 * do, without a decoder
	 */
	PFND3D11_1DDI_GETCONTENTPROTECTIONCAPS pfnGetContentProtectionCaps;
	/**
	 * @pfnGetCryptoKeyExchangeType: the key exchange types, RSAES_OAEP first if the device has
	 * an identity, then HW_PROTECTION; D3DDDIERR_UNSUPPORTEDCRYPTO as above, E_INVALIDARG for
	 * an index beyond the caps' KeyExchangeTypeCount
	 */
	PFND3D11_1DDI_GETCRYPTOKEYEXCHANGETYPE pfnGetCryptoKeyExchangeType;
	/** @pfnCalcPrivateCryptoSessionSize: VPROT_D3D11DDI_PRIVATE_SIZE, whatever is asked */
	PFND3D11_1DDI_CALCPRIVATECRYPTOSESSIONSIZE pfnCalcPrivateCryptoSessionSize;
	/**
	 * @pfnCreateCryptoSession: D3DDDIERR_NOTAVAILABLE for a crypto type that is not on offer
	 * and for a key exchange type that is not on offer; D3DDDIERR_UNSUPPORTEDCRYPTO for a
	 * decode profile; E_OUTOFMEMORY also beyond a limit of sessions
	 */
	PFND3D11_1DDI_CREATECRYPTOSESSION pfnCreateCryptoSession;
	/**
	 * @pfnDestroyCryptoSession: waits for the calls that use the session, and returns when its
	 * resources are wiped
	 */
	PFND3D11_1DDI_DESTROYCRYPTOSESSION pfnDestroyCryptoSession;
	/**
	 * @pfnGetCertificateSize: D3DDDIERR_NOTAVAILABLE for another certificate than that of
	 * sessions and DRIVER_SOFTWARE's channels, and when the device has none
	 */
	PFND3D11_1DDI_GETCERTIFICATESIZE pfnGetCertificateSize;
	/** @pfnGetCertificate: the same; E_INVALIDARG when it has another size */
	PFND3D11_1DDI_GETCERTIFICATE pfnGetCertificate;
	/**
	 * @pfnNegotiateCryptoSessionKeyExchange: for RSAES_OAEP, E_INVALIDARG when the data does
	 * not decrypt to a key. For HW_PROTECTION, the data is a
	 * D3DWDDM2_0DDI_KEY_EXCHANGE_HW_PROTECTION_DATA, whose Status has the result of what was
	 * asked for
	 */
	PFND3D11_1DDI_NEGOTIATECRYPTOSESSIONKEYESCHANGE pfnNegotiateCryptoSessionKeyExchange;
	/**
	 * @pfnEncryptionBlt: reads a protected resource back, all of its sub-resources as they lie
	 * in memory, into one in system memory that has as many bytes or more. pIV, 16 bytes, gets
	 * a D3D11_1DDI_AES_CTR_IV made by the driver. D3DDDIERR_INVALIDCALL without a read-back
	 * key; E_ACCESSDENIED for another session's contents, or for resources that are not
	 * protected and in system memory, in this order
	 */
	PFND3D11_1DDI_ENCRYPTIONBLT pfnEncryptionBlt;
	/**
	 * @pfnDecryptionBlt: decrypts all of a resource in system memory into a protected one that
	 * has as many bytes or more, and from then on belongs to the session. The IV has 16 bytes,
	 * a content key 16 or, where it is NULL, 0. D3DDDIERR_INVALIDCALL before the key exchange;
	 * E_ACCESSDENIED for another session's resource, or for resources that are not in system
	 * memory and protected, in this order; E_INVALIDARG also for an IV that was used before,
	 * with VPROT_D3DDDI_STRICT_IV
	 */
	PFND3D11_1DDI_DECRYPTIONBLT pfnDecryptionBlt;
	/**
	 * @pfnStartSessionKeyRefresh: draws, saves and returns a random number of 16 bytes;
	 * D3DDDIERR_NOTAVAILABLE when the driver does not refresh keys and for HW_PROTECTION,
	 * D3DDDIERR_INVALIDCALL before the key exchange
	 */
	PFND3D11_1DDI_STARTSESSIONKEYREFRESH pfnStartSessionKeyRefresh;
	/**
	 * @pfnFinishSessionKeyRefresh: XORs the random number into the session key; all buffers
	 * from then on use the result; D3DDDIERR_NOTAVAILABLE as above, D3DDDIERR_INVALIDCALL when
	 * no refresh was started
	 */
	PFND3D11_1DDI_FINISHSESSIONKEYREFRESH pfnFinishSessionKeyRefresh;
	/**
	 * @pfnGetEncryptionBltKey: draws a new read-back key, 16 bytes, encrypted with AES-ECB
	 * under the session key; D3DDDIERR_NOTAVAILABLE when read-back uses the session key,
	 * D3DDDIERR_INVALIDCALL before the key exchange
	 */
	PFND3D11_1DDI_GETENCRYPTIONBLTKEY pfnGetEncryptionBltKey;
	/** @pfnCalcPrivateAuthenticatedChannelSize: VPROT_D3D11DDI_PRIVATE_SIZE */
	PFND3D11_1DDI_CALCPRIVATEAUTHENTICATEDCHANNELSIZE pfnCalcPrivateAuthenticatedChannelSize;
	/**
	 * @pfnCreateAuthenticatedChannel: hChannel of its argument gets the number that stands for
	 * the channel in messages; D3DDDIERR_NOTAVAILABLE for another type than DRIVER_SOFTWARE, or
	 * when the device has no identity; E_OUTOFMEMORY also beyond a limit of channels
	 */
	PFND3D11_1DDI_CREATEAUTHENTICATEDCHANNEL pfnCreateAuthenticatedChannel;
	/** @pfnDestroyAuthenticatedChannel: what the channel demands is demanded no more */
	PFND3D11_1DDI_DESTROYAUTHENTICATEDCHANNEL pfnDestroyAuthenticatedChannel;
	/**
	 * @pfnNegotiateAuthenticatedChannelKeyExchange: E_INVALIDARG when the data does not decrypt
	 * to a key; D3DDDIERR_INVALIDCALL when the channel has its key
	 */
	PFND3D11_1DDI_NEGOTIATEAUTHENTICATEDCHANNELKEYEXCHANGE
		pfnNegotiateAuthenticatedChannelKeyExchange;
	/**
	 * @pfnQueryAuthenticatedChannel: the answer always has the result as its ReturnCode; it is
	 * signed unless the channel cannot: D3DDDIERR_INVALIDCALL before the key exchange,
	 * D3DDDIERR_INVALIDHANDLE, D3DDDIERR_DEVICEREMOVED, an input too small for a header. With
	 * an output too small for one nothing is written. E_FAIL for an unknown QueryType,
	 * E_INVALIDARG for all else that is wrong with the question, sizes other than those of its
	 * structures and the name of another channel included
	 */
	PFND3D11_1DDI_QUERYAUTHENTICATEDCHANNEL pfnQueryAuthenticatedChannel;
	/** @pfnConfigureAuthenticatedChannel: the same for a command */
	PFND3D11_1DDI_CONFIGUREAUTHENTICATEDCHANNEL pfnConfigureAuthenticatedChannel;
	/** @pfnVideoDecoderGetHandle: a number for a decoder of vprot_d3d11ddi_create_decoder() */
	PFND3D11_1DDI_VIDEODECODERGETHANDLE pfnVideoDecoderGetHandle;
	/**
	 * @pfnCryptoSessionGetHandle: a number for the session; where the device is one of
	 * vprot_d3dddi.h's as well, it is the session's handle there
	 */
	PFND3D11_1DDI_CRYPTOSESSIONGETHANDLE pfnCryptoSessionGetHandle;
	/** @pfnVideoProcessorSetStreamRotation: E_NOTIMPL: there is no video processor */
	PFND3D11_1DDI_VIDEOPROCESSORSETSTREAMROTATION pfnVideoProcessorSetStreamRotation;
	/** @pfnGetCaptureHandle: E_NOTIMPL: nothing is captured */
	PFND3D11_1DDI_GETCAPTUREHANDLE pfnGetCaptureHandle;
} D3D11_1DDI_VIDEODEVICEFUNCS;

/*
 * The functions of WDDM 2.0
 */

typedef HRESULT
(*PFND3DWDDM2_0DDI_GETDATAFORNEWHARDWAREKEY)(D3D10DDI_HDEVICE hDevice,
					     D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
					     UINT PrivateInputSize, const VOID *pPrivatInputData,
					     ULONGLONG *pPrivateOutputData);
typedef VOID
(*PFND3DWDDM2_0DDI_CHECKCRYPTOSESSIONSTATUS)(D3D10DDI_HDEVICE hDevice,
					     D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
					     D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS *pStatus);
typedef HRESULT
(*PFND3DWDDM2_0DDI_VIDEODECODERSUBMITBUFFERS1)
	(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode, UINT BufferCount,
	 const D3DWDDM2_0DDI_VIDEO_DECODER_BUFFER_DESC1 *pBufferDesc);
typedef VOID
(*PFND3DWDDM2_0DDI_GETCRYPTOSESSIONPRIVATEDATASIZE)(D3D10DDI_HDEVICE hDevice,
						    const GUID *pCryptoType,
						    GUID *pDecoderProfile,
						    const GUID *pKeyExchangeType,
						    UINT *pPrivateInputSize,
						    UINT *pPrivateOutputSize);
typedef VOID (*PFND3DWDDM2_0DDI_SETHARDWAREPROTECTION)(D3D10DDI_HDEVICE hDevice,
						       D3D10DDI_HRESOURCE hResource,
						       BOOL Protected);

/**
 * struct D3DWDDM2_0DDI_VIDEODEVICEFUNCS - what WDDM 2.0 adds to the functions of a video device
 *
 * Those of that table that are about content protection, in its order; there they follow those of
 * D3D11_1DDI_VIDEODEVICEFUNCS. What is said of those holds for these.
 */
typedef struct D3DWDDM2_0DDI_VIDEODEVICEFUNCS {
	/**
	 * @pfnGetDataForNewHardwareKey: the number of the session's key, without input;
	 * D3DDDIERR_NOTAVAILABLE for RSAES_OAEP
	 */
	PFND3DWDDM2_0DDI_GETDATAFORNEWHARDWAREKEY pfnGetDataForNewHardwareKey;
	/** @pfnCheckCryptoSessionStatus: whether the session's key and contents were lost */
	PFND3DWDDM2_0DDI_CHECKCRYPTOSESSIONSTATUS pfnCheckCryptoSessionStatus;
	/**
	 * @pfnVideoDecoderSubmitBuffers1: decrypts the bitstreams of a frame, see
	 * vprot_d3d11ddi_begin_frame(), all or none of them
	 */
	PFND3DWDDM2_0DDI_VIDEODECODERSUBMITBUFFERS1 pfnVideoDecoderSubmitBuffers1;
	/**
	 * @pfnGetCryptoSessionPrivateDataSize: 0 and 0; D3DDDIERR_NOTAVAILABLE and
	 * D3DDDIERR_UNSUPPORTEDCRYPTO as pfnCreateCryptoSession
	 */
	PFND3DWDDM2_0DDI_GETCRYPTOSESSIONPRIVATEDATASIZE pfnGetCryptoSessionPrivateDataSize;
} D3DWDDM2_0DDI_VIDEODEVICEFUNCS;

/**
 * struct D3DWDDM2_0DDI_DEVICEFUNCS - what WDDM 2.0 adds to the functions of a device
 *
 * The one of that table that is about content protection.
 */
typedef struct D3DWDDM2_0DDI_DEVICEFUNCS {
	/**
	 * @pfnSetHardwareProtection: gives a resource other memory, protected or not, zeroed: its
	 * contents are gone, and so is what it was mapped at and its handle
	 * (vprot_d3d11ddi_get_resource_handle()). No other call may use the resource meanwhile.
	 * D3DDDIERR_OUTOFHWPROTECTEDMEMORY beyond a limit of protected memory; then nothing changes
	 */
	PFND3DWDDM2_0DDI_SETHARDWAREPROTECTION pfnSetHardwareProtection;
} D3DWDDM2_0DDI_DEVICEFUNCS;

#ifdef __cplusplus
}
#endif

#endif /* VPROT_D3D11DDI_FUNCS_H */
