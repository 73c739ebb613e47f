/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_CONTENT_H__
#define __VPROT_CONTENT_H__

#include <linux/types.h>

#include <drm/vprot_drm.h>

struct key;
struct vprot_key;

/**
 * struct vprot_content_key - the content key that a session used last
 */
struct vprot_content_key {
	/** @key: the key, NULL without */
	struct vprot_key *key;
	/** @epoch: epoch of the session key under which @wrapped is wrapped, 0 without */
	u64 epoch;
	/** @wrapped: the wrapped form that @key came in */
	u8 wrapped[DRM_VPROT_KEY_SIZE];
};

int vprot_content_unwrap(struct vprot_content_key *content, const struct vprot_key *session_key,
			 const u8 wrapped[DRM_VPROT_KEY_SIZE]);
int vprot_content_read(struct vprot_content_key *content, const struct vprot_key *session_key,
		       const struct key *logon);

#endif /* __VPROT_CONTENT_H__ */
