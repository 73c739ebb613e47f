// SPDX-License-Identifier: GPL-2.0
/*
 * Sessions: handle, lifetime and status.
 */
#include <linux/cred.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>

#include "vprot_caps.h"
#include "vprot_device.h"
#include "vprot_gem.h"
#include "vprot_key.h"
#include "vprot_loss.h"
#include "vprot_queue.h"
#include "vprot_session.h"
#include "vprot_trace.h"

/* Make room for one more session in the limits, or say that there is none. */
static int vprot_session_reserve(struct vprot_file *vfile)
{
	if (atomic_inc_return(&vfile->num_sessions) <= vprot_max_file_sessions())
		return 0;

	atomic_dec(&vfile->num_sessions);
	return -EMFILE;
}

static int vprot_session_add(struct vprot_session *session, struct drm_file *file)
{
	struct vprot_device *vdev = session->vdev;
	int ret;

	mutex_lock(&vdev->sessions_lock);
	if (vdev->unbound) {
		ret = -ENODEV;
	} else if (vdev->num_sessions >= vprot_max_sessions()) {
		ret = -EMFILE;
	} else {
		ret = vprot_loss_reserve_event(vdev, file);
		if (!ret) {
			session->loss_generation = vdev->loss_generation;
			list_add_tail(&session->device_link, &vdev->sessions);
			vdev->num_sessions++;
		}
	}
	mutex_unlock(&vdev->sessions_lock);
	return ret;
}

static void vprot_session_release(struct kref *ref)
{
	struct vprot_session *session = container_of(ref, struct vprot_session, ref);
	struct vprot_device *vdev = session->vdev;

	if (!list_empty(&session->device_link)) {
		mutex_lock(&vdev->sessions_lock);
		list_del(&session->device_link);
		vdev->num_sessions--;
		mutex_unlock(&vdev->sessions_lock);
	}

	/* Alive only if it never got a handle. */
	vprot_key_put(session->key);
	mutex_destroy(&session->key_mutex);
	vprot_file_put(session->vfile);
	kfree_rcu(session, rcu);
}

/**
 * vprot_session_put() - drop a reference
 * @session: the session
 *
 * Not under a spinlock.
 */
void vprot_session_put(struct vprot_session *session)
{
	kref_put(&session->ref, vprot_session_release);
}

/**
 * vprot_session_lookup() - find a session by its handle
 * @file: the file whose handle it is
 * @handle: the handle
 *
 * Return: the session with a reference for the caller, or NULL.
 */
struct vprot_session *vprot_session_lookup(struct drm_file *file, u32 handle)
{
	struct vprot_file *vfile = file->driver_priv;
	struct vprot_session *session;

	/* No lock at which the threads of a player would meet. */
	rcu_read_lock();
	session = xa_load(&vfile->sessions, handle);
	if (session && !kref_get_unless_zero(&session->ref))
		session = NULL;
	rcu_read_unlock();
	return session;
}

/* Find a session by its name. It stays as long as the lock is held. */
static struct vprot_session *vprot_session_find(struct vprot_file *vfile, u64 name)
{
	struct vprot_session *session;
	unsigned long handle;

	lockdep_assert_held(&vfile->sessions.xa_lock);

	xa_for_each(&vfile->sessions, handle, session)
		if (session->name == name)
			return session;
	return NULL;
}

/**
 * vprot_session_is_named() - whether a file has a session of a name
 * @vfile: the file
 * @name: the name
 *
 * Return: true if it has.
 */
bool vprot_session_is_named(struct vprot_file *vfile, u64 name)
{
	bool found;

	xa_lock(&vfile->sessions);
	found = vprot_session_find(vfile, name);
	xa_unlock(&vfile->sessions);
	return found;
}

/**
 * vprot_session_set_decoder() - let a decoder work with a session, and with no other
 * @vfile: the file whose session it is
 * @name: name of the session; one that is not there any more is not missed
 * @decoder: handle of the decoder
 */
void vprot_session_set_decoder(struct vprot_file *vfile, u64 name, u64 decoder)
{
	struct vprot_session *session;
	unsigned long handle;

	xa_lock(&vfile->sessions);
	xa_for_each(&vfile->sessions, handle, session)
		if (session->decoder == decoder)
			session->decoder = 0;
	session = vprot_session_find(vfile, name);
	if (session)
		session->decoder = decoder;
	xa_unlock(&vfile->sessions);
}

/**
 * vprot_session_of_decoder() - find the session that a decoder works with
 * @vfile: the file whose session it is
 * @decoder: handle of the decoder
 * @name: gets the name of the session
 *
 * Return: false if there is none.
 */
