// SPDX-License-Identifier: GPL-2.0
/*
 * Each system call of a client with each fault that can happen in it: allocations and copies of
 * user memory fail, one after the other, until a call gets through without one. Whatever fails, the
 * call returns a clean error or succeeds, the session's key is what it was or what it should be,
 * and nothing is left behind.
 */
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "channel.h"
#include "fault.h"
#include "keyring.h"
#include "module.h"
#include "queue.h"

#define SIZE	8192
/* Of a blit that is spread over processors. */
#define LARGE	(128 * SIZE)
/* More than the driver keeps keys for reuse, so that it has to allocate one. */
#define SESSIONS	20

struct world {
	int fd;
	struct vt_session s;		/* with all keys; a refresh is pending */
	__u8 nonce[VT_KEY];		/* of that refresh */
	struct vt_buffer clear, secret;	/* @secret holds @plain, or zeros */
	__u8 plain[SIZE];
	struct vt_buffer large_clear, large_secret;
	__u32 vgem;			/* handle of a buffer of another device */
	__u8 *vgem_map;			/* its memory */
	int vgem_dmabuf;
	__u32 syncobj;			/* for blits that are queued */
	struct vt_channel channel;	/* demands nothing */
	struct drm_vprot_configure_shared_resource command;
	struct drm_vprot_channel_header question;
	struct drm_vprot_query_number_output answer;

	/* What the call under test works with, and what it gave. */
	int other_fd;
	int spares_fd;			/* has taken the keys that the driver keeps for reuse */
	__u32 handle;
	__u64 number;
	void *map;
	__u8 key[VT_KEY], same_key[VT_KEY], output[VT_KEY];
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	struct drm_vprot_blt_result results[2];
	struct drm_vprot_subsample subsamples[3];
	struct drm_vprot_blt blts[2];
};

/* Sessions of the whole device, by debugfs. */
static int count_sessions(void)
{
	char line[256];
	FILE *file = NULL;
	int lines = 0;

	for (int minor = 0; minor < 256 && !file; minor++) {
		snprintf(line, sizeof(line), "/sys/kernel/debug/dri/%d/vprot_sessions", minor);
		file = fopen(line, "r");
	}
	if (!file)
		vt_fatal("debugfs does not list the sessions");
	while (fgets(line, sizeof(line), file))
		lines++;
	fclose(file);
	return lines - 1;
}

static void start_refresh(struct world *w)
{
	if (vt_start(&w->s, w->nonce))
		vt_fatal("the refresh did not start");
}

/* --- the calls -------------------------------------------------------------------------------- */

static int get_caps(struct world *w)
{
	struct drm_vprot_get_caps caps = { .crypto_type = DRM_VPROT_CRYPTO_AES128_CTR };

	return vt_ioctl(w->fd, DRM_IOCTL_VPROT_GET_CAPS, &caps);
}

static int get_certificate(struct world *w)
{
	static __u8 chain[65536];
	struct drm_vprot_get_certificate get = {
		.data = (uintptr_t)chain,
		.size = sizeof(chain),
	};

	return vt_ioctl(w->fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get);
}

static void open_other(struct world *w)
{
	w->other_fd = vt_open();
}

static void close_other(struct world *w, int result)
{
	close(w->other_fd);
}

static int create_session(int fd, __u32 key_exchange_type)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = key_exchange_type,
	};

	return vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create);
}

static int session_create(struct world *w)
{
	return create_session(w->other_fd, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP);
}

static int session_create_internal(struct world *w)
{
	return create_session(w->other_fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL);
}

/* Sessions of another file hold the keys that the driver keeps for reuse: new ones are made. */
static void take_spares(struct world *w)
{
	w->spares_fd = vt_open();
	for (int i = 0; i < SESSIONS; i++)
		if (create_session(w->spares_fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL))
			vt_fatal("no session: %s", strerror(errno));
}

