// SPDX-License-Identifier: GPL-2.0
/*
 * Loss as the library tells of it: one call, however often it happened.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <vprot.h>

#include "kselftest_harness.h"
#include "ddi.h"
#include "ddi11.h"
#include "debugfs.h"
#include "library.h"
#include "module.h"

/* When all tests have ended; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	vt_driver_bind();
}

FIXTURE(library_loss) {
	struct vt_library l;
};

FIXTURE_SETUP(library_loss)
{
	/* A test that failed may have left it off. */
	vt_driver_bind();
	vt_library_open(&self->l);
}

FIXTURE_TEARDOWN(library_loss)
{
}

/* What the library has told. */
struct told {
	int calls;
	uint64_t generation;
};

static void lost(uint64_t generation, void *data)
{
	struct told *told = data;

	told->calls++;
	told->generation = generation;
}

/* Dispatches once. Returns how often it was told. */
static int dispatch(struct vprot_device *dev, uint64_t *generation)
{
	struct told told = { 0 };
	int ret = vprot_device_dispatch(dev, lost, &told);

	if (ret)
		vt_fatal("vprot_device_dispatch: %s", strerror(-ret));
	if (generation)
		*generation = told.generation;
	return told.calls;
}

static bool is_readable(struct vprot_device *dev)
{
	struct pollfd file = { .fd = vprot_device_fd(dev), .events = POLLIN };

	return poll(&file, 1, 0) == 1;
}

static __u32 state(struct vprot_session *session)
{
	struct drm_vprot_session_status status;
	int ret = vprot_session_get_status(session, &status, sizeof(status));

	return ret ? ret : status.state;
}

static struct vprot_session *new_session(struct vprot_device *dev)
{
	struct vprot_session *session;
	int ret = vprot_session_create(dev, DRM_VPROT_CRYPTO_AES128_CTR,
				       DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session);

	if (ret)
		vt_fatal("vprot_session_create: %s", strerror(-ret));
	return session;
}

TEST_F(library_loss, told_once)
{
	struct vprot_device *dev = self->l.dev;
	uint64_t generation, next;

	EXPECT_EQ(0, dispatch(dev, NULL));
	EXPECT_FALSE(is_readable(dev));

	vt_lose();
	EXPECT_TRUE(is_readable(dev));
	EXPECT_EQ(1, dispatch(dev, &generation));
	EXPECT_EQ(DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST, state(self->l.session));
	EXPECT_FALSE(is_readable(dev));
	EXPECT_EQ(0, dispatch(dev, NULL));

	/* Whoever has no new session has nothing to lose. */
	vt_lose();
	new_session(dev);
	EXPECT_EQ(0, dispatch(dev, NULL));
	vt_lose();
	EXPECT_EQ(1, dispatch(dev, &next));
	EXPECT_EQ(generation + 2, next);
}

TEST_F(library_loss, many_are_told_once)
{
	enum { MANY = 300 };	/* more than the kernel keeps events for */
	struct vprot_device *dev = self->l.dev, *other;
	uint64_t first, generation;

	vt_lose();
	EXPECT_EQ(1, dispatch(dev, &first));
	ASSERT_EQ(0, vprot_device_open(&other));
	for (int i = 1; i < MANY; i++) {
		vprot_session_unref(new_session(dev));
		new_session(dev);
		if (i == 5)
			new_session(other);
		vt_lose();
		if (i == 5)
			EXPECT_EQ(1, dispatch(other, &generation));
	}
	EXPECT_EQ(first + 5, generation);
	EXPECT_EQ(1, dispatch(dev, &generation));
	EXPECT_LT(first + 5, generation);
	EXPECT_GE(first + MANY - 1, generation);
	EXPECT_EQ(0, dispatch(dev, NULL));
	EXPECT_EQ(0, dispatch(other, NULL));

	new_session(dev);
	vt_lose();
	EXPECT_EQ(1, dispatch(dev, &generation));
	EXPECT_EQ(first + MANY, generation);
}

/* The file of another, who wants to wait for what he reads. */
TEST_F(library_loss, flags_of_the_file)
{
	int fd = vt_open(), flags = fcntl(fd, F_GETFL);
	struct vprot_device *dev;

	ASSERT_EQ(0, flags & O_NONBLOCK);
	ASSERT_EQ(0, vprot_device_open_fd(fd, &dev));
	new_session(dev);
	EXPECT_EQ(0, dispatch(dev, NULL));
	vt_lose();
	EXPECT_EQ(1, dispatch(dev, NULL));
	EXPECT_EQ(0, dispatch(dev, NULL));
	EXPECT_EQ(flags, fcntl(fd, F_GETFL));
	EXPECT_EQ(flags, fcntl(vprot_device_fd(dev), F_GETFL));
	/* A device's own file, which a child may share, never makes a reader wait. */
	EXPECT_EQ(O_NONBLOCK, fcntl(vprot_device_fd(self->l.dev), F_GETFL) & O_NONBLOCK);
}

/* What read(2) is to give instead of what a file has. */
static __u8 events[256];
static size_t num_events;

