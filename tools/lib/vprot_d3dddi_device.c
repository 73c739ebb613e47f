// SPDX-License-Identifier: MIT
/*
 * Adapters, their caps, and devices of the DDI.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vprot_drm.h>

#include "vprot_d3dddi_priv.h"

/* The bits of the caps that D3D9 has. */
#define D3D9_CAPS	0x3ff

HRESULT ddi_result(int err)
{
	switch (-err) {
	case 0:
		return S_OK;
	case EOPNOTSUPP:
		return D3DDDIERR_NOTAVAILABLE;
	case ENOENT:
		return D3DDDIERR_INVALIDHANDLE;
	case EINVAL:
	case EFAULT:
	case E2BIG:
	case EKEYREJECTED:
		return E_INVALIDARG;
	case ENOKEY:
	case ENODATA:
	case ESTALE:
		return D3DDDIERR_INVALIDCALL;
	case EACCES:
	case EPERM:
		return E_ACCESSDENIED;
	case ENOMEM:
	case EMFILE:
		return E_OUTOFMEMORY;
	case ENOSPC:
		return D3DDDIERR_OUTOFHWPROTECTEDMEMORY;
	case EKEYREVOKED:
	case ENODEV:
		return D3DDDIERR_DEVICEREMOVED;
	default:
		return E_FAIL;
	}
}

bool ddi_same_guid(const GUID *a, const GUID *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool ddi_is_null(const GUID *guid)
{
	static const GUID null;

	return ddi_same_guid(guid, &null);
}

HRESULT ddi_crypto_type(const GUID *type, const GUID *profile, uint32_t *native)
{
	if (ddi_same_guid(type, &D3DCRYPTOTYPE_AES128_CTR))
		*native = DRM_VPROT_CRYPTO_AES128_CTR;
	else if (ddi_same_guid(type, &VPROT_CRYPTOTYPE_AES128_CBCS))
		*native = DRM_VPROT_CRYPTO_AES128_CBCS;
	else
		return D3DDDIERR_NOTAVAILABLE;
	return ddi_is_null(profile) ? S_OK : D3DDDIERR_UNSUPPORTEDCRYPTO;
}

/* What all crypto types on offer can do; but for the mask of caps they are alike. */
static int get_common_caps(struct vprot_device *dev, struct drm_vprot_get_caps *caps)
{
	static const uint32_t types[] = {
		DRM_VPROT_CRYPTO_AES128_CTR, DRM_VPROT_CRYPTO_AES128_CBCS,
	};
	uint64_t common = ~0ull;
	bool any = false;
	size_t i;
	int ret;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		ret = vprot_device_get_caps(dev, types[i], caps, sizeof(*caps));
		if (ret && ret != -EOPNOTSUPP)
			return ret;
		if (ret)
			continue;
		common &= caps->caps;
		any = true;
	}
	caps->caps = common;
	return any ? 0 : -EOPNOTSUPP;
}

HRESULT ddi_get_native_caps(struct vprot_device *dev, const GUID *type, const GUID *profile,
			    struct drm_vprot_get_caps *caps)
{
	uint32_t native;
	HRESULT result;

	if (ddi_is_null(type))
		return ddi_is_null(profile) ? ddi_result(get_common_caps(dev, caps)) :
					      D3DDDIERR_UNSUPPORTEDCRYPTO;
	result = ddi_crypto_type(type, profile, &native);
	if (result == S_OK)
		result = ddi_result(vprot_device_get_caps(dev, native, caps, sizeof(*caps)));
	return result;
}

/*
 * Adapters
 */

/* Make an adapter or a device: both have a native device of their own. */
static HRESULT open_object(enum ddi_kind kind, UINT flags, HANDLE *handle)
{
	struct ddi_object *object;
	int ret;

	object = ddi_new(kind, NULL);
	if (!object)
		return E_OUTOFMEMORY;

	object->flags = flags;
	ret = vprot_device_open(&object->dev);
	if (ret)
		ddi_free(object);
	else
		*handle = ddi_add(object);
	return ddi_result(ret);
}

HRESULT vprot_d3dddi_open_adapter(HANDLE *hAdapter)
{
	return hAdapter ? open_object(DDI_ADAPTER, 0, hAdapter) : E_INVALIDARG;
}

HRESULT vprot_d3dddi_close_adapter(HANDLE hAdapter)
{
	return ddi_close(DDI_ADAPTER, hAdapter, NULL);
}

static bool has_key_exchange(const struct drm_vprot_get_caps *caps)
{
	return caps->key_exchange_types & 1 << DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP;
}

static HRESULT get_content_protection_caps(const struct ddi_object *adapter,
					   const D3DDDIARG_GETCAPS *data)
{
	const DDICONTENTPROTECTIONCAPS *query = data->pInfo;
	D3DCONTENTPROTECTIONCAPS *caps = data->pData;
	struct drm_vprot_get_caps native;
	HRESULT result;

	if (data->DataSize != sizeof(*caps))
		return E_INVALIDARG;
	result = ddi_get_native_caps(adapter->dev, &query->CryptoType, &query->DecodeProfile,
				     &native);
	if (result != S_OK)
		return result;

	memset(caps, 0, sizeof(*caps));
	/* The native bits have the same values. */
	caps->Caps = native.caps & D3D9_CAPS;
	if (has_key_exchange(&native))
		caps->KeyExchangeType = D3DKEYEXCHANGE_RSAES_OAEP;
	caps->BufferAlignmentStart = native.buffer_alignment;
	caps->BlockAlignmentSize = native.block_alignment;
	caps->ProtectedMemorySize = native.max_protected;
	return S_OK;
}

