/* SPDX-License-Identifier: MIT */
/*
 * libdrm_vprot: protected sessions of the vprot driver.
 */
#ifndef VPROT_H
#define VPROT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * DOC: Conventions
 *
 * A function returns 0, or a negative errno: those of the ioctl it wraps (vprot_drm.h lists them),
 * -ENOMEM, and what its own text names. Outputs are written on success only.
 *
 * Devices, sessions, channels and buffers are reference counted. The function that makes one gives
 * the caller a reference; _ref takes another and _unref drops one. A session, a channel or a buffer
 * keeps its device. When the last reference of a session or a channel is dropped, it is destroyed;
 * when that of a buffer is, its handle is closed. _unref of NULL does nothing.
 *
 * All functions may be called from any thread at any time; calls with the same object need no lock
 * of the caller. Nothing is printed, nothing aborts, and errno is not a result.
 */

/** struct vprot_device - an open device */
struct vprot_device;
/** struct vprot_session - a session of a device */
struct vprot_session;
/** struct vprot_channel - an authenticated channel of a device */
struct vprot_channel;
/** struct vprot_buffer - a clear, restricted or protected buffer of a device */
struct vprot_buffer;

/** VPROT_KEY_SIZE - bytes in a key, a nonce and a counter block */
#define VPROT_KEY_SIZE 16
/** VPROT_KEY_EXCHANGE_SIZE - bytes in the message of an RSAES-OAEP key exchange */
#define VPROT_KEY_EXCHANGE_SIZE 256

/*
 * Devices
 */

/**
 * vprot_device_open() - open the first render node whose driver is vprot
 * @dev: gets the device
 *
 * Return: 0; -ENODEV when there is none; what open(2) said, -EACCES for instance, when there is one
 * that cannot be opened.
 */
int vprot_device_open(struct vprot_device **dev);

/**
 * vprot_device_open_fd() - use an open file of the device
 * @fd: file of the device; it stays the caller's, the library works on a duplicate
 * @dev: gets the device
 *
 * Sessions belong to the open file behind @fd and are shared with whoever else holds it.
 *
 * Return: 0; -ENODEV when @fd is not a vprot device, -EBADF when it is not open.
 */
int vprot_device_open_fd(int fd, struct vprot_device **dev);

/**
 * vprot_device_ref() - take a reference
 * @dev: the device
 *
 * Return: @dev.
 */
struct vprot_device *vprot_device_ref(struct vprot_device *dev);

/**
 * vprot_device_unref() - drop a reference
 * @dev: the device, or NULL
 */
void vprot_device_unref(struct vprot_device *dev);

/**
 * vprot_device_fd() - the device's file, for ioctls and syncobjs of the caller's own
 * @dev: the device
 *
 * poll(2) finds it readable when vprot_device_dispatch() has something to do.
 *
 * Return: the file descriptor; it stays the device's.
 */
int vprot_device_fd(const struct vprot_device *dev);

/**
 * vprot_device_dispatch() - be told of a loss of keys and contents
 * @dev: the device
 * @lost: called at most once, before the function returns, if there was a loss since the last call;
 *	gets @data, and how often the device has lost all sessions since it was bound
 * @data: for @lost
 *
 * The device loses all sessions when the system sleeps, when it is unbound, and by an
 * administrator's order. When @lost is called, keys and contents are gone. A session that was made
 * in the meantime is not concerned; vprot_session_get_status() tells which are. The client drops
 * those that are, and makes new ones; its buffers, which were wiped, can be used again. If a new
 * session is -ENODEV, the device was unbound, and there is nothing left but to drop everything.
 *
 * Never waits. The file is told only while it has sessions, and each loss is told once: of several
 * threads to one. @lost may call any function of the library, and drop @dev. Events of other types
 * are skipped. Nobody else may read from a file that was given to vprot_device_open_fd().
 *
 * Return: 0, also when there was nothing; what read(2) said.
 */
int vprot_device_dispatch(struct vprot_device *dev, void (*lost)(uint64_t generation, void *data),
			  void *data);

struct drm_vprot_get_caps;

