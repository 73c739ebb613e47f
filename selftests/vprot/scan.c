// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "oracle.h"
#include "scan.h"

#define CHUNK		(1024 * 1024)
/* Above the memory that is mapped one to one lies the kernel itself, for the second time. */
#define KERNEL_MAPPING	0xffffffff80000000ull

/* Mark n is mask ^ (rest | n). Children have the numbers of their parents. */
static __u64 mask, rest;

__attribute__((constructor)) static void draw(void)
{
	__u64 numbers[2];

	if (getrandom(numbers, sizeof(numbers), 0) != sizeof(numbers))
		vt_fatal("getrandom: %s", strerror(errno));
	mask = numbers[0];
	rest = numbers[1] & ~(__u64)(VT_MARKS - 1);
}

static void xor_words(void *data, size_t size, __u64 word)
{
	__u64 *words = data;

	for (size_t i = 0; i < size / sizeof(*words); i++)
		words[i] ^= word;
	/* Else the compiler makes one XOR of two. */
	asm volatile("" : : "r"(data) : "memory");
}

void vt_mark(unsigned int mark, void *data, size_t size)
{
	xor_words(data, size, mask);
	xor_words(data, size, rest | mark);
}

static void count(const __u64 *words, size_t number, __u64 found[VT_MARKS])
{
	for (size_t i = 0; i < number; i++) {
		__u64 word = words[i] ^ mask;

		/* Else it compares with the mark itself. */
		asm("" : "+r"(word));
		if ((word & ~(__u64)(VT_MARKS - 1)) == rest)
			found[word & (VT_MARKS - 1)] += sizeof(word);
	}
}

/* Reads from here to there, and counts. */
static void scan_part(int kcore, const Elf64_Phdr *part, __u64 *words, __u64 found[VT_MARKS])
{
	for (__u64 at = 0; at < part->p_memsz; at += CHUNK) {
		size_t size = part->p_memsz - at < CHUNK ? part->p_memsz - at : CHUNK;

		if (pread(kcore, words, size, part->p_offset + at) != (ssize_t)size)
			vt_fatal("/proc/kcore: %s", strerror(errno));
		count(words, size / sizeof(*words), found);
	}
}

void vt_scan(__u64 found[VT_MARKS])
{
	Elf64_Phdr parts[64];
	Elf64_Ehdr header;
	__u64 *words, size = 0;
	int kcore = open("/proc/kcore", O_RDONLY | O_CLOEXEC);

	words = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (kcore < 0 || words == MAP_FAILED ||
	    pread(kcore, &header, sizeof(header), 0) != sizeof(header) || header.e_phnum > 64 ||
	    pread(kcore, parts, header.e_phnum * sizeof(*parts), header.e_phoff) < 0)
		vt_fatal("/proc/kcore: %s", strerror(errno));

	memset(found, 0, VT_MARKS * sizeof(*found));
	for (int i = 0; i < header.e_phnum; i++) {
		/* What has no physical address is mapped from memory that has one. */
		if (parts[i].p_type != PT_LOAD || parts[i].p_paddr == -1ull ||
		    parts[i].p_vaddr >= KERNEL_MAPPING)
			continue;
		scan_part(kcore, &parts[i], words, found);
		size += parts[i].p_memsz;
	}
	if (size < 64 << 20)
		vt_fatal("/proc/kcore shows only %llu bytes of memory", (unsigned long long)size);

	/* The kernel, too, keeps the page that it has read last: let that be one of its own. */
	memset(words, 0, CHUNK);
	for (int i = 0; i < header.e_phnum; i++)
		if (parts[i].p_type == PT_LOAD && parts[i].p_vaddr >= KERNEL_MAPPING)
			pread(kcore, words, 4096, parts[i].p_offset);
	munmap(words, CHUNK);
	close(kcore);
}
