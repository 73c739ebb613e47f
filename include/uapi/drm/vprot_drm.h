/* SPDX-License-Identifier: MIT */
/*
 * Interface between user space and the vprot driver.
 */
#ifndef _UAPI_VPROT_DRM_H_
#define _UAPI_VPROT_DRM_H_

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * DOC: Rules of the interface
 *
 * This interface only grows:
 *
 * - A structure gets new members at its end or in its padding. In a new member zero means what the
 *   driver did before the member was there.
 * - A flag, an enum value or an ioctl is added, never changed or removed. Each addition raises the
 *   driver's minor version.
 * - Every flag, enum value and padding word that the driver does not know is -EINVAL unless it is
 *   zero. In arrays this covers what an element has beyond the driver's size of it.
 *
 * Pointers are carried as __u64. All sizes and offsets are bytes. A session handle belongs to the
 * open file that made it; it is never 0. Buffer handles are GEM handles.
 *
 * The results that matter (nonce, epoch, IV, wrapped key) leave through pointers, before the call
 * takes effect: when they cannot be written, the call fails with -EFAULT and nothing has changed.
 * Handles come back in the structure itself: should that write fail, the object stays until it is
 * closed with the file.
 *
 * When several errors apply, the first of this order is returned: -ENODEV; -EINVAL and -E2BIG
 * (flags, padding, enum values, sizes, counts, descriptions); -EFAULT; -ENOENT; -EOPNOTSUPP;
 * -EKEYREVOKED; -EACCES; -ENOKEY; -ESTALE and -ENODATA; -EINVAL (ranges, IV) and -EKEYREJECTED;
 * -EMFILE, -ENOSPC and -ENOMEM. Every ioctl returns -ENODEV once the device is unbound. Each ioctl
 * below lists the errors that it has beyond -ENODEV, -EINVAL, -EFAULT and -ENOMEM.
 */

/**
 * enum drm_vprot_ioctl_id - ioctl numbers, relative to DRM_COMMAND_BASE
 */
enum drm_vprot_ioctl_id {
	/** @DRM_VPROT_GET_CAPS: what the device can do, and its limits. */
	DRM_VPROT_GET_CAPS = 0,
	/** @DRM_VPROT_GET_CERTIFICATE: read the device's certificate chain. */
	DRM_VPROT_GET_CERTIFICATE,
	/** @DRM_VPROT_SESSION_CREATE: create a session. */
	DRM_VPROT_SESSION_CREATE,
	/** @DRM_VPROT_SESSION_DESTROY: destroy a session. */
	DRM_VPROT_SESSION_DESTROY,
	/** @DRM_VPROT_SESSION_STATUS: ask for the state of a session. */
	DRM_VPROT_SESSION_STATUS,
	/** @DRM_VPROT_SESSION_KEY_EXCHANGE: give a session its key. */
	DRM_VPROT_SESSION_KEY_EXCHANGE,
	/** @DRM_VPROT_START_SESSION_KEY_REFRESH: draw the nonce of the next session key. */
	DRM_VPROT_START_SESSION_KEY_REFRESH,
	/** @DRM_VPROT_FINISH_SESSION_KEY_REFRESH: begin to use the next session key. */
	DRM_VPROT_FINISH_SESSION_KEY_REFRESH,
	/** @DRM_VPROT_GET_ENCRYPTION_BLT_KEY: draw a new read-back key. */
	DRM_VPROT_GET_ENCRYPTION_BLT_KEY,
	/** @DRM_VPROT_GEM_CREATE: create a buffer. */
	DRM_VPROT_GEM_CREATE,
	/** @DRM_VPROT_GEM_MMAP_OFFSET: ask where to mmap a clear buffer. */
	DRM_VPROT_GEM_MMAP_OFFSET,
	/** @DRM_VPROT_DECRYPTION_BLT: decrypt clear buffers into protected ones. */
	DRM_VPROT_DECRYPTION_BLT,
	/** @DRM_VPROT_ENCRYPTION_BLT: encrypt protected buffers into clear ones. */
	DRM_VPROT_ENCRYPTION_BLT,
	/** @DRM_VPROT_CHANNEL_CREATE: create an authenticated channel. */
	DRM_VPROT_CHANNEL_CREATE,
	/** @DRM_VPROT_CHANNEL_DESTROY: destroy a channel. */
	DRM_VPROT_CHANNEL_DESTROY,
	/** @DRM_VPROT_CHANNEL_KEY_EXCHANGE: give a channel its key. */
	DRM_VPROT_CHANNEL_KEY_EXCHANGE,
	/** @DRM_VPROT_CHANNEL_QUERY: ask a channel. */
	DRM_VPROT_CHANNEL_QUERY,
	/** @DRM_VPROT_CHANNEL_CONFIGURE: give a channel a command. */
	DRM_VPROT_CHANNEL_CONFIGURE,
};

/**
 * DRM_VPROT_KEY_SIZE - bytes in a session, content or read-back key and in a nonce
 */
