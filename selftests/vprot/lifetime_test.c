// SPDX-License-Identifier: GPL-2.0
/*
 * The end of files and processes, with everything open and under way.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include "kselftest_harness.h"
#include "debugfs.h"
#include "everything.h"
#include "flight.h"
#include "module.h"
#include "process.h"

#define SIZE	VT_EVERYTHING_SIZE
#define LARGE	(64ULL << 20)

/* Whether a protected buffer that was passed on is wiped, and anyone's to use. */
static bool is_wiped(int dmabuf)
{
	static const __u8 zero[SIZE];
	struct vt_buffer b = { .fd = vt_open(), .size = SIZE };
	struct vt_session s;
	__u8 seen[SIZE];
	bool wiped;

	vt_session_open(&s, b.fd, 0);
	if (vt_import(b.fd, dmabuf, &b.handle))
		return false;
	/* What is not bound reads as zeros whatever it holds: bind it, without a change. */
	vt_load(&s, &b, 0, zero, 1);
	vt_read_back(&s, &b, 0, seen, SIZE);
	wiped = !memcmp(seen, zero, SIZE);
	vt_load(&s, &b, 0, vt_plain, SIZE);
	vt_read_back(&s, &b, 0, seen, SIZE);
	wiped = wiped && !memcmp(seen, vt_plain, SIZE);
	close(b.fd);
	return wiped;
}

/* --- closing ---------------------------------------------------------------------------------- */

TEST(close_with_everything_open)
{
	struct vt_everything e;
	__u8 *map;

	vt_everything_open(&e);
	EXPECT_EQ(VT_EVERYTHING_SESSIONS, vt_sessions_of(getpid(), NULL, 0));
	/* A mapping of the device's file would keep that open. */
	map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, e.clear_dmabuf, 0);
	ASSERT_NE(MAP_FAILED, map);
	munmap(e.clear.map, SIZE);
	close(e.fd);

	EXPECT_EQ(0, vt_sessions_of(getpid(), NULL, 0));
	EXPECT_EQ(0, memcmp(map, vt_plain, SIZE));
	memset(map, 1, SIZE);
	EXPECT_TRUE(is_wiped(e.secret_dmabuf));
	close(e.clear_dmabuf);
	EXPECT_EQ(1, map[SIZE - 1]);
	munmap(map, SIZE);
	close(e.secret_dmabuf);
}

/* The file ends when the last blit has landed; that one is not cut short. */
TEST(close_with_blits_in_flight)
{
	struct vt_flight flights[2];
	struct vt_everything e;

	vt_everything_open(&e);
	munmap(e.clear.map, SIZE);
	vt_flight_by_thread(&flights[0], &e.s, 64);
	vt_flight_by_thread(&flights[1], &e.other, 64);
	close(e.fd);
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, vt_flight_end(&flights[i]));
	EXPECT_EQ(0, vt_sessions_of(getpid(), NULL, 0));
	EXPECT_TRUE(is_wiped(flights[0].dmabuf));
	EXPECT_TRUE(is_wiped(flights[1].dmabuf));
	EXPECT_TRUE(is_wiped(e.secret_dmabuf));
}

/* --- destroying ------------------------------------------------------------------------------- */

/* Destruction lets blits in flight finish, then wipes. */
TEST(destroy_with_blits_in_flight)
{
	struct vt_flight flight;
	struct vt_everything e;

	vt_everything_open(&e);
	vt_flight_by_process(&flight, &e.s, 512);
	vt_session_destroy(&e.s);
	EXPECT_TRUE(is_wiped(flight.dmabuf));
	EXPECT_TRUE(is_wiped(e.secret_dmabuf));
	EXPECT_EQ(0, vt_flight_end(&flight));
	EXPECT_EQ(VT_EVERYTHING_SESSIONS - 1, vt_sessions_of(getpid(), NULL, 0));
	EXPECT_TRUE(vt_key_works(&e.other));
}

/* --- processes -------------------------------------------------------------------------------- */

/* Killed with everything open, and blits of two threads in flight. */
TEST(killed_with_everything_open)
{
	struct vt_everything e;
	int socket, dmabuf;
	pid_t child;

	child = vt_fork(&socket);
	if (!child) {
		struct vt_flight flights[2];

		vt_everything_open(&e);
		vt_flight_by_thread(&flights[0], &e.s, VT_FLIGHT_LONG);
		vt_flight_by_thread(&flights[1], &e.internal, VT_FLIGHT_LONG);
		vt_give(socket, &e.secret_dmabuf, 1, &e, sizeof(e));
		pause();
	}
	vt_take(socket, &dmabuf, 1, &e, sizeof(e));
	EXPECT_EQ(VT_EVERYTHING_SESSIONS, vt_sessions_of(child, NULL, 0));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);

	EXPECT_EQ(0, vt_sessions_of(child, NULL, 0));
	EXPECT_TRUE(is_wiped(dmabuf));
}

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

