/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_RESTRICTED_H__
#define __VPROT_RESTRICTED_H__

#include <linux/types.h>

struct drm_gem_object;
struct vprot_file;

void vprot_restricted_begin(struct drm_gem_object *obj, struct vprot_file *vfile, u32 flags);
bool vprot_restricted_can_map(struct drm_gem_object *obj);

#endif /* __VPROT_RESTRICTED_H__ */
