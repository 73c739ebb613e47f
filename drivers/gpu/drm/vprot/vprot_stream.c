// SPDX-License-Identifier: GPL-2.0
/*
 * The key stream of a blit, laid over its encrypted bytes; or in CBC, the chain of its encrypted
 * blocks.
 *
 * The encrypted bytes are collected, run after run, for one request to the cipher. Long runs go
 * straight from the pages of the source to those of the destination. What cannot go that way is
 * gathered in memory of our own, takes its place in the request, and is scattered afterwards: key
 * stream blocks that are spread over several runs or pages, short runs, imported buffers, and all
 * bytes of a read-back while the cipher is one that stages. Small subsamples are gathered and
 * scattered in vprot_small.c, which borrows that memory.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/aes.h>

#include "vprot_blt.h"
#include "vprot_cipher.h"
#include "vprot_device.h"
#include "vprot_key.h"
#include "vprot_stream.h"
#include "vprot_surface.h"

#define BLOCK		AES_BLOCK_SIZE
/*
 * Among others, shorter runs are cheaper to copy twice than to give to the cipher on their own; if
 * what comes before them is copied anyway, those of twice that size.
 */
#define MIN_DIRECT	384
/* So that a stream fits into 4 KiB. */
#define MAX_ENTRIES	40
#define MAX_PIECES	40
/* With so many subsamples a second page of gathered bytes pays. */
#define MANY_SUBSAMPLES	64
/* In a request: more than entries can hold. */
#define MAX_BLOCKS	SZ_64K

/* Where a piece of the gathered bytes goes. */
struct vprot_piece {
	u64 offset;
	unsigned int size;
};

/**
 * struct vprot_stream - a key stream or a chain, and its place
 */
struct vprot_stream {
	/** @pool: the cipher */
	struct vprot_cipher_pool *pool;
	/** @is_spare: it is kept for reuse afterwards */
	bool is_spare;
	/** @exposed: user space can see where the results go */
	bool exposed;
	/** @request: request for the cipher; in CBC its IV is the chain */
	struct vprot_cipher_request *request;
	/** @key: the key */
	const struct vprot_key *key;
	/** @dst: destination */
	const struct vprot_surface *dst;
	/** @src: source */
	const struct vprot_surface *src;
	/** @direct: the cipher may work on the pages of @dst and @src */
	bool direct;
	/** @min_direct: bytes of a run that go directly, at least */
	unsigned int min_direct;
	/** @iv: high half of the counter block */
	__be64 iv;
	/** @count: low half: number of the block that the request begins with */
	u64 count;

	/** @limit: bytes that the request may have */
	size_t limit;
	/** @size: bytes in the request, those of its first block that were done before included */
	size_t size;
	/** @done: bytes of the first block that were done before */
	unsigned int done;
	/** @num_entries: elements in use in @dst_sg and @src_sg */
	unsigned int num_entries;
	/** @num_pieces: elements in use in @pieces */
	unsigned int num_pieces;
	/** @fill: bytes gathered */
	unsigned int fill;
	/** @gathering: the last entry is of @scratch */
	bool gathering;

	/** @max_entries: elements of @dst_sg and @src_sg */
	unsigned int max_entries;
	/** @max_pieces: elements of @pieces */
	unsigned int max_pieces;
	/** @dst_sg: destination of the request; all entries but the last hold whole blocks */
	struct scatterlist *dst_sg;
	/** @src_sg: source, entry by entry */
	struct scatterlist *src_sg;
	/** @scratch: the gathered bytes; as in the request, they begin with the @done ones */
	u8 *scratch;
	/** @room: bytes at @scratch, whole blocks */
	unsigned int room;
	/** @used: how much of @scratch requests have had, at most */
	unsigned int used;
	/** @pieces: where the gathered bytes after the first @done go, in order */
	struct vprot_piece *pieces;
	/** @small: room for what is left at the ends of direct runs */
	u8 small[4 * BLOCK];
};

/* Whether the cipher may work on the pages of buffers. */
static bool vprot_route_is_direct(const struct vprot_route *route,
				  const struct vprot_cipher_pool *pool, bool exposed)
{
	return route->dst_surface.pages && route->src_surface.pages && !pool->alignmask &&
	       !(exposed && pool->stages);
}

/* Whether any blit of a job may have to gather most of its bytes. */
static bool vprot_job_gathers(const struct vprot_job *job, const struct vprot_cipher_pool *pool)
{
	u32 i;

	for (i = 0; i < job->num_routes; i++)
		if (!vprot_route_is_direct(&job->routes[i], pool, job->encrypts))
			return true;
	return job->caps & DRM_VPROT_CAP_PARTIAL_DECRYPTION;
}

