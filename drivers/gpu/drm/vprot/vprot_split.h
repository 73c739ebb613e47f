/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_SPLIT_H__
#define __VPROT_SPLIT_H__

#include <linux/sizes.h>
#include <linux/types.h>

struct vprot_blt;
struct vprot_cipher_pool;
struct vprot_job;
struct vprot_split;

/* Bytes that a blit has at least for two processors: waking one has to pay. */
#define VPROT_SPLIT_SIZE	SZ_1M

int vprot_split_init(void);
void vprot_split_exit(void);

struct vprot_split *vprot_split_alloc(const struct vprot_job *job,
				      struct vprot_cipher_pool *pool, gfp_t gfp);
void vprot_split_free(struct vprot_split *split);

bool vprot_split_takes(const struct vprot_blt *blt);
int vprot_split_run(struct vprot_split *split, const struct vprot_blt *blt);

#endif /* __VPROT_SPLIT_H__ */
