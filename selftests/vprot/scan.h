/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contents that are found wherever they lie in the machine's memory, read through /proc/kcore. The
 * test itself has them nowhere: it knows a mark only as two numbers, whose XOR it is.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stddef.h>
#include <linux/types.h>

#define VT_MARKS	16

/**
 * vt_mark() - turn a key stream into the encrypted form of marked contents
 * @mark: Which of the marks, below VT_MARKS.
 * @data: The key stream; gets the encrypted form of the mark, again and again.
 * @size: Bytes in @data, a multiple of 8.
 */
void vt_mark(unsigned int mark, void *data, size_t size);

/**
 * vt_scan() - read all memory
 * @found: Gets the number of bytes that are found of each mark, where it is aligned to 8 bytes.
 *
 * Nothing of what is read stays with the reader.
 */
void vt_scan(__u64 found[VT_MARKS]);

#endif