#define DRM_VPROT_KEY_SIZE		16
/**
 * DRM_VPROT_KEY_EXCHANGE_SIZE - bytes in the message of an RSAES_OAEP key exchange
 */
#define DRM_VPROT_KEY_EXCHANGE_SIZE	256

/**
 * enum drm_vprot_crypto_type - how a session encrypts
 */
enum drm_vprot_crypto_type {
	/**
	 * @DRM_VPROT_CRYPTO_AES128_CTR: AES-128 in counter mode. The 16-byte counter block is the
	 * IV, then the number of the block, 64 bits each and big-endian. The number wraps without a
	 * carry into the IV, as in common encryption (ISO/IEC 23001-7).
	 */
	DRM_VPROT_CRYPTO_AES128_CTR = 1,
	/**
	 * @DRM_VPROT_CRYPTO_AES128_CBCS: AES-128 in CBC mode, as the scheme cbcs of common
	 * encryption has it: the chain starts anew, with the IV of the blit, in the encrypted part
	 * of each subsample, and leaves out what a pattern skips. Bytes that do not fill a block
	 * stay clear. This is for decryption blits; read-back is in counter mode, with a read-back
	 * key, as ever.
	 */
	DRM_VPROT_CRYPTO_AES128_CBCS = 2,
};

/**
 * enum drm_vprot_key_exchange_type - how a session gets its key
 */
enum drm_vprot_key_exchange_type {
	/**
	 * @DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP: The client draws the session key and sends it
	 * encrypted with the public key of the device's certificate: RSAES-OAEP (RFC 8017) with
	 * RSA-2048, SHA-512, MGF1 with SHA-512, and an empty label. Offered only by a device that
	 * was given an identity.
	 */
	DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP = 1,
	/**
	 * @DRM_VPROT_KEY_EXCHANGE_INTERNAL: The driver draws the session key when the session is
	 * created; it never leaves the driver. Such a session has no key exchange and no refresh.
	 * It serves to move protected contents out of memory and back: the wrapped read-back key is
	 * the content key on the way back; and to decrypt with content keys of the kernel's
	 * keyrings, without knowing any key.
	 */
	DRM_VPROT_KEY_EXCHANGE_INTERNAL = 2,
};

/**
 * DRM_VPROT_CAP_SOFTWARE - software in the kernel does the protection
 */
#define DRM_VPROT_CAP_SOFTWARE			(1 << 0)
/**
 * DRM_VPROT_CAP_PARTIAL_DECRYPTION - decryption blits take subsamples and patterns
 */
#define DRM_VPROT_CAP_PARTIAL_DECRYPTION	(1 << 3)
/**
 * DRM_VPROT_CAP_CONTENT_KEY - decryption blits take a content key
 */
#define DRM_VPROT_CAP_CONTENT_KEY		(1 << 4)
/**
 * DRM_VPROT_CAP_FRESHEN_SESSION_KEY - the session key can be refreshed
 */
#define DRM_VPROT_CAP_FRESHEN_SESSION_KEY	(1 << 5)
/**
 * DRM_VPROT_CAP_ENCRYPTED_READ_BACK - encryption blits are there
 */
#define DRM_VPROT_CAP_ENCRYPTED_READ_BACK	(1 << 6)
/**
 * DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY - encryption blits use a key of their own
 *
 * It is drawn by DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY. Without this bit they use the session key.
 */
#define DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY	(1 << 7)
/**
 * DRM_VPROT_CAP_DECRYPTION_BLT - decryption blits are there
 */
#define DRM_VPROT_CAP_DECRYPTION_BLT		(1 << 10)
/**
 * DRM_VPROT_CAP_KEYRING - decryption blits take content keys of the kernel's keyrings
 *
 * See DRM_VPROT_KEY_KEYRING. Windows has no such cap.
 */
#define DRM_VPROT_CAP_KEYRING			(1ULL << 32)

/**
 * struct drm_vprot_get_caps - argument of DRM_IOCTL_VPROT_GET_CAPS
 *
 * Errors: an unknown @crypto_type is -EINVAL, one that is switched off -EOPNOTSUPP.
 */
