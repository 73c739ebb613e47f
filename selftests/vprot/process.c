// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "oracle.h"
#include "process.h"

void vt_give(int socket, const int *fds, int count, const void *data, size_t size)
{
	char control[CMSG_SPACE(4 * sizeof(int))] = { 0 };
	struct iovec iov = { (void *)data, size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, count * sizeof(int));
	if (sendmsg(socket, &msg, 0) != (ssize_t)size)
		vt_fatal("sendmsg: %s", strerror(errno));
}

void vt_take(int socket, int *fds, int count, void *data, size_t size)
{
	char control[CMSG_SPACE(4 * sizeof(int))] = { 0 };
	struct iovec iov = { data, size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	if (recvmsg(socket, &msg, MSG_WAITALL) != (ssize_t)size)
		vt_fatal("recvmsg: %s", strerror(errno));
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_len != CMSG_LEN(count * sizeof(int)))
		vt_fatal("no file descriptors came");
	memcpy(fds, CMSG_DATA(cmsg), count * sizeof(int));
}

pid_t vt_fork(int *end)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		vt_fatal("socketpair: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		vt_fatal("fork: %s", strerror(errno));
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	*end = ends[!pid];
	close(ends[!!pid]);
	return pid;
}

bool vt_await_sleep(pid_t tid)
{
	char path[64], state;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	do {
		FILE *stat;

		sched_yield();
		stat = fopen(path, "re");
		if (!stat || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
			state = 'X';
		if (stat)
			fclose(stat);
	} while (state != 'S' && state != 'Z' && state != 'X');
	return state == 'S';
}

void vt_run_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		vt_fatal("there is no processor %d: %s", cpu, strerror(errno));
}
