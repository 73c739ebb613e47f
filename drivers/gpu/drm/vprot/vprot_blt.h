/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_BLT_H__
#define __VPROT_BLT_H__

#include <linux/sizes.h>
#include <linux/types.h>

#include <drm/vprot_drm.h>

#include "vprot_surface.h"
#include "vprot_sync.h"

struct drm_device;
struct drm_file;
struct drm_gem_object;
struct key;
struct vprot_file;
struct vprot_key;
struct vprot_queued;
struct vprot_session;
struct vprot_split;
struct vprot_stream;

#define VPROT_MAX_BLTS		1024
#define VPROT_MAX_SUBSAMPLES	65536
#define VPROT_MAX_BLT_STRIDE	SZ_4K
/* All blits of one call together, so that it ends in bounded time. */
#define VPROT_MAX_BLT_SIZE	SZ_256M
/* Between two chunks a blit lets others run, and notices loss and its process's death. */
#define VPROT_CHUNK_SIZE	SZ_256K

/**
 * struct vprot_route - what blits in a row have in common: from where to where, under which key
 */
struct vprot_route {
	/** @args: those of its first blit, for handles, epoch and key */
	const struct drm_vprot_blt *args;
	/** @moves: it has a blit that is not empty */
	bool moves;
	/** @src: source, with a reference */
	struct drm_gem_object *src;
	/** @dst: destination, with a reference */
	struct drm_gem_object *dst;
	/** @src_surface: access to @src */
	struct vprot_surface src_surface;
	/** @dst_surface: access to @dst */
	struct vprot_surface dst_surface;
	/** @wrapped: the wrapped content key */
	u8 wrapped[DRM_VPROT_KEY_SIZE];
	/**
	 * @logon: the key of the keyring that holds the content key, with a reference, or NULL;
	 * until submission
	 */
	struct key *logon;
	/** @key: the key they run under, with a reference; before submission only a content key */
	struct vprot_key *key;
};

/**
 * struct vprot_blt - one blit of a job
 */
struct vprot_blt {
	/** @args: what the caller asked for, part of the job's */
	const struct drm_vprot_blt *args;
	/** @route: its buffers and its key */
	struct vprot_route *route;
	/** @subsamples: the subsamples, part of the job's */
	const struct drm_vprot_subsample *subsamples;
	/** @covered: with STRICT_IV, bytes that the key stream covers */
	u64 covered;
};

/**
 * struct vprot_job - an array of blits, submitted at once
 *
 * It holds copies of all that user space has said, and needs nobody's memory to run.
 */
struct vprot_job {
	/** @session: the session, with a reference */
	struct vprot_session *session;
	/** @encrypts: these are encryption blits */
	bool encrypts;
	/** @misplaced: a blit does not go between a clear buffer and one of ours as it should */
	bool misplaced;
	/** @out_of_range: a blit does not fit its buffers, or its subsamples do not fit it */
	bool out_of_range;
	/** @has_results: the caller wants to know of a blit what was decided */
	bool has_results;
	/** @caps: mask of DRM_VPROT_CAP_* that the blits need */
	u64 caps;
	/** @has_ivs: encryption blits have their IVs, which no other ones get */
	bool has_ivs;
	/** @syncs: the syncobjs it waits for and signals */
	struct vprot_syncs syncs;
	/** @queued: what it is part of if it is to be queued; NULL if it runs in its caller */
	struct vprot_queued *queued;
	/** @nowait: refuse it when the queue is full */
	bool nowait;
	/** @epoch: epoch of the session key at submission */
	u64 epoch;
	/** @stream: for the execution */
	struct vprot_stream *stream;
	/** @split: to spread the execution over processors, or NULL */
	struct vprot_split *split;
	/** @subsamples: the subsamples of all blits */
	struct drm_vprot_subsample *subsamples;
	/** @size: bytes of all blits */
	u64 size;
	/** @num_subsamples: elements in @subsamples */
	u32 num_subsamples;
	/** @num_blts: elements in @blts */
	u32 num_blts;
	/** @num_routes: elements in @routes */
	u32 num_routes;
	/** @blts: the blits: an array, or @single_blt */
	struct vprot_blt *blts;
	/**
	 * @args: what was asked for them: an array, or @single_args. An encryption blit gets its IV
	 * there.
	 */
	struct drm_vprot_blt *args;
	/** @routes: the routes: an array, or @single_route */
	struct vprot_route *routes;
	/** @single_blt: the blit of a job that has no other */
	struct vprot_blt single_blt;
	/** @single_args: what was asked for it */
	struct drm_vprot_blt single_args;
	/** @single_route: the route of a job that has no other */
	struct vprot_route single_route;
};

bool vprot_job_is_refused(const struct vprot_job *job);
bool vprot_route_is_foreign(const struct vprot_job *job, const struct vprot_route *route);
int vprot_job_run(struct vprot_job *job, struct vprot_file *vfile);
void vprot_job_free_streams(struct vprot_job *job);
void vprot_job_release(struct vprot_job *job);
void vprot_job_fini(struct vprot_job *job);

int vprot_submit(struct vprot_job *job);
void vprot_submit_done(struct vprot_job *job, u64 moved);

int vprot_decryption_blt_ioctl(struct drm_device *drm, void *data, struct drm_file *file);
int vprot_encryption_blt_ioctl(struct drm_device *drm, void *data, struct drm_file *file);

#endif /* __VPROT_BLT_H__ */
