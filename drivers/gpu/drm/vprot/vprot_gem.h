/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_GEM_H__
#define __VPROT_GEM_H__

#include <linux/list.h>
#include <linux/sizes.h>

#include <drm/drm_gem_shmem_helper.h>

#include "vprot_order.h"
#include "vprot_protection.h"

struct drm_device;
struct drm_file;
struct page;
struct vprot_session;

#define VPROT_MAX_BUFFER_SIZE	SZ_256M

/**
 * struct vprot_clear - a clear or restricted buffer: ordinary shared memory, or an imported dma-buf
 */
struct vprot_clear {
	/** @base: the shmem helper's object */
	struct drm_gem_shmem_object base;
	/** @pages: the pages, pinned for good; NULL before the first use and for imports */
	struct page **pages;
	/** @restriction: of a restricted buffer, who may open and map it */
	struct vprot_restriction restriction;
	/** @order: the jobs that touch it */
	struct vprot_order order;
};

/**
 * struct vprot_protected - a protected buffer
 */
struct vprot_protected {
	/** @base: the GEM object, without a file behind it */
	struct drm_gem_object base;
	/** @pages: the pages, which nobody else has */
	struct page **pages;
	/** @restriction: who may open it; its file is the one that the pages are charged to */
	struct vprot_restriction restriction;
	/**
	 * @session: the session it is bound to, with a reference, or NULL. Set under the session's
	 * lock; reset once the buffer is wiped.
	 */
	struct vprot_session *session;
	/** @bound_link: entry in the session's list, under its lock */
	struct list_head bound_link;
	/** @order: the jobs that touch it */
	struct vprot_order order;
};

static inline struct vprot_clear *to_vprot_clear(struct drm_gem_object *obj)
{
	return container_of(to_drm_gem_shmem_obj(obj), struct vprot_clear, base);
}

void vprot_clear_free(struct drm_gem_object *obj);

bool vprot_gem_is_protected(const struct drm_gem_object *obj);
struct vprot_session *vprot_gem_session(struct drm_gem_object *obj);
struct vprot_order *vprot_gem_order(struct drm_gem_object *obj);
bool vprot_gem_bind(struct drm_gem_object *obj, struct vprot_session *session);
void vprot_gem_unbind_clean(struct vprot_session *session);
void vprot_gem_wipe_bound(struct vprot_session *session);

struct page **vprot_gem_pages(struct drm_gem_object *obj);

struct drm_gem_object *vprot_gem_create_object(struct drm_device *drm, size_t size);

int vprot_gem_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_gem_mmap_offset_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* __VPROT_GEM_H__ */
