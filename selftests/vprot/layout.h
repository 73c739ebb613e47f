/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LAYOUT_H
#define LAYOUT_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Compare sizes, offsets and numbers of the interface with those that layout.c has; say what
 * differs, and return how much does.
 */
unsigned int layout_c(void);
unsigned int layout_cxx(void);
unsigned int layout_32(void);

#ifdef __cplusplus
}
#endif

#endif
