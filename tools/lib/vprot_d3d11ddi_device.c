// SPDX-License-Identifier: MIT
/*
 * Devices of the D3D11.1 DDI, their tables of functions, and how they report errors.
 */
#include <assert.h>
#include <stdlib.h>

#include "vprot_d3d11ddi_priv.h"

/*
 * Handles. What the caller's memory holds is as little trusted as a handle of D3D9, and is looked
 * up as one.
 */

struct private {
	/* A number, see vprot_d3dddi_handle.c. */
	HANDLE handle;
	/* Its own address: chance does not make a handle of other memory. */
	const void *self;
};

static_assert(sizeof(struct private) <= VPROT_D3D11DDI_PRIVATE_SIZE, "memory behind pDrvPrivate");

HANDLE ddi11_handle(const void *pDrvPrivate)
{
	const struct private *private = pDrvPrivate;

	if (!private || __atomic_load_n(&private->self, __ATOMIC_RELAXED) != private)
		return NULL;
	return __atomic_load_n(&private->handle, __ATOMIC_RELAXED);
}

void ddi11_set_handle(void *pDrvPrivate, HANDLE handle)
{
	struct private *private = pDrvPrivate;

	__atomic_store_n(&private->handle, handle, __ATOMIC_RELAXED);
	__atomic_store_n(&private->self, private, __ATOMIC_RELAXED);
}

HRESULT ddi11_open(D3D10DDI_HDEVICE hDevice, enum ddi_kind kind, HANDLE handle, void *pDrvPrivate)
{
	struct ddi_object *device = ddi11_get(hDevice), *object;

	object = ddi_get(kind, handle, ddi11_device(device));
	if (!object)
		return ddi11_put(device, D3DDDIERR_INVALIDHANDLE);
	ddi_put(object);
	if (!pDrvPrivate)
		return ddi11_put(device, E_INVALIDARG);
	ddi11_set_handle(pDrvPrivate, handle);
	return ddi11_put(device, S_OK);
}

/*
 * Calls
 */

/* What a device has, beyond the native device. */
struct device {
	/* The hDevice of D3D9. */
	HANDLE handle;
	/* It was opened for this one, and is closed with it. */
	bool own;
	D3D10DDI_HRTCORELAYER core_layer;
	PFND3D10DDI_SETERROR_CB set_error;
};

struct ddi_object *ddi11_get(D3D10DDI_HDEVICE hDevice)
{
	return ddi_get(DDI_DEVICE11, ddi11_handle(hDevice.pDrvPrivate), NULL);
}

HANDLE ddi11_device(const struct ddi_object *device)
{
	return device ? ((const struct device *)device->data)->handle : NULL;
}

HRESULT ddi11_put(struct ddi_object *device, HRESULT result)
{
	ddi_put(device);
	return result;
}

void ddi11_report(struct ddi_object *device, HRESULT result)
{
	if (device && result != S_OK) {
		const struct device *d = device->data;

		d->set_error(d->core_layer, result);
	}
	ddi_put(device);
}

/*
 * What there is nothing for: no video processor, no capture
 */

static VOID set_stream_rotation(D3D10DDI_HDEVICE hDevice,
				D3D11_1DDI_HVIDEOPROCESSOR hVideoProcessor, UINT StreamIndex,
				BOOL Enable, D3D11_1DDI_VIDEO_PROCESSOR_ROTATION Rotation)
{
	ddi11_report(ddi11_get(hDevice), E_NOTIMPL);
}

static VOID get_capture_handle(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_GETCAPTUREHANDLEDATA *pData)
{
	ddi11_report(ddi11_get(hDevice), E_NOTIMPL);
}

/*
 * Devices
 */

static const D3D11_1DDI_VIDEODEVICEFUNCS video_funcs = {
	.pfnGetContentProtectionCaps = ddi11_get_caps,
	.pfnGetCryptoKeyExchangeType = ddi11_get_key_exchange_type,
	.pfnCalcPrivateCryptoSessionSize = ddi11_calc_session_size,
	.pfnCreateCryptoSession = ddi11_create_session,
	.pfnDestroyCryptoSession = ddi11_destroy_session,
	.pfnGetCertificateSize = ddi11_get_certificate_size,
	.pfnGetCertificate = ddi11_get_certificate,
	.pfnNegotiateCryptoSessionKeyExchange = ddi11_negotiate,
	.pfnEncryptionBlt = ddi11_encryption_blt,
	.pfnDecryptionBlt = ddi11_decryption_blt,
	.pfnStartSessionKeyRefresh = ddi11_start_refresh,
	.pfnFinishSessionKeyRefresh = ddi11_finish_refresh,
	.pfnGetEncryptionBltKey = ddi11_get_encryption_blt_key,
	.pfnCalcPrivateAuthenticatedChannelSize = ddi11_calc_channel_size,
	.pfnCreateAuthenticatedChannel = ddi11_create_channel,
	.pfnDestroyAuthenticatedChannel = ddi11_destroy_channel,
	.pfnNegotiateAuthenticatedChannelKeyExchange = ddi11_channel_key_exchange,
	.pfnQueryAuthenticatedChannel = ddi11_query_channel,
	.pfnConfigureAuthenticatedChannel = ddi11_configure_channel,
	.pfnVideoDecoderGetHandle = ddi11_get_decoder_handle,
	.pfnCryptoSessionGetHandle = ddi11_get_session_handle,
	.pfnVideoProcessorSetStreamRotation = set_stream_rotation,
	.pfnGetCaptureHandle = get_capture_handle,
};

