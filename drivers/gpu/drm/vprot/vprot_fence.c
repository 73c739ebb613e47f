// SPDX-License-Identifier: GPL-2.0
/*
 * The fence of a job: it signals when the job is over.
 */
#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "vprot_device.h"
#include "vprot_fence.h"

struct vprot_fence {
	struct dma_fence base;
	/* Protects @base. */
	spinlock_t lock;
};

static const char *vprot_fence_get_driver_name(struct dma_fence *fence)
{
	return KBUILD_MODNAME;
}

static const char *vprot_fence_get_timeline_name(struct dma_fence *fence)
{
	return "crypto";
}

static void vprot_fence_release(struct dma_fence *fence)
{
	dma_fence_free(fence);
	/* The last thing to be called here: nothing holds this code any more. */
	module_put(THIS_MODULE);
}

static const struct dma_fence_ops vprot_fence_ops = {
	.get_driver_name = vprot_fence_get_driver_name,
	.get_timeline_name = vprot_fence_get_timeline_name,
	.release = vprot_fence_release,
};

/**
 * vprot_fence_create() - make the fence of a job
 *
 * It has a timeline of its own, as jobs run in parallel. A fence outlives job, file and device: it
 * keeps the module.
 *
 * Return: the fence with a reference for the caller, or NULL. Sleeps.
 */
struct dma_fence *vprot_fence_create(void)
{
	struct vprot_fence *fence;

	fence = kzalloc(sizeof(*fence), GFP_KERNEL_ACCOUNT);
	if (!fence)
		return NULL;

	__module_get(THIS_MODULE);
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &vprot_fence_ops, &fence->lock, dma_fence_context_alloc(1), 1);
	return &fence->base;
}

/**
 * vprot_fence_is_ours() - whether a fence is that of a job
 * @fence: any fence
 *
 * Return: true for one of this driver's; such a fence signals in finite time.
 */
bool vprot_fence_is_ours(const struct dma_fence *fence)
{
	return fence->ops == &vprot_fence_ops;
}

/**
 * vprot_fence_wait_for_all() - wait for the fences on a buffer
 * @resv: the reservation object of the buffer
 * @usage: for which of them
 * @ours: for those of jobs, too
 *
 * Those of others may take vprot_wait_timeout(), all together. Those of jobs take finite time.
 *
 * Return: 0, -ERESTARTSYS or -ETIMEDOUT.
 */
int vprot_fence_wait_for_all(struct dma_resv *resv, enum dma_resv_usage usage, bool ours)
{
	long remaining = vprot_wait_timeout();
	struct dma_resv_iter cursor;
	struct dma_fence *fence;
	long ret = 1;

	dma_resv_iter_begin(&cursor, resv, usage);
	dma_resv_for_each_fence_unlocked(&cursor, fence) {
		if (!vprot_fence_is_ours(fence)) {
			remaining = dma_fence_wait_timeout(fence, true, remaining);
			ret = remaining;
		} else if (ours) {
			ret = dma_fence_wait_timeout(fence, true, MAX_SCHEDULE_TIMEOUT);
		}
		if (ret <= 0)
			break;
	}
	dma_resv_iter_end(&cursor);
	return ret < 0 ? ret : ret ? 0 : -ETIMEDOUT;
}
