// SPDX-License-Identifier: GPL-2.0
/*
 * Loss while the system is awake, in every state: keys, contents and what is queued go, clients are
 * told, and start again.
 */
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "loss.h"
#include "module.h"

/* When all tests have ended; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	vt_driver_bind();
}

FIXTURE(loss)
{
	struct vt_losses losses;
};

FIXTURE_SETUP(loss)
{
	vt_losses_open(&self->losses, false);
}

FIXTURE_TEARDOWN(loss)
{
	vt_losses_close(&self->losses);
}

TEST_F(loss, by_order)
{
	vt_lose();
	EXPECT_STREQ("", vt_losses_fault(&self->losses, false));
}

TEST_F(loss, by_unbind)
{
	ASSERT_EQ(0, vt_driver_unbind());
	EXPECT_STREQ("", vt_losses_fault(&self->losses, true));
}

static void *lose_all(void *arg)
{
	vt_lose();
	return NULL;
}

/* A session made while another one is being lost: it is spared, and told of the next loss. */
TEST(session_made_during_a_loss)
{
	int fd = vt_open();

	for (int i = 0; i < 30; i++) {
		struct drm_vprot_session_status status;
		struct vt_session old, new;
		struct vt_flight flight;
		pthread_t thread;
		__u64 generation;

		vt_session_open(&old, fd, 0);
		vt_flight_by_thread(&flight, &old, 1000);
		ASSERT_EQ(0, pthread_create(&thread, NULL, lose_all, NULL));
		do
			vt_status(&old, &status);
		while (status.state == DRM_VPROT_SESSION_OK);
		vt_session_create(&new, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_EQ(-EKEYREVOKED, vt_flight_end(&flight));
		generation = vt_loss_event(fd);
		ASSERT_LT(0, (__s64)generation);
		vt_status(&new, &status);
		ASSERT_EQ(DRM_VPROT_SESSION_OK, status.state);

		vt_lose();
		ASSERT_EQ(generation + 1, vt_loss_event(fd));
		vt_session_destroy(&old);
		vt_session_destroy(&new);
		close(flight.dmabuf);
		vt_buffer_close(&flight.clear);
		vt_buffer_close(&flight.secret);
	}
	close(fd);
}

/* Each file with a session is told once for each loss, others are not. */
TEST(events)
{
	struct vt_session s, t;
	int with = vt_open(), without = vt_open();
	__u64 first;

	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_session_create(&t, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	first = vt_loss_event(with);
	EXPECT_LT(0, (__s64)first);
	EXPECT_EQ(0, vt_loss_event(with));
	EXPECT_EQ(0, vt_loss_event(without));

	/* Without a new session there is nothing to lose, but these are counted. */
	vt_lose();
	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	EXPECT_EQ(first + 2, vt_loss_event(with));

	/* Many losses that nobody reads of: sessions can be had all the same. */
	for (int i = 0; i < 300; i++) {
		vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
		vt_lose();
		vt_session_destroy(&s);
	}
	EXPECT_EQ(first + 3, vt_loss_event(with));
	while (vt_loss_event(with))
		;
	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_lose();
	EXPECT_EQ(first + 303, vt_loss_event(with));
	close(with);
	close(without);

	/* Counted since the device was bound. */
	ASSERT_EQ(0, vt_driver_unbind());
	ASSERT_EQ(0, vt_driver_bind());
	with = vt_open();
	vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	for (__u64 i = 1; i <= 2; i++) {
		vt_lose();
		EXPECT_EQ(i, vt_loss_event(with));
		vt_session_create(&s, with, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	}
	close(with);
}

TEST_HARNESS_MAIN