struct drm_vprot_get_caps {
	/** @crypto_type: In: the crypto type asked about, one of &enum drm_vprot_crypto_type. */
	__u32 crypto_type;
	/** @pad: In: must be zero. */
	__u32 pad;
	/**
	 * @caps: Out: mask of DRM_VPROT_CAP_*; the values of the lower 32 bits are those of the
	 * Windows content-protection caps.
	 */
	__u64 caps;
	/** @crypto_types: Out: mask of (1 << type) for each crypto type on offer. */
	__u32 crypto_types;
	/**
	 * @key_exchange_types: Out: mask of (1 << type) for each &enum drm_vprot_key_exchange_type
	 * on offer.
	 */
	__u32 key_exchange_types;
	/** @buffer_alignment: Out: what offsets of blits must be a multiple of, in bytes. */
	__u32 buffer_alignment;
	/** @block_alignment: Out: what sizes of blits must be a multiple of, in bytes. */
	__u32 block_alignment;
	/** @key_size: Out: size of session, content and read-back keys and of nonces, in bytes. */
	__u32 key_size;
	/**
	 * @certificate_size: Out: size of the certificate chain in bytes, 0 without an identity.
	 */
	__u32 certificate_size;
	/** @max_blts: Out: blits in one ioctl, at most. */
	__u32 max_blts;
	/** @max_subsamples: Out: subsamples of all blits of one ioctl together, at most. */
	__u32 max_subsamples;
	/** @max_blt_size: Out: bytes in all blits of one ioctl together, at most. */
	__u64 max_blt_size;
	/** @max_buffer_size: Out: bytes in one buffer, at most. */
	__u64 max_buffer_size;
	/** @max_file_sessions: Out: sessions of one open file, at most. */
	__u32 max_file_sessions;
	/** @max_sessions: Out: sessions of the device, at most. */
	__u32 max_sessions;
	/**
	 * @max_file_protected: Out: bytes of protected memory that one open file may create, at
	 * most.
	 */
	__u64 max_file_protected;
	/** @max_protected: Out: bytes of protected memory of the device, at most. */
	__u64 max_protected;
	/** @max_syncs: Out: syncobjs that one ioctl waits for, and that it signals, at most. */
	__u32 max_syncs;
	/** @max_queued_blts: Out: blits in the queue of one open file, at most. */
	__u32 max_queued_blts;
	/**
	 * @channel_types: Out: mask of (1 << type) for each &enum drm_vprot_channel_type on offer.
	 */
	__u32 channel_types;
	/** @max_file_channels: Out: authenticated channels of one open file, at most. */
	__u32 max_file_channels;
	/** @max_channels: Out: authenticated channels of the device, at most. */
	__u32 max_channels;
	/**
	 * @max_file_processes: Out: other processes that may open the restricted buffers of one
	 * open file, at most.
	 */
	__u32 max_file_processes;
};

/**
 * struct drm_vprot_get_certificate - argument of DRM_IOCTL_VPROT_GET_CERTIFICATE
 *
 * Errors: -EOPNOTSUPP when the device has no identity. A @size other than 0 that is smaller than
 * the chain is -EINVAL.
 */
struct drm_vprot_get_certificate {
	/**
	 * @data: In: pointer to @size bytes for the chain: the X.509 certificate of the device,
	 * then its issuers, DER one after the other.
	 */
	__u64 data;
	/** @size: In: size of the memory at @data; 0 only asks. Out: size of the chain. */
	__u32 size;
	/** @pad: In: must be zero. */
	__u32 pad;
};

/**
 * DRM_VPROT_SESSION_STRICT_IV - refuse counters that were used before
 *
 * A decryption blit whose start (IV, count) lies below the end of the previous one under the same
 * key is then -EINVAL, and so is one whose count wraps. The driver remembers the session key's
 * current epoch and the most recent content key, the latter by its value, however it was given.
 * For AES128_CTR only.
 */
#define DRM_VPROT_SESSION_STRICT_IV	(1 << 0)

/**
 * struct drm_vprot_session_create - argument of DRM_IOCTL_VPROT_SESSION_CREATE
 *
 * Errors: -EOPNOTSUPP when the crypto type or the key exchange type is not on offer, -EMFILE beyond
 * a limit of sessions.
 */
struct drm_vprot_session_create {
	/** @crypto_type: In: one of &enum drm_vprot_crypto_type. */
	__u32 crypto_type;
	/** @key_exchange_type: In: one of &enum drm_vprot_key_exchange_type. */
	__u32 key_exchange_type;
	/** @flags: In: DRM_VPROT_SESSION_STRICT_IV or 0. */
	__u32 flags;
	/** @handle: Out: handle of the session. */
	__u32 handle;
	/**
	 * @name: In: what stands for the session in the messages of channels; 0 for its handle. Of
	 * two sessions of a file with the same name the messages mean one or the other.
	 */
	__u64 name;
};

/**
 * struct drm_vprot_session_destroy - argument of DRM_IOCTL_VPROT_SESSION_DESTROY
 *
 * From the call on the handle is unknown. Blits in flight finish, queued ones included, the buffers
 * that are bound to the session are wiped, then the call returns. When the file is closed, or its
 * process killed, nothing finishes: fences of blits that are given up have the error -ECANCELED.
 *
 * Errors: -ENOENT for an unknown handle.
 */
struct drm_vprot_session_destroy {
	/** @handle: In: handle of the session. */
	__u32 handle;
	/** @pad: In: must be zero. */
	__u32 pad;
};

/**
 * enum drm_vprot_session_state - whether a session's key is alive
 */
enum drm_vprot_session_state {
	/** @DRM_VPROT_SESSION_OK: The session is usable, or waits for its key. */
	DRM_VPROT_SESSION_OK = 0,
	/**
	 * @DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST: The keys are destroyed and the session's buffers
	 * wiped: the system slept, the device was unbound, or an administrator said so. All but
	 * status and destroy is -EKEYREVOKED.
	 */
	DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST = 2,
};

/**
 * DRM_VPROT_STATUS_REFRESH_PENDING - a refresh was started and not finished
 */
