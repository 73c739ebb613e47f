// SPDX-License-Identifier: GPL-2.0
/*
 * Queued jobs: what they wait for, their order, and who runs when.
 *
 * A job waits for the syncobjs that its caller names, for the fences that others have put on its
 * clear buffers, and for the job before it in each of its buffers. The first two may take for ever,
 * and are cut off after a time or when the session ends. The third may not: the fences of the jobs
 * in a buffer signal in their order, also those of jobs that were given up.
 *
 * From the moment a fence is published nothing is allocated, and no lock taken under which others
 * wait for fences, until it has signalled. What a job holds is let go in a work queue of its own.
 */
#include <linux/cpumask.h>
#include <linux/dma-fence-chain.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include <drm/drm_drv.h>

#include "vprot_blt.h"
#include "vprot_device.h"
#include "vprot_fence.h"
#include "vprot_order.h"
#include "vprot_queue.h"
#include "vprot_session.h"
#include "vprot_trace.h"

/**
 * enum vprot_dep_kind - why a job waits for a fence
 */
enum vprot_dep_kind {
	/** @VPROT_DEP_SYNC: the caller said so; its error becomes the job's */
	VPROT_DEP_SYNC,
	/** @VPROT_DEP_FOREIGN: it is on a buffer, and not of a job that went through that buffer */
	VPROT_DEP_FOREIGN,
	/** @VPROT_DEP_ORDER: it is that of the job before in a buffer */
	VPROT_DEP_ORDER,
};

/**
 * struct vprot_dep - a fence that a job waits for
 */
struct vprot_dep {
	/** @cb: our callback on @fence */
	struct dma_fence_cb cb;
	/** @fence: the fence, with a reference */
	struct dma_fence *fence;
	/** @queued: the job */
	struct vprot_queued *queued;
	/** @kind: why */
	enum vprot_dep_kind kind;
};

/**
 * struct vprot_queued - a job that is to be queued, with what it needs for that
 */
struct vprot_queued {
	/** @ref: reference count; the last one frees the job */
	struct kref ref;
	/** @job: the job */
	struct vprot_job job;
	/** @vfile: the file it was submitted by, with a reference */
	struct vprot_file *vfile;
	/** @fence: its fence */
	struct dma_fence *fence;
	/** @num_blts: its part of the queue */
	unsigned int num_blts;
	/** @has_room: @num_blts is counted in the queue */
	bool has_room;

	/** @accesses: the buffers it touches; until it is started */
	struct vprot_accesses accesses;

	/** @deps: what it waits for */
	struct vprot_dep *deps;
	/** @num_deps: elements in @deps */
	unsigned int num_deps;
	/** @pending: how many of them have not signalled */
	atomic_t pending;
	/** @error: why it is not to run, or 0; set before @pending falls to 0 */
	int error;
	/** @timer: cuts off waits that take too long */
	struct timer_list timer;

	/** @session_link: entry in the session's list until it runs or is cancelled */
	struct list_head session_link;
	/** @cancel_link: entry in the list of who cancels it */
	struct list_head cancel_link;
	/** @ready_link: entry in the queue's list */
	struct list_head ready_link;
	/** @run_work: runs it and signals its fence */
	struct work_struct run_work;
	/** @release_work: lets go what it holds */
	struct work_struct release_work;
};

/* Signals fences: nothing in it may wait for one. */
static struct workqueue_struct *vprot_run_wq;
static struct workqueue_struct *vprot_release_wq;

/*
 * Room
 */

static bool vprot_queue_take_room(struct vprot_queued *queued)
{
	struct vprot_queue *queue = &queued->vfile->queue;

	spin_lock_irq(&queue->lock);
	/* One that is bigger than the limit goes in alone. */
	if (!queued->has_room &&
	    (!queue->num_blts || queue->num_blts + queued->num_blts <= vprot_max_queued_blts())) {
		queue->num_blts += queued->num_blts;
		queued->has_room = true;
	}
	spin_unlock_irq(&queue->lock);
	return queued->has_room;
}

