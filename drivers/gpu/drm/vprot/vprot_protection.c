// SPDX-License-Identifier: GPL-2.0
/*
 * What authenticated channels demand for the buffers of their file: that restricted ones are not
 * mapped, and which processes may open those whose sharing is restricted.
 */
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_device.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>
#include <drm/vprot_drm.h>
#include <drm/vprot_channel.h>

#include "vprot_device.h"
#include "vprot_protection.h"

/* A process that may open the buffers of a file. */
struct vprot_process {
	struct list_head link;
	/* Referenced, so that nobody who gets its number later is taken for it. */
	struct pid *pid;
	/* What named it. */
	u64 handle;
};

/**
 * vprot_protection_init() - begin without demands
 * @protection: the protection of a new file
 */
void vprot_protection_init(struct vprot_protection *protection)
{
	init_rwsem(&protection->lock);
	INIT_LIST_HEAD(&protection->buffers);
	INIT_LIST_HEAD(&protection->processes);
}

/**
 * vprot_protection_fini() - free what is left
 * @protection: the protection of a file that has no buffer left
 */
void vprot_protection_fini(struct vprot_protection *protection)
{
	struct vprot_process *process, *next;

	list_for_each_entry_safe(process, next, &protection->processes, link)
		vprot_process_free(protection, process);
}

/*
 * Mappings
 */

/**
 * vprot_protection_enabled() - whether restricted buffers are not to be mapped
 * @protection: the protection of the file that made them, with its lock held
 *
 * Return: true while a channel demands it.
 */
bool vprot_protection_enabled(const struct vprot_protection *protection)
{
	lockdep_assert_held(&protection->lock);

	return protection->demands[0];
}

/* Take away the pages of all mappings; the fault handler gives no new ones. */
static void vprot_protection_unmap(struct vprot_protection *protection)
{
	struct vprot_restriction *restriction;

	lockdep_assert_held_write(&protection->lock);

	list_for_each_entry(restriction, &protection->buffers, link)
		drm_vma_node_unmap(&restriction->obj->vma_node,
				   restriction->obj->dev->anon_inode->i_mapping);
}

/**
 * vprot_protection_demand() - change what a channel demands
 * @protection: the protection of the channel's file
 * @old: what it has demanded so far, DRM_VPROT_PROTECTION_*
 * @new: what it demands from now on
 *
 * When it returns, no restricted buffer is mapped any more, if that is demanded. Sleeps.
 */
void vprot_protection_demand(struct vprot_protection *protection, u32 old, u32 new)
{
	bool was_enabled;
	int i;

	down_write(&protection->lock);
	was_enabled = vprot_protection_enabled(protection);
	for (i = 0; i < ARRAY_SIZE(protection->demands); i++)
		protection->demands[i] += !!(new & BIT(i)) - !!(old & BIT(i));
	if (vprot_protection_enabled(protection) && !was_enabled)
		vprot_protection_unmap(protection);
	up_write(&protection->lock);
}

/**
 * vprot_protection_flags() - what the channels of a file demand together
 * @protection: the file's protection
 *
 * Return: mask of DRM_VPROT_PROTECTION_*.
 */
u32 vprot_protection_flags(struct vprot_protection *protection)
{
	u32 flags = 0;
	int i;

	down_read(&protection->lock);
	for (i = 0; i < ARRAY_SIZE(protection->demands); i++)
		if (protection->demands[i])
			flags |= BIT(i);
	up_read(&protection->lock);
	return flags;
}

/*
 * Processes
 */

/* Forget processes that have ended. Returns the number of those that are left. */
static u32 vprot_process_prune(struct vprot_protection *protection)
{
	struct vprot_process *process, *next;
	u32 left = 0;

	lockdep_assert_held_write(&protection->lock);

	list_for_each_entry_safe(process, next, &protection->processes, link) {
		if (pid_has_task(process->pid, PIDTYPE_TGID)) {
			left++;
			continue;
		}
		list_del(&process->link);
		vprot_process_free(protection, process);
	}
	return left;
}

static struct vprot_process *vprot_process_find(struct vprot_protection *protection,
						struct pid *pid)
{
	struct vprot_process *process;

	lockdep_assert_held(&protection->lock);

	list_for_each_entry(process, &protection->processes, link)
		if (process->pid == pid)
			return process;
	return NULL;
}

/**
 * vprot_process_alloc() - prepare an entry for a process
 * @protection: the protection of a file
 * @pid: the process
 * @handle: what names it
 *
 * Return: an entry to call vprot_process_allow() or vprot_process_free() on; NULL without memory or
 * beyond the limit. Sleeps.
 */
struct vprot_process *vprot_process_alloc(struct vprot_protection *protection, struct pid *pid,
					  u64 handle)
{
	struct vprot_process *process;

	down_write(&protection->lock);
	vprot_process_prune(protection);
	up_write(&protection->lock);

	process = kzalloc(sizeof(*process), GFP_KERNEL_ACCOUNT);
	if (!process)
		return NULL;

	process->pid = get_pid(pid);
	process->handle = handle;
	if (atomic_inc_return(&protection->num_processes) > VPROT_MAX_PROCESSES) {
		vprot_process_free(protection, process);
		return NULL;
	}
	return process;
}

