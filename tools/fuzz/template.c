// SPDX-License-Identifier: MIT
/*
 * What programs in C have around their calls: small.c.in, which is put into the fuzzer as it is.
 *
 * A line "//@ WORD..." begins a part that is needed when a WORD is found in the calls, "//@" one
 * that always is, and "//@ CALLS" is where the calls go.
 */
#include <stdbool.h>
#include <string.h>

#include "writec.h"

__asm__(".pushsection .rodata\n"
	"small_c: .incbin \"small.c.in\"\n"
	".byte 0\n"
	".popsection\n");

static bool has_word(const char *body, char *words)
{
	char *save;

	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
		if (strstr(body, word))
			return true;
	return false;
}

void fz_write_template(FILE *out, const char *body)
{
	bool needed = true;

	for (const char *at = small_c; *at; ) {
		int length = strcspn(at, "\n");
		char words[64] = "";

		if (!strncmp(at, "//@", 3)) {
			if (length > 4)
				snprintf(words, sizeof(words), "%.*s", length - 4, at + 4);
			if (!strcmp(words, "CALLS"))
				fputs(body, out);
			needed = !*words || !strcmp(words, "CALLS") || has_word(body, words);
		} else if (needed) {
			fprintf(out, "%.*s\n", length, at);
		}
		at += length + (at[length] == '\n');
	}
}
