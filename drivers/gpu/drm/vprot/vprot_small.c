// SPDX-License-Identifier: GPL-2.0
/*
 * Small subsamples, many at a time.
 *
 * What a small subsample costs is a step of the cipher and the ways to it. So the encrypted bytes
 * of many are gathered in one place, decrypted by one request, and scattered from there. Each byte
 * of the buffers is touched once.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "vprot_blt.h"
#include "vprot_cipher.h"
#include "vprot_key.h"
#include "vprot_small.h"
#include "vprot_stream.h"
#include "vprot_surface.h"

/* Fewer in a row do not pay. */
#define MIN_TOGETHER	4
/* With more it would be too long to the next look at loss. */
#define MAX_TOGETHER	256

/* A place in a buffer that has pages. */
struct vprot_place {
	/* Its address. */
	u8 *at;
	/* From there to the end of the page. */
	unsigned int left;
	/* The next page. */
	struct page **next;
};

static __always_inline void vprot_place_turn_page(struct vprot_place *place)
{
	place->at = page_address(*place->next++);
	place->left = PAGE_SIZE;
}

static __always_inline void vprot_place_advance(struct vprot_place *place, unsigned int size)
{
	place->at += size;
	place->left -= size;
}

/* A page is turned when bytes of the next one are wanted: there may be none. */
static struct vprot_place vprot_place(const struct vprot_surface *surface, u64 offset)
{
	struct vprot_place place = { .next = surface->pages + (offset >> PAGE_SHIFT) };

	if (offset_in_page(offset)) {
		vprot_place_turn_page(&place);
		vprot_place_advance(&place, offset_in_page(offset));
	}
	return place;
}

/* With a bound that the compiler knows it need not call for a copy of a few bytes. */
static __always_inline void vprot_small_memcpy(void *to, const void *from, unsigned int size)
{
	memcpy(to, from, min_t(unsigned int, size, VPROT_MAX_SMALL));
}

static __always_inline void vprot_place_skip(struct vprot_place *place, unsigned int size)
{
	if (unlikely(size > place->left)) {
		size -= place->left;
		vprot_place_turn_page(place);
	}
	vprot_place_advance(place, size);
}

static __always_inline void vprot_place_read(struct vprot_place *place, u8 *to, unsigned int size)
{
	if (unlikely(size > place->left)) {
		memcpy(to, place->at, place->left);
		to += place->left;
		size -= place->left;
		vprot_place_turn_page(place);
	}
	vprot_small_memcpy(to, place->at, size);
	vprot_place_advance(place, size);
}

static __always_inline void vprot_place_write(struct vprot_place *place, const u8 *from,
					      unsigned int size)
{
	if (unlikely(size > place->left)) {
		memcpy(place->at, from, place->left);
		from += place->left;
		size -= place->left;
		vprot_place_turn_page(place);
	}
	vprot_small_memcpy(place->at, from, size);
	vprot_place_advance(place, size);
}

static __always_inline void vprot_place_copy(struct vprot_place *dst, struct vprot_place *src,
					     unsigned int size)
{
	if (unlikely(size > src->left)) {
		vprot_place_write(dst, src->at, src->left);
		size -= src->left;
		vprot_place_turn_page(src);
	}
	vprot_place_write(dst, src->at, size);
	vprot_place_advance(src, size);
}

/*
 * Gather the encrypted bytes of as many subsamples as there is room for; @to is moved on. Returns
 * the end of the subsamples. Inline it would get too few registers, and so would the next one.
 */
static noinline const struct drm_vprot_subsample *
vprot_small_gather(struct vprot_place src, const struct drm_vprot_subsample *sub,
		   const struct drm_vprot_subsample *end, u8 **to, size_t room)
{
	u8 *at = *to;

	for (; sub < end && vprot_small_is(sub) && sub->encrypted <= room; sub++) {
		vprot_place_skip(&src, sub->clear);
		vprot_place_read(&src, at, sub->encrypted);
		at += sub->encrypted;
		room -= sub->encrypted;
	}
	*to = at;
	return sub;
}

/* Write subsamples: clear bytes of the source, and what was gathered. Returns their bytes. */
static noinline size_t vprot_small_scatter(struct vprot_place dst, struct vprot_place src,
					   const struct drm_vprot_subsample *sub,
					   const struct drm_vprot_subsample *end, const u8 *from)
{
	size_t moved = 0;

	for (; sub < end; sub++) {
		u32 clear = sub->clear, encrypted = sub->encrypted;

		vprot_place_copy(&dst, &src, clear);
		vprot_place_write(&dst, from, encrypted);
		vprot_place_skip(&src, encrypted);
		from += encrypted;
		moved += clear + encrypted;
	}
	return moved;
}

/**
 * vprot_small_possible() - whether small subsamples of a blit can go together
 * @blt: a decryption blit that has its key
 *
 * Return: true for a key stream without a pattern, between buffers whose pages have addresses.
 */
bool vprot_small_possible(const struct vprot_blt *blt)
{
	const struct vprot_route *route = blt->route;

	return !IS_ENABLED(CONFIG_HIGHMEM) && !route->key->pool->chains &&
	       !blt->args->crypt_blocks && route->src_surface.pages && route->dst_surface.pages;
}

/**
 * vprot_small_run() - run small subsamples, as many as go together
 * @stream: the blit's key stream
 * @blt: the blit, for which vprot_small_possible()
 * @done: its bytes before these subsamples
 * @subsamples: the subsamples that are to come
 * @count: their number
 * @moved: gets the bytes of those that were run
 *
 * Return: how many were run, 0 if that does not pay, or the cipher's error. Sleeps.
 */
int vprot_small_run(struct vprot_stream *stream, const struct vprot_blt *blt, u64 done,
		    const struct drm_vprot_subsample *subsamples, u32 count, size_t *moved)
{
	const struct drm_vprot_subsample *end;
	struct vprot_place src, dst;
	u8 *scratch, *at;
	size_t room;
	u32 i;
	int ret;

	for (i = 0; i < MIN_TOGETHER; i++)
		if (i == count || !vprot_small_is(&subsamples[i]))
			return 0;

	ret = vprot_stream_lend(stream, &scratch, &room);
	if (ret)
		return ret;

	src = vprot_place(&blt->route->src_surface, blt->args->src_offset + done);
	dst = vprot_place(&blt->route->dst_surface, blt->args->dst_offset + done);
	at = scratch;
	end = vprot_small_gather(src, subsamples, subsamples + min_t(u32, count, MAX_TOGETHER),
				 &at, room);
	ret = vprot_stream_crypt_lent(stream, at - scratch);
	if (ret)
		return ret;

	*moved = vprot_small_scatter(dst, src, subsamples, end, scratch);
	return end - subsamples;
}
