// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ddi.h"

void vt_ddi_must(HRESULT result, const char *step)
{
	if (result != S_OK)
		vt_fatal("%s: %#x", step, result);
}

__u64 vt_ddi_seed(void)
{
	static __u64 count = 0xdd1;

	return __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
}

const char *vt_ddi_guid_text(const GUID *guid, char text[40])
{
	snprintf(text, 40, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", guid->Data1,
		 guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2],
		 guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
	return text;
}

/* --- devices and resources -------------------------------------------------------------------- */

void vt_ddi_open(struct vt_ddi *ddi, UINT flags)
{
	vt_ddi_must(vprot_d3dddi_open_adapter(&ddi->adapter), "open_adapter");
	vt_ddi_must(vprot_d3dddi_open_device(ddi->adapter, flags, &ddi->device, &ddi->funcs),
		    "open_device");
}

void vt_ddi_close(struct vt_ddi *ddi)
{
	vt_ddi_must(vprot_d3dddi_close_device(ddi->device), "close_device");
	vt_ddi_must(vprot_d3dddi_close_adapter(ddi->adapter), "close_adapter");
	memset(ddi, 0, sizeof(*ddi));
}

HANDLE vt_ddi_create_resource(const struct vt_ddi *ddi, bool restricted, UINT size)
{
	VPROT_D3DDDIARG_CREATERESOURCE create = {
		.RestrictedContent = restricted,
		.Pitch = size,
		.Height = 1,
		.SurfCount = 1,
	};

	vt_ddi_must(vprot_d3dddi_create_resource(ddi->device, &create), "create_resource");
	return create.hResource;
}

void *vt_ddi_lock(const struct vt_ddi *ddi, HANDLE resource)
{
	VOID *data;

	vt_ddi_must(vprot_d3dddi_lock(ddi->device, resource, 0, &data, NULL), "lock");
	return data;
}

static void destroy_resource(const struct vt_ddi *ddi, HANDLE resource)
{
	vt_ddi_must(vprot_d3dddi_destroy_resource(ddi->device, resource), "destroy_resource");
}

/* --- sessions --------------------------------------------------------------------------------- */

void vt_ddi_session_create_as(struct vt_ddi_session *s, struct vt_ddi *ddi, const GUID *type)
{
	D3DDDIARG_CREATECRYPTOSESSION create = { .CryptoType = *type };

	vt_ddi_must(ddi->funcs.pfnCreateCryptoSession(ddi->device, &create), "CreateCryptoSession");
	memset(s, 0, sizeof(*s));
	s->ddi = ddi;
	s->handle = create.hCryptoSession;
}

void vt_ddi_session_create(struct vt_ddi_session *s, struct vt_ddi *ddi)
{
	vt_ddi_session_create_as(s, ddi, &D3DCRYPTOTYPE_AES128_CTR);
}

void vt_ddi_key_exchange(struct vt_ddi_session *s)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE exchange = {
		.hCryptoSession = s->handle,
		.DataSize = sizeof(blob),
		.pData = blob,
	};
	__u64 seed = vt_ddi_seed();
	int fd = vt_open();

	vt_fill(&seed, s->key, sizeof(s->key));
	vt_key_exchange_blob(fd, s->key, sizeof(s->key), blob);
	close(fd);
	vt_ddi_must(s->ddi->funcs.pfnCryptoSessionKeyExchange(s->ddi->device, &exchange),
		    "CryptoSessionKeyExchange");
}

void vt_ddi_draw_read_back_key(struct vt_ddi_session *s)
{
	__u8 wrapped[VT_KEY];
	D3DDDIARG_GETENCRYPTIONBLTKEY get = {
		.hCryptoSession = s->handle,
		.pReadBackKey = wrapped,
		.KeySize = sizeof(wrapped),
	};

	vt_ddi_must(s->ddi->funcs.pfnGetEncryptionBltKey(s->ddi->device, &get), "GetEncryptionBltKey");
	vt_unwrap(s->key, wrapped, s->read_back);
}

void vt_ddi_session_open(struct vt_ddi_session *s, struct vt_ddi *ddi)
{
	vt_ddi_session_create(s, ddi);
	vt_ddi_key_exchange(s);
	vt_ddi_draw_read_back_key(s);
}

