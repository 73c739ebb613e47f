// SPDX-License-Identifier: GPL-2.0
/*
 * User memory that blocks: a process can have a page fault of its own served by itself, as late as
 * it likes. An ioctl that is stuck in one, under any of its pointers, holds up nobody else.
 *
 * Nothing is timed: what is held up never ends, and the test with it.
 */
#include <fcntl.h>
#include <glob.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/userfaultfd.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "module.h"
#include "vprot_test.h"

#define PAGE	4096
#define SIZE	4096	/* of the buffers */
#define BLIT	256
#define MAX_STUCK 40

/* An ioctl, and one of its pointers. */
struct pointer {
	const char *name;
	unsigned long request;
	void *arg;
	size_t arg_size;
	__u64 *pointer;		/* NULL for the pointer to the argument itself */
	size_t size;		/* of what it points to */
	bool no_session;	/* whatever becomes of the session is nothing to this ioctl */
	bool channel;		/* but what becomes of the channel's key is */
};

/* A thread in such an ioctl, whose pointer leads to a page that is not there. */
struct stuck {
	const struct pointer *what;
	int fd;
	int uffd;
	__u8 *page;		/* not there */
	__u8 content[PAGE];	/* what it will hold, and then did */
	void *arg;
	int result;
	pthread_t thread;
};

static void *call(void *data)
{
	struct stuck *stuck = data;

	stuck->result = vt_ioctl(stuck->fd, stuck->what->request, stuck->arg);
	return NULL;
}

/* Returns once the thread is stuck. */
static void stick(struct stuck *stuck, int fd, const struct pointer *what)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register missing = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffd_msg event = { 0 };
	__u64 old = 0;

	*stuck = (struct stuck){ .what = what, .fd = fd, .arg = what->arg };
	stuck->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stuck->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	missing.range.start = (uintptr_t)stuck->page;
	missing.range.len = PAGE;
	if (stuck->page == MAP_FAILED || stuck->uffd < 0 || ioctl(stuck->uffd, UFFDIO_API, &api) ||
	    ioctl(stuck->uffd, UFFDIO_REGISTER, &missing))
		vt_fatal("userfaultfd: %s", strerror(errno));

	if (what->pointer) {
		old = *what->pointer;
		memcpy(stuck->content, (void *)(uintptr_t)old, what->size);
		*what->pointer = (uintptr_t)stuck->page;
	} else {
		memcpy(stuck->content, what->arg, what->arg_size);
		stuck->arg = stuck->page;
	}
	if (pthread_create(&stuck->thread, NULL, call, stuck))
		vt_fatal("no thread");
	if (read(stuck->uffd, &event, sizeof(event)) != sizeof(event) ||
	    event.event != UFFD_EVENT_PAGEFAULT)
		vt_fatal("%s: no page fault", what->name);
	if (what->pointer)
		*what->pointer = old;
}

/* Gives the page, and returns what the ioctl returns. */
static int unstick(struct stuck *stuck)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)stuck->page,
		.src = (uintptr_t)stuck->content,
		.len = PAGE,
	};

	if (ioctl(stuck->uffd, UFFDIO_COPY, &copy))
		vt_fatal("UFFDIO_COPY: %s", strerror(errno));
	pthread_join(stuck->thread, NULL);
	memcpy(stuck->content, stuck->page, PAGE);
	close(stuck->uffd);
	munmap(stuck->page, PAGE);
	return stuck->result;
}

FIXTURE(blocking) {
	int fd;
	struct vt_session s;
	struct vt_buffer clear, secret;
	__u8 plain[BLIT], data[PAGE];
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	struct drm_vprot_subsample subsample;
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt decryption_blt, encryption_blt;

	struct drm_vprot_get_caps caps;
	struct drm_vprot_get_certificate certificate;
	struct drm_vprot_session_create create;
	struct drm_vprot_session_destroy destroy;
	struct drm_vprot_session_status status;
	struct drm_vprot_session_key_exchange exchange;
	struct drm_vprot_start_session_key_refresh start;
	struct drm_vprot_finish_session_key_refresh finish;
	struct drm_vprot_get_encryption_blt_key read_back_key;
	struct drm_vprot_gem_create gem_create;
	struct drm_vprot_gem_mmap_offset mmap_offset;
	struct drm_vprot_submit decryption, encryption;

	struct vt_channel channel, keyless_channel;
	struct drm_vprot_configure_protection command;
	struct drm_vprot_channel_header question;
	struct drm_vprot_query_number_output answer;
	struct drm_vprot_channel_create channel_create;
	struct drm_vprot_channel_destroy channel_destroy;
	struct drm_vprot_channel_key_exchange channel_exchange;
	struct drm_vprot_channel_exchange query, configure;

	struct pointer pointers[MAX_STUCK];
	size_t count;
};

