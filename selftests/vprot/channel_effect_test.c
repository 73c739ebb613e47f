// SPDX-License-Identifier: GPL-2.0
/*
 * What authenticated channels demand takes effect: restricted buffers are not mapped, and buffers
 * with restricted sharing are opened by those alone that were let in.
 */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/sched.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "process.h"

#define SIZE	16384

static int create(struct vt_buffer *b, int fd, __u32 flags)
{
	struct drm_vprot_gem_create create = { .size = SIZE, .flags = flags };
	int result = vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &create);

	*b = (struct vt_buffer){ .fd = fd, .handle = create.handle, .size = SIZE };
	return result;
}

static int map_offset(const struct vt_buffer *b, __u64 *offset)
{
	struct drm_vprot_gem_mmap_offset map = { .handle = b->handle };
	int result = vt_ioctl(b->fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &map);

	*offset = map.offset;
	return result;
}

static void *map_at(int fd, __u64 offset)
{
	return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

/* --- mappings --------------------------------------------------------------------------------- */

static sigjmp_buf fault;

static void on_fault(int number)
{
	siglongjmp(fault, 1);
}

/* Whether a byte of memory can be read. */
static bool readable(const __u8 *at)
{
	struct sigaction action = { .sa_handler = on_fault }, old;
	bool read = false;

	sigaction(SIGBUS, &action, &old);
	if (!sigsetjmp(fault, 1)) {
		__atomic_load_n(at, __ATOMIC_SEQ_CST);
		read = true;
	}
	sigaction(SIGBUS, &old, NULL);
	return read;
}

FIXTURE(mapping) {
	int fd;
	struct vt_channel c, other;
	struct vt_buffer restricted;
	__u64 offset;
	__u8 *map;
};

FIXTURE_SETUP(mapping)
{
	self->fd = vt_open();
	vt_channel_open(&self->c, self->fd);
	vt_channel_open(&self->other, self->fd);
	ASSERT_EQ(0, create(&self->restricted, self->fd, DRM_VPROT_GEM_RESTRICTED));
	ASSERT_EQ(0, map_offset(&self->restricted, &self->offset));
	self->map = map_at(self->fd, self->offset);
	ASSERT_NE(MAP_FAILED, self->map);
	memset(self->map, 0x77, SIZE);
}

FIXTURE_TEARDOWN(mapping)
{
}

static bool is_mapped(struct _test_data_mapping *self)
{
	__u64 offset;
	int result = map_offset(&self->restricted, &offset);
	__u8 *map = map_at(self->fd, self->offset);
	bool refused = map == MAP_FAILED && errno == EACCES;

	if (map != MAP_FAILED)
		munmap(map, SIZE);
	if (readable(self->map) && readable(self->map + SIZE - 1) && !result && !refused)
		return true;
	if (readable(self->map) || readable(self->map + SIZE - 1) || result != -EACCES ||
	    !refused)
		vt_fatal("the buffer is half mapped");
	return false;
}

TEST_F(mapping, protection)
{
	EXPECT_TRUE(is_mapped(self));
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
	EXPECT_FALSE(is_mapped(self));
	vt_protect(&self->c, 0);
	EXPECT_TRUE(is_mapped(self));
	EXPECT_EQ(0x77, self->map[SIZE - 1]);
	/* The other demand is none on mappings. */
	vt_protect(&self->c, DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN);
	EXPECT_TRUE(is_mapped(self));
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED |
			     DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN);
	EXPECT_FALSE(is_mapped(self));
}

TEST_F(mapping, until_the_last_demand)
{
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
	vt_protect(&self->other, DRM_VPROT_PROTECTION_ENABLED);
	vt_protect(&self->c, 0);
	EXPECT_FALSE(is_mapped(self));
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
	EXPECT_EQ(0, vt_channel_destroy(&self->other));
	EXPECT_FALSE(is_mapped(self));
	EXPECT_EQ(0, vt_channel_destroy(&self->c));
	EXPECT_TRUE(is_mapped(self));
}

