// SPDX-License-Identifier: GPL-2.0
/*
 * Content keys from the kernel's keyrings: logon keys, which user space puts there and never reads.
 */
#include <linux/err.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <keys/user-type.h>

#include "vprot_keyring.h"

/**
 * vprot_keyring_find() - find a logon key by its description
 * @description: user pointer to the description, without a NUL
 * @size: its size, DRM_VPROT_MAX_DESCRIPTION at most
 * @logon: gets the key, for key_put(), or NULL when the caller has none of that name that he may
 * search
 *
 * Whether the key is of any use vprot_keyring_read() says, at the moment of use. Nobody is asked
 * for a key that is not there. Sleeps, also as long as a handler of request-key(8) makes the key.
 *
 * Return: 0; -EFAULT; -EINVAL when it is not the description of a content key.
 */
int vprot_keyring_find(u64 description, u32 size, struct key **logon)
{
	static const char prefix[] = DRM_VPROT_KEYRING_PREFIX;
	char name[DRM_VPROT_MAX_DESCRIPTION + 1];
	struct key *key;

	if (copy_from_user(name, u64_to_user_ptr(description), size))
		return -EFAULT;
	name[size] = '\0';
	if (strlen(name) != size || strncmp(name, prefix, strlen(prefix)))
		return -EINVAL;

	key = request_key(&key_type_logon, name, NULL);
	*logon = IS_ERR(key) ? NULL : key;
	return 0;
}

/**
 * vprot_keyring_read() - the content key that a logon key holds now
 * @logon: the key, or NULL
 * @raw: gets the content key
 *
 * Does not sleep.
 *
 * Return: 0; -ENOKEY without a key, or when it has expired or was revoked; -EKEYREJECTED when it
 * has another size.
 */
int vprot_keyring_read(const struct key *logon, u8 raw[DRM_VPROT_KEY_SIZE])
{
	const struct user_key_payload *payload;
	int ret = 0;

	if (!logon)
		return -ENOKEY;

	rcu_read_lock();
	payload = user_key_payload_rcu(logon);
	if (!payload || key_validate(logon))
		ret = -ENOKEY;
	else if (payload->datalen != DRM_VPROT_KEY_SIZE)
		ret = -EKEYREJECTED;
	else
		memcpy(raw, payload->data, DRM_VPROT_KEY_SIZE);
	rcu_read_unlock();
	return ret;
}
