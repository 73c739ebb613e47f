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

/* The entries of a list, which begin with their process: those of @pid, or all if that is 0. */
static size_t read_list(int fd, bool (*parse)(const char *line, void *entry), pid_t pid,
			void *listed, size_t entry_size, size_t max)
{
	union {
		pid_t pid;
		struct vt_listed session;
		struct vt_listed_channel channel;
	} entry;
	FILE *file = fdopen(fd, "r");
	size_t count = 0, size = 0;
	char *line = NULL;

	if (getline(&line, &size, file) < 0)
		vt_fatal("a list in debugfs has no heading");
	while (getline(&line, &size, file) >= 0) {
		if (!parse(line, &entry))
			vt_fatal("a list in debugfs has the line '%s'", line);
		if (pid && entry.pid != pid)
			continue;
		if (count < max)
			memcpy((char *)listed + count * entry_size, &entry, entry_size);
		count++;
	}
	free(line);
	fclose(file);
	return count;
}

static bool parse_session(const char *line, void *entry)
{
	struct vt_listed *l = entry;
	char end;

	return sscanf(line, "%d %u %15s %15s %15s %llu %3s %3s %u %llu %llu %c", &l->pid,
		      &l->handle, l->crypto_type, l->key_exchange_type, l->state, &l->epoch,
		      l->pending, l->read_back, &l->in_flight, &l->decrypted, &l->encrypted,
		      &end) == 11;
}

size_t vt_sessions_of(pid_t pid, struct vt_listed *listed, size_t max)
{
	return read_list(vt_sessions_open(), parse_session, pid, listed, sizeof(*listed), max);
}

static bool parse_channel(const char *line, void *entry)
{
	struct vt_listed_channel *l = entry;
	char end;

	return sscanf(line, "%d %u %15s %15s %3s %3s %c", &l->pid, &l->handle, l->type, l->state,
		      l->protection, l->fullscreen, &end) == 6;
}

size_t vt_channels_of(pid_t pid, struct vt_listed_channel *listed, size_t max)
{
	return read_list(vt_channels_open(), parse_channel, pid, listed, sizeof(*listed), max);
}
