/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OTHERS_H
#define OTHERS_H

#include "bench.h"

/** bench_alg() - decrypt by way of AF_ALG: copied in, and spliced in; it always copies out */
void bench_alg(__u64 size, unsigned int turns);
/** bench_evp() - decrypt with OpenSSL in mapped memory */
void bench_evp(const struct bench *b, __u64 size, unsigned int turns);

#endif
