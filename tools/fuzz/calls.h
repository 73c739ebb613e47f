/* SPDX-License-Identifier: MIT */
/*
 * What runs inside the executing process: its threads, the slots they share, and the calls.
 */
#ifndef FUZZ_CALLS_H
#define FUZZ_CALLS_H

#include <pthread.h>
#include <setjmp.h>

#include <vprot_drm.h>

#include "exec.h"
#include "program.h"

#define FZ_BLTS		16	/* of one submission, at most */
#define FZ_SUBSAMPLES	64	/* of one blit, at most */
#define FZ_SYNCS	4	/* that one submission waits for, and that it signals, at most */
#define FZ_KEY		16
#define FZ_DEAR		0x100000	/* what a call that takes long takes of the allowance */

/** enum fz_whose - whose pidfd it is */
enum fz_whose {
	FZ_SELF,	/**< @FZ_SELF: The executing process. */
	FZ_PARENT,	/**< @FZ_PARENT: The one that watches it. */
	FZ_CHILD,	/**< @FZ_CHILD: A child that lives on. */
	FZ_ENDED,	/**< @FZ_ENDED: A child that has ended. */
	FZ_OWN_THREAD,	/**< @FZ_OWN_THREAD: The thread, not its process. */
};

/** enum fz_end - how a key in a keyring ends */
enum fz_end {
	FZ_REVOKE,	/**< @FZ_REVOKE: Revoked. */
	FZ_INVALIDATE,	/**< @FZ_INVALIDATE: Invalidated. */
	FZ_EXPIRE,	/**< @FZ_EXPIRE: It expires within a second. */
	FZ_HIDE,	/**< @FZ_HIDE: Nobody may search it. */
	FZ_UNLINK,	/**< @FZ_UNLINK: Taken out of the keyring. */
};

/** struct fz_slot - what is in a slot */
struct fz_slot {
	int fd;		/**< @fd: Its file descriptor; of what has a handle, its file's. */
	__u32 handle;	/**< @handle: Its handle in that file. */
	__u32 file;	/**< @file: Number of that open file, the same after dup(). */
	__u64 name;	/**< @name: What stands for it in messages of channels. */
	__u8 *memory;	/**< @memory: Of a mapping. */
	size_t size;	/**< @size: Of a mapping or dma-buf. */
};

/** struct fz_thread - a thread of the executing process */
struct fz_thread {
	unsigned int index;	/**< @index: Its number. */
	pthread_t id;		/**< @id: For the C library. */
	bool begun;		/**< @begun: It was begun. */
	const struct fz_program *program; /**< @program: What is run. */
	const struct fz_call *call;	/**< @call: The call that is being made. */
	struct fz_shared *shared;	/**< @shared: What the parent sees. */
	__u8 *good;		/**< @good: Memory for what pointers point to. */
	__u8 *bad;		/**< @bad: A page without access; the one before it has it. */
	__u8 *read_only;	/**< @read_only: Read-only memory. */
	__u8 *read_only_alias;	/**< @read_only_alias: The same, writable. */
	int fail_fd;		/**< @fail_fd: The thread's fail-nth file, or -1. */
	sigjmp_buf no_page;	/**< @no_page: Where it goes on when a mapping has no page. */
	struct drm_vprot_blt blts[FZ_BLTS];	/**< @blts: For the next submission. */
	unsigned int num_blts;	/**< @num_blts: Their number. */
	unsigned int contents[FZ_BLTS];	/**< @contents: Their content keys. */
	struct drm_vprot_subsample subsamples[FZ_SUBSAMPLES]; /**< @subsamples: Of the next blit. */
	unsigned int num_subsamples;	/**< @num_subsamples: Their number. */
	struct drm_vprot_sync waits[FZ_SYNCS];	/**< @waits: For the next submission. */
	unsigned int num_waits;		/**< @num_waits: Their number. */
	struct drm_vprot_sync signals[FZ_SYNCS]; /**< @signals: For the next submission. */
	unsigned int num_signals;	/**< @num_signals: Their number. */
};

/* --- threads.c -------------------------------------------------------------------------------- */

