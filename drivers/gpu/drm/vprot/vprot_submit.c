// SPDX-License-Identifier: GPL-2.0
/*
 * The submit point: where a job of blits gets its keys and its place, all or nothing.
 */
#include <linux/errno.h>
#include <linux/key.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <crypto/aes.h>

#include "vprot_blt.h"
#include "vprot_caps.h"
#include "vprot_device.h"
#include "vprot_gem.h"
#include "vprot_key.h"
#include "vprot_queue.h"
#include "vprot_session.h"
#include "vprot_split.h"
#include "vprot_stream.h"
#include "vprot_trace.h"

/**
 * struct vprot_submission - what a submission is about to change in its session
 */
struct vprot_submission {
	/** @key: the session key at the time when the content keys were got */
	struct vprot_key *key;
	/** @content: the session's content key afterwards */
	struct vprot_content_key content;
	/** @keyring_err: why a key of the keyrings cannot be used: the first in rank, or 0 */
	int keyring_err;
	/** @session_ivs: with STRICT_IV, the session's session_ivs afterwards */
	struct vprot_iv_history session_ivs;
	/** @content_ivs: with STRICT_IV, the session's content_ivs afterwards */
	struct vprot_iv_history content_ivs;
};

/* Get the content key of a route. */
static int vprot_submit_get_content_key(struct vprot_route *route, struct vprot_submission *sub)
{
	/* One under which nothing moves does not take the place of the one used last. */
	struct vprot_content_key unused = {};
	struct vprot_content_key *content = route->moves ? &sub->content : &unused;
	int ret;

	if (route->args->key_form == DRM_VPROT_KEY_WRAPPED)
		ret = vprot_content_unwrap(content, sub->key, route->wrapped);
	else
		ret = vprot_content_read(content, sub->key, route->logon);
	if (!ret)
		route->key = vprot_key_get(content->key);
	vprot_key_put(unused.key);
	return ret;
}

/*
 * Get all content keys, those that are wrapped under the session key as it is now. This takes time
 * and memory, so it comes before the submit point, which then sees whether that key is still the
 * session's.
 */
static int vprot_submit_get_content_keys(struct vprot_job *job, struct vprot_submission *sub)
{
	struct vprot_session *session = job->session;
	u32 i;
	int ret;

	spin_lock(&session->lock);
	sub->key = session->key ? vprot_key_get(session->key) : NULL;
	sub->content = session->content;
	if (sub->content.key)
		vprot_key_get(sub->content.key);
	spin_unlock(&session->lock);

	for (i = 0; sub->key && i < job->num_routes; i++) {
		struct vprot_route *route = &job->routes[i];

		if (route->args->key_form == DRM_VPROT_KEY_SESSION)
			continue;
		ret = vprot_submit_get_content_key(route, sub);

		/* The job is going to be refused, but perhaps for something that ranks before. */
		if (ret == -ENOKEY || ret == -EKEYREJECTED) {
			if (sub->keyring_err != -ENOKEY)
				sub->keyring_err = ret;
			continue;
		}
		if (ret)
			return ret;
	}
	return 0;
}

/* Whether the blits of a job have to go on where those before have ended. */
static bool vprot_submit_has_history(const struct vprot_job *job)
{
	return !job->encrypts && job->session->flags & DRM_VPROT_SESSION_STRICT_IV;
}

/* Bytes of an encrypted part of a given size that the key stream covers. */
static u64 vprot_submit_cover_part(const struct drm_vprot_blt *args, u64 size)
{
	u64 crypt = (u64)args->crypt_blocks * AES_BLOCK_SIZE;
	u64 period = crypt + (u64)args->skip_blocks * AES_BLOCK_SIZE;

	if (!crypt)
		return size;
	return div64_u64(size, period) * crypt + (size % period >= crypt ? crypt : 0);
}

/* Find what the key stream covers of each blit: too long a work for the submit point. */
static void vprot_submit_cover(struct vprot_job *job)
{
	u32 i, k;

	if (!vprot_submit_has_history(job))
		return;

	for (i = 0; i < job->num_blts; i++) {
		struct vprot_blt *blt = &job->blts[i];

		if (!blt->args->num_subsamples)
			blt->covered = vprot_submit_cover_part(blt->args, blt->args->size);
		for (k = 0; k < blt->args->num_subsamples; k++)
			blt->covered += vprot_submit_cover_part(blt->args,
								blt->subsamples[k].encrypted);
	}
}

