// SPDX-License-Identifier: MIT
/*
 * Authenticated channels.
 */
#include <errno.h>
#include <stdlib.h>

#include <vprot_channel.h>

#include "vprot_priv.h"

int vprot_channel_create(struct vprot_device *dev, uint32_t type, uint64_t name,
			 struct vprot_channel **out)
{
	struct drm_vprot_channel_create args = { .type = type, .name = name };
	struct vprot_channel *channel;
	int ret;

	channel = calloc(1, sizeof(*channel));
	if (!channel)
		return -ENOMEM;

	ret = vprot_ioctl(dev, DRM_IOCTL_VPROT_CHANNEL_CREATE, &args);
	if (ret) {
		free(channel);
		return ret;
	}

	atomic_init(&channel->ref, 1);
	channel->dev = vprot_device_ref(dev);
	channel->handle = args.handle;
	*out = channel;
	return 0;
}

struct vprot_channel *vprot_channel_ref(struct vprot_channel *channel)
{
	atomic_fetch_add(&channel->ref, 1);
	return channel;
}

void vprot_channel_unref(struct vprot_channel *channel)
{
	struct drm_vprot_channel_destroy args = { 0 };

	if (!channel || atomic_fetch_sub(&channel->ref, 1) != 1)
		return;

	args.handle = channel->handle;
	vprot_ioctl(channel->dev, DRM_IOCTL_VPROT_CHANNEL_DESTROY, &args);
	vprot_device_unref(channel->dev);
	free(channel);
}

uint32_t vprot_channel_handle(const struct vprot_channel *channel)
{
	return channel->handle;
}

struct vprot_device *vprot_channel_device(const struct vprot_channel *channel)
{
	return channel->dev;
}

int vprot_channel_key_exchange(struct vprot_channel *channel, const void *data, size_t size)
{
	struct drm_vprot_channel_key_exchange args = {
		.handle = channel->handle,
		.size = size,
		.data = vprot_ptr(data),
	};

	/* A size that does not fit into the interface does not fit its rule either. */
	if (size != args.size)
		return -EINVAL;
	return vprot_ioctl(channel->dev, DRM_IOCTL_VPROT_CHANNEL_KEY_EXCHANGE, &args);
}

static int exchange(struct vprot_channel *channel, unsigned long request, const void *input,
		    size_t input_size, void *output, size_t output_size)
{
	struct drm_vprot_channel_exchange args = {
		.handle = channel->handle,
		.input = vprot_ptr(input),
		.output = vprot_ptr(output),
		.input_size = input_size,
		.output_size = output_size,
	};

	if (input_size != args.input_size || output_size != args.output_size)
		return -EINVAL;
	return vprot_ioctl(channel->dev, request, &args);
}

int vprot_channel_query(struct vprot_channel *channel, const void *input, size_t input_size,
			void *output, size_t output_size)
{
	return exchange(channel, DRM_IOCTL_VPROT_CHANNEL_QUERY, input, input_size, output,
			output_size);
}

int vprot_channel_configure(struct vprot_channel *channel, const void *input, size_t input_size,
			    struct drm_vprot_channel_message *output)
{
	return exchange(channel, DRM_IOCTL_VPROT_CHANNEL_CONFIGURE, input, input_size, output,
			sizeof(*output));
}
