// SPDX-License-Identifier: MIT
/*
 * Blits: arrays of them are put together by "subsample" and "blt", and submitted.
 */
#include <errno.h>
#include <string.h>

#include "client.h"
#include "oracle.h"

#define BLT_MEMORY	2048	/* bytes of good memory for what a blit's pointers point to */
#define KEY_AT		0
#define RESULT_AT	64
#define SUBSAMPLES_AT	256
#define ARRAY_AT	(32 * 1024)
#define BLTS_AT		(96 * 1024)
#define MAX_STRIDE	4096

static __u8 *blt_memory(struct fz_thread *t, unsigned int number)
{
	return t->good + BLTS_AT + number * BLT_MEMORY;
}

int fz_subsample(struct fz_thread *t, const struct fz_call *call)
{
	if (t->num_subsamples == FZ_SUBSAMPLES)
		return -E2BIG;
	fz_fill(t, call, &t->subsamples[t->num_subsamples++]);
	return 0;
}

int fz_blt(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_blt *blt = &t->blts[t->num_blts];
	__u8 *memory = blt_memory(t, t->num_blts);

	if (t->num_blts == FZ_BLTS)
		return -E2BIG;
	fz_fill(t, call, blt);
	blt->num_subsamples = t->num_subsamples + fz_value(call, "extra_subsamples");
	blt->subsamples = blt->num_subsamples ?
			  fz_pointer(t, fz_value(call, "subsamples"), memory + SUBSAMPLES_AT) : 0;
	memcpy(memory + SUBSAMPLES_AT, t->subsamples, sizeof(t->subsamples));
	blt->key_size = fz_value(call, "extra_key_size");
	blt->key = 0;
	if (blt->key_form) {
		blt->key_size += DRM_VPROT_KEY_SIZE;
		blt->key = fz_pointer(t, fz_value(call, "key"), memory + KEY_AT);
	}
	blt->result = fz_pointer(t, fz_value(call, "result"), memory + RESULT_AT);
	t->contents[t->num_blts++] = fz_value(call, "content");
	t->num_subsamples = 0;
	return 0;
}

static __u64 blts_size(const struct fz_thread *t)
{
	__u64 size = 0;

	for (unsigned int i = 0; i < t->num_blts; i++)
		if (t->blts[i].size <= 4u << 20)
			size += t->blts[i].size;
	return size;
}

/* Lay the array out with the call's stride, as far as there is memory for it. */
static void lay_out(struct fz_thread *t, const struct fz_session *s, __u64 stride, bool tail)
{
	__u8 key[FZ_KEY];

	if (stride > MAX_STRIDE || stride < sizeof(t->blts[0]))
		stride = sizeof(t->blts[0]);
	memset(t->good + ARRAY_AT, 0, FZ_BLTS * MAX_STRIDE);
	for (unsigned int i = 0; i < t->num_blts; i++) {
		__u8 *at = t->good + ARRAY_AT + i * stride;

		memcpy(at, &t->blts[i], sizeof(t->blts[i]));
		if (tail && stride > sizeof(t->blts[i]))
			at[stride - 1] = 1;
		fz_client_content_key(t->contents[i], key);
		if (s && s->has_key)
			vt_wrap(s->key, key, blt_memory(t, i) + KEY_AT);
	}
}

static void check_results(struct fz_thread *t, struct fz_session *s, bool encrypts)
{
	__u64 epoch = 0;

	for (unsigned int i = 0; i < t->num_blts; i++) {
		struct drm_vprot_blt_result *result = (void *)(blt_memory(t, i) + RESULT_AT);

		if (t->blts[i].result != (__u64)(unsigned long)result)
			continue;
		if (epoch && result->epoch != epoch)
			fz_violation(t, "blits of one submission use epochs %llu and %llu", epoch,
				     result->epoch);
		epoch = result->epoch;
		if (t->blts[i].epoch && t->blts[i].epoch != epoch)
			fz_violation(t, "a blit that expects epoch %llu uses %llu",
				     t->blts[i].epoch, epoch);
		fz_client_epoch(t, s, epoch);
		if (encrypts && s->has_read_back && t->blts[i].size)
			fz_client_check_read_back(t, s, &t->blts[i], result);
	}
}

int fz_submit(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_submit *args = (void *)t->good;
	struct fz_session *s = fz_client_session(call, "session");
	__u64 blts = fz_value(call, "blts"), extra = fz_value(call, "extra_blts");
	bool encrypts = call->type->request == DRM_IOCTL_VPROT_ENCRYPTION_BLT;
	int result;

	if (!fz_spend(blts_size(t)))
		return -ENOSPC;
	lay_out(t, s, fz_value(call, "blt_stride"), fz_value(call, "tail"));
	fz_fill(t, call, args);
	args->num_blts = t->num_blts + extra;
	args->blts = fz_pointer(t, blts, t->good + ARRAY_AT);
	result = fz_call_ioctl(t, call, args);
	if (!result && s && blts == FZ_GOOD && !extra)
		check_results(t, s, encrypts);
	return result;
}
