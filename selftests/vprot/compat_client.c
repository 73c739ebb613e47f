// SPDX-License-Identifier: GPL-2.0
/*
 * A 32-bit client of the driver, run by compat_test.
 *
 * usage: compat_client layout       compare the interface with what layout.c has
 *        compat_client client FD    be a client of the device that FD is open on
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compat.h"
#include "layout.h"

static_assert(sizeof(void *) == 4, "this is the 32-bit client");

static int device;

static void must(int good, const char *step)
{
	if (!good) {
		fprintf(stderr, "# 32-bit client: %s: %s\n", step, strerror(errno));
		exit(1);
	}
}

#define MUST(name, arg)	must(!ioctl(device, DRM_IOCTL_VPROT_##name, arg), #name)

static void receive(void *data, size_t size)
{
	must(fread(data, size, 1, stdin) == 1, "read");
}

static void send(const void *data, size_t size)
{
	must(fwrite(data, size, 1, stdout) == 1 && !fflush(stdout), "write");
}

static __u8 *map(__u32 handle)
{
	struct drm_vprot_gem_mmap_offset offset = { .handle = handle };
	__u8 *memory;

	MUST(GEM_MMAP_OFFSET, &offset);
	memory = mmap(NULL, COMPAT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, device, offset.offset);
	must(memory != MAP_FAILED, "mmap");
	return memory;
}

static __u32 open_channel(const struct compat_key *key)
{
	struct drm_vprot_channel_create create = { .type = DRM_VPROT_CHANNEL_SOFTWARE };
	struct drm_vprot_channel_key_exchange exchange = { .size = DRM_VPROT_KEY_EXCHANGE_SIZE };

	MUST(CHANNEL_CREATE, &create);
	exchange.handle = create.handle;
	exchange.data = (uintptr_t)key->channel_message;
	MUST(CHANNEL_KEY_EXCHANGE, &exchange);
	return create.handle;
}

/* A command and a question, as the test has made them. */
static void talk(__u32 channel, struct compat_result *result, struct compat_content *content)
{
	struct drm_vprot_channel_exchange exchange = {
		.handle = channel,
		.input = (uintptr_t)&content->command,
		.output = (uintptr_t)&result->done,
		.input_size = sizeof(content->command),
		.output_size = sizeof(result->done),
	};
	struct drm_vprot_channel_destroy destroy = { .handle = channel };

	MUST(CHANNEL_CONFIGURE, &exchange);
	exchange.input = (uintptr_t)&content->question;
	exchange.output = (uintptr_t)&result->answer;
	exchange.input_size = sizeof(content->question);
	exchange.output_size = sizeof(result->answer);
	MUST(CHANNEL_QUERY, &exchange);
	MUST(CHANNEL_DESTROY, &destroy);
}

/* Sessions, keys and messages, up to the finished refresh. */
static __u32 open_session(struct compat_result *result, struct compat_content *content)
{
	struct drm_vprot_session_create create = {
		.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR,
		.key_exchange_type = DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP,
	};
	struct drm_vprot_session_key_exchange exchange = { .size = DRM_VPROT_KEY_EXCHANGE_SIZE };
	struct drm_vprot_start_session_key_refresh start = { .size = DRM_VPROT_KEY_SIZE };
	struct drm_vprot_finish_session_key_refresh finish = { 0 };
	struct drm_vprot_get_encryption_blt_key get = { .size = DRM_VPROT_KEY_SIZE };
	struct compat_key key;
	struct compat_nonce nonce = { 0 };

	MUST(SESSION_CREATE, &create);
	receive(&key, sizeof(key));
	exchange.handle = create.handle;
	exchange.data = (uintptr_t)key.message;
	MUST(SESSION_KEY_EXCHANGE, &exchange);

	start.handle = create.handle;
	start.nonce = (uintptr_t)nonce.nonce;
	MUST(START_SESSION_KEY_REFRESH, &start);
	nonce.channel = open_channel(&key);
	send(&nonce, sizeof(nonce));
	receive(content, sizeof(*content));
	talk(nonce.channel, result, content);
	finish.handle = create.handle;
	finish.epoch = (uintptr_t)&result->finish_epoch;
	MUST(FINISH_SESSION_KEY_REFRESH, &finish);

	get.handle = create.handle;
	get.key = (uintptr_t)result->read_back_key;
	get.epoch = (uintptr_t)&result->read_back_epoch;
	MUST(GET_ENCRYPTION_BLT_KEY, &get);
	return create.handle;
}

