// SPDX-License-Identifier: MIT
/*
 * The text form of programs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

const char *const fz_kind_letters = "fsbmpygct";

static const char * const pointer_names[FZ_POINTERS] = {
	[FZ_GOOD] = "good",
	[FZ_NULL] = "null",
	[FZ_BAD] = "bad",
	[FZ_EDGE] = "edge",
	[FZ_READ_ONLY] = "read_only",
	[FZ_KERNEL] = "kernel",
	[FZ_ODD] = "odd",
	[FZ_MAPPED] = "mapped",
};

unsigned int fz_field_index(const struct fz_type *type, const char *name)
{
	for (unsigned int i = 0; type->fields[i].name; i++)
		if (!strcmp(type->fields[i].name, name))
			return i;
	fprintf(stderr, "the call %s has no field %s\n", type->name, name);
	abort();
}

__u64 fz_value(const struct fz_call *call, const char *name)
{
	return call->value[fz_field_index(call->type, name)];
}

void fz_call_init(struct fz_call *call, const struct fz_type *type)
{
	memset(call, 0, sizeof(*call));
	call->type = type;
	call->repeat = 1;
	for (unsigned int i = 0; type->fields[i].name; i++)
		call->value[i] = type->fields[i].usual;
}

/* --- printing --------------------------------------------------------------------------------- */

struct text {
	char *at;
	size_t left;
};

static void __attribute__((format(printf, 2, 3))) put(struct text *t, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(t->at, t->left, format, args);
	va_end(args);
	if (length >= t->left)
		length = t->left - 1;
	t->at += length;
	t->left -= length;
}

static void put_value(struct text *t, const struct fz_field *field, __u64 value)
{
	if (field->kind < FZ_KINDS) {
		put(t, "%c", fz_kind_letters[field->kind]);
		if (value < FZ_SLOTS)
			put(t, "%llu", value);
		else
			put(t, "?");
		return;
	}
	if (field->kind == FZ_POINTER) {
		put(t, "%s", pointer_names[value]);
		return;
	}
	for (const struct fz_name *name = field->names; name && name->name; name++) {
		if (name->value == value) {
			put(t, "%s", name->name);
			return;
		}
	}
	put(t, value < 100000 ? "%llu" : "%#llx", value);
}

int fz_print_call(const struct fz_call *call, char *text, size_t size)
{
	struct text t = { text, size };

	if (call->thread)
		put(&t, "%d: ", call->thread);
	put(&t, "%s", call->type->name);
	for (unsigned int i = 0; call->type->fields[i].name; i++) {
		const struct fz_field *field = &call->type->fields[i];
		bool slot = field->kind < FZ_KINDS && !field->named;

		if (!slot && call->value[i] == field->usual)
			continue;
		put(&t, " ");
		if (!slot)
			put(&t, "%s=", field->name);
		put_value(&t, field, call->value[i]);
	}
	if (call->repeat > 1)
		put(&t, " x%d", call->repeat);
	if (call->fail)
		put(&t, " fail=%d", call->fail);
	return t.at - text;
}

char *fz_print(const struct fz_program *program, char text[FZ_TEXT])
{
	struct text t = { text, FZ_TEXT };
	char line[512];

	*text = 0;
	for (unsigned int i = 0; i < program->num; i++) {
		fz_print_call(&program->calls[i], line, sizeof(line));
		put(&t, "%s\n", line);
	}
	return text;
}

/* --- parsing ---------------------------------------------------------------------------------- */

static bool parse_number(const char *word, __u64 max, __u64 *value)
{
	char *end;

	errno = 0;
	*value = strtoull(word, &end, 0);
	return *word >= '0' && *word <= '9' && !*end && !errno && *value <= max;
}

static bool parse_slot(const char *word, enum fz_kind kind, __u64 *value)
{
	*value = FZ_NO_SLOT;
	return word[0] == fz_kind_letters[kind] &&
	       (!strcmp(word + 1, "?") || parse_number(word + 1, FZ_SLOTS - 1, value));
}