/**
 * vprot_device_get_caps() - what the device can do for a crypto type
 * @dev: the device
 * @crypto_type: one of enum drm_vprot_crypto_type
 * @caps: gets what the driver says
 * @size: sizeof(*@caps), as the caller knows it: the structure may grow. What the library does not
 *	know is zero.
 *
 * Return: 0; -EINVAL for an unknown crypto type.
 */
int vprot_device_get_caps(struct vprot_device *dev, uint32_t crypto_type,
			  struct drm_vprot_get_caps *caps, size_t size);

/**
 * vprot_device_get_certificate() - read the device's certificate chain
 * @dev: the device
 * @chain: gets the chain, DER certificates one after the other; free(3) it
 * @size: gets the size of @chain in bytes
 *
 * Return: 0; -EOPNOTSUPP when the device has no identity.
 */
int vprot_device_get_certificate(struct vprot_device *dev, uint8_t **chain, size_t *size);

/*
 * Sessions
 */

/**
 * vprot_session_create() - create a session
 * @dev: the device
 * @crypto_type: one of enum drm_vprot_crypto_type
 * @key_exchange_type: one of enum drm_vprot_key_exchange_type
 * @flags: DRM_VPROT_SESSION_* or 0
 * @session: gets the session
 *
 * Return: 0; -EOPNOTSUPP when the key exchange type is not on offer; -EMFILE beyond a limit.
 */
int vprot_session_create(struct vprot_device *dev, uint32_t crypto_type,
			 uint32_t key_exchange_type, uint32_t flags,
			 struct vprot_session **session);

/**
 * vprot_session_create_named() - create a session with a name in the messages of channels
 * @dev: the device
 * @crypto_type: one of enum drm_vprot_crypto_type
 * @key_exchange_type: one of enum drm_vprot_key_exchange_type
 * @flags: DRM_VPROT_SESSION_* or 0
 * @name: the name, or 0 for the session's handle
 * @session: gets the session
 *
 * Return: as vprot_session_create().
 */
int vprot_session_create_named(struct vprot_device *dev, uint32_t crypto_type,
			       uint32_t key_exchange_type, uint32_t flags, uint64_t name,
			       struct vprot_session **session);

/**
 * vprot_session_ref() - take a reference
 * @session: the session
 *
 * Return: @session.
 */
struct vprot_session *vprot_session_ref(struct vprot_session *session);

/**
 * vprot_session_unref() - drop a reference
 * @session: the session, or NULL
 *
 * With the last one the session is destroyed: its blits in flight finish and its buffers are wiped
 * before the call returns.
 */
void vprot_session_unref(struct vprot_session *session);

/**
 * vprot_session_handle() - the session's handle, for ioctls of the caller's own
 * @session: the session
 *
 * Return: the handle, never 0.
 */
uint32_t vprot_session_handle(const struct vprot_session *session);

/**
 * vprot_session_device() - the session's device
 * @session: the session
 *
 * Return: the device; the caller gets no reference.
 */
struct vprot_device *vprot_session_device(const struct vprot_session *session);

struct drm_vprot_session_status;

/**
 * vprot_session_get_status() - state, epoch and counters of a session
 * @session: the session
 * @status: gets what the driver says
 * @size: sizeof(*@status), as for vprot_device_get_caps()
 *
 * Return: 0.
 */
int vprot_session_get_status(struct vprot_session *session,
			     struct drm_vprot_session_status *status, size_t size);

/**
 * vprot_session_key_exchange() - send the session its key
 * @session: the session
 * @data: the key, encrypted for the device; vprot_client_wrap_session_key() makes it
 * @size: bytes in @data, VPROT_KEY_EXCHANGE_SIZE
 *
 * Return: 0; -EKEYREJECTED when the device cannot decrypt a key from @data.
 */
int vprot_session_key_exchange(struct vprot_session *session, const void *data, size_t size);

/**
 * vprot_session_start_key_refresh() - draw the nonce of the next session key
 * @session: the session
 * @nonce: gets @size bytes; untouched on failure
 * @size: VPROT_KEY_SIZE
 *
 * Return: 0; -EOPNOTSUPP when refresh is not available; -ENOKEY before the key exchange.
 */
