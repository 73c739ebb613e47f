// SPDX-License-Identifier: GPL-2.0
/*
 * The end of files and processes, with everything open and under way.
 */
#include "kselftest_harness.h"
#include "flight.h"

/*
 * A job of many short blits notices that its process was killed. The file lives on in the parent,
 * which sees that the job did not run to its end.
 */
TEST(killed_during_a_job)
{
	struct drm_vprot_session_status status;
	struct vt_flight flight;
	struct vt_session s;

	vt_session_open(&s, vt_open(), 0);
	vt_flight_by_process(&flight, &s, VT_FLIGHT_LONG);
	vt_flight_kill(&flight);

	vt_status(&s, &status);
	EXPECT_EQ(DRM_VPROT_SESSION_OK, status.state);
	EXPECT_LT(status.decrypted, (__u64)VT_FLIGHT_LONG * VT_FLIGHT_BLT);
	EXPECT_TRUE(vt_key_works(&s));
}

TEST_HARNESS_MAIN