#define DRM_VPROT_STATUS_REFRESH_PENDING	(1 << 0)
/**
 * DRM_VPROT_STATUS_READ_BACK_KEY - the session has a read-back key
 */
#define DRM_VPROT_STATUS_READ_BACK_KEY		(1 << 1)

/**
 * struct drm_vprot_session_status - argument of DRM_IOCTL_VPROT_SESSION_STATUS
 *
 * Errors: -ENOENT for an unknown handle.
 */
struct drm_vprot_session_status {
	/** @handle: In: handle of the session. */
	__u32 handle;
	/** @pad: In: must be zero. */
	__u32 pad;
	/** @state: Out: one of &enum drm_vprot_session_state. */
	__u32 state;
	/** @flags: Out: mask of DRM_VPROT_STATUS_*. */
	__u32 flags;
	/**
	 * @epoch: Out: the current key epoch: 0 without a key, 1 for the first key, one more at
	 * each change.
	 */
	__u64 epoch;
	/**
	 * @decrypted: Out: bytes that decryption blits of the session have moved, clear parts
	 * included.
	 */
	__u64 decrypted;
	/** @encrypted: Out: bytes that encryption blits of the session have moved. */
	__u64 encrypted;
};

/**
 * struct drm_vprot_session_key_exchange - argument of DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE
 *
 * A further exchange begins a new key epoch, drops a pending refresh and drops the read-back key. A
 * failed one changes nothing.
 *
 * Errors: -ENOENT for an unknown session, -EOPNOTSUPP for a session of another key exchange type,
 * -EKEYREVOKED after loss, -EKEYREJECTED when @data does not decrypt to a key, whatever the reason.
 */
struct drm_vprot_session_key_exchange {
	/** @handle: In: handle of the session. */
	__u32 handle;
	/** @size: In: size of @data, DRM_VPROT_KEY_EXCHANGE_SIZE. */
	__u32 size;
	/** @data: In: pointer to the encrypted session key. */
	__u64 data;
};

/**
 * struct drm_vprot_start_session_key_refresh - argument of
 * DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH
 *
 * Draws a random nonce and makes the next session key: the current one XOR the nonce. It is used
 * from DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH on. Started twice, the later nonce replaces the
 * earlier one.
 *
 * Errors: -ENOENT for an unknown session, -EOPNOTSUPP when refresh is not available for the crypto
 * type or the session, -EKEYREVOKED after loss, -ENOKEY before the first key exchange.
 */
struct drm_vprot_start_session_key_refresh {
	/** @handle: In: handle of the session. */
	__u32 handle;
	/** @size: In: size of the nonce, the size of the session key: DRM_VPROT_KEY_SIZE. */
	__u32 size;
	/** @nonce: In: pointer to @size bytes that get the nonce. */
	__u64 nonce;
};

/**
 * struct drm_vprot_finish_session_key_refresh - argument of
 * DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH
 *
 * All blits that are submitted after the call has returned use the new session key; those submitted
 * before the call use the old one, however late they run; one beside it uses one of the two, whole.
 *
 * Errors: -ENOENT for an unknown session, -EOPNOTSUPP when refresh is not available for the crypto
 * type or the session, -EKEYREVOKED after loss, -ENODATA when no refresh is pending.
 */
struct drm_vprot_finish_session_key_refresh {
	/** @handle: In: handle of the session. */
	__u32 handle;
	/** @pad: In: must be zero. */
	__u32 pad;
	/**
	 * @epoch: In: pointer to a __u64 that gets the number of the key epoch that begins, or 0.
	 */
	__u64 epoch;
};

/**
 * struct drm_vprot_get_encryption_blt_key - argument of DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY
 *
 * Draws a new random read-back key each time; encryption blits submitted after the call use it. It
 * outlives a refresh of the session key and is dropped by a key exchange.
 *
 * Errors: -ENOENT for an unknown session, -EOPNOTSUPP when there is no read-back or it uses the
 * session key (DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY is missing), -EKEYREVOKED after loss, -ENOKEY
 * without a session key.
 */
struct drm_vprot_get_encryption_blt_key {
	/** @handle: In: handle of the session. */
	__u32 handle;
	/** @size: In: size of the key, DRM_VPROT_KEY_SIZE. */
	__u32 size;
	/**
	 * @key: In: pointer to @size bytes that get the key, encrypted with AES-ECB under the
	 * session key.
	 */
	__u64 key;
	/** @epoch: In: pointer to a __u64 that gets the epoch of that session key, or 0. */
	__u64 epoch;
};

/**
 * DRM_VPROT_GEM_PROTECTED - make a protected buffer
 *
 * No CPU and no other device can reach its contents. The first decryption blit into it binds it to
 * the blit's session until it is wiped, which happens when that session ends or loses its key. A
 * PRIME file descriptor of it is an opaque handle: other open files of the device can hold it and
 * pass it on.
 */
#define DRM_VPROT_GEM_PROTECTED		(1 << 0)

