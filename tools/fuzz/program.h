/* SPDX-License-Identifier: MIT */
/*
 * Programs: what the fuzzer runs, changes and keeps, and their text form.
 *
 * A program is a list of calls. What calls make and use (files, sessions, buffers, mappings,
 * dma-bufs, syncobjs, gates, channels, processes) is kept in numbered slots, so that any call can
 * be taken out or put in and the rest still is a program: what is missing is a handle that nobody
 * has. One call is one line:
 *
 *	[THREAD:] CALL SLOT... [FIELD=VALUE]... [xREPEAT] [fail=NTH]
 *
 * Slots come in the order of the call's table, by kind and number: f0 a file, s0 a session, b0 a
 * buffer, m0 a mapping, p0 a dma-buf, y0 a syncobj, g0 a gate, c0 a channel, t0 a process; s? is
 * one that never exists. A field that is left out has its usual value. Lines without a THREAD run
 * one after the other; at the first line of a THREAD that thread begins, and runs its own lines
 * beside the rest. fail=NTH lets the NTH allocation or user copy of the call fail.
 */
#ifndef FUZZ_PROGRAM_H
#define FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#define FZ_SLOTS	8	/* of each kind */
#define FZ_NO_SLOT	FZ_SLOTS	/* the one that never exists */
#define FZ_THREADS	4
#define FZ_FIELDS	20	/* of a call, at most */
#define FZ_CALLS	40	/* of a program, at most */
#define FZ_REPEAT	100	/* of a call, at most */
#define FZ_TEXT		16384	/* bytes in the text form, at most */

/** enum fz_kind - what a field holds */
enum fz_kind {
	FZ_FILE,	/**< @FZ_FILE: a slot: an open file. */
	FZ_SESSION,	/**< @FZ_SESSION: a slot: a session. */
	FZ_BUFFER,	/**< @FZ_BUFFER: a slot: a GEM handle. */
	FZ_MAP,		/**< @FZ_MAP: a slot: a mapping. */
	FZ_DMABUF,	/**< @FZ_DMABUF: a slot: a dma-buf file descriptor. */
	FZ_SYNCOBJ,	/**< @FZ_SYNCOBJ: a slot: a syncobj. */
	FZ_GATE,	/**< @FZ_GATE: a slot: a fence of vgem, and the file it is opened by. */
	FZ_CHANNEL,	/**< @FZ_CHANNEL: a slot: an authenticated channel. */
	FZ_PROCESS,	/**< @FZ_PROCESS: a slot: a pidfd. */
	FZ_KINDS,	/**< @FZ_KINDS: number of the kinds above, those of slots. */
	FZ_NUMBER = FZ_KINDS, /**< @FZ_NUMBER: a number. */
	FZ_BIG_ENDIAN,	/**< @FZ_BIG_ENDIAN: a number that lies in memory as big-endian. */
	FZ_GUID,	/**< @FZ_GUID: an encryption: 0 for the one that there is. */
	FZ_POINTER,	/**< @FZ_POINTER: one of &enum fz_pointer. */
};

/** enum fz_pointer - where a pointer leads */
enum fz_pointer {
	FZ_GOOD,	/**< @FZ_GOOD: memory of the field's own. */
	FZ_NULL,	/**< @FZ_NULL: zero. */
	FZ_BAD,		/**< @FZ_BAD: a page that cannot be read or written. */
	FZ_EDGE,	/**< @FZ_EDGE: eight bytes before such a page. */
	FZ_READ_ONLY,	/**< @FZ_READ_ONLY: a page that cannot be written. */
	FZ_KERNEL,	/**< @FZ_KERNEL: an address of the kernel. */
	FZ_ODD,		/**< @FZ_ODD: good, not aligned. */
	FZ_MAPPED,	/**< @FZ_MAPPED: the beginning of mapping m0. */
	FZ_POINTERS,	/**< @FZ_POINTERS: number of the above. */
};

