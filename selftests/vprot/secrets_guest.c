// SPDX-License-Identifier: GPL-2.0
/*
 * The side of the search for secrets that runs in the machine: gives the driver secrets that it
 * does not know, and ends them. See secrets.h.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "keyring.h"
#include "module.h"
#include "queue.h"
#include "secrets.h"
#include "sleep.h"

static struct secrets_input inputs[SECRETS_SESSIONS];
static struct vt_session sessions[SECRETS_SESSIONS];
/* The content key that is in a keyring. */
static const char description[] = "vprot:secret";
static int32_t logon;

static void print_hex(const char *name, int session, const __u8 *data)
{
	printf("@%s %d ", name, session);
	for (int i = 0; i < VT_KEY; i++)
		printf("%02x", data[i]);
	printf("\n");
}

static void read_file(const char *folder, const char *name, void *data, size_t size)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || read(file, data, size) != (ssize_t)size)
		vt_fatal("%s: %s", path, strerror(errno));
	close(file);
}

/* The file may be moved out of memory, this is not. */
static void keep_canary(const char *folder)
{
	static __u8 canary[SECRETS_CANARY];

	if (mlock(canary, sizeof(canary)))
		vt_fatal("mlock: %s", strerror(errno));
	read_file(folder, "canary", canary, sizeof(canary));
	for (int i = 0; i < SECRETS_CANARY; i++)
		canary[i] = ~canary[i];
	/* Else nobody would need it. */
	asm volatile("" : : "r"(canary) : "memory");
}

static void draw_read_back_key(const struct vt_session *s, int session)
{
	__u8 wrapped[VT_KEY] = { 0 };
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = s->handle,
		.size = VT_KEY,
		.key = (uintptr_t)wrapped,
	};

	if (vt_ioctl(s->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get))
		vt_fatal("no read-back key");
	print_hex("read-back", session, wrapped);
}

/* The nonce is in one place, and masked there, byte by byte. */
static void start(const struct vt_session *s, int session)
{
	static __u8 nonce[VT_KEY];

	if (vt_start(s, nonce))
		vt_fatal("Start failed");
	for (int i = 0; i < VT_KEY; i++) {
		nonce[i] ^= inputs[session].mask[i];
		/* Not all at once, in a register that is saved when something interrupts. */
		asm volatile("" : : : "memory");
	}
	print_hex("nonce", session, nonce);
}

/* The key is in one place here, put together byte by byte, and wiped. */
static void put_into_keyring(const struct secrets_input *input)
{
	static __u8 key[VT_KEY];

	for (int i = 0; i < VT_KEY; i++) {
		key[i] = input->masked[i] ^ input->content_mask[i];
		asm volatile("" : : : "memory");
	}
	logon = vt_logon(KEY_SPEC_PROCESS_KEYRING, description, key, VT_KEY);
	explicit_bzero(key, sizeof(key));
}

#define SUBSAMPLE	250	/* bytes, all of them encrypted */

/* Decrypt the contents, in every other session in many small subsamples, and read them back. */
static void move_contents(const struct vt_session *s, int session)
{
	const struct secrets_input *input = &inputs[session];
	struct drm_vprot_subsample subsamples[SECRETS_CONTENT / SUBSAMPLE];
	struct vt_buffer clear, secret;
	__u64 counter[2];
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = {
		.size = SECRETS_BLIT,
		.dst_offset = SECRETS_OFFSET,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)input->wrapped,
		.key_size = VT_KEY,
	};
	struct drm_vprot_blt back = {
		.size = SECRETS_BLIT,
		.src_offset = SECRETS_OFFSET,
		.result = (uintptr_t)&result,
	};

	vt_clear(&clear, s->fd, SECRETS_BLIT);
	vt_protected(&secret, s->fd, SECRETS_BLIT + SECRETS_OFFSET);
	memcpy(clear.map + SECRETS_BEFORE, input->content, SECRETS_CONTENT);
	memcpy(counter, input->iv, sizeof(counter));
	if (session % 2) {
		for (int i = 0; i < SECRETS_CONTENT / SUBSAMPLE; i++)
			subsamples[i] = (struct drm_vprot_subsample){ 0, SUBSAMPLE };
		blt.subsamples = (uintptr_t)subsamples;
		blt.num_subsamples = SECRETS_CONTENT / SUBSAMPLE;
		blt.src_offset = SECRETS_BEFORE;
		blt.dst_offset += SECRETS_BEFORE;
		blt.size = SECRETS_CONTENT;
	} else {
		/* The count wraps without a carry. */
		counter[1] = htobe64(be64toh(counter[1]) - SECRETS_BEFORE / 16);
	}
	memcpy(blt.iv, counter, sizeof(blt.iv));
	blt.src = clear.handle;
	blt.dst = secret.handle;
	back.src = secret.handle;
	back.dst = clear.handle;
	if (session == SECRETS_CLOSED) {
		put_into_keyring(input);
		vt_use_logon(&blt, description);
	}
	if (vt_decrypt_blt(s, &blt) || vt_encrypt_blt(s, &back))
		vt_fatal("a blit failed");
	/* Mapped, it would keep the file open. */
	munmap(clear.map, clear.size);
}