/**
 * DRM_VPROT_GEM_RESTRICTED - make a clear buffer that can be mapped only without protection
 *
 * While an authenticated channel of the open file that made the buffer demands
 * DRM_VPROT_PROTECTION_ENABLED, the buffer cannot be mapped, and an access to a mapping that is
 * there is a SIGBUS. Other devices never reach it: as with protected buffers, a PRIME file
 * descriptor of it is an opaque handle.
 */
#define DRM_VPROT_GEM_RESTRICTED	(1 << 1)
/**
 * DRM_VPROT_GEM_RESTRICT_SHARED - let chosen processes alone open the buffer
 *
 * With DRM_VPROT_GEM_PROTECTED or DRM_VPROT_GEM_RESTRICTED only. The buffer can be opened
 * (imported, or by name) by the process and by the open file that made it, and by the processes
 * that an authenticated channel of that file has let in (DRM_VPROT_CONFIGURE_SHARED_RESOURCE). For
 * all others opening it is -EACCES.
 */
#define DRM_VPROT_GEM_RESTRICT_SHARED	(1 << 2)

/**
 * struct drm_vprot_gem_create - argument of DRM_IOCTL_VPROT_GEM_CREATE
 *
 * The buffer is zeroed. It is closed with DRM_IOCTL_GEM_CLOSE.
 *
 * Errors: -ENOSPC beyond a limit of protected memory.
 */
struct drm_vprot_gem_create {
	/** @size: In: size in bytes, not 0; rounded up to whole pages. */
	__u64 size;
	/** @flags: In: DRM_VPROT_GEM_* or 0; not both PROTECTED and RESTRICTED. */
	__u32 flags;
	/** @handle: Out: GEM handle of the buffer. */
	__u32 handle;
};

/**
 * struct drm_vprot_gem_mmap_offset - argument of DRM_IOCTL_VPROT_GEM_MMAP_OFFSET
 *
 * Errors: -ENOENT for an unknown handle, -EACCES for a protected buffer, and for a restricted one
 * while protection is demanded. An imported buffer is -EINVAL: it is mapped through its own
 * exporter.
 */
struct drm_vprot_gem_mmap_offset {
	/** @handle: In: GEM handle of a clear buffer. */
	__u32 handle;
	/** @pad: In: must be zero. */
	__u32 pad;
	/** @offset: Out: offset to give to mmap(2) on the device's file. */
	__u64 offset;
};

/**
 * struct drm_vprot_subsample - a run of clear and a run of encrypted bytes
 *
 * The key stream runs on, byte by byte, over the encrypted bytes only; the chain of AES128_CBCS
 * starts anew in each subsample.
 */
struct drm_vprot_subsample {
	/** @clear: Clear bytes, copied as they are. */
	__u32 clear;
	/** @encrypted: Encrypted bytes that follow them. */
	__u32 encrypted;
};

/**
 * enum drm_vprot_key_form - under which key a blit runs, and in which form that key is given
 */
enum drm_vprot_key_form {
	/** @DRM_VPROT_KEY_SESSION: the session key; no content key is given. */
	DRM_VPROT_KEY_SESSION = 0,
	/**
	 * @DRM_VPROT_KEY_WRAPPED: a content key of 16 bytes, encrypted with AES-ECB under the
	 * session key.
	 */
	DRM_VPROT_KEY_WRAPPED = 1,
	/**
	 * @DRM_VPROT_KEY_KEYRING: a content key of 16 bytes, the payload of a logon key in the
	 * kernel's keyrings (keyrings(7)). Its description is given, which begins with
	 * DRM_VPROT_KEYRING_PREFIX; it is searched for as by request_key(2) without callout, with
	 * the rights of the caller. Each call looks anew, and takes what the key holds at that
	 * moment: once it is revoked, updated or expired, no later call uses what it held. Blits
	 * that were accepted before keep the key.
	 */
	DRM_VPROT_KEY_KEYRING = 2,
};

/**
 * DRM_VPROT_KEYRING_PREFIX - what the description of a content key in a keyring begins with
 *
 * Keys for other services do not serve as content keys: with a session of its own a client could
 * have them encrypt and decrypt what it likes.
 */
#define DRM_VPROT_KEYRING_PREFIX	"vprot:"
/**
 * DRM_VPROT_MAX_DESCRIPTION - bytes in the description of a content key in a keyring, at most
 */
#define DRM_VPROT_MAX_DESCRIPTION	255

/**
 * DRM_VPROT_BLT_READ_BACK_KEY - the blit used the session's read-back key
 */
#define DRM_VPROT_BLT_READ_BACK_KEY	(1 << 0)

/**
 * struct drm_vprot_blt_result - what the driver decided when it accepted a blit
 */
struct drm_vprot_blt_result {
	/** @epoch: Epoch of the session key at the submission of the blit. */
	__u64 epoch;
	/**
	 * @iv: The counter block the blit starts with: for an encryption blit made by the driver,
	 * else as given.
	 */
	__u8 iv[16];
	/** @flags: DRM_VPROT_BLT_READ_BACK_KEY or 0. */
	__u32 flags;
	/** @pad: Zero. */
	__u32 pad;
};

