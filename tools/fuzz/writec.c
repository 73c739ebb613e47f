// SPDX-License-Identifier: MIT
/*
 * Writing a program in C: calls one by one, with what they need and nothing of the fuzzer.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vprot_drm.h>

#include "calls.h"
#include "finding.h"
#include "writec.h"

#define MAX_BLTS	16
#define MAX_SUBSAMPLES	64
#define MAX_SYNCS	4
#define EXPRESSION	64	/* characters of an expression for a pointer */

/* What "blt" and the like have put together in a thread, and nothing has submitted yet. */
struct staged {
	const struct fz_call *blts[MAX_BLTS];
	const struct fz_call *subsamples[MAX_BLTS][MAX_SUBSAMPLES];
	unsigned int num_subsamples[MAX_BLTS + 1];
	unsigned int num_blts;
	const struct fz_call *waits[MAX_SYNCS];
	const struct fz_call *signals[MAX_SYNCS];
	unsigned int num_waits;
	unsigned int num_signals;
};

static void __attribute__((format(printf, 3, 4)))
line(FILE *out, int depth, const char *format, ...)
{
	va_list args;

	while (depth--)
		fputc('\t', out);
	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
	fputc('\n', out);
}

/* --- values ----------------------------------------------------------------------------------- */

static const char *slot(const struct fz_call *call, unsigned int i, char text[16])
{
	if (call->value[i] < FZ_SLOTS)
		snprintf(text, 16, "%c[%llu]", fz_kind_letters[call->type->fields[i].kind],
			 call->value[i]);
	else
		snprintf(text, 16, "nobody");
	return text;
}

static bool is_good(__u64 kind)
{
	return kind == FZ_GOOD || kind == FZ_ODD;
}

/* A pointer; @good is what it is when it is good. */
static const char *pointer(__u64 kind, const char *good, char text[EXPRESSION])
{
	static const char * const expressions[FZ_POINTERS] = {
		[FZ_NULL] = "0",
		[FZ_BAD] = "(uintptr_t)bad_page",
		[FZ_EDGE] = "(uintptr_t)bad_page - 8",
		[FZ_READ_ONLY] = "(uintptr_t)read_only_page",
		[FZ_KERNEL] = "0xffff888000001000",
		[FZ_MAPPED] = "(uintptr_t)m[0].memory",
	};

	if (is_good(kind))
		snprintf(text, EXPRESSION, "(uintptr_t)%s%s", good, kind == FZ_ODD ? " + 1" : "");
	else
		snprintf(text, EXPRESSION, "%s", expressions[kind]);
	return text;
}

static void number(FILE *out, int depth, const struct fz_field *field, __u64 value)
{
	const struct fz_name *name = field->names;

	while (name && name->name && name->value != value)
		name++;
	if (name && name->name)
		line(out, depth, ".%s = %s,", field->name, name->c);
	else
		line(out, depth, value < 65536 ? ".%s = %llu," : ".%s = %#llx,", field->name,
		     value);
}

/* The members of a structure, but pointers, whose memory differs from call to call. */
static void members(FILE *out, int depth, const struct fz_call *call)
{
	const struct fz_field *field = call->type->fields;
	char text[16];

	for (unsigned int i = 0; field[i].name; i++) {
		if (!field[i].size || field[i].makes)
			continue;
		if (field[i].kind < FZ_KINDS)
			line(out, depth, ".%s = %s.%s,", field[i].name, slot(call, i, text),
			     field[i].size == sizeof(__u64) ? "name" : "handle");
		else if (field[i].kind == FZ_GUID && !call->value[i])
			line(out, depth, ".%s = DRM_VPROT_ENCRYPTION_AES128_CTR,", field[i].name);
		else if (field[i].kind == FZ_GUID)
			line(out, depth, ".%s = { %u },", field[i].name, (__u32)call->value[i]);
		else if (field[i].kind == FZ_NUMBER && call->value[i])
			number(out, depth, &field[i], call->value[i]);
	}
}

