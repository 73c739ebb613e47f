// SPDX-License-Identifier: GPL-2.0
/*
 * The key stream of a blit, laid over its encrypted bytes; or in CBC, the chain of its encrypted
 * blocks.
 *
 * Long runs go straight from the pages of the source to those of the destination. What cannot go
 * that way is gathered in a page of our own, encrypted there, and scattered: bytes of a key stream
 * block that is spread over several runs or pages, short runs, imported buffers, and all bytes of a
 * read-back while the cipher is one that stages.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/aes.h>
#include <crypto/skcipher.h>

#include "vprot_cipher.h"
#include "vprot_device.h"
#include "vprot_key.h"
#include "vprot_stream.h"
#include "vprot_surface.h"

#define BLOCK		AES_BLOCK_SIZE
/* Shorter runs are cheaper to copy twice than to give to the cipher alone. */
#define MIN_DIRECT	256
#define MAX_ENTRIES	64
#define MAX_PIECES	64

/* Where a piece of the gathered bytes goes. */
struct vprot_piece {
	u64 offset;
	unsigned int size;
};

/**
 * struct vprot_stream - a key stream or a chain, and its place
 */
struct vprot_stream {
	/** @req: request for the cipher */
	struct skcipher_request *req;
	/** @page: the gathered bytes */
	u8 *page;
	/** @used: how much of @page was ever written, to be wiped */
	unsigned int used;

	/** @key: the key */
	struct vprot_key *key;
	/** @dst: destination */
	const struct vprot_surface *dst;
	/** @src: source */
	const struct vprot_surface *src;
	/** @direct: the cipher may work on the pages of @dst and @src */
	bool direct;
	/** @iv: high half of the counter block */
	__be64 iv;
	/** @count: low half: number of the block that @page begins with, or that comes next */
	u64 count;
	/** @fill: bytes in @page, those of its first block that were done before included */
	unsigned int fill;
	/** @chain: in CBC, what the next block is chained to; CTR has @iv and @count */
	u8 chain[16];
	/** @done: bytes of the first block in @page that were done before */
	unsigned int done;
	/** @num_pieces: elements in @pieces */
	unsigned int num_pieces;
	/** @pieces: where the gathered bytes after the first @done go, in order */
	struct vprot_piece pieces[MAX_PIECES];
	/** @dst_sg: destination of a direct run */
	struct scatterlist dst_sg[MAX_ENTRIES];
	/** @src_sg: source of a direct run */
	struct scatterlist src_sg[MAX_ENTRIES];
};

/**
 * vprot_stream_alloc() - allocate what key streams need
 * @pool: the cipher of the keys to come
 * @gfp: how, and at whose cost
 *
 * Return: the stream, usable for one blit after the other, or NULL. Sleeps.
 */
struct vprot_stream *vprot_stream_alloc(const struct vprot_cipher_pool *pool, gfp_t gfp)
{
	struct vprot_stream *stream;

	stream = kmalloc(sizeof(*stream), gfp);
	if (!stream)
		return NULL;

	stream->used = 0;
	/* skcipher_request_alloc() would want an instance of the cipher. */
	stream->req = kmalloc(sizeof(*stream->req) + pool->reqsize, gfp);
	stream->page = (u8 *)__get_free_page(gfp);
	if (!stream->req || !stream->page) {
		vprot_stream_free(stream);
		return NULL;
	}
	return stream;
}

/**
 * vprot_stream_free() - wipe and free a stream
 * @stream: the stream or NULL
 */
void vprot_stream_free(struct vprot_stream *stream)
{
	if (!stream)
		return;

	if (stream->page) {
		memzero_explicit(stream->page, stream->used);
		free_page((unsigned long)stream->page);
	}
	skcipher_request_free(stream->req);
	kfree(stream);
}

