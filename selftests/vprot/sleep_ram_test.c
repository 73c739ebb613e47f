// SPDX-License-Identifier: GPL-2.0
/*
 * Loss by the system's sleep, in every state. The system is put to sleep, for good (S3) or as far
 * as its devices or processors are (/sys/power/pm_test), which a file system shared with the host
 * does not survive: this runs from a RAM root.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "loss.h"
#include "module.h"

FIXTURE(loss)
{
	struct vt_losses losses;
};

FIXTURE_SETUP(loss)
{
	vt_losses_open(&self->losses, true);
}

FIXTURE_TEARDOWN(loss)
{
	vt_losses_close(&self->losses);
}

/* Sleeps, as far as this level, and returns after waking up. */
static void fall_asleep(const char *state, const char *level)
{
	vt_write_file("/sys/module/suspend/parameters/pm_test_delay", "0");
	vt_write_file("/sys/power/pm_test", level);
	vt_write_file("/sys/power/state", state);
}

/* For good, woken up by an alarm. */
static void fall_asleep_to_ram(void)
{
	/* Again and again: it must not be over when the system gets there. */
	struct itimerspec alarm = { .it_value.tv_sec = 4, .it_interval.tv_sec = 5 };
	int timer = timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_CLOEXEC);
	int state = open("/sys/power/state", O_WRONLY | O_CLOEXEC);

	vt_write_file("/sys/power/pm_test", "none");
	vt_write_file("/sys/power/mem_sleep", "deep");
	if (timer < 0 || timerfd_settime(timer, 0, &alarm, NULL))
		vt_fatal("nothing would wake the system: %s", strerror(errno));
	/* It is busy when the alarm is less than two seconds ahead. */
	while (write(state, "mem", 3) != 3)
		if (errno != EBUSY)
			vt_fatal("the system does not fall asleep: %s", strerror(errno));
	close(state);
	close(timer);
}

TEST_F(loss, by_suspend)
{
	fall_asleep("freeze", "devices");
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_F(loss, by_suspend_to_ram)
{
	fall_asleep_to_ram();
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_F(loss, by_hibernation)
{
	fall_asleep("disk", "devices");
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_F(loss, by_hibernation_of_all)
{
	fall_asleep("disk", "core");
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_HARNESS_MAIN
