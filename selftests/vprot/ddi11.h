/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the D3D11.1 DDI share. As in ddi.h: functions that return void, bool or a
 * resource take their steps for granted; those that return an HRESULT leave it to the test.
 */
#ifndef DDI11_H
#define DDI11_H

#include <vprot_d3d11ddi.h>
#include <vprot_d3dddi.h>

#include "vprot_test.h"

/**
 * struct vt_ddi11 - a device of the D3D11.1 DDI; stays where it is
 */
struct vt_ddi11 {
	HANDLE adapter;				/**< @adapter: Its adapter. */
	D3D10DDI_HDEVICE device;		/**< @device: The device, in @memory. */
	D3D11_1DDI_VIDEODEVICEFUNCS f;		/**< @f: Its functions. */
	D3DWDDM2_0DDI_VIDEODEVICEFUNCS f2;	/**< @f2: More of them. */
	D3DWDDM2_0DDI_DEVICEFUNCS d2;		/**< @d2: And more. */
	HRESULT error;				/**< @error: What was reported last, or S_OK. */
	int errors;				/**< @errors: How often something was reported. */
	/** @memory: The device's. */
	__u8 memory[VPROT_D3D11DDI_PRIVATE_SIZE] __attribute__((aligned(16)));
};

/** vt_ddi11_create() - the D3D11.1 interface of a D3D9 device, or with NULL a device of its own */
HRESULT vt_ddi11_create(struct vt_ddi11 *ddi, HANDLE device9, UINT flags);
/** vt_ddi11_open() - the same, taken for granted */
void vt_ddi11_open(struct vt_ddi11 *ddi, HANDLE device9, UINT flags);
/** vt_ddi11_close() - close both */
void vt_ddi11_close(struct vt_ddi11 *ddi);
/**
 * vt_ddi11_error() - what was reported since the last call of this function
 *
 * S_OK when nothing was; more than one report is fatal.
 */
HRESULT vt_ddi11_error(struct vt_ddi11 *ddi);
/** VT_REPORTED() - what a call of a function without a return value reports */
#define VT_REPORTED(ddi, call)	({ (call); vt_ddi11_error(ddi); })

/** vt_ddi11_private() - memory for a pDrvPrivate, that of nothing yet; it is not freed */
void *vt_ddi11_private(void);

/** vt_ddi11_create_resource() - a resource of one sub-resource with a row of @size bytes */
D3D10DDI_HRESOURCE vt_ddi11_create_resource(struct vt_ddi11 *ddi, bool restricted, UINT size);
/** vt_ddi11_map() - the memory of its first sub-resource */
void *vt_ddi11_map(struct vt_ddi11 *ddi, D3D10DDI_HRESOURCE resource);

/**
 * struct vt_ddi11_session - a session of the D3D11.1 DDI, and what its client knows
 */
struct vt_ddi11_session {
	struct vt_ddi11 *ddi;			/**< @ddi: Its device. */
	D3D11_1DDI_HCRYPTOSESSION handle;	/**< @handle: The session. */
	__u8 key[VT_KEY];			/**< @key: The session key. */
	__u8 read_back[VT_KEY];			/**< @read_back: The read-back key, unwrapped. */
};

/** vt_ddi11_session_create() - a session without keys, of a key exchange type */
void vt_ddi11_session_create(struct vt_ddi11_session *s, struct vt_ddi11 *ddi,
			     const GUID *key_exchange);
/** vt_ddi11_key_exchange() - give it a random session key */
void vt_ddi11_key_exchange(struct vt_ddi11_session *s);
/** vt_ddi11_draw_read_back_key() - draw a read-back key and unwrap it */
void vt_ddi11_draw_read_back_key(struct vt_ddi11_session *s);
/** vt_ddi11_session_open() - all three, by RSAES_OAEP */
void vt_ddi11_session_open(struct vt_ddi11_session *s, struct vt_ddi11 *ddi);
/** vt_ddi11_refresh() - start, XOR and finish */
void vt_ddi11_refresh(struct vt_ddi11_session *s);

/** vt_ddi11_decrypt() - DecryptionBlt under the session key */
HRESULT vt_ddi11_decrypt(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE src,
			 D3D10DDI_HRESOURCE dst, const __u8 iv[16]);
/** vt_ddi11_encrypt() - EncryptionBlt; @iv gets the counter block */
HRESULT vt_ddi11_encrypt(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE src,
			 D3D10DDI_HRESOURCE dst, __u8 iv[16]);
/** vt_ddi11_holds() - whether a protected resource holds this: read back, decrypted by OpenSSL */
bool vt_ddi11_holds(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE resource, const void *plain,
		    UINT size);
/** vt_ddi11_key_works_in() - whether blits into a protected buffer use the session key in @s */
bool vt_ddi11_key_works_in(struct vt_ddi11_session *s, D3D10DDI_HRESOURCE resource, UINT size);
/** vt_ddi11_key_works() - the same with a buffer of its own */
bool vt_ddi11_key_works(struct vt_ddi11_session *s);

#endif
