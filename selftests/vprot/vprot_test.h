/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the vprot driver share: the device, sessions, buffers and blits by raw ioctls,
 * and OpenSSL as the oracle.
 *
 * Functions that return void, a pointer or a file descriptor are for steps that a test takes for
 * granted: should one fail, it says so and ends the test as failed. Functions that return an int
 * for a test to look at return 0 or a negative errno.
 *
 * Include it after kselftest_harness.h.
 */
#ifndef VPROT_TEST_H
#define VPROT_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>
#include <openssl/evp.h>
#include <vprot_drm.h>

#include "oracle.h"

#ifdef __KSELFTEST_HARNESS_H
/* Seconds for one test: an emulated processor is slow; sanitizers and load make it slower. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	600
#endif

/* --- the device ------------------------------------------------------------------------------- */

/** vt_open() - a new open file of the device's render node */
int vt_open(void);
/** vt_open_card() - a new open file of the device's primary node */
int vt_open_card(void);
/** vt_open_vgem() - a new open file of another device, vgem */
int vt_open_vgem(void);
/**
 * vt_ioctl() - one ioctl, tried once
 * Return: 0 or a negative errno.
 */
int vt_ioctl(int fd, unsigned long request, void *arg);
/** vt_caps() - the caps for AES128_CTR */
void vt_caps(int fd, struct drm_vprot_get_caps *caps);
/** vt_device_key() - the public key of the device's certificate; the caller frees it */
EVP_PKEY *vt_device_key(int fd);
/** vt_is_sanitized() - whether the kernel is one of ours with sanitizers, which is slow */
bool vt_is_sanitized(void);
/** vt_bad_page() - a page that cannot be read or written */
void *vt_bad_page(void);
/** vt_page_before_bad() - a page that can be used, and is followed by one that cannot */
void *vt_page_before_bad(void);

/* --- sessions --------------------------------------------------------------------------------- */

/**
 * struct vt_session - a session, and what its client knows
 */
struct vt_session {
	int fd;			/**< @fd: The open file that it belongs to. */
	__u32 handle;		/**< @handle: Its handle. */
	__u32 crypto_type;	/**< @crypto_type: How its client encrypts. */
	__u64 epoch;		/**< @epoch: The current key epoch; 0 without a key. */
	__u8 key[VT_KEY];	/**< @key: The session key. */
	__u8 read_back[VT_KEY];	/**< @read_back: The read-back key, unwrapped. */
};

/** vt_session_create_as() - a session without a read-back key */
void vt_session_create_as(struct vt_session *s, int fd, __u32 crypto_type,
			  __u32 key_exchange_type, __u32 flags);
/** vt_session_create() - an AES128_CTR session of either key exchange type, as above */
void vt_session_create(struct vt_session *s, int fd, __u32 key_exchange_type, __u32 flags);
/** vt_session_open_as() - an RSAES_OAEP session with a random session key and a read-back key */
void vt_session_open_as(struct vt_session *s, int fd, __u32 crypto_type, __u32 flags);
/** vt_session_open() - an AES128_CTR session, as above */
void vt_session_open(struct vt_session *s, int fd, __u32 flags);
/** vt_session_destroy() - destroy it */
void vt_session_destroy(struct vt_session *s);
/** vt_status() - its status */
void vt_status(const struct vt_session *s, struct drm_vprot_session_status *status);
/** vt_key_exchange() - give it this key; moves @s on to the next epoch */
void vt_key_exchange(struct vt_session *s, const __u8 key[VT_KEY]);
/**
 * vt_key_exchange_blob() - the message that gives a session its key
 * @fd: The device.
 * @key: What to encrypt, @size bytes.
 * @size: 16 for a message that the driver accepts.
 * @blob: Gets the message.
 */
void vt_key_exchange_blob(int fd, const void *key, size_t size,
			  __u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE]);
/** vt_send_blob() - the key exchange ioctl; 0 or a negative errno, @s stays as it is */
int vt_send_blob(const struct vt_session *s, const __u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE]);
/** vt_start() - start a refresh; 0 or a negative errno */
int vt_start(const struct vt_session *s, __u8 nonce[VT_KEY]);
/** vt_finish() - finish a refresh; 0 or a negative errno; @epoch may be NULL */
int vt_finish(const struct vt_session *s, __u64 *epoch);
/** vt_xor() - apply a nonce to a key */
void vt_xor(__u8 key[VT_KEY], const __u8 nonce[VT_KEY]);
/** vt_refresh() - start, XOR and finish; moves @s on to the next epoch */
void vt_refresh(struct vt_session *s);
/** vt_draw_read_back_key() - draw a new read-back key and unwrap it into @s */
void vt_draw_read_back_key(struct vt_session *s);

/* --- buffers ---------------------------------------------------------------------------------- */

/**
 * struct vt_buffer - a buffer
 */
struct vt_buffer {
	int fd;			/**< @fd: The open file that holds it. */
	__u32 handle;		/**< @handle: Its GEM handle. */
	__u64 size;		/**< @size: Its size, as asked for. */
	__u8 *map;		/**< @map: Its memory; NULL for a protected one. */
};

/** vt_clear() - a clear buffer, mapped */
void vt_clear(struct vt_buffer *b, int fd, __u64 size);
/** vt_protected() - a protected buffer */
void vt_protected(struct vt_buffer *b, int fd, __u64 size);
/** vt_buffer_close() - unmap it and close its handle */
void vt_buffer_close(struct vt_buffer *b);
/** vt_export() - a new PRIME file descriptor of it */
int vt_export(const struct vt_buffer *b);
/** vt_import() - the GEM handle that @dmabuf has in @fd; 0 or a negative errno */
int vt_import(int fd, int dmabuf, __u32 *handle);

/* --- blits ------------------------------------------------------------------------------------ */

/** vt_submit_array() - submit an array of blits; 0 or a negative errno */
int vt_submit_array(const struct vt_session *s, unsigned long request,
		    const struct drm_vprot_blt *blts, __u32 count);
/** vt_decrypt_blt() - submit one DECRYPTION_BLT; 0 or a negative errno */
int vt_decrypt_blt(const struct vt_session *s, const struct drm_vprot_blt *blt);
/** vt_encrypt_blt() - submit one ENCRYPTION_BLT; 0 or a negative errno */
int vt_encrypt_blt(const struct vt_session *s, const struct drm_vprot_blt *blt);
/** vt_client_encrypt() - what a session's client does with plaintext, in place */
void vt_client_encrypt(const struct vt_session *s, const __u8 key[VT_KEY], const __u8 iv[16],
		       void *data, size_t size);
/**
 * vt_load() - put plaintext into a protected buffer
 *
 * Encrypts @plain with OpenSSL under the session key and a new IV, and has the driver decrypt it.
 */
void vt_load(const struct vt_session *s, const struct vt_buffer *dst, __u64 offset,
	     const void *plain, size_t size);
/**
 * vt_read_back() - get plaintext out of a protected buffer
 *
 * Has the driver encrypt it under the read-back key, and decrypts it with OpenSSL into @plain.
 */
void vt_read_back(const struct vt_session *s, const struct vt_buffer *src, __u64 offset,
		  void *plain, size_t size);
/**
 * vt_key_works() - whether the driver's session key is the one in @s
 *
 * Decrypts under it, with @s->epoch named, and reads back. It takes a read-back key, and moves the
 * session's counters of bytes.
 */
bool vt_key_works(const struct vt_session *s);

#endif