/* The file that a call goes to; as fz_call_fd() has it. */
static const char *file_of(const struct fz_call *call, char text[16])
{
	const struct fz_field *field = call->type->fields;

	snprintf(text, 16, "nobody");
	for (unsigned int i = 0; field[i].name; i++)
		if (field[i].kind < FZ_KINDS && field[i].named && call->value[i] != field[i].usual)
			return slot(call, i, text);
	for (unsigned int i = 0; field[i].name; i++)
		if (field[i].kind < FZ_KINDS && !field[i].makes)
			return slot(call, i, text);
	return text;
}

/* --- ioctls ----------------------------------------------------------------------------------- */

static const char *arg_of(const struct fz_call *call, char text[2 * EXPRESSION])
{
	char address[EXPRESSION];
	__u64 kind = fz_value(call, "arg");

	if (kind == FZ_GOOD)
		return "&args";
	snprintf(text, 2 * EXPRESSION, "(void *)(%s)", pointer(kind, "&args", address));
	return text;
}

static bool has_name(const struct fz_call *call)
{
	for (const struct fz_field *field = call->type->fields; field->name; field++)
		if (!strcmp(field->name, "name"))
			return true;
	return false;
}

static void do_ioctl(FILE *out, int depth, const struct fz_call *call)
{
	const struct fz_field *field = call->type->fields;
	char file[16], text[2 * EXPRESSION], made[16];

	if (!is_good(fz_value(call, "arg")))
		line(out, depth, "(void)args;");
	for (unsigned int i = 0; field[i].name; i++) {
		if (!field[i].makes)
			continue;
		line(out, depth, "if (!CALL(ioctl(%s.fd, DRM_IOCTL_%s, %s)))", file_of(call, file),
		     call->type->c, arg_of(call, text));
		line(out, depth + 1, "%s = (struct slot){ .fd = %s.fd, .handle = args.%s%s };",
		     slot(call, i, made), file, field[i].name,
		     has_name(call) ? ", .name = args.name ? args.name : args.handle" : "");
		return;
	}
	if (!strcmp(call->type->name, "channel_key_exchange")) {
		line(out, depth, "if (!CALL(ioctl(%s.fd, DRM_IOCTL_%s, %s)))", file_of(call, file),
		     call->type->c, arg_of(call, text));
		line(out, depth + 1, "%s.key = %llu;", slot(call, 0, made), fz_value(call, "key"));
		return;
	}
	line(out, depth, "CALL(ioctl(%s.fd, DRM_IOCTL_%s, %s));", file_of(call, file),
	     call->type->c, arg_of(call, text));
}

static void plain_ioctl(FILE *out, int depth, const struct fz_call *call)
{
	const struct fz_field *field = call->type->fields;
	char text[EXPRESSION];

	for (unsigned int i = 0; field[i].name; i++)
		if (field[i].kind == FZ_POINTER && field[i].size && is_good(call->value[i]))
			line(out, depth, "static __thread __u8 %s_memory[4096];", field[i].name);
	if (strstr(call->type->name, "key_exchange") && is_good(fz_value(call, "data")))
		line(out, depth, "key_message(data_memory, %s.fd, %llu);", file_of(call, text),
		     fz_value(call, "key"));
	line(out, depth, "struct %s args = {", call->type->c_struct);
	members(out, depth + 1, call);
	for (unsigned int i = 0; field[i].name; i++) {
		char good[32];

		if (field[i].kind != FZ_POINTER || !field[i].size)
			continue;
		snprintf(good, sizeof(good), "%s_memory", field[i].name);
		line(out, depth + 1, ".%s = %s,", field[i].name,
		     pointer(call->value[i], good, text));
	}
	line(out, depth, "};");
	fputc('\n', out);
	do_ioctl(out, depth, call);
}

/* --- messages of channels --------------------------------------------------------------------- */

