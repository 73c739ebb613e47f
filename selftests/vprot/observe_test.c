// SPDX-License-Identifier: GPL-2.0
/*
 * What can be observed from outside: fdinfo, and the lists in debugfs.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/utsname.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "channel.h"
#include "debugfs.h"
#include "flight.h"
#include "queue.h"

#define SIZE	65536

/* --- fdinfo ----------------------------------------------------------------------------------- */

static bool has_fdinfo(void)
{
	struct utsname name;
	int major, minor;

	if (uname(&name) || sscanf(name.release, "%d.%d", &major, &minor) != 2)
		vt_fatal("the kernel has no release");
	return major > 6 || (major == 6 && minor >= 5);
}

/* Valid until the next call. */
static char *read_fdinfo(int fd)
{
	static char text[4096];
	char name[64];
	ssize_t size;
	int info;

	snprintf(name, sizeof(name), "/proc/self/fdinfo/%d", fd);
	info = open(name, O_RDONLY | O_CLOEXEC);
	size = read(info, text, sizeof(text) - 1);
	if (size < 0)
		vt_fatal("%s cannot be read", name);
	text[size] = 0;
	close(info);
	return text;
}

/* The line of a key, which is there once: "<uint>", and the unit if there is one. */
static bool fdinfo_value(const char *text, const char *key, const char *unit,
			 unsigned long long *value)
{
	char start[64], end[16] = "", rest[2] = "";
	const char *line;
	int fields;

	snprintf(start, sizeof(start), "\n%s:", key);
	line = strstr(text, start);
	if (!line || strstr(line + 1, start))
		return false;
	line += strlen(start);
	line += strspn(line, "\t ");
	if (*line < '0' || *line > '9')
		return false;
	fields = sscanf(line, "%llu%*[ ]%15[a-zA-Z]%1[^\n]", value, end, rest);
	return fields == (*unit ? 2 : 1) && !strcmp(end, unit);
}

/* Keys of DRM's and of the driver's own, each with a colon and a value. */
static bool fdinfo_well_formed(const char *text)
{
	bool drm = false;

	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		const char *colon = strpbrk(line, ": \t\n");

		if (!strchr(line, '\n') || *colon != ':')
			return false;
		/* The lines before are those that each file has. */
		drm = drm || !strncmp(line, "drm-", 4);
		if (drm && strncmp(line, "drm-", 4) && strncmp(line, "vprot-", 6))
			return false;
	}
	return drm;
}

TEST(fdinfo)
{
	unsigned long long id, other_id, busy, later, total, sessions, channels;
	struct vt_buffer clear, secret;
	struct vt_session s, t;
	struct vt_channel c;
	__u8 plain[SIZE] = { 0 };
	char *text;
	int fd = vt_open(), other = vt_open();

	if (!has_fdinfo()) {
		text = read_fdinfo(fd);
		EXPECT_EQ(NULL, strstr(text, "drm-"));
		return;
	}
	text = read_fdinfo(other);
	ASSERT_TRUE(fdinfo_value(text, "drm-client-id", "", &other_id));
	text = read_fdinfo(fd);
	EXPECT_TRUE(fdinfo_well_formed(text)) TH_LOG("%s", text);
	EXPECT_NE(NULL, strstr(text, "\ndrm-driver:\tvprot\n"));
	ASSERT_TRUE(fdinfo_value(text, "drm-client-id", "", &id));
	EXPECT_NE(other_id, id);
	ASSERT_TRUE(fdinfo_value(text, "drm-engine-crypto", "ns", &busy));
	EXPECT_EQ(0, busy);
	ASSERT_TRUE(fdinfo_value(text, "drm-total-protected", "KiB", &total));
	EXPECT_EQ(0, total);
	ASSERT_TRUE(fdinfo_value(text, "vprot-sessions", "", &sessions));
	EXPECT_EQ(0, sessions);

	vt_session_open(&s, fd, 0);
	vt_session_open(&t, fd, 0);
	vt_channel_create(&c, fd, 0);
	vt_clear(&clear, fd, 3 * SIZE);
	vt_protected(&secret, fd, SIZE + 1);
	vt_load(&s, &secret, 0, plain, SIZE);
	text = read_fdinfo(fd);
	EXPECT_TRUE(fdinfo_well_formed(text)) TH_LOG("%s", text);
	ASSERT_TRUE(fdinfo_value(text, "drm-engine-crypto", "ns", &busy));
	EXPECT_NE(0, busy);
	ASSERT_TRUE(fdinfo_value(text, "drm-total-protected", "KiB", &total));
	EXPECT_EQ(SIZE / 1024 + 4, total);
	ASSERT_TRUE(fdinfo_value(text, "vprot-sessions", "", &sessions));
	EXPECT_EQ(2, sessions);
	ASSERT_TRUE(fdinfo_value(text, "vprot-channels", "", &channels));
	EXPECT_EQ(1, channels);

	vt_read_back(&s, &secret, 0, plain, SIZE);
	vt_session_destroy(&t);
	ASSERT_EQ(0, vt_channel_destroy(&c));
	vt_buffer_close(&secret);
	text = read_fdinfo(fd);
	ASSERT_TRUE(fdinfo_value(text, "drm-engine-crypto", "ns", &later));
	EXPECT_GT(later, busy);
	ASSERT_TRUE(fdinfo_value(text, "drm-total-protected", "KiB", &total));
	EXPECT_EQ(0, total);
	ASSERT_TRUE(fdinfo_value(text, "vprot-sessions", "", &sessions));
	EXPECT_EQ(1, sessions);
	ASSERT_TRUE(fdinfo_value(text, "vprot-channels", "", &channels));
	EXPECT_EQ(0, channels);

	/* The other file has done none of it. */
	text = read_fdinfo(other);
	ASSERT_TRUE(fdinfo_value(text, "drm-engine-crypto", "ns", &busy));
	EXPECT_EQ(0, busy);
	ASSERT_TRUE(fdinfo_value(text, "vprot-sessions", "", &sessions));
	EXPECT_EQ(0, sessions);
}