bool vprot_session_of_decoder(struct vprot_file *vfile, u64 decoder, u64 *name)
{
	struct vprot_session *session;
	unsigned long handle;
	bool found = false;

	xa_lock(&vfile->sessions);
	xa_for_each(&vfile->sessions, handle, session) {
		if (session->decoder == decoder) {
			*name = session->name;
			found = true;
			break;
		}
	}
	xa_unlock(&vfile->sessions);
	return found;
}

/**
 * vprot_session_alive() - whether a session can still be used
 * @session: the session
 *
 * Return: 0, -EKEYREVOKED after loss, -ENOENT after destruction.
 */
int vprot_session_alive(struct vprot_session *session)
{
	switch (READ_ONCE(session->life)) {
	case VPROT_SESSION_ALIVE:
		return 0;
	case VPROT_SESSION_LOST:
		return -EKEYREVOKED;
	default:
		return -ENOENT;
	}
}

static bool vprot_session_idle(struct vprot_session *session)
{
	bool idle;

	spin_lock(&session->lock);
	idle = !session->in_flight;
	spin_unlock(&session->lock);
	return idle;
}

/**
 * vprot_session_stopped() - whether the jobs of a session are to be given up
 * @session: the session
 *
 * Destruction lets what was accepted finish.
 *
 * Return: 0, -EKEYREVOKED after loss, -ECANCELED when its file was closed.
 */
int vprot_session_stopped(struct vprot_session *session)
{
	switch (READ_ONCE(session->life)) {
	case VPROT_SESSION_LOST:
		return -EKEYREVOKED;
	case VPROT_SESSION_CLOSED:
		return -ECANCELED;
	default:
		return 0;
	}
}

/**
 * vprot_session_stop() - refuse new work, and give up what is queued if it is not to finish
 * @session: the session
 * @life: where its life goes on
 *
 * Does not wait for blits that run. vprot_session_end() has to follow. Sleeps.
 */
void vprot_session_stop(struct vprot_session *session, enum vprot_session_life life)
{
	int err;

	spin_lock(&session->lock);
	if (session->life < life)
		session->life = life;
	spin_unlock(&session->lock);

	err = vprot_session_stopped(session);
	if (err)
		vprot_queue_cancel(session, err);
}

/**
 * vprot_session_end() - take keys and contents from a session that was stopped
 * @session: the session
 *
 * Returns when that is done, whoever has begun it. Waits for the blits in flight.
 */
void vprot_session_end(struct vprot_session *session)
{
	struct vprot_key *key, *read_back_key, *content_key, *pending;

	/* Blits are bounded in size and in what they wait for; idle, as this may take its time. */
	wait_event_idle(session->idle, vprot_session_idle(session));

	mutex_lock(&session->key_mutex);
	spin_lock(&session->lock);
	key = session->key;
	read_back_key = session->read_back_key;
	content_key = session->content.key;
	session->key = NULL;
	session->read_back_key = NULL;
	session->content.key = NULL;
	spin_unlock(&session->lock);
	pending = session->pending;
	session->pending = NULL;

	vprot_gem_wipe_bound(session);
	mutex_unlock(&session->key_mutex);

	vprot_key_put(pending);
	vprot_key_put(content_key);
	vprot_key_put(read_back_key);
	vprot_key_put(key);
}

/* End a session whose handle is gone, and drop the handle's reference. */
static void vprot_session_destroy(struct vprot_session *session)
{
	vprot_session_end(session);
	trace_vprot_session_destroy(session);
	atomic_dec(&session->vfile->num_sessions);
	vprot_session_put(session);
}

/**
 * vprot_session_close_all() - destroy the sessions of a file that is closed
 * @vfile: the file
 */
void vprot_session_close_all(struct vprot_file *vfile)
{
	struct vprot_session *session;
	unsigned long handle;

	/* All before one is waited for, so that all stop at once. */
	xa_for_each(&vfile->sessions, handle, session)
		vprot_session_stop(session, VPROT_SESSION_CLOSED);

	xa_for_each(&vfile->sessions, handle, session) {
		xa_erase(&vfile->sessions, handle);
		vprot_session_destroy(session);
	}
}

static struct vprot_session *vprot_session_alloc(struct vprot_device *vdev,
						 struct vprot_file *vfile,
						 const struct drm_vprot_session_create *args)
{
	struct vprot_session *session;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		return NULL;

	kref_init(&session->ref);
	INIT_LIST_HEAD(&session->device_link);
	INIT_LIST_HEAD(&session->buffers);
	INIT_LIST_HEAD(&session->queued);
	mutex_init(&session->key_mutex);
	spin_lock_init(&session->lock);
	init_waitqueue_head(&session->idle);
	session->vdev = vdev;
	kref_get(&vfile->ref);
	session->vfile = vfile;
	session->pid = task_tgid_nr(current);
	session->crypto_type = args->crypto_type;
	session->pool = args->crypto_type == DRM_VPROT_CRYPTO_AES128_CBCS ? &vdev->cbc : &vdev->ctr;
	session->key_exchange_type = args->key_exchange_type;
	session->flags = args->flags;
	session->name = args->name;
	/* Random, so that no two sessions share a key stream; not so big that it could wrap. */
	session->read_back_iv = get_random_u32();
	return session;
}

