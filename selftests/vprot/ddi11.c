// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ddi.h"
#include "ddi11.h"

/* --- devices and resources -------------------------------------------------------------------- */

static VOID set_error(D3D10DDI_HRTCORELAYER core_layer, HRESULT error)
{
	struct vt_ddi11 *ddi = core_layer.handle;

	__atomic_store_n(&ddi->error, error, __ATOMIC_RELAXED);
	__atomic_add_fetch(&ddi->errors, 1, __ATOMIC_RELAXED);
}

HRESULT vt_ddi11_create(struct vt_ddi11 *ddi, HANDLE device9, UINT flags)
{
	const VPROT_D3D11DDIARG_CREATEDEVICE create = {
		.hDevice9 = device9,
		.Flags = flags,
		.hRTCoreLayer.handle = ddi,
		.pfnSetErrorCb = set_error,
		.pVideoFuncs = &ddi->f,
		.pVideoFuncs2 = &ddi->f2,
		.pDeviceFuncs2 = &ddi->d2,
	};

	ddi->device.pDrvPrivate = ddi->memory;
	return vprot_d3d11ddi_create_device(ddi->adapter, &create, ddi->device);
}

void vt_ddi11_open(struct vt_ddi11 *ddi, HANDLE device9, UINT flags)
{
	memset(ddi, 0, sizeof(*ddi));
	vt_ddi_must(vprot_d3dddi_open_adapter(&ddi->adapter), "open_adapter");
	vt_ddi_must(vt_ddi11_create(ddi, device9, flags), "create_device");
}

void vt_ddi11_close(struct vt_ddi11 *ddi)
{
	vt_ddi_must(vprot_d3d11ddi_destroy_device(ddi->device), "destroy_device");
	vt_ddi_must(vprot_d3dddi_close_adapter(ddi->adapter), "close_adapter");
}

HRESULT vt_ddi11_error(struct vt_ddi11 *ddi)
{
	HRESULT error = ddi->error;

	if (ddi->errors > 1)
		vt_fatal("%d errors were reported, the last one %#x", ddi->errors, error);
	if (ddi->errors && error == S_OK)
		vt_fatal("S_OK was reported");
	ddi->error = S_OK;
	ddi->errors = 0;
	return error;
}

void *vt_ddi11_private(void)
{
	void *private = malloc(VPROT_D3D11DDI_PRIVATE_SIZE);

	if (!private)
		vt_fatal("no memory");
	return memset(private, 0xa5, VPROT_D3D11DDI_PRIVATE_SIZE);
}

D3D10DDI_HRESOURCE vt_ddi11_create_resource(struct vt_ddi11 *ddi, bool restricted, UINT size)
{
	const VPROT_D3D11DDIARG_CREATERESOURCE create = {
		.RestrictedContent = restricted,
		.Width = size,
		.Height = 1,
		.ArraySize = 1,
	};
	D3D10DDI_HRESOURCE resource = { vt_ddi11_private() };

	vt_ddi_must(vprot_d3d11ddi_create_resource(ddi->device, &create, resource), "create_resource");
	return resource;
}

void *vt_ddi11_map(struct vt_ddi11 *ddi, D3D10DDI_HRESOURCE resource)
{
	VOID *data;

	vt_ddi_must(vprot_d3d11ddi_map(ddi->device, resource, 0, &data, NULL), "map");
	return data;
}

static void destroy_resource(struct vt_ddi11 *ddi, D3D10DDI_HRESOURCE resource)
{
	vt_ddi_must(vprot_d3d11ddi_destroy_resource(ddi->device, resource), "destroy_resource");
	free(resource.pDrvPrivate);
}

/* --- sessions --------------------------------------------------------------------------------- */

void vt_ddi11_session_create(struct vt_ddi11_session *s, struct vt_ddi11 *ddi,
			     const GUID *key_exchange)
{
	D3D11_1DDIARG_CREATECRYPTOSESSION create = {
		.CryptoType = D3D11_CRYPTO_TYPE_AES128_CTR,
		.KeyExchangeType = *key_exchange,
	};

	memset(s, 0, sizeof(*s));
	s->ddi = ddi;
	s->handle.pDrvPrivate = vt_ddi11_private();
	vt_ddi_must(ddi->f.pfnCreateCryptoSession(ddi->device, &create, s->handle,
						  (D3D11_1DDI_HRTCRYPTOSESSION) { s }),
		    "CreateCryptoSession");
}

