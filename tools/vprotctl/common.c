// SPDX-License-Identifier: MIT
/*
 * What the commands share.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vprot.h"
#include "vprotctl.h"

#define DEBUGFS	"/sys/kernel/debug"

static const char *command_name = "";

static void complain(const char *format, va_list args)
{
	fflush(stdout);
	fprintf(stderr, "vprotctl%s%s: ", *command_name ? " " : "", command_name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void fail(const char *format, ...)
{
	va_list args;

	/* Of several threads the first one tells. */
	flockfile(stderr);
	va_start(args, format);
	complain(format, args);
	va_end(args);
	/* Other threads may be at work with what exit() would take from them. */
	quick_exit(1);
}

void fail_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	fail_option();
}

void fail_option(void)
{
	fprintf(stderr, "See 'vprotctl %s%s--help'.\n", command_name, *command_name ? " " : "");
	exit(2);
}

int run_command(const struct command *command, int argc, char **argv)
{
	char name[32];
	int status;

	command_name = command->name;
	/* The name under which getopt_long() complains. */
	snprintf(name, sizeof(name), "vprotctl %s", command->name);
	argv[0] = name;

	status = command->run(argc, argv);
	if (fflush(stdout) || ferror(stdout))
		fail("cannot write to standard output: %s", strerror(errno));
	return status;
}

unsigned long parse_number(const char *option, const char *text, unsigned long low,
			   unsigned long high)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || number < low || number > high)
		fail_usage("%s wants a number from %lu to %lu, not '%s'", option, low, high, text);
	return number;
}

uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rbe");
	uint8_t *data = NULL;
	size_t room = 0, n;

	if (!file)
		fail("cannot read %s: %s", path, strerror(errno));

	*size = 0;
	do {
		if (*size == room) {
			room = room ? 2 * room : 4096;
			data = realloc(data, room);
			if (!data)
				fail("no memory for %s", path);
		}
		n = fread(data + *size, 1, room - *size, file);
		*size += n;
	} while (n);
	if (ferror(file))
		fail("cannot read %s: %s", path, strerror(errno));
	fclose(file);
	return data;
}

struct vprot_device *open_device(void)
{
	struct vprot_device *dev;
	int ret = vprot_device_open(&dev);

	if (ret == -ENODEV)
		fail("there is no vprot device; load the module: 'make load' or 'modprobe vprot'");
	if (ret == -EACCES || ret == -EPERM)
		fail("the device may not be opened; join the group 'render', or run as root");
	if (ret)
		fail("cannot open the device: %s", strerror(-ret));
	return dev;
}

int open_debugfs(const char *name, int flags)
{
	char pattern[64];
	glob_t found;
	int fd;

	if (access(DEBUGFS, R_OK | X_OK) && errno == EACCES)
		fail("the device's file %s in debugfs may not be used; run as root", name);
	snprintf(pattern, sizeof(pattern), DEBUGFS "/dri/[0-9]*/%s", name);
	if (glob(pattern, 0, NULL, &found))
		fail("the device has no file %s in debugfs; load the module ('make load'), and mount debugfs ('mount -t debugfs none %s')",
		     name, DEBUGFS);
	/* Each node of the device has the same file: the first will do. */
	fd = open(found.gl_pathv[0], flags | O_CLOEXEC);
	if (fd < 0)
		fail("cannot open %s: %s", found.gl_pathv[0], strerror(errno));
	globfree(&found);
	return fd;
}

void print_json_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}
