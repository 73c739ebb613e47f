// SPDX-License-Identifier: MIT
/*
 * Blits of the DDI, between sub-resources.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <vprot_drm.h>

#include "vprot_d3dddi_priv.h"

int ddi_get_blt(struct ddi_blt *blt, HANDLE hDevice, HANDLE hSession, HANDLE hSrc, HANDLE hDst)
{
	blt->session = ddi_get(DDI_SESSION, hSession, hDevice);
	blt->src = ddi_get(DDI_RESOURCE, hSrc, hDevice);
	blt->dst = ddi_get(DDI_RESOURCE, hDst, hDevice);
	return blt->session && blt->src && blt->dst ? 0 : -ENOENT;
}

void ddi_put_blt(struct ddi_blt *blt)
{
	ddi_put(blt->dst);
	ddi_put(blt->src);
	ddi_put(blt->session);
}

/* Where a blit of @size bytes between two sub-resources takes place. */
static int find_place(const struct ddi_blt *blt, UINT src_index, UINT dst_index, uint64_t size,
		      struct vprot_blit *place)
{
	if (src_index >= blt->src->count || dst_index >= blt->dst->count ||
	    size > blt->src->size || size > blt->dst->size)
		return -EINVAL;

	place->src_offset = src_index * blt->src->size;
	place->dst_offset = dst_index * blt->dst->size;
	place->size = size;
	return 0;
}

/*
 * Encryption
 */

int ddi_encrypt(const struct ddi_blt *blt, const struct vprot_blit *place, void *iv)
{
	struct drm_vprot_blt_result result = { 0 };
	struct vprot_blit blit = *place;
	int ret;

	blit.src = blt->src->buffer;
	blit.dst = blt->dst->buffer;
	blit.result = &result;
	ret = vprot_session_encryption_blt(blt->session->session, &blit, 1);
	if (!ret)
		memcpy(iv, result.iv, sizeof(result.iv));
	return ret;
}

static int encryption_blt(const struct ddi_blt *blt, const D3DDDIARG_ENCRYPTIONBLT *data)
{
	struct vprot_blit place = { 0 };
	int ret;

	/* The destination has room for the source, and says so. */
	if (data->DstResourceSize < blt->src->size || data->DstResourceSize > blt->dst->size)
		return -EINVAL;
	ret = find_place(blt, data->SrcSubResourceIndex, data->DstSubResourceIndex, blt->src->size,
			 &place);
	return ret ?: ddi_encrypt(blt, &place, data->pIV);
}

HRESULT ddi_encryption_blt(HANDLE hDevice, const D3DDDIARG_ENCRYPTIONBLT *pData)
{
	struct ddi_blt blt;
	int ret;

	if (!pData || !pData->pIV)
		return E_INVALIDARG;
	ret = ddi_get_blt(&blt, hDevice, pData->hCryptoSession, pData->hSrcResource,
			  pData->hDstResource);
	ret = ret ?: encryption_blt(&blt, pData);
	ddi_put_blt(&blt);
	return ddi_result(ret);
}

/*
 * Decryption
 */

/* Give a blit the subsamples that block info stands for, not more than @max; free them. */
static int add_subsamples(const D3DDDIENCRYPTED_BLOCK_INFO *info, uint32_t max,
			  struct vprot_blit *blit)
{
	uint64_t beginning = info->NumEncryptedBytesAtBeginning, rest = blit->size - beginning;
	uint64_t skip = info->NumBytesInSkipPattern, encrypt = info->NumBytesInEncryptPattern;
	struct drm_vprot_subsample *subsamples;
	uint64_t pairs;
	uint32_t i;

	if (beginning > blit->size)
		return -EINVAL;
	if (!encrypt)
		skip = rest;
	if (!skip)
		encrypt = rest;
	/* No pair is empty: either there is no rest, or a pair has a byte of it at least. */
	pairs = rest ? (rest - 1) / (skip + encrypt) + 1 : 0;

