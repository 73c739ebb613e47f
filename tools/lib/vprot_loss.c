// SPDX-License-Identifier: MIT
/*
 * Loss: the events of a device's file, turned into one call.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "vprot_priv.h"

/* The kernel keeps no more for a file. */
#define EVENT_SPACE	4096

/*
 * Held from poll to read: who finds an event gone would wait for the next one. One for all devices,
 * as several can stand for the same open file.
 */
static pthread_mutex_t read_lock = PTHREAD_MUTEX_INITIALIZER;

/* Bytes of events, 0 when there are none, or a negative errno. */
static ssize_t read_events(int fd, void *events)
{
	struct pollfd file = { .fd = fd, .events = POLLIN };
	ssize_t size;
	int error;

	pthread_mutex_lock(&read_lock);
	do {
		size = poll(&file, 1, 0);
		if (size > 0)
			size = read(fd, events, EVENT_SPACE);
		error = size < 0 ? errno : 0;
	} while (error == EINTR);
	pthread_mutex_unlock(&read_lock);

	return error == EAGAIN ? 0 : error ? -error : size;
}

/* The highest generation among the losses, or 0 when there are none. */
static uint64_t last_loss(const uint8_t *events, size_t size)
{
	struct drm_vprot_event_loss event;
	uint64_t generation = 0;
	size_t at;

	for (at = 0; at + sizeof(event.base) <= size; at += event.base.length) {
		memcpy(&event.base, events + at, sizeof(event.base));
		/* Nothing is skipped by an event that is shorter than this. */
		if (event.base.length < sizeof(event.base))
			break;
		if (event.base.type != DRM_VPROT_EVENT_LOSS || at + sizeof(event) > size)
			continue;
		memcpy(&event, events + at, sizeof(event));
		if (event.generation > generation)
			generation = event.generation;
	}
	return generation;
}

int vprot_device_dispatch(struct vprot_device *dev, void (*lost)(uint64_t generation, void *data),
			  void *data)
{
	uint8_t events[EVENT_SPACE] = { 0 };
	uint64_t generation;
	ssize_t size;

	size = read_events(dev->fd, events);
	if (size < 0)
		return size;

	generation = last_loss(events, size);
	if (generation)
		lost(generation, data);
	return 0;
}