static void add_event(__u32 type, __u32 length, __u64 generation)
{
	struct drm_vprot_event_loss event = {
		.base.type = type,
		.base.length = length,
		.generation = generation,
	};

	memcpy(events + num_events, &event, length < sizeof(event) ? length : sizeof(event));
	num_events += length;
}

ssize_t read(int fd, void *to, size_t size)
{
	if (!num_events)
		return syscall(SYS_read, fd, to, size);
	size = num_events;
	memcpy(to, events, size);
	num_events = 0;
	return size;
}

/* Those that a later driver may send, between and instead of what is known. */
TEST_F(library_loss, unknown_events)
{
	struct vprot_device *dev = self->l.dev;
	uint64_t generation;

	/* So that there is something to read. */
	vt_lose();
	add_event(DRM_VPROT_EVENT_LOSS + 1, 16, 99);
	EXPECT_EQ(0, dispatch(dev, NULL));
	add_event(DRM_VPROT_EVENT_LOSS + 1, 8, 0);
	add_event(DRM_VPROT_EVENT_LOSS, 16, 7);
	add_event(DRM_EVENT_VBLANK, 32, 99);
	add_event(DRM_VPROT_EVENT_LOSS, 24, 9);
	add_event(DRM_VPROT_EVENT_LOSS + 1, 20, 99);
	EXPECT_EQ(1, dispatch(dev, &generation));
	EXPECT_EQ(9, generation);
	EXPECT_TRUE(is_readable(dev));
}

/* A client that starts anew where it is told, as if it had nothing else. */
static void start_anew(uint64_t generation, void *data)
{
	struct vt_library *l = data;

	vprot_session_unref(l->session);
	l->session = new_session(l->dev);
	vprot_device_unref(l->dev);
	if (vprot_device_dispatch(l->dev, start_anew, data))
		vt_fatal("not again");
}

TEST_F(library_loss, start_anew)
{
	struct vt_library *l = &self->l;
	uint32_t before = vprot_session_handle(l->session);
	struct vprot_blit blit = { .src = l->clear, .dst = l->secret, .size = 16 };

	EXPECT_EQ(0, vprot_session_decryption_blt(l->session, &blit, 1));
	vt_lose();
	EXPECT_EQ(-EKEYREVOKED, vprot_session_decryption_blt(l->session, &blit, 1));
	EXPECT_EQ(0, vprot_device_dispatch(l->dev, start_anew, l));
	EXPECT_NE(before, vprot_session_handle(l->session));
	EXPECT_EQ(DRM_VPROT_SESSION_OK, state(l->session));
	/* The buffer belongs to nobody again. */
	EXPECT_EQ(0, vprot_session_decryption_blt(l->session, &blit, 1));
}

/* The devices of the DDI are told by their files, and are used further. */
TEST_F(library_loss, of_the_ddi)
{
	struct vprot_device *dev;
	struct vt_ddi_session s;
	struct vt_ddi ddi;

	vt_ddi_open(&ddi, 0);
	EXPECT_EQ(E_INVALIDARG, vprot_d3dddi_get_native_device(ddi.device, NULL));
	ASSERT_EQ(S_OK, vprot_d3dddi_get_native_device(ddi.device, &dev));
	vt_ddi_session_open(&s, &ddi);
	EXPECT_FALSE(is_readable(dev));
	vt_lose();
	EXPECT_TRUE(is_readable(dev));
	EXPECT_EQ(1, dispatch(dev, NULL));
	vt_ddi_session_open(&s, &ddi);
	EXPECT_TRUE(vt_ddi_key_works(&s));
	vt_ddi_close(&ddi);
	EXPECT_EQ(0, dispatch(dev, NULL));
	vprot_device_unref(dev);
}

TEST_F(library_loss, of_the_d3d11_ddi)
{
	struct vt_ddi11_session s;
	struct vprot_device *dev;
	struct vt_ddi11 ddi;

	vt_ddi11_open(&ddi, NULL, 0);
	EXPECT_EQ(E_INVALIDARG, vprot_d3d11ddi_get_native_device(ddi.device, NULL));
	ASSERT_EQ(S_OK, vprot_d3d11ddi_get_native_device(ddi.device, &dev));
	vt_ddi11_session_open(&s, &ddi);
	EXPECT_FALSE(is_readable(dev));
	vt_lose();
	EXPECT_TRUE(is_readable(dev));
	EXPECT_EQ(1, dispatch(dev, NULL));
	vt_ddi11_session_open(&s, &ddi);
	EXPECT_TRUE(vt_ddi11_key_works(&s));
	vt_ddi11_close(&ddi);
	vprot_device_unref(dev);
}

TEST_F(library_loss, unbound)
{
	struct vprot_session *session;

	ASSERT_EQ(0, vt_driver_unbind());
	EXPECT_EQ(1, dispatch(self->l.dev, NULL));
	EXPECT_EQ(0, dispatch(self->l.dev, NULL));
	EXPECT_EQ(-ENODEV, vprot_session_create(self->l.dev, DRM_VPROT_CRYPTO_AES128_CTR,
						DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0, &session));
	vprot_session_unref(self->l.session);
	vprot_buffer_unref(self->l.clear);
	vprot_buffer_unref(self->l.secret);
	vprot_device_unref(self->l.dev);
}

TEST_HARNESS_MAIN