/**
 * struct drm_vprot_blt - one blit of an array
 *
 * In an encryption blit @iv, @subsamples, @num_subsamples, @crypt_blocks, @skip_blocks, @key,
 * @key_form and @key_size must be zero: the driver makes the IV, and the whole range is encrypted.
 */
struct drm_vprot_blt {
	/** @src: GEM handle of the source. */
	__u32 src;
	/** @dst: GEM handle of the destination. */
	__u32 dst;
	/** @src_offset: Where to begin in the source. */
	__u64 src_offset;
	/** @dst_offset: Where to begin in the destination. */
	__u64 dst_offset;
	/** @size: Bytes to move; a blit of 0 bytes succeeds and does nothing. */
	__u64 size;
	/** @iv: The counter block the blit starts with, as it lies in memory; in CBCS the IV. */
	__u8 iv[16];
	/**
	 * @subsamples: Pointer to @num_subsamples of &struct drm_vprot_subsample that add up to
	 * @size, or 0.
	 */
	__u64 subsamples;
	/** @num_subsamples: Number of subsamples; 0 when all bytes are encrypted. */
	__u32 num_subsamples;
	/**
	 * @crypt_blocks: In a pattern, the number of encrypted 16-byte blocks before @skip_blocks
	 * clear ones. The pattern starts anew in the encrypted part of each subsample; encrypted
	 * blocks that its end cuts short stay clear, all of that run (ISO/IEC 23001-7, 9.6). Both
	 * are 0 without a pattern, neither with one.
	 */
	__u32 crypt_blocks;
	/** @skip_blocks: In a pattern, the number of clear 16-byte blocks. */
	__u32 skip_blocks;
	/** @key_form: One of &enum drm_vprot_key_form. */
	__u32 key_form;
	/** @key: Pointer to the content key in the form that @key_form names, or 0. */
	__u64 key;
	/**
	 * @key_size: Size of what @key points to: DRM_VPROT_KEY_SIZE for a wrapped key; for one of
	 * a keyring that of the description, without a NUL at its end, DRM_VPROT_MAX_DESCRIPTION at
	 * most; 0 without a content key.
	 */
	__u32 key_size;
	/** @flags: Must be zero. */
	__u32 flags;
	/** @epoch: The session key's epoch that the caller expects, or 0 for any. */
	__u64 epoch;
	/**
	 * @result: Pointer to a &struct drm_vprot_blt_result, or 0. Written when the blit is
	 * accepted, before data moves. An encryption blit must have one: without the IV its result
	 * is of no use.
	 */
	__u64 result;
};

/**
 * struct drm_vprot_sync - a syncobj, or a point of a timeline syncobj
 */
struct drm_vprot_sync {
	/** @handle: Handle of the syncobj. */
	__u32 handle;
	/** @flags: Must be zero. */
	__u32 flags;
	/** @point: Point of the timeline, or 0 for a binary syncobj. */
	__u64 point;
};

/**
 * DRM_VPROT_SUBMIT_NOWAIT - do not wait for room in the queue
 *
 * With syncobjs only. When the queue of the open file is full, the call is -ENOSPC; without this
 * flag it waits until there is room.
 */
#define DRM_VPROT_SUBMIT_NOWAIT		(1 << 0)

/**
 * struct drm_vprot_submit - argument of DRM_IOCTL_VPROT_DECRYPTION_BLT and
 * DRM_IOCTL_VPROT_ENCRYPTION_BLT
 *
 * Submits an array of blits to one session. All of them are checked before any byte moves, and all
 * use the same key epoch. They run in the order of the array. A refused call has changed nothing,
 * but that an encryption blit whose result cannot be written uses up its IV.
 *
 * Without syncobjs the call waits until no work is left on the buffers that it touches, and returns
 * when the last blit is done.
 *
 * With syncobjs, to wait for or to signal, the blits are queued and the call returns at once; keys
 * and IVs are those of the moment of the call. The queued calls that touch the same buffer run in
 * the order in which they came, others beside each other. They also wait for what other devices do
 * with a clear buffer. The fence that @signals get, and that implicit waiters and poll(2) see on
 * the buffers, has one of these errors when the blits are not done, none of them or not all:
 *
 * - that of a fence in @waits; then no blit was run;
 * - -ETIMEDOUT when what was waited for did not come within the time that the module parameter
 *   wait_timeout_ms says; then no blit was run. Fences of queued blits do not count as what may
 *   not come, but points of timelines always do;
 * - -EKEYREVOKED after loss, -ECANCELED after the end of the file. What was written to protected
 *   buffers is wiped; clear destinations may have parts of the blits, all of them ciphertext.
 *
 * A blit that was queued behind one that fails is run all the same.
 *
 * A decryption blit goes from a clear buffer to a protected one, an encryption blit from a
 * protected to a clear one.
 *
 * Errors: -E2BIG for more blits, subsamples or syncobjs than the caps say, -ENOENT for an unknown
 * session, buffer or syncobj, -EOPNOTSUPP for what the caps of the session's crypto type lack
 * (decryption or encryption blits, subsamples and patterns, content keys, wrapped or of a
 * keyring), -EKEYREVOKED after loss, -EACCES for any other pair of buffers and for a protected
 * buffer that is bound to another session, -ENOKEY without a session key or, in an encryption
 * blit, without a read-back key, -ESTALE when another epoch than the expected one is current,
 * -EINTR when the process was killed or, before the blits are accepted, a signal came, -ENOSPC
 * when the queue is full, -ETIMEDOUT when another device does not get done with a buffer. A
 * syncobj to wait for that has no fence (yet) is -EINVAL, ranked with the ranges.
 *
 * -ENOKEY is also whatever keeps the caller from a key of a keyring: there is none of that
 * description, he may not search it, it has expired or was revoked. The kernel's keyrings forget
 * which, and -EKEYREVOKED and -EACCES speak of session and buffers; who wants to know asks
 * keyctl(2). A key that is not of 16 bytes is -EKEYREJECTED.
 */
