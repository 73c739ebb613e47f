// SPDX-License-Identifier: MIT
/*
 * Making and changing programs. Calls go mostly to slots that earlier calls have filled, with
 * values that mostly are valid, so that programs get deep into the driver.
 */
#include <string.h>

#include "mutate.h"
#include "oracle.h"

static __u64 state;

void fz_seed(__u64 seed)
{
	state = seed;
}

__u64 fz_random(__u64 below)
{
	return vt_random(&state) % below;
}

static bool one_in(unsigned int n)
{
	return !fz_random(n);
}

/* --- values ----------------------------------------------------------------------------------- */

/* A slot that calls before @at fill, if there is one. */
static __u64 pick_slot(const struct fz_program *program, unsigned int at, enum fz_kind kind)
{
	__u64 filled[FZ_CALLS];
	unsigned int num = 0;

	for (unsigned int i = 0; i < at; i++) {
		const struct fz_field *field = program->calls[i].type->fields;

		for (unsigned int j = 0; field[j].name; j++)
			if (field[j].makes && field[j].kind == kind)
				filled[num++] = program->calls[i].value[j];
	}
	if (!num || one_in(50))
		return fz_random(FZ_SLOTS + 1);
	/* The latest ones more often. */
	return filled[one_in(2) ? num - 1 : fz_random(num)];
}

static __u64 pick_number(const struct fz_field *field, __u64 before)
{
	switch (fz_random(12)) {
	case 0:
		return before ^ 1ull << fz_random(64);
	case 1:
		return before + fz_random(33) - 16;
	case 2:
		return fz_random(256);
	default:
		return field->values ? field->values[1 + fz_random(field->values[0])] : before;
	}
}

static void change_value(struct fz_program *program, unsigned int at, unsigned int i)
{
	struct fz_call *call = &program->calls[at];
	const struct fz_field *field = &call->type->fields[i];
	__u64 *value = &call->value[i];

	if (field->makes)
		*value = fz_random(FZ_SLOTS);
	else if (field->kind < FZ_KINDS)
		*value = pick_slot(program, at, field->kind);
	else if (field->kind == FZ_POINTER)
		*value = fz_random(FZ_POINTERS);
	else
		*value = pick_number(field, *value);
	/* What does not fit the member would be cut, and be said twice. */
	if (field->kind == FZ_NUMBER && field->size && field->size < 8)
		*value &= (1ull << field->size * 8) - 1;
}

static void change_any_value(struct fz_program *program, unsigned int at)
{
	const struct fz_field *field = program->calls[at].type->fields;
	unsigned int num = 0;

	while (field[num].name)
		num++;
	if (num)
		change_value(program, at, fz_random(num));
}

/* --- calls ------------------------------------------------------------------------------------ */

static const struct fz_type *pick_type(void)
{
	const struct fz_type *type;
	__u64 total = 0, draw;

	for (type = fz_types; type->name; type++)
		total += type->weight;
	draw = fz_random(total);
	for (type = fz_types; draw >= type->weight; type++)
		draw -= type->weight;
	return type;
}

static bool has_filled(const struct fz_program *program, unsigned int at, enum fz_kind kind)
{
	for (unsigned int i = 0; i < at; i++) {
		const struct fz_field *field = program->calls[i].type->fields;

		for (unsigned int j = 0; field[j].name; j++)
			if (field[j].makes && field[j].kind == kind)
				return true;
	}
	return false;
}

static const struct fz_type *pick_maker(enum fz_kind kind)
{
	const struct fz_type *type;

	do {
		type = pick_type();
		for (unsigned int i = 0; type->fields[i].name; i++)
			if (type->fields[i].makes && type->fields[i].kind == kind)
				return type;
	} while (true);
}

/* Puts a call in; first those that make what it uses. Returns the place after it. */
static unsigned int insert(struct fz_program *program, unsigned int at, const struct fz_type *type,
			   unsigned int thread)
{
	const struct fz_field *field = type->fields;
	struct fz_call *call;

	for (unsigned int i = 0; field[i].name; i++)
		if (field[i].kind < FZ_KINDS && !field[i].makes && !field[i].named &&
		    !has_filled(program, at, field[i].kind) && program->num < FZ_CALLS)
			at = insert(program, at, pick_maker(field[i].kind), thread);
	if (program->num == FZ_CALLS)
		return at;

	call = &program->calls[at];
	memmove(call + 1, call, (program->num - at) * sizeof(*call));
	program->num++;
	fz_call_init(call, type);
	call->thread = thread;
	for (unsigned int i = 0; field[i].name; i++)
		if (field[i].kind < FZ_KINDS ? !field[i].named || one_in(30) : one_in(8))
			change_value(program, at, i);
	return at + 1;
}

