// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints: what happens is told in order and with its numbers, and no secret with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "debugfs.h"
#include "module.h"
#include "sync.h"
#include "vprot_test.h"

/* A trace of our own, beside which others may trace what they like. */
#define TRACE	"/sys/kernel/tracing/instances/vprot"
#define SIZE	4096

/* The end of what can be read, without waiting for more. */
static size_t read_file(const char *name, char *data, size_t size)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK);
	size_t total = 0;
	ssize_t n;

	if (fd < 0)
		vt_fatal("%s: %s", name, strerror(errno));
	while ((n = read(fd, data + total, size - total)) > 0)
		total += n;
	if (n < 0 && errno != EAGAIN)
		vt_fatal("%s: %s", name, strerror(errno));
	close(fd);
	return total;
}

FIXTURE(trace) {
	int fd;
	char text[65536];
	char *next;
};

FIXTURE_SETUP(trace)
{
	rmdir(TRACE);
	if (mkdir(TRACE, 0700))
		vt_fatal(TRACE ": %s", strerror(errno));
	vt_write_file(TRACE "/events/vprot/enable", "1");
	self->fd = vt_open();
}

FIXTURE_TEARDOWN(trace)
{
	close(self->fd);
	rmdir(TRACE);
}

/* Takes the trace as it is now, to be looked at from its beginning. */
static void take_trace(FIXTURE_DATA(trace) * self)
{
	size_t size = read_file(TRACE "/trace", self->text, sizeof(self->text) - 1);

	self->text[size] = 0;
	self->next = self->text;
}

/* Whether the next event of the driver is this one, and with these numbers at its end. */
static bool is_next(FIXTURE_DATA(trace) * self, const char *event, const char *numbers)
{
	char *found = strstr(self->next, ": vprot_");
	char line[256] = "";
	char *end;

	if (found) {
		end = strchrnul(found, '\n');
		snprintf(line, sizeof(line), "%.*s", (int)(end - found - 2), found + 2);
		self->next = end;
	}
	if (!strncmp(line, event, strlen(event)) && line[strlen(event)] == ':' &&
	    strlen(line) > strlen(numbers) &&
	    !strcmp(line + strlen(line) - strlen(numbers), numbers))
		return true;
	ksft_print_msg("expected %s with '%s', found '%s'\n", event, numbers, line);
	return false;
}

#define EXPECT_NEXT(event, ...)							\
do {										\
	char numbers[128];							\
										\
	snprintf(numbers, sizeof(numbers), __VA_ARGS__);			\
	EXPECT_TRUE(is_next(self, event, numbers));				\
} while (0)

TEST_F(trace, tells_the_life_of_a_session)
{
	struct vt_session s;
	__u32 handle;
	struct vt_buffer clear, prot;
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blts[2] = {
		{ .size = SIZE, .result = (uintptr_t)&result },
		{ .size = 100, .result = (uintptr_t)&result },
	};

	vt_clear(&clear, self->fd, SIZE);
	vt_protected(&prot, self->fd, SIZE);
	vt_session_open(&s, self->fd, 0);
	handle = s.handle;
	vt_refresh(&s);
	blts[0].src = clear.handle;
	blts[0].dst = prot.handle;
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blts[0]));
	for (int i = 0; i < 2; i++) {
		blts[i].src = prot.handle;
		blts[i].dst = clear.handle;
	}
	ASSERT_EQ(0, vt_submit_array(&s, DRM_IOCTL_VPROT_ENCRYPTION_BLT, blts, 2));
	/* What is refused has not happened. */
	EXPECT_EQ(-ENODATA, vt_finish(&s, NULL));
	blts[0].epoch = 1;
	EXPECT_EQ(-ESTALE, vt_encrypt_blt(&s, &blts[0]));
	vt_session_destroy(&s);

	take_trace(self);
	EXPECT_NEXT("vprot_session_create", " handle=%u crypto_type=%d key_exchange_type=%d",
		    handle, DRM_VPROT_CRYPTO_AES128_CTR, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP);
	EXPECT_NEXT("vprot_session_key", " handle=%u epoch=1", handle);
	EXPECT_NEXT("vprot_refresh_start", " handle=%u epoch=2", handle);
	EXPECT_NEXT("vprot_refresh_finish", " handle=%u epoch=2", handle);
	EXPECT_NEXT("vprot_blt_submit", " handle=%u decryption blts=1 epoch=2", handle);
	EXPECT_NEXT("vprot_blt_run", " epoch=2");
	EXPECT_NEXT("vprot_blt_done", " epoch=2 moved=%d ret=0", SIZE);
	EXPECT_NEXT("vprot_blt_submit", " handle=%u encryption blts=2 epoch=2", handle);
	EXPECT_NEXT("vprot_blt_run", " epoch=2");
	EXPECT_NEXT("vprot_blt_done", " epoch=2 moved=%d ret=0", SIZE + 100);
	EXPECT_NEXT("vprot_session_destroy", " handle=%u crypto_type=%d key_exchange_type=%d",
		    handle, DRM_VPROT_CRYPTO_AES128_CTR, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP);
	EXPECT_EQ(NULL, strstr(self->next, ": vprot_"));
}

