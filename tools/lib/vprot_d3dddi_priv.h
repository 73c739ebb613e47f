/* SPDX-License-Identifier: MIT */
/*
 * What the two interfaces of the DDI, D3D9 and D3D11.1, are made of.
 */
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
	/** @DDI_CHANNEL: an authenticated channel of a device */
	DDI_CHANNEL,
	/** @DDI_DEVICE11: the D3D11.1 interface of a device */
	DDI_DEVICE11,
	/** @DDI_DECODER: a D3D11.1 decoder of a device */
	DDI_DECODER,
};

/**
 * struct ddi_object - what a handle stands for
 */
struct ddi_object {
	/** @kind: what it is */
	enum ddi_kind kind;
	/** @owner: the hDevice of what belongs to a device, else NULL */
	HANDLE owner;
	/** @number: the handle that it gets; the driver knows sessions and channels by it */
	HANDLE number;
	/** @handle: its handle; under the table's lock */
	HANDLE handle;
	/** @next: next object in the table's bucket; under the table's lock */
	struct ddi_object *next;
	/** @users: calls that work with it; under the table's lock */
	unsigned int users;

	/** @dev: the native device, with a reference; adapters and devices */
	struct vprot_device *dev;
	/** @session: the native session, with a reference; sessions */
	struct vprot_session *session;
	/** @key_exchange: its native key exchange type; sessions */
	uint32_t key_exchange;
	/** @crypto_type: its native crypto type; sessions */
	uint32_t crypto_type;
	/** @channel: the native channel, with a reference; channels */
	struct vprot_channel *channel;
	/** @buffer: the native buffer, with a reference; resources */
	struct vprot_buffer *buffer;
	/**
	 * @flags: VPROT_D3DDDI_*, devices; DRM_VPROT_GEM_*, resources: PROTECTED says what it is
	 * now, the others what it is when it is protected, or is not
	 */
	uint32_t flags;
	/** @pitch: bytes in a row; resources */
	UINT pitch;
	/** @size: bytes in a sub-resource; resources */
	uint64_t size;
	/** @count: number of sub-resources; resources */
	UINT count;
	/** @data: what else there is, freed with it; D3D11.1 */
	void *data;
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

struct drm_vprot_get_caps;

/** ddi_crypto_type() - the native crypto type of a GUID; there is none with a decode profile */
HRESULT ddi_crypto_type(const GUID *type, const GUID *profile, uint32_t *native);
/** ddi_get_native_caps() - what a crypto type can do; for a null GUID, what all of them can */
HRESULT ddi_get_native_caps(struct vprot_device *dev, const GUID *type, const GUID *profile,
			    struct drm_vprot_get_caps *caps);
/** ddi_get_certificate() - the size of a certificate chain, a UINT, or that chain */
HRESULT ddi_get_certificate(struct vprot_device *dev, const DDICERTIFICATEINFO *query,
			    bool wants_size, void *data, UINT size);

/** ddi_get_native_device() - another reference to the native device of a device, or of NULL */
HRESULT ddi_get_native_device(const struct ddi_object *device, struct vprot_device **out);

/** ddi_add_session() - create a session with a native key exchange type; 0 is not available */
HRESULT ddi_add_session(HANDLE hDevice, const GUID *crypto_type, const GUID *profile,
			uint32_t key_exchange, HANDLE *session);

/**
 * struct ddi_blt - what a blit works with
 */
struct ddi_blt {
	/** @session: the session */
	struct ddi_object *session;
	/** @src: the source */
	struct ddi_object *src;
	/** @dst: the destination */
	struct ddi_object *dst;
};

/** ddi_get_blt() - hold what a blit works with; let go of it in any case */
int ddi_get_blt(struct ddi_blt *blt, HANDLE hDevice, HANDLE hSession, HANDLE hSrc, HANDLE hDst);
/** ddi_put_blt() - let go of it */
void ddi_put_blt(struct ddi_blt *blt);
/** ddi_encrypt() - run a blit between the two at a place; the counter block goes to @iv */
int ddi_encrypt(const struct ddi_blt *blt, const struct vprot_blit *place, void *iv);
/** ddi_decrypt() - the same, from the counter block in @iv; @content_key and @info may be NULL */
int ddi_decrypt(const struct ddi_blt *blt, const struct vprot_blit *place, const void *content_key,
		const D3DDDIENCRYPTED_BLOCK_INFO *info, const void *iv);

/** DDI_NOT_SHARED - a file descriptor that ddi_add_resource() takes for none */
#define DDI_NOT_SHARED	(-1)
/** ddi_add_resource() - a resource of @count sub-resources: a new one, or a dma-buf's */
HRESULT ddi_add_resource(HANDLE hDevice, uint32_t flags, int fd, UINT pitch, UINT rows, UINT count,
			 HANDLE *resource);
/** ddi_resource_flags() - DRM_VPROT_GEM_* from three UINTs; false if they do not fit each other */
bool ddi_resource_flags(UINT restricted, UINT lockable, UINT restrict_shared, uint32_t *flags);
/** ddi_texture_layout() - bytes in a row, and rows; with two planes the second is half as high */
int ddi_texture_layout(UINT pixel_size, UINT planes, UINT width, UINT height, UINT *pitch,
		       UINT *rows);

/** ddi_ask_channel() - ask a channel, or with @to NULL the one that the message names */
HRESULT ddi_ask_channel(HANDLE hDevice, const HANDLE *to,
			const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL *pData);
/** ddi_tell_channel() - the same with a command */
HRESULT ddi_tell_channel(HANDLE hDevice, const HANDLE *to,
			 const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL *pData);

HRESULT ddi_create_channel(HANDLE hDevice, D3DDDIARG_CREATEAUTHENTICATEDCHANNEL *pData);
HRESULT ddi_channel_key_exchange(HANDLE hDevice, D3DDDIARG_AUTHENTICATEDCHANNELKEYEXCHANGE *pData);
HRESULT ddi_query_channel(HANDLE hDevice, const D3DDDIARG_QUERYAUTHENTICATEDCHANNEL *pData);
HRESULT ddi_configure_channel(HANDLE hDevice,
			      const D3DDDIARG_CONFIGUREAUTHENTICATEDCHANNEL *pData);
HRESULT ddi_destroy_channel(HANDLE hDevice, const D3DDDIARG_DESTROYAUTHENTICATEDCHANNEL *pData);
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
