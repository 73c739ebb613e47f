// SPDX-License-Identifier: MIT
/*
 * Devices.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xf86drm.h>

#include "vprot_priv.h"

#define DRIVER_NAME	"vprot"
#define MAX_DEVICES	64

int vprot_ioctl(const struct vprot_device *dev, unsigned long request, void *args)
{
	return drmIoctl(dev->fd, request, args) ? -errno : 0;
}

void vprot_give(void *to, size_t to_size, const void *from, size_t from_size)
{
	memset(to, 0, to_size);
	memcpy(to, from, to_size < from_size ? to_size : from_size);
}

static bool is_vprot(int fd)
{
	drmVersionPtr version = drmGetVersion(fd);
	bool found = version && !strcmp(version->name, DRIVER_NAME);

	drmFreeVersion(version);
	return found;
}

/* The device takes the file over, also when it cannot be made. */
static int device_new(int fd, struct vprot_device **out)
{
	struct vprot_device *dev;

	dev = calloc(1, sizeof(*dev));
	if (!dev) {
		close(fd);
		return -ENOMEM;
	}

	atomic_init(&dev->ref, 1);
	dev->fd = fd;
	pthread_mutex_init(&dev->lock, NULL);
	*out = dev;
	return 0;
}

/* Open a node if its driver is vprot: the file, -ENODEV, or why it cannot be opened. */
static int open_node(const char *node)
{
	/* Without blocking: whoever shares the file may read an event first. */
	int fd = open(node, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (is_vprot(fd))
		return fd;
	close(fd);
	return -ENODEV;
}

/* Whether the node that cannot be opened is one of ours, as sysfs has it. */
static bool is_vprot_device(const drmDevice *device)
{
	return device->bustype == DRM_BUS_PLATFORM &&
	       strstr(device->businfo.platform->fullname, DRIVER_NAME);
}

int vprot_device_open(struct vprot_device **dev)
{
	drmDevicePtr devices[MAX_DEVICES];
	int count, i, fd = -ENODEV;

	count = drmGetDevices2(0, devices, MAX_DEVICES);
	if (count < 0)
		return -ENODEV;

	for (i = 0; i < count && fd < 0; i++) {
		int node;

		if (!(devices[i]->available_nodes & (1 << DRM_NODE_RENDER)))
			continue;
		node = open_node(devices[i]->nodes[DRM_NODE_RENDER]);
		if (node >= 0 || (node != -ENODEV && is_vprot_device(devices[i])))
			fd = node;
	}
	drmFreeDevices(devices, count);

	return fd < 0 ? fd : device_new(fd, dev);
}

int vprot_device_open_fd(int fd, struct vprot_device **dev)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0)
		return -errno;
	if (!is_vprot(copy)) {
		close(copy);
		return -ENODEV;
	}
	return device_new(copy, dev);
}

struct vprot_device *vprot_device_ref(struct vprot_device *dev)
{
	atomic_fetch_add(&dev->ref, 1);
	return dev;
}

void vprot_device_unref(struct vprot_device *dev)
{
	if (!dev || atomic_fetch_sub(&dev->ref, 1) != 1)
		return;

	pthread_mutex_destroy(&dev->lock);
	close(dev->fd);
	free(dev);
}

int vprot_device_fd(const struct vprot_device *dev)
{
	return dev->fd;
}

int vprot_device_get_caps(struct vprot_device *dev, uint32_t crypto_type,
			  struct drm_vprot_get_caps *caps, size_t size)
{
	struct drm_vprot_get_caps args = { .crypto_type = crypto_type };
	int ret;

	ret = vprot_ioctl(dev, DRM_IOCTL_VPROT_GET_CAPS, &args);
	if (!ret)
		vprot_give(caps, size, &args, sizeof(args));
	return ret;
}

int vprot_device_get_certificate(struct vprot_device *dev, uint8_t **chain, size_t *size)
{
	struct drm_vprot_get_certificate args = { 0 };
	uint8_t *data;
	int ret;

	ret = vprot_ioctl(dev, DRM_IOCTL_VPROT_GET_CERTIFICATE, &args);
	if (ret)
		return ret;

	data = calloc(1, args.size);
	if (!data)
		return -ENOMEM;

	args.data = vprot_ptr(data);
	ret = vprot_ioctl(dev, DRM_IOCTL_VPROT_GET_CERTIFICATE, &args);
	if (ret) {
		free(data);
		return ret;
	}

	*chain = data;
	*size = args.size;
	return 0;
}