static void message(FILE *out, int depth, const struct fz_call *call)
{
	const struct fz_field *field = call->type->fields;
	bool is_command = call->type->request == DRM_IOCTL_VPROT_CHANNEL_CONFIGURE;
	bool takes_answer = fz_value(call, "input") == FZ_GOOD &&
			    fz_value(call, "output") == FZ_GOOD;
	char channel[16], file[16], text[EXPRESSION];

	slot(call, 0, channel);
	line(out, depth, "static __thread __u8 input[8192], output[8192];");
	line(out, depth, "struct drm_vprot_guid type = DRM_VPROT_%s;", call->type->c);
	line(out, depth, "struct %s message = {", call->type->c_struct);
	members(out, depth + 1, call);
	line(out, depth, "};");
	line(out, depth, "struct drm_vprot_channel_exchange args = {");
	line(out, depth + 1, ".handle = %s.handle,", channel);
	if (fz_value(call, "pad"))
		line(out, depth + 1, ".pad = %#x,", (__u32)fz_value(call, "pad"));
	line(out, depth + 1, ".input = %s,", pointer(fz_value(call, "input"), "input", text));
	line(out, depth + 1, ".output = %s,", pointer(fz_value(call, "output"), "output", text));
	line(out, depth + 1, ".input_size = %u,",
	     (__u32)(call->type->size + fz_value(call, "extra_input")));
	line(out, depth + 1, ".output_size = %u,",
	     (__u32)(call->type->answer_size + fz_value(call, "extra_output")));
	line(out, depth, "};");
	fputc('\n', out);
	for (unsigned int i = 0; field[i].name; i++)
		if (!strcmp(field[i].name, "device"))
			line(out, depth, "message.device += %s.device;", channel);
	line(out, depth, "memcpy(input, &message, sizeof(message));");
	line(out, depth, "make_message(&%s, %d, &type, input, sizeof(message), args.input_size,",
	     channel, is_command);
	line(out, depth, "\t     %#llx, %llu, %llu);", fz_value(call, "ahead"),
	     fz_value(call, "odd"), is_command ? fz_value(call, "forged") : 0);
	line(out, depth,
	     takes_answer ? "if (!CALL(ioctl(%s.fd, DRM_IOCTL_VPROT_CHANNEL_%s, &args)))" :
			    "CALL(ioctl(%s.fd, DRM_IOCTL_VPROT_CHANNEL_%s, &args));",
	     file_of(call, file), is_command ? "CONFIGURE" : "QUERY");
	if (takes_answer)
		line(out, depth + 1, "take_answer(&%s, &type, input, output);", channel);
	else
		line(out, depth, "(void)output;");
}

/* --- blits ------------------------------------------------------------------------------------ */

static void big_endian(FILE *out, __u64 value)
{
	for (int i = 56; i >= 0; i -= 8)
		fprintf(out, " %#llx,", value >> i & 255);
}

static void blt(FILE *out, int depth, const struct staged *staged, unsigned int i)
{
	const struct fz_call *call = staged->blts[i];
	__u64 num = staged->num_subsamples[i] + (__u32)fz_value(call, "extra_subsamples");
	__u64 key_size = fz_value(call, "extra_key_size");
	char text[EXPRESSION], good[32];

	line(out, depth, "{");
	members(out, depth + 1, call);
	if (fz_value(call, "iv") || fz_value(call, "count")) {
		for (int tabs = 0; tabs <= depth; tabs++)
			fputc('\t', out);
		fprintf(out, ".iv = {");
		big_endian(out, fz_value(call, "iv"));
		big_endian(out, fz_value(call, "count"));
		line(out, 0, " },");
	}
	if (num) {
		snprintf(good, sizeof(good), "subsamples%u", i);
		line(out, depth + 1, ".subsamples = %s,",
		     pointer(fz_value(call, "subsamples"), good, text));
		line(out, depth + 1, ".num_subsamples = %llu,", num);
	}
	if (fz_value(call, "key_form")) {
		if (fz_value(call, "key_form") == DRM_VPROT_KEY_KEYRING) {
			key_size += FZ_DESCRIPTION;
			snprintf(good, sizeof(good), "descriptions[%llu]",
				 fz_value(call, "content") % 4);
		} else {
			key_size += DRM_VPROT_KEY_SIZE;
			snprintf(good, sizeof(good), "wrapped");
		}
		line(out, depth + 1, ".key = %s,", pointer(fz_value(call, "key"), good, text));
	}
	if (key_size)
		line(out, depth + 1, ".key_size = %u,", (__u32)key_size);
	snprintf(good, sizeof(good), "&results[%u]", i);
	line(out, depth + 1, ".result = %s,", pointer(fz_value(call, "result"), good, text));
	line(out, depth, "},");
}

