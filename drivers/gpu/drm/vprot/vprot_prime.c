// SPDX-License-Identifier: GPL-2.0
/*
 * Protected and restricted buffers as dma-bufs: opaque handles for whoever else has the device
 * open.
 */
#include <linux/dma-buf.h>
#include <linux/module.h>

#include <drm/drm_gem.h>
#include <drm/drm_prime.h>

#include "vprot_prime.h"

/**
 * vprot_prime_pin() - a buffer's hook that keeps other devices off
 * @obj: the buffer
 *
 * Return: -EACCES.
 */
int vprot_prime_pin(struct drm_gem_object *obj)
{
	return -EACCES;
}

/**
 * vprot_prime_get_sg_table() - a buffer's hook that keeps other devices off
 * @obj: the buffer
 *
 * Return: -EACCES as an ERR_PTR.
 */
struct sg_table *vprot_prime_get_sg_table(struct drm_gem_object *obj)
{
	return ERR_PTR(-EACCES);
}

/* Whoever has but the dma-buf has not opened the buffer. */
static int vprot_prime_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	return -EACCES;
}

/*
 * The core's operations, which end at the hooks of the buffer and are refused there, but without
 * vmap: some importers map without attaching, and the core warns when an exporter that has the
 * operation lets it fail.
 */
static const struct dma_buf_ops vprot_prime_ops = {
	.attach = drm_gem_map_attach,
	.map_dma_buf = drm_gem_map_dma_buf,
	.unmap_dma_buf = drm_gem_unmap_dma_buf,
	.mmap = vprot_prime_mmap,
	.release = drm_gem_dmabuf_release,
};

/**
 * vprot_prime_export() - export a protected or restricted buffer
 * @obj: the buffer
 * @flags: of the file: O_CLOEXEC, O_RDWR
 *
 * Return: the dma-buf, which holds the buffer, or an ERR_PTR.
 */
struct dma_buf *vprot_prime_export(struct drm_gem_object *obj, int flags)
{
	struct dma_buf_export_info info = {
		.exp_name = KBUILD_MODNAME,
		.owner = THIS_MODULE,
		.ops = &vprot_prime_ops,
		.size = obj->size,
		.flags = flags,
		.priv = obj,
		.resv = obj->resv,
	};

	return drm_gem_dmabuf_export(obj->dev, &info);
}

/**
 * vprot_prime_import() - import a buffer
 * @drm: the device
 * @dmabuf: the buffer: one of the device's own, or that of another device
 *
 * Return: the buffer with a reference for the caller, or an ERR_PTR. Sleeps.
 */
struct drm_gem_object *vprot_prime_import(struct drm_device *drm, struct dma_buf *dmabuf)
{
	struct drm_gem_object *obj = dmabuf->priv;

	if (dmabuf->ops != &vprot_prime_ops || obj->dev != drm)
		return drm_gem_prime_import(drm, dmabuf);

	drm_gem_object_get(obj);
	return obj;
}
