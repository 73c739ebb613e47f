/* SPDX-License-Identifier: MIT */
/*
 * The device as root sees it: its nodes, its driver, what is left of it, and what the kernel
 * reports.
 */
#ifndef FUZZ_DEVICE_H
#define FUZZ_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

/** fz_device_open() - a new open file of a driver's node, or -1; opens the primary node if asked */
int fz_device_open(bool primary);
/** fz_device_open_vgem() - the same for the primary node of vgem, another device, or -1 */
int fz_device_open_vgem(void);
/** fz_device_sessions() - open the debugfs file of sessions, or -1 */
int fz_device_sessions(void);
/** fz_device_teardown() - let all sessions lose their keys, by debugfs; 0 or a negative errno */
int fz_device_teardown(void);
/** fz_device_bind() - bind the driver to the device; 0 or a negative errno */
int fz_device_bind(void);
/** fz_device_unbind() - unbind it; 0 or a negative errno */
int fz_device_unbind(void);
/** fz_device_bound() - whether it is bound */
bool fz_device_bound(void);
/**
 * fz_device_limits() - set limits that programs can reach, and remember what the log holds
 *
 * Return: NULL, or why not.
 */
const char *fz_device_limits(void);
/** fz_device_faults() - make fail-nth fail all allocations; NULL or why there are no faults */
const char *fz_device_faults(void);
/**
 * fz_device_clean() - whether nothing is left once all is closed
 * @deep: look at the account of protected memory, too
 * @what: gets what is left
 * @size: bytes in @what
 */
bool fz_device_clean(bool deep, char *what, size_t size);
/** fz_device_report() - whether the kernel has reported a problem since; @what gets its heading */
bool fz_device_report(char *what, size_t size);

#endif
