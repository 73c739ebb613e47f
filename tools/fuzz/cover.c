// SPDX-License-Identifier: MIT
/*
 * Coverage of the module by KCOV.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/kcov.h>

#include "cover.h"
#include "program.h"

#define ENTRIES		0x8000	/* in the buffer of a thread */
#define MAX_SECTIONS	8
#define POINT		"__sanitizer_cov_trace_pc"

/* Code of the module: where it lies in memory, and where its points begin in a set. */
static struct section {
	__u64 address;
	__u64 size;
	__u64 base;
} sections[MAX_SECTIONS];
static unsigned int num_sections;
static unsigned int total;
static bool on;

static struct {
	int fd;
	__u64 *entries;	/* their number, then the entries */
} buffers[FZ_THREADS];

/* --- the module ------------------------------------------------------------------------------- */

static bool section_address(const char *name, __u64 *address)
{
	char path[128];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "/sys/module/vprot/sections/%s", name);
	file = fopen(path, "r");
	if (!file)
		return false;
	good = fscanf(file, "%llx", address) == 1 && *address;
	fclose(file);
	return good;
}

static bool is_code(const char *name)
{
	return !strncmp(name, ".text", 5);
}

/* Counts the calls that the compiler has put at each point of the code. */
static unsigned int count_points(const __u8 *elf, const Elf64_Shdr *headers,
				 const Elf64_Shdr *relocations)
{
	const Elf64_Shdr *symbols = &headers[relocations->sh_link];
	const Elf64_Sym *symbol = (const Elf64_Sym *)(elf + symbols->sh_offset);
	const char *names = (const char *)elf + headers[symbols->sh_link].sh_offset;
	const Elf64_Rela *relocation = (const Elf64_Rela *)(elf + relocations->sh_offset);
	unsigned int count = 0;

	for (size_t i = 0; i < relocations->sh_size / sizeof(*relocation); i++)
		count += !strcmp(names + symbol[ELF64_R_SYM(relocation[i].r_info)].st_name, POINT);
	return count;
}

static void read_sections(const __u8 *elf)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)elf;
	const Elf64_Shdr *headers = (const Elf64_Shdr *)(elf + header->e_shoff);
	const char *names = (const char *)elf + headers[header->e_shstrndx].sh_offset;
	__u64 base = 0;

	for (unsigned int i = 0; i < header->e_shnum && num_sections < MAX_SECTIONS; i++) {
		struct section *section = &sections[num_sections];
		const char *name = names + headers[i].sh_name;

		if (headers[i].sh_type == SHT_RELA &&
		    is_code(names + headers[headers[i].sh_info].sh_name))
			total += count_points(elf, headers, &headers[i]);
		if (headers[i].sh_type != SHT_PROGBITS || !is_code(name) ||
		    !section_address(name, &section->address))
			continue;
		section->size = headers[i].sh_size;
		section->base = base;
		base += section->size;
		num_sections++;
	}
}

static const char *read_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;
	void *elf;

	if (fd < 0 || fstat(fd, &stat))
		return "the module's file cannot be read";
	elf = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (elf == MAP_FAILED)
		return "the module's file cannot be read";
	read_sections(elf);
	munmap(elf, stat.st_size);
	if (!total)
		return "the module is not built for coverage";
	if (!num_sections)
		return "the module's file is not the one that is loaded";
	if (sections[num_sections - 1].base + sections[num_sections - 1].size > FZ_TEXT_SIZE)
		return "the module is larger than the fuzzer thinks";
	return NULL;
}

/* The place of an address in a set, or -1. */
static long locate(__u64 address)
{
	for (unsigned int i = 0; i < num_sections; i++)
		if (address - sections[i].address < sections[i].size)
			return sections[i].base + (address - sections[i].address);
	return -1;
}

/* --- collecting ------------------------------------------------------------------------------- */

const char *fz_cover_init(const char *module)
{
	const char *why = read_module(module);

	if (why)
		return why;
	for (int i = 0; i < FZ_THREADS; i++) {
		int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

		if (fd < 0)
			return "the kernel has no /sys/kernel/debug/kcov";
		if (ioctl(fd, KCOV_INIT_TRACE, ENTRIES))
			return "KCOV cannot be set up";
		buffers[i].fd = fd;
		buffers[i].entries = mmap(NULL, ENTRIES * sizeof(__u64), PROT_READ | PROT_WRITE,
					  MAP_SHARED, fd, 0);
		if (buffers[i].entries == MAP_FAILED)
			return "KCOV cannot be set up";
	}
	on = true;
	return NULL;
}

bool fz_cover_on(void)
{
	return on;
}

unsigned int fz_cover_total(void)
{
	return total;
}

void fz_cover_begin(unsigned int thread)
{
	if (on && ioctl(buffers[thread].fd, KCOV_ENABLE, KCOV_TRACE_PC)) {
		perror("KCOV_ENABLE");
		_exit(1);
	}
}

void fz_cover_reset(unsigned int thread)
{
	if (on)
		__atomic_store_n(&buffers[thread].entries[0], 0, __ATOMIC_RELAXED);
}

static void set_bit(__u64 *set, unsigned int bit)
{
	__atomic_fetch_or(&set[bit / 64], 1ull << bit % 64, __ATOMIC_RELAXED);
}

void fz_cover_collect(unsigned int thread, struct fz_cover *cover)
{
	__u64 *entries = buffers[thread].entries;
	__u32 before = 0;
	__u64 num;

	if (!on)
		return;
	num = __atomic_load_n(&entries[0], __ATOMIC_RELAXED);
	for (__u64 i = 1; i <= num; i++) {
		long at = locate(entries[i]);
		__u32 point = at;

		if (at < 0)
			continue;
		set_bit(cover->points, point);
		set_bit(cover->edges, (before * 0x9e3779b1u ^ point * 0x85ebca6bu) >> 16);
		before = point + 1;
	}
}

void fz_cover_result(unsigned int type, int result, struct fz_cover *cover)
{
	if (!on)
		set_bit(cover->edges, (type << 8 | (-result & 255)) % FZ_EDGES);
}

void fz_cover_end(unsigned int thread)
{
	if (on)
		ioctl(buffers[thread].fd, KCOV_DISABLE, 0);
}

/* --- sets ------------------------------------------------------------------------------------- */

unsigned int fz_cover_news(const struct fz_cover *cover, const struct fz_cover *all)
{
	unsigned int news = 0;

	for (int i = 0; i < FZ_EDGES / 64; i++)
		news += __builtin_popcountll(cover->edges[i] & ~all->edges[i]);
	return news;
}

void fz_cover_add(struct fz_cover *all, const struct fz_cover *cover)
{
	for (int i = 0; i < FZ_TEXT_SIZE / 64; i++)
		all->points[i] |= cover->points[i];
	for (int i = 0; i < FZ_EDGES / 64; i++)
		all->edges[i] |= cover->edges[i];
}

unsigned int fz_cover_points(const struct fz_cover *cover)
{
	unsigned int num = 0;

	for (int i = 0; i < FZ_TEXT_SIZE / 64; i++)
		num += __builtin_popcountll(cover->points[i]);
	return num;
}

unsigned int fz_cover_edges(const struct fz_cover *cover)
{
	unsigned int num = 0;

	for (int i = 0; i < FZ_EDGES / 64; i++)
		num += __builtin_popcountll(cover->edges[i]);
	return num;
}