/* Move a history on past a blit, or say that the blit goes back or wraps. */
static int vprot_iv_history_advance(struct vprot_iv_history *ivs, const struct vprot_blt *blt)
{
	u64 blocks = DIV_ROUND_UP_ULL(blt->covered, AES_BLOCK_SIZE);
	u64 iv, first, last;
	__be64 halves[2];

	if (!blocks)
		return 0;

	memcpy(halves, blt->args->iv, sizeof(halves));
	iv = be64_to_cpu(halves[0]);
	first = be64_to_cpu(halves[1]);
	last = first + (blocks - 1);
	if (last < first)
		return -EINVAL;
	if (ivs->used && (iv < ivs->iv || (iv == ivs->iv && first <= ivs->count)))
		return -EINVAL;

	*ivs = (struct vprot_iv_history){ .iv = iv, .count = last, .used = true };
	return 0;
}

/* Check all blits against the histories of their keys, and find what these are after them. */
static int vprot_submit_check_ivs(struct vprot_job *job, struct vprot_submission *sub)
{
	struct vprot_session *session = job->session;
	struct vprot_key *content_key = session->content.key;
	u32 i;
	int ret;

	lockdep_assert_held(&session->lock);

	if (!vprot_submit_has_history(job))
		return 0;
	sub->session_ivs = session->session_ivs;
	sub->content_ivs = session->content_ivs;

	for (i = 0; i < job->num_blts; i++) {
		const struct vprot_blt *blt = &job->blts[i];
		struct vprot_key *key = blt->route->key;

		if (!blt->args->size)
			continue;
		if (!key) {
			ret = vprot_iv_history_advance(&sub->session_ivs, blt);
		} else {
			/* Another content key takes the place of the one before. */
			if (key != content_key &&
			    (!content_key || !vprot_key_equal(key->raw, content_key->raw)))
				sub->content_ivs.used = false;
			content_key = key;
			ret = vprot_iv_history_advance(&sub->content_ivs, blt);
		}
		if (ret)
			return ret;
	}
	return 0;
}

/* Whether the session may use the protected buffers, in the order in which errors rank. */
static int vprot_submit_check_buffers(struct vprot_job *job)
{
	u32 i;

	if (job->misplaced)
		return -EACCES;

	for (i = 0; i < job->num_routes; i++)
		if (vprot_route_is_foreign(job, &job->routes[i]))
			return -EACCES;
	return 0;
}

static int vprot_submit_check_keys(struct vprot_job *job, const struct vprot_submission *sub)
{
	struct vprot_session *session = job->session;
	u32 i;

	lockdep_assert_held(&session->lock);

	if (!session->key || sub->keyring_err == -ENOKEY)
		return -ENOKEY;
	if (job->encrypts && !session->read_back_key && !vprot_session_key_readback())
		return -ENOKEY;

	for (i = 0; i < job->num_routes; i++) {
		u64 epoch = job->routes[i].args->epoch;

		if (epoch && epoch != session->key->epoch)
			return -ESTALE;
	}
	return sub->keyring_err;
}

/* Bind the destinations. Others may bind them too at this moment; then none is bound. */
static int vprot_submit_bind(struct vprot_job *job)
{
	struct vprot_session *session = job->session;
	struct drm_gem_object *obj;
	LIST_HEAD(before);
	u32 i;

	lockdep_assert_held(&session->lock);

	/* Binding adds to an empty list, so that it can be taken back. */
	list_splice_init(&session->buffers, &before);
	for (i = 0; i < job->num_routes; i++) {
		obj = job->routes[i].dst;
		if (!job->routes[i].moves || vprot_gem_session(obj) == session ||
		    vprot_gem_bind(obj, session))
			continue;
		vprot_gem_unbind_clean(session);
		list_splice(&before, &session->buffers);
		return -EACCES;
	}
	list_splice(&before, &session->buffers);
	return 0;
}

