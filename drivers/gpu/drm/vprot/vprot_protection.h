/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_PROTECTION_H__
#define __VPROT_PROTECTION_H__

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/types.h>

struct drm_file;
struct drm_gem_object;
struct pid;
struct vprot_file;
struct vprot_process;

/* Entries of one file, at most. */
#define VPROT_MAX_PROCESSES	64

/**
 * struct vprot_protection - what the channels of a file demand for the buffers that it made
 *
 * It lives as long as the last of these buffers.
 */
struct vprot_protection {
	/** @lock: protects all but @num_processes. Inside of mmap_lock, and of a channel's lock. */
	struct rw_semaphore lock;
	/** @demands: number of channels that demand each of DRM_VPROT_PROTECTION_* */
	unsigned int demands[2];
	/** @buffers: the buffers, by the link of their restriction */
	struct list_head buffers;
	/** @processes: those that may open the buffers, by their link */
	struct list_head processes;
	/** @num_processes: entries in @processes, or about to be there */
	atomic_t num_processes;
};

/**
 * struct vprot_restriction - who may open and map a buffer; part of the buffer
 */
struct vprot_restriction {
	/** @obj: the buffer */
	struct drm_gem_object *obj;
	/** @vfile: the file that made it, with a reference */
	struct vprot_file *vfile;
	/** @maker: the process that made it, with a reference; NULL if any may open it */
	struct pid *maker;
	/** @link: entry in the file's list, under the lock of its protection */
	struct list_head link;
};

void vprot_protection_init(struct vprot_protection *protection);
void vprot_protection_fini(struct vprot_protection *protection);

void vprot_protection_demand(struct vprot_protection *protection, u32 old, u32 new);
u32 vprot_protection_flags(struct vprot_protection *protection);
bool vprot_protection_enabled(const struct vprot_protection *protection);
u32 vprot_protection_count_unrestricted(struct vprot_protection *protection);

struct vprot_process *vprot_process_alloc(struct vprot_protection *protection, struct pid *pid,
					  u64 handle);
void vprot_process_free(struct vprot_protection *protection, struct vprot_process *process);
void vprot_process_allow(struct vprot_protection *protection, struct vprot_process *process);
void vprot_process_forbid(struct vprot_protection *protection, struct pid *pid);
u32 vprot_process_count(struct vprot_protection *protection);
bool vprot_process_handle(struct vprot_protection *protection, u32 index, u64 *handle);

void vprot_restriction_begin(struct vprot_restriction *restriction, struct drm_gem_object *obj,
			     struct vprot_file *vfile, u32 flags);
void vprot_restriction_end(struct vprot_restriction *restriction);
int vprot_restriction_open(const struct vprot_restriction *restriction, struct drm_file *file);

#endif /* __VPROT_PROTECTION_H__ */
