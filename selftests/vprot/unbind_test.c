// SPDX-License-Identifier: GPL-2.0
/*
 * The driver taken off its device with everything open and under way, and put on again.
 */
#include <fcntl.h>
#include <glob.h>
#include <sys/ioctl.h>
#include <linux/dma-buf.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "everything.h"
#include "flight.h"
#include "module.h"

#define SIZE	VT_EVERYTHING_SIZE

/* When all tests have ended; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	vt_driver_bind();
}

FIXTURE(unbind) {
	struct vt_everything e;
};

FIXTURE_SETUP(unbind)
{
	/* A test that failed may have left it off. */
	vt_driver_bind();
	vt_everything_open(&self->e);
}

FIXTURE_TEARDOWN(unbind)
{
}

/* Each ioctl, with an argument that any other day would be refused for what it is. */
static const char *not_gone(int fd)
{
	static const struct {
		const char *name;
		unsigned long request;
	} ioctls[] = {
#define IOCTL(name) { #name, DRM_IOCTL_ ## name }
		IOCTL(VPROT_GET_CAPS),
		IOCTL(VPROT_GET_CERTIFICATE),
		IOCTL(VPROT_SESSION_CREATE),
		IOCTL(VPROT_SESSION_DESTROY),
		IOCTL(VPROT_SESSION_STATUS),
		IOCTL(VPROT_SESSION_KEY_EXCHANGE),
		IOCTL(VPROT_START_SESSION_KEY_REFRESH),
		IOCTL(VPROT_FINISH_SESSION_KEY_REFRESH),
		IOCTL(VPROT_GET_ENCRYPTION_BLT_KEY),
		IOCTL(VPROT_GEM_CREATE),
		IOCTL(VPROT_GEM_MMAP_OFFSET),
		IOCTL(VPROT_DECRYPTION_BLT),
		IOCTL(VPROT_ENCRYPTION_BLT),
		IOCTL(VERSION),
		IOCTL(GEM_CLOSE),
		IOCTL(PRIME_HANDLE_TO_FD),
		IOCTL(PRIME_FD_TO_HANDLE),
#undef IOCTL
	};

	for (size_t i = 0; i < ARRAY_SIZE(ioctls); i++) {
		__u8 arg[256];

		memset(arg, 0xff, sizeof(arg));
		if (vt_ioctl(fd, ioctls[i].request, arg) != -ENODEV)
			return ioctls[i].name;
	}
	return "";
}

/* A device that works. */
static bool is_fresh(void)
{
	struct vt_session s;
	int fd = vt_open();
	bool fresh;

	vt_session_open(&s, fd, 0);
	fresh = s.handle == 1 && vt_sessions_of(0, NULL, 0) == 1 && vt_key_works(&s);
	vt_refresh(&s);
	fresh = fresh && vt_key_works(&s);
	close(fd);
	return fresh;
}

static void close_everything(struct vt_everything *e)
{
	if (e->clear.map)
		munmap(e->clear.map, SIZE);
	close(e->clear_dmabuf);
	close(e->secret_dmabuf);
	close(e->fd);
}

TEST_F(unbind, with_everything_open)
{
	struct vt_everything *e = &self->e;
	struct drm_vprot_gem_mmap_offset offset = { .handle = e->clear.handle };
	int sessions = vt_sessions_open();
	char text[16];

	ASSERT_EQ(0, vt_ioctl(e->fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset));
	ASSERT_EQ(0, vt_driver_unbind());

	EXPECT_STREQ("", not_gone(e->fd));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, SIZE, PROT_READ, MAP_SHARED, e->fd, offset.offset));
	EXPECT_EQ(-1, read(sessions, text, sizeof(text)));
	close(sessions);
	EXPECT_EQ(-ENODEV, vt_driver_unbind());

	/* There is a device again, and the file of the old one stays dead. */
	ASSERT_EQ(0, vt_driver_bind());
	EXPECT_TRUE(is_fresh());
	EXPECT_STREQ("", not_gone(e->fd));
	EXPECT_NE(0, vt_driver_bind());
	EXPECT_TRUE(is_fresh());

	close_everything(e);
	EXPECT_TRUE(is_fresh());
	/* Nothing is left that holds the module. */
	EXPECT_EQ(0, vt_module_remove());
	EXPECT_EQ(0, vt_module_insert(""));
}

