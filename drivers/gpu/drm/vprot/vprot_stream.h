/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_STREAM_H__
#define __VPROT_STREAM_H__

#include <linux/types.h>

struct vprot_cipher_pool;
struct vprot_job;
struct vprot_route;
struct vprot_stream;

struct vprot_stream *vprot_stream_alloc(const struct vprot_job *job,
					struct vprot_cipher_pool *pool, gfp_t gfp);
void vprot_stream_free(struct vprot_stream *stream);

void vprot_stream_begin(struct vprot_stream *stream, const struct vprot_route *route,
			const u8 counter[16]);
int vprot_stream_restart(struct vprot_stream *stream, const u8 iv[16]);
int vprot_stream_crypt(struct vprot_stream *stream, u64 dst_offset, u64 src_offset, size_t size);
int vprot_stream_lend(struct vprot_stream *stream, u8 **scratch, size_t *room);
int vprot_stream_crypt_lent(struct vprot_stream *stream, size_t size);
int vprot_stream_flush(struct vprot_stream *stream);

#endif /* __VPROT_STREAM_H__ */
