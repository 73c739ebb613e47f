// SPDX-License-Identifier: GPL-2.0
/*
 * Protected buffers: no CPU and no other device gets at their contents, by any path.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <linux/dma-buf.h>
#include <linux/videodev2.h>
#include <glob.h>

#include "kselftest_harness.h"
#include "vprot_test.h"

#define PAGE	4096
#define SIZE	65536

FIXTURE(protection) {
	int fd;
	struct vt_session s;
	struct vt_buffer secret, clear;
	__u8 plain[SIZE];
};

static void setup(struct _test_data_protection *self, int fd)
{
	__u64 seed = 110;

	self->fd = fd;
	vt_session_open(&self->s, fd, 0);
	vt_clear(&self->clear, fd, SIZE);
	vt_protected(&self->secret, fd, SIZE);
	vt_fill(&seed, self->plain, SIZE);
	vt_load(&self->s, &self->secret, 0, self->plain, SIZE);
	memset(self->clear.map, 0xa5, SIZE);
}

FIXTURE_SETUP(protection)
{
	setup(self, vt_open());
}

/* Whatever was tried: the contents are as they were, and nothing of them is in clear memory. */
FIXTURE_TEARDOWN(protection)
{
	static __u8 seen[SIZE];

	vt_read_back(&self->s, &self->secret, 0, seen, SIZE);
	EXPECT_EQ(0, memcmp(seen, self->plain, SIZE)) TH_LOG("the contents have changed");
	EXPECT_TRUE(self->clear.map[0] == 0xa5 &&
		    !memcmp(self->clear.map, self->clear.map + 1, SIZE - 1))
		TH_LOG("the clear buffer has changed");
}

/* --- the CPU ---------------------------------------------------------------------------------- */

/* Maps in each way that there is; returns the one error that all give, or says what succeeded. */
static int try_mmap(int fd, __u64 offset, size_t size)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_EXEC };
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE, MAP_SHARED_VALIDATE,
				     MAP_SHARED | MAP_POPULATE };
	int error = 0;

	for (size_t p = 0; p < ARRAY_SIZE(prots); p++) {
		for (size_t f = 0; f < ARRAY_SIZE(flags); f++) {
			void *map = mmap(NULL, size, prots[p], flags[f], fd, offset);

			if (map != MAP_FAILED) {
				printf("# mmap with %#x, %#x succeeds\n", prots[p], flags[f]);
				return 0;
			}
			if (error && error != -errno) {
				printf("# mmap with %#x, %#x: %s\n", prots[p], flags[f],
				       strerror(errno));
				return -EDOM;
			}
			error = -errno;
		}
	}
	return error;
}

TEST_F(protection, no_offset)
{
	struct drm_vprot_gem_mmap_offset offset = { .handle = self->secret.handle };
	struct drm_mode_map_dumb dumb = { .handle = self->secret.handle };

	EXPECT_EQ(-EACCES, vt_ioctl(self->fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset));
	EXPECT_EQ(0, offset.offset);
	/* Dumb buffers are not for render nodes. */
	EXPECT_EQ(-EACCES, vt_ioctl(self->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb));
	EXPECT_EQ(0, dumb.offset);
}

