// SPDX-License-Identifier: MIT
/*
 * vprotctl sessions: the driver's list of sessions in debugfs.
 */
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vprotctl.h"

#define DEBUGFS		"/sys/kernel/debug"
#define MAX_COLUMNS	16

static void usage(void)
{
	puts("usage: vprotctl sessions [--json]\n"
	     "\n"
	     "Lists the sessions of the device: owner, state, key epoch, and the bytes moved.\n"
	     "Reads the driver's list in debugfs, which takes root.\n"
	     "\n"
	     "  --json  print a JSON array");
}

static FILE *open_sessions(void)
{
	FILE *file = NULL;
	glob_t found;
	int error;

	if (access(DEBUGFS, R_OK | X_OK) && errno == EACCES)
		fail("the list of sessions may not be read; run as root");
	error = glob(DEBUGFS "/dri/[0-9]*/vprot_sessions", 0, NULL, &found);
	if (!error) {
		/* Each node of the device has the same file: the first will do. */
		file = fopen(found.gl_pathv[0], "re");
		if (!file)
			fail("cannot read %s: %s", found.gl_pathv[0], strerror(errno));
		globfree(&found);
	}
	if (!file)
		fail("there is no list of sessions; load the module ('make load'), and mount debugfs ('mount -t debugfs none %s')",
		     DEBUGFS);
	return file;
}

/* Split a line into its words. Returns their number. */
static int split(char *line, char *words[MAX_COLUMNS])
{
	int n = 0;
	char *word, *rest = line;

	while (n < MAX_COLUMNS && (word = strtok_r(rest, "\n ", &rest)))
		words[n++] = word;
	return n;
}

static void print_json(FILE *file)
{
	char *header = NULL, *line = NULL, *names[MAX_COLUMNS], *values[MAX_COLUMNS];
	size_t header_room = 0, room = 0;
	const char *before = "";
	int columns, i;

	if (getline(&header, &header_room, file) < 0)
		fail("the list of sessions is empty");
	columns = split(header, names);

	putchar('[');
	while (getline(&line, &room, file) >= 0) {
		if (split(line, values) != columns)
			fail("the list of sessions cannot be understood: is this tool as new as the module?");
		printf("%s\n  {", before);
		before = ",";
		for (i = 0; i < columns; i++) {
			printf("%s", i ? ", " : "");
			print_json_string(names[i]);
			printf(": ");
			if (values[i][strspn(values[i], "0123456789")])
				print_json_string(values[i]);
			else
				printf("%s", values[i]);
		}
		putchar('}');
	}
	puts(*before ? "\n]" : "]");
	free(line);
	free(header);
}

int sessions_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	bool json = false;
	FILE *file;
	int option, c;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			usage();
			return 0;
		}
		if (option == '?')
			fail_option();
		json = true;
	}
	if (optind < argc)
		fail_usage("'%s' is one argument too many", argv[optind]);

	file = open_sessions();
	if (json)
		print_json(file);
	else
		while ((c = fgetc(file)) != EOF)
			putchar(c);
	fclose(file);
	return 0;
}