/* The keys of a region of memory, in KiB; all of it is resident. */
static bool fdinfo_memory(const char *text, const char *region, unsigned int total,
			  unsigned int shared, unsigned int active)
{
	static const char * const keys[] = { "total", "shared", "resident", "active" };
	const unsigned int kib[] = { total, shared, total, active };
	bool same = true;

	for (int i = 0; i < 4; i++) {
		unsigned long long value;
		char key[64];

		snprintf(key, sizeof(key), "drm-%s-%s", keys[i], region);
		if (fdinfo_value(text, key, "KiB", &value) && value == kib[i])
			continue;
		fprintf(stderr, "# %s is not %u KiB\n", key, kib[i]);
		same = false;
	}
	return same;
}

TEST(fdinfo_of_memory)
{
	unsigned long long capacity;
	struct drm_vprot_blt blt;
	struct vt_stage stage;
	int dmabuf;

	if (!has_fdinfo())
		return;
	vt_stage_open(&stage, SIZE);
	EXPECT_TRUE(fdinfo_memory(read_fdinfo(stage.fd), "system", 128, 0, 0));
	EXPECT_TRUE(fdinfo_memory(read_fdinfo(stage.fd), "protected", 128, 0, 0));
	ASSERT_TRUE(fdinfo_value(read_fdinfo(stage.fd), "drm-engine-capacity-crypto", "",
				 &capacity));
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), capacity);

	blt = vt_stage_blit(&stage, &stage.secret, 1);
	ASSERT_EQ(0, vt_queue_blt(&stage.s, DECRYPT, &blt, stage.gate.syncobj, stage.done));
	dmabuf = vt_export(&stage.other);
	EXPECT_TRUE(fdinfo_memory(read_fdinfo(stage.fd), "system", 128, 0, 64));
	EXPECT_TRUE(fdinfo_memory(read_fdinfo(stage.fd), "protected", 128, 64, 64));
	vt_gate_open(&stage.gate);
	ASSERT_EQ(0, vt_syncobj_result(stage.fd, stage.done));
	EXPECT_TRUE(fdinfo_memory(read_fdinfo(stage.fd), "protected", 128, 64, 0));
	close(dmabuf);
	vt_stage_close(&stage);
}

/* --- debugfs ---------------------------------------------------------------------------------- */

