// SPDX-License-Identifier: GPL-2.0
/*
 * debugfs: what sessions and channels there are, and an order to lose them all. No secret leaves
 * this way.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include <drm/drm_debugfs.h>
#include <drm/drm_file.h>
#include <drm/vprot_channel.h>

#include "vprot_channel.h"
#include "vprot_device.h"
#include "vprot_key.h"
#include "vprot_loss.h"
#include "vprot_session.h"

static void vprot_debugfs_show_session(struct seq_file *m, struct vprot_session *session)
{
	static const char * const crypto_type[] = {
		[DRM_VPROT_CRYPTO_AES128_CTR] = "AES128_CTR",
		[DRM_VPROT_CRYPTO_AES128_CBCS] = "AES128_CBCS",
	};
	static const char * const life[] = {
		[VPROT_SESSION_ALIVE] = "alive",
		[VPROT_SESSION_LOST] = "lost",
		[VPROT_SESSION_DESTROYED] = "destroyed",
		[VPROT_SESSION_CLOSED] = "closed",
	};

	/* Only told, not used: a racing Start or Finish may be seen or not. */
	spin_lock(&session->lock);
	seq_printf(m, "%7d %10u %-11s %-12s %-9s %8llu %7s %9s %9u %12llu %12llu\n",
		   session->pid, session->handle, crypto_type[session->crypto_type],
		   session->key_exchange_type == DRM_VPROT_KEY_EXCHANGE_INTERNAL ? "INTERNAL" :
										   "RSAES_OAEP",
		   life[session->life], session->key ? session->key->epoch : 0,
		   READ_ONCE(session->pending) ? "yes" : "no",
		   session->read_back_key ? "yes" : "no", session->in_flight,
		   session->decrypted, session->encrypted);
	spin_unlock(&session->lock);
}

static int vprot_sessions_show(struct seq_file *m, void *unused)
{
	struct vprot_device *vdev = m->private;
	struct vprot_session *session;

	seq_printf(m, "%7s %10s %-11s %-12s %-9s %8s %7s %9s %9s %12s %12s\n", "pid", "handle",
		   "crypto", "key-exchange", "state", "epoch", "pending", "read-back", "in-flight",
		   "decrypted", "encrypted");

	mutex_lock(&vdev->sessions_lock);
	list_for_each_entry(session, &vdev->sessions, device_link)
		vprot_debugfs_show_session(m, session);
	mutex_unlock(&vdev->sessions_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vprot_sessions);

static void vprot_debugfs_show_channel(struct seq_file *m, struct vprot_channel *channel)
{
	static const char * const life[] = {
		[VPROT_CHANNEL_KEYLESS] = "keyless",
		[VPROT_CHANNEL_KEYED] = "keyed",
		[VPROT_CHANNEL_INITIALIZED] = "initialized",
		[VPROT_CHANNEL_LOST] = "lost",
		[VPROT_CHANNEL_DESTROYED] = "destroyed",
	};

	mutex_lock(&channel->lock);
	seq_printf(m, "%7d %10u %-8s %-11s %10s %10s\n", channel->pid, channel->handle,
		   channel->type == DRM_VPROT_CHANNEL_SOFTWARE ? "SOFTWARE" : "HARDWARE",
		   life[channel->life],
		   channel->protection & DRM_VPROT_PROTECTION_ENABLED ? "yes" : "no",
		   channel->protection & DRM_VPROT_PROTECTION_OVERLAY_OR_FULLSCREEN ? "yes" :
										      "no");
	mutex_unlock(&channel->lock);
}

static int vprot_channels_show(struct seq_file *m, void *unused)
{
	struct vprot_device *vdev = m->private;
	struct vprot_channel *channel;

	seq_printf(m, "%7s %10s %-8s %-11s %10s %10s\n", "pid", "handle", "type", "state",
		   "protection", "fullscreen");

	mutex_lock(&vdev->sessions_lock);
	list_for_each_entry(channel, &vdev->channels, device_link)
		vprot_debugfs_show_channel(m, channel);
	mutex_unlock(&vdev->sessions_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vprot_channels);

static ssize_t vprot_teardown_write(struct file *file, const char __user *buf, size_t size,
				    loff_t *offset)
{
	vprot_loss(file->private_data);
	return size;
}

static const struct file_operations vprot_teardown_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = vprot_teardown_write,
};

/**
 * vprot_debugfs_init() - make the debugfs files
 * @minor: the minor in whose folder they go
 */
void vprot_debugfs_init(struct drm_minor *minor)
{
	debugfs_create_file("vprot_sessions", 0400, minor->debugfs_root,
			    to_vprot_device(minor->dev), &vprot_sessions_fops);
	debugfs_create_file("vprot_channels", 0400, minor->debugfs_root,
			    to_vprot_device(minor->dev), &vprot_channels_fops);
	debugfs_create_file("vprot_teardown", 0200, minor->debugfs_root,
			    to_vprot_device(minor->dev), &vprot_teardown_fops);
}