/** struct fz_name - a name for a number */
struct fz_name {
	const char *name;	/**< @name: As in the text form. */
	const char *c;		/**< @c: As in C. */
	__u64 value;		/**< @value: The number. */
};

/** struct fz_field - a field of a call */
struct fz_field {
	const char *name;	/**< @name: Its name: for one of a structure, the member's. */
	enum fz_kind kind;	/**< @kind: What it holds. */
	bool makes;		/**< @makes: The call fills this slot. */
	bool named;		/**< @named: A slot that may be left out, and is written NAME=s0. */
	__u16 offset;		/**< @offset: Of the member in the structure. */
	__u16 size;		/**< @size: Of the member; 0: a field of the call alone. */
	__u64 usual;		/**< @usual: Its usual value. */
	const struct fz_name *names;	/**< @names: Named values, ended by a NULL name. */
	const __u64 *values;	/**< @values: Values worth a try, the first being their number. */
};

struct drm_vprot_guid;
struct fz_call;
struct fz_thread;

/** struct fz_type - a type of call */
struct fz_type {
	const char *name;	/**< @name: As in the text form. */
	/** @c: Of an ioctl: the request's name, less its DRM_IOCTL_; of a message: its GUID's. */
	const char *c;
	const char *c_struct;	/**< @c_struct: The structure that it fills, or NULL. */
	unsigned long request;	/**< @request: Of an ioctl. */
	size_t size;		/**< @size: Of the structure. */
	const struct drm_vprot_guid *guid;	/**< @guid: Of a message of a channel, or NULL. */
	size_t answer_size;	/**< @answer_size: Of its answer. */
	int weight;		/**< @weight: How often it is drawn, among all. */
	const struct fz_field *fields;	/**< @fields: Its fields, ended by a NULL name. */
	const int *errors;	/**< @errors: Documented for the ioctl, ended by 0; NULL: any. */
	/** @run: Does it; for an ioctl, NULL when the table says it all. 0 or a negative errno. */
	int (*run)(struct fz_thread *t, const struct fz_call *call);
};

/** struct fz_call - a call of a program */
struct fz_call {
	const struct fz_type *type;	/**< @type: What it does. */
	__u8 thread;			/**< @thread: In which thread. */
	__u8 repeat;			/**< @repeat: How often, at least 1. */
	__u16 fail;			/**< @fail: Which allocation or user copy fails; 0: none. */
	__u64 value[FZ_FIELDS];		/**< @value: Of each field. */
};

/** struct fz_program - a program */
struct fz_program {
	unsigned int num;		/**< @num: Elements in @calls. */
	struct fz_call calls[FZ_CALLS];	/**< @calls: The calls. */
};

/** fz_types - all types of calls, ended by a NULL name */
extern const struct fz_type fz_types[];

/** fz_kind_letters - the letters of the kinds of slots */
extern const char *const fz_kind_letters;

/** fz_field_index() - the index of a field by its name; ends the program when there is none */
unsigned int fz_field_index(const struct fz_type *type, const char *name);
/** fz_value() - the value of a call's field by its name */
__u64 fz_value(const struct fz_call *call, const char *name);
/** fz_call_init() - a call with usual values */
void fz_call_init(struct fz_call *call, const struct fz_type *type);
/** fz_print() - the text form of a program; returns @text */
char *fz_print(const struct fz_program *program, char text[FZ_TEXT]);
/** fz_print_call() - the text form of one call, without a newline; returns its length */
int fz_print_call(const struct fz_call *call, char *text, size_t size);
/**
 * fz_parse() - a program from its text form
 * @program: gets the program
 * @text: the text
 * @error: gets what is wrong, with the number of the line
 * @size: bytes in @error
 *
 * Return: whether it is one.
 */
bool fz_parse(struct fz_program *program, const char *text, char *error, size_t size);
/** fz_load() - a program from a file; says on standard error what is wrong with it */
bool fz_load(struct fz_program *program, const char *path);
/** fz_save() - write a program to a file, and wait until it is on the disk; the same for errors */
bool fz_save(const struct fz_program *program, const char *path);

#endif
