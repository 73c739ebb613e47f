/* SPDX-License-Identifier: MIT */
/*
 * The content-protection part of the Windows D3D9 user-mode driver interface (d3dumddi.h), under
 * its own names: functions. vprot_d3dddi_types.h has what they take.
 *
 * The functions of a device and their order are those that are documented for that interface. What
 * opens a device and makes resources there is part of the Direct3D runtime; here functions of the
 * library's own do it.
 */
#ifndef VPROT_D3DDDI_H
#define VPROT_D3DDDI_H

#include "vprot_d3dddi_channel_types.h"
#include "vprot_d3dddi_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The device functions
 */

typedef HRESULT (*PFND3DDDI_GETCAPS)(HANDLE hAdapter, const D3DDDIARG_GETCAPS *pData);
typedef HRESULT
(*PFND3DDDI_CREATEAUTHENTICATEDCHANNEL)(HANDLE hDevice,
					D3DDDIARG_CREATEAUTHENTICATEDCHANNEL *pData);
typedef HRESULT
(*PFND3DDDI_AUTHENTICATEDCHANNELKEYEXCHANGE)(HANDLE hDevice,
					     D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE *pData);
typedef HRESULT
(*PFND3DDDI_QUERYAUTHENTICATEDCHANNEL)(HANDLE hDevice,
				       const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL *pData);
/* Spelled as it is there. */
typedef HRESULT
(*PFND3DDDI_CONFIGUREAUTHENICATEDCHANNEL)(HANDLE hDevice,
					  const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL *pData);
typedef HRESULT
(*PFND3DDDI_DESTROYAUTHENTICATEDCHANNEL)(HANDLE hDevice,
					 const D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL *pData);
typedef HRESULT (*PFND3DDDI_CREATECRYPTOSESSION)(HANDLE hDevice,
						 D3DDDIARG_CREATECRYPTOSESSION *pData);
typedef HRESULT (*PFND3DDDI_CRYPTOSESSIONKEYEXCHANGE)(HANDLE hDevice,
						      D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE *pData);
typedef HRESULT (*PFND3DDDI_DESTROYCRYPTOSESSION)(HANDLE hDevice,
						  const D3DDDIARG_DESTROYCRYPTOSESSION *pData);
typedef HRESULT (*PFND3DDDI_ENCRYPTIONBLT)(HANDLE hDevice, const D3DDDIARG_ENCRYPTIONBLT *pData);
typedef HRESULT (*PFND3DDDI_GETPITCH)(HANDLE hDevice, D3DDDIARG_GETPITCH *pData);
typedef HRESULT (*PFND3DDDI_STARTSESSIONKEYREFRESH)(HANDLE hDevice,
						    const D3DDDIARG_STARTSESSIONKEYREFRESH *pData);
typedef HRESULT
(*PFND3DDDI_FINISHSESSIONKEYREFRESH)(HANDLE hDevice,
				     const D3DDDIARG_FINISHSESSIONKEYREFRESH *pData);
typedef HRESULT (*PFND3DDDI_GETENCRYPTIONBLTKEY)(HANDLE hDevice,
						 const D3DDDIARG_GETENCRYPTIONBLTKEY *pData);
typedef HRESULT (*PFND3DDDI_DECRYPTIONBLT)(HANDLE hDevice, const D3DDDIARG_DECRYPTIONBLT *pData);

/**
 * struct _D3DDDI_DEVICEFUNCS - the content-protection functions of a device, slots 106 to 119 there
 *
 * Every function takes the hDevice of vprot_d3dddi_open_device(), and returns S_OK or: E_INVALIDARG
 * for a NULL pointer, an index or a size that is not valid; D3DDDIERR_INVALIDHANDLE for a handle
 * that is NULL, unknown, destroyed, of another kind, or of another hDevice; D3DDDIERR_DEVICEREMOVED
 * when the session's key was lost or the device is gone; D3DDDIERR_NOTAVAILABLE for what the caps
 * do not have; E_OUTOFMEMORY; E_FAIL. Beyond these each member has its own. Outputs are written
 * with S_OK only, but for answers of a channel. Any thread may call any function at any time.
 */