/* Clear memory stays, by each way to it, also when the device has a driver again. */
TEST_F(unbind, with_mapped_clear_buffers)
{
	struct vt_everything *e = &self->e;
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	struct vt_buffer untouched;
	__u8 *map;

	vt_clear(&untouched, e->fd, SIZE);
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, e->clear_dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, vt_driver_unbind());

	EXPECT_EQ(0, memcmp(e->clear.map, vt_plain, SIZE));
	EXPECT_EQ(0, untouched.map[SIZE - 1]);
	EXPECT_EQ(0, vt_ioctl(e->clear_dmabuf, DMA_BUF_IOCTL_SYNC, &sync));
	EXPECT_EQ(0, memcmp(map, vt_plain, SIZE));
	ASSERT_EQ(0, vt_driver_bind());
	e->clear.map[0] ^= 1;
	EXPECT_EQ(e->clear.map[0], map[0]);

	close(e->fd);
	close(e->clear_dmabuf);
	munmap(e->clear.map, SIZE);
	munmap(untouched.map, SIZE);
	map[SIZE - 1] = 5;
	EXPECT_EQ(5, map[SIZE - 1]);
	munmap(map, SIZE);
	EXPECT_TRUE(is_fresh());
}

/* Buffers of the device as it was are to the new one those of another device. */
TEST_F(unbind, with_exported_buffers)
{
	struct vt_everything *e = &self->e;
	struct vt_buffer secret = { .size = SIZE };
	struct drm_vprot_blt blt = { .size = SIZE };
	struct vt_session s;
	__u8 seen[SIZE];
	__u32 handle;

	ASSERT_EQ(0, vt_driver_unbind());
	ASSERT_EQ(0, vt_driver_bind());
	vt_session_open(&s, vt_open(), 0);
	vt_protected(&secret, s.fd, SIZE);
	EXPECT_EQ(-EACCES, vt_import(s.fd, e->secret_dmabuf, &handle));
	ASSERT_EQ(0, vt_import(s.fd, e->clear_dmabuf, &handle));
	munmap(e->clear.map, SIZE);
	close(e->fd);
	close(e->secret_dmabuf);
	close(e->clear_dmabuf);

	blt.src = handle;
	blt.dst = secret.handle;
	EXPECT_EQ(0, vt_decrypt_blt(&s, &blt));
	vt_read_back(&s, &secret, 0, seen, SIZE);
	vt_ctr(s.key, blt.iv, seen, SIZE);
	EXPECT_EQ(0, memcmp(seen, vt_plain, SIZE));
	close(s.fd);
	EXPECT_EQ(0, vt_module_remove());
	EXPECT_EQ(0, vt_module_insert(""));
}

/* Blits in flight stop. */
TEST_F(unbind, with_blits_in_flight)
{
	struct vt_everything *e = &self->e;
	struct vt_flight flights[3];

	vt_flight_by_thread(&flights[0], &e->s, VT_FLIGHT_LONG);
	vt_flight_by_thread(&flights[1], &e->internal, VT_FLIGHT_LONG);
	vt_flight_by_process(&flights[2], &e->s, VT_FLIGHT_LONG);
	ASSERT_EQ(0, vt_driver_unbind());
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(-EKEYREVOKED, vt_flight_end(&flights[i]));
	close_everything(e);
	ASSERT_EQ(0, vt_driver_bind());
	EXPECT_TRUE(is_fresh());
}

static void *destroy(void *arg)
{
	vt_session_destroy(arg);
	return NULL;
}

/* Who waits for the end of a destroyed session's blits does not make the unbinding wait, too. */
TEST_F(unbind, while_a_session_is_destroyed)
{
	struct vt_everything *e = &self->e;
	struct drm_vprot_session_status status = { .handle = e->s.handle };
	struct vt_flight flight;
	pthread_t thread;

	vt_flight_by_thread(&flight, &e->s, VT_FLIGHT_LONG);
	ASSERT_EQ(0, pthread_create(&thread, NULL, destroy, &e->s));
	while (vt_ioctl(e->fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status) != -ENOENT)
		;
	ASSERT_EQ(0, vt_driver_unbind());
	EXPECT_EQ(-EKEYREVOKED, vt_flight_end(&flight));
	pthread_join(thread, NULL);
	close_everything(e);
}

/* --- races ------------------------------------------------------------------------------------ */