int vprot_session_start_key_refresh(struct vprot_session *session, void *nonce, size_t size);

/**
 * vprot_session_finish_key_refresh() - begin to use the next session key
 * @session: the session
 * @epoch: gets the number of the key epoch that begins; may be NULL
 *
 * Return: 0; -ENODATA when no refresh was started.
 */
int vprot_session_finish_key_refresh(struct vprot_session *session, uint64_t *epoch);

/**
 * vprot_session_get_encryption_blt_key() - draw a new read-back key
 * @session: the session
 * @key: gets @size bytes: the key, encrypted with AES-ECB under the session key
 * @size: VPROT_KEY_SIZE
 * @epoch: gets the epoch of that session key; may be NULL
 *
 * Return: 0; -EOPNOTSUPP when read-back uses the session key; -ENOKEY before the key exchange.
 */
int vprot_session_get_encryption_blt_key(struct vprot_session *session, void *key, size_t size,
					 uint64_t *epoch);

/*
 * Authenticated channels
 */

struct drm_vprot_channel_message;

/**
 * vprot_channel_create() - create an authenticated channel
 * @dev: the device
 * @type: one of enum drm_vprot_channel_type
 * @name: what stands for the channel in its messages, or 0 for its handle
 * @channel: gets the channel
 *
 * Return: 0; -EOPNOTSUPP when the type is not on offer; -EMFILE beyond a limit.
 */
int vprot_channel_create(struct vprot_device *dev, uint32_t type, uint64_t name,
			 struct vprot_channel **channel);

/**
 * vprot_channel_ref() - take a reference
 * @channel: the channel
 *
 * Return: @channel.
 */
struct vprot_channel *vprot_channel_ref(struct vprot_channel *channel);

/**
 * vprot_channel_unref() - drop a reference
 * @channel: the channel, or NULL
 *
 * With the last one the channel is destroyed: what it demands is demanded no more.
 */
void vprot_channel_unref(struct vprot_channel *channel);

/**
 * vprot_channel_handle() - the channel's handle, for ioctls of the caller's own
 * @channel: the channel
 *
 * Return: the handle, never 0.
 */
uint32_t vprot_channel_handle(const struct vprot_channel *channel);

/**
 * vprot_channel_device() - the channel's device
 * @channel: the channel
 *
 * Return: the device; the caller gets no reference.
 */
struct vprot_device *vprot_channel_device(const struct vprot_channel *channel);

/**
 * vprot_channel_key_exchange() - send the channel its key, once
 * @channel: the channel
 * @data: the key, encrypted for the device; vprot_client_wrap_session_key() makes it
 * @size: bytes in @data, VPROT_KEY_EXCHANGE_SIZE
 *
 * Return: 0; -EKEYREJECTED when the device cannot decrypt a key from @data; -ESTALE when the
 * channel has its key.
 */
int vprot_channel_key_exchange(struct vprot_channel *channel, const void *data, size_t size);

/**
 * vprot_channel_query() - ask a channel
 * @channel: the channel
 * @input: the question: one of the structures of vprot_channel.h
 * @input_size: bytes in @input
 * @output: gets the answer, which is signed and says whether it is one
 * @output_size: bytes in @output
 *
 * Return: 0 when there is an answer; -ENOKEY before the key exchange.
 */
int vprot_channel_query(struct vprot_channel *channel, const void *input, size_t input_size,
			void *output, size_t output_size);

/**
 * vprot_channel_configure() - give a channel a command
 * @channel: the channel
 * @input: the command: one of the structures of vprot_channel.h, signed
 * @input_size: bytes in @input
 * @output: gets the answer, which is signed and says what became of the command
 *
 * Return: 0 when there is an answer; -ENOKEY before the key exchange.
 */
int vprot_channel_configure(struct vprot_channel *channel, const void *input, size_t input_size,
			    struct drm_vprot_channel_message *output);

/*
 * Buffers
 */

