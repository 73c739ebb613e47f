// SPDX-License-Identifier: GPL-2.0
/*
 * Sleep of the system takes keys and contents away. The system is put to sleep, for good (S3) or as
 * far as its devices or processors are (/sys/power/pm_test), which a file system shared with the
 * host does not survive: this runs from a RAM root.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "module.h"
#include "sync.h"
#include "vprot_test.h"

#define SIZE	8192

FIXTURE(sleep)
{
	int fd;
	struct vt_session s;
	struct vt_buffer clear;
	struct vt_buffer prot;
	__u8 plain[SIZE];
};

FIXTURE_VARIANT(sleep)
{
	const char *state;
	/* How far it goes. */
	const char *level;
};

FIXTURE_VARIANT_ADD(sleep, suspend)
{
	.state = "freeze",
	.level = "devices",
};

FIXTURE_VARIANT_ADD(sleep, suspend_to_ram)
{
	.state = "mem",
	.level = "none",
};

FIXTURE_VARIANT_ADD(sleep, hibernation)
{
	.state = "disk",
	.level = "devices",
};

FIXTURE_VARIANT_ADD(sleep, hibernation_of_all)
{
	.state = "disk",
	.level = "core",
};

FIXTURE_SETUP(sleep)
{
	__u64 seed = 1;

	self->fd = vt_open();
	vt_session_open(&self->s, self->fd, 0);
	vt_clear(&self->clear, self->fd, SIZE);
	vt_protected(&self->prot, self->fd, SIZE);
	vt_fill(&seed, self->plain, SIZE);
	vt_load(&self->s, &self->prot, 0, self->plain, SIZE);
	vt_write_file("/sys/module/suspend/parameters/pm_test_delay", "0");
	vt_write_file("/sys/power/pm_test", variant->level);
}

FIXTURE_TEARDOWN(sleep)
{
	close(self->fd);
}

/* Sleeps, and returns after waking up. */
static void fall_asleep(const char *state)
{
	/* A system that gets there too late does not fall asleep at all. */
	struct itimerspec alarm = { .it_value.tv_sec = 8 };
	int timer = timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_CLOEXEC);

	if (!strcmp(state, "mem")) {
		vt_write_file("/sys/power/mem_sleep", "deep");
		if (timer < 0 || timerfd_settime(timer, 0, &alarm, NULL))
			vt_fatal("nothing would wake the system: %s", strerror(errno));
	}
	vt_write_file("/sys/power/state", state);
	close(timer);
}

/* What is queued is given up, and the client hears of it when it wakes up. */
TEST_F(sleep, gives_up_what_is_queued)
{
	enum { LARGE = 4 << 20, COUNT = 64, JOBS = 20 };
	struct drm_vprot_event_loss event = {};
	struct drm_vprot_blt blts[COUNT];
	__u32 done = vt_syncobj(self->fd);
	struct drm_vprot_sync signal = { .handle = done };
	struct vt_buffer clear, prot;

	vt_clear(&clear, self->fd, LARGE);
	vt_protected(&prot, self->fd, LARGE);
	for (int i = 0; i < COUNT; i++)
		blts[i] = (struct drm_vprot_blt){ .src = clear.handle, .dst = prot.handle,
						  .size = LARGE };
	for (int i = 0; i < JOBS; i++) {
		ASSERT_EQ(0, vt_queue_array(&self->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blts, COUNT,
					    &(struct vt_queue){ .signals = &signal,
								.num_signals = 1 }));
	}

	fall_asleep(variant->state);

	EXPECT_EQ(-EKEYREVOKED, vt_syncobj_result(self->fd, done));
	ASSERT_EQ(sizeof(event), read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(DRM_VPROT_EVENT_LOSS, event.base.type);
	EXPECT_EQ(-EKEYREVOKED, vt_decrypt_blt(&self->s, blts));
}

/* All but status and destroy is refused, and the contents are gone. */
TEST_F(sleep, loses_keys_and_contents)
{
	struct drm_vprot_session_status status = {};
	struct vt_session internal, next;
	struct vt_listed listed[2];
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = { .size = SIZE };
	__u8 nonce[VT_KEY], blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	__u8 back[SIZE], zero[SIZE] = {};
	struct drm_vprot_get_encryption_blt_key key = {
		.handle = self->s.handle,
		.size = VT_KEY,
		.key = (__u64)(unsigned long)nonce,
	};

	vt_session_create(&internal, self->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_key_exchange_blob(self->fd, self->s.key, VT_KEY, blob);
	ASSERT_EQ(0, vt_start(&self->s, nonce));

	fall_asleep(variant->state);

	vt_status(&self->s, &status);
	EXPECT_EQ(DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST, status.state);
	EXPECT_EQ(0, status.flags);
	EXPECT_EQ(0, status.epoch);
	vt_status(&internal, &status);
	EXPECT_EQ(DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST, status.state);
	ASSERT_EQ(2, vt_sessions_of(getpid(), listed, 2));
	for (int i = 0; i < 2; i++) {
		EXPECT_STREQ("lost", listed[i].state);
		EXPECT_EQ(0, listed[i].epoch);
		EXPECT_STREQ("no", listed[i].pending);
		EXPECT_STREQ("no", listed[i].read_back);
	}

	EXPECT_EQ(-EKEYREVOKED, vt_send_blob(&self->s, blob));
	EXPECT_EQ(-EKEYREVOKED, vt_start(&self->s, nonce));
	EXPECT_EQ(-EKEYREVOKED, vt_finish(&self->s, NULL));
	EXPECT_EQ(-EKEYREVOKED, vt_ioctl(self->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &key));
	blt.src = self->clear.handle;
	blt.dst = self->prot.handle;
	EXPECT_EQ(-EKEYREVOKED, vt_decrypt_blt(&self->s, &blt));
	blt.src = self->prot.handle;
	blt.dst = self->clear.handle;
	blt.result = (__u64)(unsigned long)&result;
	EXPECT_EQ(-EKEYREVOKED, vt_encrypt_blt(&self->s, &blt));

	/* The buffer is nobody's now, so that another session may look into it. */
	vt_session_open(&next, self->fd, 0);
	/* What is not bound reads as zeros whatever it holds: bind it, by a byte that is one. */
	vt_load(&next, &self->prot, 0, zero, 1);
	vt_read_back(&next, &self->prot, 0, back, SIZE);
	EXPECT_EQ(0, memcmp(zero, back, SIZE));
	vt_load(&next, &self->prot, 0, self->plain, SIZE);
	vt_read_back(&next, &self->prot, 0, back, SIZE);
	EXPECT_EQ(0, memcmp(self->plain, back, SIZE));

	vt_session_destroy(&self->s);
	vt_session_destroy(&internal);
}

TEST_HARNESS_MAIN
