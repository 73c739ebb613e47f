// SPDX-License-Identifier: MIT
/*
 * Blits of the D3D11.1 DDI, between whole resources.
 */
#include <errno.h>

#include "vprot_d3d11ddi_priv.h"

/* All of the source, to the beginning of the destination. */
static int find_place(const struct ddi_blt *blt, struct vprot_blit *place)
{
	place->size = blt->src->size * blt->src->count;
	return place->size <= blt->dst->size * blt->dst->count ? 0 : -EINVAL;
}

VOID ddi11_encryption_blt(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			  D3D10DDI_HRESOURCE hSrcResource, D3D10DDI_HRESOURCE hDstResource,
			  UINT IVSize, const VOID *pIV)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct vprot_blit place = { 0 };
	struct ddi_blt blt;
	int ret;

	ret = ddi_get_blt(&blt, ddi11_device(device), ddi11_handle(hCryptoSession.pDrvPrivate),
			  ddi11_handle(hSrcResource.pDrvPrivate),
			  ddi11_handle(hDstResource.pDrvPrivate));
	if (!ret && (!pIV || IVSize != sizeof(D3D11_1DDI_AES_CTR_IV)))
		ret = -EINVAL;
	ret = ret ?: find_place(&blt, &place);
	/* The prototype says const, but the driver makes the IV. */
	ret = ret ?: ddi_encrypt(&blt, &place, (VOID *)pIV);
	ddi_put_blt(&blt);
	ddi11_report(device, ddi_result(ret));
}

static int decryption_blt(const struct ddi_blt *blt, const D3D11_1DDI_ENCRYPTED_BLOCK_INFO *info,
			  UINT key_size, const VOID *key, UINT iv_size, const VOID *iv)
{
	D3DDDIENCRYPTED_BLOCK_INFO info9 = { 0 };
	struct vprot_blit place = { 0 };
	int ret;

	if (!iv || iv_size != sizeof(D3D11_1DDI_AES_CTR_IV) ||
	    key_size != (key ? VPROT_KEY_SIZE : 0))
		return -EINVAL;
	if (info) {
		info9.NumEncryptedBytesAtBeginning = info->NumEncryptedBytesAtBeginning;
		info9.NumBytesInSkipPattern = info->NumBytesInSkipPattern;
		info9.NumBytesInEncryptPattern = info->NumBytesInEncryptPattern;
	}
	ret = find_place(blt, &place);
	return ret ?: ddi_decrypt(blt, &place, key, info ? &info9 : NULL, iv);
}

VOID ddi11_decryption_blt(D3D10DDI_HDEVICE hDevice, D3D11_1DDI_HCRYPTOSESSION hCryptoSession,
			  D3D10DDI_HRESOURCE hSrcResource, D3D10DDI_HRESOURCE hDstResource,
			  const D3D11_1DDI_ENCRYPTED_BLOCK_INFO *pEncryptedBlockInfo,
			  UINT ContentKeySize, const VOID *pContentKey, UINT IVSize,
			  const VOID *pIV)
{
	struct ddi_object *device = ddi11_get(hDevice);
	struct ddi_blt blt;
	int ret;

	ret = ddi_get_blt(&blt, ddi11_device(device), ddi11_handle(hCryptoSession.pDrvPrivate),
			  ddi11_handle(hSrcResource.pDrvPrivate),
			  ddi11_handle(hDstResource.pDrvPrivate));
	ret = ret ?: decryption_blt(&blt, pEncryptedBlockInfo, ContentKeySize, pContentKey, IVSize,
				    pIV);
	ddi_put_blt(&blt);
	ddi11_report(device, ddi_result(ret));
}