/* The offsets around that of a clear buffer lead nowhere but to that buffer. */
TEST_F(protection, guessed_offsets)
{
	struct drm_vprot_gem_mmap_offset offset = { .handle = self->clear.handle };
	__u64 first;

	ASSERT_EQ(0, vt_ioctl(self->fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset));
	first = offset.offset - 256 * PAGE;
	for (__u64 at = first; at < first + 1024 * PAGE; at += PAGE) {
		if (at == offset.offset)
			continue;
		ASSERT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->fd, at))
			TH_LOG("at %lld pages from the offset", (long long)(at - first) / PAGE);
		ASSERT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->fd, 0));
	/* Nor beyond its end. */
	EXPECT_EQ(-EINVAL, try_mmap(self->fd, offset.offset, SIZE + PAGE));
	EXPECT_EQ(MAP_FAILED, mremap(self->clear.map, SIZE, SIZE + PAGE, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	/* It is a clear buffer of the file that holds it, not of every file. */
	EXPECT_EQ(-EACCES, try_mmap(vt_open(), offset.offset, SIZE));
}

/* On the primary node the core hands out an offset for dumb buffers, whatever the buffer is. */
TEST_F(protection, dumb_mapping)
{
	struct _test_data_protection *card = calloc(1, sizeof(*card));
	struct drm_mode_map_dumb dumb = { 0 };
	struct drm_vprot_gem_mmap_offset offset = { 0 };
	struct vt_buffer theirs = { 0 };

	setup(card, vt_open_card());
	theirs.fd = card->fd;
	ASSERT_EQ(0, vt_import(card->fd, vt_export(&self->secret), &theirs.handle));
	for (int i = 0; i < 2; i++) {
		offset.handle = i ? theirs.handle : card->secret.handle;
		EXPECT_EQ(-EACCES,
			  vt_ioctl(card->fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset));
		dumb.handle = offset.handle;
		ASSERT_EQ(0, vt_ioctl(card->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb));
		EXPECT_EQ(-EACCES, try_mmap(card->fd, dumb.offset, SIZE));
		EXPECT_EQ(-EACCES, try_mmap(card->fd, dumb.offset, PAGE));
		EXPECT_EQ(-EINVAL, try_mmap(card->fd, dumb.offset + PAGE, PAGE));
		/* One device, one space of offsets. */
		EXPECT_EQ(-EACCES, try_mmap(self->fd, dumb.offset, SIZE));
	}
}

/* The name of a buffer, as old as GEM, opens the way to a handle and no more. */
TEST_F(protection, global_name)
{
	struct _test_data_protection *card = calloc(1, sizeof(*card));
	struct drm_gem_flink flink = { 0 };
	struct drm_gem_open open = { 0 };
	struct drm_mode_map_dumb dumb = { 0 };

	setup(card, vt_open_card());
	flink.handle = card->secret.handle;
	ASSERT_EQ(0, vt_ioctl(card->fd, DRM_IOCTL_GEM_FLINK, &flink));
	open.name = flink.name;
	ASSERT_EQ(0, vt_ioctl(card->fd, DRM_IOCTL_GEM_OPEN, &open));
	EXPECT_EQ(SIZE, open.size);
	dumb.handle = open.handle;
	ASSERT_EQ(0, vt_ioctl(card->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb));
	EXPECT_EQ(-EACCES, try_mmap(card->fd, dumb.offset, SIZE));
	EXPECT_EQ(-EACCES, vt_ioctl(self->fd, DRM_IOCTL_GEM_OPEN, &open));
}

TEST_F(protection, dma_buf)
{
	int dmabuf = vt_export(&self->secret), pipes[2];
	struct dma_buf_sync sync = { 0 };
	char byte = 1;

	EXPECT_EQ(SIZE, lseek(dmabuf, 0, SEEK_END));
	EXPECT_EQ(-EACCES, try_mmap(dmabuf, 0, SIZE));
	EXPECT_EQ(-EACCES, try_mmap(dmabuf, SIZE - PAGE, PAGE));
	EXPECT_EQ(-EINVAL, try_mmap(dmabuf, SIZE, PAGE));
	/* Permission for accesses that cannot be made; it opens no way to make them. */
	for (__u64 flags = DMA_BUF_SYNC_READ; flags <= DMA_BUF_SYNC_RW; flags++) {
		sync.flags = DMA_BUF_SYNC_START | flags;
		EXPECT_EQ(0, vt_ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync));
		EXPECT_EQ(-EACCES, try_mmap(dmabuf, 0, SIZE));
		sync.flags = DMA_BUF_SYNC_END | flags;
		EXPECT_EQ(0, vt_ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync));
	}
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_EQ(-1, pread(dmabuf, &byte, 1, 0));
	EXPECT_EQ(-1, pwrite(dmabuf, &byte, 1, 0));
	EXPECT_EQ(-1, splice(dmabuf, NULL, pipes[1], NULL, 1, 0));
	EXPECT_EQ(-1, sendfile(pipes[1], dmabuf, NULL, 1));
	EXPECT_EQ(-1, ftruncate(dmabuf, PAGE));
	EXPECT_EQ(1, byte);
}

/* --- other devices ---------------------------------------------------------------------------- */

TEST_F(protection, another_drm_device)
{
	int vgem = vt_open_vgem(), dmabuf = vt_export(&self->secret);
	__u32 handle = 0;

	EXPECT_EQ(-EACCES, vt_import(vgem, dmabuf, &handle));
	EXPECT_EQ(0, handle);
	/* Once more: the first time has left nothing behind. */
	EXPECT_EQ(-EACCES, vt_import(vgem, dmabuf, &handle));
}

/*
 * A video device imports with a mapping for the CPU. With one for DMA, what it is refused stays for
 * ever: the video core of 6.12 then drops no reference.
 */
static int open_vivid(void)
{
	glob_t nodes;
	int fd = -1;

	if (glob("/dev/video*", 0, NULL, &nodes))
		vt_fatal("the module vivid has made no /dev/video*");
	for (size_t i = 0; i < nodes.gl_pathc && fd < 0; i++) {
		struct v4l2_capability cap = { 0 };

		fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd >= 0 && (vt_ioctl(fd, VIDIOC_QUERYCAP, &cap) ||
				!(cap.device_caps & V4L2_CAP_VIDEO_CAPTURE))) {
			close(fd);
			fd = -1;
		}
	}
	globfree(&nodes);
	if (fd < 0)
		vt_fatal("no /dev/video* captures");
	return fd;
}

static int use_in_vivid(const struct vt_buffer *b)
{
	struct v4l2_requestbuffers request = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
		.count = 2,
	};
	struct v4l2_buffer buffer = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
	};
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	int fd, result;

	if (system("modprobe vivid n_devs=1 allocators=0"))
		vt_fatal("the module vivid cannot be loaded");
	fd = open_vivid();
	if (vt_ioctl(fd, VIDIOC_G_FMT, &format) || format.fmt.pix.sizeimage > b->size ||
	    vt_ioctl(fd, VIDIOC_REQBUFS, &request))
		vt_fatal("vivid: no format for %llu bytes", b->size);
	buffer.m.fd = vt_export(b);
	buffer.length = b->size;
	result = vt_ioctl(fd, VIDIOC_QBUF, &buffer);
	close(buffer.m.fd);
	close(fd);
	return result;
}

TEST_F(protection, a_video_device)
{
	struct vt_buffer secret, clear;

	vt_clear(&clear, self->fd, 4 << 20);
	vt_protected(&secret, self->fd, 4 << 20);
	vt_load(&self->s, &secret, 0, self->plain, SIZE);
	EXPECT_EQ(0, use_in_vivid(&clear));
	EXPECT_GT(0, use_in_vivid(&secret));
	EXPECT_EQ(0, system("modprobe -r vivid"));
}

TEST_HARNESS_MAIN