/* A child has the mapping, too. */
TEST_F(mapping, inherited)
{
	int socket, status;
	char byte = 0;
	pid_t child = vt_fork(&socket);

	if (!child) {
		bool before = readable(self->map);

		if (write(socket, &byte, 1) != 1 || read(socket, &byte, 1) != 1)
			_exit(2);
		_exit(!before || readable(self->map));
	}
	ASSERT_EQ(1, read(socket, &byte, 1));
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
	ASSERT_EQ(1, write(socket, &byte, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* Others map what they have opened under the same terms: those of the file that made it. */
TEST_F(mapping, of_another_file)
{
	struct vt_buffer theirs = { .fd = vt_open(), .size = SIZE };
	int dmabuf = vt_export(&self->restricted);
	struct vt_channel c;
	__u64 offset;
	__u8 *map;

	ASSERT_EQ(0, vt_import(theirs.fd, dmabuf, &theirs.handle));
	vt_channel_open(&c, theirs.fd);
	vt_protect(&c, DRM_VPROT_PROTECTION_ENABLED);
	EXPECT_TRUE(is_mapped(self));
	ASSERT_EQ(0, map_offset(&theirs, &offset));
	map = map_at(theirs.fd, offset);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0x77, map[0]);
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
	EXPECT_FALSE(readable(map));
	EXPECT_EQ(-EACCES, map_offset(&theirs, &offset));
	/* With the file its channels end. */
	munmap(self->map, SIZE);
	close(self->fd);
	EXPECT_TRUE(readable(map));
	munmap(map, SIZE);
	close(theirs.fd);
	close(dmabuf);
}

/* There is no other way to the memory: the dma-buf is opaque. */
TEST_F(mapping, no_other_way)
{
	int dmabuf = vt_export(&self->restricted), vgem = vt_open_vgem();
	struct drm_mode_map_dumb dumb = { .handle = self->restricted.handle };
	__u32 handle;

	EXPECT_EQ(MAP_FAILED, map_at(dmabuf, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_NE(0, vt_import(vgem, dmabuf, &handle));
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
	EXPECT_EQ(MAP_FAILED, map_at(dmabuf, 0));
	/* The offset is that of the same mapping. */
	vt_ioctl(self->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb);
	EXPECT_EQ(MAP_FAILED, map_at(self->fd, self->offset));
	close(dmabuf);
	close(vgem);
}

/* For blits it is a clear buffer, protected or not. */
TEST_F(mapping, blits)
{
	__u8 plain[SIZE], seen[SIZE];
	struct vt_buffer secret;
	struct vt_session s;
	struct drm_vprot_blt blt = { .size = SIZE };
	struct drm_vprot_blt_result result;
	__u64 seed = 3;

	vt_session_open(&s, self->fd, 0);
	vt_protected(&secret, self->fd, SIZE);
	vt_fill(&seed, plain, SIZE);
	memcpy(self->map, plain, SIZE);
	vt_ctr(s.key, blt.iv, self->map, SIZE);
	vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
	blt.src = self->restricted.handle;
	blt.dst = secret.handle;
	EXPECT_EQ(0, vt_decrypt_blt(&s, &blt));
	vt_read_back(&s, &secret, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(plain, seen, SIZE));
	blt.src = secret.handle;
	blt.dst = self->restricted.handle;
	blt.result = (uintptr_t)&result;
	EXPECT_EQ(0, vt_encrypt_blt(&s, &blt));
	vt_protect(&self->c, 0);
	vt_ctr(s.read_back, result.iv, self->map, SIZE);
	EXPECT_EQ(0, memcmp(plain, self->map, SIZE));
}

/* Touched while protection comes and goes, each access is allowed or is none. */
TEST_F(mapping, while_protection_changes)
{
	int socket, status, touched = 0;
	pid_t child = vt_fork(&socket);

	if (!child) {
		bool seen[2] = { false, false };

		for (int i = 0; i < 100000000 && !(seen[0] && seen[1]); i++)
			seen[readable(self->map + i % SIZE)] = true;
		_exit(!(seen[0] && seen[1]));
	}
	while (!waitpid(child, &status, WNOHANG)) {
		vt_protect(&self->c, DRM_VPROT_PROTECTION_ENABLED);
		touched += readable(self->map);
		vt_protect(&self->c, 0);
		touched += !readable(self->map);
	}
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, touched);
}

TEST(flags)
{
	const __u32 p = DRM_VPROT_GEM_PROTECTED, r = DRM_VPROT_GEM_RESTRICTED,
		    s = DRM_VPROT_GEM_RESTRICT_SHARED;
	struct vt_buffer b;
	int fd = vt_open();

	EXPECT_EQ(0, create(&b, fd, r));
	EXPECT_EQ(0, create(&b, fd, p | s));
	EXPECT_EQ(0, create(&b, fd, r | s));
	EXPECT_EQ(-EINVAL, create(&b, fd, s));
	EXPECT_EQ(-EINVAL, create(&b, fd, p | r));
	EXPECT_EQ(-EINVAL, create(&b, fd, p | r | s));
	for (int bit = 3; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, create(&b, fd, r | 1u << bit));
}

/* --- processes -------------------------------------------------------------------------------- */

FIXTURE(shared) {
	int fd, dmabuf;
	struct vt_channel c;
	struct vt_buffer secret;
};

FIXTURE_VARIANT(shared) {
	__u32 flags;
};

FIXTURE_VARIANT_ADD(shared, protected)
{
	.flags = DRM_VPROT_GEM_PROTECTED,
};

FIXTURE_VARIANT_ADD(shared, restricted)
{
	.flags = DRM_VPROT_GEM_RESTRICTED,
};

FIXTURE_SETUP(shared)
{
	self->fd = vt_open();
	vt_channel_open(&self->c, self->fd);
	ASSERT_EQ(0, create(&self->secret, self->fd,
			    variant->flags | DRM_VPROT_GEM_RESTRICT_SHARED));
	self->dmabuf = vt_export(&self->secret);
}

FIXTURE_TEARDOWN(shared)
{
}

static int pidfd_open(pid_t pid)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		vt_fatal("pidfd_open: %s", strerror(errno));
	return pidfd;
}

/* What a process gets that opens the dma-buf in a file of its own. */
static int open_in_new_file(int dmabuf)
{
	int fd = vt_open(), result;
	__u32 handle;

	result = vt_import(fd, dmabuf, &handle);
	close(fd);
	return result;
}

/* A process that opens the dma-buf each time that it is told to, and says what it got. */
struct opener {
	pid_t pid;
	int pidfd, socket;
};

static void open_when_told(int socket, int dmabuf)
{
	int result;
	char byte;

	while (read(socket, &byte, 1) == 1) {
		result = open_in_new_file(dmabuf);
		if (write(socket, &result, sizeof(result)) != sizeof(result))
			break;
	}
	_exit(0);
}

static void begin(struct opener *opener, int dmabuf)
{
	opener->pid = vt_fork(&opener->socket);
	if (!opener->pid)
		open_when_told(opener->socket, dmabuf);
	opener->pidfd = pidfd_open(opener->pid);
}

static int opens(const struct opener *opener)
{
	int result;

	if (write(opener->socket, "", 1) != 1 ||
	    read(opener->socket, &result, sizeof(result)) != sizeof(result))
		vt_fatal("the other process has ended");
	return result;
}

static void end(struct opener *opener)
{
	close(opener->socket);
	kill(opener->pid, SIGKILL);
	if (waitpid(opener->pid, NULL, 0) != opener->pid)
		vt_fatal("waitpid: %s", strerror(errno));
}

TEST_F(shared, by_the_maker)
{
	__u32 handle;

	/* The process, in another file; the file itself, from another process. */
	EXPECT_EQ(0, open_in_new_file(self->dmabuf));
	EXPECT_EQ(0, vt_import(self->fd, self->dmabuf, &handle));
	EXPECT_EQ(self->secret.handle, handle);
	EXPECT_EQ(0, vt_query_number(&self->c, VT_GUID(QUERY_PROCESS_COUNT)));
}

TEST_F(shared, by_those_let_in)
{
	struct opener one, two;

	begin(&one, self->dmabuf);
	begin(&two, self->dmabuf);
	EXPECT_EQ(-EACCES, opens(&one));
	EXPECT_EQ(-EACCES, opens(&two));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, one.pidfd, true));
	EXPECT_EQ(0, opens(&one));
	EXPECT_EQ(-EACCES, opens(&two));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, two.pidfd, true));
	EXPECT_EQ(0, opens(&two));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, one.pidfd, false));
	EXPECT_EQ(-EACCES, opens(&one));
	EXPECT_EQ(0, opens(&two));
	/* Once more is as once. */
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, one.pidfd, false));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, two.pidfd, true));
	EXPECT_EQ(1, vt_query_number(&self->c, VT_GUID(QUERY_PROCESS_COUNT)));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, two.pidfd, false));
	EXPECT_EQ(-EACCES, opens(&two));
	end(&one);
	end(&two);
}

