/* SPDX-License-Identifier: MIT */
/*
 * Messages of the vprot driver's authenticated channels.
 */
#ifndef _UAPI_VPROT_CHANNEL_H_
#define _UAPI_VPROT_CHANNEL_H_

#include "drm.h"

#if defined(__cplusplus)
extern "C" {
#endif

/**
 * DOC: Messages of authenticated channels
 *
 * They are those of Direct3D 9's authenticated channel, byte for byte as they lie in memory on
 * 64-bit x86, for clients of 32 bits as well. Numbers are little-endian there and native here.
 *
 * An input is a question (DRM_IOCTL_VPROT_CHANNEL_QUERY) or a command
 * (DRM_IOCTL_VPROT_CHANNEL_CONFIGURE). Commands and all answers begin with an OMAC, which covers
 * all bytes that follow it, padding included. What padding of an input holds does not matter.
 *
 * A handle of a channel or a session is the name that it was given when it was created, or its
 * handle without one. The device is the open file; its handle is told by
 * DRM_VPROT_QUERY_DEVICE_HANDLE. A decoder is the client's own, and so is the number that it gives
 * to it, which is not 0. A process is a pidfd.
 */

/**
 * struct drm_vprot_guid - a GUID
 */
struct drm_vprot_guid {
	/** @data1: Its first part. */
	__u32 data1;
	/** @data2: Its second part. */
	__u16 data2;
	/** @data3: Its third part. */
	__u16 data3;
	/** @data4: The rest. */
	__u8 data4[8];
};

/**
 * DRM_VPROT_CONFIGURE_INITIALIZE - give the channel its first sequence numbers
 *
 * Input: &struct drm_vprot_configure_initialize. The first message of a channel, once in its life.
 */
#define DRM_VPROT_CONFIGURE_INITIALIZE \
	{ 0x06114bdb, 0x3523, 0x470a, { 0x8d, 0xca, 0xfb, 0xc2, 0x84, 0x51, 0x54, 0xf0 } }
/**
 * DRM_VPROT_CONFIGURE_PROTECTION - demand protection, or no more
 *
 * Input: &struct drm_vprot_configure_protection. What other channels of the device demand stays.
 */
#define DRM_VPROT_CONFIGURE_PROTECTION \
	{ 0x50455658, 0x3f47, 0x4362, { 0xbf, 0x99, 0xbf, 0xdf, 0xcd, 0xe9, 0xed, 0x29 } }
/**
 * DRM_VPROT_CONFIGURE_CRYPTO_SESSION - tell which session a decoder works with
 *
 * Input: &struct drm_vprot_configure_crypto_session.
 */
#define DRM_VPROT_CONFIGURE_CRYPTO_SESSION \
	{ 0x6346cc54, 0x2cfc, 0x4ad4, { 0x82, 0x24, 0xd1, 0x58, 0x37, 0xde, 0x77, 0x00 } }
/**
 * DRM_VPROT_CONFIGURE_SHARED_RESOURCE - let a process open the device's restricted buffers, or no
 * more
 *
 * Input: &struct drm_vprot_configure_shared_resource. Stays in force after the channel.
 */
#define DRM_VPROT_CONFIGURE_SHARED_RESOURCE \
	{ 0x0772d047, 0x1b40, 0x48e8, { 0x9c, 0xa6, 0xb5, 0xf5, 0x10, 0xde, 0x9f, 0x01 } }
/**
 * DRM_VPROT_CONFIGURE_ENCRYPTION - choose how contents are encrypted where they can be reached
 *
 * Input: &struct drm_vprot_configure_encryption.
 */
#define DRM_VPROT_CONFIGURE_ENCRYPTION \
	{ 0x41fff286, 0x6ae0, 0x4d43, { 0x9d, 0x55, 0xa4, 0x6e, 0x9e, 0xfd, 0x15, 0x8a } }

/**
 * DRM_VPROT_QUERY_PROTECTION - what the channels of the device demand together
 *
 * Input: &struct drm_vprot_channel_header. Output: &struct drm_vprot_query_number_output, with
 * DRM_VPROT_PROTECTION_*.
 */
#define DRM_VPROT_QUERY_PROTECTION \
	{ 0xa84eb584, 0xc495, 0x48aa, { 0xb9, 0x4d, 0x8b, 0xd2, 0xd6, 0xfb, 0xce, 0x05 } }
/**
 * DRM_VPROT_QUERY_CHANNEL_TYPE - the type of the channel
 *
 * Input: &struct drm_vprot_channel_header. Output: &struct drm_vprot_query_number_output, with
 * &enum drm_vprot_channel_type.
 */
#define DRM_VPROT_QUERY_CHANNEL_TYPE \
	{ 0xbc1b18a5, 0xb1fb, 0x42ab, { 0xbd, 0x94, 0xb5, 0x82, 0x8b, 0x4b, 0xf7, 0xbe } }
/**
 * DRM_VPROT_QUERY_DEVICE_HANDLE - the handle of the device
 *
 * Input: &struct drm_vprot_channel_header. Output: &struct drm_vprot_query_device_output.
 */
#define DRM_VPROT_QUERY_DEVICE_HANDLE \
	{ 0xec1c539d, 0x8cff, 0x4e2a, { 0xbc, 0xc4, 0xf5, 0x69, 0x2f, 0x99, 0xf4, 0x80 } }
/**
 * DRM_VPROT_QUERY_CRYPTO_SESSION - the session that a decoder works with
 *
 * Input: &struct drm_vprot_query_crypto_session_input. Output:
 * &struct drm_vprot_query_crypto_session_output.
 */
#define DRM_VPROT_QUERY_CRYPTO_SESSION \
	{ 0x2634499e, 0xd018, 0x4d74, { 0xac, 0x17, 0x7f, 0x72, 0x40, 0x59, 0x52, 0x8d } }
/**
 * DRM_VPROT_QUERY_PROCESS_COUNT - how many processes may open the device's restricted buffers
 *
 * Input: &struct drm_vprot_channel_header. Output: &struct drm_vprot_query_number_output. The
 * process that made a buffer is not counted, nor are those that have ended.
 */
#define DRM_VPROT_QUERY_PROCESS_COUNT \
	{ 0x0db207b3, 0x9450, 0x46a6, { 0x82, 0xde, 0x1b, 0x96, 0xd4, 0x4f, 0x9c, 0xf2 } }
/**
 * DRM_VPROT_QUERY_PROCESS - one of these processes
 *
 * Input: &struct drm_vprot_query_index_input. Output: &struct drm_vprot_query_process_output.
 */
#define DRM_VPROT_QUERY_PROCESS \
	{ 0x649bbadb, 0xf0f4, 0x4639, { 0xa1, 0x5b, 0x24, 0x39, 0x3f, 0xc3, 0xab, 0xac } }
/**
 * DRM_VPROT_QUERY_UNRESTRICTED_COUNT - how many buffers with protected contents any process could
 * open
 *
 * Input: &struct drm_vprot_channel_header. Output: &struct drm_vprot_query_number_output. These are
 * the device's buffers with DRM_VPROT_GEM_PROTECTED or DRM_VPROT_GEM_RESTRICTED and without
 * DRM_VPROT_GEM_RESTRICT_SHARED that were exported or have a name.
 */
#define DRM_VPROT_QUERY_UNRESTRICTED_COUNT \
	{ 0x012f0bd6, 0xe662, 0x4474, { 0xbe, 0xfd, 0xaa, 0x53, 0xe5, 0x14, 0x3c, 0x6d } }
/**
 * DRM_VPROT_QUERY_OUTPUT_ID_COUNT - how many outputs show what a session decrypts
 *
 * Input: &struct drm_vprot_query_output_id_count_input. Output:
 * &struct drm_vprot_query_output_id_count_output. The device has none.
 */
#define DRM_VPROT_QUERY_OUTPUT_ID_COUNT \
	{ 0x2c042b5e, 0x8c07, 0x46d5, { 0xaa, 0xbe, 0x8f, 0x75, 0xcb, 0xad, 0x4c, 0x31 } }
/**
 * DRM_VPROT_QUERY_OUTPUT_ID - one of these outputs
 *
 * Input: &struct drm_vprot_query_output_id_input. Output:
 * &struct drm_vprot_query_output_id_output.
 */
#define DRM_VPROT_QUERY_OUTPUT_ID \
	{ 0x839ddca3, 0x9b4e, 0x41e4, { 0xb0, 0x53, 0x89, 0x2b, 0xd2, 0xa1, 0x1e, 0xe7 } }
/**
 * DRM_VPROT_QUERY_ACCESSIBILITY - who can reach protected memory
 *
 * Input: &struct drm_vprot_channel_header. Output: &struct drm_vprot_query_accessibility_output.
 */
#define DRM_VPROT_QUERY_ACCESSIBILITY \
	{ 0x6214d9d2, 0x432c, 0x4abb, { 0x9f, 0xce, 0x21, 0x6e, 0xea, 0x26, 0x9e, 0x3b } }
/**
 * DRM_VPROT_QUERY_ENCRYPTION_COUNT - how many encryptions there are for contents that can be
 * reached
 *
 * Input: &struct drm_vprot_channel_header. Output: &struct drm_vprot_query_number_output.
 */
#define DRM_VPROT_QUERY_ENCRYPTION_COUNT \
	{ 0xb30f7066, 0x203c, 0x4b07, { 0x93, 0xfc, 0xce, 0xaa, 0xfd, 0x61, 0x24, 0x1e } }
/**
 * DRM_VPROT_QUERY_ENCRYPTION - one of these encryptions
 *
 * Input: &struct drm_vprot_query_index_input. Output: &struct drm_vprot_query_encryption_output.
 */
#define DRM_VPROT_QUERY_ENCRYPTION \
	{ 0xf83a5958, 0xe986, 0x4bda, { 0xbe, 0xb0, 0x41, 0x1f, 0x6a, 0x7a, 0x01, 0xb7 } }
/**
 * DRM_VPROT_QUERY_CURRENT_ENCRYPTION - the encryption that is in use
 *
 * Input: &struct drm_vprot_channel_header. Output:
 * &struct drm_vprot_query_current_encryption_output.
 */
#define DRM_VPROT_QUERY_CURRENT_ENCRYPTION \
	{ 0xec1791c7, 0xdad3, 0x4f15, { 0x9e, 0xc3, 0xfa, 0xa9, 0x3d, 0x60, 0xd4, 0xf0 } }

/**
 * DRM_VPROT_ENCRYPTION_AES128_CTR - the encryption AES-128 in counter mode
 *
 * Contents leave protected memory by encryption blits alone, so it is always in use.
 */
#define DRM_VPROT_ENCRYPTION_AES128_CTR \
	{ 0x9b6bd711, 0x4f74, 0x41c9, { 0x9e, 0x7b, 0x0b, 0xe2, 0xd7, 0xd9, 0x3b, 0x4f } }

/**
 * DRM_VPROT_OMAC_SIZE - bytes in an OMAC
 */
#define DRM_VPROT_OMAC_SIZE		16

/**
 * DRM_VPROT_RESULT_OK - the message has had its effect
 */
#define DRM_VPROT_RESULT_OK		0x00000000u
/**
 * DRM_VPROT_RESULT_FAIL - there is no such message
 */
#define DRM_VPROT_RESULT_FAIL		0x80004005u
/**
 * DRM_VPROT_RESULT_OUT_OF_MEMORY - no memory, or beyond a limit
 */
#define DRM_VPROT_RESULT_OUT_OF_MEMORY	0x8007000eu
/**
 * DRM_VPROT_RESULT_INVALID_ARGUMENT - the message is not valid
 */
#define DRM_VPROT_RESULT_INVALID_ARGUMENT	0x80070057u

/**
 * struct drm_vprot_channel_header - what each message has; by itself it is a question
 */
struct drm_vprot_channel_header {
	/** @type: Which message it is; an answer repeats it. */
	struct drm_vprot_guid type;
	/** @channel: Name of the channel; an answer repeats it. */
	__u64 channel;
	/**
	 * @sequence: Number of the message. Questions and commands are counted apart. The first
	 * after INITIALIZE may have the start number, or more, each further one more than the one
	 * before; INITIALIZE's own does not matter. An answer repeats it.
	 */
	__u32 sequence;
	/** @result: In an answer one of DRM_VPROT_RESULT_*, else padding. */
	__u32 result;
};

/**
 * struct drm_vprot_channel_message - the beginning of a command and of an answer
 */
struct drm_vprot_channel_message {
	/**
	 * @omac: AES-CMAC (OMAC-1) under the channel's key of all bytes of the message that follow.
	 */
	__u8 omac[DRM_VPROT_OMAC_SIZE];
	/** @header: The header. */
	struct drm_vprot_channel_header header;
};

/**
 * struct drm_vprot_configure_initialize - give the channel its first sequence numbers
 *
 * Both numbers are best drawn at random. They do not wrap: behind 0xffffffff there is no message.
 */
struct drm_vprot_configure_initialize {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @start_query: Least number of the first question. */
	__u32 start_query;
	/** @start_configure: Least number of the first command. */
	__u32 start_configure;
};

/**
 * DRM_VPROT_PROTECTION_ENABLED - buffers with DRM_VPROT_GEM_RESTRICTED cannot be mapped
 *
 * Mappings that are there stay without a page until no channel demands this any more.
 */
#define DRM_VPROT_PROTECTION_ENABLED		(1 << 0)
/**
 * DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN - contents are shown in an overlay or on a full screen
 *
 * It is remembered, and has no effect: the device shows nothing.
 */
#define DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN	(1 << 1)

/**
 * struct drm_vprot_configure_protection - demand protection, or no more
 */
struct drm_vprot_configure_protection {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @flags: DRM_VPROT_PROTECTION_*. */
	__u32 flags;
	/** @pad: Padding. */
	__u32 pad;
};

/**
 * struct drm_vprot_configure_crypto_session - tell which session a decoder works with
 *
 * It takes the place of what was told of the decoder, and of the session.
 */
struct drm_vprot_configure_crypto_session {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @decoder: Handle of the decoder. */
	__u64 decoder;
	/** @session: Name of the session, one of the channel's device. */
	__u64 session;
	/** @device: Handle of that device. */
	__u64 device;
};

/**
 * enum drm_vprot_process_type - how a process is named
 */
enum drm_vprot_process_type {
	/** @DRM_VPROT_PROCESS_HANDLE: By a pidfd. */
	DRM_VPROT_PROCESS_HANDLE = 2,
};

/**
 * struct drm_vprot_configure_shared_resource - let a process open the device's restricted buffers,
 * or no more
 *
 * What it has opened it keeps.
 */
struct drm_vprot_configure_shared_resource {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @type: One of &enum drm_vprot_process_type. */
	__u32 type;
	/** @pad: Padding. */
	__u32 pad;
	/** @process: The process: a pidfd of the caller, which may be closed afterwards. */
	__u64 process;
	/** @allow: 0 for no more, else to let it. */
	__u32 allow;
	/** @pad2: Padding. */
	__u32 pad2;
};

/**
 * struct drm_vprot_configure_encryption - choose how contents are encrypted where they can be
 * reached
 */
struct drm_vprot_configure_encryption {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @encryption: One that DRM_VPROT_QUERY_ENCRYPTION tells. */
	struct drm_vprot_guid encryption;
};

/**
 * struct drm_vprot_query_crypto_session_input - ask for the session that a decoder works with
 */
struct drm_vprot_query_crypto_session_input {
	/** @header: The header. */
	struct drm_vprot_channel_header header;
	/** @decoder: Handle of the decoder. */
	__u64 decoder;
};

/**
 * struct drm_vprot_query_index_input - ask for one of several
 */
struct drm_vprot_query_index_input {
	/** @header: The header. */
	struct drm_vprot_channel_header header;
	/** @index: Which one, from 0. */
	__u32 index;
	/** @pad: Padding. */
	__u32 pad;
};

/**
 * struct drm_vprot_query_output_id_count_input - ask for the number of outputs
 */
struct drm_vprot_query_output_id_count_input {
	/** @header: The header. */
	struct drm_vprot_channel_header header;
	/** @device: Handle of the channel's device. */
	__u64 device;
	/** @session: Name of a session of that device. */
	__u64 session;
};

/**
 * struct drm_vprot_query_output_id_input - ask for an output
 */
struct drm_vprot_query_output_id_input {
	/** @header: The header. */
	struct drm_vprot_channel_header header;
	/** @device: Handle of the channel's device. */
	__u64 device;
	/** @session: Name of a session of that device. */
	__u64 session;
	/** @index: Which one, from 0. */
	__u32 index;
	/** @pad: Padding. */
	__u32 pad;
};

/**
 * struct drm_vprot_query_number_output - an answer that is one number
 */
struct drm_vprot_query_number_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @number: The number. */
	__u32 number;
	/** @pad: Zero. */
	__u32 pad;
};