static void begin(int session)
{
	struct vt_session *s = &sessions[session];

	vt_session_create(s, vt_open(), DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
	if (vt_send_blob(s, inputs[session].blob))
		vt_fatal("the key exchange failed");
	draw_read_back_key(s, session);
	move_contents(s, session);
	start(s, session);
}

/* A decryption of nothing in particular, under the content key. */
static struct drm_vprot_blt under_the_content_key(int session)
{
	return (struct drm_vprot_blt){
		.size = 64,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)inputs[session].wrapped,
		.key_size = VT_KEY,
	};
}

/* Blits that run, and take minutes. Returns a sync_file of them. */
static int run(int session)
{
	const struct vt_session *s = &sessions[session];
	struct drm_vprot_blt how = under_the_content_key(session);

	return vt_syncobj_export(s->fd, vt_queue_work(s, &how));
}

/*
 * Blits that wait for those, under each key. The session then has another one, which leaves its
 * first key to them. Returns a sync_file.
 */
static int queue(int session, int running)
{
	const struct vt_session *s = &sessions[session];
	struct drm_vprot_blt blt = under_the_content_key(session);
	__u32 wait = vt_syncobj_import(s->fd, dup(running)), done = vt_syncobj(s->fd);
	struct drm_vprot_blt_result result;
	struct vt_buffer clear, secret;
	int error;

	vt_clear(&clear, s->fd, 4096);
	munmap(clear.map, clear.size);
	vt_protected(&secret, s->fd, 4096);
	blt.src = clear.handle;
	blt.dst = secret.handle;
	error = vt_queue_blt(s, DECRYPT, &blt, wait, done);
	blt.key_form = DRM_VPROT_KEY_SESSION;
	blt.key = 0;
	blt.key_size = 0;
	error = error ?: vt_queue_blt(s, DECRYPT, &blt, wait, done);
	blt.src = secret.handle;
	blt.dst = clear.handle;
	blt.result = (uintptr_t)&result;
	error = error ?: vt_queue_blt(s, ENCRYPT, &blt, wait, done);
	if (error || vt_finish(s, NULL))
		vt_fatal("a blit was not queued, or Finish failed");
	return vt_syncobj_export(s->fd, done);
}

static void must_be_lost(int session)
{
	struct drm_vprot_session_status status;

	vt_status(&sessions[session], &status);
	if (status.state != DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST)
		vt_fatal("session %d is not lost", session);
}

static void scan(enum secrets_moment moment)
{
	static __u8 page[4096] __attribute__((aligned(4096)));
	int disk = open("/dev/vda", O_RDONLY | O_DIRECT | O_CLOEXEC);

	printf("@scan %d\n", moment);
	fflush(stdout);
	/* The host has no other way to tell us. */
	do {
		usleep(50000);
		if (pread(disk, page, sizeof(page), SECRETS_GO) != (ssize_t)sizeof(page))
			vt_fatal("/dev/vda: %s", strerror(errno));
	} while (page[0] != moment + 1);
	close(disk);
}

int main(int argc, char **argv)
{
	int running, queued;

	if (argc != 2)
		vt_fatal("usage: secrets_guest FOLDER; see secrets.h");
	keep_canary(argv[1]);
	for (int i = 0; i < SECRETS_SESSIONS; i++) {
		char name[] = { '0' + i, 0 };

		read_file(argv[1], name, &inputs[i], sizeof(inputs[i]));
	}
	for (int i = 0; i < SECRETS_LATER; i++)
		begin(i);
	running = run(SECRETS_RUNNING);
	queued = queue(SECRETS_QUEUED, running);
	scan(SECRETS_ALIVE);

	if (vt_send_blob(&sessions[SECRETS_REFRESHED],
			 inputs[SECRETS_REFRESHED].bad_blob) != -EKEYREJECTED)
		vt_fatal("a bad key exchange was not refused");
	if (vt_finish(&sessions[SECRETS_REFRESHED], NULL))
		vt_fatal("Finish failed");
	if (vt_send_blob(&sessions[SECRETS_EXCHANGED], inputs[SECRETS_EXCHANGED].next_blob))
		vt_fatal("the second key exchange failed");
	vt_session_destroy(&sessions[SECRETS_DESTROYED]);
	vt_revoke(logon);
	close(sessions[SECRETS_CLOSED].fd);
	scan(SECRETS_ENDED);

	if (vt_fence_status(running) || vt_fence_status(queued))
		vt_fatal("the blits are over before they could be lost");
	vt_hibernate();
	for (int i = SECRETS_LOST; i < SECRETS_LATER; i++)
		must_be_lost(i);
	if (vt_fence_status(running) != -EKEYREVOKED || vt_fence_status(queued) != -EKEYREVOKED)
		vt_fatal("the blits were not given up");
	scan(SECRETS_ASLEEP);
	begin(SECRETS_LATER);
	scan(SECRETS_AWAKE);

	if (vt_driver_unbind())
		vt_fatal("the device cannot be unbound");
	scan(SECRETS_UNBOUND);
	return 0;
}