/* Sessions and channels have the same one, that of the driver: what is on offer has one. */
static HRESULT check_certificate(struct vprot_device *dev, const DDICERTIFICATEINFO *query)
{
	static const GUID null;
	struct drm_vprot_get_caps caps;
	bool on_offer = false;
	HRESULT result = S_OK;

	if (query->CertificateType == D3DDDI_CERTTYPE_AUTHENTICATED_CHANNEL &&
	    query->ChannelType == DDIAUTHENTICATEDCHANNEL_DRIVER_SOFTWARE) {
		result = ddi_get_native_caps(dev, &null, &null, &caps);
		on_offer = result == S_OK && caps.channel_types & 1 << DRM_VPROT_CHANNEL_SOFTWARE;
	} else if (query->CertificateType == D3DDDI_CERTTYPE_CRYPTOSESSION &&
		   !ddi_is_null(&query->CryptoSessionType)) {
		result = ddi_get_native_caps(dev, &query->CryptoSessionType, &null, &caps);
		on_offer = result == S_OK && has_key_exchange(&caps);
	}
	if (result == S_OK && !on_offer)
		result = D3DDDIERR_NOTAVAILABLE;
	return result;
}

HRESULT ddi_get_certificate(struct vprot_device *dev, const DDICERTIFICATEINFO *query,
			    bool wants_size, void *data, UINT data_size)
{
	HRESULT result = check_certificate(dev, query);
	uint8_t *chain;
	size_t size;
	int ret;

	if (result != S_OK)
		return result;

	ret = vprot_device_get_certificate(dev, &chain, &size);
	if (ret)
		return ddi_result(ret);

	if (data_size != (wants_size ? sizeof(UINT) : size))
		result = E_INVALIDARG;
	else if (wants_size)
		*(UINT *)data = size;
	else
		memcpy(data, chain, size);
	free(chain);
	return result;
}

HRESULT vprot_d3dddi_get_caps(HANDLE hAdapter, const D3DDDIARG_GETCAPS *pData)
{
	struct ddi_object *adapter;
	HRESULT result;

	if (!pData)
		return E_INVALIDARG;
	adapter = ddi_get(DDI_ADAPTER, hAdapter, NULL);
	if (!adapter)
		return D3DDDIERR_INVALIDHANDLE;

	switch (pData->Type) {
	case D3DDDICAPS_GETCONTENTPROTECTIONCAPS:
		result = pData->pInfo && pData->pData ?
			 get_content_protection_caps(adapter, pData) : E_INVALIDARG;
		break;
	case D3DDDICAPS_GETCERTIFICATESIZE:
	case D3DDDICAPS_GETCERTIFICATE:
		result = pData->pInfo && pData->pData ?
			 ddi_get_certificate(adapter->dev, pData->pInfo,
					     pData->Type == D3DDDICAPS_GETCERTIFICATESIZE,
					     pData->pData, pData->DataSize) : E_INVALIDARG;
		break;
	default:
		result = D3DDDIERR_NOTAVAILABLE;
	}
	ddi_put(adapter);
	return result;
}

/*
 * Devices
 */

HRESULT ddi_get_native_device(const struct ddi_object *device, struct vprot_device **out)
{
	if (!device)
		return D3DDDIERR_INVALIDHANDLE;
	if (!out)
		return E_INVALIDARG;
	*out = vprot_device_ref(device->dev);
	return S_OK;
}

static const D3DDDI_DEVICEFUNCS device_funcs = {
	.pfnCreateAuthenticatedChannel = ddi_create_channel,
	.pfnAuthenticatedChannelKeyExchange = ddi_channel_key_exchange,
	.pfnQueryAuthenticatedChannel = ddi_query_channel,
	.pfnConfigureAuthenticatedChannel = ddi_configure_channel,
	.pfnDestroyAuthenticatedChannel = ddi_destroy_channel,
	.pfnCreateCryptoSession = ddi_create_session,
	.pfnCryptoSessionKeyExchange = ddi_session_key_exchange,
	.pfnDestroyCryptoSession = ddi_destroy_session,
	.pfnEncryptionBlt = ddi_encryption_blt,
	.pfnGetPitch = ddi_get_pitch,
	.pfnStartSessionKeyRefresh = ddi_start_refresh,
	.pfnFinishSessionKeyRefresh = ddi_finish_refresh,
	.pfnGetEncryptionBltKey = ddi_get_encryption_blt_key,
	.pfnDecryptionBlt = ddi_decryption_blt,
};

HRESULT vprot_d3dddi_open_device(HANDLE hAdapter, UINT Flags, HANDLE *hDevice,
				 D3DDDI_DEVICEFUNCS *pFuncs)
{
	struct ddi_object *adapter;
	HRESULT result;

	if (Flags & ~VPROT_D3DDDI_STRICT_IV || !hDevice || !pFuncs)
		return E_INVALIDARG;
	adapter = ddi_get(DDI_ADAPTER, hAdapter, NULL);
	if (!adapter)
		return D3DDDIERR_INVALIDHANDLE;

	result = open_object(DDI_DEVICE, Flags, hDevice);
	if (result == S_OK)
		*pFuncs = device_funcs;
	ddi_put(adapter);
	return result;
}

HRESULT vprot_d3dddi_close_device(HANDLE hDevice)
{
	HRESULT result = ddi_close(DDI_DEVICE, hDevice, NULL);

	/* Nobody adds to the device any more. */
	if (result == S_OK)
		ddi_close_owned(hDevice);
	return result;
}

HRESULT vprot_d3dddi_get_native_device(HANDLE hDevice, struct vprot_device **pDevice)
{
	struct ddi_object *device = ddi_get(DDI_DEVICE, hDevice, NULL);
	HRESULT result = ddi_get_native_device(device, pDevice);

	ddi_put(device);
	return result;
}
