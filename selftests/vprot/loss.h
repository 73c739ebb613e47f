/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loss in every state that a session may be in: a table of the states, all of which are entered at
 * once, each by a file of its own. What then makes the sessions be lost is up to the test.
 */
#ifndef LOSS_H
#define LOSS_H

#include "flight.h"
#include "queue.h"

/**
 * struct vt_loss - a session that is going to be lost, and what goes with it
 */
struct vt_loss {
	struct vt_stage stage;		/**< @stage: The session, and what its client has. */
	bool internal;			/**< @internal: The session has a key of the kernel. */
	struct vt_session other;	/**< @other: Another session; without a handle: none. */
	struct vt_flight flight;	/**< @flight: A blit that runs; without a thread: none. */
	int fences[512];		/**< @fences: Of blits that are to be given up. */
	unsigned int num_fences;	/**< @num_fences: Elements in @fences. */
};

#define VT_LOSS_STATES	9

/**
 * struct vt_losses - all of them
 */
struct vt_losses {
	struct vt_loss of[VT_LOSS_STATES];	/**< @of: In the order of the table. */
	__u64 generation;			/**< @generation: Of the last loss before. */
};

/**
 * vt_losses_open() - enter all states
 * @losses: Zeroed.
 * @frozen: Processes are stopped, and let finish their calls, before the loss.
 *
 * Binds the driver if another test has left it off.
 */
void vt_losses_open(struct vt_losses *losses, bool frozen);
/** vt_losses_close() - close what there is, and bind the driver if need be */
void vt_losses_close(struct vt_losses *losses);
/**
 * vt_losses_fault() - what is not as it has to be when all is lost
 * @losses: What was lost.
 * @unbound: No ioctl works any more.
 *
 * Return: "" if all is well.
 */
const char *vt_losses_fault(struct vt_losses *losses, bool unbound);
/** vt_loss_event() - the generation that an event tells; 0: there is none, -1: it is another one */
__u64 vt_loss_event(int fd);

#endif
