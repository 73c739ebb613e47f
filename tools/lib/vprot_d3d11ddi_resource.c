// SPDX-License-Identifier: MIT
/*
 * Resources of the D3D11.1 DDI: those of D3D9, with formats.
 */
#include <errno.h>

#include <vprot_drm.h>

#include "vprot_d3d11ddi_priv.h"

/* Bytes from row to row, and rows, of a sub-resource. */
static int find_layout(const VPROT_D3D11DDIARG_CREATERESOURCE *data, UINT *pitch, UINT *rows)
{
	switch (data->Format) {
	case DXGI_FORMAT_UNKNOWN:
		if (data->Height != 1)
			return -EINVAL;
		*pitch = data->Width;
		*rows = 1;
		return 0;
	case DXGI_FORMAT_B8G8R8A8_UNORM:
		return ddi_texture_layout(4, 1, data->Width, data->Height, pitch, rows);
	case DXGI_FORMAT_NV12:
		return ddi_texture_layout(1, 2, data->Width, data->Height, pitch, rows);
	case DXGI_FORMAT_P010:
		return ddi_texture_layout(2, 2, data->Width, data->Height, pitch, rows);
	default:
		return -EINVAL;
	}
}

static HRESULT create_resource(HANDLE device, const VPROT_D3D11DDIARG_CREATERESOURCE *data, int fd,
			       void *pDrvPrivate)
{
	HANDLE resource;
	HRESULT result;
	UINT pitch, rows;
	uint32_t flags;

	if (!data || !pDrvPrivate || !data->Width || !data->Height || !data->ArraySize ||
	    find_layout(data, &pitch, &rows) ||
	    !ddi_resource_flags(data->RestrictedContent, data->Lockable,
				data->RestrictSharedResource, &flags))
		return E_INVALIDARG;
	result = ddi_add_resource(device, flags, fd, pitch, rows, data->ArraySize, &resource);
	if (result == S_OK)
		ddi11_set_handle(pDrvPrivate, resource);
	return result;
}

HRESULT vprot_d3d11ddi_create_resource(D3D10DDI_HDEVICE hDevice,
				       const VPROT_D3D11DDIARG_CREATERESOURCE *pData,
				       D3D10DDI_HRESOURCE hResource)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, create_resource(ddi11_device(device), pData, DDI_NOT_SHARED,
						 hResource.pDrvPrivate));
}

HRESULT vprot_d3d11ddi_share_resource(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource,
				      int *pFd)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, vprot_d3dddi_share_resource(ddi11_device(device),
							     ddi11_handle(hResource.pDrvPrivate),
							     pFd));
}

HRESULT vprot_d3d11ddi_open_shared_resource(D3D10DDI_HDEVICE hDevice,
					    const VPROT_D3D11DDIARG_CREATERESOURCE *pData, int Fd,
					    D3D10DDI_HRESOURCE hResource)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, Fd < 0 ? E_INVALIDARG :
			 create_resource(ddi11_device(device), pData, Fd, hResource.pDrvPrivate));
}

HRESULT vprot_d3d11ddi_open_resource(D3D10DDI_HDEVICE hDevice, HANDLE hSource,
				     D3D10DDI_HRESOURCE hResource)
{
	return ddi11_open(hDevice, DDI_RESOURCE, hSource, hResource.pDrvPrivate);
}

HRESULT vprot_d3d11ddi_get_resource_handle(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource,
					   HANDLE *pHandle)
{
	struct ddi_object *device = ddi11_get(hDevice), *resource;
	HANDLE handle = ddi11_handle(hResource.pDrvPrivate);
	HRESULT result = S_OK;

	resource = ddi_get(DDI_RESOURCE, handle, ddi11_device(device));
	if (!resource)
		result = D3DDDIERR_INVALIDHANDLE;
	else if (!pHandle)
		result = E_INVALIDARG;
	else
		*pHandle = handle;
	ddi_put(resource);
	return ddi11_put(device, result);
}

HRESULT vprot_d3d11ddi_destroy_resource(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, ddi_close(DDI_RESOURCE, ddi11_handle(hResource.pDrvPrivate),
					   ddi11_device(device)));
}

HRESULT vprot_d3d11ddi_map(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource, UINT Subresource,
			   VOID **ppData, UINT *pRowPitch)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, vprot_d3dddi_lock(ddi11_device(device),
						   ddi11_handle(hResource.pDrvPrivate), Subresource,
						   ppData, pRowPitch));
}

/* A resource like another one, but for its protection, takes the place of that one. */
static HRESULT replace(HANDLE device, HANDLE handle, bool protect, void *pDrvPrivate)
{
	struct ddi_object *old = ddi_get(DDI_RESOURCE, handle, device);
	HANDLE other;
	HRESULT result;

	if (!old)
		return D3DDDIERR_INVALIDHANDLE;
	if (protect == !!(old->flags & DRM_VPROT_GEM_PROTECTED)) {
		ddi_put(old);
		return S_OK;
	}
	result = ddi_add_resource(device, old->flags ^ DRM_VPROT_GEM_PROTECTED, DDI_NOT_SHARED,
				  old->pitch, old->size / old->pitch, old->count, &other);
	ddi_put(old);
	if (result != S_OK)
		return result;

	result = ddi_close(DDI_RESOURCE, handle, device);
	if (result == S_OK)
		ddi11_set_handle(pDrvPrivate, other);
	else
		ddi_close(DDI_RESOURCE, other, device);
	return result;
}

VOID ddi11_set_hardware_protection(D3D10DDI_HDEVICE hDevice, D3D10DDI_HRESOURCE hResource,
				   BOOL Protected)
{
	struct ddi_object *device = ddi11_get(hDevice);

	ddi11_report(device, replace(ddi11_device(device), ddi11_handle(hResource.pDrvPrivate),
				     Protected, hResource.pDrvPrivate));
}
