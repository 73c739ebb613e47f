// SPDX-License-Identifier: GPL-2.0
/*
 * Large blits, spread over processors.
 *
 * In counter mode each chunk can begin on its own. Who runs the job takes one chunk after the
 * other, and so does each helper that gets a processor meanwhile. When none is left, helpers that
 * have not begun are taken back and those that have are waited for, which takes a chunk at most. So
 * nothing hangs on a helper that never gets a processor.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <crypto/aes.h>

#include "vprot_blt.h"
#include "vprot_cipher.h"
#include "vprot_device.h"
#include "vprot_session.h"
#include "vprot_split.h"
#include "vprot_stream.h"
#include "vprot_trace.h"

/* Bytes for each processor, at least. */
#define MIN_SHARE	(VPROT_SPLIT_SIZE / 2)

/**
 * struct vprot_helper - what takes part in the blits of a job beside who runs it
 */
struct vprot_helper {
	/** @work: takes chunks until none is left */
	struct work_struct work;
	/** @split: what it takes part in */
	struct vprot_split *split;
	/** @stream: its own, for one chunk after the other */
	struct vprot_stream *stream;
};

/**
 * struct vprot_split - the large blits of a job, one at a time
 */
struct vprot_split {
	/** @job: the job */
	const struct vprot_job *job;
	/** @blt: the blit */
	const struct vprot_blt *blt;
	/** @num_chunks: how many chunks it has */
	unsigned int num_chunks;
	/** @next: the chunk to take next */
	atomic_t next;
	/** @error: what made one of them stop, and stops all: the first such, or 0 */
	int error;
	/** @num_helpers: elements in @helpers */
	unsigned int num_helpers;
	/** @helpers: the helpers */
	struct vprot_helper helpers[];
};

/* Fences hang on it: it sleeps for no memory, and for no fence. */
static struct workqueue_struct *vprot_help_wq;

static int vprot_split_chunk(const struct vprot_split *split, unsigned int chunk,
			     struct vprot_stream *stream)
{
	const struct vprot_blt *blt = split->blt;
	u64 offset = (u64)chunk * VPROT_CHUNK_SIZE;
	__be64 counter[2];

	/* The count wraps without a carry. */
	memcpy(counter, blt->args->iv, sizeof(counter));
	counter[1] = cpu_to_be64(be64_to_cpu(counter[1]) + offset / AES_BLOCK_SIZE);

	vprot_stream_begin(stream, blt->route, (u8 *)counter);
	return vprot_stream_crypt(stream, blt->args->dst_offset + offset,
				  blt->args->src_offset + offset,
				  min_t(u64, blt->args->size - offset, VPROT_CHUNK_SIZE)) ?:
	       vprot_stream_flush(stream);
}

/* Do chunks until none is left, or all are to stop. Returns how many. */
static unsigned int vprot_split_do_chunks(struct vprot_split *split, struct vprot_stream *stream)
{
	unsigned int chunk, done = 0;
	int ret = 0;

	while (!ret && !READ_ONCE(split->error)) {
		chunk = atomic_inc_return(&split->next) - 1;
		if (chunk >= split->num_chunks)
			break;
		/* No signal is for a helper. */
		ret = fatal_signal_pending(current) ? -EINTR :
						      vprot_session_stopped(split->job->session);
		if (!ret) {
			ret = vprot_split_chunk(split, chunk, stream);
			done++;
		}
		cond_resched();
	}
	if (ret)
		cmpxchg(&split->error, 0, ret);
	return done;
}

/*
 * Who runs the job waits for this, in a section that is annotated as one that a fence hangs on:
 * lockdep sees through the wait, and an annotation here would be one within itself.
 */
static void vprot_helper_run(struct work_struct *work)
{
	struct vprot_helper *helper = container_of(work, struct vprot_helper, work);
	unsigned int done;

	done = vprot_split_do_chunks(helper->split, helper->stream);
	if (done)
		trace_vprot_blt_help(helper->split->job, done);
}