/* Of a queued job: submission, run and signal, with the epoch of the submission. */
TEST_F(trace, tells_a_queued_job)
{
	struct vt_buffer clear, prot;
	struct drm_vprot_blt blt = { .size = SIZE };
	__u32 done = vt_syncobj(self->fd);
	struct vt_session s;
	struct vt_gate gate;

	vt_gate(&gate, self->fd);
	vt_clear(&clear, self->fd, SIZE);
	vt_protected(&prot, self->fd, SIZE);
	vt_session_open(&s, self->fd, 0);
	blt.src = clear.handle;
	blt.dst = prot.handle;
	ASSERT_EQ(0, vt_queue_blt(&s, DRM_IOCTL_VPROT_DECRYPTION_BLT, &blt, gate.syncobj, done));
	vt_refresh(&s);
	vt_gate_open(&gate);
	ASSERT_EQ(0, vt_syncobj_result(self->fd, done));

	take_trace(self);
	EXPECT_NEXT("vprot_session_create", " handle=%u crypto_type=%d key_exchange_type=%d",
		    s.handle, DRM_VPROT_CRYPTO_AES128_CTR, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP);
	EXPECT_NEXT("vprot_session_key", " epoch=1");
	EXPECT_NEXT("vprot_blt_submit", " handle=%u decryption blts=1 epoch=1", s.handle);
	EXPECT_NEXT("vprot_refresh_start", " epoch=2");
	EXPECT_NEXT("vprot_refresh_finish", " epoch=2");
	EXPECT_NEXT("vprot_blt_run", " epoch=1");
	EXPECT_NEXT("vprot_blt_done", " epoch=1 moved=%d ret=0", SIZE);
	EXPECT_NEXT("vprot_blt_signal", " epoch=1 ret=0");
	vt_gate_free(&gate);
}

/* Of one that is given up: its error, and no run. */
TEST_F(trace, tells_a_job_that_is_given_up)
{
	unsigned int timeout = vt_parameter("wait_timeout_ms");
	__u32 done = vt_syncobj(self->fd);
	struct drm_vprot_sync wait, signal = { .handle = done };
	struct vt_session s;
	struct vt_gate gate;

	vt_gate(&gate, self->fd);
	wait = (struct drm_vprot_sync){ .handle = gate.syncobj };
	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_set_parameter("wait_timeout_ms", 1);
	EXPECT_EQ(0, vt_queue_array(&s, DRM_IOCTL_VPROT_DECRYPTION_BLT, NULL, 0,
				    &(struct vt_queue){ .waits = &wait, .num_waits = 1,
					.signals = &signal, .num_signals = 1 }));
	vt_set_parameter("wait_timeout_ms", timeout);
	EXPECT_EQ(-ETIMEDOUT, vt_syncobj_result(self->fd, done));

	take_trace(self);
	EXPECT_NEXT("vprot_session_key", " epoch=1");
	EXPECT_NEXT("vprot_session_create", " key_exchange_type=%d",
		    DRM_VPROT_KEY_EXCHANGE_INTERNAL);
	EXPECT_NEXT("vprot_blt_submit", " handle=%u decryption blts=0 epoch=1", s.handle);
	EXPECT_NEXT("vprot_blt_signal", " epoch=1 ret=%d", -ETIMEDOUT);
	vt_gate_free(&gate);
}

/* Jobs of a file that have nothing in common: as many run as there are processors, no more. */
TEST_F(trace, as_many_run_as_there_are_processors)
{
	enum { COUNT = 8, LARGE = 2 << 20 };
	__u32 done[COUNT];
	long running = 0, most = 0;
	struct vt_session s;
	struct vt_gate gate;

	/* With an order between processors. */
	vt_write_file(TRACE "/trace_clock", "counter");
	vt_gate(&gate, self->fd);
	vt_session_open(&s, self->fd, 0);
	for (int i = 0; i < COUNT; i++) {
		struct drm_vprot_blt blt = { .size = LARGE };
		struct vt_buffer clear, prot;

		vt_clear(&clear, self->fd, LARGE);
		vt_protected(&prot, self->fd, LARGE);
		blt.src = clear.handle;
		blt.dst = prot.handle;
		done[i] = vt_syncobj(self->fd);
		ASSERT_EQ(0, vt_queue_blt(&s, DRM_IOCTL_VPROT_DECRYPTION_BLT, &blt, gate.syncobj,
					  done[i]));
	}
	vt_gate_open(&gate);
	for (int i = 0; i < COUNT; i++)
		ASSERT_EQ(0, vt_syncobj_result(self->fd, done[i]));

	take_trace(self);
	for (char *line = self->next; (line = strstr(line, ": vprot_blt_")); line++) {
		running += strstr(line, "vprot_blt_run:") == line + 2;
		running -= strstr(line, "vprot_blt_done:") == line + 2;
		most = running > most ? running : most;
	}
	EXPECT_EQ(0, running);
	EXPECT_EQ(sysconf(_SC_NPROCESSORS_ONLN), most);
	vt_gate_free(&gate);
}

