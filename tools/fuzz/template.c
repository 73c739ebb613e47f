// SPDX-License-Identifier: MIT
/*
 * What programs in C have around their calls: small.c.in, which is put into the fuzzer as it is.
 *
 * A line "//@ WORD" begins a part that is needed when WORD is found in the calls, "//@" one that
 * always is, and "//@ CALLS" is where the calls go.
 */
#include <stdbool.h>
#include <string.h>

#include "writec.h"

__asm__(".pushsection .rodata\n"
	"small_c: .incbin \"small.c.in\"\n"
	".byte 0\n"
	".popsection\n");

void fz_write_template(FILE *out, const char *body)
{
	bool needed = true;

	for (const char *at = small_c; *at; ) {
		int length = strcspn(at, "\n");
		char word[64] = "";

		if (!strncmp(at, "//@", 3)) {
			if (length > 4)
				snprintf(word, sizeof(word), "%.*s", length - 4, at + 4);
			needed = strstr(body, word);
			if (!strcmp(word, "CALLS")) {
				fputs(body, out);
				needed = true;
			}
		} else if (needed) {
			fprintf(out, "%.*s\n", length, at);
		}
		at += length + (at[length] == '\n');
	}
}