/**
 * vprot_buffer_create() - create a buffer
 * @dev: the device
 * @size: size in bytes, not 0; the device rounds it up to whole pages
 * @flags: DRM_VPROT_GEM_* or 0
 * @buffer: gets the buffer, zeroed
 *
 * Return: 0; -ENOSPC beyond a limit of protected memory.
 */
int vprot_buffer_create(struct vprot_device *dev, uint64_t size, uint32_t flags,
			struct vprot_buffer **buffer);

/**
 * vprot_buffer_import() - use a dma-buf as a buffer
 * @dev: the device
 * @fd: the dma-buf; it stays the caller's
 * @buffer: gets the buffer; the same dma-buf imported again gives the same buffer with a reference
 * more
 *
 * The opaque handle of a protected buffer of the same device becomes that protected buffer.
 *
 * Return: 0; -EBADF or -EINVAL when @fd is no dma-buf; what its exporter says.
 */
int vprot_buffer_import(struct vprot_device *dev, int fd, struct vprot_buffer **buffer);

/**
 * vprot_buffer_export() - make a dma-buf of a buffer
 * @buffer: the buffer
 * @fd: gets the file descriptor, close-on-exec; close(2) it
 *
 * Return: 0; -EMFILE without a free file descriptor.
 */
int vprot_buffer_export(struct vprot_buffer *buffer, int *fd);

/**
 * vprot_buffer_ref() - take a reference
 * @buffer: the buffer
 *
 * Return: @buffer.
 */
struct vprot_buffer *vprot_buffer_ref(struct vprot_buffer *buffer);

/**
 * vprot_buffer_unref() - drop a reference
 * @buffer: the buffer, or NULL
 *
 * With the last one its mapping ends.
 */
void vprot_buffer_unref(struct vprot_buffer *buffer);

/**
 * vprot_buffer_map() - map a clear buffer into memory
 * @buffer: the buffer
 * @addr: gets the address, valid as long as the buffer; the same at every call. Of a restricted
 * buffer it can be used only while no channel demands protection.
 *
 * Return: 0; -EACCES for a protected buffer, and for a restricted one while protection is demanded.
 */
int vprot_buffer_map(struct vprot_buffer *buffer, void **addr);

/**
 * vprot_buffer_handle() - the buffer's GEM handle, for ioctls of the caller's own
 * @buffer: the buffer
 *
 * Return: the handle, never 0.
 */
uint32_t vprot_buffer_handle(const struct vprot_buffer *buffer);

/**
 * vprot_buffer_size() - the buffer's size
 * @buffer: the buffer
 *
 * Return: bytes, in whole pages.
 */
uint64_t vprot_buffer_size(const struct vprot_buffer *buffer);

/**
 * vprot_buffer_device() - the buffer's device
 * @buffer: the buffer
 *
 * Return: the device; the caller gets no reference.
 */
struct vprot_device *vprot_buffer_device(const struct vprot_buffer *buffer);

/*
 * Blits
 */

struct drm_vprot_subsample;
struct drm_vprot_blt_result;

/**
 * struct vprot_blit - one blit of an array
 *
 * Zero all members that are not used.
 */
struct vprot_blit {
	/** @src: source: clear for decryption, protected for encryption */
	struct vprot_buffer *src;
	/** @dst: destination: protected for decryption, clear for encryption */
	struct vprot_buffer *dst;
	/** @src_offset: where to begin in @src, in bytes */
	uint64_t src_offset;
	/** @dst_offset: where to begin in @dst, in bytes */
	uint64_t dst_offset;
	/** @size: bytes to move */
	uint64_t size;
	/** @iv: counter block the decryption starts with */
	uint8_t iv[16];
	/** @subsamples: for decryption, @num_subsamples runs that add up to @size, or NULL */
	const struct drm_vprot_subsample *subsamples;
	/** @num_subsamples: elements in @subsamples */
	uint32_t num_subsamples;
	/** @crypt_blocks: encrypted blocks of a pattern, or 0 */
	uint32_t crypt_blocks;
	/** @skip_blocks: clear blocks of a pattern, or 0 */
	uint32_t skip_blocks;
	/**
	 * @content_key: for decryption, VPROT_KEY_SIZE bytes of content key wrapped under the
	 * session key, or NULL
	 */
	const void *content_key;
	/**
	 * @key_description: for decryption, the description of a logon key in the caller's keyrings
	 * that holds the content key, or NULL; it begins with DRM_VPROT_KEYRING_PREFIX, and stands
	 * instead of @content_key
	 */
	const char *key_description;
	/** @epoch: the epoch the session key must have, or 0 for any */
	uint64_t epoch;
	/** @result: gets what the driver decided, or NULL; encryption needs it */
	struct drm_vprot_blt_result *result;
};

