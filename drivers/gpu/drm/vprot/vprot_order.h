/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_ORDER_H__
#define __VPROT_ORDER_H__

#include <linux/types.h>
#include <linux/ww_mutex.h>

struct dma_fence;
struct drm_gem_object;
struct vprot_job;

/**
 * struct vprot_order - the last jobs in a buffer's order
 *
 * A queued job takes its place behind the last one that touches the same buffer. The fence of each
 * job thus stands for all before it, and the reservation object holds no more than one that reads
 * and one that writes.
 */
struct vprot_order {
	/** @last: fence of the last job; changes under the buffer's reservation lock */
	struct dma_fence __rcu *last;
	/** @last_read: fence of the last job that reads; as @last */
	struct dma_fence __rcu *last_read;
	/** @last_write: fence of the last job that writes; as @last */
	struct dma_fence __rcu *last_write;
};

/**
 * struct vprot_access - a buffer that a queued job touches
 */
struct vprot_access {
	/** @obj: the buffer, with a reference */
	struct drm_gem_object *obj;
	/** @write: it is written; else read */
	bool write;
	/** @touched: it is touched at all: an unbound buffer is not, for it has nothing to read */
	bool touched;
};

/**
 * struct vprot_accesses - the buffers that a queued job touches, each once
 */
struct vprot_accesses {
	/** @of: the buffers */
	struct vprot_access *of;
	/** @num: elements in @of */
	unsigned int num;
	/** @locked: one buffer of each reservation object: imports may share theirs */
	struct drm_gem_object **locked;
	/** @num_locked: elements in @locked */
	unsigned int num_locked;
	/** @ctx: for locking */
	struct ww_acquire_ctx ctx;
};

/**
 * typedef vprot_access_func_t - what to do with a fence that a job has to wait for
 * @fence: the fence
 * @in_order: it is that of the job before; else somebody has put it on the buffer
 * @data: of the caller
 */
typedef void (*vprot_access_func_t)(struct dma_fence *fence, bool in_order, void *data);

void vprot_order_release(struct vprot_order *order);
int vprot_order_wait(struct vprot_job *job);

int vprot_accesses_init(struct vprot_accesses *accesses, struct vprot_job *job);
void vprot_accesses_release(struct vprot_accesses *accesses);
int vprot_accesses_lock(struct vprot_accesses *accesses, struct vprot_job *job);
void vprot_accesses_unlock(struct vprot_accesses *accesses);
void vprot_accesses_visit_fences(struct vprot_accesses *accesses, vprot_access_func_t func,
				 void *data);
void vprot_accesses_append(struct vprot_accesses *accesses, struct dma_fence *fence);

#endif /* __VPROT_ORDER_H__ */