struct drm_vprot_submit {
	/** @session: In: handle of the session. */
	__u32 session;
	/** @flags: In: DRM_VPROT_SUBMIT_NOWAIT or 0. */
	__u32 flags;
	/** @blts: In: pointer to the array of &struct drm_vprot_blt. */
	__u64 blts;
	/**
	 * @num_blts: In: number of elements in @blts; with 0 the call succeeds and does nothing.
	 */
	__u32 num_blts;
	/** @blt_stride: In: size of an element of @blts, sizeof(struct drm_vprot_blt) to 4096. */
	__u32 blt_stride;
	/**
	 * @waits: In: pointer to an array of &struct drm_vprot_sync: the blits run when all their
	 * fences have signalled. 0 without.
	 */
	__u64 waits;
	/**
	 * @signals: In: pointer to an array of &struct drm_vprot_sync: they get the fence of the
	 * blits. 0 without.
	 */
	__u64 signals;
	/** @num_waits: In: number of elements in @waits. */
	__u32 num_waits;
	/** @num_signals: In: number of elements in @signals. */
	__u32 num_signals;
	/**
	 * @sync_stride: In: size of an element of @waits and @signals, sizeof(struct
	 * drm_vprot_sync) to 256; 0 without syncobjs.
	 */
	__u32 sync_stride;
	/** @pad: In: must be zero. */
	__u32 pad;
};

/**
 * enum drm_vprot_channel_type - what answers at the other end of an authenticated channel
 *
 * The values are those of Direct3D 9.
 */
enum drm_vprot_channel_type {
	/** @DRM_VPROT_CHANNEL_SOFTWARE: The driver's software. */
	DRM_VPROT_CHANNEL_SOFTWARE = 2,
	/** @DRM_VPROT_CHANNEL_HARDWARE: The device's hardware, of which there is none. */
	DRM_VPROT_CHANNEL_HARDWARE = 3,
};

/**
 * struct drm_vprot_channel_create - argument of DRM_IOCTL_VPROT_CHANNEL_CREATE
 *
 * An authenticated channel tells the driver, and is told by it, what nobody in between can forge:
 * commands and answers carry an OMAC under the channel's key. vprot_channel.h has the messages. A
 * channel is offered only by a device that was given an identity, and ends with its file.
 *
 * Errors: -EOPNOTSUPP when the type is not on offer, -EMFILE beyond a limit of channels.
 */
struct drm_vprot_channel_create {
	/** @type: In: one of &enum drm_vprot_channel_type. */
	__u32 type;
	/** @flags: In: must be zero. */
	__u32 flags;
	/** @name: In: what stands for the channel in its messages; 0 for its handle. */
	__u64 name;
	/** @handle: Out: handle of the channel. */
	__u32 handle;
	/** @pad: In: must be zero. */
	__u32 pad;
};

/**
 * struct drm_vprot_channel_destroy - argument of DRM_IOCTL_VPROT_CHANNEL_DESTROY
 *
 * Its demand for protection ends with it; processes that it has let in stay so.
 *
 * Errors: -ENOENT for an unknown handle.
 */
struct drm_vprot_channel_destroy {
	/** @handle: In: handle of the channel. */
	__u32 handle;
	/** @pad: In: must be zero. */
	__u32 pad;
};

/**
 * struct drm_vprot_channel_key_exchange - argument of DRM_IOCTL_VPROT_CHANNEL_KEY_EXCHANGE
 *
 * As the RSAES_OAEP key exchange of a session, but once in the channel's life: another key would
 * start the sequence numbers anew. A failed one changes nothing.
 *
 * Errors: -ENOENT for an unknown channel, -EKEYREVOKED after loss, -ESTALE when the channel has its
 * key, -EKEYREJECTED when @data does not decrypt to a key, whatever the reason.
 */
struct drm_vprot_channel_key_exchange {
	/** @handle: In: handle of the channel. */
	__u32 handle;
	/** @size: In: size of @data, DRM_VPROT_KEY_EXCHANGE_SIZE. */
	__u32 size;
	/** @data: In: pointer to the encrypted key of the channel. */
	__u64 data;
};

