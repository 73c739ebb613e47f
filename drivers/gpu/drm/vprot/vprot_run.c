// SPDX-License-Identifier: GPL-2.0
/*
 * Execution of the blits of a job.
 */
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include <crypto/aes.h>

#include "vprot_blt.h"
#include "vprot_cipher.h"
#include "vprot_device.h"
#include "vprot_key.h"
#include "vprot_session.h"
#include "vprot_small.h"
#include "vprot_split.h"
#include "vprot_stream.h"
#include "vprot_trace.h"

/* How a job is getting on: bytes done of its current blit, and bytes since the last pause. */
struct vprot_progress {
	struct vprot_job *job;
	const struct vprot_blt *blt;
	u64 done;
	size_t since_pause;
};

static int vprot_blt_pause(struct vprot_progress *progress)
{
	progress->since_pause = 0;
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	return vprot_session_stopped(progress->job->session);
}

/* Bytes are done: after each chunk's worth of them, pause. */
static int vprot_blt_advance(struct vprot_progress *progress, size_t size)
{
	progress->done += size;
	progress->since_pause += size;
	return progress->since_pause < VPROT_CHUNK_SIZE ? 0 : vprot_blt_pause(progress);
}

static int vprot_blt_run_chunks(struct vprot_progress *progress, u64 size, bool encrypted)
{
	const struct vprot_blt *blt = progress->blt;
	int ret = 0;

	while (size && !ret) {
		u64 dst_offset = blt->args->dst_offset + progress->done;
		u64 src_offset = blt->args->src_offset + progress->done;
		size_t n = min_t(u64, size, VPROT_CHUNK_SIZE);

		if (encrypted)
			ret = vprot_stream_crypt(progress->job->stream, dst_offset, src_offset, n);
		else
			vprot_surface_copy(&blt->route->dst_surface, dst_offset,
					   &blt->route->src_surface, src_offset, n);
		size -= n;
		ret = ret ?: vprot_blt_advance(progress, n);
	}
	return ret;
}

static inline int vprot_blt_run_run(struct vprot_progress *progress, u64 size, bool encrypted)
{
	return size ? vprot_blt_run_chunks(progress, size, encrypted) : 0;
}

/* The encrypted part of a subsample, under a pattern. */
static int vprot_blt_run_pattern(struct vprot_progress *progress, u64 size)
{
	const struct vprot_blt *blt = progress->blt;
	u64 crypt = (u64)blt->args->crypt_blocks * AES_BLOCK_SIZE;
	u64 skip = (u64)blt->args->skip_blocks * AES_BLOCK_SIZE;
	int ret = 0;

	while (size >= crypt && !ret) {
		ret = vprot_blt_run_run(progress, crypt, true) ?:
		      vprot_blt_run_run(progress, min(skip, size - crypt), false);
		size -= crypt + min(skip, size - crypt);
	}
	return ret ?: vprot_blt_run_run(progress, size, false);
}

/* The encrypted part of a subsample. */
static int vprot_blt_run_encrypted(struct vprot_progress *progress, u64 size)
{
	const struct vprot_blt *blt = progress->blt;
	u64 whole;

	if (blt->args->crypt_blocks)
		return vprot_blt_run_pattern(progress, size);
	if (!blt->route->key->pool->chains)
		return vprot_blt_run_run(progress, size, true);

	whole = round_down(size, AES_BLOCK_SIZE);
	return vprot_blt_run_run(progress, whole, true) ?:
	       vprot_blt_run_run(progress, size - whole, false);
}

/* Clear bytes, then encrypted ones. */
static int vprot_blt_run_subsample(struct vprot_progress *progress,
				   const struct drm_vprot_subsample *sub)
{
	return vprot_blt_run_run(progress, sub->clear, false) ?:
	       vprot_stream_restart(progress->job->stream, progress->blt->args->iv) ?:
	       vprot_blt_run_encrypted(progress, sub->encrypted);
}

/* Small subsamples, as many as go together. Returns their number or an error. */
static int vprot_blt_run_small(struct vprot_progress *progress,
			       const struct drm_vprot_subsample *subsamples, u32 count)
{
	const struct vprot_blt *blt = progress->blt;
	size_t moved;
	int num;

	num = vprot_small_run(progress->job->stream, blt, progress->done, subsamples, count,
			      &moved);
	return num <= 0 ? num : vprot_blt_advance(progress, moved) ?: num;
}

static int vprot_blt_run_subsamples(struct vprot_progress *progress)
{
	const struct vprot_blt *blt = progress->blt;
	bool small = vprot_small_possible(blt);
	u32 i, count = blt->args->num_subsamples;
	int ret = 0;

	for (i = 0; i < count && ret >= 0; i += ret) {
		const struct drm_vprot_subsample *sub = &blt->subsamples[i];

		ret = small && vprot_small_is(sub) ?
		      vprot_blt_run_small(progress, sub, count - i) : 0;
		if (!ret)
			ret = vprot_blt_run_subsample(progress, sub) ?: 1;
	}
	return min(ret, 0);
}

static int vprot_blt_run(struct vprot_progress *progress, const struct vprot_blt *blt)
{
	struct vprot_job *job = progress->job;
	int ret;

	if (job->split && vprot_split_takes(blt)) {
		progress->since_pause = 0;
		return vprot_split_run(job->split, blt);
	}

	progress->blt = blt;
	progress->done = 0;
	vprot_stream_begin(job->stream, blt->route, blt->args->iv);

	ret = blt->args->num_subsamples ? vprot_blt_run_subsamples(progress) :
					  vprot_blt_run_encrypted(progress, blt->args->size);
	return ret ?: vprot_stream_flush(job->stream);
}

/**
 * vprot_job_run() - run a job that was accepted
 * @job: the job
 * @vfile: the file it comes from
 *
 * Its flight ends here. A queued job's fence hangs on this: nothing is allocated.
 *
 * Return: 0; -EINTR when the process was killed; -EKEYREVOKED after loss; -ECANCELED when the file
 * was closed.
 */
int vprot_job_run(struct vprot_job *job, struct vprot_file *vfile)
{
	struct vprot_progress progress = { .job = job };
	u64 begin = ktime_get_ns();
	u64 moved = 0;
	u32 i;
	int ret = 0;

	trace_vprot_blt_run(job);
	for (i = 0; i < job->num_blts; i++) {
		if (!job->blts[i].args->size)
			continue;
		ret = vprot_blt_run(&progress, &job->blts[i]);
		if (ret)
			break;
		moved += job->blts[i].args->size;
	}

	vprot_submit_done(job, moved);
	atomic64_add(ktime_get_ns() - begin, &vfile->busy_ns);
	trace_vprot_blt_done(job, moved, ret);
	return ret;
}
