// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "module.h"
#include "vprot_test.h"

int vt_module_remove(void)
{
	return syscall(SYS_delete_module, "vprot", O_NONBLOCK) ? -errno : 0;
}

/* Whether a module is for the kernel that is running. */
static bool is_for_this_kernel(int fd)
{
	char magic[128], *file;
	struct utsname name;
	struct stat status;
	bool found = false;

	uname(&name);
	snprintf(magic, sizeof(magic), "vermagic=%s ", name.release);
	if (fstat(fd, &status))
		return false;
	file = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file != MAP_FAILED) {
		found = memmem(file, status.st_size, magic, strlen(magic));
		munmap(file, status.st_size);
	}
	return found;
}

/* A module of the build folder, by a pattern. Programs with a sanitizer lie one folder deeper. */
static int open_build(const char *file)
{
	char self[PATH_MAX] = "", pattern[PATH_MAX + 32];
	glob_t builds;
	int found = -1;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		vt_fatal("/proc/self/exe: %s", strerror(errno));
	snprintf(pattern, sizeof(pattern), "%s/{..,../..}/%s", dirname(self), file);
	if (!glob(pattern, GLOB_BRACE, NULL, &builds)) {
		for (size_t i = 0; i < builds.gl_pathc && found < 0; i++) {
			found = open(builds.gl_pathv[i], O_RDONLY | O_CLOEXEC);
			if (found >= 0 && !is_for_this_kernel(found)) {
				close(found);
				found = -1;
			}
		}
		globfree(&builds);
	}
	if (found < 0)
		vt_fatal("%s: no module is for this kernel", pattern);
	return found;
}

int vt_module_open(void)
{
	return open_build("module*/vprot.ko");
}

static int insert(int fd, const char *parameters)
{
	int result = syscall(SYS_finit_module, fd, parameters, 0) ? -errno : 0;

	close(fd);
	return result;
}

int vt_module_insert(const char *parameters)
{
	return insert(vt_module_open(), parameters);
}

int vt_module_users(const char *name)
{
	char path[PATH_MAX];
	int users = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	file = fopen(path, "re");
	if (file) {
		if (fscanf(file, "%d", &users) != 1)
			vt_fatal("%s is not a number", path);
		fclose(file);
	}
	return users;
}

int vt_ciphers_in_use(void)
{
	/* An instance holds the modules that it is made of. */
	static const char * const modules[] = { "aesni_intel", "crypto_simd", "cryptd", "ctr" };
	int users = 0;

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		users += vt_module_users(modules[i]);
	return users;
}

void vt_timing_insert(void)
{
	int result = insert(open_build("timing*/vprot_timing.ko"), "");

	if (result)
		vt_fatal("vprot_timing cannot be inserted: %s", strerror(-result));
}

void vt_module_reload(const char *parameters)
{
	int result = vt_module_remove();

	if (result)
		vt_fatal("vprot cannot be removed: %s; is the device in use?", strerror(-result));
	result = vt_module_insert(parameters);
	if (result)
		vt_fatal("vprot cannot be inserted with '%s': %s", parameters, strerror(-result));
}

static FILE *open_parameter(const char *name, const char *mode)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/vprot/parameters/%s", name);
	file = fopen(path, mode);
	if (!file)
		vt_fatal("%s: %s", path, strerror(errno));
	return file;
}

unsigned int vt_parameter(const char *name)
{
	FILE *file = open_parameter(name, "re");
	unsigned int value;

	if (fscanf(file, "%u", &value) != 1)
		vt_fatal("parameter %s is not a number", name);
	fclose(file);
	return value;
}

void vt_set_parameter(const char *name, unsigned int value)
{
	FILE *file = open_parameter(name, "we");

	fprintf(file, "%u", value);
	if (fclose(file))
		vt_fatal("parameter %s: %s", name, strerror(errno));
}

void vt_caps_off(unsigned int ctr, unsigned int cbcs)
{
	FILE *file = open_parameter("caps_off", "we");

	fprintf(file, "%u,%u", ctr, cbcs);
	if (fclose(file))
		vt_fatal("parameter caps_off: %s", strerror(errno));
}

void vt_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		vt_fatal("%s: cannot write '%s': %s", path, text, strerror(errno));
	close(fd);
}

#define FIRMWARE_PATH	"/sys/module/firmware_class/parameters/path"

static char firmware_path[4096];

/* Before a test, which is a process of its own, can hide it. */
__attribute__((constructor)) static void save_firmware_path(void)
{
	FILE *file = fopen(FIRMWARE_PATH, "re");

	if (!file)
		return;
	if (fgets(firmware_path, sizeof(firmware_path), file))
		firmware_path[strcspn(firmware_path, "\n")] = '\0';
	fclose(file);
}

void vt_firmware_hide(void)
{
	vt_write_file(FIRMWARE_PATH, "/nowhere");
}

void vt_firmware_restore(void)
{
	vt_write_file(FIRMWARE_PATH, firmware_path);
}

static int write_device(const char *attribute)
{
	int fd = open(attribute, O_WRONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return -errno;
	result = write(fd, "vprot", 5) == 5 ? 0 : -errno;
	close(fd);
	return result;
}

int vt_driver_unbind(void)
{
	return write_device("/sys/bus/platform/drivers/vprot/unbind");
}

int vt_driver_bind(void)
{
	return write_device("/sys/bus/platform/drivers/vprot/bind");
}