HRESULT vt_ddi_start(const struct vt_ddi_session *s, void *random_number)
{
	D3DDDIARG_STARTSESSIONKEYREFRESH start = {
		.hCryptoSession = s->handle,
		.pRandomNumber = random_number,
		.RandomNumberSize = VT_KEY,
	};

	return s->ddi->funcs.pfnStartSessionKeyRefresh(s->ddi->device, &start);
}

HRESULT vt_ddi_finish(const struct vt_ddi_session *s)
{
	D3DDDIARG_FINISHSESSIONKEYREFRESH finish = { .hCryptoSession = s->handle };

	return s->ddi->funcs.pfnFinishSessionKeyRefresh(s->ddi->device, &finish);
}

void vt_ddi_refresh(struct vt_ddi_session *s)
{
	__u8 random_number[VT_KEY];

	vt_ddi_must(vt_ddi_start(s, random_number), "StartSessionKeyRefresh");
	vt_ddi_must(vt_ddi_finish(s), "FinishSessionKeyRefresh");
	vt_xor(s->key, random_number);
}

/* --- blits ------------------------------------------------------------------------------------ */

HRESULT vt_ddi_decrypt(const struct vt_ddi_session *s, HANDLE src, HANDLE dst, UINT size,
		       const __u8 iv[16])
{
	D3DDDIARG_DECRYPTIONBLT blt = {
		.hCryptoSession = s->handle,
		.hSrcResource = src,
		.hDstResource = dst,
		.SrcResourceSize = size,
		.pIV = (VOID *)iv,
	};

	return s->ddi->funcs.pfnDecryptionBlt(s->ddi->device, &blt);
}

HRESULT vt_ddi_encrypt(const struct vt_ddi_session *s, HANDLE src, HANDLE dst, UINT size,
		       __u8 iv[16])
{
	D3DDDIARG_ENCRYPTIONBLT blt = {
		.hCryptoSession = s->handle,
		.hSrcResource = src,
		.hDstResource = dst,
		.DstResourceSize = size,
		.pIV = iv,
	};

	return s->ddi->funcs.pfnEncryptionBlt(s->ddi->device, &blt);
}

bool vt_ddi_holds(const struct vt_ddi_session *s, HANDLE resource, const void *plain, UINT size)
{
	HANDLE clear = vt_ddi_create_resource(s->ddi, false, size);
	__u8 *map = vt_ddi_lock(s->ddi, clear), iv[16];
	bool same;

	vt_ddi_must(vt_ddi_encrypt(s, resource, clear, size, iv), "EncryptionBlt");
	vt_ctr(s->read_back, iv, map, size);
	same = !memcmp(map, plain, size);
	destroy_resource(s->ddi, clear);
	return same;
}

bool vt_ddi_key_works_in(const struct vt_ddi_session *s, HANDLE resource, UINT size)
{
	HANDLE clear = vt_ddi_create_resource(s->ddi, false, size);
	__u8 *map = vt_ddi_lock(s->ddi, clear), *plain = malloc(size), iv[16];
	__u64 seed = vt_ddi_seed();
	bool works;

	if (!plain)
		vt_fatal("no memory for %u bytes", size);
	vt_fill(&seed, plain, size);
	vt_fill(&seed, iv, sizeof(iv));
	memcpy(map, plain, size);
	vt_ctr(s->key, iv, map, size);
	vt_ddi_must(vt_ddi_decrypt(s, clear, resource, size, iv), "DecryptionBlt");
	works = vt_ddi_holds(s, resource, plain, size);
	free(plain);
	destroy_resource(s->ddi, clear);
	return works;
}

bool vt_ddi_key_works(const struct vt_ddi_session *s)
{
	HANDLE resource = vt_ddi_create_resource(s->ddi, true, 48);
	bool works = vt_ddi_key_works_in(s, resource, 48);

	destroy_resource(s->ddi, resource);
	return works;
}

bool vt_ddi_is_encrypted(const D3DDDIENCRYPTED_BLOCK_INFO *info, UINT at)
{
	__u64 skip = info->NumBytesInSkipPattern, encrypted = info->NumBytesInEncryptPattern;

	if (at < info->NumEncryptedBytesAtBeginning)
		return true;
	return encrypted && (at - info->NumEncryptedBytesAtBeginning) % (skip + encrypted) >= skip;
}