/* A channel to be stuck in, one that waits for its key, and one to be destroyed. */
static void open_channels(struct _test_data_blocking *self)
{
	struct vt_channel to_destroy;

	/* Those of the last time; a file has room for a few. */
	if (self->channel.handle) {
		vt_channel_destroy(&self->channel);
		vt_channel_destroy(&self->keyless_channel);
		vt_ioctl(self->fd, DRM_IOCTL_VPROT_CHANNEL_DESTROY, &self->channel_destroy);
	}
	vt_channel_create(&to_destroy, self->fd, 0);
	vt_channel_create(&self->keyless_channel, self->fd, 0);
	vt_channel_open(&self->channel, self->fd);
	vt_command(&self->channel, VT_GUID(CONFIGURE_PROTECTION), &self->command,
		   sizeof(self->command));
	vt_question(&self->channel, VT_GUID(QUERY_PROTECTION), &self->question);
	self->channel_create.type = DRM_VPROT_CHANNEL_SOFTWARE;
	self->channel_destroy.handle = to_destroy.handle;
	self->channel_exchange.handle = self->keyless_channel.handle;
	self->channel_exchange.size = DRM_VPROT_KEY_EXCHANGE_SIZE;
	self->channel_exchange.data = (uintptr_t)self->blob;
	self->query.handle = self->channel.handle;
	self->query.input = (uintptr_t)&self->question;
	self->query.output = (uintptr_t)&self->answer;
	self->query.input_size = sizeof(self->question);
	self->query.output_size = sizeof(self->answer);
	self->configure.handle = self->channel.handle;
	self->configure.input = (uintptr_t)&self->command;
	self->configure.output = (uintptr_t)&self->answer;
	self->configure.input_size = sizeof(self->command);
	self->configure.output_size = sizeof(self->answer.message);
}

/* A session to be stuck in, with everything that an ioctl could need, a refresh pending. */
static void open_session(struct _test_data_blocking *self)
{
	struct vt_session to_destroy;
	__u64 seed = 100;
	__u8 nonce[VT_KEY];

	vt_session_create(&to_destroy, self->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_session_open(&self->s, self->fd, 0);
	vt_key_exchange_blob(self->fd, self->s.key, VT_KEY, self->blob);
	open_channels(self);
	vt_clear(&self->clear, self->fd, SIZE);
	vt_protected(&self->secret, self->fd, SIZE);
	vt_fill(&seed, self->plain, BLIT);
	vt_load(&self->s, &self->secret, 0, self->plain, BLIT);
	if (vt_start(&self->s, nonce))
		vt_fatal("no refresh");

	self->subsample = (struct drm_vprot_subsample){ .encrypted = BLIT };
	self->decryption_blt = (struct drm_vprot_blt){
		.src = self->clear.handle,
		.dst = self->secret.handle,
		.dst_offset = BLIT,
		.size = BLIT,
		.subsamples = (uintptr_t)&self->subsample,
		.num_subsamples = 1,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)self->data,
		.key_size = VT_KEY,
		.result = (uintptr_t)&self->result,
	};
	self->encryption_blt = (struct drm_vprot_blt){
		.src = self->secret.handle,
		.dst = self->clear.handle,
		.size = BLIT,
		.result = (uintptr_t)&self->result,
	};
	self->caps.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR;
	self->certificate.data = (uintptr_t)self->data;
	self->certificate.size = PAGE;
	self->create.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR;
	self->create.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP;
	self->destroy.handle = to_destroy.handle;
	self->status.handle = self->s.handle;
	self->exchange.handle = self->s.handle;
	self->exchange.size = DRM_VPROT_KEY_EXCHANGE_SIZE;
	self->exchange.data = (uintptr_t)self->blob;
	self->start.handle = self->s.handle;
	self->start.size = VT_KEY;
	self->start.nonce = (uintptr_t)self->data;
	self->finish.handle = self->s.handle;
	self->finish.epoch = (uintptr_t)self->data;
	self->read_back_key.handle = self->s.handle;
	self->read_back_key.size = VT_KEY;
	self->read_back_key.key = (uintptr_t)self->data;
	self->read_back_key.epoch = (uintptr_t)self->data;
	self->gem_create.size = SIZE;
	self->mmap_offset.handle = self->clear.handle;
	self->decryption.session = self->s.handle;
	self->decryption.blts = (uintptr_t)&self->decryption_blt;
	self->decryption.num_blts = 1;
	self->decryption.blt_stride = sizeof(struct drm_vprot_blt);
	self->encryption = self->decryption;
	self->encryption.blts = (uintptr_t)&self->encryption_blt;
}

