/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_KEYRING_H__
#define __VPROT_KEYRING_H__

#include <linux/errno.h>
#include <linux/key.h>
#include <linux/types.h>

#include <drm/vprot_drm.h>

#if IS_ENABLED(CONFIG_KEYS)
int vprot_keyring_find(u64 description, u32 size, struct key **logon);
int vprot_keyring_read(const struct key *logon, u8 raw[DRM_VPROT_KEY_SIZE]);
#else
static inline int vprot_keyring_find(u64 description, u32 size, struct key **logon)
{
	*logon = NULL;
	return 0;
}

static inline int vprot_keyring_read(const struct key *logon, u8 raw[DRM_VPROT_KEY_SIZE])
{
	return -ENOKEY;
}
#endif

#endif /* __VPROT_KEYRING_H__ */
