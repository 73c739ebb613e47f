// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "ddi_channel.h"

/* A GUID of Windows as one of the driver's: in memory they are the same. */
static struct drm_vprot_guid guid(const GUID *windows)
{
	struct drm_vprot_guid type;

	memcpy(&type, windows, sizeof(type));
	return type;
}

HRESULT vt_ddi_tell(struct vt_ddi *ddi, struct vt_channel *c, const GUID *type, void *input,
		    UINT size)
{
	D3DAUTHENTICATEDCHANNEL_CONFIGURE_OUTPUT answer;
	const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL configure = {
		.InputSize = size,
		.pInputData = input,
		.pOutputData = &answer,
	};
	HRESULT result;

	vt_command(c, guid(type), input, size);
	result = ddi->funcs.pfnConfigureAuthenticatedChannel(ddi->device, &configure);
	if (!vt_is_signed(c, &answer, sizeof(answer)) || answer.ReturnCode != result ||
	    memcmp(&answer.ConfigureType, type, sizeof(*type)) ||
	    (uintptr_t)answer.hChannel != c->name || answer.SequenceNumber != c->configure - 1)
		vt_fatal("the answer to a command is not right");
	return result;
}

HRESULT vt_ddi_ask(struct vt_ddi *ddi, struct vt_channel *c, const GUID *type, void *input,
		   UINT size, void *output, UINT output_size)
{
	D3DAUTHENTICATEDCHANNEL_QUERY_OUTPUT *answer = output;
	const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL query = {
		.InputSize = size,
		.pInputData = input,
		.OutputSize = output_size,
		.pOutputData = output,
	};
	HRESULT result;

	vt_question(c, guid(type), input);
	result = ddi->funcs.pfnQueryAuthenticatedChannel(ddi->device, &query);
	if (!vt_is_signed(c, output, output_size) || answer->ReturnCode != result ||
	    memcmp(&answer->QueryType, type, sizeof(*type)) ||
	    (uintptr_t)answer->hChannel != c->name || answer->SequenceNumber != c->query - 1)
		vt_fatal("the answer to a question is not right");
	return result;
}

HANDLE vt_ddi_channel_open(struct vt_ddi *ddi, struct vt_channel *c)
{
	D3DAUTHENTICATEDCHANNEL_CONFIGUREINITIALIZE initialize = {
		.StartSequenceQuery = VT_START_QUERY,
		.StartSequenceConfigure = VT_START_CONFIGURE + 1,
	};
	D3DDDIARG_CREATEAUTHENTICATEDCHANNEL create = {
		.ChannelType = DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE,
	};
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE exchange = {
		.DataSize = sizeof(blob),
		.pData = blob,
	};
	__u64 seed = vt_ddi_seed();
	int fd = vt_open();

	vt_ddi_must(ddi->funcs.pfnCreateAuthenticatedChannel(ddi->device, &create),
		    "CreateAuthenticatedChannel");
	*c = (struct vt_channel){
		.name = (uintptr_t)create.hChannel,
		.query = VT_START_QUERY,
		.configure = VT_START_CONFIGURE,
	};
	vt_fill(&seed, c->key, VT_KEY);
	vt_key_exchange_blob(fd, c->key, VT_KEY, blob);
	close(fd);
	exchange.hChannel = create.hChannel;
	vt_ddi_must(ddi->funcs.pfnAuthenticatedChannelKeyExchange(ddi->device, &exchange),
		    "AuthenticatedChannelKeyExchange");
	vt_ddi_must(VT_DDI_TELL(ddi, c, INITIALIZE, &initialize), "INITIALIZE");
	return create.hChannel;
}