static bool parse_value(const char *word, const struct fz_field *field, __u64 *value)
{
	if (field->kind < FZ_KINDS)
		return parse_slot(word, field->kind, value);
	if (field->kind == FZ_POINTER) {
		for (*value = 0; *value < FZ_POINTERS; ++*value)
			if (!strcmp(word, pointer_names[*value]))
				return true;
		return false;
	}
	for (const struct fz_name *name = field->names; name && name->name; name++) {
		if (!strcmp(name->name, word)) {
			*value = name->value;
			return true;
		}
	}
	return parse_number(word, ~0ull, value);
}

/* One word of a call after its name. @slot is the field that a slot without a name belongs to. */
static bool parse_word(struct fz_call *call, char *word, unsigned int *slot)
{
	const struct fz_field *fields = call->type->fields;
	char *value = strchr(word, '=');
	__u64 number;

	if (word[0] == 'x' && parse_number(word + 1, FZ_REPEAT, &number) && number) {
		call->repeat = number;
		return true;
	}
	if (!value) {
		while (fields[*slot].name &&
		       (fields[*slot].kind >= FZ_KINDS || fields[*slot].named))
			++*slot;
		if (!fields[*slot].name ||
		    !parse_slot(word, fields[*slot].kind, &call->value[*slot]))
			return false;
		++*slot;
		return true;
	}
	*value++ = 0;
	if (!strcmp(word, "fail")) {
		bool good = parse_number(value, 65535, &number);

		call->fail = number;
		return good;
	}
	for (unsigned int i = 0; fields[i].name; i++)
		if (!strcmp(fields[i].name, word) &&
		    (fields[i].kind >= FZ_KINDS || fields[i].named))
			return parse_value(value, &fields[i], &call->value[i]);
	return false;
}

/* Returns what is wrong, or NULL. */
static const char *parse_line(struct fz_program *program, char *line)
{
	struct fz_call *call = &program->calls[program->num];
	const struct fz_type *type;
	unsigned int slot = 0;
	char *save, *word;
	__u64 thread = 0;

	line[strcspn(line, "#")] = 0;
	word = strtok_r(line, " \t\r", &save);
	if (!word)
		return NULL;
	if (program->num == FZ_CALLS)
		return "too many calls";
	if (word[strlen(word) - 1] == ':') {
		word[strlen(word) - 1] = 0;
		if (!parse_number(word, FZ_THREADS - 1, &thread))
			return "no such thread";
		word = strtok_r(NULL, " \t\r", &save);
		if (!word)
			return "a thread without a call";
	}
	for (type = fz_types; type->name && strcmp(type->name, word); type++)
		;
	if (!type->name)
		return "no such call";
	fz_call_init(call, type);
	call->thread = thread;
	while ((word = strtok_r(NULL, " \t\r", &save)))
		if (!parse_word(call, word, &slot))
			return "a word that does not belong to the call";
	program->num++;
	return NULL;
}

bool fz_parse(struct fz_program *program, const char *text, char *error, size_t size)
{
	char line[512];
	int number = 0;

	program->num = 0;
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *wrong;

		number++;
		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		wrong = length < sizeof(line) ? parse_line(program, line) : "the line is too long";
		if (wrong) {
			snprintf(error, size, "line %d: %s: %.*s", number, wrong, (int)length,
				 text);
			return false;
		}
		text += length + (text[length] == '\n');
	}
	return true;
}

/* --- files ------------------------------------------------------------------------------------ */

bool fz_load(struct fz_program *program, const char *path)
{
	char text[FZ_TEXT + 1], error[600];
	FILE *file = fopen(path, "r");
	size_t length;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	length = fread(text, 1, FZ_TEXT, file);
	text[length] = 0;
	fclose(file);
	if (!fz_parse(program, text, error, sizeof(error))) {
		fprintf(stderr, "%s: %s\n", path, error);
		return false;
	}
	return true;
}

bool fz_save(const struct fz_program *program, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	char text[FZ_TEXT];
	ssize_t length;
	bool good;

	fz_print(program, text);
	length = strlen(text);
	good = fd >= 0 && write(fd, text, length) == length && !fsync(fd);
	if (!good)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return good;
}
