// SPDX-License-Identifier: MIT
/*
 * vprotctl sessions: the driver's list of sessions in debugfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "vprotctl.h"

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

	file = fdopen(open_debugfs("vprot_sessions", O_RDONLY), "r");
	if (!file)
		fail("cannot read the list of sessions: %s", strerror(errno));
	if (json)
		print_json(file);
	else
		while ((c = fgetc(file)) != EOF)
			putchar(c);
	fclose(file);
	return 0;
}
