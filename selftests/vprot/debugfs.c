// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debugfs.h"
#include "oracle.h"

static int open_file(const char *name, int flags)
{
	char pattern[64];
	glob_t files;
	int fd = -1;

	/* One for each minor of the device, or one folder with links to it. */
	snprintf(pattern, sizeof(pattern), "/sys/kernel/debug/dri/*/%s", name);
	if (!glob(pattern, 0, NULL, &files)) {
		fd = open(files.gl_pathv[0], flags | O_CLOEXEC);
		globfree(&files);
	}
	if (fd < 0)
		vt_fatal("debugfs has no %s: %s", name, strerror(errno));
	return fd;
}

int vt_sessions_open(void)
{
	return open_file("vprot_sessions", O_RDONLY);
}

int vt_channels_open(void)
{
	return open_file("vprot_channels", O_RDONLY);
}

void vt_lose(void)
{
	int fd = open_file("vprot_teardown", O_WRONLY);

	if (write(fd, "1", 1) != 1)
		vt_fatal("vprot_teardown: %s", strerror(errno));
	close(fd);
}

static bool parse(const char *line, struct vt_listed *l)
{
	char end;

	return sscanf(line, "%d %u %15s %15s %15s %llu %3s %3s %u %llu %llu %c", &l->pid,
		      &l->handle, l->crypto_type, l->key_exchange_type, l->state, &l->epoch,
		      l->pending, l->read_back, &l->in_flight, &l->decrypted, &l->encrypted,
		      &end) == 11;
}

size_t vt_sessions_of(pid_t pid, struct vt_listed *listed, size_t max)
{
	FILE *file = fdopen(vt_sessions_open(), "r");
	size_t count = 0, size = 0;
	struct vt_listed l;
	char *line = NULL;

	if (getline(&line, &size, file) < 0)
		vt_fatal("vprot_sessions has no heading");
	while (getline(&line, &size, file) >= 0) {
		if (!parse(line, &l))
			vt_fatal("vprot_sessions has the line '%s'", line);
		if (pid && l.pid != pid)
			continue;
		if (count < max)
			listed[count] = l;
		count++;
	}
	free(line);
	fclose(file);
	return count;
}

size_t vt_channels_of(pid_t pid, struct vt_listed_channel *listed, size_t max)
{
	FILE *file = fdopen(vt_channels_open(), "r");
	size_t count = 0, size = 0;
	struct vt_listed_channel l;
	char *line = NULL, end;

	if (getline(&line, &size, file) < 0)
		vt_fatal("vprot_channels has no heading");
	while (getline(&line, &size, file) >= 0) {
		if (sscanf(line, "%d %u %15s %15s %3s %3s %c", &l.pid, &l.handle, l.type, l.state,
			   l.protection, l.fullscreen, &end) != 6)
			vt_fatal("vprot_channels has the line '%s'", line);
		if (pid && l.pid != pid)
			continue;
		if (count < max)
			listed[count] = l;
		count++;
	}
	free(line);
	fclose(file);
	return count;
}
