// SPDX-License-Identifier: GPL-2.0
/*
 * Suspend with each fault that can happen on its way: sessions have lost all or nothing afterwards.
 * Needs a kernel with fault injection, and a RAM root like all that sleeps.
 */
#include <fcntl.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "fault.h"
#include "module.h"
#include "vprot_test.h"

#define SIZE	8192

FIXTURE(sleep)
{
	int fd;
	struct vt_session s;
	struct vt_buffer secret;
	__u8 plain[SIZE];
};

static void open_session(struct _test_data_sleep *self)
{
	vt_session_open(&self->s, self->fd, 0);
	vt_load(&self->s, &self->secret, 0, self->plain, SIZE);
}

FIXTURE_SETUP(sleep)
{
	__u64 seed = 1;

	self->fd = vt_open();
	vt_protected(&self->secret, self->fd, SIZE);
	vt_fill(&seed, self->plain, SIZE);
	open_session(self);
	vt_write_file("/sys/module/suspend/parameters/pm_test_delay", "0");
	vt_write_file("/sys/power/pm_test", "devices");
}

FIXTURE_TEARDOWN(sleep)
{
}

TEST_F_TIMEOUT(sleep, suspend_all_or_nothing, 600)
{
	int fd = open("/sys/power/state", O_WRONLY | O_CLOEXEC);
	struct vt_fault_count count = { 0 };
	enum vt_fault kind = VT_FAULT_SLAB;
	__u8 seen[SIZE], zero[SIZE] = { 0 };
	unsigned int lost = 0;

	ASSERT_GE(fd, 0);
	vt_fault_setup();

	for (unsigned int nth = 1; kind != VT_FAULT_NONE; nth++) {
		struct drm_vprot_session_status status;
		int result;

		vt_fault_arm(nth);
		result = write(fd, "freeze", strlen("freeze")) < 0 ? -errno : 0;
		kind = vt_fault_disarm();
		ASSERT_TRUE(kind != VT_FAULT_NONE || !result);
		if (kind != VT_FAULT_NONE)
			count.of[kind]++;

		vt_status(&self->s, &status);
		ASSERT_TRUE(result || status.state == DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST);
		if (status.state == DRM_VPROT_SESSION_OK) {
			ASSERT_TRUE(vt_key_works(&self->s));
			vt_read_back(&self->s, &self->secret, 0, seen, SIZE);
			ASSERT_EQ(0, memcmp(self->plain, seen, SIZE));
			continue;
		}
		ASSERT_EQ(0, status.epoch);
		vt_session_destroy(&self->s);
		vt_session_open(&self->s, self->fd, 0);
		vt_read_back(&self->s, &self->secret, 0, seen, SIZE);
		ASSERT_EQ(0, memcmp(zero, seen, SIZE));
		vt_load(&self->s, &self->secret, 0, self->plain, SIZE);
		lost++;
	}
	vt_fault_report("suspend", &count);
	EXPECT_GE(count.of[VT_FAULT_SLAB], 1);
	EXPECT_GE(lost, 1);
}

TEST_HARNESS_MAIN
