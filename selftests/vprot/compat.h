/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What compat_test and its 32-bit client say to each other. The client has no cryptography: it asks
 * the test for what has to be encrypted, and gives it what has to be decrypted.
 */
#ifndef COMPAT_H
#define COMPAT_H

#include <linux/types.h>
#include <vprot_channel.h>
#include <vprot_drm.h>

#define COMPAT_SIZE	10000

/* First, from the test. */
struct compat_key {
	__u8 message[DRM_VPROT_KEY_EXCHANGE_SIZE];
	__u8 channel_message[DRM_VPROT_KEY_EXCHANGE_SIZE];
};

/* Then the client has started a refresh, and has a channel. */
struct compat_nonce {
	__u8 nonce[DRM_VPROT_KEY_SIZE];
	__u32 channel;
};

/* From the test: the first half under the next session key, the second under a content key. */
struct compat_content {
	__u8 iv[16];
	__u8 content_key[DRM_VPROT_KEY_SIZE];	/* wrapped under the next session key */
	struct drm_vprot_configure_initialize command;
	struct drm_vprot_channel_header question;
	__u8 data[COMPAT_SIZE];
};

/* At last the client has finished the refresh, decrypted, and read back. */
struct compat_result {
	struct drm_vprot_get_caps caps;
	struct drm_vprot_session_status status;
	struct drm_vprot_blt_result results[3];	/* of two decryption blits and the read-back */
	__u64 finish_epoch;
	__u64 read_back_epoch;
	__u8 read_back_key[DRM_VPROT_KEY_SIZE];	/* as it came */
	struct drm_vprot_channel_message done;	/* answers of the channel */
	struct drm_vprot_query_number_output answer;
	__u8 data[COMPAT_SIZE];
};

#endif