static void open_session(struct world *w)
{
	struct vt_session s;
	struct vt_buffer buffer;

	w->other_fd = vt_open();
	vt_session_open(&s, w->other_fd, 0);
	vt_protected(&buffer, w->other_fd, SIZE);
	vt_load(&s, &buffer, 0, w->plain, SIZE);
	w->handle = s.handle;
}

static int session_destroy(struct world *w)
{
	struct drm_vprot_session_destroy destroy = { .handle = w->handle };

	return vt_ioctl(w->other_fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy);
}

static int session_status(struct world *w)
{
	struct drm_vprot_session_status status = { .handle = w->s.handle };

	return vt_ioctl(w->fd, DRM_IOCTL_VPROT_SESSION_STATUS, &status);
}

static void make_blob(struct world *w)
{
	w->number++;
	vt_fill(&w->number, w->key, VT_KEY);
	vt_key_exchange_blob(w->fd, w->key, VT_KEY, w->blob);
}

static int key_exchange(struct world *w)
{
	return vt_send_blob(&w->s, w->blob);
}

static void key_exchanged(struct world *w, int result)
{
	if (result)
		return;
	memcpy(w->s.key, w->key, VT_KEY);
	w->s.epoch++;
	vt_draw_read_back_key(&w->s);
	start_refresh(w);
}

static int start_session_key_refresh(struct world *w)
{
	return vt_start(&w->s, w->output);
}

/* Whichever nonce is pending, it is the one that the client knows. */
static void refresh_started(struct world *w, int result)
{
	if (!result)
		memcpy(w->nonce, w->output, VT_KEY);
	if (vt_finish(&w->s, NULL))
		vt_fatal("no refresh is pending any more");
	vt_xor(w->s.key, w->nonce);
	w->s.epoch++;
	start_refresh(w);
}

static int finish_session_key_refresh(struct world *w)
{
	return vt_finish(&w->s, &w->number);
}

static void refresh_finished(struct world *w, int result)
{
	if (result)
		return;
	vt_xor(w->s.key, w->nonce);
	w->s.epoch++;
	if (w->number != w->s.epoch)
		vt_fatal("Finish reported another epoch than the one that it began");
	start_refresh(w);
}

static int get_encryption_blt_key(struct world *w)
{
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = w->s.handle,
		.size = VT_KEY,
		.key = (uintptr_t)w->output,
		.epoch = (uintptr_t)&w->number,
	};

	return vt_ioctl(w->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get);
}

static void key_drawn(struct world *w, int result)
{
	if (!result)
		vt_unwrap(w->s.key, w->output, w->s.read_back);
}

static int gem_create(struct world *w, __u32 flags)
{
	struct drm_vprot_gem_create create = { .size = 5 * 4096, .flags = flags };

	return vt_ioctl(w->other_fd, DRM_IOCTL_VPROT_GEM_CREATE, &create);
}

static int gem_create_clear(struct world *w)
{
	return gem_create(w, 0);
}

static int gem_create_protected(struct world *w)
{
	return gem_create(w, DRM_VPROT_GEM_PROTECTED);
}

static void create_clear(struct world *w)
{
	struct drm_vprot_gem_create create = { .size = SIZE };

	open_other(w);
	if (vt_ioctl(w->other_fd, DRM_IOCTL_VPROT_GEM_CREATE, &create))
		vt_fatal("GEM_CREATE failed");
	w->handle = create.handle;
}

static int gem_mmap_offset(struct world *w)
{
	struct drm_vprot_gem_mmap_offset offset = { .handle = w->handle };
	int result = vt_ioctl(w->other_fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset);

	w->number = offset.offset;
	return result;
}

static void create_clear_with_offset(struct world *w)
{
	create_clear(w);
	if (gem_mmap_offset(w))
		vt_fatal("GEM_MMAP_OFFSET failed");
}

static int map_buffer(struct world *w)
{
	w->map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, w->other_fd, w->number);
	return w->map == MAP_FAILED ? -errno : 0;
}