/* Whom a channel has let in stays so when it is destroyed; another one can change it. */
TEST_F(shared, after_the_channel)
{
	struct vt_channel other;
	struct opener one;

	begin(&one, self->dmabuf);
	vt_channel_open(&other, self->fd);
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&other, one.pidfd, true));
	EXPECT_EQ(0, vt_channel_destroy(&other));
	EXPECT_EQ(0, opens(&one));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, one.pidfd, false));
	EXPECT_EQ(-EACCES, opens(&one));
	end(&one);
}

/* A channel of somebody else lets in to somebody else's buffers. */
TEST_F(shared, by_another_file)
{
	struct vt_channel theirs;
	struct opener one;

	begin(&one, self->dmabuf);
	vt_channel_open(&theirs, vt_open());
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&theirs, one.pidfd, true));
	EXPECT_EQ(-EACCES, opens(&one));
	EXPECT_EQ(0, vt_query_number(&self->c, VT_GUID(QUERY_PROCESS_COUNT)));
	end(&one);
}

/* The buffer outlives its file, and so do the terms. */
TEST_F(shared, after_the_file)
{
	struct opener one, two;

	begin(&one, self->dmabuf);
	begin(&two, self->dmabuf);
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, one.pidfd, true));
	/* The others have the file, too. */
	close(self->fd);
	EXPECT_EQ(0, opens(&one));
	EXPECT_EQ(-EACCES, opens(&two));
	EXPECT_EQ(0, open_in_new_file(self->dmabuf));
	end(&one);
	end(&two);
}