void vt_ddi11_key_exchange(struct vt_ddi11_session *s)
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	__u64 seed = vt_ddi_seed();
	int fd = vt_open();

	vt_fill(&seed, s->key, sizeof(s->key));
	vt_key_exchange_blob(fd, s->key, sizeof(s->key), blob);
	close(fd);
	vt_ddi_must(s->ddi->f.pfnNegotiateCryptoSessionKeyExchange(s->ddi->device, s->handle,
								   sizeof(blob), blob),
		    "NegotiateCryptoSessionKeyExchange");
}

void vt_ddi11_draw_read_back_key(struct vt_ddi11_session *s)
{
	__u8 wrapped[VT_KEY];

	vt_ddi_must(VT_REPORTED(s->ddi, s->ddi->f.pfnGetEncryptionBltKey(s->ddi->device, s->handle,
									 sizeof(wrapped), wrapped)),
		    "GetEncryptionBltKey");
	vt_unwrap(s->key, wrapped, s->read_back);
}

void vt_ddi11_session_open(struct vt_ddi11_session *s, struct vt_ddi11 *ddi)
{
	vt_ddi11_session_create(s, ddi, &D3D11_KEY_EXCHANGE_RSAES_OAEP);
	vt_ddi11_key_exchange(s);
	vt_ddi11_draw_read_back_key(s);
}

void vt_ddi11_refresh(struct vt_ddi11_session *s)
{
	struct vt_ddi11 *ddi = s->ddi;
	__u8 random_number[VT_KEY];

	vt_ddi_must(VT_REPORTED(ddi, ddi->f.pfnStartSessionKeyRefresh(ddi->device, s->handle,
								      VT_KEY, random_number)),
		    "StartSessionKeyRefresh");
	vt_ddi_must(VT_REPORTED(ddi, ddi->f.pfnFinishSessionKeyRefresh(ddi->device, s->handle)),
		    "FinishSessionKeyRefresh");
	vt_xor(s->key, random_number);
}

/* --- blits ------------------------------------------------------------------------------------ */

HRESULT vt_ddi11_decrypt(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE src,
			 D3D10DDI_HRESOURCE dst, const __u8 iv[16])
{
	return VT_REPORTED(s->ddi, s->ddi->f.pfnDecryptionBlt(s->ddi->device, s->handle, src, dst,
							      NULL, 0, NULL, 16, iv));
}

HRESULT vt_ddi11_encrypt(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE src,
			 D3D10DDI_HRESOURCE dst, __u8 iv[16])
{
	return VT_REPORTED(s->ddi, s->ddi->f.pfnEncryptionBlt(s->ddi->device, s->handle, src, dst,
							      16, iv));
}

bool vt_ddi11_holds(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE resource, const void *plain,
		    UINT size)
{
	D3D10DDI_HRESOURCE clear = vt_ddi11_create_resource(s->ddi, false, size);
	__u8 *map = vt_ddi11_map(s->ddi, clear), iv[16];
	bool same;

	vt_ddi_must(vt_ddi11_encrypt(s, resource, clear, iv), "EncryptionBlt");
	vt_ctr(s->read_back, iv, map, size);
	same = !memcmp(map, plain, size);
	destroy_resource(s->ddi, clear);
	return same;
}

bool vt_ddi11_key_works_in(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE resource, UINT size)
{
	D3D10DDI_HRESOURCE clear = vt_ddi11_create_resource(s->ddi, false, size);
	__u8 *map = vt_ddi11_map(s->ddi, clear), *plain = malloc(size), iv[16];
	__u64 seed = vt_ddi_seed();
	bool works;

	if (!plain)
		vt_fatal("no memory for %u bytes", size);
	vt_fill(&seed, plain, size);
	vt_fill(&seed, iv, sizeof(iv));
	memcpy(map, plain, size);
	vt_ctr(s->key, iv, map, size);
	vt_ddi_must(vt_ddi11_decrypt(s, clear, resource, iv), "DecryptionBlt");
	works = vt_ddi11_holds(s, resource, plain, size);
	free(plain);
	destroy_resource(s->ddi, clear);
	return works;
}

bool vt_ddi11_key_works(struct vt_ddi11_session *s)
{
	D3D10DDI_HRESOURCE resource = vt_ddi11_create_resource(s->ddi, true, 48);
	bool works = vt_ddi11_key_works_in(s, resource, 48);

	destroy_resource(s->ddi, resource);
	return works;
}
