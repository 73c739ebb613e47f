// SPDX-License-Identifier: MIT
/*
 * The device as root sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <vprot_drm.h>

#include "device.h"

#define DRIVER		"/sys/bus/platform/drivers/vprot/"
#define PARAMETERS	"/sys/module/vprot/parameters/"
#define DEBUGFS		"/sys/kernel/debug/"
#define PROTECTED_MIB	4
#define PATIENCE	100	/* tenths of a second until what is left is left for good */

/* --- small files ------------------------------------------------------------------------------ */

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return -errno;
	result = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return result;
}

/* --- nodes ------------------------------------------------------------------------------------ */

/* A kind of node, and where one was last: each bind may give it another number. */
struct node {
	const char *pattern;
	const char *driver;
	char path[32];
};

static struct node card = { "/dev/dri/card*", "vprot" };
static struct node render = { "/dev/dri/renderD*", "vprot" };
static struct node vgem = { "/dev/dri/card*", "vgem" };

static int open_path(const char *path, const char *driver)
{
	char name[8] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && (ioctl(fd, DRM_IOCTL_VERSION, &version) || strcmp(name, driver))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int open_node(struct node *node)
{
	glob_t nodes;
	int fd = open_path(node->path, node->driver);

	if (fd >= 0 || glob(node->pattern, 0, NULL, &nodes))
		return fd;
	for (size_t i = 0; i < nodes.gl_pathc && fd < 0; i++) {
		fd = open_path(nodes.gl_pathv[i], node->driver);
		if (fd >= 0)
			snprintf(node->path, sizeof(node->path), "%s", nodes.gl_pathv[i]);
	}
	globfree(&nodes);
	return fd;
}

int fz_device_open(bool primary)
{
	return open_node(primary ? &card : &render);
}

int fz_device_open_vgem(void)
{
	return open_node(&vgem);
}

static int open_debugfs(const char *name, int flags)
{
	char pattern[64];
	glob_t files;
	int fd = -1;

	snprintf(pattern, sizeof(pattern), DEBUGFS "dri/*/%s", name);
	if (!glob(pattern, 0, NULL, &files)) {
		fd = open(files.gl_pathv[0], flags | O_CLOEXEC);
		globfree(&files);
	}
	return fd;
}

int fz_device_sessions(void)
{
	return open_debugfs("vprot_sessions", O_RDONLY);
}

/* --- the driver ------------------------------------------------------------------------------- */

int fz_device_teardown(void)
{
	int fd = open_debugfs("vprot_teardown", O_WRONLY);
	int result;

	if (fd < 0)
		return -ENOENT;
	result = write(fd, "1", 1) < 0 ? -errno : 0;
	close(fd);
	return result;
}

int fz_device_bind(void)
{
	return write_file(DRIVER "bind", "vprot");
}

int fz_device_unbind(void)
{
	return write_file(DRIVER "unbind", "vprot");
}

bool fz_device_bound(void)
{
	return !access(DRIVER "vprot", F_OK);
}

/* --- what is left ----------------------------------------------------------------------------- */

static bool sessions_left(char *what, size_t size)
{
	int fd = fz_device_sessions();
	char text[4096] = "", *second;
	ssize_t length;

	if (fd < 0)
		return false;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	second = length > 0 ? strchr(text, '\n') : NULL;
	if (!second || !second[1])
		return false;
	snprintf(what, size, "all files are closed, and a session is left: %.80s", second + 1);
	return true;
}

/* A single buffer may have all the protected memory that there is, if nobody has any. */
static bool memory_left(char *what, size_t size)
{
	struct drm_vprot_gem_create create = {
		.size = PROTECTED_MIB << 20, .flags = DRM_VPROT_GEM_PROTECTED,
	};
	int fd = fz_device_open(false), error;

	error = ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &create) ? errno : 0;
	close(fd);
	if (error != ENOSPC)
		return false;
	snprintf(what, size, "all files are closed, and protected memory is still accounted for");
	return true;
}

/* Files that were in flight over a socket are closed by a work queue, so it may take a moment. */
bool fz_device_clean(bool deep, char *what, size_t size)
{
	for (int i = 0; i < PATIENCE; i++) {
		if (!sessions_left(what, size) && !(deep && memory_left(what, size)))
			return true;
		usleep(100000);
	}
	return false;
}