static void sync_array(FILE *out, int depth, const char *name, const struct fz_call *const *syncs,
		       unsigned int num)
{
	line(out, depth, "struct drm_vprot_sync %s[%u] = {", name, num + 1);
	for (unsigned int i = 0; i < num; i++) {
		line(out, depth + 1, "{");
		members(out, depth + 2, syncs[i]);
		line(out, depth + 1, "},");
	}
	line(out, depth, "};");
}

/* Returns whether there is anything to wait for, or to signal. */
static bool sync_members(FILE *out, int depth, const struct fz_call *call, const char *name,
			 __u32 num)
{
	__u64 kind = fz_value(call, name);
	char text[EXPRESSION];

	if (num || kind != FZ_GOOD)
		line(out, depth, ".%s = %s,", name, pointer(kind, name, text));
	if (num)
		line(out, depth, ".num_%s = %u,", name, num);
	return num;
}

static void syncs(FILE *out, int depth, const struct fz_call *call, const struct staged *staged)
{
	__u32 stride = fz_value(call, "extra_sync_stride");
	bool any;

	any = sync_members(out, depth, call, "waits",
			   staged->num_waits + fz_value(call, "extra_waits"));
	any |= sync_members(out, depth, call, "signals",
			    staged->num_signals + fz_value(call, "extra_signals"));
	if (any)
		stride += sizeof(struct drm_vprot_sync);
	if (stride)
		line(out, depth, ".sync_stride = %u,", stride);
}

static void submit(FILE *out, int depth, const struct fz_call *call, const struct staged *staged)
{
	char text[EXPRESSION];

	for (unsigned int i = 0; i < staged->num_blts; i++) {
		if (!staged->num_subsamples[i] && !fz_value(staged->blts[i], "extra_subsamples"))
			continue;
		line(out, depth, "struct drm_vprot_subsample subsamples%u[%u] = {", i,
		     staged->num_subsamples[i] + 1);
		for (unsigned int j = 0; j < staged->num_subsamples[i]; j++)
			line(out, depth + 1, "{ %u, %u },",
			     (__u32)fz_value(staged->subsamples[i][j], "clear"),
			     (__u32)fz_value(staged->subsamples[i][j], "encrypted"));
		line(out, depth, "};");
		line(out, depth, "(void)subsamples%u;", i);
	}
	line(out, depth, "struct drm_vprot_blt_result results[%u];", staged->num_blts + 1);
	line(out, depth, "__u8 wrapped[DRM_VPROT_KEY_SIZE] = { 0x5a };");
	line(out, depth, "struct drm_vprot_blt blts[%u] = {", staged->num_blts + 1);
	for (unsigned int i = 0; i < staged->num_blts; i++)
		blt(out, depth + 1, staged, i);
	line(out, depth, "};");
	sync_array(out, depth, "waits", staged->waits, staged->num_waits);
	sync_array(out, depth, "signals", staged->signals, staged->num_signals);
	line(out, depth, "struct drm_vprot_submit args = {");
	members(out, depth + 1, call);
	line(out, depth + 1, ".blts = %s,", pointer(fz_value(call, "blts"), "blts", text));
	line(out, depth + 1, ".num_blts = %u,",
	     (__u32)(staged->num_blts + fz_value(call, "extra_blts")));
	syncs(out, depth + 1, call, staged);
	line(out, depth, "};");
	fputc('\n', out);
	/* What no pointer leads to. */
	line(out, depth, "(void)wrapped, (void)results, (void)blts, (void)waits, (void)signals;");
	do_ioctl(out, depth, call);
}

/* --- programs --------------------------------------------------------------------------------- */

/* A call without a table: a function of the same name, given slots and numbers in order. */
static void other(FILE *out, int depth, const struct fz_call *call)
{
	const struct fz_field *field = call->type->fields;
	char text[EXPRESSION];

	for (int i = 0; i < depth; i++)
		fputc('\t', out);
	fprintf(out, "CALL(do_%s(", call->type->name);
	for (unsigned int i = 0; field[i].name; i++) {
		fprintf(out, i ? ", " : "");
		if (field[i].kind < FZ_KINDS)
			fprintf(out, "&%s", slot(call, i, text));
		else if (field[i].kind == FZ_POINTER)
			fprintf(out, "%s", pointer(call->value[i], "garbage", text));
		else
			fprintf(out, "%#llx", call->value[i]);
	}
	line(out, 0, "));");
}

