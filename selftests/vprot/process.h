/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other processes, what is passed on to them, and where they run. All functions are for steps that
 * a test takes for granted.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * vt_fork() - fork, with a socket in between
 * @end: Gets the end of the socket that is the caller's, in either process.
 *
 * Return: 0 in the child, which dies with its parent; its process id in the parent.
 */
pid_t vt_fork(int *end);

/** vt_give() - pass @count file descriptors (at most 4) and @size bytes to the other end */
void vt_give(int socket, const int *fds, int count, const void *data, size_t size);
/** vt_take() - take what vt_give() has passed, as much of it */
void vt_take(int socket, int *fds, int count, void *data, size_t size);

/**
 * vt_await_sleep() - wait until a process or thread sleeps where a signal would wake it
 *
 * Return: false if it has ended instead.
 */
bool vt_await_sleep(pid_t tid);

/** vt_run_on() - let the calling thread run on this processor only, beside those on others */
void vt_run_on(int cpu);

#endif
