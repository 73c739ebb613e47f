// SPDX-License-Identifier: MIT
/*
 * What a device of the D3D11.1 DDI can do, and its certificate.
 */
#include <errno.h>

#include <vprot_drm.h>

#include "vprot_d3d11ddi_priv.h"

/* The bits of the native caps: they have the same values. */
#define NATIVE_CAPS	0x7ff

/* In the order of their indices, those that the device has. */
static const struct {
	const GUID *guid;
	uint32_t native;
} key_exchange_types[] = {
	{ &D3D11_KEY_EXCHANGE_RSAES_OAEP, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP },
	{ &D3D11_KEY_EXCHANGE_HW_PROTECTION, DRM_VPROT_KEY_EXCHANGE_INTERNAL },
};

#define KEY_EXCHANGE_TYPES	(sizeof(key_exchange_types) / sizeof(key_exchange_types[0]))

uint32_t ddi11_key_exchange(const GUID *guid)
{
	unsigned int i;

	for (i = 0; i < KEY_EXCHANGE_TYPES; i++)
		if (ddi_same_guid(guid, key_exchange_types[i].guid))
			return key_exchange_types[i].native;
	return 0;
}

/*
 * The native caps that a query is about. The documented error for what is not supported,
 * D3DERR_INVALID_CRYPTO, has no documented value; drivers return D3DDDIERR_UNSUPPORTEDCRYPTO.
 */
static HRESULT get_native_caps(const struct ddi_object *device, const GUID *crypto_type,
			       const GUID *decode_profile, struct drm_vprot_get_caps *caps)
{
	static const GUID null;
	HRESULT result;

	if (!device)
		return D3DDDIERR_INVALIDHANDLE;
	result = ddi_get_native_caps(device->dev, crypto_type ? crypto_type : &null,
				     decode_profile ? decode_profile : &null, caps);
	return result == D3DDDIERR_NOTAVAILABLE ? D3DDDIERR_UNSUPPORTEDCRYPTO : result;
}

HRESULT ddi11_get_caps(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
		       const GUID *pDecodeProfile, D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS *pCaps)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct drm_vprot_get_caps native;
	HRESULT result;
	unsigned int i;

	result = get_native_caps(device, pCryptoType, pDecodeProfile, &native);
	if (result == S_OK && !pCaps)
		result = E_INVALIDARG;
	if (result != S_OK)
		return ddi11_put(device, result);

	*pCaps = (D3D11_1DDI_VIDEO_CONTENT_PROTECTION_CAPS) {
		.Caps = (native.caps & NATIVE_CAPS) |
			D3DWDDM2_0DDI_CONTENT_PROTECTION_CAPS_HARDWARE_PROTECTED_MEMORY_TRANSITION,
		.BlockAlignmentSize = native.block_alignment,
		.ProtectedMemorySize = native.max_protected,
	};
	for (i = 0; i < KEY_EXCHANGE_TYPES; i++)
		if (native.key_exchange_types & 1 << key_exchange_types[i].native)
			pCaps->KeyExchangeTypeCount++;
	return ddi11_put(device, S_OK);
}

HRESULT ddi11_get_key_exchange_type(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
				    const GUID *pDecodeProfile, UINT Index, GUID *pKeyExchangeType)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct drm_vprot_get_caps native;
	HRESULT result;
	unsigned int i;

	result = get_native_caps(device, pCryptoType, pDecodeProfile, &native);
	if (result != S_OK)
		return ddi11_put(device, result);

	result = E_INVALIDARG;
	for (i = 0; pKeyExchangeType && i < KEY_EXCHANGE_TYPES; i++) {
		if (!(native.key_exchange_types & 1 << key_exchange_types[i].native))
			continue;
		if (!Index--) {
			*pKeyExchangeType = *key_exchange_types[i].guid;
			result = S_OK;
			break;
		}
	}
	return ddi11_put(device, result);
}

/* The same as an argument of D3D9. */
static HRESULT get_certificate(const struct ddi_object *device,
			       const D3D11_1DDI_CERTIFICATE_INFO *info, bool wants_size, void *data,
			       UINT size)
{
	DDICERTIFICATEINFO query = { 0 };

	if (!device)
		return D3DDDIERR_INVALIDHANDLE;
	if (!info || !data)
		return E_INVALIDARG;
	query.CertificateType = (D3DDDI_CERTIFICATETYPE)info->CertificateType;
	if (info->CertificateType == D3D11_1DDI_CERTIFICATE_TYPE_CRYPTO_SESSION)
		query.CryptoSessionType = info->CryptoSessionType;
	else
		query.ChannelType = (DDIAUTHENTICATEDCHANNELTYPE)info->ChannelType;
	return ddi_get_certificate(device->dev, &query, wants_size, data, size);
}

VOID ddi11_get_certificate_size(D3D10DDI_HDEVICE hDevice,
				const D3D11_1DDI_CERTIFICATE_INFO *pCertificateInfo,
				UINT *pCertificateSize)
{
	struct ddi_object *device = ddi11_get(hDevice);

	ddi11_report(device, get_certificate(device, pCertificateInfo, true, pCertificateSize,
					     sizeof(*pCertificateSize)));
}

VOID ddi11_get_certificate(D3D10DDI_HDEVICE hDevice,
			   const D3D11_1DDI_CERTIFICATE_INFO *pCertificateInfo,
			   UINT CertificateSize, BYTE *pCertificate)
{
	struct ddi_object *device = ddi11_get(hDevice);

	ddi11_report(device, get_certificate(device, pCertificateInfo, false, pCertificate,
					     CertificateSize));
}

static HRESULT get_private_data_size(const struct ddi_object *device, const GUID *crypto_type,
				     const GUID *profile, const GUID *key_exchange, UINT *input,
				     UINT *output)
{
	static const GUID null;
	struct drm_vprot_get_caps caps;
	HRESULT result;

	if (!device)
		return D3DDDIERR_INVALIDHANDLE;
	if (!crypto_type || !key_exchange || !input || !output)
		return E_INVALIDARG;
	if (ddi_is_null(crypto_type))
		return D3DDDIERR_NOTAVAILABLE;
	result = ddi_get_native_caps(device->dev, crypto_type, profile ? profile : &null, &caps);
	if (result != S_OK)
		return result;
	/* Bit 0 is that of no type. */
	if (!(caps.key_exchange_types & 1 << ddi11_key_exchange(key_exchange)))
		return D3DDDIERR_NOTAVAILABLE;
	*input = 0;
	*output = 0;
	return S_OK;
}

VOID ddi11_get_private_data_size(D3D10DDI_HDEVICE hDevice, const GUID *pCryptoType,
				 GUID *pDecoderProfile, const GUID *pKeyExchangeType,
				 UINT *pPrivateInputSize, UINT *pPrivateOutputSize)
{
	struct ddi_object *device = ddi11_get(hDevice);

	ddi11_report(device, get_private_data_size(device, pCryptoType, pDecoderProfile,
						   pKeyExchangeType, pPrivateInputSize,
						   pPrivateOutputSize));
}
