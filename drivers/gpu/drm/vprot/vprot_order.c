// SPDX-License-Identifier: GPL-2.0
/*
 * The order of jobs in the buffers that they touch.
 *
 * Jobs that touch the same buffer run in the order of their submission, whether they read or write,
 * so that each needs to wait for one fence per buffer, and a reservation object holds one or two,
 * however long the queue is. Clear buffers are also waited for as others use them. Protected ones
 * are not: whoever holds a handle of one can put fences on it, and must not be able to stall it.
 */
#include <linux/dma-resv.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sort.h>

#include <drm/drm_gem.h>

#include "vprot_blt.h"
#include "vprot_fence.h"
#include "vprot_gem.h"
#include "vprot_order.h"

static struct dma_fence *vprot_order_get(struct dma_fence __rcu **slot)
{
	struct dma_fence *fence;

	rcu_read_lock();
	fence = dma_fence_get_rcu_safe(slot);
	rcu_read_unlock();
	return fence;
}

static struct dma_fence *vprot_order_locked(struct dma_fence __rcu *slot,
					    const struct drm_gem_object *obj)
{
	return rcu_dereference_protected(slot, dma_resv_held(obj->resv));
}

static void vprot_order_set(struct dma_fence __rcu **slot, struct dma_fence *fence,
			    const struct drm_gem_object *obj)
{
	dma_fence_put(rcu_replace_pointer(*slot, dma_fence_get(fence), dma_resv_held(obj->resv)));
}

/**
 * vprot_order_release() - drop the fences of a buffer that is freed
 * @order: of the buffer
 */
void vprot_order_release(struct vprot_order *order)
{
	dma_fence_put(rcu_dereference_protected(order->last, true));
	dma_fence_put(rcu_dereference_protected(order->last_read, true));
	dma_fence_put(rcu_dereference_protected(order->last_write, true));
}

/*
 * Jobs that are not queued
 */

static int vprot_order_wait_for_buffer(struct vprot_job *job, struct drm_gem_object *obj,
				       bool write)
{
	struct vprot_order *order = vprot_gem_order(obj);
	struct dma_fence *fence;
	int ret;

	if (!vprot_gem_is_protected(obj)) {
		if (dma_resv_test_signaled(obj->resv, dma_resv_usage_rw(write)))
			return 0;
		return vprot_fence_wait_for_all(obj->resv, dma_resv_usage_rw(write), true);
	}

	if (vprot_gem_session(obj) != job->session)
		return 0;
	fence = vprot_order_get(write ? &order->last : &order->last_write);
	if (!fence)
		return 0;
	ret = dma_fence_wait(fence, true);
	dma_fence_put(fence);
	return ret;
}

/**
 * vprot_order_wait() - wait until nobody works on the buffers of a job that is not queued
 * @job: the job, not submitted yet
 *
 * Return: 0, -ERESTARTSYS, or -ETIMEDOUT when another device does not get done.
 */
int vprot_order_wait(struct vprot_job *job)
{
	u32 i;
	int ret = 0;

	if (vprot_job_is_refused(job))
		return 0;

	for (i = 0; i < job->num_routes && !ret; i++) {
		struct vprot_route *route = &job->routes[i];

		if (!route->moves)
			continue;
		ret = vprot_order_wait_for_buffer(job, route->src, false) ?:
		      vprot_order_wait_for_buffer(job, route->dst, true);
	}
	return ret;
}

/*
 * Jobs that are queued
 */

