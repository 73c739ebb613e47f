// SPDX-License-Identifier: GPL-2.0
/*
 * Encryption and decryption blits: the ioctls and their arguments.
 */
#include <linux/key.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <crypto/aes.h>

#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "vprot_blt.h"
#include "vprot_caps.h"
#include "vprot_device.h"
#include "vprot_gem.h"
#include "vprot_key.h"
#include "vprot_keyring.h"
#include "vprot_order.h"
#include "vprot_queue.h"
#include "vprot_session.h"
#include "vprot_split.h"
#include "vprot_stream.h"

/* Whether the subsamples make up the blit. */
static bool vprot_blt_check_subsamples(const struct vprot_blt *blt)
{
	u64 total = 0;
	u32 i;

	for (i = 0; i < blt->args->num_subsamples; i++)
		total += (u64)blt->subsamples[i].clear + blt->subsamples[i].encrypted;
	return total == blt->args->size;
}

static bool vprot_blt_in_range(u64 offset, u64 size, const struct drm_gem_object *obj)
{
	return offset <= obj->size && size <= obj->size - offset;
}

/* Flags, padding, enum values and sizes: what is wrong whatever the pointers and handles are. */
static int vprot_blt_check_args(const struct drm_vprot_blt *args, bool encrypts)
{
	if (args->flags || args->size > VPROT_MAX_BLT_SIZE)
		return -EINVAL;
	if (!args->crypt_blocks != !args->skip_blocks || !args->subsamples != !args->num_subsamples)
		return -EINVAL;

	switch (args->key_form) {
	case DRM_VPROT_KEY_SESSION:
		if (args->key || args->key_size)
			return -EINVAL;
		break;
	case DRM_VPROT_KEY_WRAPPED:
		if (args->key_size != DRM_VPROT_KEY_SIZE)
			return -EINVAL;
		break;
	case DRM_VPROT_KEY_KEYRING:
		if (args->key_size < strlen(DRM_VPROT_KEYRING_PREFIX) ||
		    args->key_size > DRM_VPROT_MAX_DESCRIPTION)
			return -EINVAL;
		break;
	default:
		return -EINVAL;
	}

	/* Clear bytes in a read-back would be a leak, an IV of the client's choice another. */
	if (encrypts && (args->num_subsamples || args->crypt_blocks || args->key_form ||
			 memchr_inv(args->iv, 0, sizeof(args->iv)) || !args->result))
		return -EINVAL;
	return 0;
}

/* What the session's crypto type has to have for a blit. */
static u64 vprot_blt_caps(const struct drm_vprot_blt *args)
{
	u64 caps = 0;

	if (args->num_subsamples || args->crypt_blocks)
		caps |= DRM_VPROT_CAP_PARTIAL_DECRYPTION;
	if (args->key_form == DRM_VPROT_KEY_WRAPPED)
		caps |= DRM_VPROT_CAP_CONTENT_KEY;
	else if (args->key_form == DRM_VPROT_KEY_KEYRING)
		caps |= DRM_VPROT_CAP_KEYRING;
	return caps;
}

static int vprot_submit_check_args(const struct drm_vprot_submit *args)
{
	if (args->flags & ~DRM_VPROT_SUBMIT_NOWAIT || args->pad)
		return -EINVAL;
	if (args->blt_stride < sizeof(struct drm_vprot_blt) ||
	    args->blt_stride > VPROT_MAX_BLT_STRIDE)
		return -EINVAL;
	return vprot_syncs_check(args) ?: args->num_blts > VPROT_MAX_BLTS ? -E2BIG : 0;
}

/* Copy in what is asked for a blit. */
static int vprot_job_copy_args(struct vprot_job *job, const struct drm_vprot_submit *args, u32 i)
{
	u64 from = args->blts + (u64)i * args->blt_stride;
	int ret;

	ret = copy_struct_from_user(&job->args[i], sizeof(*job->args), u64_to_user_ptr(from),
				    args->blt_stride);
	/* -E2BIG speaks of members that we do not know, and is for counts here. */
	return ret == -E2BIG ? -EINVAL : ret;
}