static const D3DWDDM2_0DDI_VIDEODEVICEFUNCS video_funcs2 = {
	.pfnGetDataForNewHardwareKey = ddi11_get_data_for_new_key,
	.pfnCheckCryptoSessionStatus = ddi11_check_session_status,
	.pfnVideoDecoderSubmitBuffers1 = ddi11_submit_buffers,
	.pfnGetCryptoSessionPrivateDataSize = ddi11_get_private_data_size,
};

static const D3DWDDM2_0DDI_DEVICEFUNCS device_funcs2 = {
	.pfnSetHardwareProtection = ddi11_set_hardware_protection,
};

static void give_funcs(const VPROT_D3D11DDIARG_CREATEDEVICE *data)
{
	if (data->pVideoFuncs)
		*data->pVideoFuncs = video_funcs;
	if (data->pVideoFuncs2)
		*data->pVideoFuncs2 = video_funcs2;
	if (data->pDeviceFuncs2)
		*data->pDeviceFuncs2 = device_funcs2;
}

/* Make the interface of a device of D3D9. */
static HRESULT add_device(const VPROT_D3D11DDIARG_CREATEDEVICE *data, HANDLE handle,
			  void *pDrvPrivate)
{
	struct ddi_object *device9 = ddi_get(DDI_DEVICE, handle, NULL), *device;
	struct device *d;

	if (!device9)
		return D3DDDIERR_INVALIDHANDLE;
	device = ddi_new(DDI_DEVICE11, NULL);
	d = calloc(1, sizeof(*d));
	if (!device || !d) {
		free(d);
		ddi_free(device);
		ddi_put(device9);
		return E_OUTOFMEMORY;
	}

	device->dev = vprot_device_ref(device9->dev);
	device->data = d;
	d->handle = handle;
	d->own = !data->hDevice9;
	d->core_layer = data->hRTCoreLayer;
	d->set_error = data->pfnSetErrorCb;
	ddi11_set_handle(pDrvPrivate, ddi_add(device));
	give_funcs(data);
	ddi_put(device9);
	return S_OK;
}

static HRESULT create_device(HANDLE hAdapter, const VPROT_D3D11DDIARG_CREATEDEVICE *data,
			     void *pDrvPrivate)
{
	D3DDDI_DEVICEFUNCS funcs;
	HANDLE handle;
	HRESULT result;

	if (data->hDevice9)
		return add_device(data, data->hDevice9, pDrvPrivate);

	result = vprot_d3dddi_open_device(hAdapter, data->Flags, &handle, &funcs);
	if (result != S_OK)
		return result;
	result = add_device(data, handle, pDrvPrivate);
	if (result != S_OK)
		vprot_d3dddi_close_device(handle);
	return result;
}

HRESULT vprot_d3d11ddi_create_device(HANDLE hAdapter, const VPROT_D3D11DDIARG_CREATEDEVICE *pData,
				     D3D10DDI_HDEVICE hDevice)
{
	struct ddi_object *adapter;
	HRESULT result;

	if (!pData || !pData->pfnSetErrorCb || !hDevice.pDrvPrivate ||
	    (pData->hDevice9 && pData->Flags))
		return E_INVALIDARG;
	adapter = ddi_get(DDI_ADAPTER, hAdapter, NULL);
	if (!adapter)
		return D3DDDIERR_INVALIDHANDLE;

	result = create_device(hAdapter, pData, hDevice.pDrvPrivate);
	ddi_put(adapter);
	return result;
}

HRESULT vprot_d3d11ddi_destroy_device(D3D10DDI_HDEVICE hDevice)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct device d;
	HRESULT result;

	if (!device)
		return D3DDDIERR_INVALIDHANDLE;
	d = *(const struct device *)device->data;
	ddi_put(device);

	result = ddi_close(DDI_DEVICE11, ddi11_handle(hDevice.pDrvPrivate), NULL);
	/* Nobody calls any more. */
	if (result == S_OK && d.own)
		vprot_d3dddi_close_device(d.handle);
	return result;
}

HRESULT vprot_d3d11ddi_get_native_device(D3D10DDI_HDEVICE hDevice, struct vprot_device **pDevice)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, ddi_get_native_device(device, pDevice));
}
