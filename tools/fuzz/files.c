// SPDX-License-Identifier: MIT
/*
 * Calls on files, processes and the device.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "device.h"

#define THREAD_PIDFD	O_EXCL	/* a flag of pidfd_open(2), on kernels that know it */

static __u32 num_files;

static int close_fd(struct fz_thread *t, int fd)
{
	int result;

	if (fd < 0)
		return -EBADF;
	fz_enter(t);
	result = close(fd) ? -errno : 0;
	fz_leave(t);
	return result;
}

int fz_open(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = { 0 };

	fz_enter(t);
	slot.fd = fz_device_open(fz_value(call, "card"));
	fz_leave(t);
	if (slot.fd < 0)
		return -ENODEV;
	slot.fd = fz_new_fd(slot.fd);
	slot.file = __atomic_add_fetch(&num_files, 1, __ATOMIC_RELAXED);
	fz_put(FZ_FILE, call->value[0], slot);
	return 0;
}

int fz_close(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot none = { .fd = -1 };

	return close_fd(t, fz_put(FZ_FILE, call->value[0], none).fd);
}

int fz_close_dmabuf(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot none = { .fd = -1 };

	return close_fd(t, fz_put(FZ_DMABUF, call->value[0], none).fd);
}

/* Sends a file over a socket to ourselves; the descriptor that comes out is a new one. */
static int pass_fd(int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int sockets[2], passed = -1;

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets))
		return -1;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(sockets[0], &message, 0) == 1 && recvmsg(sockets[1], &message, 0) == 1) {
		header = CMSG_FIRSTHDR(&message);
		if (header)
			memcpy(&passed, CMSG_DATA(header), sizeof(passed));
	}
	close(sockets[0]);
	close(sockets[1]);
	return passed;
}

int fz_pass(struct fz_thread *t, const struct fz_call *call)
{
	struct fz_slot slot = fz_get_slot(FZ_FILE, call->value[0]);

	slot.fd = fz_new_fd(fz_value(call, "dup") ? dup(slot.fd) : pass_fd(slot.fd));
	if (slot.fd < 0)
		return -EBADF;
	fz_put(FZ_FILE, call->value[1], slot);
	return 0;
}

/* Events are whole, of one kind, and tell of one loss after the other. */
static void check_events(struct fz_thread *t, const struct drm_vprot_event_loss *event,
			 size_t length)
{
	__u64 generation = 0;

	if (length % sizeof(*event))
		fz_violation(t, "%zu bytes of events", length);
	for (; length >= sizeof(*event); length -= sizeof(*event), event++) {
		if (event->base.type != DRM_VPROT_EVENT_LOSS ||
		    event->base.length != sizeof(*event))
			fz_violation(t, "an event of type %#x, with %u bytes", event->base.type,
				     event->base.length);
		if (event->generation <= generation)
			fz_violation(t, "loss %llu is told after loss %llu", event->generation,
				     generation);
		generation = event->generation;
	}
}

int fz_read(struct fz_thread *t, const struct fz_call *call)
{
	struct drm_vprot_event_loss events[64];
	int fd = fz_call_fd(call);
	ssize_t length;

	if (fd < 0)
		return -EBADF;
	fz_enter(t);
	length = read(fd, events, sizeof(events));
	fz_leave(t);
	if (length < 0)
		return -errno;
	check_events(t, events, length);
	return 0;
}

static int read_out(struct fz_thread *t, int fd)
{
	char text[4096];
	ssize_t length;

	if (fd < 0)
		return -ENOENT;
	do {
		fz_enter(t);
		length = read(fd, text, sizeof(text));
		fz_leave(t);
	} while (length > 0);
	close(fd);
	return length;
}

int fz_fdinfo(struct fz_thread *t, const struct fz_call *call)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fz_call_fd(call));
	return read_out(t, open(path, O_RDONLY | O_CLOEXEC));
}

int fz_sessions(struct fz_thread *t, const struct fz_call *call)
{
	return read_out(t, fz_device_sessions());
}

/* --- processes -------------------------------------------------------------------------------- */

int fz_signal(struct fz_thread *t, const struct fz_call *call)
{
	pthread_t id;

	if (!fz_thread_id(fz_value(call, "thread"), &id))
		return -ESRCH;
	/* A thread that has ended stays known until it is joined, which happens at the end. */
	return -pthread_kill(id, SIGUSR1);
}

/* A child that holds all files, and ends with us; or a negative errno. */
static pid_t spawn(void)
{
	pid_t parent = getpid(), child;

	if (!fz_spend(FZ_DEAR))
		return -ENOSPC;
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (getppid() == parent)
			pause();
		_exit(0);
	}
	return child < 0 ? -errno : child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int fz_fork(struct fz_thread *t, const struct fz_call *call)
{
	pid_t child = spawn();

	if (child < 0)
		return child;
	if (fz_value(call, "kill"))
		end(child);
	return 0;
}

/* Of this process, its parent, a child, one that has ended, or of this thread alone. */
int fz_process(struct fz_thread *t, const struct fz_call *call)
{
	__u64 whose = fz_value(call, "whose");
	struct fz_slot slot = { .fd = -1 };
	pid_t pid = getpid();

	if (whose == FZ_PARENT)
		pid = getppid();
	else if (whose == FZ_CHILD || whose == FZ_ENDED)
		pid = spawn();
	else if (whose == FZ_OWN_THREAD)
		pid = gettid();
	if (pid < 0)
		return pid;
	slot.fd = fz_new_fd(syscall(SYS_pidfd_open, pid,
				    whose == FZ_OWN_THREAD ? THREAD_PIDFD : 0));
	if (whose == FZ_ENDED)
		end(pid);
	if (slot.fd < 0)
		return -EINVAL;
	slot.name = slot.fd;
	fz_put(FZ_PROCESS, call->value[0], slot);
	return 0;
}

int fz_die(struct fz_thread *t, const struct fz_call *call)
{
	usleep(fz_value(call, "after") * 1000 % 100000);
	return kill(getpid(), SIGKILL);
}

/* --- the device ------------------------------------------------------------------------------- */

/* Faults in the driver core while it binds are its own business: none are injected here. */

static int on_device(struct fz_thread *t, int (*act)(void))
{
	int result;

	if (!fz_spend(FZ_DEAR))
		return -ENOSPC;
	fz_cover_reset(t->index);
	result = act();
	fz_cover_collect(t->index, &t->shared->cover);
	return result;
}

int fz_teardown(struct fz_thread *t, const struct fz_call *call)
{
	return on_device(t, fz_device_teardown);
}

int fz_unbind(struct fz_thread *t, const struct fz_call *call)
{
	return on_device(t, fz_device_unbind);
}

int fz_bind(struct fz_thread *t, const struct fz_call *call)
{
	return on_device(t, fz_device_bind);
}
