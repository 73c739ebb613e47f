/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_FENCE_H__
#define __VPROT_FENCE_H__

#include <linux/dma-resv.h>
#include <linux/types.h>

struct dma_fence;

struct dma_fence *vprot_fence_create(void);
bool vprot_fence_is_ours(const struct dma_fence *fence);
int vprot_fence_wait_for_all(struct dma_resv *resv, enum dma_resv_usage usage, bool ours);

#endif /* __VPROT_FENCE_H__ */
