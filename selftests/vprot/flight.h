/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blits in flight: a job that takes long, in another thread or in another process.
 */
#ifndef FLIGHT_H
#define FLIGHT_H

#include <pthread.h>
#include <sys/types.h>

#include "vprot_test.h"

#define VT_FLIGHT_BLT	((256 << 10) - 16)	/* bytes of a blit, less than a chunk */
#define VT_FLIGHT_LONG	1024			/* blits in a job, at most: takes seconds */

/**
 * struct vt_flight - a job of decryption blits in flight
 */
struct vt_flight {
	struct vt_session session;	/**< @session: Its session. */
	struct vt_buffer clear;		/**< @clear: The source of all blits, not mapped. */
	struct vt_buffer secret;	/**< @secret: The destination of all blits. */
	int dmabuf;			/**< @dmabuf: @secret, exported. */
	__u32 count;			/**< @count: Number of blits. */
	__u64 size;			/**< @size: Bytes of each. */
	__u32 others;			/**< @others: Jobs in flight when it was prepared. */
	pthread_t thread;		/**< @thread: Who runs it; 0 for a process. */
	pid_t process;			/**< @process: Who runs it; 0 for a thread. */
	/** @shared: Written by who runs it, memory that processes share. */
	struct {
		struct drm_vprot_blt_result result;	/* of the first blit */
		int error;				/* what the job returned */
		bool done;				/* it has returned */
	} *shared;
};

/** vt_in_flight() - how many jobs sessions with this handle have in flight, in whatever file */
__u32 vt_in_flight(const struct vt_session *s);
/** vt_flight_by_thread() - run a job of @count blits in a thread; returns when it is accepted */
void vt_flight_by_thread(struct vt_flight *f, const struct vt_session *s, __u32 count);
/** vt_flight_by_process() - run a job in a child; returns when it is accepted */
void vt_flight_by_process(struct vt_flight *f, const struct vt_session *s, __u32 count);
/** vt_flight_of() - either of these, with blits of @size bytes */
void vt_flight_of(struct vt_flight *f, const struct vt_session *s, __u32 count, __u64 size,
		  bool by_process);
/** vt_flight_done() - whether it has landed */
bool vt_flight_done(const struct vt_flight *f);
/** vt_flight_end() - wait for its end, the buffers stay; returns what the job returned */
int vt_flight_end(struct vt_flight *f);
/** vt_flight_kill() - kill its process, and wait for the end of that */
void vt_flight_kill(struct vt_flight *f);

#endif