static void buffer_mapped(struct world *w, int result)
{
	if (!result) {
		memset(w->map, 1, SIZE);
		munmap(w->map, SIZE);
	}
	close_other(w, result);
}

static int gem_close(struct world *w)
{
	struct drm_gem_close args = { .handle = w->handle };

	return vt_ioctl(w->other_fd, DRM_IOCTL_GEM_CLOSE, &args);
}

static int prime_export(struct world *w)
{
	struct drm_prime_handle prime = { .handle = w->handle, .flags = DRM_CLOEXEC };
	int result = vt_ioctl(w->other_fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);

	w->number = prime.fd;
	return result;
}

static void exported(struct world *w, int result)
{
	if (!result)
		close(w->number);
	close_other(w, result);
}

static int prime_import(struct world *w)
{
	return vt_import(w->other_fd, w->vgem_dmabuf, &w->handle);
}

/* Two blits under a content key that is at two places, one of them in parts. */
static void make_decryption(struct world *w, __u32 src, __u8 *map)
{
	__u8 content_key[VT_KEY], data[SIZE];

	w->number++;
	vt_fill(&w->number, content_key, VT_KEY);
	vt_fill(&w->number, w->plain, SIZE);
	vt_wrap(w->s.key, content_key, w->key);
	memcpy(w->same_key, w->key, VT_KEY);
	memset(w->blts, 0, sizeof(w->blts));
	for (int i = 0; i < 2; i++)
		w->blts[i] = (struct drm_vprot_blt){
			.src = src,
			.dst = w->secret.handle,
			.src_offset = i * SIZE / 2,
			.dst_offset = i * SIZE / 2,
			.size = SIZE / 2,
			.iv = { 1 + i },
			.key_form = DRM_VPROT_KEY_WRAPPED,
			.key = (uintptr_t)(i ? w->same_key : w->key),
			.key_size = VT_KEY,
			.result = (uintptr_t)&w->results[0],
		};
	w->subsamples[0] = (struct drm_vprot_subsample){ 0, 5 };
	w->subsamples[1] = (struct drm_vprot_subsample){ 0, 1111 };
	w->subsamples[2] = (struct drm_vprot_subsample){ 0, SIZE / 2 - 5 - 1111 };
	w->blts[1].subsamples = (uintptr_t)w->subsamples;
	w->blts[1].num_subsamples = 3;
	memcpy(data, w->plain, SIZE);
	vt_ctr(content_key, w->blts[0].iv, data, SIZE / 2);
	vt_ctr(content_key, w->blts[1].iv, data + SIZE / 2, SIZE / 2);
	memcpy(map, data, SIZE);
	/* What the blit is to overwrite. */
	memset(data, 0, SIZE);
	vt_load(&w->s, &w->secret, 0, data, SIZE);
}

static void make_decryption_of_clear(struct world *w)
{
	make_decryption(w, w->clear.handle, w->clear.map);
}

static void make_decryption_of_import(struct world *w)
{
	make_decryption(w, w->vgem, w->vgem_map);
}

/* The same content key, in a keyring. */
static void make_decryption_with_keyring(struct world *w)
{
	__u8 content_key[VT_KEY];

	make_decryption(w, w->clear.handle, w->clear.map);
	vt_unwrap(w->s.key, w->key, content_key);
	vt_logon(KEY_SPEC_PROCESS_KEYRING, "vprot:fault", content_key, VT_KEY);
	for (int i = 0; i < 2; i++)
		vt_use_logon(&w->blts[i], "vprot:fault");
}

