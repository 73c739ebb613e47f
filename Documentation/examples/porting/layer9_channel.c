// SPDX-License-Identifier: MIT
/*
 * Authenticated channels.
 */
#include <stdlib.h>

#include "layer9.h"

HRESULT device_create_authenticated_channel(struct device *device, D3DAUTHENTICATEDCHANNELTYPE type,
					    struct authenticated_channel **out, HANDLE *number)
{
	/* The DDI has no type for Direct3D's own channel, and refuses it. */
	D3DDDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = (DDIAUTHENTICATEDCHANNELTYPE)type,
	};
	struct authenticated_channel *channel = calloc(1, sizeof(*channel));
	HRESULT result;

	if (!channel)
		return E_OUTOFMEMORY;
	result = device->f.pfnCreateAuthenticatedChannel(device->handle, &create);
	if (result != S_OK) {
		free(channel);
		return api_result(result);
	}
	channel->device = device;
	channel->type = type;
	channel->handle = create.hChannel;
	*number = create.hChannel;
	*out = channel;
	return S_OK;
}

void authenticated_channel_release(struct authenticated_channel *channel)
{
	struct device *device = channel->device;
	const D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL destroy = { .hChannel = channel->handle };

	device->f.pfnDestroyAuthenticatedChannel(device->handle, &destroy);
	free(channel);
}

static DDICERTIFICATEINFO certificate_info(const struct authenticated_channel *channel)
{
	return (DDICERTIFICATEINFO) {
		.CertificateType = D3DDDI_CERTTYPE_AUTHENTICATED_CHANNEL,
		.ChannelType = (DDIAUTHENTICATEDCHANNELTYPE)channel->type,
	};
}

HRESULT authenticated_channel_get_certificate_size(struct authenticated_channel *channel,
						   UINT *size)
{
	const DDICERTIFICATEINFO info = certificate_info(channel);

	return get_certificate(channel->device, D3DDDICAPS_GETCERTIFICATESIZE, &info, size,
			       sizeof(*size));
}

HRESULT authenticated_channel_get_certificate(struct authenticated_channel *channel, UINT size,
					      BYTE *certificate)
{
	const DDICERTIFICATEINFO info = certificate_info(channel);

	return get_certificate(channel->device, D3DDDICAPS_GETCERTIFICATE, &info, certificate,
			       size);
}

HRESULT authenticated_channel_negotiate_key_exchange(struct authenticated_channel *channel,
						     UINT data_size, void *data)
{
	struct device *device = channel->device;
	D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE exchange = {
		.hChannel = channel->handle,
		.DataSize = data_size,
		.pData = data,
	};

	return api_result(device->f.pfnAuthenticatedChannelKeyExchange(device->handle, &exchange));
}

/* guide: channel9 */
/* The message names the channel. The result is in the answer, which is signed: it stays. */
HRESULT authenticated_channel_query(struct authenticated_channel *channel, UINT input_size,
				    const void *input, UINT output_size, void *output)
{
	struct device *device = channel->device;
	const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL query = {
		.InputSize = input_size,
		.pInputData = input,
		.OutputSize = output_size,
		.pOutputData = output,
	};

	return device->f.pfnQueryAuthenticatedChannel(device->handle, &query);
}
/* guide: end */

HRESULT authenticated_channel_configure(struct authenticated_channel *channel, UINT input_size,
					const void *input,
					D3DAUTHENTICATEDCHANNEL_CONFIGURE_OUTPUT *output)
{
	struct device *device = channel->device;
	const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL configure = {
		.InputSize = input_size,
		.pInputData = input,
		.pOutputData = output,
	};

	return device->f.pfnConfigureAuthenticatedChannel(device->handle, &configure);
}
