// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "module.h"
#include "oracle.h"
#include "sleep.h"

void vt_sleep(const char *state, const char *level)
{
	vt_write_file("/sys/module/suspend/parameters/pm_test_delay", "0");
	vt_write_file("/sys/power/pm_test", level);
	vt_write_file("/sys/power/state", state);
}

/* 0 or a negative errno. */
static int enter(const char *state)
{
	int fd = open("/sys/power/state", O_WRONLY | O_CLOEXEC), result;

	vt_write_file("/sys/power/pm_test", "none");
	result = write(fd, state, strlen(state)) < 0 ? -errno : 0;
	close(fd);
	return result;
}

void vt_sleep_to_ram(void)
{
	/* Again and again: it must not be over when the system gets there. */
	struct itimerspec alarm = { .it_value.tv_sec = 4, .it_interval.tv_sec = 5 };
	int timer = timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_CLOEXEC), result;

	vt_write_file("/sys/power/mem_sleep", "deep");
	if (timer < 0 || timerfd_settime(timer, 0, &alarm, NULL))
		vt_fatal("nothing would wake the system: %s", strerror(errno));
	do
		result = enter("mem");
	while (result == -EBUSY); /* The alarm is less than two seconds ahead. */
	if (result)
		vt_fatal("suspend to RAM: %s", strerror(-result));
	close(timer);
}

void vt_hibernate(void)
{
	struct utsname name;
	int expected, result;

	uname(&name);
	expected = strncmp(name.release, "6.1.", 4) ? 0 : -EBUSY;
	if (system("mkswap /dev/vda " VT_SWAP_KIB " >/dev/null") || swapon("/dev/vda", 0))
		vt_fatal("/dev/vda cannot be used for swap space: %s", strerror(errno));
	/* As small as can be: what is not needed is not kept. */
	vt_write_file("/sys/power/image_size", "0");
	vt_write_file("/sys/power/disk", "test_resume");
	result = enter("disk");
	if (result != expected)
		vt_fatal("hibernation: %s", strerror(-result));
}
