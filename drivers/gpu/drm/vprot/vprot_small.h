/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_SMALL_H__
#define __VPROT_SMALL_H__

#include <linux/sizes.h>
#include <linux/types.h>

#include <drm/vprot_drm.h>

struct vprot_blt;
struct vprot_stream;

/* Clear bytes and encrypted bytes of a small subsample, at most. */
#define VPROT_MAX_SMALL		SZ_1K

/**
 * vprot_small_is() - whether a subsample is small
 * @sub: the subsample
 *
 * Return: whether it is cheaper together with others than on its own.
 */
static inline bool vprot_small_is(const struct drm_vprot_subsample *sub)
{
	return sub->clear <= VPROT_MAX_SMALL && sub->encrypted <= VPROT_MAX_SMALL;
}

bool vprot_small_possible(const struct vprot_blt *blt);
int vprot_small_run(struct vprot_stream *stream, const struct vprot_blt *blt, u64 done,
		    const struct drm_vprot_subsample *subsamples, u32 count, size_t *moved);

#endif /* __VPROT_SMALL_H__ */