/* Entries that serve the blits of a job best, if all of them go directly. */
static size_t vprot_job_entries(const struct vprot_job *job)
{
	u64 size = 0;
	u32 i;

	for (i = 0; i < job->num_blts; i++)
		size = max(size, job->args[i].size);
	return min_t(u64, (size >> PAGE_SHIFT) + 2, MAX_ENTRIES);
}

/* Make a stream, in one piece of memory. */
static struct vprot_stream *vprot_stream_create(const struct vprot_cipher_pool *pool,
						size_t entries, size_t pieces, gfp_t gfp)
{
	struct vprot_stream *stream;
	size_t size;

	/* skcipher_request_alloc() would want an instance of the cipher. */
	size = ALIGN(sizeof(*stream) + entries * 2 * sizeof(struct scatterlist) +
		     pieces * sizeof(struct vprot_piece), __alignof__(*stream->request));
	stream = kmalloc(size + sizeof(*stream->request) + pool->reqsize, gfp);
	if (!stream)
		return NULL;

	stream->request = (void *)stream + size;
	vprot_cipher_request_init(stream->request);
	stream->max_entries = entries;
	stream->max_pieces = pieces;
	stream->dst_sg = (void *)(stream + 1);
	stream->src_sg = stream->dst_sg + entries;
	stream->pieces = (void *)(stream->src_sg + entries);
	sg_init_table(stream->dst_sg, entries);
	sg_init_table(stream->src_sg, entries);
	return stream;
}

/**
 * vprot_stream_alloc() - allocate what the key streams of a job need
 * @job: the job
 * @pool: the cipher of the keys to come
 * @gfp: how, and at whose cost
 *
 * It is enough for any blit, and most at once for those of the job.
 *
 * Return: the stream, usable for one blit after the other, or NULL. Sleeps.
 */
struct vprot_stream *vprot_stream_alloc(const struct vprot_job *job,
					struct vprot_cipher_pool *pool, gfp_t gfp)
{
	bool gathers = vprot_job_gathers(job, pool);
	struct vprot_stream *stream;

	if (!job->queued)
		stream = vprot_spares_take(&pool->streams) ?:
			 vprot_stream_create(pool, MAX_ENTRIES, MAX_PIECES, gfp);
	else if (gathers)
		stream = vprot_stream_create(pool, MAX_ENTRIES, MAX_PIECES, gfp);
	else
		stream = vprot_stream_create(pool, vprot_job_entries(job), 3, gfp);
	if (!stream)
		return NULL;

	/* What is queued may stay for long, at the cost of its caller. */
	stream->is_spare = !job->queued;
	stream->exposed = job->encrypts;
	stream->pool = pool;
	stream->scratch = stream->small;
	stream->room = sizeof(stream->small);
	stream->fill = 0;
	stream->used = 0;
	stream->min_direct = BLOCK;
	if (gathers) {
		stream->min_direct = MIN_DIRECT;
		stream->room = job->num_subsamples < MANY_SUBSAMPLES ? PAGE_SIZE : 2 * PAGE_SIZE;
		stream->scratch = kmalloc(stream->room, gfp);
		if (!stream->scratch) {
			kfree(stream);
			return NULL;
		}
	}
	return stream;
}

/**
 * vprot_stream_free() - wipe a stream, and free it or keep it for reuse
 * @stream: the stream or NULL
 */
void vprot_stream_free(struct vprot_stream *stream)
{
	if (!stream)
		return;

	/* Stopped in between, it has gathered what no request has had. */
	memzero_explicit(stream->scratch, max(stream->used, stream->fill));
	/* In the request may be what an implementation has left there. */
	memzero_explicit(stream->request->req.__ctx, stream->pool->reqsize);
	if (stream->scratch != stream->small)
		kfree(stream->scratch);
	if (!stream->is_spare || !vprot_spares_put(&stream->pool->streams, stream))
		kfree(stream);
}

/* The cipher would carry the count into the IV: no request goes on where it wraps. */
static size_t vprot_stream_limit(u64 count)
{
	return count ? min_t(u64, -count, MAX_BLOCKS) * BLOCK : MAX_BLOCKS * BLOCK;
}

/**
 * vprot_stream_begin() - begin a key stream
 * @stream: the stream
 * @route: key and buffers, valid until the last vprot_stream_flush(), or an error
 * @counter: its first counter block; in CBC, the IV
 */