/** fz_violation() - note that a rule is broken; the first note of a run counts */
void fz_violation(struct fz_thread *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/** fz_get() - what is in the slot of a field */
struct fz_slot fz_get(const struct fz_call *call, const char *field);
/** fz_get_slot() - what is in a slot */
struct fz_slot fz_get_slot(enum fz_kind kind, unsigned int index);
/** fz_put() - fill a slot; returns what was in it */
struct fz_slot fz_put(enum fz_kind kind, unsigned int index, struct fz_slot slot);
/** fz_new_fd() - move a descriptor to a number that this process has not used yet */
int fz_new_fd(int fd);
/**
 * fz_spend() - take from the program's allowance, which bounds its memory and its time
 * @bytes: bytes allocated or moved, or FZ_DEAR for a call that takes long by itself
 *
 * Return: false when it is used up.
 */
bool fz_spend(__u64 bytes);
/** fz_thread_id() - a thread that was begun, for signals; false when it was not */
bool fz_thread_id(unsigned int index, pthread_t *id);

/* Around each system call that is fuzzed. */
void fz_enter(struct fz_thread *t);
void fz_leave(struct fz_thread *t);

/* --- ioctls.c --------------------------------------------------------------------------------- */

/** fz_ioctl() - a plain ioctl under coverage and faults; 0 or a negative errno */
int fz_ioctl(struct fz_thread *t, int fd, unsigned long request, void *arg);
/** fz_pointer() - the address that a pointer of some kind has */
__u64 fz_pointer(struct fz_thread *t, __u64 kind, void *good);
/** fz_memory() - good memory of a field */
void *fz_memory(struct fz_thread *t, const struct fz_call *call, const char *field);
/** fz_call_fd() - the file that a call goes to */
int fz_call_fd(const struct fz_call *call);
/** fz_fill() - make a structure from a call's fields */
void fz_fill(struct fz_thread *t, const struct fz_call *call, void *arg);
/** fz_check_error() - the result of an ioctl must be one that the header has for it */
void fz_check_error(struct fz_thread *t, const struct fz_call *call, int result);
/**
 * fz_call_ioctl() - an ioctl as the table has it: fills slots and checks the error
 * @arg: the structure, filled; gets what comes back
 */
int fz_call_ioctl(struct fz_thread *t, const struct fz_call *call, void *arg);

/* --- buffers.c -------------------------------------------------------------------------------- */

/**
 * fz_foreign_buffer() - a buffer of another device, vgem
 * @size: in bytes
 * @handle: gets its handle
 * @dmabuf: gets a file descriptor of it
 *
 * Return: the open file of vgem, or a negative errno.
 */
int fz_foreign_buffer(struct fz_thread *t, __u64 size, __u32 *handle, int *dmabuf);

/* --- syncs.c ---------------------------------------------------------------------------------- */

/** fz_has_gates() - whether the program has made fences of another device */
bool fz_has_gates(void);

/* --- keys.c ----------------------------------------------------------------------------------- */

#define FZ_DESCRIPTION	12	/* bytes of the description of a key in a keyring */

/** fz_keys_init() - give the process a keyring of its own, before it has threads */
void fz_keys_init(void);
/** fz_description() - the description of the key of a number */
void fz_description(__u64 number, char description[FZ_DESCRIPTION + 1]);

/* --- client.c --------------------------------------------------------------------------------- */

/** fz_client_init() - messages of key exchanges, made once for all programs; NULL or why not */
const char *fz_client_init(void);
/** fz_secrets_in() - look for contents of protected buffers in memory */
bool fz_secrets_in(const __u8 *memory, size_t size);
/** fz_scan_all() - look for them in all mappings */
void fz_scan_all(struct fz_thread *t);

/* --- the calls -------------------------------------------------------------------------------- */

#define FZ_RUN(name)	int fz_##name(struct fz_thread *t, const struct fz_call *call)
FZ_RUN(open); FZ_RUN(close); FZ_RUN(pass); FZ_RUN(read); FZ_RUN(fdinfo); FZ_RUN(raw);
FZ_RUN(session_create); FZ_RUN(status); FZ_RUN(key_exchange); FZ_RUN(start); FZ_RUN(finish);
FZ_RUN(get_encryption_blt_key); FZ_RUN(channel_create); FZ_RUN(channel_key_exchange);
FZ_RUN(message); FZ_RUN(gem_create); FZ_RUN(gem_create_by_child); FZ_RUN(gem_close); FZ_RUN(dumb);
FZ_RUN(export); FZ_RUN(foreign); FZ_RUN(import); FZ_RUN(close_dmabuf); FZ_RUN(mmap);
FZ_RUN(mmap_dmabuf); FZ_RUN(mmap_file); FZ_RUN(munmap); FZ_RUN(write); FZ_RUN(seal);
FZ_RUN(scan); FZ_RUN(syncobj_signal); FZ_RUN(syncobj_wait); FZ_RUN(syncobj_status); FZ_RUN(gate);
FZ_RUN(gate_open); FZ_RUN(export_fence); FZ_RUN(import_fence); FZ_RUN(poll); FZ_RUN(subsample);
FZ_RUN(blt); FZ_RUN(wait_for); FZ_RUN(then_signal); FZ_RUN(submit); FZ_RUN(process); FZ_RUN(signal);
FZ_RUN(fork); FZ_RUN(die); FZ_RUN(sessions); FZ_RUN(teardown); FZ_RUN(unbind); FZ_RUN(bind);
FZ_RUN(logon); FZ_RUN(end_logon);

#endif
