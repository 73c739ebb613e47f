// SPDX-License-Identifier: MIT
/*
 * Devices, textures, results, and loss.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <vprot.h>

#include "layer11.h"

/*
 * Results
 */

/* guide: errors */
_Thread_local HRESULT reported;

static VOID set_error(D3D10DDI_HRTCORELAYER core_layer, HRESULT error)
{
	reported = error;
}
/* guide: end */

/* guide: results */
HRESULT api_result(HRESULT result)
{
	switch (result) {
	case D3DDDIERR_NOTAVAILABLE:
	case D3DDDIERR_UNSUPPORTEDCRYPTO:
		return DXGI_ERROR_UNSUPPORTED;
	case D3DDDIERR_INVALIDCALL:
		return DXGI_ERROR_INVALID_CALL;
	case D3DDDIERR_INVALIDHANDLE:
		return E_INVALIDARG;
	case D3DDDIERR_OUTOFHWPROTECTEDMEMORY:
		return DXGI_ERROR_HW_PROTECTION_OUTOFMEMORY;
	case D3DDDIERR_DEVICEREMOVED:
		return DXGI_ERROR_DEVICE_REMOVED;
	default:
		return result;	/* S_OK and E_* are the same in both */
	}
}

/* A session that has lost its key is not a device that is gone: that one says nothing any more. */
HRESULT session_result(struct crypto_session *session, HRESULT result)
{
	struct video_device *device = session->device;
	D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS status;

	if (result == D3DDDIERR_DEVICEREMOVED &&
	    REPORTED(device->f2.pfnCheckCryptoSessionStatus(device->handle, session->handle,
							    &status)) == S_OK)
		return E_FAIL;
	if (result == D3DDDIERR_DEVICEREMOVED)
		device->removed_reason = DXGI_ERROR_DEVICE_REMOVED;
	return api_result(result);
}
/* guide: end */

void tell(const char *method, HRESULT result)
{
	if (result < 0)
		fprintf(stderr, "D3D11 ERROR: %s: %#x\n", method, result);
}

/*
 * ID3D11Device
 */

HRESULT create_device(struct video_device **out)
{
	struct video_device *device = calloc(1, sizeof(*device));
	VPROT_D3D11DDIARG_CREATEDEVICE create;
	HRESULT result;

	if (!device)
		return E_OUTOFMEMORY;
	create = (VPROT_D3D11DDIARG_CREATEDEVICE) {
		.hRTCoreLayer.handle = device,
		.pfnSetErrorCb = set_error,
		.pVideoFuncs = &device->f,
		.pVideoFuncs2 = &device->f2,
	};
	device->handle.pDrvPrivate = device->memory;
	result = vprot_d3dddi_open_adapter(&device->adapter);
	if (result == S_OK)
		result = vprot_d3d11ddi_create_device(device->adapter, &create, device->handle);
	if (result == S_OK)
		result = vprot_d3d11ddi_get_native_device(device->handle, &device->native);
	if (result == S_OK) {
		*out = device;
		return S_OK;
	}
	vprot_d3d11ddi_destroy_device(device->handle);
	vprot_d3dddi_close_adapter(device->adapter);
	free(device);
	return api_result(result);
}

void device_release(struct video_device *device)
{
	vprot_device_unref(device->native);
	vprot_d3d11ddi_destroy_device(device->handle);
	vprot_d3dddi_close_adapter(device->adapter);
	free(device);
}

/* guide: textures */
/* D3D11_RESOURCE_MISC_RESTRICTED_CONTENT or _HW_PROTECTED; or else D3D11_USAGE_STAGING */
HRESULT device_create_texture(struct video_device *device, bool restricted, DXGI_FORMAT format,
			      UINT width, UINT height, struct texture **out)
{
	const VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.RestrictedContent = restricted,
		.Format = format,
		.Width = width,
		.Height = height,
		.ArraySize = 1,
	};
	struct texture *texture = calloc(1, sizeof(*texture));
	HRESULT result;

	if (!texture)
		return E_OUTOFMEMORY;
	texture->device = device;
	texture->handle.pDrvPrivate = texture->memory;
	result = vprot_d3d11ddi_create_resource(device->handle, &create, texture->handle);
	if (result == S_OK)
		*out = texture;
	else
		free(texture);
	return api_result(result);
}
/* guide: end */