	if (pairs >= max)
		return -E2BIG;

	subsamples = calloc(1 + pairs, sizeof(*subsamples));
	if (!subsamples)
		return -ENOMEM;
	subsamples[0].encrypted = beginning;
	for (i = 1; rest; i++) {
		subsamples[i].clear = skip < rest ? skip : rest;
		rest -= subsamples[i].clear;
		subsamples[i].encrypted = encrypt < rest ? encrypt : rest;
		rest -= subsamples[i].encrypted;
	}
	blit->subsamples = subsamples;
	blit->num_subsamples = i;
	return 0;
}

/* A chain runs on over what is skipped, as only a pattern has it. */
static int add_chain(const D3DDDIENCRYPTED_BLOCK_INFO *info, uint32_t max, struct vprot_blit *blit)
{
	UINT skip = info->NumBytesInSkipPattern, encrypt = info->NumBytesInEncryptPattern;

	/* One encrypted run at most. */
	if (!encrypt)
		return add_subsamples(info, max, blit);
	if (info->NumEncryptedBytesAtBeginning > blit->size)
		return -EINVAL;
	if (!skip)
		return 0;
	if (info->NumEncryptedBytesAtBeginning != encrypt || encrypt % 16 || skip % 16)
		return -EINVAL;
	blit->crypt_blocks = encrypt / 16;
	blit->skip_blocks = skip / 16;
	return 0;
}

/* Let a blit be partial as block info says, whatever is left of it when it is done with. */
static int add_info(const struct ddi_blt *blt, const D3DDDIENCRYPTED_BLOCK_INFO *info,
		    struct vprot_blit *blit)
{
	struct drm_vprot_get_caps caps;
	int ret;

	ret = vprot_device_get_caps(vprot_session_device(blt->session->session),
				    blt->session->crypto_type, &caps, sizeof(caps));
	if (ret)
		return ret;
	if (!(caps.caps & DRM_VPROT_CAP_PARTIAL_DECRYPTION))
		return -EOPNOTSUPP;
	return blt->session->crypto_type == DRM_VPROT_CRYPTO_AES128_CBCS ?
	       add_chain(info, caps.max_subsamples, blit) :
	       add_subsamples(info, caps.max_subsamples, blit);
}

int ddi_decrypt(const struct ddi_blt *blt, const struct vprot_blit *place, const void *content_key,
		const D3DDDIENCRYPTED_BLOCK_INFO *info, const void *iv)
{
	struct vprot_blit blit = *place;
	int ret = 0;

	blit.src = blt->src->buffer;
	blit.dst = blt->dst->buffer;
	blit.content_key = content_key;
	memcpy(blit.iv, iv, sizeof(blit.iv));
	if (info)
		ret = add_info(blt, info, &blit);
	ret = ret ?: vprot_session_decryption_blt(blt->session->session, &blit, 1);
	free((void *)blit.subsamples);
	return ret;
}

static int decryption_blt(const struct ddi_blt *blt, const D3DDDIARG_DECRYPTIONBLT *data)
{
	struct vprot_blit place = { 0 };
	int ret;

	ret = find_place(blt, data->SrcSubResourceIndex, data->DstSubResourceIndex,
			 data->SrcResourceSize, &place);
	return ret ?: ddi_decrypt(blt, &place, data->pContentKey, data->pEncryptedBlockInfo,
				  data->pIV);
}

HRESULT ddi_decryption_blt(HANDLE hDevice, const D3DDDIARG_DECRYPTIONBLT *pData)
{
	struct ddi_blt blt;
	int ret;

	if (!pData || !pData->pIV)
		return E_INVALIDARG;
	ret = ddi_get_blt(&blt, hDevice, pData->hCryptoSession, pData->hSrcResource,
			  pData->hDstResource);
	ret = ret ?: decryption_blt(&blt, pData);
	ddi_put_blt(&blt);
	return ddi_result(ret);
}