/**
 * vprot_stream_begin() - begin a key stream
 * @stream: the stream
 * @key: its key, held by the caller until the end
 * @counter: its first counter block; in CBC, the IV
 * @dst: where the result goes, valid until the end
 * @src: where the input is, valid until the end
 * @exposed: user space can see @dst
 */
void vprot_stream_begin(struct vprot_stream *stream, struct vprot_key *key, const u8 counter[16],
			const struct vprot_surface *dst, const struct vprot_surface *src,
			bool exposed)
{
	__be64 halves[2];

	memcpy(halves, counter, sizeof(halves));
	memcpy(stream->chain, counter, sizeof(stream->chain));
	stream->iv = halves[0];
	/* A chain has no count that could wrap. */
	stream->count = key->pool->chains ? 0 : be64_to_cpu(halves[1]);
	stream->key = key;
	stream->dst = dst;
	stream->src = src;
	stream->direct = dst->pages && src->pages &&
			 !(exposed && key->pool->stages);
	stream->fill = 0;
	stream->done = 0;
	stream->num_pieces = 0;
}

/* Bytes from a block on before the count wraps, which the cipher would carry into the IV. */
static size_t vprot_stream_before_wrap(u64 count, size_t size)
{
	u64 blocks = -count;

	return blocks && blocks < DIV_ROUND_UP(size, BLOCK) ? blocks * BLOCK : size;
}

/* Run the cipher over blocks that do not wrap the count, in CBC whole ones, and advance. */
static int vprot_stream_run(struct vprot_stream *stream, struct scatterlist *dst,
			    struct scatterlist *src, size_t size)
{
	__be64 counter[2] = { stream->iv, cpu_to_be64(stream->count) };

	if (stream->key->pool->chains)
		return vprot_cipher_cbc(stream->req, stream->key->cipher, src, dst, size,
					stream->chain);

	stream->count += size / BLOCK;
	return vprot_cipher_ctr(stream->req, stream->key->cipher, src, dst, size, (u8 *)counter);
}

/* Encrypt the gathered bytes and scatter them. */
static int vprot_stream_flush(struct vprot_stream *stream)
{
	size_t size = round_up(stream->fill, BLOCK);
	unsigned int at, i;
	struct scatterlist sg;
	int ret;

	if (!stream->num_pieces)
		return 0;

	stream->used = max_t(unsigned int, stream->used, size);
	for (at = 0; at < size; at += sg.length) {
		sg_init_one(&sg, stream->page + at,
			    vprot_stream_before_wrap(stream->count, size - at));
		ret = vprot_stream_run(stream, &sg, &sg, sg.length);
		if (ret)
			return ret;
	}

	at = stream->done;
	for (i = 0; i < stream->num_pieces; i++) {
		vprot_surface_write(stream->dst, stream->pieces[i].offset, stream->page + at,
				    stream->pieces[i].size);
		at += stream->pieces[i].size;
	}

	/* A block that is not complete is taken up again by what comes next. */
	stream->done = stream->fill % BLOCK;
	stream->fill = stream->done;
	stream->num_pieces = 0;
	if (stream->done)
		stream->count--;
	return 0;
}

/* Take as much of a run as fits into the gathered bytes, at most the given size. */
static size_t vprot_stream_gather(struct vprot_stream *stream, u64 dst_offset, u64 src_offset,
				  size_t size)
{
	struct vprot_piece *last = NULL;

	size = min_t(size_t, size, PAGE_SIZE - stream->fill);
	vprot_surface_read(stream->src, src_offset, stream->page + stream->fill, size);
	stream->fill += size;
	stream->used = max(stream->used, stream->fill);

	if (stream->num_pieces)
		last = &stream->pieces[stream->num_pieces - 1];
	if (last && last->offset + last->size == dst_offset) {
		last->size += size;
	} else {
		stream->pieces[stream->num_pieces].offset = dst_offset;
		stream->pieces[stream->num_pieces].size = size;
		stream->num_pieces++;
	}
	return size;
}