static int vprot_job_copy_blts(struct vprot_job *job, const struct drm_vprot_submit *args)
{
	bool copied = args->blt_stride == sizeof(*job->args) &&
		      !copy_from_user(job->args, u64_to_user_ptr(args->blts),
				      array_size(job->num_blts, sizeof(*job->args)));
	u64 subsamples = 0, size = 0;
	int invalid = 0, fault = 0;
	u32 i;
	int ret;

	for (i = 0; i < job->num_blts; i++) {
		const struct drm_vprot_blt *blt = &job->args[i];

		ret = copied ? 0 : vprot_job_copy_args(job, args, i);
		if (ret) {
			if (ret == -EFAULT)
				fault = ret;
			else
				invalid = ret;
			continue;
		}
		if (!invalid)
			invalid = vprot_blt_check_args(blt, job->encrypts);
		size += min_t(u64, blt->size, VPROT_MAX_BLT_SIZE);
		subsamples += blt->num_subsamples;
		job->has_results |= blt->result;
		job->caps |= vprot_blt_caps(blt);
	}

	if (invalid)
		return invalid;
	if (size > VPROT_MAX_BLT_SIZE)
		return -EINVAL;
	if (subsamples > VPROT_MAX_SUBSAMPLES)
		return -E2BIG;
	job->size = size;
	job->num_subsamples = subsamples;
	return fault;
}

/* Whether a blit takes the route of the one before. */
static bool vprot_blt_follows(const struct drm_vprot_blt *args, const struct drm_vprot_blt *before)
{
	return args->src == before->src && args->dst == before->dst && args->key == before->key &&
	       args->key_form == before->key_form && args->key_size == before->key_size &&
	       args->epoch == before->epoch;
}

/* Find which blits take the same route. */
static int vprot_job_find_routes(struct vprot_job *job)
{
	struct vprot_route *route;
	u32 i, num = 1;

	for (i = 1; i < job->num_blts; i++)
		num += !vprot_blt_follows(&job->args[i], &job->args[i - 1]);
	if (num > 1) {
		job->routes = kvcalloc(num, sizeof(*job->routes), GFP_KERNEL_ACCOUNT);
		if (!job->routes)
			return -ENOMEM;
	}

	route = job->routes;
	for (i = 0; i < job->num_blts; i++) {
		const struct drm_vprot_blt *args = &job->args[i];

		/* Most often there is one route alone, and nothing to compare. */
		if (i && num > 1 && !vprot_blt_follows(args, args - 1))
			route++;
		if (!route->args)
			route->args = args;
		route->moves |= args->size;
		job->blts[i] = (struct vprot_blt){ .args = args, .route = route };
	}
	job->num_routes = job->num_blts ? num : 0;
	return 0;
}

/* Copy in the wrapped content keys, and find those of the keyrings. */
static int vprot_job_copy_keys(struct vprot_job *job)
{
	int fault = 0;
	u32 i;
	int ret;

	for (i = 0; i < job->num_routes; i++) {
		struct vprot_route *route = &job->routes[i];

		switch (route->args->key_form) {
		case DRM_VPROT_KEY_WRAPPED:
			if (copy_from_user(route->wrapped, u64_to_user_ptr(route->args->key),
					   sizeof(route->wrapped)))
				fault = -EFAULT;
			break;
		case DRM_VPROT_KEY_KEYRING:
			ret = vprot_keyring_find(route->args->key, route->args->key_size,
						 &route->logon);
			if (ret == -EINVAL)
				return ret;
			fault = ret ?: fault;
			break;
		}
	}
	return fault;
}

/* Copy in the arrays of the ioctl. What is wrong in one ranks before a fault in the other. */
static int vprot_job_copy_arrays(struct vprot_job *job, const struct drm_vprot_submit *args)
{
	int ret, err;

	ret = vprot_job_copy_blts(job, args) ?:
	      vprot_job_find_routes(job) ?:
	      vprot_job_copy_keys(job);
	if (ret == -EINVAL || ret == -E2BIG)
		return ret;

	err = vprot_syncs_copy(&job->syncs, args);
	return err == -EINVAL ? err : ret ?: err;
}