TEST(sessions_in_debugfs)
{
	struct vt_listed l[3];
	struct vt_session s, internal;
	struct vt_buffer secret;
	struct vt_flight flight;
	__u8 plain[SIZE] = { 0 }, nonce[VT_KEY];
	int fd = vt_open();

	EXPECT_EQ(0, vt_sessions_of(0, NULL, 0));
	vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	ASSERT_EQ(1, vt_sessions_of(getpid(), l, 3));
	EXPECT_EQ(s.handle, l[0].handle);
	EXPECT_STREQ("AES128_CTR", l[0].crypto_type);
	EXPECT_STREQ("RSAES_OAEP", l[0].key_exchange_type);
	EXPECT_STREQ("alive", l[0].state);
	EXPECT_EQ(0, l[0].epoch);
	EXPECT_STREQ("no", l[0].pending);
	EXPECT_STREQ("no", l[0].read_back);
	EXPECT_EQ(0, l[0].in_flight);
	vt_session_destroy(&s);

	vt_session_open(&s, fd, 0);
	vt_session_create(&internal, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_refresh(&s);
	ASSERT_EQ(0, vt_start(&s, nonce));
	vt_protected(&secret, fd, SIZE);
	vt_load(&s, &secret, 0, plain, SIZE);
	vt_read_back(&s, &secret, 0, plain, 100);
	ASSERT_EQ(2, vt_sessions_of(getpid(), l, 3));
	EXPECT_EQ(s.handle, l[0].handle);
	EXPECT_EQ(2, l[0].epoch);
	EXPECT_STREQ("yes", l[0].pending);
	EXPECT_STREQ("yes", l[0].read_back);
	EXPECT_EQ(SIZE, l[0].decrypted);
	EXPECT_EQ(100, l[0].encrypted);
	EXPECT_EQ(internal.handle, l[1].handle);
	EXPECT_STREQ("INTERNAL", l[1].key_exchange_type);
	EXPECT_EQ(1, l[1].epoch);

	/* Its result is there a moment before it is accepted. */
	vt_flight_by_process(&flight, &s, VT_FLIGHT_LONG);
	while (vt_sessions_of(getpid(), l, 3) && !l[0].in_flight)
		ASSERT_FALSE(vt_flight_done(&flight));
	EXPECT_EQ(1, l[0].in_flight);
	EXPECT_EQ(0, l[1].in_flight);
	vt_flight_kill(&flight);
	ASSERT_EQ(2, vt_sessions_of(getpid(), l, 3));
	EXPECT_EQ(0, l[0].in_flight);

	vt_session_destroy(&s);
	ASSERT_EQ(1, vt_sessions_of(getpid(), l, 3));
	EXPECT_EQ(internal.handle, l[0].handle);
}

/* More than one page of them, each once. */
TEST(many_sessions_in_debugfs)
{
	enum { COUNT = 1000 };
	static struct vt_listed l[COUNT];
	struct vt_session s;
	int fd = vt_open();

	for (int i = 0; i < COUNT; i++)
		vt_session_create(&s, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	ASSERT_EQ(COUNT, vt_sessions_of(getpid(), l, COUNT));
	for (int i = 1; i < COUNT; i++)
		ASSERT_EQ(l[i - 1].handle + 1, l[i].handle);
	close(fd);
	EXPECT_EQ(0, vt_sessions_of(getpid(), NULL, 0));
}

#define READERS	3

static bool readers_over;

/* Changes all that is listed, in a file of its own. */
static void *change(void *arg)
{
	int fd = vt_open();

	while (!__atomic_load_n(&readers_over, __ATOMIC_ACQUIRE)) {
		__u8 plain[4096] = { 0 };
		struct vt_session s, t;
		struct vt_buffer secret;

		vt_session_open(&s, fd, 0);
		vt_session_create(&t, fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
		vt_protected(&secret, fd, sizeof(plain));
		vt_load(&s, &secret, 0, plain, sizeof(plain));
		vt_refresh(&s);
		vt_session_destroy(&s);
		vt_buffer_close(&secret);
		vt_session_destroy(&t);
	}
	close(fd);
	return NULL;
}

TEST(debugfs_while_all_changes)
{
	enum { ROUNDS = 150, MAX = 64 };
	pthread_t threads[READERS];
	struct vt_listed l[MAX];
	struct vt_session s;

	vt_session_open(&s, vt_open(), 0);
	for (int i = 0; i < READERS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, change, NULL));
	for (int i = 0; i < ROUNDS; i++) {
		size_t count = vt_sessions_of(getpid(), l, MAX);

		/* The oldest is always there, and first. */
		ASSERT_GE(count, 1);
		ASSERT_LE(count, 1 + 2 * READERS);
		ASSERT_EQ(s.epoch, l[0].epoch);
		ASSERT_STREQ("RSAES_OAEP", l[0].key_exchange_type);
		vt_refresh(&s);
	}
	__atomic_store_n(&readers_over, true, __ATOMIC_RELEASE);
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(1, vt_sessions_of(getpid(), l, MAX));
}

static bool has_bytes(const char *text, size_t size, const __u8 bytes[VT_KEY])
{
	char hex[2 * VT_KEY + 1];

	for (int i = 0; i < VT_KEY; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	/* Half of it would be too much. */
	return memmem(text, size, bytes, VT_KEY / 2) || memmem(text, size, hex, VT_KEY);
}

TEST(channels_in_debugfs)
{
	struct vt_listed_channel l[3];
	struct vt_channel c, other;
	int fd = vt_open();

	EXPECT_EQ(0, vt_channels_of(0, NULL, 0));
	vt_channel_create(&c, fd, 0);
	ASSERT_EQ(1, vt_channels_of(getpid(), l, 3));
	EXPECT_EQ(c.handle, l[0].handle);
	EXPECT_STREQ("SOFTWARE", l[0].type);
	EXPECT_STREQ("keyless", l[0].state);
	EXPECT_STREQ("no", l[0].protection);
	EXPECT_STREQ("no", l[0].fullscreen);
	vt_channel_key_exchange(&c);
	ASSERT_EQ(1, vt_channels_of(getpid(), l, 3));
	EXPECT_STREQ("keyed", l[0].state);
	vt_channel_initialize(&c);
	vt_channel_open(&other, fd);
	vt_protect(&c, DRM_VPROT_PROTECTION_ENABLED);
	vt_protect(&other, DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN);
	ASSERT_EQ(2, vt_channels_of(getpid(), l, 3));
	EXPECT_STREQ("initialized", l[0].state);
	EXPECT_STREQ("yes", l[0].protection);
	EXPECT_STREQ("no", l[0].fullscreen);
	EXPECT_EQ(other.handle, l[1].handle);
	EXPECT_STREQ("no", l[1].protection);
	EXPECT_STREQ("yes", l[1].fullscreen);

	/* What a channel demands stays demanded. */
	vt_lose();
	ASSERT_EQ(2, vt_channels_of(getpid(), l, 3));
	EXPECT_STREQ("lost", l[0].state);
	EXPECT_STREQ("yes", l[0].protection);
	ASSERT_EQ(0, vt_channel_destroy(&c));
	ASSERT_EQ(1, vt_channels_of(getpid(), l, 3));
	EXPECT_EQ(other.handle, l[0].handle);
	close(fd);
	EXPECT_EQ(0, vt_channels_of(getpid(), NULL, 0));
}

TEST(no_secret_in_debugfs)
{
	static char text[65536];
	struct vt_channel c;
	struct vt_session s;
	__u8 nonce[VT_KEY];
	ssize_t size;
	int sessions, channels;

	vt_session_open(&s, vt_open(), 0);
	ASSERT_EQ(0, vt_start(&s, nonce));
	sessions = vt_sessions_open();
	size = read(sessions, text, sizeof(text));
	close(sessions);
	ASSERT_GT(size, 0);
	EXPECT_FALSE(has_bytes(text, size, s.key));
	EXPECT_FALSE(has_bytes(text, size, s.read_back));
	EXPECT_FALSE(has_bytes(text, size, nonce));
	vt_channel_open(&c, s.fd);
	channels = vt_channels_open();
	size = read(channels, text, sizeof(text));
	close(channels);
	ASSERT_GT(size, 0);
	EXPECT_FALSE(has_bytes(text, size, c.key));
	/* Nobody but root looks. */
	EXPECT_EQ(0, seteuid(65534));
	EXPECT_EQ(-1, open("/sys/kernel/debug/dri/0/vprot_sessions", O_RDONLY));
	EXPECT_EQ(-1, open("/sys/kernel/debug/dri/0/vprot_channels", O_RDONLY));
	EXPECT_EQ(0, seteuid(0));
}

TEST_HARNESS_MAIN