void vprot_stream_begin(struct vprot_stream *stream, const struct vprot_route *route,
			const u8 counter[16])
{
	const struct vprot_cipher_pool *pool = route->key->pool;
	__be64 *iv = stream->request->iv;

	memcpy(iv, counter, sizeof(stream->request->iv));
	stream->iv = iv[0];
	/* A chain has no count that could wrap. */
	stream->count = pool->chains ? 0 : be64_to_cpu(iv[1]);
	stream->key = route->key;
	stream->dst = &route->dst_surface;
	stream->src = &route->src_surface;
	stream->direct = vprot_route_is_direct(route, pool, stream->exposed);
	stream->limit = vprot_stream_limit(stream->count);
	stream->size = 0;
	stream->done = 0;
	stream->num_entries = 0;
	stream->num_pieces = 0;
	stream->fill = 0;
	stream->gathering = false;
}

/* Write what was gathered and went through the cipher. */
static void vprot_stream_scatter(struct vprot_stream *stream)
{
	const u8 *from = stream->scratch + stream->done;
	unsigned int i;

	for (i = 0; i < stream->num_pieces; i++) {
		const struct vprot_piece *piece = &stream->pieces[i];

		vprot_surface_write(stream->dst, piece->offset, from, piece->size);
		from += piece->size;
	}
	stream->num_pieces = 0;
}

/**
 * vprot_stream_flush() - write what is not written yet
 * @stream: the stream, which may run on
 *
 * Return: 0 or the cipher's error. Sleeps.
 */
int vprot_stream_flush(struct vprot_stream *stream)
{
	unsigned int into_block = stream->size % BLOCK;
	unsigned int pad = -into_block % BLOCK;
	unsigned int last = stream->num_entries - 1;
	struct scatterlist *dst_end, *src_end;
	int ret;

	if (!stream->num_entries)
		return 0;

	/* A block that is not complete is the last one gathered. */
	dst_end = &stream->dst_sg[last];
	src_end = &stream->src_sg[last];
	dst_end->length += pad;
	src_end->length += pad;
	stream->used = max(stream->used, stream->fill + pad);

	/* The cipher leaves a chain as it goes on, but a count behind an incomplete block. */
	if (!stream->key->pool->chains) {
		stream->request->iv[0] = stream->iv;
		stream->request->iv[1] = cpu_to_be64(stream->count);
	}
	sg_mark_end(dst_end);
	sg_mark_end(src_end);
	ret = vprot_cipher_run(stream->request, stream->key, stream->src_sg, stream->dst_sg,
			       stream->size + pad);
	sg_unmark_end(dst_end);
	sg_unmark_end(src_end);
	if (ret)
		return ret;

	if (stream->num_pieces)
		vprot_stream_scatter(stream);

	/* It is taken up again by what comes next. */
	stream->count += stream->size / BLOCK;
	stream->limit = vprot_stream_limit(stream->count);
	stream->size = into_block;
	stream->done = into_block;
	stream->num_entries = 0;
	stream->gathering = false;
	stream->fill = into_block;
	return 0;
}

static inline void vprot_stream_add_entry(struct vprot_stream *stream, struct page *dst,
					  unsigned int dst_offset, struct page *src,
					  unsigned int src_offset, unsigned int size)
{
	struct scatterlist *dst_sg = &stream->dst_sg[stream->num_entries];
	struct scatterlist *src_sg = &stream->src_sg[stream->num_entries];

	sg_set_page(dst_sg, dst, size, dst_offset);
	sg_set_page(src_sg, src, size, src_offset);
	stream->num_entries++;
}

/*
 * Take whole blocks that lie in one page each of source and destination, and the whole pages of the
 * run that follow.
 */
static size_t vprot_stream_add_direct(struct vprot_stream *stream, u64 dst_offset, u64 src_offset,
				      size_t blocks, size_t run)
{
	size_t size = 0, n = blocks;

	do {
		vprot_stream_add_entry(stream,
				       stream->dst->pages[dst_offset >> PAGE_SHIFT],
				       offset_in_page(dst_offset),
				       stream->src->pages[src_offset >> PAGE_SHIFT],
				       offset_in_page(src_offset), n);
		dst_offset += n;
		src_offset += n;
		size += n;
		n = PAGE_SIZE;
	} while (run - size >= n && !offset_in_page(dst_offset | src_offset) &&
		 stream->num_entries < stream->max_entries);

	stream->gathering = false;
	stream->size += size;
	return size;
}