/**
 * vprot_process_free() - free an entry that is in no list
 * @protection: the protection of its file
 * @process: the entry or NULL
 */
void vprot_process_free(struct vprot_protection *protection, struct vprot_process *process)
{
	if (!process)
		return;

	atomic_dec(&protection->num_processes);
	put_pid(process->pid);
	kfree(process);
}

/**
 * vprot_process_allow() - let a process open the buffers of a file
 * @protection: the file's protection
 * @process: its entry, which is used up
 */
void vprot_process_allow(struct vprot_protection *protection, struct vprot_process *process)
{
	struct vprot_process *old;

	down_write(&protection->lock);
	old = vprot_process_find(protection, process->pid);
	if (old)
		list_replace(&old->link, &process->link);
	else
		list_add_tail(&process->link, &protection->processes);
	up_write(&protection->lock);

	vprot_process_free(protection, old);
}

/**
 * vprot_process_forbid() - let a process open the buffers of a file no more
 * @protection: the file's protection
 * @pid: the process, which may not be in the list
 */
void vprot_process_forbid(struct vprot_protection *protection, struct pid *pid)
{
	struct vprot_process *process;

	down_write(&protection->lock);
	process = vprot_process_find(protection, pid);
	if (process)
		list_del(&process->link);
	up_write(&protection->lock);

	vprot_process_free(protection, process);
}

/**
 * vprot_process_count() - the number of processes that may open the buffers of a file
 * @protection: the file's protection
 *
 * Return: their number, without the process that made a buffer.
 */
u32 vprot_process_count(struct vprot_protection *protection)
{
	u32 count;

	down_write(&protection->lock);
	count = vprot_process_prune(protection);
	up_write(&protection->lock);
	return count;
}

/**
 * vprot_process_handle() - what named one of these processes
 * @protection: the file's protection
 * @index: which one, in the order in which they were let in
 * @handle: gets it
 *
 * Return: false when there are not so many.
 */
bool vprot_process_handle(struct vprot_protection *protection, u32 index, u64 *handle)
{
	struct vprot_process *process;
	bool found = false;

	down_write(&protection->lock);
	vprot_process_prune(protection);
	list_for_each_entry(process, &protection->processes, link) {
		if (!index--) {
			*handle = process->handle;
			found = true;
			break;
		}
	}
	up_write(&protection->lock);
	return found;
}

/*
 * Buffers
 */

/**
 * vprot_restriction_begin() - restrict a buffer to what its file demands
 * @restriction: the restriction, zeroed
 * @obj: the buffer, initialised and not seen by others
 * @vfile: the file that makes it
 * @flags: DRM_VPROT_GEM_* of the buffer
 */
void vprot_restriction_begin(struct vprot_restriction *restriction, struct drm_gem_object *obj,
			     struct vprot_file *vfile, u32 flags)
{
	restriction->obj = obj;
	kref_get(&vfile->ref);
	restriction->vfile = vfile;
	if (flags & DRM_VPROT_GEM_RESTRICT_SHARED)
		restriction->maker = get_pid(task_tgid(current));

	down_write(&vfile->protection.lock);
	list_add_tail(&restriction->link, &vfile->protection.buffers);
	up_write(&vfile->protection.lock);
}

/**
 * vprot_restriction_end() - end it, before the buffer is taken apart
 * @restriction: the restriction
 */
void vprot_restriction_end(struct vprot_restriction *restriction)
{
	struct vprot_file *vfile = restriction->vfile;

	down_write(&vfile->protection.lock);
	list_del(&restriction->link);
	up_write(&vfile->protection.lock);

	put_pid(restriction->maker);
	vprot_file_put(vfile);
}

/**
 * vprot_restriction_open() - whether the current process may open a buffer
 * @restriction: the buffer's restriction
 * @file: where it opens it
 *
 * Return: 0 or -EACCES.
 */
int vprot_restriction_open(const struct vprot_restriction *restriction, struct drm_file *file)
{
	struct vprot_file *vfile = restriction->vfile;
	struct pid *pid = task_tgid(current);
	bool allowed;

	if (!restriction->maker || restriction->maker == pid || file->driver_priv == vfile)
		return 0;

	down_read(&vfile->protection.lock);
	allowed = vprot_process_find(&vfile->protection, pid);
	up_read(&vfile->protection.lock);
	return allowed ? 0 : -EACCES;
}

/**
 * vprot_protection_count_unrestricted() - the number of buffers that any process could open
 * @protection: the protection of the file that made them
 *
 * Return: how many are shared without a restriction.
 */
u32 vprot_protection_count_unrestricted(struct vprot_protection *protection)
{
	struct vprot_restriction *restriction;
	u32 count = 0;

	down_read(&protection->lock);
	list_for_each_entry(restriction, &protection->buffers, link) {
		struct drm_gem_object *obj = restriction->obj;

		if (!restriction->maker && (READ_ONCE(obj->dma_buf) || READ_ONCE(obj->name)))
			count++;
	}
	up_read(&protection->lock);
	return count;
}