/**
 * DRM_VPROT_MAX_MESSAGE_SIZE - bytes in an input or an output of a channel, at most
 */
#define DRM_VPROT_MAX_MESSAGE_SIZE	4096

/**
 * struct drm_vprot_channel_exchange - argument of DRM_IOCTL_VPROT_CHANNEL_QUERY and
 * DRM_IOCTL_VPROT_CHANNEL_CONFIGURE
 *
 * The call succeeds when there is an answer; what became of the message is in the answer. If not
 * DRM_VPROT_RESULT_OK, the message has changed nothing, but that its sequence number is used up
 * when OMAC and number were good. All bytes of the answer behind its header are zero then. When the
 * call fails, nothing has changed and no number is used up.
 *
 * Errors: -ENOENT for an unknown channel, -EKEYREVOKED after loss, -ENOKEY before the key exchange,
 * -EINTR when the process was killed.
 */
struct drm_vprot_channel_exchange {
	/** @handle: In: handle of the channel. */
	__u32 handle;
	/** @pad: In: must be zero. */
	__u32 pad;
	/** @input: In: pointer to the message. */
	__u64 input;
	/** @output: In: pointer to @output_size bytes that get the answer. */
	__u64 output;
	/**
	 * @input_size: In: bytes at @input, at least a header (for a command with its OMAC), at
	 * most DRM_VPROT_MAX_MESSAGE_SIZE.
	 */
	__u32 input_size;
	/**
	 * @output_size: In: bytes at @output; for a question at least OMAC and header, at most
	 * DRM_VPROT_MAX_MESSAGE_SIZE; for a command OMAC and header.
	 */
	__u32 output_size;
};

/**
 * DRM_VPROT_EVENT_LOSS - keys and contents of the open file's sessions were lost
 */
#define DRM_VPROT_EVENT_LOSS		0x80000000

/**
 * struct drm_vprot_event_loss - what read(2) gives after a loss
 *
 * One for each open file that had a session or a channel, however many. It comes when keys and
 * contents are gone.
 */
struct drm_vprot_event_loss {
	/** @base: Its type is DRM_VPROT_EVENT_LOSS. */
	struct drm_event base;
	/** @generation: How often the device has lost all sessions since it was bound. */
	__u64 generation;
};

#define DRM_IOCTL_VPROT_GET_CAPS \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VPROT_GET_CAPS, struct drm_vprot_get_caps)
#define DRM_IOCTL_VPROT_GET_CERTIFICATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VPROT_GET_CERTIFICATE, struct drm_vprot_get_certificate)
#define DRM_IOCTL_VPROT_SESSION_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VPROT_SESSION_CREATE, struct drm_vprot_session_create)
#define DRM_IOCTL_VPROT_SESSION_DESTROY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_SESSION_DESTROY, struct drm_vprot_session_destroy)
#define DRM_IOCTL_VPROT_SESSION_STATUS \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VPROT_SESSION_STATUS, struct drm_vprot_session_status)
#define DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_SESSION_KEY_EXCHANGE, \
		struct drm_vprot_session_key_exchange)
#define DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_START_SESSION_KEY_REFRESH, \
		struct drm_vprot_start_session_key_refresh)
#define DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_FINISH_SESSION_KEY_REFRESH, \
		struct drm_vprot_finish_session_key_refresh)
#define DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_GET_ENCRYPTION_BLT_KEY, \
		struct drm_vprot_get_encryption_blt_key)
#define DRM_IOCTL_VPROT_GEM_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VPROT_GEM_CREATE, struct drm_vprot_gem_create)
#define DRM_IOCTL_VPROT_GEM_MMAP_OFFSET \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VPROT_GEM_MMAP_OFFSET, struct drm_vprot_gem_mmap_offset)
#define DRM_IOCTL_VPROT_DECRYPTION_BLT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_DECRYPTION_BLT, struct drm_vprot_submit)
#define DRM_IOCTL_VPROT_ENCRYPTION_BLT \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_ENCRYPTION_BLT, struct drm_vprot_submit)
#define DRM_IOCTL_VPROT_CHANNEL_CREATE \
	DRM_IOWR(DRM_COMMAND_BASE + DRM_VPROT_CHANNEL_CREATE, struct drm_vprot_channel_create)
#define DRM_IOCTL_VPROT_CHANNEL_DESTROY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_CHANNEL_DESTROY, struct drm_vprot_channel_destroy)
#define DRM_IOCTL_VPROT_CHANNEL_KEY_EXCHANGE \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_CHANNEL_KEY_EXCHANGE, \
		struct drm_vprot_channel_key_exchange)
#define DRM_IOCTL_VPROT_CHANNEL_QUERY \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_CHANNEL_QUERY, struct drm_vprot_channel_exchange)
#define DRM_IOCTL_VPROT_CHANNEL_CONFIGURE \
	DRM_IOW(DRM_COMMAND_BASE + DRM_VPROT_CHANNEL_CONFIGURE, struct drm_vprot_channel_exchange)

#if defined(__cplusplus)
}
#endif

#endif /* _UAPI_VPROT_DRM_H_ */
