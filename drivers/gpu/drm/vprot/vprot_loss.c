// SPDX-License-Identifier: GPL-2.0
/*
 * Loss: keys and contents are taken from all sessions and channels of a device, and their files are
 * told.
 */
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/vprot_drm.h>

#include "vprot_channel.h"
#include "vprot_device.h"
#include "vprot_loss.h"
#include "vprot_session.h"
#include "vprot_trace.h"

/* An event that waits in a file for the next loss. */
struct vprot_loss_event {
	struct drm_pending_event base;
	struct drm_vprot_event_loss event;
	struct list_head link;
};

/**
 * vprot_loss_reserve_event() - see to it that a file can be told of the next loss
 * @vdev: the device
 * @file: the file, which is about to have a session or a channel
 *
 * Reserved with each that has none to share, not once at open: a file may live through
 * many losses.
 *
 * Return: 0 or -ENOMEM.
 */
int vprot_loss_reserve_event(struct vprot_device *vdev, struct drm_file *file)
{
	struct vprot_file *vfile = file->driver_priv;
	struct vprot_loss_event *event;

	lockdep_assert_held(&vdev->sessions_lock);

	if (vfile->loss_event)
		return 0;

	event = kzalloc(sizeof(*event), GFP_KERNEL_ACCOUNT);
	if (!event)
		return -ENOMEM;

	event->event.base.type = DRM_VPROT_EVENT_LOSS;
	event->event.base.length = sizeof(event->event);
	/* Full of events that nobody reads, the file has been told of a loss. */
	if (drm_event_reserve_init(&vdev->drm, file, &event->base, &event->event.base))
		kfree(event);
	else
		vfile->loss_event = event;
	return 0;
}

/**
 * vprot_loss_cancel_event() - free the event of a file that is closed
 * @vdev: the device
 * @vfile: the file
 */
void vprot_loss_cancel_event(struct vprot_device *vdev, struct vprot_file *vfile)
{
	struct vprot_loss_event *event = NULL;

	mutex_lock(&vdev->sessions_lock);
	swap(event, vfile->loss_event);
	mutex_unlock(&vdev->sessions_lock);

	if (event)
		drm_event_cancel_free(&vdev->drm, &event->base);
}

static void vprot_loss_take_event(struct vprot_file *vfile, struct list_head *events)
{
	struct vprot_loss_event *event = vfile->loss_event;

	if (event) {
		vfile->loss_event = NULL;
		list_add_tail(&event->link, events);
	}
}

/* Take the events of all files that have a session or a channel, which is about to be lost. */
static void vprot_loss_take_events(struct vprot_device *vdev, struct list_head *events)
{
	struct vprot_session *session;
	struct vprot_channel *channel;

	lockdep_assert_held(&vdev->sessions_lock);

	list_for_each_entry(session, &vdev->sessions, device_link)
		vprot_loss_take_event(session->vfile, events);
	list_for_each_entry(channel, &vdev->channels, device_link)
		vprot_loss_take_event(channel->vfile, events);
}

/* Send them; those whose file was closed meanwhile are freed by this. */
static void vprot_loss_send_events(struct vprot_device *vdev, struct list_head *events,
				   u64 generation)
{
	struct vprot_loss_event *event, *next;

	list_for_each_entry_safe(event, next, events, link) {
		event->event.generation = generation;
		drm_send_event(&vdev->drm, &event->base);
	}
}

/*
 * The next session that was there before a loss, with a reference, which keeps it in the list.
 * Drops that of the last one.
 */
static struct vprot_session *vprot_loss_next(struct vprot_device *vdev, struct vprot_session *last,
					     u64 generation)
{
	struct vprot_session *session, *next = NULL;

	mutex_lock(&vdev->sessions_lock);
	session = list_prepare_entry(last, &vdev->sessions, device_link);
	list_for_each_entry_continue(session, &vdev->sessions, device_link) {
		/* They lie in the list by age. */
		if (session->loss_generation >= generation)
			break;
		/* One that is being freed has nothing left to lose. */
		if (kref_get_unless_zero(&session->ref)) {
			next = session;
			break;
		}
	}
	mutex_unlock(&vdev->sessions_lock);

	if (last)
		vprot_session_put(last);
	return next;
}

/**
 * vprot_loss() - take keys and contents from all sessions and channels of a device
 * @vdev: the device
 *
 * Jobs that run stop at their next chunk, those that are queued are given up. Returns when no key
 * and no content is left in memory. Those that are created meanwhile are spared.
 */
void vprot_loss(struct vprot_device *vdev)
{
	struct vprot_session *session;
	LIST_HEAD(events);
	u64 generation;

	mutex_lock(&vdev->sessions_lock);
	generation = ++vdev->loss_generation;
	vprot_loss_take_events(vdev, &events);
	vprot_channel_lose_all(vdev);
	mutex_unlock(&vdev->sessions_lock);

	/* All are stopped before one is waited for, so that all stop at once. */
	for (session = vprot_loss_next(vdev, NULL, generation); session;
	     session = vprot_loss_next(vdev, session, generation))
		vprot_session_stop(session, VPROT_SESSION_LOST);

	for (session = vprot_loss_next(vdev, NULL, generation); session;
	     session = vprot_loss_next(vdev, session, generation)) {
		vprot_session_end(session);
		trace_vprot_session_lose(session);
	}

	vprot_loss_send_events(vdev, &events, generation);
}