/* A buffer that allocates when access to it begins, the first time. */
static void make_decryption_of_udmabuf(struct world *w)
{
	struct udmabuf_create create = { .size = SIZE };
	int dmabuf, udmabuf = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);

	create.memfd = memfd_create("vprot", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	if (ftruncate(create.memfd, SIZE) || fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK))
		vt_fatal("memfd: %s", strerror(errno));
	w->map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, create.memfd, 0);
	dmabuf = ioctl(udmabuf, UDMABUF_CREATE, &create);
	if (dmabuf < 0 || vt_import(w->fd, dmabuf, &w->handle))
		vt_fatal("udmabuf: %s", strerror(errno));
	close(dmabuf);
	close(create.memfd);
	close(udmabuf);
	make_decryption(w, w->handle, w->map);
}

static int decryption_blt(struct world *w)
{
	return vt_submit_array(&w->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, w->blts, 2);
}

static void decrypted(struct world *w, int result)
{
	__u8 seen[SIZE];

	if (result)
		memset(w->plain, 0, SIZE);
	vt_read_back(&w->s, &w->secret, 0, seen, SIZE);
	if (memcmp(seen, w->plain, SIZE))
		vt_fatal("the protected buffer holds something else than it should");
}

static void udmabuf_decrypted(struct world *w, int result)
{
	decrypted(w, result);
	munmap(w->map, SIZE);
	vt_buffer_close(&(struct vt_buffer){ .fd = w->fd, .handle = w->handle });
}

/* The next one waits for the fence of the one before, which it replaces. */
static int queue_decryption(struct world *w)
{
	struct drm_vprot_sync sync = { .handle = w->syncobj };

	return vt_queue_array(&w->s, DRM_IOCTL_VPROT_DECRYPTION_BLT, w->blts, 2,
			      &(struct vt_queue){
		.waits = &sync,
		.num_waits = 1,
		.signals = &sync,
		.num_signals = 1,
	});
}

static void decryption_queued(struct world *w, int result)
{
	decrypted(w, result ?: vt_syncobj_result(w->fd, w->syncobj));
}

/* Of zeros, to the key stream. */
static void make_large_decryption(struct world *w)
{
	vt_clear(&w->large_clear, w->fd, LARGE);
	vt_protected(&w->large_secret, w->fd, LARGE);
	w->blts[0] = (struct drm_vprot_blt){
		.src = w->large_clear.handle,
		.dst = w->large_secret.handle,
		.size = LARGE,
	};
	vt_iv(w->blts[0].iv, 1, 0);
}

/* What is queued takes nothing from what is kept for reuse. */
static int queue_large_decryption(struct world *w)
{
	return vt_queue_blt(&w->s, DECRYPT, w->blts, 0, w->syncobj);
}

static void large_decrypted(struct world *w, int result)
{
	static __u8 seen[LARGE];

	result = result ?: vt_syncobj_result(w->fd, w->syncobj);
	vt_read_back(&w->s, &w->large_secret, 0, seen, LARGE);
	if (vt_is_stream(seen, LARGE, 1, w->s.key) == !!result)
		vt_fatal("the protected buffer holds something else than it should");
	vt_buffer_close(&w->large_secret);
	vt_buffer_close(&w->large_clear);
}

static void make_encryption(struct world *w)
{
	w->number++;
	vt_fill(&w->number, w->plain, SIZE);
	vt_load(&w->s, &w->secret, 0, w->plain, SIZE);
	memset(w->clear.map, 0x5a, SIZE);
	for (int i = 0; i < 2; i++)
		w->blts[i] = (struct drm_vprot_blt){
			.src = w->secret.handle,
			.dst = w->clear.handle,
			.src_offset = i * SIZE / 2,
			.dst_offset = i * SIZE / 2,
			.size = SIZE / 2,
			.result = (uintptr_t)&w->results[i],
		};
}

static int encryption_blt(struct world *w)
{
	return vt_submit_array(&w->s, DRM_IOCTL_VPROT_ENCRYPTION_BLT, w->blts, 2);
}

static void encrypted(struct world *w, int result)
{
	if (result)
		memset(w->plain, 0x5a, SIZE);
	for (int i = 0; i < 2 && !result; i++)
		vt_ctr(w->s.read_back, w->results[i].iv, w->clear.map + i * SIZE / 2, SIZE / 2);
	if (memcmp(w->clear.map, w->plain, SIZE))
		vt_fatal("the clear buffer holds something else than it should");
}