TEST_F(trace, tells_loss)
{
	struct vt_session s;

	vt_session_create(&s, self->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	ASSERT_EQ(0, vt_driver_unbind());
	ASSERT_EQ(0, vt_driver_bind());

	take_trace(self);
	EXPECT_NEXT("vprot_session_key", " epoch=1");
	EXPECT_NEXT("vprot_session_create", " handle=%u crypto_type=%d key_exchange_type=%d",
		    s.handle, DRM_VPROT_CRYPTO_AES128_CTR, DRM_VPROT_KEY_EXCHANGE_INTERNAL);
	EXPECT_NEXT("vprot_session_lose", " handle=%u crypto_type=%d key_exchange_type=%d",
		    s.handle, DRM_VPROT_CRYPTO_AES128_CTR, DRM_VPROT_KEY_EXCHANGE_INTERNAL);
}

TEST_F(trace, tells_the_life_of_a_channel)
{
	struct drm_vprot_query_number_output output;
	struct drm_vprot_channel_header input;
	struct vt_channel c;
	__u32 sequence;

	vt_channel_create(&c, self->fd, 0);
	vt_channel_key_exchange(&c);
	vt_channel_initialize(&c);
	sequence = c.configure;
	vt_protect(&c, DRM_VPROT_PROTECTION_ENABLED);
	vt_query_number(&c, VT_GUID(QUERY_PROTECTION));
	/* The same question once more is refused. */
	c.query--;
	EXPECT_EQ(DRM_VPROT_RESULT_INVALID_ARGUMENT, VT_QUERY(&c, PROTECTION, &input, &output));
	vt_lose();
	ASSERT_EQ(0, vt_channel_destroy(&c));

	take_trace(self);
	EXPECT_NEXT("vprot_channel_create", " handle=%u", c.handle);
	EXPECT_NEXT("vprot_channel_key", " handle=%u", c.handle);
	EXPECT_NEXT("vprot_channel_message", " handle=%u command sequence=%u result=0x0", c.handle,
		    sequence - 1);
	EXPECT_NEXT("vprot_channel_message", " handle=%u command sequence=%u result=0x0", c.handle,
		    sequence);
	EXPECT_NEXT("vprot_channel_message", " handle=%u question sequence=%d result=0x0",
		    c.handle, VT_START_QUERY);
	EXPECT_NEXT("vprot_channel_message", " handle=%u question sequence=%d result=0x80070057",
		    c.handle, VT_START_QUERY);
	EXPECT_NEXT("vprot_channel_lose", " handle=%u", c.handle);
	EXPECT_NEXT("vprot_channel_destroy", " handle=%u", c.handle);
}

/* Neither in what is printed nor in the records that it is made of. */
TEST_F(trace, holds_no_secret)
{
	__u8 content_key[VT_KEY] = "a content key", wrapped[VT_KEY];
	__u8 first_key[VT_KEY], nonce[VT_KEY];
	const __u8 *secrets[] = { first_key, nonce, content_key, wrapped };
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct vt_channel c;
	struct vt_session s;
	struct vt_buffer clear, prot;
	struct drm_vprot_blt blt = {
		.size = SIZE,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key_size = VT_KEY,
		.key = (uintptr_t)wrapped,
	};
	size_t total = 0;

	vt_clear(&clear, self->fd, SIZE);
	vt_protected(&prot, self->fd, SIZE);
	vt_session_open(&s, self->fd, 0);
	memcpy(first_key, s.key, VT_KEY);
	ASSERT_EQ(0, vt_start(&s, nonce));
	ASSERT_EQ(0, vt_finish(&s, NULL));
	vt_xor(s.key, nonce);
	vt_wrap(s.key, content_key, wrapped);
	blt.src = clear.handle;
	blt.dst = prot.handle;
	ASSERT_EQ(0, vt_decrypt_blt(&s, &blt));
	vt_channel_open(&c, self->fd);

	for (long cpu = 0; cpu < cpus; cpu++) {
		char name[128];
		size_t size;

		snprintf(name, sizeof(name), TRACE "/per_cpu/cpu%ld/trace_pipe_raw", cpu);
		size = read_file(name, self->text, sizeof(self->text));
		total += size;
		for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
			EXPECT_EQ(NULL, memmem(self->text, size, secrets[i], VT_KEY));
		EXPECT_EQ(NULL, memmem(self->text, size, s.key, VT_KEY));
		EXPECT_EQ(NULL, memmem(self->text, size, s.read_back, VT_KEY));
		EXPECT_EQ(NULL, memmem(self->text, size, c.key, VT_KEY));
	}
	/* There was something to find it in. */
	EXPECT_LT(6 * 16, total);
}

TEST_HARNESS_MAIN
