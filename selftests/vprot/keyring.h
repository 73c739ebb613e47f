/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's keyrings, by their system calls, and blits with content keys that are in them. What
 * returns an int that is no serial number is for a test to look at: 0 or a negative errno.
 */
#ifndef KEYRING_H
#define KEYRING_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/keyctl.h>

#include "vprot_test.h"

/** vt_keyring_new() - a session keyring for this process, empty; returns its serial number */
int32_t vt_keyring_new(void);
/**
 * vt_logon() - a logon key, or another payload for the one that is there already
 * @ring: The keyring, KEY_SPEC_* or a serial number.
 * @description: Its description.
 * @payload: What it holds, @size bytes.
 *
 * Return: its serial number.
 */
int32_t vt_logon(int32_t ring, const char *description, const void *payload, size_t size);
/** vt_keyctl() - keyctl(2); 0 or a positive number, or a negative errno */
long vt_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c);
/** vt_find_logon() - what keyctl(2) says to a search of the session keyring, as vt_keyctl() */
long vt_find_logon(const char *description);
/** vt_revoke() - revoke a key, which a test takes for granted */
void vt_revoke(int32_t key);
/** vt_use_logon() - have a blit use the key of this description */
void vt_use_logon(struct drm_vprot_blt *blt, const char *description);

#endif
