/* SPDX-License-Identifier: MIT */
/*
 * The content-protection part of the Windows D3D11.1 and WDDM 2.0 user-mode driver interface:
 * vprot_d3d11ddi_funcs.h has its functions, vprot_d3d11ddi_types.h what they take.
 *
 * What makes devices, resources and decoders there is part of the Direct3D runtime or of the rest
 * of a display driver; here functions of the library's own do it. Adapters are those of
 * vprot_d3dddi.h.
 */
#ifndef VPROT_D3D11DDI_H
#define VPROT_D3D11DDI_H

#include "vprot_d3d11ddi_funcs.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * VPROT_D3D11DDI_PRIVATE_SIZE - bytes of memory behind every pDrvPrivate
 *
 * The memory is the caller's, aligned for a pointer, and stays where it is as long as the object
 * is. It holds no secret and nothing that is trusted: a number, which is looked up.
 */
#define VPROT_D3D11DDI_PRIVATE_SIZE	16

/**
 * struct VPROT_D3D11DDIARG_CREATEDEVICE - argument of vprot_d3d11ddi_create_device()
 */
typedef struct VPROT_D3D11DDIARG_CREATEDEVICE {
	/**
	 * @hDevice9: in: a device of vprot_d3dddi_open_device(), which the new one is another
	 * interface to: sessions and resources are the same ones; or NULL
	 */
	HANDLE hDevice9;
	/** @Flags: in: VPROT_D3DDDI_STRICT_IV or 0; 0 with a device there */
	UINT Flags;
	/** @hRTCoreLayer: in: the caller's handle, for the callback */
	D3D10DDI_HRTCORELAYER hRTCoreLayer;
	/** @pfnSetErrorCb: in: the error callback */
	PFND3D10DDI_SETERROR_CB pfnSetErrorCb;
	/** @pVideoFuncs: out: functions of D3D11.1; may be NULL */
	D3D11_1DDI_VIDEODEVICEFUNCS *pVideoFuncs;
	/** @pVideoFuncs2: out: functions of WDDM 2.0; may be NULL */
	D3DWDDM2_0DDI_VIDEODEVICEFUNCS *pVideoFuncs2;
	/** @pDeviceFuncs2: out: functions of WDDM 2.0; may be NULL */
	D3DWDDM2_0DDI_DEVICEFUNCS *pDeviceFuncs2;
} VPROT_D3D11DDIARG_CREATEDEVICE;

/**
 * vprot_d3d11ddi_create_device() - make a device
 * @hAdapter: an adapter of vprot_d3dddi_open_adapter()
 * @pData: what kind of device
 * @hDevice: VPROT_D3D11DDI_PRIVATE_SIZE bytes of the caller, which become the device
 *
 * Return: S_OK; E_INVALIDARG for an unknown flag, a NULL pointer or no callback;
 * D3DDDIERR_INVALIDHANDLE; E_OUTOFMEMORY; E_ACCESSDENIED; D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3d11ddi_create_device(HANDLE hAdapter, const VPROT_D3D11DDIARG_CREATEDEVICE *pData,
				     D3D10DDI_HDEVICE hDevice);

/**
 * vprot_d3d11ddi_destroy_device() - destroy a device, its sessions, resources and decoders
 * @hDevice: the device
 *
 * Waits for the calls that use it; the error callback is not called any more when it returns. What
 * belongs to a device of vprot_d3dddi_open_device() stays until that one is closed.
 *
 * Return: S_OK; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_destroy_device(D3D10DDI_HDEVICE hDevice);

struct vprot_device;

/**
 * vprot_d3d11ddi_get_native_device() - a device as vprot.h has it, to be told of a loss
 * @hDevice: the device
 * @pDevice: gets it, with a reference, as vprot_d3dddi_get_native_device() gives it
 *
 * Return: S_OK; E_INVALIDARG for NULL; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_get_native_device(D3D10DDI_HDEVICE hDevice, struct vprot_device **pDevice);

/**
 * vprot_d3d11ddi_open_crypto_session() - a session of vprot_d3dddi.h in this interface
 * @hDevice: a device made for the session's device there
 * @hSession: the session there
 * @hCryptoSession: VPROT_D3D11DDI_PRIVATE_SIZE bytes of the caller, which become the session
 *
 * It is one session: what destroys it in one interface destroys it in the other.
 *
 * Return: S_OK; E_INVALIDARG for NULL memory; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_open_crypto_session(D3D10DDI_HDEVICE hDevice, HANDLE hSession,
					   D3D11_1DDI_HCRYPTOSESSION hCryptoSession);

/**
 * struct VPROT_D3D11DDIARG_CREATERESOURCE - argument of vprot_d3d11ddi_create_resource()
 *
 * A resource is a number of equal sub-resources, one after the other. The rows of a texture have
 * their bytes and then as many as make a multiple of 16. NV12 and P010 have the rows of the
 * luminance, then half as many of the chrominance; their width and height are even.
 */