/* Take as much of a run as there is room for. */
static size_t vprot_stream_gather(struct vprot_stream *stream, u64 dst_offset, u64 src_offset,
				  size_t size)
{
	struct vprot_piece *piece = &stream->pieces[stream->num_pieces];
	unsigned int into_block = stream->size % BLOCK;

	size = min_t(size_t, size, stream->room - stream->fill);
	vprot_surface_read(stream->src, src_offset, stream->scratch + stream->fill, size);

	if (stream->gathering) {
		stream->dst_sg[stream->num_entries - 1].length += size;
		stream->src_sg[stream->num_entries - 1].length += size;
	} else {
		/* What was done of the block before is there, too. */
		u8 *begin = stream->scratch + stream->fill - into_block;
		struct page *page = virt_to_page(begin);

		vprot_stream_add_entry(stream, page, offset_in_page(begin),
				       page, offset_in_page(begin), into_block + size);
		stream->gathering = true;
	}
	stream->size += size;
	stream->fill += size;

	if (stream->num_pieces && piece[-1].offset + piece[-1].size == dst_offset) {
		piece[-1].size += size;
	} else {
		piece->offset = dst_offset;
		piece->size = size;
		stream->num_pieces++;
	}
	return size;
}

/*
 * How much of a run to take next, and whether directly. A block must not lie in two entries, or the
 * crypto API leaves a copy of it behind.
 */
static size_t vprot_stream_next(const struct vprot_stream *stream, u64 dst_offset, u64 src_offset,
				size_t size, bool *direct)
{
	size_t into_block = stream->size % BLOCK, n;

	*direct = false;
	if (!stream->direct)
		return size;

	if (into_block) {
		n = BLOCK - into_block;
	} else {
		n = PAGE_SIZE - max(offset_in_page(dst_offset), offset_in_page(src_offset));
		n = min(n, size);
		if (n >= stream->min_direct) {
			*direct = true;
			return round_down(n, BLOCK);
		}
		n = round_up(n, BLOCK);
	}
	/* Only to the end of the block, if a direct run is to follow there. */
	return size >= n + 2 * stream->min_direct ? n : size;
}

static bool vprot_stream_is_full(const struct vprot_stream *stream)
{
	return stream->num_entries == stream->max_entries || stream->fill == stream->room ||
	       stream->num_pieces == stream->max_pieces;
}

/**
 * vprot_stream_restart() - begin a subsample's encrypted part
 * @stream: the stream
 * @iv: the IV that the stream began with
 *
 * A chain starts anew there; a key stream runs on.
 *
 * Return: 0 or the cipher's error. Sleeps.
 */
int vprot_stream_restart(struct vprot_stream *stream, const u8 iv[16])
{
	int ret;

	if (!stream->key->pool->chains)
		return 0;

	ret = vprot_stream_flush(stream);
	memcpy(stream->request->iv, iv, sizeof(stream->request->iv));
	return ret;
}

/**
 * vprot_stream_crypt() - run the key stream on over a run of bytes
 * @stream: the stream
 * @dst_offset: where the run begins in the destination
 * @src_offset: where it begins in the source
 * @size: bytes, within the buffers; in CBC whole blocks
 *
 * They may be written as late as in vprot_stream_flush(), which has to follow. Sleeps.
 *
 * Return: 0 or the cipher's error.
 */
int vprot_stream_crypt(struct vprot_stream *stream, u64 dst_offset, u64 src_offset, size_t size)
{
	while (size) {
		size_t run = min(size, stream->limit - stream->size), n;
		bool direct;
		int ret;

		if (!run || vprot_stream_is_full(stream)) {
			ret = vprot_stream_flush(stream);
			if (ret)
				return ret;
			continue;
		}

		n = vprot_stream_next(stream, dst_offset, src_offset, run, &direct);
		if (direct)
			n = vprot_stream_add_direct(stream, dst_offset, src_offset, n, run);
		else
			n = vprot_stream_gather(stream, dst_offset, src_offset, n);
		dst_offset += n;
		src_offset += n;
		size -= n;
	}
	return 0;
}

/**
 * vprot_stream_lend() - lend memory for bytes that the key stream runs on over next
 * @stream: a key stream, not a chain
 * @scratch: gets the memory, which is wiped with the stream
 * @room: gets its size, at least 1
 *
 * Return: 0 or the cipher's error. Sleeps.
 */
int vprot_stream_lend(struct vprot_stream *stream, u8 **scratch, size_t *room)
{
	int ret = 0;

	if (stream->num_entries)
		ret = vprot_stream_flush(stream);
	*scratch = stream->scratch + stream->done;
	*room = min_t(size_t, stream->room, stream->limit) - stream->done;
	return ret;
}

/**
 * vprot_stream_crypt_lent() - run the key stream on over bytes in lent memory, in place
 * @stream: the stream
 * @size: their number
 *
 * Return: 0 or the cipher's error. Sleeps.
 */
int vprot_stream_crypt_lent(struct vprot_stream *stream, size_t size)
{
	struct page *page = virt_to_page(stream->scratch);
	unsigned int offset = offset_in_page(stream->scratch);

	if (!size)
		return 0;

	stream->size += size;
	stream->fill += size;
	vprot_stream_add_entry(stream, page, offset, page, offset, stream->size);
	return vprot_stream_flush(stream);
}
