// SPDX-License-Identifier: GPL-2.0
/*
 * How a blit reaches the bytes of a buffer: by its pages, or by a mapping of an imported dma-buf.
 */
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/minmax.h>

#include "vprot_compat.h"
#include "vprot_fence.h"
#include "vprot_gem.h"
#include "vprot_surface.h"

/*
 * Let the exporter prepare for an access by the CPU, if that is anything to it. It may take locks
 * and allocate, so this cannot wait for the turn of a queued job: others' work has to be over. Ours
 * is the CPU's, too, and does not matter. dma_buf_begin_cpu_access() would wait for both.
 */
static int vprot_surface_begin_access(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	int ret;

	if (!dmabuf->ops->begin_cpu_access)
		return 0;

	ret = vprot_fence_wait_for_all(dmabuf->resv,
				       dma_resv_usage_rw(direction == DMA_TO_DEVICE), false);
	return ret ?: dmabuf->ops->begin_cpu_access(dmabuf, direction);
}

/**
 * vprot_surface_open() - begin to access a buffer
 * @surface: gets the access, ended by vprot_surface_close()
 * @obj: the buffer, which must outlive @surface
 * @direction: DMA_FROM_DEVICE to read, DMA_TO_DEVICE to write
 *
 * Return: 0, -ENOMEM, what the exporter of an import says, or, while another driver works on one
 * whose exporter wants to prepare for us, -ERESTARTSYS and -ETIMEDOUT. Sleeps.
 */
int vprot_surface_open(struct vprot_surface *surface, struct drm_gem_object *obj,
		       enum dma_data_direction direction)
{
	struct dma_buf *dmabuf;
	int ret;

	if (!obj->import_attach) {
		surface->pages = vprot_gem_pages(obj);
		return PTR_ERR_OR_ZERO(surface->pages);
	}

	/* Never by its sg table: that may hold no pages, or ones that are not the exporter's. */
	dmabuf = obj->import_attach->dmabuf;
	ret = vprot_compat_dma_buf_vmap(dmabuf, &surface->map);
	if (ret)
		return ret;

	ret = vprot_surface_begin_access(dmabuf, direction);
	if (ret) {
		vprot_compat_dma_buf_vunmap(dmabuf, &surface->map);
		return ret;
	}

	surface->dmabuf = dmabuf;
	surface->direction = direction;
	return 0;
}

/**
 * vprot_surface_close() - end the access to a buffer
 * @surface: what vprot_surface_open() gave, or zeroed
 */
void vprot_surface_close(struct vprot_surface *surface)
{
	if (!surface->dmabuf)
		return;

	dma_buf_end_cpu_access(surface->dmabuf, surface->direction);
	vprot_compat_dma_buf_vunmap(surface->dmabuf, &surface->map);
}

/**
 * vprot_surface_read() - copy out of a buffer
 * @surface: the buffer
 * @offset: where to begin in it
 * @to: gets the bytes
 * @size: bytes, within the buffer
 */
void vprot_surface_read(const struct vprot_surface *surface, u64 offset, void *to, size_t size)
{
	if (surface->dmabuf) {
		iosys_map_memcpy_from(to, &surface->map, offset, size);
		return;
	}

	while (size) {
		size_t n = min_t(size_t, size, PAGE_SIZE - offset_in_page(offset));

		if (surface->pages)
			memcpy_from_page(to, surface->pages[offset >> PAGE_SHIFT],
					 offset_in_page(offset), n);
		else
			memset(to, 0, n);
		offset += n;
		to += n;
		size -= n;
	}
}

/**
 * vprot_surface_write() - copy into a buffer
 * @surface: the buffer
 * @offset: where to begin in it
 * @from: the bytes
 * @size: bytes, within the buffer
 */
void vprot_surface_write(const struct vprot_surface *surface, u64 offset, const void *from,
			 size_t size)
{
	if (surface->dmabuf) {
		struct iosys_map map = surface->map;

		iosys_map_memcpy_to(&map, offset, from, size);
		return;
	}

	while (size) {
		size_t n = min_t(size_t, size, PAGE_SIZE - offset_in_page(offset));

		memcpy_to_page(surface->pages[offset >> PAGE_SHIFT], offset_in_page(offset),
			       from, n);
		offset += n;
		from += n;
		size -= n;
	}
}

/**
 * vprot_surface_copy() - copy from a buffer to another
 * @dst: destination, which has pages
 * @dst_offset: where to begin in it
 * @src: source
 * @src_offset: where to begin in it
 * @size: bytes, within the buffers
 */
void vprot_surface_copy(const struct vprot_surface *dst, u64 dst_offset,
			const struct vprot_surface *src, u64 src_offset, size_t size)
{
	while (size) {
		size_t n = min3(size, PAGE_SIZE - offset_in_page(dst_offset),
				PAGE_SIZE - offset_in_page(src_offset));
		struct page *page = dst->pages[dst_offset >> PAGE_SHIFT];

		if (src->pages) {
			memcpy_page(page, offset_in_page(dst_offset),
				    src->pages[src_offset >> PAGE_SHIFT],
				    offset_in_page(src_offset), n);
		} else {
			void *to = kmap_local_page(page) + offset_in_page(dst_offset);

			vprot_surface_read(src, src_offset, to, n);
			kunmap_local(to);
		}
		flush_dcache_page(page);
		dst_offset += n;
		src_offset += n;
		size -= n;
	}
}
