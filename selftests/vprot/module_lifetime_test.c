// SPDX-License-Identifier: GPL-2.0
/*
 * The module put in and taken out: again and again, while it is in use, and with bad parameters.
 */
#include <fcntl.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "module.h"
#include "vprot_test.h"

#define SIZE	65536

/* Each test begins with one of these, and may leave the module in or out. */
static void take_out(void)
{
	int result = vt_module_remove();

	if (result && result != -ENOENT)
		vt_fatal("vprot cannot be removed: %s", strerror(-result));
}

static void put_in(void)
{
	int result = vt_module_insert("");

	if (result && result != -EEXIST)
		vt_fatal("vprot cannot be inserted: %s", strerror(-result));
}

/* When all tests have ended; they end by _exit(). */
__attribute__((destructor)) static void restore(void)
{
	take_out();
	put_in();
}

/* --- what is there ---------------------------------------------------------------------------- */

static bool device_works(void)
{
	struct vt_session s;
	bool works;

	vt_session_open(&s, vt_open(), 0);
	works = vt_key_works(&s);
	close(s.fd);
	return works;
}

/* Nothing is left of the driver. */
static bool is_gone(void)
{
	return access("/sys/module/vprot", F_OK) &&
	       access("/sys/bus/platform/drivers/vprot", F_OK) &&
	       access("/sys/bus/platform/devices/vprot", F_OK) &&
	       access("/sys/kernel/debug/dri/0/vprot_sessions", F_OK);
}

/* Users of the modules that vprot uses, too. */
static int users_of_ciphers(void)
{
	static const char * const modules[] = {
		"aesni_intel", "ctr", "rsa_generic", "sha512_generic", "sha512_ssse3", "drm",
	};
	int users = 0;

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		users += vt_module_users(modules[i]);
	return users;
}

/* --- in and out ------------------------------------------------------------------------------- */

TEST(a_hundred_times)
{
	int users, after;

	take_out();
	users = users_of_ciphers();
	for (int i = 0; i < 100; i++) {
		ASSERT_EQ(0, vt_module_insert("")) TH_LOG("round %d", i);
		if (i % 20 == 0)
			ASSERT_TRUE(device_works());
		ASSERT_EQ(0, vt_module_remove()) TH_LOG("round %d", i);
		ASSERT_TRUE(is_gone());
	}
	after = users_of_ciphers();
	EXPECT_EQ(users, after);
}

/* Whoever asks for probing in the background gets a device all the same. */
TEST(asynchronous_probing)
{
	take_out();
	ASSERT_EQ(0, vt_module_insert("async_probe=1"));
	EXPECT_TRUE(device_works());
}

/* --- in use ----------------------------------------------------------------------------------- */

FIXTURE(in_use) {
	int fd;
	struct vt_buffer clear, secret;
};

FIXTURE_SETUP(in_use)
{
	put_in();
	self->fd = vt_open();
	vt_clear(&self->clear, self->fd, SIZE);
	vt_protected(&self->secret, self->fd, SIZE);
}

FIXTURE_TEARDOWN(in_use)
{
	/* Everything was let go. */
	EXPECT_EQ(0, vt_module_remove());
}

TEST_F(in_use, by_an_open_file)
{
	struct vt_session s;

	munmap(self->clear.map, SIZE);
	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	vt_session_open(&s, self->fd, 0);
	EXPECT_TRUE(vt_key_works(&s));
	close(self->fd);
}

TEST_F(in_use, by_a_mapped_buffer)
{
	struct drm_gem_close gem_close = { .handle = self->clear.handle };

	ASSERT_EQ(0, vt_ioctl(self->fd, DRM_IOCTL_GEM_CLOSE, &gem_close));
	close(self->fd);
	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	memset(self->clear.map, 1, SIZE);
	EXPECT_EQ(1, self->clear.map[SIZE - 1]);
	munmap(self->clear.map, SIZE);
}

TEST_F(in_use, by_an_exported_clear_buffer)
{
	int dmabuf = vt_export(&self->clear);
	__u8 *map;

	munmap(self->clear.map, SIZE);
	close(self->fd);
	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	close(dmabuf);
	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	memset(map, 1, SIZE);
	munmap(map, SIZE);
}

TEST_F(in_use, by_an_exported_protected_buffer)
{
	static const __u8 plain[SIZE] = "secret";
	int dmabuf = vt_export(&self->secret);
	struct vt_session s;
	__u32 handle;
	int fd;

	vt_session_open(&s, self->fd, 0);
	vt_load(&s, &self->secret, 0, plain, SIZE);
	munmap(self->clear.map, SIZE);
	close(self->fd);
	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	fd = vt_open();
	EXPECT_EQ(0, vt_import(fd, dmabuf, &handle));
	close(fd);
	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	close(dmabuf);
}

TEST_F(in_use, by_a_reader_of_debugfs)
{
	int sessions = vt_sessions_open();
	char text[64];

	munmap(self->clear.map, SIZE);
	close(self->fd);
	EXPECT_EQ(-EWOULDBLOCK, vt_module_remove());
	EXPECT_EQ(sizeof(text), read(sessions, text, sizeof(text)));
	close(sessions);
}

/* --- parameters ------------------------------------------------------------------------------- */

static int open_log(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log < 0 || lseek(log, 0, SEEK_END) < 0)
		vt_fatal("the kernel's log cannot be read");
	return log;
}

/* Whether the log says this, since it was opened. */
static bool log_says(int log, const char *text)
{
	char line[8192];
	bool says = false;
	ssize_t n;

	while ((n = read(log, line, sizeof(line) - 1)) > 0) {
		line[n] = 0;
		says = says || strstr(line, text);
	}
	close(log);
	return says;
}

FIXTURE(bad_parameter) {
};

FIXTURE_VARIANT(bad_parameter) {
	const char *parameters;
	int error;
	const char *message;
};

FIXTURE_VARIANT_ADD(bad_parameter, no_such_cipher) {
	.parameters = "cipher=ctr-aes-nonsense",
	.error = -ENODEV,
	.message = "no cipher 'ctr-aes-nonsense'",
};

FIXTURE_VARIANT_ADD(bad_parameter, empty_cipher) {
	.parameters = "cipher=",
	.error = -ENODEV,
	.message = "no cipher ''",
};

FIXTURE_VARIANT_ADD(bad_parameter, another_cipher) {
	.parameters = "cipher=ecb(aes)",
	.error = -ENODEV,
	.message = "cipher 'ecb(aes)' is not an implementation of ctr(aes)",
};

FIXTURE_VARIANT_ADD(bad_parameter, not_a_number) {
	.parameters = "max_sessions=many",
	.error = -EINVAL,
	.message = "invalid for parameter `max_sessions'",
};

FIXTURE_SETUP(bad_parameter)
{
	take_out();
}

FIXTURE_TEARDOWN(bad_parameter)
{
}

TEST_F(bad_parameter, refused)
{
	int users = users_of_ciphers(), log = open_log();

	EXPECT_EQ(variant->error, vt_module_insert(variant->parameters));
	EXPECT_TRUE(log_says(log, variant->message));
	EXPECT_TRUE(is_gone());
	EXPECT_EQ(users, users_of_ciphers());
}

TEST_HARNESS_MAIN