typedef struct VPROT_D3D11DDIARG_CREATERESOURCE {
	/** @RestrictedContent: in: 1 for a protected resource, 0 for one in system memory */
	UINT RestrictedContent;
	/**
	 * @Lockable: in: 1, with RestrictedContent, for one in system memory that can be mapped
	 * only while no authenticated channel of the device demands protection
	 */
	UINT Lockable;
	/** @Format: in: DXGI_FORMAT_UNKNOWN, B8G8R8A8_UNORM, NV12 or P010 */
	DXGI_FORMAT Format;
	/** @Width: in: pixels in a row, or bytes of a plain buffer, not 0 */
	UINT Width;
	/** @Height: in: rows of pixels, not 0; 1 for a plain buffer */
	UINT Height;
	/** @ArraySize: in: sub-resources, not 0 */
	UINT ArraySize;
	/**
	 * @RestrictSharedResource: in: 1, with RestrictedContent, for one that only this process
	 * and those that an authenticated channel of the device has let in can open
	 */
	UINT RestrictSharedResource;
} VPROT_D3D11DDIARG_CREATERESOURCE;

/**
 * vprot_d3d11ddi_create_resource() - create a resource, zeroed
 * @hDevice: the device
 * @pData: the resource
 * @hResource: VPROT_D3D11DDI_PRIVATE_SIZE bytes of the caller, which become the resource
 *
 * Return: S_OK; E_INVALIDARG for a NULL pointer, a format or size that is not valid, or more bytes
 * than a buffer of the device may have; D3DDDIERR_INVALIDHANDLE; E_OUTOFMEMORY;
 * D3DDDIERR_OUTOFHWPROTECTEDMEMORY beyond a limit of protected memory; D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3d11ddi_create_resource(D3D10DDI_HDEVICE hDevice,
				       const VPROT_D3D11DDIARG_CREATERESOURCE *pData,
				       D3D10DDI_HRESOURCE hResource);

/**
 * vprot_d3d11ddi_open_resource() - a resource of vprot_d3dddi.h in this interface
 * @hDevice: a device made for the resource's device there
 * @hSource: the resource there
 * @hResource: VPROT_D3D11DDI_PRIVATE_SIZE bytes of the caller, which become the resource
 *
 * It is one resource: what destroys it in one interface destroys it in the other.
 *
 * Return: S_OK; E_INVALIDARG for NULL memory; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_open_resource(D3D10DDI_HDEVICE hDevice, HANDLE hSource,
				     D3D10DDI_HRESOURCE hResource);

/**
 * vprot_d3d11ddi_share_resource() - give a resource to another device, of any process
 * @hDevice: the device
 * @hResource: the resource
 * @pFd: gets a file descriptor that stands for it; close(2) it
 *
 * Return: S_OK; E_INVALIDARG for NULL; D3DDDIERR_INVALIDHANDLE; E_OUTOFMEMORY also without a free
 * file descriptor; D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3d11ddi_share_resource(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource,
				      int *pFd);

/**
 * vprot_d3d11ddi_open_shared_resource() - use a resource of another device
 * @hDevice: the device
 * @pData: what the resource was created with
 * @Fd: the file descriptor that stands for it; it stays the caller's
 * @hResource: VPROT_D3D11DDI_PRIVATE_SIZE bytes of the caller, which become the resource
 *
 * The memory is the same: what is in a protected one belongs to the session that wrote it, and no
 * other session reads it. A lockable one can be mapped while no channel of the device that has
 * created it demands protection.
 *
 * Return: as vprot_d3d11ddi_create_resource(); E_INVALIDARG also for a file descriptor of something
 * else, and for more bytes than are shared; E_ACCESSDENIED for a resource with
 * RestrictSharedResource, unless this process may open it; what the exporter of another driver's
 * dma-buf says.
 */