static void vprot_queue_give_room(struct vprot_queued *queued)
{
	struct vprot_queue *queue = &queued->vfile->queue;

	if (!queued->has_room)
		return;

	spin_lock_irq(&queue->lock);
	queue->num_blts -= queued->num_blts;
	queued->has_room = false;
	wake_up(&queue->room);
	spin_unlock_irq(&queue->lock);
}

/**
 * vprot_queue_has_room() - whether a job can be accepted
 * @job: the job
 *
 * Return: false if it is to be queued and the queue is full.
 */
bool vprot_queue_has_room(const struct vprot_job *job)
{
	return !job->queued || job->queued->has_room;
}

/**
 * vprot_queue_wait_for_room() - wait until the queue has room for a job
 * @job: the job, prepared
 *
 * Return: 0 or -ERESTARTSYS.
 */
int vprot_queue_wait_for_room(struct vprot_job *job)
{
	return wait_event_interruptible(job->queued->vfile->queue.room,
					vprot_queue_take_room(job->queued));
}

/*
 * Running
 */

static void vprot_queued_drop_deps(struct vprot_queued *queued)
{
	while (queued->num_deps)
		dma_fence_put(queued->deps[--queued->num_deps].fence);
	kvfree(queued->deps);
	queued->deps = NULL;
}

static void vprot_queued_free(struct kref *ref)
{
	struct vprot_queued *queued = container_of(ref, struct vprot_queued, ref);

	vprot_queued_drop_deps(queued);
	dma_fence_put(queued->fence);
	vprot_file_put(queued->vfile);
	vprot_job_fini(&queued->job);
	kfree(queued);
}

static void vprot_queued_put(struct vprot_queued *queued)
{
	kref_put(&queued->ref, vprot_queued_free);
}

/* All that it waited for is there. May be called in any context. */
static void vprot_queued_ready(struct vprot_queued *queued)
{
	struct vprot_queue *queue = &queued->vfile->queue;
	unsigned long flags;
	bool runs;

	/* A processor for each of a file's jobs, the scheduler shares them among the files. */
	spin_lock_irqsave(&queue->lock, flags);
	runs = queue->running < num_online_cpus();
	if (runs)
		queue->running++;
	else
		list_add_tail(&queued->ready_link, &queue->ready);
	spin_unlock_irqrestore(&queue->lock, flags);

	if (runs)
		queue_work(vprot_run_wq, &queued->run_work);
}

/* Give the processor to the file's next job. */
static void vprot_queue_run_next(struct vprot_queue *queue)
{
	struct vprot_queued *next;

	spin_lock_irq(&queue->lock);
	next = list_first_entry_or_null(&queue->ready, struct vprot_queued, ready_link);
	if (next)
		list_del(&next->ready_link);
	else
		queue->running--;
	spin_unlock_irq(&queue->lock);

	if (next)
		queue_work(vprot_run_wq, &next->run_work);
}

