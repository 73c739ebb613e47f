// SPDX-License-Identifier: MIT
/*
 * Running a program in a process of its own, watched by its parent.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"
#include "exec.h"

#define PATIENCE	180	/* seconds for a program, and then for its death */
#define DEEP		16	/* of so many runs one looks at the account of memory */

static struct fz_shared *shared;
static unsigned int runs;

void fz_exec_init(void)
{
	/* What a program forks becomes ours when the program ends. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
}

static void child(const struct fz_program *program)
{
	const struct rlimit files = { 8192, 8192 }, core = { 0, 0 };

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_NOFILE, &files);
	setrlimit(RLIMIT_CORE, &core);
	fz_keys_init();
	fz_run_threads(program, shared);
	_exit(0);
}

/* Gives a program its time, and then kills what is left of it. */
static void wait_and_kill(pid_t group)
{
	int fd = syscall(SYS_pidfd_open, group, 0);
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	poll(&poller, 1, PATIENCE * 1000);
	close(fd);
	kill(-group, SIGKILL);
}

/*
 * Whether all that was killed has ended, what the program has forked included. A program may well
 * touch a mapping that another thread takes away, and die of that; but not most of them.
 */
static bool reap_all(pid_t program)
{
	int status;

	for (int i = 0; i < PATIENCE * 100; i++) {
		pid_t pid;

		do {
			pid = waitpid(-1, &status, WNOHANG);
			shared->crashed |= pid == program && WIFSIGNALED(status) &&
					   WTERMSIG(status) != SIGKILL;
		} while (pid > 0);
		if (pid < 0 && errno == ECHILD)
			return true;
		usleep(i < 10 ? 1000 : 10000);
	}
	return false;
}

/* Where the threads of a process that does not die are. */
static void describe_hang(pid_t pid, char *what, size_t size)
{
	char command[64], line[128];
	FILE *stacks;
	int length;

	length = snprintf(what, size, "a killed process does not end; it is in");
	snprintf(command, sizeof(command), "cat /proc/%d/task/*/stack 2>/dev/null", pid);
	stacks = popen(command, "r");
	while (stacks && length < size && fgets(line, sizeof(line), stacks)) {
		line[strcspn(line, "\n")] = 0;
		length += snprintf(what + length, size - length, " %s", line);
	}
	if (stacks)
		pclose(stacks);
}

static void check(struct fz_result *result)
{
	runs++;
	if (!fz_device_bound() && fz_device_bind()) {
		result->outcome = FZ_VIOLATED;
		snprintf(result->what, sizeof(result->what), "the device cannot be bound again");
	}
	if (shared->violated) {
		result->outcome = FZ_VIOLATED;
		snprintf(result->what, sizeof(result->what), "%s", shared->violation);
	} else if (!fz_device_clean(runs % DEEP == 1, result->what, sizeof(result->what))) {
		result->outcome = FZ_VIOLATED;
	}
	if (fz_device_report(result->what, sizeof(result->what)))
		result->outcome = FZ_REPORTED;
}

const struct fz_shared *fz_exec(const struct fz_program *program, struct fz_result *result)
{
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	memset(result, 0, sizeof(*result));
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (!pid)
		child(program);
	setpgid(pid, pid);
	/* A program that takes long is killed; one that cannot be killed is what we look for. */
	wait_and_kill(pid);
	if (reap_all(pid)) {
		check(result);
	} else {
		result->outcome = FZ_HUNG;
		describe_hang(pid, result->what, sizeof(result->what));
	}
	return shared;
}