TEST_F(shared, enumerated)
{
	struct drm_vprot_query_index_input input = { .index = 0 };
	struct drm_vprot_query_process_output output;
	struct opener openers[3];
	struct vt_channel *c = &self->c;

	EXPECT_EQ(DRM_VPROT_RESULT_INVALID_ARGUMENT, VT_QUERY(c, PROCESS, &input, &output));
	for (int i = 0; i < 3; i++) {
		begin(&openers[i], self->dmabuf);
		EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(c, openers[i].pidfd, true));
	}
	EXPECT_EQ(3, vt_query_number(c, VT_GUID(QUERY_PROCESS_COUNT)));
	for (int i = 0; i < 3; i++) {
		input.index = i;
		ASSERT_EQ(DRM_VPROT_RESULT_OK, VT_QUERY(c, PROCESS, &input, &output));
		EXPECT_EQ(i, output.index);
		EXPECT_EQ(DRM_VPROT_PROCESS_HANDLE, output.type);
		EXPECT_EQ(openers[i].pidfd, output.process);
	}
	input.index = 3;
	EXPECT_EQ(DRM_VPROT_RESULT_INVALID_ARGUMENT, VT_QUERY(c, PROCESS, &input, &output));
	/* Those that end are no more in the list. */
	end(&openers[1]);
	EXPECT_EQ(2, vt_query_number(c, VT_GUID(QUERY_PROCESS_COUNT)));
	input.index = 1;
	ASSERT_EQ(DRM_VPROT_RESULT_OK, VT_QUERY(c, PROCESS, &input, &output));
	EXPECT_EQ(openers[2].pidfd, output.process);
	end(&openers[0]);
	end(&openers[2]);
}

