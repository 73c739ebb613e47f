// SPDX-License-Identifier: MIT
/*
 * Authenticated channels.
 */
#include <stdlib.h>

#include "layer11.h"

/*
 * ID3D11AuthenticatedChannel, ID3D11VideoContext: channels
 */

/* guide: channel */
HRESULT video_device_create_authenticated_channel(struct video_device *device,
						  D3D11_1DDI_AUTHENTICATED_CHANNEL_TYPE type,
						  struct authenticated_channel **out)
{
	D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL create = { .ChannelType = type };
	struct authenticated_channel *channel;
	HRESULT result;

	channel = calloc(1, sizeof(*channel) +
			 device->f.pfnCalcPrivateAuthenticatedChannelSize(device->handle, &create));
	if (!channel)
		return E_OUTOFMEMORY;
	channel->device = device;
	channel->type = type;
	channel->handle.pDrvPrivate = channel->memory;
	result = device->f.pfnCreateAuthenticatedChannel(device->handle, &create, channel->handle,
							 (D3D11_1DDI_HRTAUTHCHANNEL) { channel });
	if (result != S_OK) {
		free(channel);
		return api_result(result);
	}
	channel->number = create.hChannel;
	*out = channel;
	return S_OK;
}

void authenticated_channel_get_channel_handle(struct authenticated_channel *channel, HANDLE *handle)
{
	*handle = channel->number;
}

/* The result is in the answer, which is signed: it stays as it is. */
HRESULT video_context_query_authenticated_channel(struct authenticated_channel *channel,
						  UINT input_size, const void *input,
						  UINT output_size, void *output)
{
	struct video_device *device = channel->device;

	return device->f.pfnQueryAuthenticatedChannel(device->handle, channel->handle, input_size,
						      input, output_size, output);
}
/* guide: end */

HRESULT
video_context_configure_authenticated_channel(struct authenticated_channel *channel,
					      UINT input_size, const void *input,
					      D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT *output)
{
	struct video_device *device = channel->device;

	return device->f.pfnConfigureAuthenticatedChannel(device->handle, channel->handle,
							  input_size, input, output);
}

static D3D11_1DDI_CERTIFICATE_INFO certificate_info(const struct authenticated_channel *channel)
{
	return (D3D11_1DDI_CERTIFICATE_INFO) {
		.CertificateType = D3D11_1DDI_CERTIFICATE_TYPE_AUTHENTICATED_CHANNEL,
		.ChannelType = channel->type,
	};
}

HRESULT authenticated_channel_get_certificate_size(struct authenticated_channel *channel,
						   UINT *size)
{
	const D3D11_1DDI_CERTIFICATE_INFO info = certificate_info(channel);

	return get_certificate_size(channel->device, &info, size);
}

HRESULT authenticated_channel_get_certificate(struct authenticated_channel *channel, UINT size,
					      BYTE *certificate)
{
	const D3D11_1DDI_CERTIFICATE_INFO info = certificate_info(channel);

	return get_certificate(channel->device, &info, size, certificate);
}

HRESULT
video_context_negotiate_authenticated_channel_key_exchange(struct authenticated_channel *channel,
							   UINT data_size, void *data)
{
	struct video_device *device = channel->device;

	return api_result(device->f.pfnNegotiateAuthenticatedChannelKeyExchange
			  (device->handle, channel->handle, data_size, data));
}

void authenticated_channel_release(struct authenticated_channel *channel)
{
	struct video_device *device = channel->device;

	tell("Release", REPORTED(device->f.pfnDestroyAuthenticatedChannel(device->handle,
									  channel->handle)));
	free(channel);
}