static void stage(struct staged *staged, const struct fz_call *call)
{
	const char *name = call->type->name;
	unsigned int at = staged->num_blts;

	if (!strcmp(name, "wait_for")) {
		if (staged->num_waits < MAX_SYNCS)
			staged->waits[staged->num_waits++] = call;
	} else if (!strcmp(name, "then_signal")) {
		if (staged->num_signals < MAX_SYNCS)
			staged->signals[staged->num_signals++] = call;
	} else if (at == MAX_BLTS) {
		return;
	} else if (!strcmp(name, "blt")) {
		staged->blts[at] = call;
		staged->num_subsamples[++staged->num_blts] = 0;
	} else if (staged->num_subsamples[at] < MAX_SUBSAMPLES) {
		staged->subsamples[at][staged->num_subsamples[at]++] = call;
	}
}

static void write_call(FILE *out, const struct fz_call *call, struct staged *staged)
{
	bool submits = call->type->c_struct && !strcmp(call->type->c_struct, "drm_vprot_submit");
	char text[512];

	/* They fill a structure and are no ioctl. */
	if (call->type->c_struct && !call->type->c) {
		for (int i = 0; i < call->repeat; i++)
			stage(staged, call);
		return;
	}
	if (!call->type->c && !call->fail && call->repeat == 1) {
		other(out, 1, call);
		return;
	}
	fz_print_call(call, text, sizeof(text));
	line(out, 1, "/* %s */", text);
	line(out, 1, call->repeat > 1 ? "for (int i = 0; i < %d; i++) {" : "{", call->repeat);
	if (call->fail)
		line(out, 2, "fail_nth(%d);", call->fail);
	if (submits)
		submit(out, 2, call, staged);
	else if (call->type->guid)
		message(out, 2, call);
	else if (call->type->c)
		plain_ioctl(out, 2, call);
	else
		other(out, 2, call);
	if (call->fail)
		line(out, 2, "fail_nth(0);");
	line(out, 1, "}");
	if (submits) {
		staged->num_blts = 0;
		staged->num_subsamples[0] = 0;
		staged->num_waits = 0;
		staged->num_signals = 0;
	}
}

static void write_thread(FILE *out, const struct fz_program *program, unsigned int thread)
{
	struct staged staged = { 0 };
	bool begun[FZ_THREADS] = { 0 };

	line(out, 0, "static void *thread%u(void *unused)", thread);
	line(out, 0, "{");
	for (unsigned int i = 0; i < program->num; i++) {
		const struct fz_call *call = &program->calls[i];

		if (call->thread == thread) {
			write_call(out, call, &staged);
		} else if (!thread && !begun[call->thread]) {
			begun[call->thread] = true;
			line(out, 1, "begin(%d, thread%d);", call->thread, call->thread);
		}
	}
	line(out, 1, "return unused;");
	line(out, 0, "}");
	fputc('\n', out);
}

int fz_write_c(const struct fz_program *program, const char *why, const char *path)
{
	char *body = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&body, &size);
	bool used[FZ_THREADS] = { true };
	int result = 0;

	if (!out)
		return -ENOMEM;
	for (unsigned int i = 0; i < program->num; i++)
		used[program->calls[i].thread] = true;
	for (int i = FZ_THREADS - 1; i >= 0; i--)
		if (used[i])
			write_thread(out, program, i);
	fclose(out);

	out = fopen(path, "w");
	if (out) {
		line(out, 0, "/*\n * %s\n *", why);
		line(out, 0, " * cc -I include/uapi/drm%s $(pkg-config --cflags libdrm) small.c -pthread%s",
		     strstr(body, "do_gate") ? " -I tools/fuzz" : "",
		     strstr(body, "_message(") ? " -lcrypto" : "");
		line(out, 0, " */");
		fz_write_template(out, body);
	}
	if (!out || fclose(out)) {
		result = -errno;
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	}
	free(body);
	return result;
}
