/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_SURFACE_H__
#define __VPROT_SURFACE_H__

#include <linux/dma-direction.h>
#include <linux/iosys-map.h>
#include <linux/types.h>

struct dma_buf;
struct drm_gem_object;
struct page;

/**
 * struct vprot_surface - a buffer's bytes as a blit reaches them
 *
 * With neither pages nor an import it reads as zeros.
 */
struct vprot_surface {
	/** @pages: the pages, NULL for an import */
	struct page **pages;
	/** @dmabuf: the import, else NULL */
	struct dma_buf *dmabuf;
	/** @map: mapping of @dmabuf */
	struct iosys_map map;
	/** @direction: DMA_FROM_DEVICE to read @dmabuf, DMA_TO_DEVICE to write it, by the CPU */
	enum dma_data_direction direction;
};

int vprot_surface_open(struct vprot_surface *surface, struct drm_gem_object *obj,
		       enum dma_data_direction direction);
void vprot_surface_close(struct vprot_surface *surface);

void vprot_surface_read(const struct vprot_surface *surface, u64 offset, void *to, size_t size);
void vprot_surface_write(const struct vprot_surface *surface, u64 offset, const void *from,
			 size_t size);
void vprot_surface_copy(const struct vprot_surface *dst, u64 dst_offset,
			const struct vprot_surface *src, u64 src_offset, size_t size);

#endif /* __VPROT_SURFACE_H__ */