/* Parent and child share the file: handles of both, blits of both at once, and the child's end. */
/* All that its buffer was to get comes back. */
TEST(killed_while_allocating)
{
	struct drm_vprot_gem_create create = { .flags = DRM_VPROT_GEM_PROTECTED };
	unsigned int device_mib = vt_parameter("max_protected_mib");
	unsigned int file_mib = vt_parameter("max_file_protected_mib");
	int socket, status, fd = vt_open();
	struct vt_buffer buffer;
	pid_t child;

	vt_set_parameter("max_protected_mib", LARGE >> 20);
	vt_set_parameter("max_file_protected_mib", LARGE >> 20);
	child = vt_fork(&socket);
	if (!child) {
		create.size = LARGE;
		while (vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &create) == -ENOSPC)
			;
		_exit(0);
	}
	/* It counts before it is there. */
	create.size = 1;
	while (!vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &create)) {
		vt_buffer_close(&(struct vt_buffer){ .fd = fd, .handle = create.handle });
		ASSERT_EQ(0, waitpid(child, NULL, WNOHANG));
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	EXPECT_TRUE(WIFSIGNALED(status));

	close(fd);
	fd = vt_open();
	vt_protected(&buffer, fd, LARGE);
	close(fd);
	vt_set_parameter("max_protected_mib", device_mib);
	vt_set_parameter("max_file_protected_mib", file_mib);
}

TEST(file_shared_by_fork)
{
	struct vt_session shared, theirs;
	struct vt_flight flight;
	struct vt_everything e;
	int socket, fd;
	pid_t child;
	int status;

	vt_everything_open(&e);
	shared = e.other;
	child = vt_fork(&socket);
	if (!child) {
		__u8 seen[SIZE];

		/* The parent's session and buffer, and a session for the parent. */
		vt_read_back(&e.s, &e.secret, 0, seen, SIZE);
		if (memcmp(seen, vt_plain, SIZE))
			_exit(1);
		vt_session_open(&theirs, e.fd, 0);
		vt_flight_by_thread(&flight, &theirs, 64);
		vt_refresh(&shared);
		vt_give(socket, &e.fd, 1, &shared, sizeof(shared));
		if (vt_flight_end(&flight))
			_exit(2);
		vt_refresh(&theirs);
		vt_give(socket, &e.fd, 1, &theirs, sizeof(theirs));
		_exit(0);
	}
	for (int i = 0; i < 10; i++)
		EXPECT_TRUE(vt_key_works(&e.s));
	vt_take(socket, &fd, 1, &shared, sizeof(shared));
	EXPECT_TRUE(vt_key_works(&shared));
	vt_take(socket, &fd, 1, &theirs, sizeof(theirs));
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);

	/* What the child has made is the file's, and stays. */
	EXPECT_EQ(VT_EVERYTHING_SESSIONS, vt_sessions_of(getpid(), NULL, 0));
	EXPECT_EQ(1, vt_sessions_of(child, NULL, 0));
	EXPECT_TRUE(vt_key_works(&theirs));
	vt_session_destroy(&theirs);
	EXPECT_TRUE(vt_key_works(&shared));
	EXPECT_EQ(0, vt_finish(&e.s, NULL));
}

/* The receiver of a file uses its sessions and buffers when the sender is long dead. */
TEST(file_over_a_socket)
{
	struct vt_everything e;
	int socket, fds[2];
	__u8 seen[SIZE];
	pid_t child;

	child = vt_fork(&socket);
	if (!child) {
		vt_everything_open(&e);
		fds[0] = e.fd;
		fds[1] = e.clear_dmabuf;
		vt_give(socket, fds, 2, &e, sizeof(e));
		_exit(0);
	}
	/* The file is on its way, and in nobody's hands. */
	waitpid(child, NULL, 0);
	EXPECT_EQ(VT_EVERYTHING_SESSIONS, vt_sessions_of(child, NULL, 0));
	vt_take(socket, fds, 2, &e, sizeof(e));
	e.fd = fds[0];
	e.s.fd = e.fd;
	e.other.fd = e.fd;
	e.secret.fd = e.fd;

	vt_read_back(&e.s, &e.secret, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(seen, vt_plain, SIZE));
	EXPECT_TRUE(vt_key_works(&e.s));
	EXPECT_EQ(0, vt_finish(&e.s, NULL));
	vt_refresh(&e.other);
	EXPECT_TRUE(vt_key_works(&e.other));
	EXPECT_EQ(0, vt_import(e.fd, fds[1], &e.clear.handle));

	close(e.fd);
	EXPECT_EQ(0, vt_sessions_of(child, NULL, 0));
}

/* A file that is still on its way when the socket is closed ends with that. */
TEST(file_lost_in_a_socket)
{
	struct vt_everything e;
	int ends[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	vt_everything_open(&e);
	vt_give(ends[0], &e.fd, 1, &e, sizeof(e));
	munmap(e.clear.map, SIZE);
	close(e.fd);
	EXPECT_EQ(VT_EVERYTHING_SESSIONS, vt_sessions_of(getpid(), NULL, 0));
	close(ends[0]);
	close(ends[1]);
	EXPECT_EQ(0, vt_sessions_of(getpid(), NULL, 0));
	EXPECT_TRUE(is_wiped(e.secret_dmabuf));
}

TEST_HARNESS_MAIN