void texture_release(struct texture *texture)
{
	vprot_d3d11ddi_destroy_resource(texture->device->handle, texture->handle);
	free(texture);
}

HRESULT context_map(struct texture *texture, void **data, UINT *row_pitch)
{
	return api_result(vprot_d3d11ddi_map(texture->device->handle, texture->handle, 0, data,
					     row_pitch));
}

/*
 * ID3D11VideoDevice, ID3D11CryptoSession, ID3D11AuthenticatedChannel: caps and certificates
 */

/* guide: caps */
/* The bits that have the same meaning in DDI and API; the API's D3D11_CONTENT_PROTECTION_CAPS_* */
#define SAME_CAPS			0x1fff
#define HARDWARE_TEARDOWN		0x2000
#define HARDWARE_DRM_COMMUNICATION	0x4000

static UINT api_caps(UINT caps)
{
	/* This layer tells of losses: video_device_wait_for_teardown(). */
	UINT api = (caps & SAME_CAPS) | HARDWARE_TEARDOWN;

	if (caps & D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_DRM_COMMUNICATION)
		api |= HARDWARE_DRM_COMMUNICATION;
	return api;
}
/* guide: end */

HRESULT video_device_get_content_protection_caps(struct video_device *device,
						 const GUID *crypto_type,
						 const GUID *decoder_profile,
						 D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS *caps)
{
	HRESULT result = device->f.pfnGetContentProtectionCaps(device->handle, crypto_type,
							       decoder_profile, caps);

	if (result == S_OK)
		caps->Caps = api_caps(caps->Caps);
	return api_result(result);
}

HRESULT video_device_check_crypto_key_exchange(struct video_device *device, const GUID *crypto_type,
					       const GUID *decoder_profile, UINT index,
					       GUID *key_exchange_type)
{
	return api_result(device->f.pfnGetCryptoKeyExchangeType(device->handle, crypto_type,
								decoder_profile, index,
								key_exchange_type));
}

HRESULT get_certificate_size(struct video_device *device, const D3D11_1DDI_CERTIFICATE_INFO *info,
			     UINT *size)
{
	return api_result(REPORTED(device->f.pfnGetCertificateSize(device->handle, info, size)));
}

HRESULT get_certificate(struct video_device *device, const D3D11_1DDI_CERTIFICATE_INFO *info,
			UINT size, BYTE *certificate)
{
	return api_result(REPORTED(device->f.pfnGetCertificate(device->handle, info, size,
							       certificate)));
}

/*
 * ID3D11VideoContext1, IDXGIAdapter3: loss
 */

HRESULT video_context1_check_crypto_session_status(struct crypto_session *session,
						   D3DWDDM2_0DDI_CRYPTO_SESSION_STATUS *status)
{
	struct video_device *device = session->device;

	return api_result(REPORTED(device->f2.pfnCheckCryptoSessionStatus(device->handle,
									  session->handle,
									  status)));
}

/* guide: loss */
static void set_event(uint64_t generation, void *event)
{
	*(bool *)event = true;
}

/*
 * What the thread of a device does, which sets the events that programs have registered by
 * RegisterHardwareContentProtectionTeardownStatusEvent.
 */
HRESULT video_device_wait_for_teardown(struct video_device *device)
{
	struct pollfd file = { .fd = vprot_device_fd(device->native), .events = POLLIN };
	bool event = false;

	while (!event)
		if (poll(&file, 1, -1) != 1 ||
		    vprot_device_dispatch(device->native, set_event, &event))
			return E_FAIL;
	return S_OK;
}
/* guide: end */