/**
 * vprot_session_decryption_blt() - decrypt clear buffers into protected ones
 * @session: the session
 * @blits: the blits, run in order
 * @num_blits: elements in @blits
 *
 * All blits are checked before one runs, and all use the same key epoch.
 *
 * Return: 0; -ENOENT for a buffer of another device; -EINVAL for a blit with both @content_key and
 * @key_description; -EACCES, -ENOKEY, -ESTALE and the others that struct drm_vprot_submit lists.
 */
int vprot_session_decryption_blt(struct vprot_session *session, const struct vprot_blit *blits,
				 size_t num_blits);

/**
 * vprot_session_encryption_blt() - encrypt protected buffers into clear ones
 * @session: the session
 * @blits: the blits, run in order
 * @num_blits: elements in @blits
 *
 * Return: as vprot_session_decryption_blt(); -ENOKEY also without a read-back key.
 */
int vprot_session_encryption_blt(struct vprot_session *session, const struct vprot_blit *blits,
				 size_t num_blits);

/*
 * Queued blits
 */

struct drm_vprot_sync;

/**
 * struct vprot_batch - blits for the queue, what they wait for, and what they signal
 *
 * Syncobjs, binary ones and timelines, are libdrm's: drmSyncobjCreate() on vprot_device_fd(). Zero
 * all members that are not used.
 */
struct vprot_batch {
	/** @blits: the blits, run in order */
	const struct vprot_blit *blits;
	/** @num_blits: elements in @blits */
	size_t num_blits;
	/** @waits: syncobjs or points with fences, which signal before the first blit runs */
	const struct drm_vprot_sync *waits;
	/** @signals: syncobjs or points that get the fence of the blits */
	const struct drm_vprot_sync *signals;
	/** @num_waits: elements in @waits */
	uint32_t num_waits;
	/** @num_signals: elements in @signals */
	uint32_t num_signals;
	/** @flags: DRM_VPROT_SUBMIT_NOWAIT or 0 */
	uint32_t flags;
};

/**
 * vprot_session_queue_decryption_blt() - decrypt clear buffers into protected ones, later
 * @session: the session
 * @batch: the blits, with one syncobj at least
 *
 * Returns when the blits are in the queue, with their results written: keys and IVs are those of
 * the call. All that @batch points to may be used again then, and the buffers be dropped; the
 * contents of the source must stay until the fence signals. What the fence's error means, and the
 * order in which blits run, struct drm_vprot_submit tells.
 *
 * When the queue of the device's file is full, waits until there is room.
 *
 * Return: 0; -ENOSPC instead of that wait, with DRM_VPROT_SUBMIT_NOWAIT; -ENOENT for an unknown
 * syncobj; -EINVAL without syncobjs, and for one to wait for that has no fence; else as
 * vprot_session_decryption_blt().
 */
int vprot_session_queue_decryption_blt(struct vprot_session *session,
				       const struct vprot_batch *batch);

/**
 * vprot_session_queue_encryption_blt() - encrypt protected buffers into clear ones, later
 * @session: the session
 * @batch: the blits, with one syncobj at least
 *
 * As vprot_session_queue_decryption_blt().
 *
 * Return: as vprot_session_queue_decryption_blt(); -ENOKEY also without a read-back key.
 */
int vprot_session_queue_encryption_blt(struct vprot_session *session,
				       const struct vprot_batch *batch);

#ifdef __cplusplus
}
#endif

#endif /* VPROT_H */