/* Whether bytes at these places can go directly at all. */
static bool vprot_stream_direct(const struct vprot_stream *stream, u64 dst_offset, u64 src_offset)
{
	return stream->direct && !((dst_offset | src_offset) & stream->key->pool->alignmask);
}

/* How many bytes of such a run, which begins with a key stream block, can go directly at once. */
static size_t vprot_stream_direct_size(const struct vprot_stream *stream, u64 dst_offset,
				       u64 src_offset, size_t size)
{
	u64 count = stream->count + stream->fill / BLOCK;

	/* A block must not lie in two pages, or the crypto API leaves a copy of it behind. */
	if ((dst_offset | src_offset) % BLOCK)
		size = min3(size, PAGE_SIZE - offset_in_page(dst_offset),
			    PAGE_SIZE - offset_in_page(src_offset));
	else
		size = min_t(size_t, size, (MAX_ENTRIES - 1) * PAGE_SIZE);

	size = round_down(vprot_stream_before_wrap(count, size), BLOCK);
	return size >= MIN_DIRECT ? size : 0;
}

static void vprot_stream_fill_sg(struct scatterlist *sg, struct page **pages, u64 offset,
				 size_t size)
{
	sg_init_table(sg, DIV_ROUND_UP(offset_in_page(offset) + size, PAGE_SIZE));
	while (size) {
		size_t n = min_t(size_t, size, PAGE_SIZE - offset_in_page(offset));

		sg_set_page(sg++, pages[offset >> PAGE_SHIFT], n, offset_in_page(offset));
		offset += n;
		size -= n;
	}
}

static int vprot_stream_run_direct(struct vprot_stream *stream, u64 dst_offset, u64 src_offset,
				   size_t size)
{
	vprot_stream_fill_sg(stream->dst_sg, stream->dst->pages, dst_offset, size);
	vprot_stream_fill_sg(stream->src_sg, stream->src->pages, src_offset, size);
	return vprot_stream_run(stream, stream->dst_sg, stream->src_sg, size);
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
	memcpy(stream->chain, iv, sizeof(stream->chain));
	return ret;
}

/**
 * vprot_stream_crypt() - run the key stream on over a run of bytes
 * @stream: the stream
 * @dst_offset: where the run begins in the destination
 * @src_offset: where it begins in the source
 * @size: bytes, within the buffers; in CBC whole blocks
 *
 * The last bytes may be written as late as in vprot_stream_end(). Sleeps.
 *
 * Return: 0 or the cipher's error.
 */
int vprot_stream_crypt(struct vprot_stream *stream, u64 dst_offset, u64 src_offset, size_t size)
{
	int ret;

	while (size) {
		bool direct = vprot_stream_direct(stream, dst_offset, src_offset);
		size_t into_block = stream->fill % BLOCK;
		size_t n = 0;

		if (direct && !into_block)
			n = vprot_stream_direct_size(stream, dst_offset, src_offset, size);
		if (n) {
			ret = vprot_stream_flush(stream) ?:
			      vprot_stream_run_direct(stream, dst_offset, src_offset, n);
			if (ret)
				return ret;
		} else {
			/* Only to the end of the block, if a direct run may follow there. */
			n = direct && size >= BLOCK + MIN_DIRECT ? BLOCK - into_block : size;
			n = vprot_stream_gather(stream, dst_offset, src_offset, n);
			if (stream->fill == PAGE_SIZE || stream->num_pieces == MAX_PIECES) {
				ret = vprot_stream_flush(stream);
				if (ret)
					return ret;
			}
		}
		dst_offset += n;
		src_offset += n;
		size -= n;
	}
	return 0;
}

/**
 * vprot_stream_end() - write what is not written yet
 * @stream: the stream
 *
 * Return: 0 or the cipher's error. Sleeps.
 */
int vprot_stream_end(struct vprot_stream *stream)
{
	return vprot_stream_flush(stream);
}
