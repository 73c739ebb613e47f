// SPDX-License-Identifier: GPL-2.0
/*
 * Content keys: unwrapped, or read from a key of the kernel's keyrings. The one that was used
 * before often is the same, and has its cipher.
 */
#include <linux/err.h>
#include <linux/string.h>

#include "vprot_cipher.h"
#include "vprot_content.h"
#include "vprot_key.h"
#include "vprot_keyring.h"

static int vprot_content_set(struct vprot_content_key *content, struct vprot_cipher_pool *pool,
			     const u8 raw[DRM_VPROT_KEY_SIZE])
{
	struct vprot_key *key;

	if (content->key && vprot_key_equal(content->key->raw, raw))
		return 0;

	key = vprot_key_create(pool, raw, 0);
	if (IS_ERR(key))
		return PTR_ERR(key);

	vprot_key_put(content->key);
	content->key = key;
	/* Of no session key: no wrapped form of it is known yet. */
	content->epoch = 0;
	return 0;
}

/**
 * vprot_content_unwrap() - unwrap a content key
 * @content: the content key used before; gets the new one
 * @session_key: what it is wrapped under
 * @wrapped: its wrapped form
 *
 * Return: 0 or -ENOMEM. Sleeps.
 */
int vprot_content_unwrap(struct vprot_content_key *content, const struct vprot_key *session_key,
			 const u8 wrapped[DRM_VPROT_KEY_SIZE])
{
	u8 raw[DRM_VPROT_KEY_SIZE];
	int ret;

	if (content->key && content->epoch == session_key->epoch &&
	    vprot_key_equal(content->wrapped, wrapped))
		return 0;

	ret = vprot_cipher_decrypt_block(session_key->raw, raw, wrapped) ?:
	      vprot_content_set(content, session_key->pool, raw);
	memzero_explicit(raw, sizeof(raw));
	if (ret)
		return ret;

	content->epoch = session_key->epoch;
	memcpy(content->wrapped, wrapped, sizeof(content->wrapped));
	return 0;
}

/**
 * vprot_content_read() - read a content key from a logon key, as that is now
 * @content: the content key used before; gets the new one
 * @session_key: key of the session, which has the same cipher
 * @logon: the logon key, or NULL
 *
 * Return: 0; -ENOKEY or -EKEYREJECTED as vprot_keyring_read(); -ENOMEM. Sleeps.
 */
int vprot_content_read(struct vprot_content_key *content, const struct vprot_key *session_key,
		       const struct key *logon)
{
	u8 raw[DRM_VPROT_KEY_SIZE];
	int ret;

	ret = vprot_keyring_read(logon, raw);
	if (ret)
		return ret;

	ret = vprot_content_set(content, session_key->pool, raw);
	memzero_explicit(raw, sizeof(raw));
	return ret;
}
