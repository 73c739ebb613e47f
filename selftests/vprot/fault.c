// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault.h"
#include "oracle.h"

/* A kind's number of faults left, from which we see that one has happened. */
#define MANY	1000000000

static const char * const folders[VT_FAULT_KINDS] = {
	[VT_FAULT_SLAB] = "/sys/kernel/debug/failslab",
	[VT_FAULT_PAGE] = "/sys/kernel/debug/fail_page_alloc",
	[VT_FAULT_USERCOPY] = "/sys/kernel/debug/fail_usercopy",
};

static __thread int fail_nth = -1;

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		vt_fatal("%s: %s; does the kernel have fault injection?", path, strerror(errno));
	return fd;
}

static void set(enum vt_fault kind, const char *name, const char *format, ...)
{
	char path[128], text[32];
	va_list args;
	int fd, size;

	va_start(args, format);
	size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s/%s", folders[kind], name);
	fd = open_file(path, O_WRONLY);
	if (write(fd, text, size) != size)
		vt_fatal("%s: cannot write '%s': %s", path, text, strerror(errno));
	close(fd);
}

/* How many faults of this kind have happened since the last time. */
static unsigned int take_count(enum vt_fault kind)
{
	char path[128], text[16] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/times", folders[kind]);
	fd = open_file(path, O_RDONLY);
	if (read(fd, text, sizeof(text) - 1) <= 0)
		vt_fatal("%s: %s", path, strerror(errno));
	close(fd);
	if (atoi(text) != MANY)
		set(kind, "times", "%d", MANY);
	return MANY - atoi(text);
}

void vt_fault_setup(void)
{
	for (enum vt_fault kind = 0; kind < VT_FAULT_KINDS; kind++) {
		set(kind, "verbose", getenv("VERBOSE") ? "2" : "0");
		set(kind, "times", "%d", MANY);
		/* Anywhere, whatever a test before has left. */
		set(kind, "require-start", "0");
		set(kind, "require-end", "%lu", ULONG_MAX);
		set(kind, "reject-start", "0");
		set(kind, "reject-end", "0");
	}
	set(VT_FAULT_SLAB, "ignore-gfp-wait", "N");
	set(VT_FAULT_PAGE, "ignore-gfp-wait", "N");
	set(VT_FAULT_PAGE, "ignore-gfp-highmem", "N");
	set(VT_FAULT_PAGE, "min-order", "0");
	/* A fault in our own page faults would end us: have all pages that there are. */
	if (mlockall(MCL_CURRENT))
		vt_fatal("mlockall: %s", strerror(errno));
}

/* Whether a line of /proc/kallsyms is of a function, or of the text of a module in brackets. */
static bool is_symbol_of(const char *line, const char *function, unsigned long *address)
{
	char type, name[256], module[64] = "";

	if (sscanf(line, "%lx %c %255s %63s", address, &type, name, module) < 3)
		return false;
	if (*function == '[')
		return (type == 't' || type == 'T') && !strcmp(module, function);
	return !strcmp(name, function);
}

void vt_fault_filter(enum vt_fault kind, const char *which, const char *function)
{
	unsigned long start = 0, last = 0, end = 0, address;
	char line[512], name[32], type;
	FILE *symbols = fopen("/proc/kallsyms", "r");

	if (!symbols)
		vt_fatal("/proc/kallsyms: %s", strerror(errno));
	while (fgets(line, sizeof(line), symbols)) {
		if (!is_symbol_of(line, function, &address))
			continue;
		if (!start || address < start)
			start = address;
		if (address > last)
			last = address;
	}
	/* A function ends where the next symbol begins; the table of a module is not sorted. */
	rewind(symbols);
	while (start && fgets(line, sizeof(line), symbols))
		if (sscanf(line, "%lx %c", &address, &type) == 2 && address > last &&
		    (!end || address < end))
			end = address;
	fclose(symbols);
	if (!end)
		vt_fatal("the kernel has no function %s", function);

	snprintf(name, sizeof(name), "%s-start", which);
	set(kind, name, "0x%lx", start);
	snprintf(name, sizeof(name), "%s-end", which);
	set(kind, name, "0x%lx", end);
	set(kind, "stacktrace-depth", "32");
}

void vt_fault_arm(unsigned int nth)
{
	char text[16];
	int size = snprintf(text, sizeof(text), "%u", nth);

	if (fail_nth < 0)
		fail_nth = open_file("/proc/thread-self/fail-nth", O_RDWR);
	if (pwrite(fail_nth, text, size, 0) != size)
		vt_fatal("fail-nth cannot be set: %s", strerror(errno));
}

enum vt_fault vt_fault_disarm(void)
{
	enum vt_fault hit = VT_FAULT_NONE;
	bool ours = false;

	/* What is left of the count may hit this call instead. */
	while (pwrite(fail_nth, "0", 1, 0) != 1)
		ours = true;
	for (enum vt_fault kind = 0; kind < VT_FAULT_KINDS; kind++)
		if (take_count(kind) && !ours)
			hit = kind;
	return hit;
}

void vt_fault_begin_random(unsigned int percent, const char *function)
{
	for (enum vt_fault kind = 0; kind < VT_FAULT_KINDS; kind++) {
		vt_fault_filter(kind, "require", function);
		set(kind, "task-filter", "N");
		set(kind, "interval", "1");
		set(kind, "probability", "%u", percent);
	}
}

void vt_fault_end_random(struct vt_fault_count *count)
{
	for (enum vt_fault kind = 0; kind < VT_FAULT_KINDS; kind++) {
		set(kind, "probability", "0");
		count->of[kind] = take_count(kind);
	}
}

void vt_fault_report(const char *name, const struct vt_fault_count *count)
{
	printf("# faults: %-24s slab %3u, page %3u, user copy %3u\n", name,
	       count->of[VT_FAULT_SLAB], count->of[VT_FAULT_PAGE], count->of[VT_FAULT_USERCOPY]);
	fflush(stdout);
}
