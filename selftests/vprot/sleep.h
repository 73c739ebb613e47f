/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Putting the system to sleep. A file system that is shared with the host does not survive this:
 * for programs that run from a RAM root. All functions are for what a test takes for granted, and
 * return when the system is awake again.
 */
#ifndef SLEEP_H
#define SLEEP_H

/** vt_sleep() - enter a state of /sys/power/state, as far as this level of /sys/power/pm_test */
void vt_sleep(const char *state, const char *level);
/** vt_sleep_to_ram() - suspend to RAM (S3); an alarm wakes the system */
void vt_sleep_to_ram(void);
/** VT_SWAP_KIB - what hibernation takes of the disk, from its beginning */
#define VT_SWAP_KIB	"261120"

/**
 * vt_hibernate() - write an image of memory to the disk, /dev/vda, and begin anew from that image
 *
 * Linux 6.1 writes the image, but then fails to open the disk, which it has opened itself (fixed in
 * 6.4), and goes on without it. The disk is not free afterwards: to be used once.
 */
void vt_hibernate(void);

#endif
