/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_WRITEC_H
#define FUZZ_WRITEC_H

#include <stdio.h>

/** small_c - small.c.in */
extern const char small_c[];

/**
 * fz_write_template() - write what all programs in C have around their calls
 * @out: where to
 * @body: the calls, which also tell which parts are needed
 */
void fz_write_template(FILE *out, const char *body);

#endif
