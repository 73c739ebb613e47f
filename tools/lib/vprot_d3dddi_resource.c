// SPDX-License-Identifier: MIT
/*
 * Resources of the DDI: a buffer each, cut into equal sub-resources.
 */
#include <errno.h>
#include <stddef.h>

#include <vprot_drm.h>

#include "vprot_d3dddi_priv.h"

/* What rows of a texture are a multiple of: the block of the cipher. */
#define ROW_ALIGNMENT	16

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

/* Of what is not restricted the driver cannot restrict the sharing. */
static uint32_t buffer_flags(uint32_t flags)
{
	if (flags & DRM_VPROT_GEM_PROTECTED)
		return flags & ~DRM_VPROT_GEM_RESTRICTED;
	return flags & DRM_VPROT_GEM_RESTRICTED ? flags : 0;
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
	resource->flags = flags;
	resource->pitch = pitch;
	resource->size = (uint64_t)pitch * rows;
	resource->count = count;
	if (!__builtin_mul_overflow(resource->size, resource->count, &total))
		ret = fd == DDI_NOT_SHARED ?
		      vprot_buffer_create(device->dev, total, buffer_flags(flags),
					  &resource->buffer) :
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

bool ddi_resource_flags(UINT restricted, UINT lockable, UINT restrict_shared, uint32_t *flags)
{
	if (restricted > 1 || lockable > restricted || restrict_shared > restricted)
		return false;
	*flags = 0;
	if (restricted)
		*flags = lockable ? DRM_VPROT_GEM_RESTRICTED : DRM_VPROT_GEM_PROTECTED;
	if (restrict_shared)
		*flags |= DRM_VPROT_GEM_RESTRICT_SHARED;
	return true;
}

int ddi_texture_layout(UINT pixel_size, UINT planes, UINT width, UINT height, UINT *pitch,
		       UINT *rows)
{
	uint64_t row = (uint64_t)width * pixel_size, total = height;

	if (planes == 2) {
		if (width % 2 || height % 2)
			return -EINVAL;
		total += height / 2;
	}
	row = (row + ROW_ALIGNMENT - 1) / ROW_ALIGNMENT * ROW_ALIGNMENT;
	if (row > UINT32_MAX || total > UINT32_MAX)
		return -EINVAL;
	*pitch = row;
	*rows = total;
	return 0;
}

static int find_layout(const VPROT_D3DDDIARG_CREATERESOURCE *data, UINT *pitch, UINT *rows)
{
	if (data->Format == D3DDDIFMT_UNKNOWN) {
		if (data->Width)
			return -EINVAL;
		*pitch = data->Pitch;
		*rows = data->Height;
		return 0;
	}
	if (data->Pitch)
		return -EINVAL;

	switch (data->Format) {
	case D3DDDIFMT_A8R8G8B8:
		return ddi_texture_layout(4, 1, data->Width, data->Height, pitch, rows);
	case D3DDDIFMT_NV12:
		return ddi_texture_layout(1, 2, data->Width, data->Height, pitch, rows);
	case D3DDDIFMT_P010:
		return ddi_texture_layout(2, 2, data->Width, data->Height, pitch, rows);
	default:
		return -EINVAL;
	}
}

static HRESULT create_resource(HANDLE hDevice, VPROT_D3DDDIARG_CREATERESOURCE *data, int fd)
{
	UINT pitch, rows;
	uint32_t flags;

	if (!data || find_layout(data, &pitch, &rows) || !pitch || !rows || !data->SurfCount ||
	    !ddi_resource_flags(data->RestrictedContent, data->Lockable,
				data->RestrictSharedAccess, &flags))
		return E_INVALIDARG;
	return ddi_add_resource(hDevice, flags, fd, pitch, rows, data->SurfCount,
				&data->hResource);
}

HRESULT vprot_d3dddi_create_resource(HANDLE hDevice, VPROT_D3DDDIARG_CREATERESOURCE *pData)
{
	return create_resource(hDevice, pData, DDI_NOT_SHARED);
}

HRESULT vprot_d3dddi_share_resource(HANDLE hDevice, HANDLE hResource, int *pFd)
{
	struct ddi_object *resource = ddi_get(DDI_RESOURCE, hResource, hDevice);
	int ret = -ENOENT;

	if (resource)
		ret = pFd ? vprot_buffer_export(resource->buffer, pFd) : -EINVAL;
	ddi_put(resource);
	return ddi_result(ret);
}

HRESULT vprot_d3dddi_open_shared_resource(HANDLE hDevice, VPROT_D3DDDIARG_CREATERESOURCE *pData,
					  int Fd)
{
	return Fd < 0 ? E_INVALIDARG : create_resource(hDevice, pData, Fd);
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
