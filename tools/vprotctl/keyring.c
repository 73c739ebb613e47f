// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/keyctl.h>

#include "keyring.h"
#include "vprotctl.h"

void keyring_check_prefix(const char *prefix)
{
	if (strncmp(prefix, DRM_VPROT_KEYRING_PREFIX, strlen(DRM_VPROT_KEYRING_PREFIX)))
		fail_usage("the descriptions of content keys begin with '%s', not with '%s'",
			   DRM_VPROT_KEYRING_PREFIX, prefix);
	if (strlen(prefix) + 2 * KEY_ID_SIZE > DRM_VPROT_MAX_DESCRIPTION)
		fail_usage("with key ids of %d digits descriptions are longer than %d bytes",
			   2 * KEY_ID_SIZE, DRM_VPROT_MAX_DESCRIPTION);
}

void keyring_describe(const char *prefix, const uint8_t id[KEY_ID_SIZE],
		      char description[DESCRIPTION_SIZE])
{
	char *at = stpcpy(description, prefix);
	size_t i;

	for (i = 0; i < KEY_ID_SIZE; i++)
		at += sprintf(at, "%02x", id[i]);
}

/* What keyctl(2) says to a search for it. */
static int search(const char *description)
{
	return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "logon", description,
		       0) < 0 ? errno : 0;
}

void keyring_fail(const char *description, int error)
{
	if (error == -EKEYREJECTED)
		fail("the key %s is not of %d bytes, and no content key", description,
		     DRM_VPROT_KEY_SIZE);

	switch (search(description)) {
	case EKEYEXPIRED:
		fail("the key %s has expired; it takes a new license", description);
	case EKEYREVOKED:
		fail("the key %s was revoked; it takes a new license", description);
	case EACCES:
		fail("the key %s may not be searched by this user", description);
	default:
		fail("the key %s is in none of the keyrings of this process; 'keyctl padd logon %s @u' puts it into the user's, 'keyctl show' shows what is there",
		     description, description);
	}
}
