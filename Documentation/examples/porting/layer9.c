// SPDX-License-Identifier: MIT
/*
 * Devices, surfaces, caps and certificates, and results.
 */
#include <stdlib.h>

#include "layer9.h"

/* guide: results9 */
HRESULT api_result(HRESULT result)
{
	switch (result) {
	case D3DDDIERR_INVALIDHANDLE:
		return D3DERR_INVALIDCALL;
	case D3DDDIERR_OUTOFHWPROTECTEDMEMORY:
		return D3DERR_OUTOFVIDEOMEMORY;
	default:
		return result;	/* the others are D3DERR_* of the same values, or E_* */
	}
}
/* guide: end */

/*
 * Devices and surfaces
 */

HRESULT create_device(struct device **out)
{
	struct device *device = calloc(1, sizeof(*device));
	HRESULT result;

	if (!device)
		return E_OUTOFMEMORY;
	result = vprot_d3dddi_open_adapter(&device->adapter);
	if (result == S_OK)
		result = vprot_d3dddi_open_device(device->adapter, 0, &device->handle, &device->f);
	if (result == S_OK) {
		*out = device;
		return S_OK;
	}
	vprot_d3dddi_close_adapter(device->adapter);
	free(device);
	return api_result(result);
}

void device_release(struct device *device)
{
	vprot_d3dddi_close_device(device->handle);
	vprot_d3dddi_close_adapter(device->adapter);
	free(device);
}

/* guide: surfaces */
#define BYTES_PER_PIXEL	4	/* D3DFMT_X8R8G8B8 */

HRESULT device_create_offscreen_plain_surface(struct device *device, bool restricted, UINT width,
					      UINT height, struct surface **out)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.RestrictedContent = restricted,
		.Pitch = width * BYTES_PER_PIXEL,
		.Height = height,
		.SurfCount = 1,
	};
	struct surface *surface = calloc(1, sizeof(*surface));
	HRESULT result;

	if (!surface)
		return E_OUTOFMEMORY;
	result = vprot_d3dddi_create_resource(device->handle, &create);
	if (result != S_OK) {
		free(surface);
		return api_result(result);
	}
	surface->device = device;
	surface->resource = create.hResource;
	*out = surface;
	return S_OK;
}
/* guide: end */

void surface_release(struct surface *surface)
{
	vprot_d3dddi_destroy_resource(surface->device->handle, surface->resource);
	free(surface);
}

HRESULT surface_lock_rect(struct surface *surface, void **bits, UINT *pitch)
{
	return api_result(vprot_d3dddi_lock(surface->device->handle, surface->resource,
					    surface->index, bits, pitch));
}

/*
 * IDirect3DDevice9Video
 */

/* guide: caps9 */
HRESULT device_get_content_protection_caps(struct device *device, const GUID *crypto_type,
					   const GUID *decode_profile,
					   D3DCONTENTPROTECTIONCAPS *caps)
{
	DDICONTENTPROTECTIONCAPS info = { 0 };
	const D3DDDIARG_GETCAPS get = {
		.Type = D3DDDICAPS_GETCONTENTPROTECTIONCAPS,
		.pInfo = &info,
		.pData = caps,
		.DataSize = sizeof(*caps),
	};

	if (crypto_type)
		info.CryptoType = *crypto_type;
	if (decode_profile)
		info.DecodeProfile = *decode_profile;
	return api_result(vprot_d3dddi_get_caps(device->adapter, &get));
}
/* guide: end */

/* Certificates are queries of the adapter there. */
HRESULT get_certificate(struct device *device, D3DDDICAPS_TYPE type,
			const DDICERTIFICATEINFO *info, void *data, UINT size)
{
	const D3DDDIARG_GETCAPS get = {
		.Type = type,
		.pInfo = (void *)info,
		.pData = data,
		.DataSize = size,
	};

	return api_result(vprot_d3dddi_get_caps(device->adapter, &get));
}