typedef struct _D3DDDI_DEVICEFUNCS {
	/**
	 * @pfnCreateAuthenticatedChannel: D3DDDIERR_NOTAVAILABLE for another type than
	 * DRIVER_SOFTWARE, or when the device has no identity; E_OUTOFMEMORY also beyond a limit of
	 * channels
	 */
	PFND3DDDI_CREATEAUTHENTICATEDCHANNEL pfnCreateAuthenticatedChannel;
	/**
	 * @pfnAuthenticatedChannelKeyExchange: E_INVALIDARG when the data does not decrypt to a
	 * key; D3DDDIERR_INVALIDCALL when the channel has its key
	 */
	PFND3DDDI_AUTHENTICATEDCHANNELKEYEXCHANGE pfnAuthenticatedChannelKeyExchange;
	/**
	 * @pfnQueryAuthenticatedChannel: the answer always has the result as its ReturnCode; it is
	 * signed unless the channel cannot: D3DDDIERR_INVALIDCALL before the key exchange,
	 * D3DDDIERR_INVALIDHANDLE, D3DDDIERR_DEVICEREMOVED, an input too small for a header. With
	 * an output too small for one nothing is written. E_FAIL for an unknown QueryType,
	 * E_INVALIDARG for all else that is wrong with the question
	 */
	PFND3DDDI_QUERYAUTHENTICATEDCHANNEL pfnQueryAuthenticatedChannel;
	/** @pfnConfigureAuthenticatedChannel: the same for a command */
	PFND3DDDI_CONFIGUREAUTHENICATEDCHANNEL pfnConfigureAuthenticatedChannel;
	/** @pfnDestroyAuthenticatedChannel: what the channel demands is demanded no more */
	PFND3DDDI_DESTROYAUTHENTICATEDCHANNEL pfnDestroyAuthenticatedChannel;
	/**
	 * @pfnCreateCryptoSession: D3DDDIERR_NOTAVAILABLE for a crypto type that is not on offer,
	 * or when the device has no identity; D3DDDIERR_UNSUPPORTEDCRYPTO for a decode profile;
	 * E_OUTOFMEMORY also beyond a limit of sessions
	 */
	PFND3DDDI_CREATECRYPTOSESSION pfnCreateCryptoSession;
	/** @pfnCryptoSessionKeyExchange: E_INVALIDARG when the data does not decrypt to a key */
	PFND3DDDI_CRYPTOSESSIONKEYEXCHANGE pfnCryptoSessionKeyExchange;
	/**
	 * @pfnDestroyCryptoSession: waits for the calls that use the session, and returns when its
	 * resources are wiped
	 */
	PFND3DDDI_DESTROYCRYPTOSESSION pfnDestroyCryptoSession;
	/**
	 * @pfnEncryptionBlt: reads a protected sub-resource back; D3DDDIERR_INVALIDCALL without a
	 * read-back key; E_ACCESSDENIED for another session's contents, or for resources that are
	 * not protected and in system memory, in this order
	 */
	PFND3DDDI_ENCRYPTIONBLT pfnEncryptionBlt;
	/** @pfnGetPitch: the pitch of a sub-resource */
	PFND3DDDI_GETPITCH pfnGetPitch;
	/**
	 * @pfnStartSessionKeyRefresh: draws, saves and returns a random number;
	 * D3DDDIERR_NOTAVAILABLE when the driver does not refresh keys, D3DDDIERR_INVALIDCALL
	 * before the key exchange
	 */
	PFND3DDDI_STARTSESSIONKEYREFRESH pfnStartSessionKeyRefresh;
	/**
	 * @pfnFinishSessionKeyRefresh: XORs the random number into the session key; all buffers
	 * from then on use the result; D3DDDIERR_NOTAVAILABLE when the driver does not refresh
	 * keys, D3DDDIERR_INVALIDCALL when no refresh was started
	 */
	PFND3DDDI_FINISHSESSIONKEYREFRESH pfnFinishSessionKeyRefresh;
	/**
	 * @pfnGetEncryptionBltKey: draws a new read-back key; D3DDDIERR_NOTAVAILABLE when read-back
	 * uses the session key, D3DDDIERR_INVALIDCALL before the key exchange
	 */
	PFND3DDDI_GETENCRYPTIONBLTKEY pfnGetEncryptionBltKey;
	/**
	 * @pfnDecryptionBlt: decrypts into a protected sub-resource, which from then on belongs to
	 * the session; D3DDDIERR_INVALIDCALL before the key exchange; E_ACCESSDENIED for another
	 * session's resource, or for resources that are not in system memory and protected, in this
	 * order; E_INVALIDARG also for an IV that was used before, with VPROT_D3DDDI_STRICT_IV
	 */
	PFND3DDDI_DECRYPTIONBLT pfnDecryptionBlt;
} D3DDDI_DEVICEFUNCS;

