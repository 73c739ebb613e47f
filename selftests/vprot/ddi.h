/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the D3D9 DDI share, and those of the D3D11.1 DDI with them. As in vprot_test.h:
 * functions that return void, bool or a HANDLE take their steps for granted; those that return an
 * HRESULT leave it to the test.
 */
#ifndef DDI_H
#define DDI_H

#include <vprot_d3dddi.h>

#include "vprot_test.h"

/** vt_ddi_must() - a step that is taken for granted, by its name */
void vt_ddi_must(HRESULT result, const char *step);
/** vt_ddi_seed() - a seed for vt_fill(), different with each call, in every thread */
__u64 vt_ddi_seed(void);
/** vt_ddi_guid_text() - a GUID as it is written */
const char *vt_ddi_guid_text(const GUID *guid, char text[40]);

/**
 * struct vt_ddi - a device of the DDI
 */
struct vt_ddi {
	HANDLE adapter;			/**< @adapter: Its adapter. */
	HANDLE device;			/**< @device: The device. */
	D3DDDI_DEVICEFUNCS funcs;	/**< @funcs: Its functions. */
};

/** vt_ddi_open() - an adapter and a device */
void vt_ddi_open(struct vt_ddi *ddi, UINT flags);
/** vt_ddi_close() - close both */
void vt_ddi_close(struct vt_ddi *ddi);

/** vt_ddi_create_resource() - a plain buffer in system memory or protected */
HANDLE vt_ddi_create_resource(const struct vt_ddi *ddi, bool restricted, UINT size);
/** vt_ddi_lock() - the memory of its first sub-resource */
void *vt_ddi_lock(const struct vt_ddi *ddi, HANDLE resource);

/**
 * struct vt_ddi_session - a session of the DDI, and what its client knows
 */
struct vt_ddi_session {
	struct vt_ddi *ddi;	/**< @ddi: Its device. */
	HANDLE handle;		/**< @handle: The session. */
	__u8 key[VT_KEY];	/**< @key: The session key. */
	__u8 read_back[VT_KEY];	/**< @read_back: The read-back key, unwrapped. */
};

/** vt_ddi_session_create_as() - a session of a crypto type, without keys */
void vt_ddi_session_create_as(struct vt_ddi_session *s, struct vt_ddi *ddi, const GUID *type);
/** vt_ddi_session_create() - a session of AES128_CTR, without keys */
void vt_ddi_session_create(struct vt_ddi_session *s, struct vt_ddi *ddi);
/** vt_ddi_key_exchange() - give it a random session key */
void vt_ddi_key_exchange(struct vt_ddi_session *s);
/** vt_ddi_draw_read_back_key() - draw a read-back key and unwrap it */
void vt_ddi_draw_read_back_key(struct vt_ddi_session *s);
/** vt_ddi_session_open() - all three */
void vt_ddi_session_open(struct vt_ddi_session *s, struct vt_ddi *ddi);

/** vt_ddi_start() - StartSessionKeyRefresh with 16 bytes */
HRESULT vt_ddi_start(const struct vt_ddi_session *s, void *random_number);
/** vt_ddi_finish() - FinishSessionKeyRefresh */
HRESULT vt_ddi_finish(const struct vt_ddi_session *s);
/** vt_ddi_refresh() - start, XOR and finish */
void vt_ddi_refresh(struct vt_ddi_session *s);

/** vt_ddi_decrypt() - DecryptionBlt between first sub-resources, from a given counter block */
HRESULT vt_ddi_decrypt(const struct vt_ddi_session *s, HANDLE src, HANDLE dst, UINT size,
		       const __u8 iv[16]);
/** vt_ddi_encrypt() - EncryptionBlt of a plain buffer; @iv gets the counter block */
HRESULT vt_ddi_encrypt(const struct vt_ddi_session *s, HANDLE src, HANDLE dst, UINT size,
		       __u8 iv[16]);
/**
 * vt_ddi_holds() - whether a protected buffer holds this
 *
 * Reads it back, all @size bytes that it has, and decrypts that with OpenSSL.
 */
bool vt_ddi_holds(const struct vt_ddi_session *s, HANDLE resource, const void *plain, UINT size);
/**
 * vt_ddi_key_works_in() - whether blits into a protected buffer use the session key in @s
 *
 * Encrypts new contents under it with OpenSSL, decrypts them into all @size bytes of the buffer,
 * and looks what is there.
 */
bool vt_ddi_key_works_in(const struct vt_ddi_session *s, HANDLE resource, UINT size);
/** vt_ddi_key_works() - the same with a buffer of its own */
bool vt_ddi_key_works(const struct vt_ddi_session *s);
/** vt_ddi_is_encrypted() - whether block info says that a byte is encrypted */
bool vt_ddi_is_encrypted(const D3DDDIENCRYPTED_BLOCK_INFO *info, UINT at);

#endif
