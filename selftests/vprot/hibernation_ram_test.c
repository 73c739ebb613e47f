// SPDX-License-Identifier: GPL-2.0
/*
 * Loss by hibernation for good: memory is written to a disk, and the system begins anew from what
 * it finds there. Runs from a RAM root, with a disk.
 */
#include "kselftest_harness.h"
#include "loss.h"
#include "sleep.h"

TEST(loss_in_every_state)
{
	static struct vt_losses losses;

	vt_losses_open(&losses, true);
	vt_hibernate();
	EXPECT_STREQ("", vt_losses_fault(&losses, false));
	vt_losses_close(&losses);
}

TEST_HARNESS_MAIN