/*
 * What the runtime does on Windows
 */

/**
 * vprot_d3dddi_open_adapter() - open the device for queries
 * @hAdapter: gets the adapter
 *
 * Return: S_OK; E_INVALIDARG for NULL; E_OUTOFMEMORY; E_ACCESSDENIED; D3DDDIERR_DEVICEREMOVED when
 * there is no device.
 */
HRESULT vprot_d3dddi_open_adapter(HANDLE *hAdapter);

/**
 * vprot_d3dddi_close_adapter() - close an adapter; its devices go on
 * @hAdapter: the adapter
 *
 * Return: S_OK; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3dddi_close_adapter(HANDLE hAdapter);

/**
 * vprot_d3dddi_get_caps() - the content-protection queries, a PFND3DDDI_GETCAPS
 * @hAdapter: the adapter
 * @pData: the query
 *
 * Return: S_OK; E_INVALIDARG for a NULL pointer or a DataSize that does not fit;
 * D3DDDIERR_INVALIDHANDLE; D3DDDIERR_NOTAVAILABLE for another query, crypto type or certificate;
 * D3DDDIERR_UNSUPPORTEDCRYPTO for a decode profile; D3DDDIERR_DEVICEREMOVED; E_OUTOFMEMORY.
 */
HRESULT vprot_d3dddi_get_caps(HANDLE hAdapter, const D3DDDIARG_GETCAPS *pData);

/**
 * VPROT_D3DDDI_STRICT_IV - sessions of the device refuse IVs that were used before
 *
 * DRM_VPROT_SESSION_STRICT_IV has the rule.
 */
#define VPROT_D3DDDI_STRICT_IV	0x00000001

/**
 * vprot_d3dddi_open_device() - open a device
 * @hAdapter: the adapter
 * @Flags: VPROT_D3DDDI_STRICT_IV or 0
 * @hDevice: gets the device
 * @pFuncs: gets the device's functions
 *
 * Return: S_OK; E_INVALIDARG for an unknown flag or a NULL pointer; D3DDDIERR_INVALIDHANDLE;
 * E_OUTOFMEMORY; E_ACCESSDENIED; D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3dddi_open_device(HANDLE hAdapter, UINT Flags, HANDLE *hDevice,
				 D3DDDI_DEVICEFUNCS *pFuncs);

/**
 * vprot_d3dddi_close_device() - close a device, its sessions and its resources
 * @hDevice: the device
 *
 * Waits for the calls that use them. Protected resources are wiped when it returns.
 *
 * Return: S_OK; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3dddi_close_device(HANDLE hDevice);

struct vprot_device;

/**
 * vprot_d3dddi_get_native_device() - a device as vprot.h has it, to be told of a loss
 * @hDevice: the device
 * @pDevice: gets it, with a reference: vprot_device_unref() drops it
 *
 * vprot_device_fd() is readable, and vprot_device_dispatch() tells it, when sessions and channels
 * of the device have lost their keys. What is made with the other functions of vprot.h is not seen
 * here.
 *
 * Return: S_OK; E_INVALIDARG for NULL; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3dddi_get_native_device(HANDLE hDevice, struct vprot_device **pDevice);

/**
 * struct _VPROT_D3DDDIARG_CREATERESOURCE - argument of vprot_d3dddi_create_resource()
 *
 * A resource is a number of equal sub-resources, one after the other, each of Height rows of Pitch
 * bytes; a plain buffer is one row. The rows of a texture have their bytes and then as many as make
 * a multiple of 16. NV12 and P010 have the rows of the luminance, then half as many of the
 * chrominance; their width and height are even.
 */
