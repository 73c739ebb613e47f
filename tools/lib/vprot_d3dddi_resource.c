// SPDX-License-Identifier: MIT
/*
 * Resources of the DDI: a buffer each, cut into equal sub-resources.
 */
#include <errno.h>
#include <stddef.h>

#include <vprot_drm.h>

#include "vprot_d3dddi_priv.h"

/* Use what was shared, if it has that many bytes. */
static int import(struct vprot_device *dev, int fd, uint64_t size, struct vprot_buffer **out)
{
	struct vprot_buffer *buffer;
	int ret = vprot_buffer_import(dev, fd, &buffer);

	if (ret)
		return ret == -EBADF ? -EINVAL : ret;
	if (vprot_buffer_size(buffer) < size) {
		vprot_buffer_unref(buffer);
		return -EINVAL;
	}
	*out = buffer;
	return 0;
}

static HRESULT add_resource(const struct ddi_object *device, HANDLE hDevice, uint32_t flags, int fd,
			    UINT pitch, UINT rows, UINT count, HANDLE *handle)
{
	struct ddi_object *resource;
	uint64_t total;
	int ret = -EINVAL;

	resource = ddi_new(DDI_RESOURCE, hDevice);
	if (!resource)
		return E_OUTOFMEMORY;
	resource->restricted = flags & DRM_VPROT_GEM_PROTECTED;
	resource->pitch = pitch;
	resource->size = (uint64_t)pitch * rows;
	resource->count = count;
	if (!__builtin_mul_overflow(resource->size, resource->count, &total))
		ret = fd == DDI_NOT_SHARED ?
		      vprot_buffer_create(device->dev, total, flags, &resource->buffer) :
		      import(device->dev, fd, total, &resource->buffer);
	if (ret)
		ddi_free(resource);
	else
		*handle = ddi_add(resource);
	return ddi_result(ret);
}

HRESULT ddi_add_resource(HANDLE hDevice, uint32_t flags, int fd, UINT pitch, UINT rows, UINT count,
			 HANDLE *resource)
{
	struct ddi_object *device;
	HRESULT result;

	device = ddi_get(DDI_DEVICE, hDevice, NULL);
	if (!device)
		return D3DDDIERR_INVALIDHANDLE;

	result = add_resource(device, hDevice, flags, fd, pitch, rows, count, resource);
	ddi_put(device);
	return result;
}

uint32_t ddi_resource_flags(bool restricted, bool lockable)
{
	if (!restricted)
		return 0;
	return lockable ? DRM_VPROT_GEM_RESTRICTED : DRM_VPROT_GEM_PROTECTED;
}

HRESULT vprot_d3dddi_create_resource(HANDLE hDevice, VPROT_D3DDDIARG_CREATERESOURCE *pData)
{
	if (!pData || pData->RestrictedContent > 1 || !pData->Pitch || !pData->Height ||
	    !pData->SurfCount || pData->Lockable > pData->RestrictedContent)
		return E_INVALIDARG;
	return ddi_add_resource(hDevice,
				ddi_resource_flags(pData->RestrictedContent, pData->Lockable),
				DDI_NOT_SHARED, pData->Pitch, pData->Height, pData->SurfCount,
				&pData->hResource);
}

HRESULT vprot_d3dddi_destroy_resource(HANDLE hDevice, HANDLE hResource)
{
	return ddi_close(DDI_RESOURCE, hResource, hDevice);
}

HRESULT vprot_d3dddi_lock(HANDLE hDevice, HANDLE hResource, UINT SubResourceIndex, VOID **ppData,
			  UINT *pPitch)
{
	struct ddi_object *resource;
	void *map;
	int ret = -EINVAL;

	if (!ppData)
		return E_INVALIDARG;
	resource = ddi_get(DDI_RESOURCE, hResource, hDevice);
	if (!resource)
		return D3DDDIERR_INVALIDHANDLE;

	if (SubResourceIndex < resource->count)
		ret = vprot_buffer_map(resource->buffer, &map);
	if (!ret) {
		*ppData = (uint8_t *)map + SubResourceIndex * resource->size;
		if (pPitch)
			*pPitch = resource->pitch;
	}
	ddi_put(resource);
	return ddi_result(ret);
}

HRESULT ddi_get_pitch(HANDLE hDevice, D3DDDIARG_GETPITCH *pData)
{
	struct ddi_object *session, *resource;
	int ret = 0;

	if (!pData)
		return E_INVALIDARG;
	session = ddi_get(DDI_SESSION, pData->hCryptoSession, hDevice);
	resource = ddi_get(DDI_RESOURCE, pData->hResource, hDevice);
	if (!session || !resource)
		ret = -ENOENT;
	else if (pData->SubResourceIndex >= resource->count)
		ret = -EINVAL;
	else
		pData->Pitch = resource->pitch;
	ddi_put(resource);
	ddi_put(session);
	return ddi_result(ret);
}