static int open_node(struct world *w)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", w->fd);
	w->other_fd = open(path, O_RDWR | O_CLOEXEC);
	return w->other_fd < 0 ? -errno : 0;
}

static void node_opened(struct world *w, int result)
{
	if (!result)
		close(w->other_fd);
}

static int close_file(struct world *w)
{
	return close(w->other_fd) ? -errno : 0;
}

static int channel_create(struct world *w)
{
	struct drm_vprot_channel_create create = { .type = DRM_VPROT_CHANNEL_SOFTWARE };

	return vt_ioctl(w->other_fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &create);
}

static void open_channel(struct world *w)
{
	struct vt_channel c;

	w->other_fd = vt_open();
	vt_channel_open(&c, w->other_fd);
	vt_protect(&c, DRM_VPROT_PROTECTION_ENABLED);
	w->handle = c.handle;
}

static int channel_destroy(struct world *w)
{
	struct drm_vprot_channel_destroy destroy = { .handle = w->handle };

	return vt_ioctl(w->other_fd, DRM_IOCTL_VPROT_CHANNEL_DESTROY, &destroy);
}

static void open_keyless_channel(struct world *w)
{
	struct vt_channel c;

	make_blob(w);
	w->other_fd = vt_open();
	vt_channel_create(&c, w->other_fd, 0);
	w->handle = c.handle;
}

static int channel_key_exchange(struct world *w)
{
	struct vt_channel c = { .fd = w->other_fd, .handle = w->handle };

	return vt_channel_send_blob(&c, w->blob);
}

static void make_question(struct world *w)
{
	vt_question(&w->channel, VT_GUID(QUERY_PROCESS_COUNT), &w->question);
}

static int channel_query(struct world *w)
{
	return vt_exchange(&w->channel, DRM_IOCTL_VPROT_CHANNEL_QUERY, &w->question,
			   sizeof(w->question), &w->answer, sizeof(w->answer));
}

static void make_command(struct world *w)
{
	w->command = (struct drm_vprot_configure_shared_resource){
		.type = DRM_VPROT_PROCESS_HANDLE,
		.process = syscall(SYS_pidfd_open, getpid(), 0),
		.allow = 1,
	};
	vt_command(&w->channel, VT_GUID(CONFIGURE_SHARED_RESOURCE), &w->command,
		   sizeof(w->command));
}

static int channel_configure(struct world *w)
{
	return vt_exchange(&w->channel, DRM_IOCTL_VPROT_CHANNEL_CONFIGURE, &w->command,
			   sizeof(w->command), &w->answer, sizeof(w->answer.message));
}

/* What the answer says is what is in the list. */
static void configured(struct world *w, int result)
{
	bool let_in = !result && w->answer.message.header.result == DRM_VPROT_RESULT_OK;

	if (vt_query_number(&w->channel, VT_GUID(QUERY_PROCESS_COUNT)) != let_in)
		vt_fatal("the answer to a command is not true");
	if (vt_let_in(&w->channel, w->command.process, false))
		vt_fatal("the process cannot be let out");
	close(w->command.process);
}

/* --- the sweep -------------------------------------------------------------------------------- */

FIXTURE(fault) {
	struct world w;
	struct vt_session others[SESSIONS];
};

FIXTURE_VARIANT(fault) {
	const char *name;
	void (*prepare)(struct world *w);
	int (*call)(struct world *w);
	void (*done)(struct world *w, int result);
	/* The driver has no keys for reuse. */
	bool unspared;
	/* Fewer faults than these mean that the sweep does not reach what it should. */
	struct vt_fault_count at_least;
	/* So many allocations, at least, are for what can be done without. */
	unsigned int dispensable;
};