static void add(struct _test_data_blocking *self, struct pointer pointer)
{
	if (self->count == MAX_STUCK)
		vt_fatal("too many pointers");
	self->pointers[self->count++] = pointer;
}

/* The argument of an ioctl, and what a pointer in it leads to. */
#define ARGUMENT(request, arg, ...) \
	add(self, (struct pointer){ #request, DRM_IOCTL_VPROT_##request, (arg), sizeof(*(arg)), \
				    ##__VA_ARGS__ })
#define POINTER(request, arg, at, size, ...) \
	add(self, (struct pointer){ #request ": " #at, DRM_IOCTL_VPROT_##request, (arg), \
				    sizeof(*(arg)), (at), (size), ##__VA_ARGS__ })

FIXTURE_SETUP(blocking)
{
	self->fd = vt_open();
	ARGUMENT(GET_CAPS, &self->caps, .no_session = true);
	ARGUMENT(GET_CERTIFICATE, &self->certificate, .no_session = true);
	POINTER(GET_CERTIFICATE, &self->certificate, &self->certificate.data, PAGE,
		.no_session = true);
	ARGUMENT(SESSION_CREATE, &self->create, .no_session = true);
	ARGUMENT(SESSION_DESTROY, &self->destroy, .no_session = true);
	ARGUMENT(SESSION_STATUS, &self->status);
	ARGUMENT(SESSION_KEY_EXCHANGE, &self->exchange);
	POINTER(SESSION_KEY_EXCHANGE, &self->exchange, &self->exchange.data,
		DRM_VPROT_KEY_EXCHANGE_SIZE);
	ARGUMENT(START_SESSION_KEY_REFRESH, &self->start);
	POINTER(START_SESSION_KEY_REFRESH, &self->start, &self->start.nonce, VT_KEY);
	ARGUMENT(FINISH_SESSION_KEY_REFRESH, &self->finish);
	POINTER(FINISH_SESSION_KEY_REFRESH, &self->finish, &self->finish.epoch, sizeof(__u64));
	ARGUMENT(GET_ENCRYPTION_BLT_KEY, &self->read_back_key);
	POINTER(GET_ENCRYPTION_BLT_KEY, &self->read_back_key, &self->read_back_key.key, VT_KEY);
	POINTER(GET_ENCRYPTION_BLT_KEY, &self->read_back_key, &self->read_back_key.epoch,
		sizeof(__u64));
	ARGUMENT(GEM_CREATE, &self->gem_create, .no_session = true);
	ARGUMENT(GEM_MMAP_OFFSET, &self->mmap_offset, .no_session = true);
	ARGUMENT(DECRYPTION_BLT, &self->decryption);
	POINTER(DECRYPTION_BLT, &self->decryption, &self->decryption.blts,
		sizeof(struct drm_vprot_blt));
	POINTER(DECRYPTION_BLT, &self->decryption, &self->decryption_blt.subsamples,
		sizeof(struct drm_vprot_subsample));
	POINTER(DECRYPTION_BLT, &self->decryption, &self->decryption_blt.key, VT_KEY);
	POINTER(DECRYPTION_BLT, &self->decryption, &self->decryption_blt.result,
		sizeof(struct drm_vprot_blt_result));
	ARGUMENT(ENCRYPTION_BLT, &self->encryption);
	POINTER(ENCRYPTION_BLT, &self->encryption, &self->encryption.blts,
		sizeof(struct drm_vprot_blt));
	POINTER(ENCRYPTION_BLT, &self->encryption, &self->encryption_blt.result,
		sizeof(struct drm_vprot_blt_result));
	ARGUMENT(CHANNEL_CREATE, &self->channel_create, .no_session = true);
	ARGUMENT(CHANNEL_DESTROY, &self->channel_destroy, .no_session = true);
	ARGUMENT(CHANNEL_KEY_EXCHANGE, &self->channel_exchange, .no_session = true);
	POINTER(CHANNEL_KEY_EXCHANGE, &self->channel_exchange, &self->channel_exchange.data,
		DRM_VPROT_KEY_EXCHANGE_SIZE, .no_session = true, .channel = true);
	ARGUMENT(CHANNEL_QUERY, &self->query, .no_session = true);
	POINTER(CHANNEL_QUERY, &self->query, &self->query.input, sizeof(self->question),
		.no_session = true, .channel = true);
	POINTER(CHANNEL_QUERY, &self->query, &self->query.output, sizeof(self->answer),
		.no_session = true, .channel = true);
	ARGUMENT(CHANNEL_CONFIGURE, &self->configure, .no_session = true);
	POINTER(CHANNEL_CONFIGURE, &self->configure, &self->configure.input,
		sizeof(self->command), .no_session = true, .channel = true);
	POINTER(CHANNEL_CONFIGURE, &self->configure, &self->configure.output,
		sizeof(self->answer.message), .no_session = true, .channel = true);
}

FIXTURE_TEARDOWN(blocking)
{
}

/* All that a client does with a session. */
static void work(struct vt_session *s)
{
	struct drm_vprot_session_status status;

	vt_status(s, &status);
	vt_refresh(s);
	vt_draw_read_back_key(s);
	if (!vt_key_works(s))
		vt_fatal("the session's key is another one");
	vt_key_exchange(s, s->key);
	vt_draw_read_back_key(s);
	if (!vt_key_works(s))
		vt_fatal("the session's key is another one");
}

static void read_file(const char *pattern)
{
	char text[4096];
	glob_t files;
	int fd;

	if (glob(pattern, 0, NULL, &files))
		vt_fatal("no file %s", pattern);
	fd = open(files.gl_pathv[0], O_RDONLY);
	while (read(fd, text, sizeof(text)) > 0)
		;
	close(fd);
	globfree(&files);
}

/* Everybody else: other sessions of the file, other files, those who look at the device. */
static void others_work(int fd)
{
	struct drm_vprot_get_caps caps;
	struct vt_session same_file, other_file;
	char fdinfo[64];

	vt_session_open(&same_file, fd, DRM_VPROT_SESSION_STRICT_IV);
	vt_session_open(&other_file, vt_open(), 0);
	work(&same_file);
	work(&other_file);
	vt_caps(fd, &caps);
	EVP_PKEY_free(vt_device_key(fd));
	read_file("/sys/kernel/debug/dri/*/vprot_sessions");
	snprintf(fdinfo, sizeof(fdinfo), "/proc/self/fdinfo/%d", fd);
	read_file(fdinfo);
	vt_session_destroy(&same_file);
	close(other_file.fd);
}

/* The session works on, and the ioctl succeeds once it has its page. */
TEST_F(blocking, holds_up_nobody)
{
	for (size_t i = 0; i < self->count; i++) {
		struct stuck stuck;

		open_session(self);
		stick(&stuck, self->fd, &self->pointers[i]);
		others_work(self->fd);
		vt_protect(&self->channel, 0);
		vt_query_number(&self->channel, VT_GUID(QUERY_PROTECTION));
		/* Last: it takes the pending refresh away, and what was wrapped is void. */
		if (self->pointers[i].request != DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH)
			work(&self->s);
		EXPECT_EQ(0, unstick(&stuck)) TH_LOG("%s", self->pointers[i].name);
		vt_session_destroy(&self->s);
	}
}

static void ignore(int number)
{
}

/*
 * A signal comes while the ioctl is stuck, and is pending until its end: it succeeds nevertheless,
 * and what it returns is not lost to a restart.
 */
TEST_F(blocking, signalled)
{
	struct sigaction action = { .sa_handler = ignore };

	for (size_t i = 0; i < 2 * self->count; i++) {
		const struct pointer *pointer = &self->pointers[i / 2];
		struct stuck stuck;

		action.sa_flags = i % 2 ? SA_RESTART : 0;
		ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
		open_session(self);
		stick(&stuck, self->fd, pointer);
		ASSERT_EQ(0, pthread_kill(stuck.thread, SIGUSR1));
		EXPECT_EQ(0, unstick(&stuck)) TH_LOG("%s", pointer->name);
		vt_session_destroy(&self->s);
	}
}

/* The session is destroyed while its ioctl is stuck. */
TEST_F(blocking, destroyed)
{
	for (size_t i = 0; i < self->count; i++) {
		const struct pointer *pointer = &self->pointers[i];
		struct stuck stuck;

		open_session(self);
		stick(&stuck, self->fd, pointer);
		vt_session_destroy(&self->s);
		EXPECT_EQ(pointer->no_session ? 0 : -ENOENT, unstick(&stuck))
			TH_LOG("%s", pointer->name);
	}
}

/* The device goes away while ioctls are stuck under all pointers. */
TEST_F(blocking, unbound)
{
	static struct stuck stuck[MAX_STUCK];

	open_session(self);
	for (size_t i = 0; i < self->count; i++)
		stick(&stuck[i], self->fd, &self->pointers[i]);
	ASSERT_EQ(0, vt_driver_unbind());
	for (size_t i = 0; i < self->count; i++) {
		const struct pointer *pointer = stuck[i].what;
		int expected = pointer->no_session && !pointer->channel ? 0 : -EKEYREVOKED;

		/* Once the argument is there, the device is looked for. */
		if (!pointer->pointer)
			expected = -ENODEV;
		EXPECT_EQ(expected, unstick(&stuck[i])) TH_LOG("%s", pointer->name);
	}
	EXPECT_EQ(-ENODEV, vt_ioctl(self->fd, DRM_IOCTL_VPROT_GET_CAPS, &self->caps));
	ASSERT_EQ(0, vt_driver_bind());
	others_work(vt_open());
}

/* The session key is refreshed while a read-back key is told: another is, with the new epoch. */
TEST_F(blocking, read_back_key_across_a_refresh)
{
	const struct pointer pointer = {
		.name = "epoch",
		.request = DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY,
		.arg = &self->read_back_key,
		.pointer = &self->read_back_key.epoch,
		.size = sizeof(__u64),
	};
	struct stuck stuck;
	__u64 epoch;

	open_session(self);
	stick(&stuck, self->fd, &pointer);
	vt_refresh(&self->s);
	ASSERT_EQ(0, unstick(&stuck));
	memcpy(&epoch, stuck.content, sizeof(epoch));
	EXPECT_EQ(self->s.epoch, epoch);
	vt_unwrap(self->s.key, self->data, self->s.read_back);
	EXPECT_TRUE(vt_key_works(&self->s));
}

/* More than the driver keeps instances of its cipher for reuse. */
#define MANY_KEYS	24

/*
 * Neither a blit whose result blocks holds a key, nor a read-back key that is being told: when the
 * device is gone the keys are, too, though the ioctls are not.
 */
TEST(keys_while_memory_blocks)
{
	static struct stuck stuck[2 * MANY_KEYS];
	static struct drm_vprot_blt blts[MANY_KEYS];
	static struct drm_vprot_submit submits[MANY_KEYS];
	static struct drm_vprot_get_encryption_blt_key draws[MANY_KEYS];
	static struct pointer pointers[2 * MANY_KEYS];
	struct drm_vprot_blt_result result = { 0 };
	struct vt_buffer clear, secret;
	int fd = vt_open(), before;
	__u8 wrapped[VT_KEY];
	struct vt_session s;
	__u64 epoch = 0;

	vt_clear(&clear, fd, SIZE);
	before = vt_ciphers_in_use();
	for (int i = 0; i < MANY_KEYS; i++) {
		vt_session_open(&s, fd, 0);
		vt_protected(&secret, fd, SIZE);
		blts[i] = (struct drm_vprot_blt){
			.src = clear.handle,
			.dst = secret.handle,
			.size = SIZE,
			.result = (uintptr_t)&result,
		};
		submits[i] = (struct drm_vprot_submit){
			.session = s.handle,
			.blts = (uintptr_t)&blts[i],
			.num_blts = 1,
			.blt_stride = sizeof(blts[i]),
		};
		pointers[2 * i] = (struct pointer){
			.name = "result",
			.request = DRM_IOCTL_VPROT_DECRYPTION_BLT,
			.arg = &submits[i],
			.pointer = &blts[i].result,
			.size = sizeof(result),
		};
		draws[i] = (struct drm_vprot_get_encryption_blt_key){
			.handle = s.handle,
			.size = VT_KEY,
			.key = (uintptr_t)wrapped,
			.epoch = (uintptr_t)&epoch,
		};
		pointers[2 * i + 1] = (struct pointer){
			.name = "epoch",
			.request = DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY,
			.arg = &draws[i],
			.pointer = &draws[i].epoch,
			.size = sizeof(epoch),
		};
		stick(&stuck[2 * i], fd, &pointers[2 * i]);
		stick(&stuck[2 * i + 1], fd, &pointers[2 * i + 1]);
	}
	ASSERT_GE(vt_ciphers_in_use(), before + MANY_KEYS);
	ASSERT_EQ(0, vt_driver_unbind());
	before = vt_ciphers_in_use();
	for (int i = 0; i < 2 * MANY_KEYS; i++)
		EXPECT_EQ(-EKEYREVOKED, unstick(&stuck[i]));
	EXPECT_EQ(before, vt_ciphers_in_use());
	ASSERT_EQ(0, vt_driver_bind());
}

TEST_HARNESS_MAIN