/* A new process with the number of one that has ended; its exit status. */
static int run_with_pid(pid_t pid, int dmabuf)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};
	pid_t child = syscall(SYS_clone3, &args, sizeof(args));
	int status;

	if (!child)
		_exit(getpid() == pid ? -open_in_new_file(dmabuf) : 255);
	if (child < 0)
		vt_fatal("clone3: %s", strerror(errno));
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 254;
}

/* Whoever gets the number of a process that was let in is not it. */
TEST_F(shared, number_used_again)
{
	struct opener one;

	begin(&one, self->dmabuf);
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, one.pidfd, true));
	EXPECT_EQ(0, opens(&one));
	end(&one);
	EXPECT_EQ(EACCES, run_with_pid(one.pid, self->dmabuf));
	EXPECT_EQ(0, vt_query_number(&self->c, VT_GUID(QUERY_PROCESS_COUNT)));
	/* Nor can it be let in now by what named it. */
	EXPECT_EQ(DRM_VPROT_RESULT_INVALID_ARGUMENT, vt_let_in(&self->c, one.pidfd, true));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, one.pidfd, false));
}

TEST_F(shared, not_a_process)
{
	struct drm_vprot_configure_shared_resource shared = {
		.type = DRM_VPROT_PROCESS_HANDLE,
		.process = pidfd_open(getpid()),
		.allow = 1,
	};
	const __u32 types[] = { 0, 1, 3, 0x102, ~0u };
	const __u64 handles[] = { 0, ~0ull, 1ull << 32, 1ull << 31, 1000, self->fd, self->dmabuf,
				  shared.process | 1ull << 32 };
	struct vt_channel *c = &self->c;
	int eventfd = syscall(SYS_eventfd2, 0, 0);

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		shared.type = types[i];
		EXPECT_EQ(DRM_VPROT_RESULT_INVALID_ARGUMENT,
			  VT_CONFIGURE(c, SHARED_RESOURCE, &shared));
	}
	shared.type = DRM_VPROT_PROCESS_HANDLE;
	for (shared.allow = 0; shared.allow < 2; shared.allow++) {
		for (size_t i = 0; i < ARRAY_SIZE(handles); i++) {
			shared.process = handles[i];
			EXPECT_EQ(DRM_VPROT_RESULT_INVALID_ARGUMENT,
				  VT_CONFIGURE(c, SHARED_RESOURCE, &shared));
		}
		shared.process = eventfd;
		EXPECT_EQ(DRM_VPROT_RESULT_INVALID_ARGUMENT,
			  VT_CONFIGURE(c, SHARED_RESOURCE, &shared));
	}
	EXPECT_EQ(0, vt_query_number(c, VT_GUID(QUERY_PROCESS_COUNT)));
}

TEST_F(shared, too_many)
{
	struct drm_vprot_get_caps caps;
	struct opener opener;
	pid_t pids[200];
	int pidfd = -1;

	vt_caps(self->fd, &caps);
	ASSERT_LT(caps.max_file_processes, ARRAY_SIZE(pids));
	for (int i = 0; i < caps.max_file_processes; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			pause();
			_exit(0);
		}
		pidfd = pidfd_open(pids[i]);
		EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, pidfd, true));
	}
	begin(&opener, self->dmabuf);
	EXPECT_EQ(DRM_VPROT_RESULT_OUT_OF_MEMORY, vt_let_in(&self->c, opener.pidfd, true));
	EXPECT_EQ(-EACCES, opens(&opener));
	/* One that ends makes room. */
	kill(pids[7], SIGKILL);
	ASSERT_EQ(pids[7], waitpid(pids[7], NULL, 0));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, opener.pidfd, true));
	EXPECT_EQ(0, opens(&opener));
	/* So does one that is let in no more. */
	EXPECT_EQ(DRM_VPROT_RESULT_OUT_OF_MEMORY,
		  vt_let_in(&self->c, pidfd_open(getpid()), true));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, pidfd, false));
	EXPECT_EQ(DRM_VPROT_RESULT_OK, vt_let_in(&self->c, pidfd_open(getpid()), true));
	for (int i = 0; i < caps.max_file_processes; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	end(&opener);
}