/* --- what the kernel reports ------------------------------------------------------------------ */

static const char * const headings[] = {
	"BUG: ", "WARNING: ", "UBSAN: ", "Oops: ", "Kernel panic ", "general protection fault",
	"INFO: task ", "INFO: trying to register non-static key", "DEBUG_LOCKS_WARN", "ODEBUG: ",
	"kernel BUG at ", "unreferenced object 0x", "rcu: INFO: ",
};

static int kmsg = -1;

bool fz_device_report(char *what, size_t size)
{
	char record[8192], *text;
	bool found = false;
	ssize_t length;

	while ((length = read(kmsg, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		if (length <= 0)
			continue; /* records were overwritten before they were read */
		record[length] = 0;
		text = strchr(record, ';');
		if (found || !text)
			continue;
		text++;
		text[strcspn(text, "\n")] = 0;
		for (int i = 0; i < sizeof(headings) / sizeof(headings[0]) && !found; i++) {
			found = !strncmp(text, headings[i], strlen(headings[i]));
			if (found)
				snprintf(what, size, "%s", text);
		}
	}
	return found;
}

const char *fz_device_limits(void)
{
	char number[8];

	if (geteuid())
		return "it needs root, in a virtual machine (tools/fuzz/run)";
	if (!fz_device_bound())
		return "the module vprot is not loaded";
	if (system("modprobe -q vgem"))
		printf("# there is no vgem: no buffers of another device\n");
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg < 0 || lseek(kmsg, 0, SEEK_END) < 0)
		return "the kernel's log cannot be read";
	snprintf(number, sizeof(number), "%d", PROTECTED_MIB);
	if (write_file(PARAMETERS "max_protected_mib", number) ||
	    write_file(PARAMETERS "max_file_protected_mib", number) ||
	    write_file(PARAMETERS "max_file_sessions", "64") ||
	    write_file(PARAMETERS "max_sessions", "128") ||
	    write_file(PARAMETERS "max_file_channels", "12") ||
	    write_file(PARAMETERS "max_channels", "24") ||
	    write_file(PARAMETERS "max_queued_blts", "24") ||
	    write_file(PARAMETERS "wait_timeout_ms", "200"))
		return "the module's parameters cannot be set";
	return NULL;
}

/*
 * Not in dma_buf_vmap(): it warns when an exporter has no memory for a mapping, which is not the
 * driver's fault. A function of the kernel itself ends where the next one in the table begins.
 */
static int spare_dma_buf_vmap(const char *kind)
{
	unsigned long address, start = 0, end = 0;
	char line[256], path[64], value[32], name[128];
	FILE *symbols = fopen("/proc/kallsyms", "re");

	while (symbols && !end && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%lx %*c %127s", &address, name) != 2)
			continue;
		if (start && address > start)
			end = address;
		else if (!strcmp(name, "dma_buf_vmap"))
			start = address;
	}
	if (symbols)
		fclose(symbols);
	if (!end)
		return -1;

	snprintf(path, sizeof(path), DEBUGFS "%s/stacktrace-depth", kind);
	if (write_file(path, "32"))
		return -1;
	snprintf(path, sizeof(path), DEBUGFS "%s/reject-start", kind);
	snprintf(value, sizeof(value), "0x%lx", start);
	if (write_file(path, value))
		return -1;
	snprintf(path, sizeof(path), DEBUGFS "%s/reject-end", kind);
	snprintf(value, sizeof(value), "0x%lx", end);
	return write_file(path, value);
}

const char *fz_device_faults(void)
{
	if (access("/proc/self/fail-nth", W_OK))
		return "the kernel has no /proc/self/fail-nth";
	/* By default it spares what ordinary code allocates. It need not tell of each fault. */
	if (write_file(DEBUGFS "failslab/ignore-gfp-wait", "N") ||
	    write_file(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N") ||
	    write_file(DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N") ||
	    write_file(DEBUGFS "fail_page_alloc/min-order", "0") ||
	    spare_dma_buf_vmap("failslab") || spare_dma_buf_vmap("fail_page_alloc") ||
	    write_file(DEBUGFS "failslab/verbose", "0") ||
	    write_file(DEBUGFS "fail_page_alloc/verbose", "0") ||
	    write_file(DEBUGFS "fail_usercopy/verbose", "0"))
		return "the kernel does not inject faults";
	return NULL;
}
