// SPDX-License-Identifier: MIT
/*
 * Authenticated channels of the D3D11.1 DDI: those of D3D9, and so are their messages.
 */
#include "vprot_d3d11ddi_priv.h"

SIZE_T ddi11_calc_channel_size(D3D10DDI_HDEVICE hDevice,
			       const D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL *pCreateData)
{
	return VPROT_D3D11DDI_PRIVATE_SIZE;
}

static HRESULT create_channel(HANDLE device, D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL *data,
			      void *pDrvPrivate)
{
	D3DDDIARG_CREATEAUTHENTICATEDCHANNEL create = { 0 };
	HRESULT result;

	if (!data || !pDrvPrivate)
		return E_INVALIDARG;
	create.ChannelType = (DDIAUTHENTICATEDCHANNELTYPE)data->ChannelType;
	result = ddi_create_channel(device, &create);
	if (result == S_OK) {
		data->hChannel = create.hChannel;
		ddi11_set_handle(pDrvPrivate, create.hChannel);
	}
	return result;
}

HRESULT ddi11_create_channel(D3D10DDI_HDEVICE hDevice,
			     D3D11_1DDIARG_CREATEAUTHENTICATEDCHANNEL *pCreateData,
			     D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
			     D3D11_1DDI_HRTAUTHCHANNEL hRTAuthChannel)
{
	struct ddi_object *device = ddi11_get(hDevice);

	return ddi11_put(device, create_channel(ddi11_device(device), pCreateData,
						hAuthChannel.pDrvPrivate));
}

VOID ddi11_destroy_channel(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel)
{
	struct ddi_object *device = ddi11_get(hDevice);

	ddi11_report(device, ddi_close(DDI_CHANNEL, ddi11_handle(hAuthChannel.pDrvPrivate),
				       ddi11_device(device)));
}

HRESULT ddi11_channel_key_exchange(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
				   UINT DataSize, VOID *pData)
{
	struct ddi_object *device = ddi11_get(hDevice);
	D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE exchange = {
		.hChannel = ddi11_handle(hAuthChannel.pDrvPrivate),
		.DataSize = DataSize,
		.pData = pData,
	};

	return ddi11_put(device, ddi_channel_key_exchange(ddi11_device(device), &exchange));
}

HRESULT ddi11_query_channel(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
			    UINT InputDataSize, const VOID *pInputData, UINT OutputDataSize,
			    VOID *pOutputData)
{
	struct ddi_object *device = ddi11_get(hDevice);
	const HANDLE channel = ddi11_handle(hAuthChannel.pDrvPrivate);
	const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL query = {
		.InputSize = InputDataSize,
		.pInputData = pInputData,
		.OutputSize = OutputDataSize,
		.pOutputData = pOutputData,
	};

	return ddi11_put(device, ddi_ask_channel(ddi11_device(device), &channel, &query));
}

HRESULT ddi11_configure_channel(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HAUTHCHANNEL hAuthChannel,
				UINT InputDataSize, const VOID *pInputData,
				D3D11_1DDI_AUTHENTICATED_CONFIGURE_OUTPUT *pOutputData)
{
	struct ddi_object *device = ddi11_get(hDevice);
	const HANDLE channel = ddi11_handle(hAuthChannel.pDrvPrivate);
	const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL configure = {
		.InputSize = InputDataSize,
		.pInputData = pInputData,
		.pOutputData = pOutputData,
	};

	return ddi11_put(device, ddi_tell_channel(ddi11_device(device), &channel, &configure));
}