/* How many may work on a blit, as far as the blit is concerned. */
static unsigned int vprot_split_shares(const struct vprot_blt *blt)
{
	if (blt->args->num_subsamples || blt->args->crypt_blocks)
		return 1;
	return max_t(u64, blt->args->size / MIN_SHARE, 1);
}

/**
 * vprot_split_alloc() - allocate what it takes to spread the large blits of a job
 * @job: the job
 * @pool: the cipher of the keys to come
 * @gfp: how, and at whose cost
 *
 * Without memory there are fewer helpers, or none: the job does not fail for that. Sleeps.
 *
 * Return: what is to be freed with vprot_split_free(), or NULL if nothing is to be spread.
 */
struct vprot_split *vprot_split_alloc(const struct vprot_job *job,
				      struct vprot_cipher_pool *pool, gfp_t gfp)
{
	unsigned int cpus = min(vprot_max_blt_cpus(), num_online_cpus());
	unsigned int shares = 1, i;
	struct vprot_split *split;

	if (cpus <= 1 || pool->chains)
		return NULL;

	for (i = 0; i < job->num_blts; i++)
		shares = max(shares, vprot_split_shares(&job->blts[i]));
	shares = min(shares, cpus);
	if (shares == 1)
		return NULL;

	gfp |= __GFP_NOWARN;
	split = kzalloc(struct_size(split, helpers, shares - 1), gfp);
	if (!split)
		return NULL;

	split->job = job;
	for (i = 0; i < shares - 1; i++) {
		struct vprot_helper *helper = &split->helpers[i];

		helper->split = split;
		helper->stream = vprot_stream_alloc(job, pool, gfp);
		if (!helper->stream)
			break;
		INIT_WORK(&helper->work, vprot_helper_run);
		split->num_helpers++;
	}
	return split;
}

/**
 * vprot_split_free() - wipe and free what vprot_split_alloc() has made
 * @split: that, or NULL
 */
void vprot_split_free(struct vprot_split *split)
{
	unsigned int i;

	if (!split)
		return;

	for (i = 0; i < split->num_helpers; i++)
		vprot_stream_free(split->helpers[i].stream);
	kfree(split);
}

/**
 * vprot_split_takes() - whether a blit is to be spread
 * @blt: a blit of a job that has what it takes
 *
 * Return: true if vprot_split_run() is to run it.
 */
bool vprot_split_takes(const struct vprot_blt *blt)
{
	return vprot_split_shares(blt) > 1;
}

/**
 * vprot_split_run() - run a blit that is to be spread
 * @split: what the job has for that
 * @blt: a blit of the job
 *
 * A queued job's fence hangs on this: nothing is allocated. On return no helper works any more.
 * What is written after an error is any of the blit's chunks. Sleeps.
 *
 * Return: 0; -EINTR when the process was killed; what vprot_session_stopped() says; the cipher's
 * error.
 */
int vprot_split_run(struct vprot_split *split, const struct vprot_blt *blt)
{
	unsigned int num_helpers = min(split->num_helpers, vprot_split_shares(blt) - 1);
	unsigned int i;

	split->blt = blt;
	split->num_chunks = DIV_ROUND_UP_ULL(blt->args->size, VPROT_CHUNK_SIZE);
	split->error = 0;
	atomic_set(&split->next, 0);

	for (i = 0; i < num_helpers; i++)
		queue_work(vprot_help_wq, &split->helpers[i].work);
	vprot_split_do_chunks(split, split->job->stream);
	for (i = 0; i < num_helpers; i++)
		cancel_work_sync(&split->helpers[i].work);
	return split->error;
}

/**
 * vprot_split_init() - set up what the helpers of all devices run in
 *
 * Return: 0 or -ENOMEM.
 */
int vprot_split_init(void)
{
	vprot_help_wq = alloc_workqueue("vprot_help", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	return vprot_help_wq ? 0 : -ENOMEM;
}

/**
 * vprot_split_exit() - end what vprot_split_init() has set up
 *
 * No job runs any more.
 */
void vprot_split_exit(void)
{
	destroy_workqueue(vprot_help_wq);
}