/* By a name on the card node, too. */
TEST_F(shared, by_name)
{
	int card = vt_open_card(), other = vt_open_card(), status;
	struct drm_gem_flink flink = { 0 };
	struct drm_gem_open open = { 0 };
	struct vt_buffer b;
	pid_t child;

	ASSERT_EQ(0, create(&b, card, variant->flags | DRM_VPROT_GEM_RESTRICT_SHARED));
	flink.handle = b.handle;
	ASSERT_EQ(0, vt_ioctl(card, DRM_IOCTL_GEM_FLINK, &flink));
	open.name = flink.name;
	child = fork();
	if (!child)
		_exit(-vt_ioctl(other, DRM_IOCTL_GEM_OPEN, &open));
	waitpid(child, &status, 0);
	EXPECT_EQ(EACCES, WEXITSTATUS(status));
	EXPECT_EQ(0, vt_ioctl(other, DRM_IOCTL_GEM_OPEN, &open));
}

/* --- the number of unrestricted ones ---------------------------------------------------------- */

static __u32 unrestricted(struct vt_channel *c)
{
	return vt_query_number(c, VT_GUID(QUERY_UNRESTRICTED_COUNT));
}

TEST(unrestricted_count)
{
	const __u32 kinds[] = { DRM_VPROT_GEM_PROTECTED, DRM_VPROT_GEM_RESTRICTED };
	int fd = vt_open(), other = vt_open(), dmabufs[4];
	struct vt_buffer b[4], clear;
	struct vt_channel c;
	__u32 handle;

	vt_channel_open(&c, fd);
	vt_clear(&clear, fd, SIZE);
	vt_export(&clear);
	for (int i = 0; i < 2; i++) {
		ASSERT_EQ(0, create(&b[i], fd, kinds[i]));
		ASSERT_EQ(0, create(&b[2 + i], fd, kinds[i] | DRM_VPROT_GEM_RESTRICT_SHARED));
	}
	/* What was not exported nobody can open, and what is clear is not protected. */
	EXPECT_EQ(0, unrestricted(&c));
	for (int i = 0; i < 4; i++)
		dmabufs[i] = vt_export(&b[i]);
	EXPECT_EQ(2, unrestricted(&c));
	/* It stays open to all as long as anybody has it. */
	ASSERT_EQ(0, vt_import(other, dmabufs[0], &handle));
	close(dmabufs[0]);
	vt_buffer_close(&b[0]);
	EXPECT_EQ(2, unrestricted(&c));
	close(other);
	EXPECT_EQ(1, unrestricted(&c));
	vt_buffer_close(&b[1]);
	close(dmabufs[1]);
	EXPECT_EQ(0, unrestricted(&c));
}

TEST(unrestricted_count_by_name)
{
	int card = vt_open_card();
	struct drm_gem_flink flink;
	struct vt_channel c;
	struct vt_buffer b;

	vt_channel_open(&c, card);
	ASSERT_EQ(0, create(&b, card, DRM_VPROT_GEM_PROTECTED));
	EXPECT_EQ(0, unrestricted(&c));
	flink.handle = b.handle;
	ASSERT_EQ(0, vt_ioctl(card, DRM_IOCTL_GEM_FLINK, &flink));
	EXPECT_EQ(1, unrestricted(&c));
}

TEST_HARNESS_MAIN
