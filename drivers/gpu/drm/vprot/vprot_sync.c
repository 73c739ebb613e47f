// SPDX-License-Identifier: GPL-2.0
/*
 * The syncobjs of a job: what it waits for, and where its fence goes.
 */
#include <linux/dma-fence-chain.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <drm/drm_syncobj.h>

#include "vprot_sync.h"

/**
 * vprot_syncs_check() - check what the caller says of its syncobjs, pointers apart
 * @args: the ioctl's argument
 *
 * Return: 0, -EINVAL or -E2BIG.
 */
int vprot_syncs_check(const struct drm_vprot_submit *args)
{
	if (!args->waits != !args->num_waits || !args->signals != !args->num_signals)
		return -EINVAL;

	/* Only what is queued has room to wait for. */
	if (!args->num_waits && !args->num_signals)
		return args->sync_stride || args->flags ? -EINVAL : 0;

	if (args->sync_stride < sizeof(struct drm_vprot_sync) ||
	    args->sync_stride > VPROT_MAX_SYNC_STRIDE)
		return -EINVAL;
	if (args->num_waits > VPROT_MAX_SYNCS || args->num_signals > VPROT_MAX_SYNCS)
		return -E2BIG;
	return 0;
}

static int vprot_sync_copy(struct drm_vprot_sync *sync, u64 array, u32 i, u32 stride)
{
	return copy_struct_from_user(sync, sizeof(*sync), u64_to_user_ptr(array + (u64)i * stride),
				     stride);
}

/**
 * vprot_syncs_copy() - copy the arrays of syncobjs in
 * @syncs: zeroed; gets the arrays, freed by vprot_syncs_release() in any case
 * @args: the ioctl's argument, checked
 *
 * Return: 0, -EINVAL, -EFAULT or -ENOMEM. Sleeps.
 */
int vprot_syncs_copy(struct vprot_syncs *syncs, const struct drm_vprot_submit *args)
{
	bool invalid = false, fault = false;
	u32 i;
	int ret;

	if (!args->num_waits && !args->num_signals)
		return 0;

	syncs->waits = kcalloc(args->num_waits, sizeof(*syncs->waits), GFP_KERNEL_ACCOUNT);
	syncs->signals = kcalloc(args->num_signals, sizeof(*syncs->signals), GFP_KERNEL_ACCOUNT);
	if (!syncs->waits || !syncs->signals)
		return -ENOMEM;
	syncs->num_waits = args->num_waits;
	syncs->num_signals = args->num_signals;

	for (i = 0; i < args->num_waits + args->num_signals; i++) {
		u32 signal = i - args->num_waits;
		struct drm_vprot_sync *sync;

		if (i < args->num_waits) {
			sync = &syncs->waits[i].args;
			ret = vprot_sync_copy(sync, args->waits, i, args->sync_stride);
		} else {
			sync = &syncs->signals[signal].args;
			ret = vprot_sync_copy(sync, args->signals, signal, args->sync_stride);
		}
		fault |= ret == -EFAULT;
		/* -E2BIG speaks of members that we do not know, and is for counts here. */
		invalid |= ret == -E2BIG || (!ret && sync->flags);
	}
	return invalid ? -EINVAL : fault ? -EFAULT : 0;
}

/**
 * vprot_syncs_lookup() - find the syncobjs, and what those that are waited for hold
 * @syncs: the syncobjs, copied in
 * @file: the file whose handles they have
 *
 * Return: 0, -ENOENT for an unknown handle, -ENOMEM. Sleeps.
 */
int vprot_syncs_lookup(struct vprot_syncs *syncs, struct drm_file *file)
{
	u32 i;
	int ret;

	for (i = 0; i < syncs->num_waits; i++) {
		struct vprot_wait *wait = &syncs->waits[i];

		ret = drm_syncobj_find_fence(file, wait->args.handle, wait->args.point, 0,
					     &wait->fence);
		if (ret) {
			/* What it has left there is not a reference. */
			wait->fence = NULL;
			if (ret == -ENOENT)
				return ret;
			syncs->unsubmitted = true;
		}
	}

	for (i = 0; i < syncs->num_signals; i++) {
		struct vprot_signal *signal = &syncs->signals[i];

		signal->syncobj = drm_syncobj_find(file, signal->args.handle);
		if (!signal->syncobj)
			return -ENOENT;
		if (!signal->args.point)
			continue;
		signal->chain = dma_fence_chain_alloc();
		if (!signal->chain)
			return -ENOMEM;
	}
	return 0;
}

/**
 * vprot_syncs_signal() - have a fence signal the syncobjs
 * @syncs: the syncobjs, found
 * @fence: the fence
 */
void vprot_syncs_signal(struct vprot_syncs *syncs, struct dma_fence *fence)
{
	u32 i;

	for (i = 0; i < syncs->num_signals; i++) {
		struct vprot_signal *signal = &syncs->signals[i];

		if (signal->chain)
			drm_syncobj_add_point(signal->syncobj, signal->chain, fence,
					      signal->args.point);
		else
			drm_syncobj_replace_fence(signal->syncobj, fence);
		/* It is the syncobj's now. */
		signal->chain = NULL;
	}
}

/**
 * vprot_syncs_release() - drop syncobjs and fences
 * @syncs: the syncobjs; empty afterwards
 */
void vprot_syncs_release(struct vprot_syncs *syncs)
{
	u32 i;

	for (i = 0; i < syncs->num_waits; i++)
		dma_fence_put(syncs->waits[i].fence);
	for (i = 0; i < syncs->num_signals; i++) {
		dma_fence_chain_free(syncs->signals[i].chain);
		if (syncs->signals[i].syncobj)
			drm_syncobj_put(syncs->signals[i].syncobj);
	}
	kfree(syncs->waits);
	kfree(syncs->signals);
	*syncs = (struct vprot_syncs){};
}
