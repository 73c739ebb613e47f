// SPDX-License-Identifier: MIT
/*
 * Content keys in the kernel's keyrings: a program has a session keyring of its own, which all of
 * its threads share.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/keyctl.h>

#include "client.h"

#define LARGEST		4096	/* bytes that a key holds */
#define NO_SEARCH	0x37373737

static long keyctl(int operation, unsigned long a, unsigned long b, unsigned long c)
{
	long result = syscall(SYS_keyctl, operation, a, b, c, 0);

	return result < 0 ? -errno : result;
}

void fz_keys_init(void)
{
	keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0);
}

void fz_description(__u64 number, char description[FZ_DESCRIPTION + 1])
{
	snprintf(description, FZ_DESCRIPTION + 1, DRM_VPROT_KEYRING_PREFIX "fuzz:%u",
		 (unsigned int)(number % 10));
}

int fz_logon(struct fz_thread *t, const struct fz_call *call)
{
	__u8 payload[LARGEST] = { 0 };
	char description[FZ_DESCRIPTION + 1];

	fz_description(fz_value(call, "number"), description);
	fz_client_content_key(fz_value(call, "content"), payload);
	return syscall(SYS_add_key, "logon", description, payload, fz_value(call, "size"),
		       KEY_SPEC_SESSION_KEYRING) < 0 ? -errno : 0;
}

int fz_end_logon(struct fz_thread *t, const struct fz_call *call)
{
	char description[FZ_DESCRIPTION + 1];
	long key;

	fz_description(fz_value(call, "number"), description);
	key = keyctl(KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, (unsigned long)"logon",
		     (unsigned long)description);
	if (key < 0)
		return key;
	switch (fz_value(call, "how")) {
	case FZ_REVOKE:
		return keyctl(KEYCTL_REVOKE, key, 0, 0);
	case FZ_INVALIDATE:
		return keyctl(KEYCTL_INVALIDATE, key, 0, 0);
	case FZ_EXPIRE:
		return keyctl(KEYCTL_SET_TIMEOUT, key, 1, 0);
	case FZ_HIDE:
		return keyctl(KEYCTL_SETPERM, key, NO_SEARCH, 0);
	default:
		return keyctl(KEYCTL_UNLINK, key, KEY_SPEC_SESSION_KEYRING, 0);
	}
}
