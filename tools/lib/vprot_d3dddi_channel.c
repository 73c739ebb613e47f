// SPDX-License-Identifier: MIT
/*
 * Authenticated channels of the DDI. The driver knows them, and sessions, by the handles of the
 * DDI, so that messages go to it as they are.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <vprot_channel.h>
#include <vprot_drm.h>

#include "vprot_d3dddi_priv.h"

static HRESULT create_channel(const struct ddi_object *device, HANDLE hDevice,
			      D3DDDIARG_CREATEAUTHENTICATEDCHANNEL *data)
{
	struct ddi_object *channel;
	int ret;

	/* Direct3D's own channel is the runtime's, and hardware there is none. */
	if (data->ChannelType != DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE)
		return D3DDDIERR_NOTAVAILABLE;

	channel = ddi_new(DDI_CHANNEL, hDevice);
	if (!channel)
		return E_OUTOFMEMORY;
	ret = vprot_channel_create(device->dev, DRM_VPROT_CHANNEL_SOFTWARE,
				   (uintptr_t)channel->number, &channel->channel);
	if (ret)
		ddi_free(channel);
	else
		data->hChannel = ddi_add(channel);
	return ddi_result(ret);
}

HRESULT ddi_create_channel(HANDLE hDevice, D3DDDIARG_CREATEAUTHENTICATEDCHANNEL *pData)
{
	struct ddi_object *device;
	HRESULT result;

	if (!pData)
		return E_INVALIDARG;
	device = ddi_get(DDI_DEVICE, hDevice, NULL);
	if (!device)
		return D3DDDIERR_INVALIDHANDLE;

	result = create_channel(device, hDevice, pData);
	ddi_put(device);
	return result;
}

HRESULT ddi_destroy_channel(HANDLE hDevice, const D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL *pData)
{
	if (!pData)
		return E_INVALIDARG;
	return ddi_close(DDI_CHANNEL, pData->hChannel, hDevice);
}

HRESULT ddi_channel_key_exchange(HANDLE hDevice, D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE *pData)
{
	struct ddi_object *channel;
	int ret = -ENOENT;

	if (!pData)
		return E_INVALIDARG;
	channel = ddi_get(DDI_CHANNEL, pData->hChannel, hDevice);
	if (channel)
		ret = vprot_channel_key_exchange(channel->channel, pData->pData, pData->DataSize);
	ddi_put(channel);
	return ddi_result(ret);
}

static struct ddi_object *get_channel(HANDLE hDevice, uint64_t handle)
{
	uintptr_t number = handle;

	return number == handle ? ddi_get(DDI_CHANNEL, (HANDLE)number, hDevice) : NULL;
}

/*
 * What the function returns: what is in the answer. Without one, the caller gets the header of its
 * message and the result, without an OMAC.
 */
static HRESULT finish(int ret, const struct drm_vprot_channel_header *header, void *output)
{
	struct drm_vprot_channel_message answer = { .header = *header };

	if (!ret) {
		memcpy(&answer, output, sizeof(answer));
		return (HRESULT)answer.header.result;
	}

	answer.header.result = (uint32_t)ddi_result(ret);
	memcpy(output, &answer, sizeof(answer));
	return ddi_result(ret);
}

HRESULT ddi_ask_channel(HANDLE hDevice, const HANDLE *to,
			const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL *pData)
{
	struct drm_vprot_channel_header header = { 0 };
	struct ddi_object *channel = NULL;
	int ret = -EINVAL;

	if (!pData || !pData->pInputData || !pData->pOutputData ||
	    pData->OutputSize < sizeof(struct drm_vprot_channel_message))
		return E_INVALIDARG;

	if (pData->InputSize >= sizeof(header)) {
		memcpy(&header, pData->pInputData, sizeof(header));
		channel = get_channel(hDevice, to ? (uintptr_t)*to : header.channel);
		ret = -ENOENT;
	}
	if (channel)
		ret = vprot_channel_query(channel->channel, pData->pInputData, pData->InputSize,
					  pData->pOutputData, pData->OutputSize);
	ddi_put(channel);
	return finish(ret, &header, pData->pOutputData);
}

HRESULT ddi_query_channel(HANDLE hDevice, const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL *pData)
{
	return ddi_ask_channel(hDevice, NULL, pData);
}

HRESULT ddi_tell_channel(HANDLE hDevice, const HANDLE *to,
			 const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL *pData)
{
	struct drm_vprot_channel_message message = { 0 };
	struct ddi_object *channel = NULL;
	int ret = -EINVAL;

	if (!pData || !pData->pInputData || !pData->pOutputData)
		return E_INVALIDARG;

	if (pData->InputSize >= sizeof(message)) {
		memcpy(&message, pData->pInputData, sizeof(message));
		channel = get_channel(hDevice, to ? (uintptr_t)*to : message.header.channel);
		ret = -ENOENT;
	}
	if (channel)
		ret = vprot_channel_configure(channel->channel, pData->pInputData,
					      pData->InputSize, pData->pOutputData);
	ddi_put(channel);
	return finish(ret, &message.header, pData->pOutputData);
}

HRESULT ddi_configure_channel(HANDLE hDevice,
			      const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL *pData)
{
	return ddi_tell_channel(hDevice, NULL, pData);
}
