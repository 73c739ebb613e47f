// SPDX-License-Identifier: MIT
/*
 * Blits: arrays of them are put together by "subsample", "blt", "wait_for" and "then_signal", and
 * submitted.
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
#define MAX_SYNC_STRIDE	256

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
		blt->key_size += blt->key_form == DRM_VPROT_KEY_KEYRING ? FZ_DESCRIPTION :
									  DRM_VPROT_KEY_SIZE;
		blt->key = fz_pointer(t, fz_value(call, "key"), memory + KEY_AT);
	}
	blt->result = fz_pointer(t, fz_value(call, "result"), memory + RESULT_AT);
	t->contents[t->num_blts++] = fz_value(call, "content");
	t->num_subsamples = 0;
	return 0;
}

int fz_wait_for(struct fz_thread *t, const struct fz_call *call)
{
	if (t->num_waits == FZ_SYNCS)
		return -E2BIG;
	fz_fill(t, call, &t->waits[t->num_waits++]);
	return 0;
}

int fz_then_signal(struct fz_thread *t, const struct fz_call *call)
{
	if (t->num_signals == FZ_SYNCS)
		return -E2BIG;
	fz_fill(t, call, &t->signals[t->num_signals++]);
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
		if (t->blts[i].key_form == DRM_VPROT_KEY_KEYRING)
			fz_description(t->contents[i], (char *)blt_memory(t, i) + KEY_AT);
		else if (s && s->has_key)
			vt_wrap(s->key, key, blt_memory(t, i) + KEY_AT);
	}
}

/* The same for the syncobjs of one kind; returns where they are. */
static __u64 lay_out_syncs(struct fz_thread *t, const struct fz_call *call, const char *field,
			   const struct drm_vprot_sync *syncs, unsigned int num, __u32 total,
			   __u32 stride)
{
	__u8 *good = fz_memory(t, call, field);

	if (stride > MAX_SYNC_STRIDE || stride < sizeof(syncs[0]))
		stride = sizeof(syncs[0]);
	memset(good, 0, FZ_SYNCS * MAX_SYNC_STRIDE);
	for (unsigned int i = 0; i < num; i++) {
		memcpy(good + i * stride, &syncs[i], sizeof(syncs[i]));
		if (fz_value(call, "tail") && stride > sizeof(syncs[i]))
			good[(i + 1) * stride - 1] = 1;
	}
	/* Nothing at all is what is usual. */
	return total || fz_value(call, field) != FZ_GOOD ?
	       fz_pointer(t, fz_value(call, field), good) : 0;
}

static void fill_syncs(struct fz_thread *t, const struct fz_call *call,
		       struct drm_vprot_submit *args)
{
	args->num_waits = t->num_waits + fz_value(call, "extra_waits");
	args->num_signals = t->num_signals + fz_value(call, "extra_signals");
	args->sync_stride = fz_value(call, "extra_sync_stride");
	if (args->num_waits || args->num_signals)
		args->sync_stride += sizeof(struct drm_vprot_sync);
	args->waits = lay_out_syncs(t, call, "waits", t->waits, t->num_waits, args->num_waits,
				    args->sync_stride);
	args->signals = lay_out_syncs(t, call, "signals", t->signals, t->num_signals,
				      args->num_signals, args->sync_stride);
}

/* Errors that the header has for some submissions alone. */
static void check_error(struct fz_thread *t, const struct drm_vprot_submit *args, int error)
{
	bool queued = args->num_waits || args->num_signals;

	if (error == -ENOSPC && !(queued && args->flags & DRM_VPROT_SUBMIT_NOWAIT))
		fz_violation(t, "-ENOSPC of a call that does not ask for it");
	if (error == -ETIMEDOUT && (queued || !fz_has_gates()))
		fz_violation(t, "-ETIMEDOUT of a call that waits for no other device");
}

static void check_results(struct fz_thread *t, struct fz_session *s, bool reads_back)
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
		if (reads_back && s->has_read_back && t->blts[i].size)
			fz_client_check_read_back(t, s, &t->blts[i], result);
	}
}

int fz_submit(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_submit *args = (void *)t->good;
	struct fz_session *s = fz_client_session(call, "session");
	__u64 blts = fz_value(call, "blts"), extra = fz_value(call, "extra_blts");
	bool queued, encrypts = call->type->request == DRM_IOCTL_VPROT_ENCRYPTION_BLT;
	int result;

	if (!fz_spend(blts_size(t)))
		return -ENOSPC;
	lay_out(t, s, fz_value(call, "blt_stride"), fz_value(call, "tail"));
	fz_fill(t, call, args);
	args->num_blts = t->num_blts + extra;
	args->blts = fz_pointer(t, blts, t->good + ARRAY_AT);
	fill_syncs(t, call, args);
	queued = args->num_waits || args->num_signals;
	result = fz_call_ioctl(t, call, args);
	if (fz_value(call, "arg") == FZ_GOOD)
		check_error(t, args, result);
	/* What is queued has its results, but nobody knows when its contents come. */
	if (!result && s && blts == FZ_GOOD && !extra)
		check_results(t, s, encrypts && !queued);
	return result;
}