static int vprot_session_generate_key(struct vprot_session *session)
{
	u8 raw[DRM_VPROT_KEY_SIZE];
	int ret;

	ret = wait_for_random_bytes();
	if (ret)
		return ret;

	get_random_bytes(raw, sizeof(raw));
	ret = vprot_session_set_key(session, raw);
	memzero_explicit(raw, sizeof(raw));
	return ret;
}

int vprot_session_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_device *vdev = to_vprot_device(drm);
	struct vprot_file *vfile = file->driver_priv;
	struct drm_vprot_session_create *args = data;
	struct vprot_session *session;
	int crypto, exchange, ret;

	crypto = vprot_crypto_type_check(args->crypto_type);
	exchange = vprot_key_exchange_type_check(vdev, args->key_exchange_type);
	if (crypto == -EINVAL || exchange == -EINVAL ||
	    args->flags & ~DRM_VPROT_SESSION_STRICT_IV)
		return -EINVAL;
	/* There is no counter that could be used twice. */
	if (args->crypto_type == DRM_VPROT_CRYPTO_AES128_CBCS && args->flags)
		return -EINVAL;

	ret = crypto ?: exchange ?: vprot_session_reserve(vfile);
	if (ret)
		return ret;

	session = vprot_session_alloc(vdev, vfile, args);
	if (!session) {
		ret = -ENOMEM;
		goto err_unreserve;
	}

	if (session->key_exchange_type == DRM_VPROT_KEY_EXCHANGE_INTERNAL) {
		ret = vprot_session_generate_key(session);
		if (ret)
			goto err_put;
	}

	ret = vprot_session_add(session, file);
	if (ret)
		goto err_put;

	/* From here on others can find the session, and destroy it: no access after this. */
	xa_lock(&vfile->sessions);
	ret = __xa_alloc_cyclic(&vfile->sessions, &session->handle, session,
				XA_LIMIT(1, U32_MAX), &vfile->next_session, GFP_KERNEL);
	if (ret >= 0) {
		args->handle = session->handle;
		if (!session->name)
			session->name = session->handle;
		trace_vprot_session_create(session);
	}
	xa_unlock(&vfile->sessions);
	if (ret < 0)
		goto err_put;
	return 0;

err_put:
	vprot_session_put(session);
err_unreserve:
	atomic_dec(&vfile->num_sessions);
	return ret;
}

int vprot_session_destroy_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_file *vfile = file->driver_priv;
	struct drm_vprot_session_destroy *args = data;
	struct vprot_session *session;

	if (args->pad)
		return -EINVAL;

	session = xa_erase(&vfile->sessions, args->handle);
	if (!session)
		return -ENOENT;

	vprot_session_stop(session, VPROT_SESSION_DESTROYED);
	/* What is queued may have to wait, but not for a process that is killed. */
	if (wait_event_killable(session->idle, vprot_session_idle(session)))
		vprot_session_stop(session, VPROT_SESSION_CLOSED);
	vprot_session_destroy(session);
	return 0;
}

int vprot_session_status_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vprot_session_status *args = data;
	struct vprot_session *session;
	bool destroyed;

	if (args->pad)
		return -EINVAL;

	session = vprot_session_lookup(file, args->handle);
	if (!session)
		return -ENOENT;

	mutex_lock(&session->key_mutex);
	spin_lock(&session->lock);
	destroyed = vprot_session_alive(session) == -ENOENT;
	args->state = session->life == VPROT_SESSION_ALIVE ? DRM_VPROT_SESSION_OK :
							     DRM_VPROT_SESSION_KEY_AND_CONTENT_LOST;
	args->flags = (session->pending ? DRM_VPROT_STATUS_REFRESH_PENDING : 0) |
		      (session->read_back_key ? DRM_VPROT_STATUS_READ_BACK_KEY : 0);
	args->epoch = session->key ? session->key->epoch : 0;
	args->decrypted = session->decrypted;
	args->encrypted = session->encrypted;
	spin_unlock(&session->lock);
	mutex_unlock(&session->key_mutex);

	vprot_session_put(session);
	return destroyed ? -ENOENT : 0;
}