static int vprot_access_cmp(const void *a, const void *b)
{
	const struct drm_gem_object *x = ((const struct vprot_access *)a)->obj;
	const struct drm_gem_object *y = ((const struct vprot_access *)b)->obj;

	if (x->resv != y->resv)
		return x->resv < y->resv ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void vprot_accesses_add(struct vprot_accesses *accesses, struct drm_gem_object *obj,
			       bool write)
{
	drm_gem_object_get(obj);
	accesses->of[accesses->num++] = (struct vprot_access){ .obj = obj, .write = write };
}

/**
 * vprot_accesses_init() - list the buffers that a job touches
 * @accesses: zeroed; gets the list, freed by vprot_accesses_release() in any case
 * @job: the job
 *
 * Return: 0 or -ENOMEM. Sleeps.
 */
int vprot_accesses_init(struct vprot_accesses *accesses, struct vprot_job *job)
{
	struct vprot_access *of;
	unsigned int i, num = 0;

	accesses->of = kvcalloc(2 * job->num_routes, sizeof(*accesses->of), GFP_KERNEL_ACCOUNT);
	accesses->locked = kvcalloc(2 * job->num_routes, sizeof(*accesses->locked),
				    GFP_KERNEL_ACCOUNT);
	if (!accesses->of || !accesses->locked)
		return -ENOMEM;

	for (i = 0; i < job->num_routes; i++) {
		if (!job->routes[i].moves)
			continue;
		vprot_accesses_add(accesses, job->routes[i].src, false);
		vprot_accesses_add(accesses, job->routes[i].dst, true);
	}

	of = accesses->of;
	sort(of, accesses->num, sizeof(*of), vprot_access_cmp, NULL);
	for (i = 0; i < accesses->num; i++) {
		/* A buffer is either read or written by all blits of a job. */
		if (num && of[i].obj == of[num - 1].obj) {
			drm_gem_object_put(of[i].obj);
			continue;
		}
		if (!num || of[i].obj->resv != of[num - 1].obj->resv)
			accesses->locked[accesses->num_locked++] = of[i].obj;
		of[num++] = of[i];
	}
	accesses->num = num;
	return 0;
}

/**
 * vprot_accesses_release() - free a list of buffers
 * @accesses: the list; empty afterwards
 */
void vprot_accesses_release(struct vprot_accesses *accesses)
{
	unsigned int i;

	for (i = 0; i < accesses->num; i++)
		drm_gem_object_put(accesses->of[i].obj);
	kvfree(accesses->of);
	kvfree(accesses->locked);
	accesses->of = NULL;
	accesses->locked = NULL;
	accesses->num = 0;
	accesses->num_locked = 0;
}

/**
 * vprot_accesses_lock() - lock the buffers, with room for a fence on each
 * @accesses: the buffers
 * @job: the job that touches them
 *
 * Return: 0, then vprot_accesses_unlock() follows; -EINTR or -ENOMEM. Sleeps.
 */
int vprot_accesses_lock(struct vprot_accesses *accesses, struct vprot_job *job)
{
	unsigned int i;
	int ret;

	ret = drm_gem_lock_reservations(accesses->locked, accesses->num_locked, &accesses->ctx);
	if (ret)
		return ret;

	for (i = 0; i < accesses->num_locked && !ret; i++)
		ret = dma_resv_reserve_fences(accesses->locked[i]->resv, 1);
	if (ret) {
		vprot_accesses_unlock(accesses);
		return ret;
	}

	/* A job that is going to be refused may have any buffer anywhere. */
	if (vprot_job_is_refused(job))
		return 0;

	/* What holds nothing now is read as that. A blit may bind it at any time; hence first. */
	for (i = 0; job->encrypts && i < job->num_routes; i++)
		if (vprot_gem_session(job->routes[i].src) != job->session)
			job->routes[i].src_surface.pages = NULL;

	for (i = 0; i < accesses->num; i++) {
		struct vprot_access *access = &accesses->of[i];

		access->touched = access->write || !vprot_gem_is_protected(access->obj) ||
				  vprot_gem_session(access->obj) == job->session;
	}
	return 0;
}

/**
 * vprot_accesses_unlock() - unlock the buffers
 * @accesses: the buffers
 */
void vprot_accesses_unlock(struct vprot_accesses *accesses)
{
	drm_gem_unlock_reservations(accesses->locked, accesses->num_locked, &accesses->ctx);
}

/**
 * vprot_accesses_visit_fences() - call a function for each fence to wait for
 * @accesses: the buffers, locked
 * @func: the function
 * @data: for @func
 */
void vprot_accesses_visit_fences(struct vprot_accesses *accesses, vprot_access_func_t func,
				 void *data)
{
	unsigned int i;

	for (i = 0; i < accesses->num; i++) {
		struct vprot_access *access = &accesses->of[i];
		struct drm_gem_object *obj = access->obj;
		struct vprot_order *order = vprot_gem_order(obj);
		struct dma_fence *last = vprot_order_locked(order->last, obj);
		struct dma_fence *last_read = vprot_order_locked(order->last_read, obj);
		struct dma_fence *last_write = vprot_order_locked(order->last_write, obj);
		enum dma_resv_usage usage = dma_resv_usage_rw(access->write);
		struct dma_resv_iter cursor;
		struct dma_fence *fence;

		if (access->touched && last)
			func(last, true, data);
		if (vprot_gem_is_protected(obj))
			continue;
		dma_resv_for_each_fence(&cursor, obj->resv, usage, fence) {
			if (fence != last_read && fence != last_write)
				func(fence, false, data);
		}
	}
}

/**
 * vprot_accesses_append() - put a job behind those before it, whose place its fence takes
 * @accesses: the buffers, locked
 * @fence: the fence of the job
 */
void vprot_accesses_append(struct vprot_accesses *accesses, struct dma_fence *fence)
{
	unsigned int i;

	for (i = 0; i < accesses->num; i++) {
		struct vprot_access *access = &accesses->of[i];
		struct drm_gem_object *obj = access->obj;
		struct vprot_order *order = vprot_gem_order(obj);
		struct dma_fence __rcu **slot = access->write ? &order->last_write :
								&order->last_read;
		struct dma_fence *before = vprot_order_locked(*slot, obj);
		enum dma_resv_usage usage = access->write ? DMA_RESV_USAGE_WRITE :
							    DMA_RESV_USAGE_READ;

		if (!access->touched)
			continue;

		if (before)
			dma_resv_replace_fences(obj->resv, before->context, fence, usage);
		dma_resv_add_fence(obj->resv, fence, usage);
		vprot_order_set(slot, fence, obj);
		vprot_order_set(&order->last, fence, obj);
	}
}
