// SPDX-License-Identifier: GPL-2.0
/*
 * The side of the search for secrets that runs in the machine: gives the driver secrets that it
 * does not know, and ends them. See secrets.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "module.h"
#include "secrets.h"
#include "vprot_test.h"

static struct secrets_input inputs[SECRETS_SESSIONS];
static struct vt_session sessions[SECRETS_SESSIONS];

static void print_hex(const char *name, int session, const __u8 *data)
{
	printf("@%s %d ", name, session);
	for (int i = 0; i < VT_KEY; i++)
		printf("%02x", data[i]);
	printf("\n");
}

static void read_input(const char *folder, int session)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/session-%d", folder, session);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 ||
	    read(file, &inputs[session], sizeof(inputs[0])) != (ssize_t)sizeof(inputs[0]))
		vt_fatal("%s: %s", path, strerror(errno));
	close(file);
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

/* Decrypt the contents, and read them back. */
static void move_contents(const struct vt_session *s, const struct secrets_input *input)
{
	struct vt_buffer clear, secret;
	struct drm_vprot_blt_result result;
	struct drm_vprot_blt blt = {
		.size = SECRETS_CONTENT,
		.dst_offset = SECRETS_OFFSET,
		.key_form = DRM_VPROT_KEY_WRAPPED,
		.key = (uintptr_t)input->wrapped,
		.key_size = VT_KEY,
	};
	struct drm_vprot_blt back = {
		.size = SECRETS_CONTENT,
		.src_offset = SECRETS_OFFSET,
		.result = (uintptr_t)&result,
	};

	vt_clear(&clear, s->fd, SECRETS_CONTENT);
	vt_protected(&secret, s->fd, SECRETS_CONTENT + SECRETS_OFFSET);
	memcpy(clear.map, input->content, SECRETS_CONTENT);
	memcpy(blt.iv, input->iv, sizeof(blt.iv));
	blt.src = clear.handle;
	blt.dst = secret.handle;
	back.src = secret.handle;
	back.dst = clear.handle;
	if (vt_decrypt_blt(s, &blt) || vt_encrypt_blt(s, &back))
		vt_fatal("a blit failed");
	/* Mapped, it would keep the file open. */
	munmap(clear.map, clear.size);
}

static void scan(const char *folder, enum secrets_moment moment)
{
	char path[4096];

	printf("@scan %d\n", moment);
	fflush(stdout);
	snprintf(path, sizeof(path), "%s/go-%d", folder, moment);
	/* The host has no other way to tell us. */
	while (access(path, F_OK))
		usleep(50000);
}

int main(int argc, char **argv)
{
	const char *folder = argv[1];

	if (argc != 2)
		vt_fatal("usage: secrets_guest FOLDER; see secrets.h");
	for (int i = 0; i < SECRETS_SESSIONS; i++) {
		struct vt_session *s = &sessions[i];

		read_input(folder, i);
		vt_session_create(s, vt_open(), DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, 0);
		if (vt_send_blob(s, inputs[i].blob))
			vt_fatal("the key exchange failed");
		draw_read_back_key(s, i);
		move_contents(s, &inputs[i]);
		start(s, i);
	}
	scan(folder, SECRETS_ALIVE);

	if (vt_send_blob(&sessions[SECRETS_REFRESHED],
			 inputs[SECRETS_REFRESHED].bad_blob) != -EKEYREJECTED)
		vt_fatal("a bad key exchange was not refused");
	if (vt_finish(&sessions[SECRETS_REFRESHED], NULL))
		vt_fatal("Finish failed");
	if (vt_send_blob(&sessions[SECRETS_EXCHANGED], inputs[SECRETS_EXCHANGED].next_blob))
		vt_fatal("the second key exchange failed");
	vt_session_destroy(&sessions[SECRETS_DESTROYED]);
	close(sessions[SECRETS_CLOSED].fd);
	scan(folder, SECRETS_ENDED);

	if (vt_driver_unbind())
		vt_fatal("the device cannot be unbound");
	scan(folder, SECRETS_UNBOUND);
	return 0;
}