static int vprot_job_copy_subsamples(struct vprot_job *job)
{
	struct drm_vprot_subsample *next;
	u32 i;

	if (!job->num_subsamples)
		return 0;

	job->subsamples = kvmalloc_array(job->num_subsamples, sizeof(*job->subsamples),
					 GFP_KERNEL_ACCOUNT);
	if (!job->subsamples)
		return -ENOMEM;

	next = job->subsamples;
	for (i = 0; i < job->num_blts; i++) {
		struct vprot_blt *blt = &job->blts[i];
		u32 num = blt->args->num_subsamples;

		if (!num)
			continue;
		if (copy_from_user(next, u64_to_user_ptr(blt->args->subsamples),
				   num * sizeof(*next)))
			return -EFAULT;
		blt->subsamples = next;
		next += num;
		if (!vprot_blt_check_subsamples(blt))
			job->out_of_range = true;
	}
	return 0;
}

/**
 * vprot_route_is_foreign() - whether the protected buffer of a route is bound to another session
 * @job: the job
 * @route: a route of it, between a clear and a protected buffer
 *
 * Return: true if the job's session may not use it.
 */
bool vprot_route_is_foreign(const struct vprot_job *job, const struct vprot_route *route)
{
	struct vprot_session *owner = vprot_gem_session(job->encrypts ? route->src : route->dst);

	return owner && owner != job->session;
}

/* Find the session and the buffers, and see whether the blits fit them. */
static int vprot_job_lookup(struct vprot_job *job, struct drm_file *file, u32 session)
{
	u32 i;

	job->session = vprot_session_lookup(file, session);
	if (!job->session)
		return -ENOENT;

	for (i = 0; i < job->num_routes; i++) {
		struct vprot_route *route = &job->routes[i];

		route->src = drm_gem_object_lookup(file, route->args->src);
		route->dst = drm_gem_object_lookup(file, route->args->dst);
		if (!route->src || !route->dst)
			return -ENOENT;

		/* With another session's buffer nothing is begun that might hold it up. */
		if (vprot_gem_is_protected(route->src) != job->encrypts ||
		    vprot_gem_is_protected(route->dst) == job->encrypts ||
		    vprot_route_is_foreign(job, route))
			job->misplaced = true;
	}

	for (i = 0; i < job->num_blts; i++) {
		const struct drm_vprot_blt *args = job->blts[i].args;
		const struct vprot_route *route = job->blts[i].route;

		if (!vprot_blt_in_range(args->src_offset, args->size, route->src) ||
		    !vprot_blt_in_range(args->dst_offset, args->size, route->dst))
			job->out_of_range = true;
	}
	return 0;
}

/**
 * vprot_job_is_refused() - whether a job cannot be accepted whatever its session says
 * @job: the job, with its buffers and syncobjs
 *
 * Its session may have an error that ranks before.
 *
 * Return: true if vprot_submit() refuses it.
 */
bool vprot_job_is_refused(const struct vprot_job *job)
{
	return job->misplaced || job->out_of_range || job->syncs.unsubmitted;
}

/* Nothing to open for a job that will be refused. */
static int vprot_job_open_surfaces(struct vprot_job *job)
{
	u32 i;
	int ret = 0;

	if (vprot_job_is_refused(job))
		return 0;

	for (i = 0; i < job->num_routes && !ret; i++) {
		struct vprot_route *route = &job->routes[i];

		ret = vprot_surface_open(&route->src_surface, route->src, DMA_FROM_DEVICE) ?:
		      vprot_surface_open(&route->dst_surface, route->dst, DMA_TO_DEVICE);
	}
	return ret;
}

/**
 * vprot_job_free_streams() - wipe and free what a job runs, or would have run, with
 * @job: the job, which does not run
 */
void vprot_job_free_streams(struct vprot_job *job)
{
	vprot_split_free(job->split);
	job->split = NULL;
	vprot_stream_free(job->stream);
	job->stream = NULL;
}

/**
 * vprot_job_release() - let go what a job is made of
 * @job: the job, not in flight; only vprot_job_fini() may follow
 *
 * Sleeps.
 */
