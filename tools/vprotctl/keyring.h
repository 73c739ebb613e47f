/* SPDX-License-Identifier: MIT */
/*
 * Content keys in the kernel's keyrings, which the player names and does not know.
 */
#ifndef KEYRING_H
#define KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include <vprot_drm.h>

#define DESCRIPTION_SIZE	(DRM_VPROT_MAX_DESCRIPTION + 1)
#define KEY_ID_SIZE		16

/**
 * keyring_check_prefix() - fail_usage() unless keys can have descriptions that begin like this
 * @prefix: what --keyring was given
 */
void keyring_check_prefix(const char *prefix);

/**
 * keyring_describe() - the description of a key
 * @prefix: what it begins with, checked
 * @id: the key's id
 * @description: gets the description
 */
void keyring_describe(const char *prefix, const uint8_t id[KEY_ID_SIZE],
		      char description[DESCRIPTION_SIZE]);

/**
 * keyring_fail() - fail(), and tell what is the matter with a key
 * @description: its description
 * @error: what the device has said to it, a negative errno
 */
_Noreturn void keyring_fail(const char *description, int error);

#endif /* KEYRING_H */