/* Give each encryption blit an IV that no other one has. */
static void vprot_submit_draw_ivs(struct vprot_job *job)
{
	struct vprot_session *session = job->session;
	u32 i;

	lockdep_assert_held(&session->lock);

	for (i = 0; i < job->num_blts; i++) {
		__be64 halves[2] = { cpu_to_be64(session->read_back_iv++), 0 };

		memcpy(job->args[i].iv, halves, sizeof(halves));
	}
	job->has_ivs = true;
}

/* Give each route its key. */
static void vprot_submit_assign_keys(struct vprot_job *job)
{
	struct vprot_session *session = job->session;
	struct vprot_key *key = session->key;
	u32 i;

	lockdep_assert_held(&session->lock);

	job->epoch = key->epoch;
	if (job->encrypts && !vprot_session_key_readback())
		key = session->read_back_key;

	for (i = 0; i < job->num_routes; i++) {
		struct vprot_route *route = &job->routes[i];

		if (!route->key)
			route->key = vprot_key_get(key);
		/* In the queue it would keep the key of a license that is gone. */
		key_put(route->logon);
		route->logon = NULL;
		/*
		 * What is not bound to this session held nothing when it was checked; others may
		 * bind and fill it at any time since.
		 */
		if (job->encrypts && vprot_gem_session(route->src) != session)
			route->src_surface.pages = NULL;
	}
}

/* Whether the job can be accepted now. -EAGAIN: the session key has changed meanwhile. */
static int vprot_submit_check(struct vprot_job *job, struct vprot_submission *sub)
{
	struct vprot_session *session = job->session;
	int ret;

	lockdep_assert_held(&session->lock);

	ret = vprot_session_alive(session) ?:
	      vprot_submit_check_buffers(job) ?:
	      vprot_submit_check_keys(job, sub);
	if (ret)
		return ret;
	if (session->key != sub->key)
		return -EAGAIN;
	if (job->out_of_range || job->syncs.unsubmitted)
		return -EINVAL;

	ret = vprot_submit_check_ivs(job, sub);
	if (!ret && !vprot_queue_has_room(job))
		ret = -ENOSPC;
	return ret;
}

/* The submit point: accept the job, whole, or refuse it and change nothing. */
static int vprot_submit_accept(struct vprot_job *job, struct vprot_submission *sub)
{
	struct vprot_session *session = job->session;
	int ret;

	lockdep_assert_held(&session->lock);

	ret = vprot_submit_check(job, sub);
	if (!ret && !job->encrypts)
		ret = vprot_submit_bind(job);
	if (ret)
		return ret;

	vprot_submit_assign_keys(job);
	if (job->caps & (DRM_VPROT_CAP_CONTENT_KEY | DRM_VPROT_CAP_KEYRING))
		swap(session->content, sub->content);
	if (vprot_submit_has_history(job)) {
		session->session_ivs = sub->session_ivs;
		session->content_ivs = sub->content_ivs;
	}
	session->in_flight++;
	trace_vprot_blt_submit(job);
	if (job->queued)
		vprot_queue_accept(job);
	return 0;
}

/* Tell the caller what is about to be decided, if that takes no page fault: -EFAULT. */
static int vprot_submit_write_results(const struct vprot_job *job, u64 epoch)
{
	struct drm_vprot_blt_result result = { .epoch = epoch };
	u32 i;

	if (job->encrypts && !vprot_session_key_readback())
		result.flags = DRM_VPROT_BLT_READ_BACK_KEY;

	for (i = 0; i < job->num_blts; i++) {
		const struct drm_vprot_blt *args = &job->args[i];

		if (!args->result)
			continue;
		memcpy(result.iv, args->iv, sizeof(result.iv));
		if (copy_to_user_nofault(u64_to_user_ptr(args->result), &result, sizeof(result)))
			return -EFAULT;
	}
	return 0;
}

/* Have the memory for the results at hand. It may block for as long as its owner likes. */
static int vprot_submit_fault_in_results(const struct vprot_job *job)
{
	u32 i;

	for (i = 0; i < job->num_blts; i++) {
		u64 result = job->args[i].result;

		if (result && fault_in_safe_writeable(u64_to_user_ptr(result),
						      sizeof(struct drm_vprot_blt_result)))
			return -EFAULT;
	}
	return 0;
}

