/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Refused ioctls: a world of sessions and buffers, and the means to see that a call which was
 * refused has changed nothing in it.
 *
 * A test makes a good argument, and lists the changes that make it bad. Each is made alone, the
 * call has to return its error, and everything else has to stay as it was.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "channel.h"
#include "vprot_test.h"

#define VT_WORLD_SIZE	8192	/* of each of its buffers */
#define VT_WORLD_PROTECTION	DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN
#define VT_NO_HANDLE	0x7fff0000u
#define VT_KERNEL_ADDRESS 0xffff888000001000ull

/**
 * struct vt_world - where nothing may change
 */
struct vt_world {
	int fd;				/**< @fd: The open file. */
	struct vt_session session;	/**< @session: With all keys, a refresh pending. */
	__u8 nonce[VT_KEY];		/**< @nonce: The nonce of that refresh. */
	struct vt_session keyless;	/**< @keyless: A session that waits for its key. */
	struct vt_session internal;	/**< @internal: A session of the INTERNAL type. */
	struct vt_channel channel;	/**< @channel: It demands VT_WORLD_PROTECTION. */
	struct vt_channel keyless_channel; /**< @keyless_channel: One that waits for its key. */
	__u32 foreign;			/**< @foreign: A handle of another file. */
	struct vt_buffer clear;		/**< @clear: Holds @clear_copy. */
	struct vt_buffer secret;	/**< @secret: Protected, bound to @session; has @plain. */
	struct vt_buffer unbound;	/**< @unbound: Protected and not bound. */
	struct vt_buffer others;	/**< @others: Protected, bound in another file. */
	__u8 *bad;			/**< @bad: A page that cannot be read or written. */
	__u8 *read_only;		/**< @read_only: A page that cannot be written. */
	__u8 output[64];		/**< @output: Where good pointers for outputs point to. */
	__u8 plain[VT_WORLD_SIZE];	/**< @plain: What @secret holds. */
	__u8 clear_copy[VT_WORLD_SIZE];	/**< @clear_copy: What @clear holds. */
	struct drm_vprot_session_status status;	/**< @status: Of @session. */
};

/** vt_world_open() - make one */
void vt_world_open(struct vt_world *w);

/**
 * vt_world_same() - whether all is as it was that can be seen without changing it
 *
 * That is the status of the session, the clear buffer and @w->output. Says what is not.
 */
bool vt_world_same(const struct vt_world *w);

/**
 * vt_world_intact() - whether all is as it was
 *
 * Looks into the protected buffer, asks the channel, and finishes the refresh: the nonce that was
 * pending is still pending, and the session has the key that it then should have. Ends the world's
 * use.
 */
bool vt_world_intact(struct vt_world *w);

/**
 * struct vt_change - what makes a call bad
 */
struct vt_change {
	const char *what;	/**< @what: For messages. */
	void *at;		/**< @at: The member to change. */
	size_t size;		/**< @size: Its size. */
	__u64 value;		/**< @value: Its bad value; for VT_BITS, the bits it may have. */
	int error;		/**< @error: What the call returns, a negative errno. */
	bool bits;		/**< @bits: Each other bit alone is bad. */
};

/** VT_BAD() - this member with this value gives this error */
#define VT_BAD(member, bad_value, bad_error) \
	{ #member " = " #bad_value, &(member), sizeof(member), (bad_value), (bad_error), false }
/** VT_BITS() - each bit of this member that is not in @known gives -EINVAL */
#define VT_BITS(member, known) \
	{ #member, &(member), sizeof(member), (known), -EINVAL, true }

/** vt_apply() - make the change; @old gets what was there */
void vt_apply(const struct vt_change *change, __u64 *old);
/** vt_undo() - take it back */
void vt_undo(const struct vt_change *change, __u64 old);

/**
 * vt_refused() - make a call once for each change
 * @w: The world, which must stay the same.
 * @request: The ioctl.
 * @arg: Its good argument, @arg_size bytes; must not be changed, either.
 * @arg_size: Its size.
 * @changes: The changes, @count of them.
 * @count: Their number.
 *
 * The argument itself in memory that cannot be read is one change more.
 *
 * Return: true when each call was refused as it should. Says which was not.
 */
bool vt_refused(const struct vt_world *w, unsigned long request, void *arg, size_t arg_size,
		const struct vt_change *changes, size_t count);

/** VT_REFUSED() - vt_refused() for an argument and an array of changes */
#define VT_REFUSED(w, request, arg, changes) \
	vt_refused(w, request, arg, sizeof(*(arg)), changes, sizeof(changes) / sizeof((changes)[0]))

#endif