/* The error of a fence that the caller had the job wait for. */
static int vprot_queued_sync_error(const struct vprot_queued *queued)
{
	unsigned int i;
	int ret;

	for (i = 0; i < queued->num_deps && queued->deps[i].kind == VPROT_DEP_SYNC; i++) {
		ret = dma_fence_get_status(dma_fence_chain_contained(queued->deps[i].fence));
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* Whether the job is still to run, and nobody else's from now on. */
static bool vprot_queued_claim(struct vprot_queued *queued)
{
	struct vprot_session *session = queued->job.session;
	bool claimed;

	spin_lock(&session->lock);
	claimed = !list_empty(&queued->session_link);
	list_del_init(&queued->session_link);
	spin_unlock(&session->lock);
	return claimed;
}

static void vprot_queued_run(struct work_struct *work)
{
	struct vprot_queued *queued = container_of(work, struct vprot_queued, run_work);
	struct vprot_job *job = &queued->job;
	struct vprot_file *vfile = queued->vfile;
	bool cookie = dma_fence_begin_signalling();
	int ret;

	del_timer_sync(&queued->timer);
	if (vprot_queued_claim(queued)) {
		ret = READ_ONCE(queued->error) ?: vprot_queued_sync_error(queued);
		if (ret)
			vprot_submit_done(job, 0);
		else
			ret = vprot_job_run(job, vfile);
	} else {
		ret = READ_ONCE(queued->error);
	}

	/* Whoever waits for the fence may count on it. */
	vprot_queue_give_room(queued);
	trace_vprot_blt_signal(job, ret);
	if (ret)
		dma_fence_set_error(queued->fence, ret);
	dma_fence_signal(queued->fence);
	vprot_queue_run_next(&vfile->queue);
	dma_fence_end_signalling(cookie);

	queue_work(vprot_release_wq, &queued->release_work);
}

static void vprot_queued_release(struct work_struct *work)
{
	struct vprot_queued *queued = container_of(work, struct vprot_queued, release_work);
	struct drm_device *drm = &queued->job.session->vdev->drm;

	vprot_queued_put(queued);
	drm_dev_put(drm);
}

/*
 * Waiting
 */

static void vprot_queued_dep_done(struct vprot_queued *queued, int count)
{
	if (atomic_sub_and_test(count, &queued->pending))
		vprot_queued_ready(queued);
}

static void vprot_dep_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	vprot_queued_dep_done(container_of(cb, struct vprot_dep, cb)->queued, 1);
}

/*
 * Give up waits: all that may be, or those alone that may take for ever. Then the job does not run.
 * May be called in any context.
 */
static void vprot_queued_cut_off(struct vprot_queued *queued, int err, bool all)
{
	unsigned int i;
	int count = 0;

	for (i = 0; i < queued->num_deps; i++) {
		struct vprot_dep *dep = &queued->deps[i];

		if (dep->kind == VPROT_DEP_ORDER || (!all && vprot_fence_is_ours(dep->fence)))
			continue;
		if (dma_fence_remove_callback(dep->fence, &dep->cb))
			count++;
	}

	if (count) {
		cmpxchg(&queued->error, 0, err);
		vprot_queued_dep_done(queued, count);
	}
}

static void vprot_queued_timeout(struct timer_list *timer)
{
	struct vprot_queued *queued = from_timer(queued, timer, timer);

	vprot_queued_cut_off(queued, -ETIMEDOUT, false);
}

/**
 * vprot_queue_cancel() - give up a session's jobs that do not run yet
 * @session: the session, which accepts no more
 * @err: the error of their fences
 *
 * Afterwards they hold no key and no buffer. Their fences signal when the jobs before them in their
 * buffers are over.
 */
void vprot_queue_cancel(struct vprot_session *session, int err)
{
	struct vprot_queued *queued, *next;
	LIST_HEAD(cancelled);

	spin_lock(&session->lock);
	list_for_each_entry_safe(queued, next, &session->queued, session_link) {
		cmpxchg(&queued->error, 0, err);
		list_del_init(&queued->session_link);
		kref_get(&queued->ref);
		list_add_tail(&queued->cancel_link, &cancelled);
	}
	spin_unlock(&session->lock);

	list_for_each_entry(queued, &cancelled, cancel_link) {
		vprot_queued_cut_off(queued, err, true);
		vprot_submit_done(&queued->job, 0);
		cond_resched();
	}

	/* Exporters may have to wait here, and not for one that is still to be cut off. */
	list_for_each_entry_safe(queued, next, &cancelled, cancel_link) {
		vprot_job_release(&queued->job);
		vprot_queued_put(queued);
		cond_resched();
	}
}

/*
 * Submission
 */

static void vprot_queued_add_dep(struct vprot_queued *queued, struct dma_fence *fence,
				 enum vprot_dep_kind kind)
{
	struct vprot_dep *dep = &queued->deps[queued->num_deps++];

	/* Cutting off may come before the callback is there. */
	INIT_LIST_HEAD(&dep->cb.node);
	dep->fence = dma_fence_get(fence);
	dep->queued = queued;
	dep->kind = kind;
}

/* The same fence many times over would be as many callbacks, with interrupts off. */
static bool vprot_queued_has_dep(const struct vprot_queued *queued, const struct dma_fence *fence)
{
	unsigned int i;

	for (i = 0; i < queued->num_deps; i++)
		if (queued->deps[i].fence == fence)
			return true;
	return false;
}

static void vprot_queued_count_dep(struct dma_fence *fence, bool in_order, void *count)
{
	(*(unsigned int *)count)++;
}

static void vprot_queued_add_buffer_dep(struct dma_fence *fence, bool in_order, void *queued)
{
	vprot_queued_add_dep(queued, fence, in_order ? VPROT_DEP_ORDER : VPROT_DEP_FOREIGN);
}

/* Find what the job has to wait for. Its buffers are locked. */
static int vprot_queued_collect_deps(struct vprot_queued *queued)
{
	struct vprot_syncs *syncs = &queued->job.syncs;
	unsigned int i, count = syncs->num_waits;

	vprot_queued_drop_deps(queued);

	vprot_accesses_visit_fences(&queued->accesses, vprot_queued_count_dep, &count);
	queued->deps = kvcalloc(count, sizeof(*queued->deps), GFP_KERNEL_ACCOUNT);
	if (!queued->deps)
		return -ENOMEM;

	for (i = 0; i < syncs->num_waits; i++)
		if (!vprot_queued_has_dep(queued, syncs->waits[i].fence))
			vprot_queued_add_dep(queued, syncs->waits[i].fence, VPROT_DEP_SYNC);
	vprot_accesses_visit_fences(&queued->accesses, vprot_queued_add_buffer_dep, queued);
	return 0;
}

/**
 * vprot_queue_create_job() - make a job that is to be queued
 * @vfile: the file it comes from
 *
 * Return: the job, zeroed but for what its queue needs, or NULL. vprot_queue_abandon() or, once it
 * is accepted, vprot_queue_start() frees it. Sleeps.
 */
struct vprot_job *vprot_queue_create_job(struct vprot_file *vfile)
{
	struct vprot_queued *queued;

	queued = kzalloc(sizeof(*queued), GFP_KERNEL_ACCOUNT);
	if (!queued)
		return NULL;

	kref_init(&queued->ref);
	kref_get(&vfile->ref);
	queued->vfile = vfile;
	INIT_LIST_HEAD(&queued->session_link);
	timer_setup(&queued->timer, vprot_queued_timeout, 0);
	INIT_WORK(&queued->run_work, vprot_queued_run);
	INIT_WORK(&queued->release_work, vprot_queued_release);
	queued->job.queued = queued;
	return &queued->job;
}

/**
 * vprot_queue_prepare() - allocate the rest of what a job needs to be queued
 * @job: the job, with its buffers and syncobjs
 *
 * Return: 0 or -ENOMEM. Sleeps.
 */
int vprot_queue_prepare(struct vprot_job *job)
{
	struct vprot_queued *queued = job->queued;

	queued->num_blts = max(job->num_blts, 1U);
	queued->fence = vprot_fence_create();
	if (!queued->fence)
		return -ENOMEM;
	/* One that is going to be refused touches nothing. */
	return vprot_job_is_refused(job) ? 0 : vprot_accesses_init(&queued->accesses, job);
}

/**
 * vprot_queue_abandon() - free a job that was not accepted
 * @job: the job; prepared, or not quite
 */
void vprot_queue_abandon(struct vprot_job *job)
{
	struct vprot_queued *queued = job->queued;

	vprot_queue_give_room(queued);
	vprot_accesses_release(&queued->accesses);
	vprot_queued_put(queued);
}

/**
 * vprot_queue_lock() - hold a job's buffers in their present order
 * @job: the job, prepared
 *
 * Return: 0, then vprot_queue_unlock() follows; -EINTR or -ENOMEM. Sleeps.
 */
int vprot_queue_lock(struct vprot_job *job)
{
	struct vprot_queued *queued = job->queued;
	int ret;

	vprot_queue_take_room(queued);

	ret = vprot_accesses_lock(&queued->accesses, job);
	if (ret)
		return ret;

	ret = vprot_queued_collect_deps(queued);
	if (ret)
		vprot_accesses_unlock(&queued->accesses);
	return ret;
}

/**
 * vprot_queue_unlock() - let go a job's buffers
 * @job: the job
 * @accepted: it has got its place in their order
 */
void vprot_queue_unlock(struct vprot_job *job, bool accepted)
{
	struct vprot_queued *queued = job->queued;

	if (accepted)
		vprot_accesses_append(&queued->accesses, queued->fence);
	vprot_accesses_unlock(&queued->accesses);
}

/**
 * vprot_queue_accept() - put a job into the list of its session
 * @job: the job
 *
 * From now on it can be cancelled.
 */
void vprot_queue_accept(struct vprot_job *job)
{
	struct vprot_queued *queued = job->queued;

	lockdep_assert_held(&job->session->lock);

	atomic_set(&queued->pending, queued->num_deps + 1);
	/* Of the work, which ends with the job's release. */
	kref_get(&queued->ref);
	list_add_tail(&queued->session_link, &job->session->queued);
}

/**
 * vprot_queue_start() - have an accepted job wait for its turn
 * @job: the job, no longer the caller's afterwards
 */
void vprot_queue_start(struct vprot_job *job)
{
	struct vprot_queued *queued = job->queued;
	bool limited = false;
	unsigned int i;
	int err;

	drm_dev_get(&job->session->vdev->drm);
	vprot_syncs_signal(&job->syncs, queued->fence);

	for (i = 0; i < queued->num_deps; i++) {
		struct vprot_dep *dep = &queued->deps[i];

		if (dma_fence_add_callback(dep->fence, &dep->cb, vprot_dep_signalled))
			atomic_dec(&queued->pending);
		else if (dep->kind != VPROT_DEP_ORDER && !vprot_fence_is_ours(dep->fence))
			limited = true;
	}
	if (limited)
		mod_timer(&queued->timer, jiffies + vprot_wait_timeout());

	/* Whoever has cancelled it meanwhile did not see all of the callbacks. */
	err = READ_ONCE(queued->error);
	if (err)
		vprot_queued_cut_off(queued, err, true);

	vprot_queued_dep_done(queued, 1);

	/* Only now: the last reference of an import takes locks under which others may wait. */
	vprot_accesses_release(&queued->accesses);
	vprot_queued_put(queued);
}

/**
 * vprot_queue_init_file() - set up the queue of a file
 * @vfile: the file
 */
void vprot_queue_init_file(struct vprot_file *vfile)
{
	spin_lock_init(&vfile->queue.lock);
	INIT_LIST_HEAD(&vfile->queue.ready);
	init_waitqueue_head(&vfile->queue.room);
}

/**
 * vprot_queue_init() - set up what runs the jobs of all devices
 *
 * Return: 0 or -ENOMEM.
 */
int vprot_queue_init(void)
{
	vprot_run_wq = alloc_workqueue("vprot_run", WQ_UNBOUND | WQ_MEM_RECLAIM,
				       WQ_UNBOUND_MAX_ACTIVE);
	if (!vprot_run_wq)
		return -ENOMEM;

	/* It calls exporters, whose devices sleep when the system does. */
	vprot_release_wq = alloc_workqueue("vprot_release", WQ_UNBOUND | WQ_FREEZABLE, 0);
	if (!vprot_release_wq) {
		destroy_workqueue(vprot_run_wq);
		return -ENOMEM;
	}
	return 0;
}

/**
 * vprot_queue_exit() - end what vprot_queue_init() has set up
 *
 * No job is queued any more; those that are over may still be on their way out.
 */
void vprot_queue_exit(void)
{
	destroy_workqueue(vprot_run_wq);
	destroy_workqueue(vprot_release_wq);
}
