/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __VPROT_QUEUE_H__
#define __VPROT_QUEUE_H__

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

struct vprot_file;
struct vprot_job;
struct vprot_session;

/**
 * struct vprot_queue - the queued jobs of an open file
 */
struct vprot_queue {
	/** @lock: protects all that follows; taken by fence callbacks, so with interrupts off */
	spinlock_t lock;
	/** @ready: jobs that wait for nothing but a processor */
	struct list_head ready;
	/** @running: jobs that have one, at most as many as there are processors */
	unsigned int running;
	/** @num_blts: blits in the queue */
	unsigned int num_blts;
	/** @room: woken when @num_blts falls */
	wait_queue_head_t room;
};

int vprot_queue_init(void);
void vprot_queue_exit(void);

void vprot_queue_init_file(struct vprot_file *vfile);

struct vprot_job *vprot_queue_create_job(struct vprot_file *vfile);
int vprot_queue_prepare(struct vprot_job *job);
void vprot_queue_abandon(struct vprot_job *job);
int vprot_queue_lock(struct vprot_job *job);
void vprot_queue_unlock(struct vprot_job *job, bool accepted);
bool vprot_queue_has_room(const struct vprot_job *job);
int vprot_queue_wait_for_room(struct vprot_job *job);
void vprot_queue_accept(struct vprot_job *job);
void vprot_queue_start(struct vprot_job *job);

void vprot_queue_cancel(struct vprot_session *session, int err);

#endif /* __VPROT_QUEUE_H__ */