FIXTURE_SETUP(fault)
{
	struct world *w = &self->w;
	struct drm_mode_create_dumb dumb = { .width = SIZE, .height = 1, .bpp = 8 };
	struct drm_mode_map_dumb offset = { 0 };
	struct vt_buffer theirs;
	int vgem = vt_open_vgem();

	/* So little that what leaks is missed. */
	vt_module_reload("max_protected_mib=2");
	w->fd = vt_open();
	for (int i = 0; i < SESSIONS; i++)
		vt_session_create(&self->others[i], w->fd, DRM_VPROT_KEY_EXCHANGE_INTERNAL, 0);
	vt_session_open(&w->s, w->fd, 0);
	vt_clear(&w->clear, w->fd, SIZE);
	vt_protected(&w->secret, w->fd, SIZE);
	start_refresh(w);
	vt_channel_open(&w->channel, w->fd);

	ASSERT_EQ(0, vt_ioctl(vgem, DRM_IOCTL_MODE_CREATE_DUMB, &dumb));
	offset.handle = dumb.handle;
	ASSERT_EQ(0, vt_ioctl(vgem, DRM_IOCTL_MODE_MAP_DUMB, &offset));
	w->vgem_map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, vgem, offset.offset);
	ASSERT_NE(MAP_FAILED, w->vgem_map);
	theirs = (struct vt_buffer){ .fd = vgem, .handle = dumb.handle };
	w->vgem_dmabuf = vt_export(&theirs);
	ASSERT_EQ(0, vt_import(w->fd, w->vgem_dmabuf, &w->vgem));
	w->syncobj = vt_syncobj(w->fd);
	vt_syncobj_signal(w->fd, w->syncobj, 0);
	vt_fault_setup();
	/* The kernel warns when an exporter cannot map, whatever the reason. */
	vt_fault_filter(VT_FAULT_SLAB, "reject", "dma_buf_vmap");
	vt_fault_filter(VT_FAULT_PAGE, "reject", "dma_buf_vmap");
}

/* When the test has closed the device, by its end. */
FIXTURE_TEARDOWN_PARENT(fault)
{
	vt_module_reload("");
}

#define VARIANT(variant_name, has_no_spares, prepare_it, the_call, look_after, ...) \
	FIXTURE_VARIANT_ADD(fault, variant_name) { \
		.name = #variant_name, \
		.prepare = prepare_it, \
		.call = the_call, \
		.done = look_after, \
		.unspared = has_no_spares, \
		.at_least.of = { __VA_ARGS__ }, \
	}
#define CALL(variant_name, ...) VARIANT(variant_name, false, __VA_ARGS__)
#define UNSPARED(variant_name, ...) VARIANT(unspared_##variant_name, true, __VA_ARGS__)