/**
 * struct drm_vprot_query_device_output - the device
 */
struct drm_vprot_query_device_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @device: Its handle: the same for all channels of an open file, and no other file's. */
	__u64 device;
};

/**
 * struct drm_vprot_query_crypto_session_output - the session that a decoder works with
 */
struct drm_vprot_query_crypto_session_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @decoder: As asked. */
	__u64 decoder;
	/** @session: Name of the session. */
	__u64 session;
	/** @device: Handle of the device. */
	__u64 device;
};

/**
 * struct drm_vprot_query_process_output - a process that may open restricted buffers
 */
struct drm_vprot_query_process_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @index: As asked. */
	__u32 index;
	/** @type: One of &enum drm_vprot_process_type. */
	__u32 type;
	/** @process: The number that the pidfd had when the process was let in. */
	__u64 process;
};

/**
 * struct drm_vprot_query_output_id_count_output - the number of outputs
 */
struct drm_vprot_query_output_id_count_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @device: As asked. */
	__u64 device;
	/** @session: As asked. */
	__u64 session;
	/** @count: 0. */
	__u32 count;
	/** @pad: Zero. */
	__u32 pad;
};

/**
 * struct drm_vprot_query_output_id_output - an output
 */
struct drm_vprot_query_output_id_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @device: As asked. */
	__u64 device;
	/** @session: As asked. */
	__u64 session;
	/** @index: As asked. */
	__u32 index;
	/** @pad: Zero. */
	__u32 pad;
	/** @id: Its number. */
	__u64 id;
};

/**
 * struct drm_vprot_query_accessibility_output - who can reach protected memory
 */
struct drm_vprot_query_accessibility_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @bus_type: 0: the device is on no bus. */
	__u32 bus_type;
	/** @contiguous: 0: others cannot reach it in blocks that are contiguous. */
	__u32 contiguous;
	/** @non_contiguous: 0: nor in others. */
	__u32 non_contiguous;
	/** @pad: Zero. */
	__u32 pad;
};

/**
 * struct drm_vprot_query_encryption_output - an encryption for contents that can be reached
 */
struct drm_vprot_query_encryption_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @index: As asked. */
	__u32 index;
	/** @encryption: The encryption. */
	struct drm_vprot_guid encryption;
	/** @pad: Zero. */
	__u32 pad;
};

/**
 * struct drm_vprot_query_current_encryption_output - the encryption that is in use
 */
struct drm_vprot_query_current_encryption_output {
	/** @message: OMAC and header. */
	struct drm_vprot_channel_message message;
	/** @encryption: The encryption. */
	struct drm_vprot_guid encryption;
};

#if defined(__cplusplus)
}
#endif

#endif /* _UAPI_VPROT_CHANNEL_H_ */
