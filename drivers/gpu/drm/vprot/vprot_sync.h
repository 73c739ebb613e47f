/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_SYNC_H__
#define __VPROT_SYNC_H__

#include <linux/types.h>

#include <drm/vprot_drm.h>

struct dma_fence;
struct dma_fence_chain;
struct drm_file;
struct drm_syncobj;

#define VPROT_MAX_SYNCS		256
#define VPROT_MAX_SYNC_STRIDE	256

/**
 * struct vprot_wait - a syncobj that a job waits for
 */
struct vprot_wait {
	/** @args: as the caller has it */
	struct drm_vprot_sync args;
	/** @fence: what it holds, with a reference */
	struct dma_fence *fence;
};

/**
 * struct vprot_signal - a syncobj that gets a job's fence
 */
struct vprot_signal {
	/** @args: as the caller has it */
	struct drm_vprot_sync args;
	/** @syncobj: the syncobj, with a reference */
	struct drm_syncobj *syncobj;
	/** @chain: the node for a point of a timeline, else NULL */
	struct dma_fence_chain *chain;
};

/**
 * struct vprot_syncs - the syncobjs of a job
 */
struct vprot_syncs {
	/** @waits: those it waits for */
	struct vprot_wait *waits;
	/** @signals: those that get its fence */
	struct vprot_signal *signals;
	/** @num_waits: elements in @waits */
	u32 num_waits;
	/** @num_signals: elements in @signals */
	u32 num_signals;
	/** @unsubmitted: one of @waits has no fence */
	bool unsubmitted;
};

int vprot_syncs_check(const struct drm_vprot_submit *args);
int vprot_syncs_copy(struct vprot_syncs *syncs, const struct drm_vprot_submit *args);
int vprot_syncs_lookup(struct vprot_syncs *syncs, struct drm_file *file);
void vprot_syncs_signal(struct vprot_syncs *syncs, struct dma_fence *fence);
void vprot_syncs_release(struct vprot_syncs *syncs);

#endif /* __VPROT_SYNC_H__ */