static void vprot_submit_drop_keys(struct vprot_job *job)
{
	u32 i;

	for (i = 0; i < job->num_routes; i++) {
		vprot_key_put(job->routes[i].key);
		job->routes[i].key = NULL;
	}
}

static int vprot_submit_try(struct vprot_job *job)
{
	struct vprot_session *session = job->session;
	struct vprot_submission sub = {};
	int ret;

	ret = vprot_submit_get_content_keys(job, &sub);
	if (ret)
		goto out;

	if (sub.key && !job->stream) {
		struct vprot_cipher_pool *pool = job->encrypts ? &session->vdev->ctr :
								 session->pool;
		/* In the queue it may stay for long. */
		gfp_t gfp = job->queued ? GFP_KERNEL_ACCOUNT : GFP_KERNEL;

		ret = -ENOMEM;
		job->stream = vprot_stream_alloc(job, pool, gfp);
		if (!job->stream)
			goto out;
		if (job->size >= VPROT_SPLIT_SIZE)
			job->split = vprot_split_alloc(job, pool, gfp);
	}

	/*
	 * Written before the job is in flight, a fault leaves history and bindings as they are.
	 * Should the session key change meanwhile, all begins anew.
	 */
	if (job->has_results) {
		spin_lock(&session->lock);
		ret = vprot_submit_check(job, &sub);
		if (!ret && job->encrypts && !job->has_ivs)
			vprot_submit_draw_ivs(job);
		spin_unlock(&session->lock);
		ret = ret ?: vprot_submit_write_results(job, sub.key->epoch);
		if (ret)
			goto out;
	}

	spin_lock(&session->lock);
	ret = vprot_submit_accept(job, &sub);
	spin_unlock(&session->lock);
out:
	if (ret)
		vprot_submit_drop_keys(job);
	vprot_key_put(sub.content.key);
	vprot_key_put(sub.key);
	return ret;
}

/* A queued job gets its place in the order of its buffers in the same step. */
static int vprot_submit_in_order(struct vprot_job *job)
{
	int ret;

	if (!job->queued)
		return vprot_submit_try(job);

	ret = vprot_queue_lock(job);
	if (ret)
		return ret;

	ret = vprot_submit_try(job);
	vprot_queue_unlock(job, !ret);
	return ret;
}

/**
 * vprot_submit() - submit a job to its session
 * @job: the job, checked
 *
 * On success each blit has its key and its IV, the destinations are bound to the session, the
 * results are written, and the job counts as in flight until vprot_submit_done(); if it is to be
 * queued, its fence is on its buffers. Otherwise nothing has changed, but that encryption blits
 * whose results could not be written have used up their IVs. Sleeps.
 *
 * Return: 0 or one of the errors of the ioctl.
 */
int vprot_submit(struct vprot_job *job)
{
	int ret;

	vprot_submit_cover(job);
	/* Each turn but the last means a changed session key, a fault, or a full queue. */
	do {
		ret = vprot_submit_in_order(job);
		/* No key is held here, that could outlive its session while memory blocks. */
		if (ret == -EFAULT && !vprot_submit_fault_in_results(job))
			ret = -EAGAIN;
		if (ret == -ENOSPC && !job->nowait)
			ret = vprot_queue_wait_for_room(job) ?: -EAGAIN;
	} while (ret == -EAGAIN && !fatal_signal_pending(current));
	return ret == -EAGAIN ? -EINTR : ret;
}

/**
 * vprot_submit_done() - end the flight of a job
 * @job: the job
 * @moved: bytes that it has moved
 *
 * Its keys and what it has gathered go first: where a session ends, nothing of it may be left when
 * the last blit has landed.
 */
void vprot_submit_done(struct vprot_job *job, u64 moved)
{
	struct vprot_session *session = job->session;

	vprot_submit_drop_keys(job);
	vprot_job_free_streams(job);

	spin_lock(&session->lock);
	if (job->encrypts)
		session->encrypted += moved;
	else
		session->decrypted += moved;
	/* Who waits has looked at it under the lock. */
	if (!--session->in_flight && waitqueue_active(&session->idle))
		wake_up(&session->idle);
	spin_unlock(&session->lock);
}
