// SPDX-License-Identifier: GPL-2.0
/*
 * Loss by the system's sleep, in every state: as far as its devices or processors go to sleep, and
 * for good. Runs from a RAM root.
 */
#include "kselftest_harness.h"
#include "loss.h"
#include "sleep.h"

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

TEST_F(loss, by_suspend)
{
	vt_sleep("freeze", "devices");
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_F(loss, by_suspend_to_ram)
{
	vt_sleep_to_ram();
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_F(loss, by_hibernation)
{
	vt_sleep("disk", "devices");
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_F(loss, by_hibernation_of_all)
{
	vt_sleep("disk", "core");
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_HARNESS_MAIN
