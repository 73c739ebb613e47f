/* SPDX-License-Identifier: MIT */
#ifndef VPROT_D3DDDI_PRIV_H
#define VPROT_D3DDDI_PRIV_H

#include <stdbool.h>

#include "vprot.h"
#include "vprot_d3dddi.h"

/**
 * enum ddi_kind - what a handle is of
 */
enum ddi_kind {
	/** @DDI_ADAPTER: an adapter */
	DDI_ADAPTER,
	/** @DDI_DEVICE: a device */
	DDI_DEVICE,
	/** @DDI_SESSION: a crypto session of a device */
	DDI_SESSION,
	/** @DDI_RESOURCE: a resource of a device */
	DDI_RESOURCE,
};

/**
 * struct ddi_object - what a handle stands for
 */
struct ddi_object {
	/** @kind: what it is */
	enum ddi_kind kind;
	/** @owner: the hDevice of a session or a resource; NULL for an adapter and a device */
	HANDLE owner;
	/** @handle: its handle; under the table's lock */
	HANDLE handle;
	/** @next: next object in the table's bucket; under the table's lock */
	struct ddi_object *next;
	/** @users: calls that work with it; under the table's lock */
	unsigned int users;

	/** @dev: the native device, with a reference; adapters and devices */
	struct vprot_device *dev;
	/** @flags: VPROT_D3DDDI_*; devices */
	UINT flags;
	/** @session: the native session, with a reference; sessions */
	struct vprot_session *session;
	/** @buffer: the native buffer, with a reference; resources */
	struct vprot_buffer *buffer;
	/** @pitch: bytes in a row; resources */
	UINT pitch;
	/** @size: bytes in a sub-resource; resources */
	uint64_t size;
	/** @count: number of sub-resources; resources */
	UINT count;
};

/** ddi_new() - a new object without a handle, or NULL */
struct ddi_object *ddi_new(enum ddi_kind kind, HANDLE owner);
/** ddi_free() - free an object that has no handle; it may be NULL */
void ddi_free(struct ddi_object *object);
/** ddi_add() - give an object its handle; whoever adds to a device holds that (ddi_get()) */
HANDLE ddi_add(struct ddi_object *object);
/** ddi_get() - hold the object of a handle; NULL unless it is of that kind and owner */
struct ddi_object *ddi_get(enum ddi_kind kind, HANDLE handle, HANDLE owner);
/** ddi_put() - let go of it; it may be NULL */
void ddi_put(struct ddi_object *object);
/** ddi_close() - take a handle away, wait until nobody holds its object, and free it */
HRESULT ddi_close(enum ddi_kind kind, HANDLE handle, HANDLE owner);
/** ddi_close_owned() - do so with all that an owner has, which itself is closed already */
void ddi_close_owned(HANDLE owner);

/** ddi_result() - the HRESULT of a negative errno, or S_OK */
HRESULT ddi_result(int err);
/** ddi_same_guid() - whether two GUIDs are equal */
bool ddi_same_guid(const GUID *a, const GUID *b);
/** ddi_is_null() - whether a GUID is all zero */
bool ddi_is_null(const GUID *guid);

HRESULT ddi_create_session(HANDLE hDevice, D3DDDIARG_CREATECRYPTOSESSION *pData);
HRESULT ddi_session_key_exchange(HANDLE hDevice, D3DDDIARG_CRYPTOSESSIONKEYEXCHANGE *pData);
HRESULT ddi_destroy_session(HANDLE hDevice, const D3DDDIARG_DESTROYCRYPTOSESSION *pData);
HRESULT ddi_start_refresh(HANDLE hDevice, const D3DDDIARG_STARTSESSIONKEYREFRESH *pData);
HRESULT ddi_finish_refresh(HANDLE hDevice, const D3DDDIARG_FINISHSESSIONKEYREFRESH *pData);
HRESULT ddi_get_encryption_blt_key(HANDLE hDevice, const D3DDDIARG_GETENCRYPTIONBLTKEY *pData);
HRESULT ddi_encryption_blt(HANDLE hDevice, const D3DDDIARG_ENCRYPTIONBLT *pData);
HRESULT ddi_decryption_blt(HANDLE hDevice, const D3DDDIARG_DECRYPTIONBLT *pData);
HRESULT ddi_get_pitch(HANDLE hDevice, D3DDDIARG_GETPITCH *pData);

#endif /* VPROT_D3DDDI_PRIV_H */
