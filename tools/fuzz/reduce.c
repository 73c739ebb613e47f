// SPDX-License-Identifier: MIT
/*
 * Making programs small, before they enter the corpus, and when they show a bug.
 */
#include <string.h>

#include "reduce.h"

struct reduction {
	struct fz_program *program;
	struct fz_program candidate;
	bool (*keep)(const struct fz_program *program, void *data);
	void *data;
};

static bool try(struct reduction *r)
{
	if (!r->keep(&r->candidate, r->data))
		return false;
	*r->program = r->candidate;
	return true;
}

/* Takes @num calls out from @at on. */
static bool try_without(struct reduction *r, unsigned int at, unsigned int num)
{
	r->candidate = *r->program;
	memmove(&r->candidate.calls[at], &r->candidate.calls[at + num],
		(r->candidate.num - at - num) * sizeof(r->candidate.calls[0]));
	r->candidate.num -= num;
	return try(r);
}

/* From the end on, as calls depend on those before them; whole pieces first. */
static void remove_calls(struct reduction *r)
{
	for (unsigned int size = r->program->num / 2; size; size /= 2)
		for (unsigned int at = r->program->num; at >= size; ) {
			at -= size;
			if (r->program->num >= at + size && r->program->num > size)
				try_without(r, at, size);
		}
}

static void simplify_call(struct reduction *r, unsigned int at)
{
	struct fz_call *call = &r->candidate.calls[at];
	const struct fz_field *field = call->type->fields;

	r->candidate = *r->program;
	if (call->repeat > 1) {
		call->repeat = 1;
		try(r);
	}
	r->candidate = *r->program;
	if (call->fail) {
		call->fail = 0;
		try(r);
	}
	r->candidate = *r->program;
	if (call->thread) {
		call->thread = 0;
		try(r);
	}
	for (unsigned int i = 0; field[i].name; i++) {
		r->candidate = *r->program;
		if (field[i].kind < FZ_KINDS && !field[i].named)
			continue;
		if (call->value[i] == field[i].usual)
			continue;
		call->value[i] = field[i].usual;
		try(r);
	}
}

void fz_reduce(struct fz_program *program, bool (*keep)(const struct fz_program *, void *),
	       void *data)
{
	struct reduction r = { .program = program, .keep = keep, .data = data };
	struct fz_program before;

	/* What went may have been all that kept other calls. */
	do {
		before = *program;
		remove_calls(&r);
	} while (program->num < before.num);
	for (unsigned int i = 0; i < program->num; i++) {
		r.candidate = *program;
		simplify_call(&r, i);
	}
}
