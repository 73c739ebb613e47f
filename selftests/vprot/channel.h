/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Authenticated channels by raw ioctls: a client that signs with OpenSSL's CMAC, and checks each
 * answer with it.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <vprot_channel.h>

#include "vprot_test.h"

#define VT_GUID(name)	((struct drm_vprot_guid)DRM_VPROT_##name)

#define VT_START_QUERY		1000
#define VT_START_CONFIGURE	5000000

/**
 * struct vt_channel - a channel, and what its client knows
 */
struct vt_channel {
	int fd;			/**< @fd: The open file that it belongs to. */
	__u32 handle;		/**< @handle: Its handle. */
	__u64 name;		/**< @name: What stands for it in messages. */
	__u8 key[VT_KEY];	/**< @key: Its key. */
	__u32 query;		/**< @query: Sequence number of the next question. */
	__u32 configure;	/**< @configure: Sequence number of the next command. */
};

/** vt_channel_create() - a channel without a key; @name may be 0 */
void vt_channel_create(struct vt_channel *c, int fd, __u64 name);
/** vt_channel_key_exchange() - give it a random key */
void vt_channel_key_exchange(struct vt_channel *c);
/** vt_channel_initialize() - give it the sequence numbers that @c has: its first command */
void vt_channel_initialize(struct vt_channel *c);
/** vt_channel_open() - all three */
void vt_channel_open(struct vt_channel *c, int fd);
/** vt_channel_destroy() - destroy it; 0 or a negative errno */
int vt_channel_destroy(const struct vt_channel *c);
/** vt_channel_send_blob() - the key exchange ioctl; 0 or a negative errno */
int vt_channel_send_blob(const struct vt_channel *c, const void *blob);

/** vt_sign() - put the OMAC of what follows it into a message that begins with one */
void vt_sign(const struct vt_channel *c, void *message, size_t size);
/** vt_is_signed() - whether that OMAC is right */
bool vt_is_signed(const struct vt_channel *c, const void *message, size_t size);

/**
 * vt_command() - make a command ready to be sent
 *
 * Fills in the header, with the next sequence number, and signs.
 */
void vt_command(struct vt_channel *c, struct drm_vprot_guid type, void *input, size_t size);
/** vt_question() - make a question ready to be sent: its header */
void vt_question(struct vt_channel *c, struct drm_vprot_guid type, void *input);

/** vt_exchange() - one of the two message ioctls; 0 or a negative errno */
int vt_exchange(const struct vt_channel *c, unsigned long request, const void *input,
		size_t input_size, void *output, size_t output_size);
/**
 * vt_send_command() - send a command as it is
 *
 * Ends the test if there is no answer, or one that is not right in all but its result.
 *
 * Return: the result.
 */
__u32 vt_send_command(const struct vt_channel *c, const void *input, size_t size);
/** vt_send_question() - the same for a question */
__u32 vt_send_question(const struct vt_channel *c, const void *input, size_t size, void *output,
		       size_t output_size);

/** VT_CONFIGURE() - make and send a command; its result */
#define VT_CONFIGURE(c, name, input) ({ \
	vt_command(c, VT_GUID(CONFIGURE_##name), input, sizeof(*(input))); \
	vt_send_command(c, input, sizeof(*(input))); \
})
/** VT_QUERY() - make and send a question; its result */
#define VT_QUERY(c, name, input, output) ({ \
	vt_question(c, VT_GUID(QUERY_##name), input); \
	vt_send_question(c, input, sizeof(*(input)), output, sizeof(*(output))); \
})

/** vt_protect() - demand this protection, DRM_VPROT_PROTECTION_*; what a test takes for granted */
void vt_protect(struct vt_channel *c, __u32 flags);
/** vt_let_in() - let a process open the file's restricted buffers, or no more; the result */
__u32 vt_let_in(struct vt_channel *c, int pidfd, bool allow);
/** vt_query_number() - the answer to a question that is one number; for granted */
__u32 vt_query_number(struct vt_channel *c, struct drm_vprot_guid type);
/** vt_device_handle() - the handle of the channel's device; for granted */
__u64 vt_device_handle(struct vt_channel *c);

#endif