/* A sequence that is likely to get somewhere: without it few programs would ever move a byte. */
static unsigned int insert_idiom(struct fz_program *program, unsigned int at, unsigned int thread)
{
	static const char * const idioms[][6] = {
		{ "session_create", "key_exchange", "get_encryption_blt_key" },
		{ "start", "finish" },
		{ "gem_create", "mmap", "seal" },
		{ "blt", "decryption_blt" },
		{ "subsample", "subsample", "blt", "decryption_blt" },
		{ "blt", "encryption_blt" },
		{ "blt", "blt", "decryption_blt", "blt", "encryption_blt" },
		{ "export", "import" },
		{ "foreign", "import", "blt", "decryption_blt" },
		{ "gate", "wait_for", "then_signal", "blt", "decryption_blt" },
		{ "syncobj", "then_signal", "blt", "decryption_blt" },
		{ "wait_for", "then_signal", "blt", "encryption_blt", "gate_open" },
		{ "gate", "import", "then_signal", "blt", "encryption_blt" },
		{ "unbind", "bind", "open" },
		{ "channel_create", "channel_key_exchange", "initialize", "query_device_handle" },
		{ "initialize", "protection", "query_protection", "write" },
		{ "session_create", "crypto_session", "query_crypto_session" },
		{ "gem_create_by_child", "export", "shared_resource", "import" },
	};
	const char * const *name = idioms[fz_random(sizeof(idioms) / sizeof(idioms[0]))];

	for (int i = 0; i < 6 && name[i]; i++) {
		const struct fz_type *type = fz_types;

		while (strcmp(type->name, name[i]))
			type++;
		at = insert(program, at, type, thread);
	}
	return at;
}

static void remove_call(struct fz_program *program, unsigned int at)
{
	memmove(&program->calls[at], &program->calls[at + 1],
		(program->num - at - 1) * sizeof(program->calls[0]));
	program->num--;
}

/* --- programs --------------------------------------------------------------------------------- */

static unsigned int pick_thread(const struct fz_program *program, unsigned int at)
{
	if (one_in(4))
		return fz_random(FZ_THREADS);
	return at ? program->calls[at - 1].thread : 0;
}

void fz_generate(struct fz_program *program)
{
	unsigned int calls = 4 + fz_random(20), at = 0, thread = 0;

	program->num = 0;
	while (at < calls && program->num < FZ_CALLS) {
		if (at > 6 && one_in(6))
			thread = fz_random(FZ_THREADS);
		at = one_in(2) ? insert_idiom(program, at, thread) :
				 insert(program, at, pick_type(), thread);
	}
}

static void splice(struct fz_program *program, const struct fz_program *other)
{
	unsigned int from = fz_random(other->num), num = 1 + fz_random(other->num - from);
	unsigned int at = fz_random(program->num + 1);

	if (num > FZ_CALLS - program->num)
		num = FZ_CALLS - program->num;
	memmove(&program->calls[at + num], &program->calls[at],
		(program->num - at) * sizeof(program->calls[0]));
	memcpy(&program->calls[at], &other->calls[from], num * sizeof(program->calls[0]));
	program->num += num;
}

static void mutate_once(struct fz_program *program, const struct fz_program *other)
{
	unsigned int at = fz_random(program->num);
	struct fz_call *call = &program->calls[at];

	switch (fz_random(16)) {
	case 0 ... 2:
		insert(program, at, pick_type(), pick_thread(program, at));
		break;
	case 3 ... 4:
		insert_idiom(program, at, pick_thread(program, at));
		break;
	case 5:
		remove_call(program, at);
		break;
	case 6:
		call->thread = fz_random(FZ_THREADS);
		break;
	case 7:
		call->repeat = one_in(2) ? 1 : 1 + fz_random(one_in(4) ? FZ_REPEAT : 10);
		break;
	case 8 ... 9:
		call->fail = one_in(4) ? 0 : 1 + fz_random(one_in(3) ? 40 : 8);
		break;
	case 10:
		if (other->num)
			splice(program, other);
		break;
	case 11:
		if (program->num < FZ_CALLS) {
			memmove(call + 1, call, (program->num - at) * sizeof(*call));
			program->num++;
		}
		break;
	default:
		change_any_value(program, at);
	}
}

void fz_mutate(struct fz_program *program, const struct fz_program *other)
{
	do {
		if (!program->num)
			fz_generate(program);
		mutate_once(program, other);
	} while (!one_in(3));
	if (!program->num)
		fz_generate(program);
}