HRESULT vprot_d3d11ddi_open_shared_resource(D3D10DDI_HDEVICE hDevice,
					    const VPROT_D3D11DDIARG_CREATERESOURCE *pData, int Fd,
					    D3D10DDI_HRESOURCE hResource);

/**
 * vprot_d3d11ddi_get_resource_handle() - a number for a resource
 * @hDevice: the device
 * @hResource: the resource
 * @pHandle: gets its handle; where the device is one of vprot_d3dddi.h's as well, it is the
 * resource's handle there
 *
 * Return: S_OK; E_INVALIDARG for NULL; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_get_resource_handle(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource,
					   HANDLE *pHandle);

/**
 * vprot_d3d11ddi_destroy_resource() - destroy a resource
 * @hDevice: the device
 * @hResource: the resource; memory got by a map is not valid any more
 *
 * Waits for the calls that use it.
 *
 * Return: S_OK; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_destroy_resource(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource);

/**
 * vprot_d3d11ddi_map() - get at the memory of a sub-resource
 * @hDevice: the device
 * @hResource: the resource
 * @Subresource: the sub-resource
 * @ppData: gets its memory, valid as long as the resource; no unmap is needed. That of a lockable
 * resource with restricted contents can be used only while no channel demands protection.
 * @pRowPitch: gets the bytes from row to row; may be NULL
 *
 * Return: S_OK; E_INVALIDARG for NULL or the index; D3DDDIERR_INVALIDHANDLE; E_ACCESSDENIED for a
 * protected resource, and for a lockable one while a channel demands protection; E_OUTOFMEMORY;
 * D3DDDIERR_DEVICEREMOVED.
 */
HRESULT vprot_d3d11ddi_map(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource, UINT Subresource,
			   VOID **ppData, UINT *pRowPitch);

/**
 * vprot_d3d11ddi_create_decoder() - make what takes the buffers of a decoder
 * @hDevice: the device
 * @hDecode: VPROT_D3D11DDI_PRIVATE_SIZE bytes of the caller, which become the decoder
 *
 * The device does not decode. What it does of a decoder's work is the first step: to decrypt the
 * bitstreams of a frame into protected memory.
 *
 * Return: S_OK; E_INVALIDARG for NULL memory; D3DDDIERR_INVALIDHANDLE; E_OUTOFMEMORY.
 */
HRESULT vprot_d3d11ddi_create_decoder(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode);

/**
 * vprot_d3d11ddi_destroy_decoder() - destroy a decoder
 * @hDevice: the device
 * @hDecode: the decoder
 *
 * Return: S_OK; D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_destroy_decoder(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode);

/**
 * vprot_d3d11ddi_begin_frame() - say where the bitstreams of the next frame go
 * @hDevice: the device
 * @hDecode: the decoder
 * @hResource: a protected resource, which takes the place of the picture
 * @pSession: how the frame is encrypted
 *
 * The bitstreams that pfnVideoDecoderSubmitBuffers1 gets from now on are decrypted into the
 * resource, one right after the other from its beginning, until the next frame begins. Buffers of
 * other types are for the decoder alone and are passed over. Both the session and the resource are
 * looked up when there are buffers.
 *
 * Return: S_OK; E_INVALIDARG for a NULL pointer or a size that is not valid;
 * D3DDDIERR_INVALIDHANDLE.
 */
HRESULT vprot_d3d11ddi_begin_frame(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HDECODE hDecode,
				   D3D10DDI_HRESOURCE hResource,
				   const D3DWDDM2_0DDI_VIDEO_DECODER_BEGIN_FRAME_CRYPTO_SESSION
				   *pSession);

#ifdef __cplusplus
}
#endif

#endif /* VPROT_D3D11DDI_H */
