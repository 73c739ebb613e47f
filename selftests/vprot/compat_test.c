// SPDX-License-Identifier: GPL-2.0
/*
 * The interface is the same as C, as C++ and for 32 bits, and a 32-bit client can use it.
 */
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "compat.h"
#include "layout.h"
#include "vprot_test.h"

/* Starts the 32-bit client, which lies beside this program, with its input and output connected. */
static pid_t start_client(const char *job, const char *device, int *to, int *from)
{
	int in[2], out[2];
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		vt_fatal("pipe: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		char path[PATH_MAX + 16] = "";

		if (readlink("/proc/self/exe", path, PATH_MAX) < 0 || dup2(in[0], 0) < 0 ||
		    dup2(out[1], 1) < 0)
			vt_fatal("the 32-bit client cannot be started: %s", strerror(errno));
		strcat(dirname(path), "/compat_client");
		execl(path, path, job, device, NULL);
		vt_fatal("%s: %s", path, strerror(errno));
	}
	close(in[0]);
	close(out[1]);
	*to = in[1];
	*from = out[0];
	return pid;
}

/* Its exit status, or what it was killed by. */
static int wait_for_client(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool receive(int from, void *data, size_t size)
{
	__u8 *at = data;

	while (size) {
		ssize_t part = read(from, at, size);

		if (part <= 0)
			return false;
		at += part;
		size -= part;
	}
	return true;
}

TEST(layout_in_c)
{
	EXPECT_EQ(0, layout_c());
}

TEST(layout_in_cxx)
{
	EXPECT_EQ(0, layout_cxx());
}

TEST(layout_for_32_bits)
{
	int to, from;

	EXPECT_EQ(0, wait_for_client(start_client("layout", NULL, &to, &from)));
}

TEST(client_of_32_bits)
{
	static struct compat_content content;
	static struct compat_result result;
	static __u8 plain[COMPAT_SIZE];
	enum { HALF = COMPAT_SIZE / 2 };
	__u8 key[VT_KEY], content_key[VT_KEY];
	struct compat_nonce nonce;
	struct drm_vprot_get_caps caps;
	struct vt_channel c = { .query = 5, .configure = 6 };
	struct compat_key message;
	__u64 seed = 70;
	char number[16];
	int fd = vt_open(), to, from;
	pid_t pid;

	snprintf(number, sizeof(number), "%d", fd);
	ASSERT_EQ(0, fcntl(fd, F_SETFD, 0));
	pid = start_client("client", number, &to, &from);

	vt_fill(&seed, key, sizeof(key));
	vt_key_exchange_blob(fd, key, sizeof(key), message.message);
	vt_fill(&seed, c.key, sizeof(c.key));
	vt_key_exchange_blob(fd, c.key, sizeof(c.key), message.channel_message);
	ASSERT_EQ(sizeof(message), write(to, &message, sizeof(message)));
	ASSERT_TRUE(receive(from, &nonce, sizeof(nonce)));
	vt_xor(key, nonce.nonce);
	c.name = nonce.channel;
	content.command.start_query = c.query;
	content.command.start_configure = c.configure;
	vt_command(&c, VT_GUID(CONFIGURE_INITIALIZE), &content.command, sizeof(content.command));
	vt_question(&c, VT_GUID(QUERY_CHANNEL_TYPE), &content.question);

	vt_fill(&seed, plain, sizeof(plain));
	vt_fill(&seed, content_key, sizeof(content_key));
	vt_fill(&seed, content.iv, sizeof(content.iv));
	vt_wrap(key, content_key, content.content_key);
	memcpy(content.data, plain, sizeof(plain));
	vt_ctr(key, content.iv, content.data, HALF);
	vt_ctr(content_key, content.iv, content.data + HALF, HALF);
	ASSERT_EQ(sizeof(content), write(to, &content, sizeof(content)));

	ASSERT_TRUE(receive(from, &result, sizeof(result)));
	EXPECT_EQ(0, wait_for_client(pid));
	vt_caps(fd, &caps);
	EXPECT_EQ(0, memcmp(&caps, &result.caps, sizeof(caps)));
	EXPECT_EQ(2, result.finish_epoch);
	EXPECT_EQ(2, result.read_back_epoch);
	EXPECT_EQ(2, result.status.epoch);
	EXPECT_EQ(DRM_VPROT_STATUS_READ_BACK_KEY, result.status.flags);
	EXPECT_EQ(COMPAT_SIZE, result.status.decrypted);
	EXPECT_EQ(COMPAT_SIZE, result.status.encrypted);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(2, result.results[i].epoch);
		EXPECT_EQ(0, memcmp(content.iv, result.results[i].iv, 16));
	}
	EXPECT_EQ(DRM_VPROT_BLT_READ_BACK_KEY, result.results[2].flags);
	vt_unwrap(key, result.read_back_key, result.read_back_key);
	vt_ctr(result.read_back_key, result.results[2].iv, result.data, COMPAT_SIZE);
	EXPECT_EQ(0, memcmp(plain, result.data, COMPAT_SIZE));
	EXPECT_TRUE(vt_is_signed(&c, &result.done, sizeof(result.done)));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, result.done.header.result);
	EXPECT_TRUE(vt_is_signed(&c, &result.answer, sizeof(result.answer)));
	EXPECT_EQ(DRM_VPROT_CHANNEL_SOFTWARE, result.answer.number);
}

TEST_HARNESS_MAIN