#define RACERS	3
#define ROUNDS	8

struct racer {
	pthread_t thread;
	__u64 seed;
	unsigned int devices;	/* that it has used */
	const char *failure;
};

static bool race_over;

/* An open file of the device that there is, or -1; other drivers' devices may be there, too. */
static int try_open(void)
{
	glob_t nodes;
	int fd = -1;

	if (glob("/dev/dri/renderD*", 0, NULL, &nodes))
		return -1;
	for (size_t i = 0; i < nodes.gl_pathc && fd < 0; i++) {
		char name[8] = "";
		struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

		fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd >= 0 && !vt_ioctl(fd, DRM_IOCTL_VERSION, &version) &&
		    strcmp(name, "vprot")) {
			close(fd);
			fd = -1;
		}
	}
	globfree(&nodes);
	return fd;
}

/* One ioctl after the other, each good as long as the device is there. */
static int use_device(int fd)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_INTERNAL,
	};
	struct drm_vprot_gem_create clear = { .size = SIZE };
	struct drm_vprot_gem_create secret = { .size = SIZE, .flags = DRM_VPROT_GEM_PROTECTED };
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = { .size = SIZE };
	struct drm_vprot_get_encryption_blt_key key = { .size = VT_KEY };
	struct drm_vprot_session_destroy destroy = { 0 };
	struct drm_gem_close close_clear = { 0 };
	struct drm_gem_close close_secret = { 0 };
	struct vt_session s = { .fd = fd };
	__u8 wrapped[VT_KEY];
	int error;

	error = vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create) ?:
		vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &clear) ?:
		vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &secret);
	if (error)
		return error;
	s.handle = create.handle;
	blt.src = clear.handle;
	blt.dst = secret.handle;
	error = vt_decrypt_blt(&s, &blt);
	if (error)
		return error;
	key.handle = s.handle;
	key.key = (uintptr_t)wrapped;
	blt.src = secret.handle;
	blt.dst = clear.handle;
	blt.result = (uintptr_t)&result;
	destroy.handle = s.handle;
	close_clear.handle = clear.handle;
	close_secret.handle = secret.handle;
	return vt_ioctl(fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &key) ?:
	       vt_encrypt_blt(&s, &blt) ?:
	       vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy) ?:
	       vt_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &close_clear) ?:
	       vt_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &close_secret);
}

static void *race(void *arg)
{
	struct racer *r = arg;

	while (!r->failure && !__atomic_load_n(&race_over, __ATOMIC_ACQUIRE)) {
		int fd = try_open();
		int error = 0;

		if (fd < 0) {
			sched_yield();
			continue;
		}
		while (!error && !__atomic_load_n(&race_over, __ATOMIC_ACQUIRE))
			error = use_device(fd);
		/* What was under way when the device went away has lost its session. */
		if (error && error != -ENODEV && error != -EKEYREVOKED)
			r->failure = strerrorname_np(-error);
		else if (error && strcmp(not_gone(fd), ""))
			r->failure = "an ioctl is still there";
		__atomic_add_fetch(&r->devices, 1, __ATOMIC_RELEASE);
		close(fd);
	}
	return NULL;
}

TEST_F(unbind, while_others_use_the_device)
{
	static struct racer racers[RACERS];

	close_everything(&self->e);
	for (int i = 0; i < RACERS; i++)
		ASSERT_EQ(0, pthread_create(&racers[i].thread, NULL, race, &racers[i]));
	for (int round = 0; round < ROUNDS; round++) {
		/* Until each of them has come to the new device. */
		while (vt_sessions_of(0, NULL, 0) < 1)
			sched_yield();
		ASSERT_EQ(0, vt_driver_unbind());
		ASSERT_EQ(0, vt_driver_bind());
	}
	__atomic_store_n(&race_over, true, __ATOMIC_RELEASE);
	for (int i = 0; i < RACERS; i++) {
		ASSERT_EQ(0, pthread_join(racers[i].thread, NULL));
		EXPECT_EQ(NULL, racers[i].failure) TH_LOG("%s", racers[i].failure);
		EXPECT_GT(racers[i].devices, 1);
	}
	EXPECT_TRUE(is_fresh());
	EXPECT_EQ(0, vt_module_remove());
	EXPECT_EQ(0, vt_module_insert(""));
}

TEST_HARNESS_MAIN