/* In two blits, the second with subsamples and a content key; and back in one. */
static void blit(__u32 session, struct compat_result *result, struct compat_content *content)
{
	struct drm_vprot_gem_create clear = { .size = COMPAT_SIZE };
	struct drm_vprot_gem_create secret = {
		.size = COMPAT_SIZE,
		.flags = DRM_VPROT_GEM_PROTECTED,
	};
	struct drm_vprot_subsample subsamples[] = { { 0, 1000 }, { 0, COMPAT_SIZE / 2 - 1000 } };
	struct drm_vprot_blt blts[2] = { { 0 } };
	struct drm_vprot_submit submit = {
		.session = session,
		.blts = (uintptr_t)blts,
		.num_blts = 2,
		.blt_stride = sizeof(blts[0]),
	};
	__u8 *memory;

	MUST(GEM_CREATE, &clear);
	MUST(GEM_CREATE, &secret);
	memory = map(clear.handle);
	memcpy(memory, content->data, COMPAT_SIZE);
	for (int i = 0; i < 2; i++) {
		blts[i].src = clear.handle;
		blts[i].dst = secret.handle;
		blts[i].src_offset = i * COMPAT_SIZE / 2;
		blts[i].dst_offset = i * COMPAT_SIZE / 2;
		blts[i].size = COMPAT_SIZE / 2;
		blts[i].epoch = result->finish_epoch;
		blts[i].result = (uintptr_t)&result->results[i];
		memcpy(blts[i].iv, content->iv, 16);
	}
	blts[1].subsamples = (uintptr_t)subsamples;
	blts[1].num_subsamples = 2;
	blts[1].key_form = DRM_VPROT_KEY_WRAPPED;
	blts[1].key = (uintptr_t)content->content_key;
	blts[1].key_size = DRM_VPROT_KEY_SIZE;
	MUST(DECRYPTION_BLT, &submit);

	memset(memory, 0, COMPAT_SIZE);
	blts[0] = (struct drm_vprot_blt){
		.src = secret.handle,
		.dst = clear.handle,
		.size = COMPAT_SIZE,
		.result = (uintptr_t)&result->results[2],
	};
	submit.num_blts = 1;
	MUST(ENCRYPTION_BLT, &submit);
	memcpy(result->data, memory, COMPAT_SIZE);
}

static void client(void)
{
	static struct compat_content content;
	static struct compat_result result;
	struct drm_vprot_session_destroy destroy = { 0 };
	struct drm_vprot_get_certificate get = { 0 };

	result.caps.crypto_type = DRM_VPROT_CRYPTO_AES128_CTR;
	MUST(GET_CAPS, &result.caps);
	MUST(GET_CERTIFICATE, &get);
	must(get.size == result.caps.certificate_size, "the size of the certificate");
	destroy.handle = open_session(&result, &content);
	blit(destroy.handle, &result, &content);
	result.status.handle = destroy.handle;
	MUST(SESSION_STATUS, &result.status);
	MUST(SESSION_DESTROY, &destroy);
	send(&result, sizeof(result));
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "layout"))
		return layout_32() != 0;
	if (argc == 3 && !strcmp(argv[1], "client")) {
		device = atoi(argv[2]);
		client();
		return 0;
	}
	fprintf(stderr, "usage: compat_client layout | client FD\n");
	return 2;
}