/* The last numbers are the least ones of faults in slabs, pages and user memory. */
CALL(caps, NULL, get_caps, NULL, 0, 0, 1);
CALL(certificate, NULL, get_certificate, NULL, 0, 0, 1);
CALL(create, open_other, session_create, close_other, 1, 0, 1);
CALL(create_internal, open_other, session_create_internal, close_other, 1, 0, 1);
CALL(destroy, open_session, session_destroy, close_other, 0, 0, 1);
CALL(status, NULL, session_status, NULL, 0, 0, 1);
CALL(exchange, make_blob, key_exchange, key_exchanged, 1, 0, 1);
CALL(start, NULL, start_session_key_refresh, refresh_started, 1, 0, 1);
CALL(finish, NULL, finish_session_key_refresh, refresh_finished, 0, 0, 1);
CALL(read_back_key, NULL, get_encryption_blt_key, key_drawn, 1, 0, 1);
CALL(create_clear, open_other, gem_create_clear, close_other, 1, 1, 1);
CALL(create_protected, open_other, gem_create_protected, close_other, 1, 1, 1);
CALL(mmap_offset, create_clear, gem_mmap_offset, close_other, 0, 0, 1);
CALL(mmap, create_clear_with_offset, map_buffer, buffer_mapped, 1, 0, 0);
CALL(gem_close, create_clear, gem_close, close_other, 0, 0, 1);
CALL(prime_export, create_clear, prime_export, exported, 1, 0, 1);
CALL(prime_import, open_other, prime_import, close_other, 1, 0, 1);
CALL(decryption, make_decryption_of_clear, decryption_blt, decrypted, 1, 0, 1);
UNSPARED(create_internal, open_other, session_create_internal, close_other, 3, 0, 1);
UNSPARED(exchange, make_blob, key_exchange, key_exchanged, 3, 0, 1);
UNSPARED(start, NULL, start_session_key_refresh, refresh_started, 3, 0, 1);
UNSPARED(read_back_key, NULL, get_encryption_blt_key, key_drawn, 3, 0, 1);
UNSPARED(decryption, make_decryption_of_clear, decryption_blt, decrypted, 3, 0, 1);
CALL(decryption_with_keyring, make_decryption_with_keyring, decryption_blt, decrypted, 1, 0, 1);
CALL(decryption_of_import, make_decryption_of_import, decryption_blt, decrypted, 1, 0, 1);
CALL(decryption_of_udmabuf, make_decryption_of_udmabuf, decryption_blt, udmabuf_decrypted, 1, 0, 1);
CALL(queued_decryption, make_decryption_of_clear, queue_decryption, decryption_queued, 1, 0, 1);
FIXTURE_VARIANT_ADD(fault, large_decryption) {
	.name = "large_decryption",
	.prepare = make_large_decryption,
	.call = queue_large_decryption,
	.done = large_decrypted,
	.at_least.of = { 4, 0, 1 },
	/* The helper on another processor, and what holds it. */
	.dispensable = 2,
};

CALL(encryption, make_encryption, encryption_blt, encrypted, 1, 0, 1);
CALL(channel_create, open_other, channel_create, close_other, 1, 0, 1);
CALL(channel_destroy, open_channel, channel_destroy, close_other, 0, 0, 1);
CALL(channel_exchange, open_keyless_channel, channel_key_exchange, close_other, 1, 0, 1);
CALL(channel_query, make_question, channel_query, NULL, 1, 0, 1);
CALL(channel_configure, make_command, channel_configure, configured, 1, 0, 1);
CALL(open, NULL, open_node, node_opened, 1, 0, 0);
CALL(close, open_session, close_file, NULL, 0, 0, 0);

TEST_F(fault, sweep)
{
	struct vt_fault_count count = { 0 };
	struct world *w = &self->w;
	enum vt_fault kind;
	unsigned int dispensable = 0;
	int sessions = count_sessions();

	for (unsigned int nth = 1;; nth++) {
		int result;

		if (variant->prepare)
			variant->prepare(w);
		if (variant->unspared)
			take_spares(w);
		vt_fault_arm(nth);
		result = variant->call(w);
		kind = vt_fault_disarm();
		if (variant->unspared)
			close(w->spares_fd);
		ASSERT_TRUE(!result || (kind != VT_FAULT_NONE &&
					(result == -ENOMEM || result == -EFAULT)));
		if (variant->done)
			variant->done(w, result);
		ASSERT_TRUE(vt_key_works(&w->s));
		ASSERT_EQ(sessions, count_sessions());
		if (kind == VT_FAULT_NONE)
			break;
		count.of[kind]++;
		dispensable += kind == VT_FAULT_SLAB && !result;
	}
	vt_fault_report(variant->name, &count);
	for (kind = 0; kind < VT_FAULT_KINDS; kind++)
		EXPECT_GE(count.of[kind], variant->at_least.of[kind]);
	EXPECT_GE(dispensable, variant->dispensable);

	/* All of the device's protected memory is there again. */
	vt_buffer_close(&w->secret);
	vt_protected(&w->secret, w->fd, 2 << 20);
}

TEST_HARNESS_MAIN
