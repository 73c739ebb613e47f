/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs: the driver's view of its sessions and channels, and the order to lose them. Needs root.
 */
#ifndef DEBUGFS_H
#define DEBUGFS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <linux/types.h>

/**
 * struct vt_listed - a session as the file lists it, a member for each column
 */
struct vt_listed {
	pid_t pid;
	__u32 handle;
	char crypto_type[16];
	char key_exchange_type[16];
	char state[16];
	__u64 epoch;
	char pending[4];
	char read_back[4];
	__u32 in_flight;
	__u64 decrypted;
	__u64 encrypted;
};

/** vt_sessions_open() - open the list of the sessions of the device that is bound now */
int vt_sessions_open(void);
/** vt_lose() - have that device lose all sessions: returns when keys and contents are gone */
void vt_lose(void);

/**
 * vt_sessions_of() - the sessions that a process has created and that live
 * @pid: The process, or 0 for all.
 * @listed: Gets the first @max of them, in the order of their creation.
 * @max: Elements of @listed.
 *
 * Return: how many there are. Ends the test when the file cannot be read or is not as expected.
 */
size_t vt_sessions_of(pid_t pid, struct vt_listed *listed, size_t max);

/**
 * struct vt_listed_channel - a channel as the file lists it, a member for each column
 */
struct vt_listed_channel {
	pid_t pid;
	__u32 handle;
	char type[16];
	char state[16];
	char protection[4];
	char fullscreen[4];
};

/** vt_channels_open() - open the list of the channels of the device that is bound now */
int vt_channels_open(void);
/** vt_channels_of() - the channels that a process has created, as vt_sessions_of() */
size_t vt_channels_of(pid_t pid, struct vt_listed_channel *listed, size_t max);

#endif
