// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "channel.h"

void vt_channel_create(struct vt_channel *c, int fd, __u64 name)
{
	struct drm_vprot_channel_create create = {
		.type = DRM_VPROT_CHANNEL_SOFTWARE,
		.name = name,
	};
	int result = vt_ioctl(fd, DRM_IOCTL_VPROT_CHANNEL_CREATE, &create);

	if (result)
		vt_fatal("CHANNEL_CREATE: %s", strerror(-result));
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->handle = create.handle;
	c->name = name ? name : create.handle;
	c->query = VT_START_QUERY;
	c->configure = VT_START_CONFIGURE;
}

int vt_channel_send_blob(const struct vt_channel *c, const void *blob)
{
	struct drm_vprot_channel_key_exchange exchange = {
		.handle = c->handle,
		.size = DRM_VPROT_KEY_EXCHANGE_SIZE,
		.data = (uintptr_t)blob,
	};

	return vt_ioctl(c->fd, DRM_IOCTL_VPROT_CHANNEL_KEY_EXCHANGE, &exchange);
}

void vt_channel_key_exchange(struct vt_channel *c)
{
	static __u64 count = 0xc4a;
	__u64 seed = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];
	int result;

	vt_fill(&seed, c->key, sizeof(c->key));
	vt_key_exchange_blob(c->fd, c->key, sizeof(c->key), blob);
	result = vt_channel_send_blob(c, blob);
	if (result)
		vt_fatal("CHANNEL_KEY_EXCHANGE: %s", strerror(-result));
}

void vt_channel_initialize(struct vt_channel *c)
{
	struct drm_vprot_configure_initialize initialize = {
		.start_query = c->query,
		.start_configure = c->configure,
	};

	if (VT_CONFIGURE(c, INITIALIZE, &initialize) != DRM_VPROT_RESULT_OK)
		vt_fatal("the channel cannot be initialized");
}

void vt_channel_open(struct vt_channel *c, int fd)
{
	vt_channel_create(c, fd, 0);
	vt_channel_key_exchange(c);
	vt_channel_initialize(c);
}

int vt_channel_destroy(const struct vt_channel *c)
{
	struct drm_vprot_channel_destroy destroy = { .handle = c->handle };

	return vt_ioctl(c->fd, DRM_IOCTL_VPROT_CHANNEL_DESTROY, &destroy);
}

/* --- messages --------------------------------------------------------------------------------- */

static void omac(const struct vt_channel *c, const void *message, size_t size, __u8 out[16])
{
	vt_cmac(c->key, (const __u8 *)message + DRM_VPROT_OMAC_SIZE, size - DRM_VPROT_OMAC_SIZE,
		out);
}

void vt_sign(const struct vt_channel *c, void *message, size_t size)
{
	omac(c, message, size, message);
}

bool vt_is_signed(const struct vt_channel *c, const void *message, size_t size)
{
	__u8 right[DRM_VPROT_OMAC_SIZE];

	omac(c, message, size, right);
	return !memcmp(right, message, sizeof(right));
}

void vt_command(struct vt_channel *c, struct drm_vprot_guid type, void *input, size_t size)
{
	struct drm_vprot_channel_message *message = input;

	message->header = (struct drm_vprot_channel_header){
		.type = type,
		.channel = c->name,
		.sequence = c->configure++,
	};
	vt_sign(c, input, size);
}

void vt_question(struct vt_channel *c, struct drm_vprot_guid type, void *input)
{
	struct drm_vprot_channel_header *header = input;

	*header = (struct drm_vprot_channel_header){
		.type = type,
		.channel = c->name,
		.sequence = c->query++,
	};
}

int vt_exchange(const struct vt_channel *c, unsigned long request, const void *input,
		size_t input_size, void *output, size_t output_size)
{
	struct drm_vprot_channel_exchange exchange = {
		.handle = c->handle,
		.input = (uintptr_t)input,
		.output = (uintptr_t)output,
		.input_size = input_size,
		.output_size = output_size,
	};

	return vt_ioctl(c->fd, request, &exchange);
}

static __u32 deliver(const struct vt_channel *c, unsigned long request, const void *input,
		     size_t size, const struct drm_vprot_channel_header *header, void *output,
		     size_t output_size)
{
	struct drm_vprot_channel_message *answer = output;
	int result = vt_exchange(c, request, input, size, output, output_size);
	__u8 rest = 0;

	if (result)
		vt_fatal("a message has no answer: %s", strerror(-result));
	if (!vt_is_signed(c, answer, output_size))
		vt_fatal("an answer is not signed");
	if (memcmp(&answer->header, header, offsetof(struct drm_vprot_channel_header, result)))
		vt_fatal("an answer is to another message");
	for (size_t i = sizeof(*answer); i < output_size; i++)
		rest |= ((__u8 *)output)[i];
	if (answer->header.result && rest)
		vt_fatal("an answer tells more than that there is none");
	return answer->header.result;
}

__u32 vt_send_command(const struct vt_channel *c, const void *input, size_t size)
{
	const struct drm_vprot_channel_message *message = input;
	struct drm_vprot_channel_message answer;

	return deliver(c, DRM_IOCTL_VPROT_CHANNEL_CONFIGURE, input, size, &message->header,
		       &answer, sizeof(answer));
}

__u32 vt_send_question(const struct vt_channel *c, const void *input, size_t size, void *output,
		       size_t output_size)
{
	return deliver(c, DRM_IOCTL_VPROT_CHANNEL_QUERY, input, size, input, output, output_size);
}

/* --- some of them ----------------------------------------------------------------------------- */

void vt_protect(struct vt_channel *c, __u32 flags)
{
	struct drm_vprot_configure_protection protection = { .flags = flags };

	if (VT_CONFIGURE(c, PROTECTION, &protection) != DRM_VPROT_RESULT_OK)
		vt_fatal("protection %#x cannot be demanded", flags);
}

__u32 vt_let_in(struct vt_channel *c, int pidfd, bool allow)
{
	struct drm_vprot_configure_shared_resource shared = {
		.type = DRM_VPROT_PROCESS_HANDLE,
		.process = pidfd,
		.allow = allow,
	};

	return VT_CONFIGURE(c, SHARED_RESOURCE, &shared);
}

__u32 vt_query_number(struct vt_channel *c, struct drm_vprot_guid type)
{
	struct drm_vprot_query_number_output output = { 0 };
	struct drm_vprot_channel_header input;

	vt_question(c, type, &input);
	if (vt_send_question(c, &input, sizeof(input), &output, sizeof(output)))
		vt_fatal("a question is refused");
	return output.number;
}

__u64 vt_device_handle(struct vt_channel *c)
{
	struct drm_vprot_query_device_output output = { 0 };
	struct drm_vprot_channel_header input;

	if (VT_QUERY(c, DEVICE_HANDLE, &input, &output))
		vt_fatal("the device's handle is not told");
	return output.device;
}
