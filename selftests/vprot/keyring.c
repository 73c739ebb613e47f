// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keyring.h"

long vt_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c)
{
	long result = syscall(SYS_keyctl, operation, a, b, c, 0);

	return result < 0 ? -errno : result;
}

int32_t vt_keyring_new(void)
{
	long ring = vt_keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0);

	if (ring < 0)
		vt_fatal("no new session keyring: %s", strerror(-ring));
	return ring;
}

int32_t vt_logon(int32_t ring, const char *description, const void *payload, size_t size)
{
	long key = syscall(SYS_add_key, "logon", description, payload, size, ring);

	if (key < 0)
		vt_fatal("no logon key %s: %s", description, strerror(errno));
	return key;
}

long vt_find_logon(const char *description)
{
	return vt_keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, (uintptr_t)"logon",
			 (uintptr_t)description);
}

void vt_revoke(int32_t key)
{
	long result = vt_keyctl(KEYCTL_REVOKE, key, 0, 0);

	if (result)
		vt_fatal("a key cannot be revoked: %s", strerror(-result));
}

void vt_use_logon(struct drm_vprot_blt *blt, const char *description)
{
	blt->key_form = DRM_VPROT_KEY_KEYRING;
	blt->key = (uintptr_t)description;
	blt->key_size = strlen(description);
}
