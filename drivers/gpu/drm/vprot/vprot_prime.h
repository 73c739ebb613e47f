/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_PRIME_H__
#define __VPROT_PRIME_H__

struct dma_buf;
struct drm_device;
struct drm_gem_object;
struct sg_table;

int vprot_prime_pin(struct drm_gem_object *obj);
struct sg_table *vprot_prime_get_sg_table(struct drm_gem_object *obj);

struct dma_buf *vprot_prime_export(struct drm_gem_object *obj, int flags);
struct drm_gem_object *vprot_prime_import(struct drm_device *drm, struct dma_buf *dmabuf);

#endif /* __VPROT_PRIME_H__ */
