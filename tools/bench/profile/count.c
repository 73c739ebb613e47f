// SPDX-License-Identifier: MIT
/*
 * A plugin for QEMU's emulation: counts the instructions that the machine executes, by address,
 * between two addresses of a program. For one processor.
 *
 * Arguments: begin=ADDRESS, end=ADDRESS, where counting begins anew and ends, and out=FILE, which
 * gets a line `ADDRESS INSTRUCTIONS` (hexadecimal, decimal) for each block of code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"

#define EXPORT	__attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;

/* A block of code. The same code may be translated more than once. */
struct block {
	struct block *next;
	uint64_t address;
	uint64_t count;
};

static struct block *blocks;
static uint64_t begin, end;
static const char *out;

static void count_anew(unsigned int cpu, void *data)
{
	for (struct block *block = blocks; block; block = block->next)
		block->count = 0;
}

static void write_counts(unsigned int cpu, void *data)
{
	FILE *file = fopen(out, "w");

	for (struct block *block = blocks; file && block; block = block->next)
		if (block->count)
			fprintf(file, "%jx %ju\n", (uintmax_t)block->address,
				(uintmax_t)block->count);
	if (!file || fclose(file))
		perror(out);
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));

	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->next = blocks;
	blocks = block;
	if (block->address == begin)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, count_anew, QEMU_PLUGIN_CB_NO_REGS,
						     NULL);
	if (block->address == end)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, write_counts, QEMU_PLUGIN_CB_NO_REGS,
						     NULL);
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &block->count,
						 qemu_plugin_tb_n_insns(tb));
}

EXPORT int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "begin=", 6))
			begin = strtoull(argv[i] + 6, NULL, 16);
		else if (!strncmp(argv[i], "end=", 4))
			end = strtoull(argv[i] + 4, NULL, 16);
		else if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
	}
	if (!begin || !end || !out) {
		fprintf(stderr, "count: begin=, end= and out= are needed\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