typedef struct _VPROT_D3DDDIARG_CREATERESOURCE {
	/** @RestrictedContent: in: 1 for a protected resource, 0 for one in system memory */
	UINT RestrictedContent;
	/**
	 * @Lockable: in: 1, with RestrictedContent, for one in system memory that can be locked
	 * only while no authenticated channel of the device demands protection
	 */
	UINT Lockable;
	/** @Pitch: in: bytes in a row, not 0; 0 with a Format */
	UINT Pitch;
	/** @Height: in: rows, not 0 */
	UINT Height;
	/** @SurfCount: in: sub-resources, not 0 */
	UINT SurfCount;
	/** @hResource: out: the resource */
	HANDLE hResource;
	/**
	 * @Format: in: D3DDDIFMT_UNKNOWN, or that of a texture, A8R8G8B8, NV12 or P010, of Width
	 * by Height pixels
	 */
	D3DDDIFORMAT Format;
	/** @Width: in: pixels in a row of a texture, else 0 */
	UINT Width;
	/**
	 * @RestrictSharedAccess: in: 1, with RestrictedContent, for one that only this process and
	 * those that an authenticated channel of the device has let in can open
	 */
	UINT RestrictSharedAccess;
} VPROT_D3DDDIARG_CREATERESOURCE;

/**
 * vprot_d3dddi_create_resource() - create a resource, zeroed
 * @hDevice: the device
 * @pData: the resource
 *
 * Return: S_OK; E_INVALIDARG for NULL, a format or size that is not valid, or more bytes than a
 * buffer of the device may have; D3DDDIERR_INVALIDHANDLE; E_OUTOFMEMORY;
 * D3DDDIERR_OUTOFHWPROTECTEDMEMORY beyond a limit of protected memory; D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3dddi_create_resource(HANDLE hDevice, VPROT_D3DDDIARG_CREATERESOURCE *pData);

/**
 * vprot_d3dddi_share_resource() - give a resource to another device, of any process
 * @hDevice: the device
 * @hResource: the resource
 * @pFd: gets a file descriptor that stands for it; close(2) it
 *
 * Return: S_OK; E_INVALIDARG for NULL; D3DDDIERR_INVALIDHANDLE; E_OUTOFMEMORY also without a free
 * file descriptor; D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3dddi_share_resource(HANDLE hDevice, HANDLE hResource, int *pFd);

/**
 * vprot_d3dddi_open_shared_resource() - use a resource of another device
 * @hDevice: the device
 * @pData: what the resource was created with; gets its handle in this device
 * @Fd: the file descriptor that stands for it; it stays the caller's
 *
 * The memory is the same: what is in a protected one belongs to the session that wrote it, and no
 * other session reads it. A lockable one can be locked while no channel of the device that has
 * created it demands protection.
 *
 * Return: as vprot_d3dddi_create_resource(); E_INVALIDARG also for a file descriptor of something
 * else, and for more bytes than are shared; E_ACCESSDENIED for a resource with
 * RestrictSharedAccess, unless this process may open it; what the exporter of another driver's
 * dma-buf says.
 */
HRESULT vprot_d3dddi_open_shared_resource(HANDLE hDevice, VPROT_D3DDDIARG_CREATERESOURCE *pData,
					  int Fd);

/**
 * vprot_d3dddi_destroy_resource() - destroy a resource
 * @hDevice: the device
 * @hResource: the resource; memory got by a lock is not valid any more
 *
 * Waits for the calls that use it.
 *
 * Return: S_OK; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3dddi_destroy_resource(HANDLE hDevice, HANDLE hResource);

/**
 * vprot_d3dddi_lock() - get at the memory of a sub-resource
 * @hDevice: the device
 * @hResource: the resource
 * @SubResourceIndex: the sub-resource
 * @ppData: gets its memory, valid as long as the resource; no unlock is needed. That of a lockable
 * resource with restricted contents can be used only while no channel demands protection.
 * @pPitch: gets the bytes in a row; may be NULL
 *
 * Return: S_OK; E_INVALIDARG for NULL or the index; D3DDDIERR_INVALIDHANDLE; E_ACCESSDENIED for a
 * protected resource, and for a lockable one while a channel demands protection; E_OUTOFMEMORY;
 * D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3dddi_lock(HANDLE hDevice, HANDLE hResource, UINT SubResourceIndex, VOID **ppData,
			  UINT *pPitch);

#ifdef __cplusplus
}
#endif

#endif /* VPROT_D3DDDI_H */
