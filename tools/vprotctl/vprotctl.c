// SPDX-License-Identifier: MIT
/*
 * vprotctl: the command-line tool of the vprot driver.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "vprotctl.h"

/* The program lies beside this one. */
static int exec_play(int argc, char **argv)
{
	char self[PATH_MAX] = "", path[PATH_MAX + 8];

	(void)argc;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		fail("cannot find out where vprotctl lies: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s-play", self);
	execv(path, argv);
	fail("cannot run %s: %s", path, strerror(errno));
}

static const struct command commands[] = {
	{ "caps", "show what the device can do, and its limits", caps_main },
	{ "provision", "make a device key and its certificate", provision_main },
	{ "sessions", "list the sessions of the device", sessions_main },
	{ "play", "decrypt a film through protected buffers", exec_play },
};

#define NUM_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
	size_t i;

	fprintf(out, "usage: vprotctl COMMAND [ARGUMENT]...\n"
		     "       vprotctl --version\n\n");
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
	if (!strcmp(argv[1], "--version")) {
		puts("vprotctl " VERSION);
		return 0;
	}
	for (i = 0; i < NUM_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run_command(&commands[i], argc - 1, argv + 1);
	fail_usage("there is no command '%s'", argv[1]);
}
