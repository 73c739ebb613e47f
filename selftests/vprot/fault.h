/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fault injection: one fault at a chosen place of one system call (/proc/self/task/TID/fail-nth),
 * or faults at random in all that a function or module does, whoever it does it for.
 * Needs a kernel with FAULT_INJECTION, and root.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/**
 * enum vt_fault - what kind of fault was injected
 */
enum vt_fault {
	VT_FAULT_SLAB,		/**< @VT_FAULT_SLAB: a slab allocation failed */
	VT_FAULT_PAGE,		/**< @VT_FAULT_PAGE: a page allocation failed */
	VT_FAULT_USERCOPY,	/**< @VT_FAULT_USERCOPY: a copy from or to user memory failed */
	VT_FAULT_KINDS,		/**< @VT_FAULT_KINDS: how many there are */
	VT_FAULT_NONE = VT_FAULT_KINDS,	/**< @VT_FAULT_NONE: none was injected */
};

/**
 * vt_fault_setup() - let all kinds of faults happen, in allocations that may sleep, too
 *
 * With VERBOSE in the environment the kernel logs where each one happens.
 */
void vt_fault_setup(void);

/**
 * vt_fault_filter() - where faults may happen, by what the stack holds
 * @kind: for which kind of fault
 * @which: "require": only below this function; "reject": never below it
 * @function: a function of the kernel or of a module that is loaded; in brackets, as "[vprot]", any
 *	      function of that module
 */
void vt_fault_filter(enum vt_fault kind, const char *which, const char *function);

/**
 * vt_fault_arm() - let the calling thread's nth possible fault from now on happen
 * @nth: 1 for the next one
 *
 * The system call that is meant must be the next one.
 */
void vt_fault_arm(unsigned int nth);

/**
 * vt_fault_disarm() - no fault from now on
 * Return: what kind of fault was injected since vt_fault_arm().
 */
enum vt_fault vt_fault_disarm(void);

/**
 * struct vt_fault_count - how many faults were injected, by kind
 */
struct vt_fault_count {
	unsigned int of[VT_FAULT_KINDS];	/**< @of: by &enum vt_fault */
};

/**
 * vt_fault_begin_random() - let faults happen at random
 * @percent: how likely each possible one is
 * @function: only below it, as for vt_fault_filter()
 *
 * In all threads and work queues, until vt_fault_end_random().
 */
void vt_fault_begin_random(unsigned int percent, const char *function);

/**
 * vt_fault_end_random() - no fault from now on
 * @count: gets how many there were
 */
void vt_fault_end_random(struct vt_fault_count *count);

/** vt_fault_report() - print the counts of a sweep as a line of diagnostics */
void vt_fault_report(const char *name, const struct vt_fault_count *count);

#endif
