// SPDX-License-Identifier: MIT
/*
 * vprotctl: the command-line tool of the vprot driver.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "vprot.h"
#include "vprotctl.h"

static const struct command commands[] = {
	{ "caps", "show what the device can do, and its limits", caps_main },
	{ "provision", "make a device key and its certificate", provision_main },
	{ "sessions", "list the sessions of the device", sessions_main },
	{ "play", "decrypt a film through protected buffers", play_main },
};

#define NUM_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

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

	va_start(args, format);
	complain(format, args);
	va_end(args);
	exit(1);
}

void fail_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	fprintf(stderr, "See 'vprotctl %s%s--help'.\n", command_name, *command_name ? " " : "");
	exit(2);
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

static void usage(FILE *out)
{
	size_t i;

	fprintf(out, "usage: vprotctl COMMAND [ARGUMENT]...\n\n");
	for (i = 0; i < NUM_COMMANDS; i++)
		fprintf(out, "  %-10s  %s\n", commands[i].name, commands[i].summary);
	fprintf(out, "\n'vprotctl COMMAND --help' and 'man vprotctl-COMMAND' say more.\n");
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		usage(stdout);
		return 0;
	}
	for (i = 0; i < NUM_COMMANDS; i++) {
		if (!strcmp(argv[1], commands[i].name)) {
			command_name = commands[i].name;
			return commands[i].run(argc - 1, argv + 1);
		}
	}
	fail_usage("there is no command '%s'", argv[1]);
}