void vprot_job_release(struct vprot_job *job)
{
	u32 i;

	for (i = 0; i < job->num_routes; i++) {
		struct vprot_route *route = &job->routes[i];

		vprot_surface_close(&route->dst_surface);
		vprot_surface_close(&route->src_surface);
		vprot_key_put(route->key);
		key_put(route->logon);
		if (route->dst)
			drm_gem_object_put(route->dst);
		if (route->src)
			drm_gem_object_put(route->src);
	}
	job->num_routes = 0;
	job->num_blts = 0;

	vprot_job_free_streams(job);
	kvfree(job->subsamples);
	job->subsamples = NULL;
}

/**
 * vprot_job_fini() - let go all that a job has, for the end of its memory
 * @job: the job, not in flight
 *
 * Sleeps.
 */
void vprot_job_fini(struct vprot_job *job)
{
	vprot_job_release(job);
	if (job->queued)
		vprot_syncs_release(&job->syncs);
	if (job->session)
		vprot_session_put(job->session);
	if (job->routes != &job->single_route)
		kvfree(job->routes);
	if (job->blts != &job->single_blt)
		kvfree(job->blts);
	if (job->args != &job->single_args)
		kvfree(job->args);
}

/* Results are written last, but a pointer that cannot be written ranks before later errors. */
static int vprot_job_rank_fault(const struct vprot_job *job, int err)
{
	u32 i;

	for (i = 0; i < job->num_blts && err && err != -EFAULT; i++)
		if (job->args[i].result)
			err = vprot_rank_fault(err, job->args[i].result,
					       sizeof(struct drm_vprot_blt_result));
	return err;
}

/* Make a job of what the ioctl says. */
static int vprot_job_init(struct vprot_job *job, const struct drm_vprot_submit *args, bool encrypts)
{
	job->encrypts = encrypts;
	job->caps = encrypts ? DRM_VPROT_CAP_ENCRYPTED_READ_BACK : DRM_VPROT_CAP_DECRYPTION_BLT;
	job->nowait = args->flags & DRM_VPROT_SUBMIT_NOWAIT;
	job->blts = &job->single_blt;
	job->args = &job->single_args;
	job->routes = &job->single_route;
	if (args->num_blts > 1) {
		job->blts = kvmalloc_array(args->num_blts, sizeof(*job->blts), GFP_KERNEL_ACCOUNT);
		job->args = kvmalloc_array(args->num_blts, sizeof(*job->args), GFP_KERNEL_ACCOUNT);
		if (!job->blts || !job->args)
			return -ENOMEM;
	}
	job->num_blts = args->num_blts;
	return vprot_job_copy_arrays(job, args) ?: vprot_job_copy_subsamples(job);
}

/* Submit a job. */
static int vprot_job_submit(struct vprot_job *job, struct drm_file *file, u32 session)
{
	return vprot_job_lookup(job, file, session) ?:
	       (job->queued ? vprot_syncs_lookup(&job->syncs, file) : 0) ?:
	       vprot_caps_check(job->session->crypto_type, job->caps) ?:
	       vprot_job_open_surfaces(job) ?:
	       (job->queued ? vprot_queue_prepare(job) : vprot_order_wait(job)) ?:
	       vprot_submit(job);
}

static int vprot_blt_ioctl(struct drm_file *file, const struct drm_vprot_submit *args,
			   bool encrypts)
{
	struct vprot_file *vfile = file->driver_priv;
	struct vprot_job unqueued = {}, *job = &unqueued;
	int ret;

	ret = vprot_submit_check_args(args);
	if (ret)
		return ret;

	if (args->num_waits || args->num_signals) {
		job = vprot_queue_create_job(vfile);
		if (!job)
			return -ENOMEM;
	}

	ret = vprot_job_init(job, args, encrypts);
	if (ret)
		goto out;

	ret = vprot_job_submit(job, file, args->session);
	if (ret) {
		ret = vprot_job_rank_fault(job, ret);
		goto out;
	}

	if (job->queued) {
		vprot_queue_start(job);
		return 0;
	}
	ret = vprot_job_run(job, vfile);
out:
	if (job->queued)
		vprot_queue_abandon(job);
	else
		vprot_job_fini(job);
	return ret;
}

int vprot_decryption_blt_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	return vprot_blt_ioctl(file, data, false);
}

int vprot_encryption_blt_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	return vprot_blt_ioctl(file, data, true);
}
