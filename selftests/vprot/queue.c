// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "queue.h"

void vt_stage_open(struct vt_stage *stage, __u64 size)
{
	stage->fd = vt_open();
	stage->size = size;
	vt_session_open(&stage->s, stage->fd, 0);
	vt_gate(&stage->gate, stage->fd);
	vt_clear(&stage->zeros, stage->fd, size);
	vt_clear(&stage->clear, stage->fd, size);
	vt_protected(&stage->secret, stage->fd, size);
	vt_protected(&stage->other, stage->fd, size);
	stage->done = vt_syncobj(stage->fd);
}

void vt_stage_close(struct vt_stage *stage)
{
	munmap(stage->zeros.map, stage->size);
	munmap(stage->clear.map, stage->size);
	close(stage->fd);
	vt_gate_free(&stage->gate);
}

struct drm_vprot_blt vt_stage_blit(const struct vt_stage *stage, const struct vt_buffer *dst,
				   __u64 i)
{
	struct drm_vprot_blt blt = {
		.src = stage->zeros.handle,
		.dst = dst->handle,
		.size = stage->size,
	};

	vt_iv(blt.iv, i, 0);
	return blt;
}

bool vt_is_stream(const __u8 *data, __u64 size, __u64 i, const __u8 key[VT_KEY])
{
	__u8 *expected = calloc(1, size), iv[16];
	bool same;

	if (!expected)
		vt_fatal("no memory for %llu bytes", (unsigned long long)size);
	vt_iv(iv, i, 0);
	vt_ctr(key, iv, expected, size);
	same = !memcmp(data, expected, size);
	free(expected);
	return same;
}

bool vt_stage_holds(struct vt_stage *stage, const struct vt_buffer *secret, __u64 offset,
		    __u64 size, __u64 i, const __u8 key[VT_KEY])
{
	__u8 *plain = malloc(size);
	bool holds;

	if (!plain)
		vt_fatal("no memory for %llu bytes", (unsigned long long)size);
	vt_read_back(&stage->s, secret, offset, plain, size);
	holds = vt_is_stream(plain, size, i, key);
	free(plain);
	return holds;
}

__u32 vt_queue_work(const struct vt_session *s, const struct drm_vprot_blt *how)
{
	enum { LARGE = 16 << 20, COUNT = 16, JOBS = 128 };
	struct drm_vprot_sync done = { .handle = vt_syncobj(s->fd) };
	struct vt_queue signals = { .signals = &done, .num_signals = 1 };
	struct drm_vprot_blt blts[COUNT];
	struct vt_buffer zeros, secret;

	vt_clear(&zeros, s->fd, LARGE);
	/* Mapped, it would keep the file open. */
	munmap(zeros.map, LARGE);
	vt_protected(&secret, s->fd, LARGE);
	for (int i = 0; i < COUNT; i++) {
		blts[i] = *how;
		blts[i].src = zeros.handle;
		blts[i].dst = secret.handle;
		blts[i].size = LARGE;
	}
	for (int i = 0; i < JOBS; i++)
		if (vt_queue_array(s, DECRYPT, blts, COUNT, &signals))
			vt_fatal("job %d was not queued", i);
	return done.handle;
}
