// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers: clear, restricted and protected.
 */
#include <linux/highmem.h>
#include <linux/log2.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include <drm/drm_gem.h>
#include <drm/drm_vma_manager.h>
#include <drm/vprot_drm.h>

#include "vprot_device.h"
#include "vprot_gem.h"
#include "vprot_prime.h"
#include "vprot_restricted.h"
#include "vprot_session.h"

/*
 * Clear buffers
 */

/**
 * vprot_clear_free() - free a clear buffer
 * @obj: the buffer, which nobody has any more
 */
void vprot_clear_free(struct drm_gem_object *obj)
{
	struct vprot_clear *clear = to_vprot_clear(obj);

	vprot_order_release(&clear->order);
	if (clear->pages)
		drm_gem_shmem_unpin(&clear->base);
	drm_gem_shmem_free(&clear->base);
}

static const struct drm_gem_object_funcs vprot_clear_funcs = {
	.free = vprot_clear_free,
	.print_info = drm_gem_shmem_object_print_info,
	.pin = drm_gem_shmem_object_pin,
	.unpin = drm_gem_shmem_object_unpin,
	.get_sg_table = drm_gem_shmem_object_get_sg_table,
	.vmap = drm_gem_shmem_object_vmap,
	.vunmap = drm_gem_shmem_object_vunmap,
	.mmap = drm_gem_shmem_object_mmap,
	.vm_ops = &drm_gem_shmem_vm_ops,
};

/**
 * vprot_gem_create_object() - allocate the object of a clear buffer for the shmem helper
 * @drm: the device
 * @size: bytes
 *
 * Return: the object or an ERR_PTR.
 */
struct drm_gem_object *vprot_gem_create_object(struct drm_device *drm, size_t size)
{
	struct vprot_clear *clear;

	clear = kzalloc(sizeof(*clear), GFP_KERNEL_ACCOUNT);
	if (!clear)
		return ERR_PTR(-ENOMEM);

	clear->base.base.funcs = &vprot_clear_funcs;
	return &clear->base.base;
}

/* Pin the pages for good. Dumb buffers come here at their first blit, others when created. */
static int vprot_clear_pin(struct vprot_clear *clear)
{
	int ret;

	/* Pairs with the cmpxchg() below: the array is read through this pointer. */
	if (smp_load_acquire(&clear->pages))
		return 0;

	ret = drm_gem_shmem_pin(&clear->base);
	if (ret)
		return ret;

	/* Somebody else may have done it meanwhile; one pin is enough. */
	if (cmpxchg(&clear->pages, NULL, clear->base.pages))
		drm_gem_shmem_unpin(&clear->base);
	return 0;
}

/*
 * Protected buffers
 */

static struct vprot_protected *to_vprot_protected(struct drm_gem_object *obj)
{
	return container_of(obj, struct vprot_protected, base);
}

static void vprot_protected_wipe(struct vprot_protected *prot)
{
	size_t i;

	for (i = 0; i < prot->base.size >> PAGE_SHIFT; i++) {
		clear_highpage(prot->pages[i]);
		cond_resched();
	}
}

static void vprot_protected_free_pages(struct page **pages, size_t count)
{
	while (count--)
		__free_page(pages[count]);
	kvfree(pages);
}

static void vprot_protected_free(struct drm_gem_object *obj)
{
	struct vprot_protected *prot = to_vprot_protected(obj);
	struct vprot_file *vfile = prot->restriction.vfile;
	struct vprot_session *session = prot->session;

	if (session) {
		vprot_protected_wipe(prot);

		/* The end of the session waits for this. */
		spin_lock(&session->lock);
		list_del_init(&prot->bound_link);
		wake_up(&session->idle);
		spin_unlock(&session->lock);
		vprot_session_put(session);
	}

	vprot_order_release(&prot->order);
	vprot_protected_free_pages(prot->pages, obj->size >> PAGE_SHIFT);
	atomic64_sub(obj->size, &vfile->protected_size);
	atomic64_sub(obj->size, &to_vprot_device(obj->dev)->protected_size);
	vprot_restriction_end(&prot->restriction);
	drm_gem_object_release(obj);
	kfree(prot);
}

/* No CPU gets at the pages, and no other device: every way to them ends here, or is opaque. */
static int vprot_protected_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	return -EACCES;
}

static int vprot_protected_open(struct drm_gem_object *obj, struct drm_file *file)
{
	return vprot_restriction_open(&to_vprot_protected(obj)->restriction, file);
}

static const struct drm_gem_object_funcs vprot_protected_funcs = {
	.free = vprot_protected_free,
	.open = vprot_protected_open,
	.export = vprot_prime_export,
	.pin = vprot_prime_pin,
	.get_sg_table = vprot_prime_get_sg_table,
	.mmap = vprot_protected_mmap,
};

static struct page **vprot_protected_alloc_pages(size_t count)
{
	struct page **pages;
	size_t i;

	pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL_ACCOUNT);
	if (!pages)
		return ERR_PTR(-ENOMEM);

	for (i = 0; i < count; i++) {
		if (!fatal_signal_pending(current))
			pages[i] = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_HIGHMEM | __GFP_ZERO |
					      __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
		else
			pages[i] = NULL;
		if (!pages[i]) {
			vprot_protected_free_pages(pages, i);
			return ERR_PTR(-ENOMEM);
		}
		cond_resched();
	}
	return pages;
}

/* Add to an amount that must not go over a limit. */
static int vprot_protected_charge(atomic64_t *amount, u64 size, u64 limit)
{
	if (atomic64_add_return(size, amount) <= limit)
		return 0;

	atomic64_sub(size, amount);
	return -ENOSPC;
}

static struct drm_gem_object *vprot_protected_create(struct vprot_device *vdev,
						     struct vprot_file *vfile, size_t size,
						     u32 flags)
{
	struct vprot_protected *prot;
	int ret;

	ret = vprot_protected_charge(&vfile->protected_size, size, vprot_max_file_protected());
	if (ret)
		return ERR_PTR(ret);

	ret = vprot_protected_charge(&vdev->protected_size, size, vprot_max_protected());
	if (ret)
		goto err_uncharge_file;

	ret = -ENOMEM;
	prot = kzalloc(sizeof(*prot), GFP_KERNEL_ACCOUNT);
	if (!prot)
		goto err_uncharge_device;

	prot->pages = vprot_protected_alloc_pages(size >> PAGE_SHIFT);
	if (IS_ERR(prot->pages)) {
		ret = PTR_ERR(prot->pages);
		goto err_free;
	}

	INIT_LIST_HEAD(&prot->bound_link);
	prot->base.funcs = &vprot_protected_funcs;
	drm_gem_private_object_init(&vdev->drm, &prot->base, size);
	vprot_restriction_begin(&prot->restriction, &prot->base, vfile, flags);
	return &prot->base;

err_free:
	kfree(prot);
err_uncharge_device:
	atomic64_sub(size, &vdev->protected_size);
err_uncharge_file:
	atomic64_sub(size, &vfile->protected_size);
	return ERR_PTR(ret);
}

/**
 * vprot_gem_is_protected() - whether a buffer is a protected one
 * @obj: a buffer of this driver
 *
 * Return: true for a protected buffer, false for a clear or imported one.
 */
bool vprot_gem_is_protected(const struct drm_gem_object *obj)
{
	return obj->funcs == &vprot_protected_funcs;
}

/**
 * vprot_gem_pages() - the pages of a buffer that is not imported
 * @obj: the buffer
 *
 * Return: the pages, valid as long as the buffer; or an ERR_PTR. Sleeps.
 */
struct page **vprot_gem_pages(struct drm_gem_object *obj)
{
	int ret;

	if (vprot_gem_is_protected(obj))
		return to_vprot_protected(obj)->pages;

	ret = vprot_clear_pin(to_vprot_clear(obj));
	return ret ? ERR_PTR(ret) : to_vprot_clear(obj)->pages;
}

/**
 * vprot_gem_session() - the session that a protected buffer is bound to
 * @obj: the buffer
 *
 * Return: the session, only to be compared, or NULL.
 */
struct vprot_session *vprot_gem_session(struct drm_gem_object *obj)
{
	return READ_ONCE(to_vprot_protected(obj)->session);
}

/**
 * vprot_gem_order() - the order of the queued jobs in a buffer
 * @obj: a buffer of this driver
 *
 * Return: the order, as long as the buffer.
 */
struct vprot_order *vprot_gem_order(struct drm_gem_object *obj)
{
	return vprot_gem_is_protected(obj) ? &to_vprot_protected(obj)->order :
					     &to_vprot_clear(obj)->order;
}

/**
 * vprot_gem_bind() - bind a protected buffer to a session
 * @obj: the buffer
 * @session: the session, whose lock is held
 *
 * Return: true if it was unbound and is bound now, false if it is bound already.
 */
bool vprot_gem_bind(struct drm_gem_object *obj, struct vprot_session *session)
{
	struct vprot_protected *prot = to_vprot_protected(obj);

	lockdep_assert_held(&session->lock);

	/* Pairs with the releases that unbind: pages and link are seen as they were left. */
	if (cmpxchg(&prot->session, NULL, session))
		return false;

	kref_get(&session->ref);
	list_add_tail(&prot->bound_link, &session->buffers);
	return true;
}

/**
 * vprot_gem_unbind_clean() - take vprot_gem_bind() back before anything was written
 * @session: the session, whose lock was held since; all in its list of buffers is unbound
 */
void vprot_gem_unbind_clean(struct vprot_session *session)
{
	struct vprot_protected *prot, *next;

	lockdep_assert_held(&session->lock);

	list_for_each_entry_safe(prot, next, &session->buffers, bound_link) {
		list_del_init(&prot->bound_link);
		/* Pairs with vprot_gem_bind(): it sees the link as it is now. */
		smp_store_release(&prot->session, NULL);
		/* Not the last one: the caller has its own. */
		vprot_session_put(session);
	}
}

/* Take a buffer out of a session's list, with a reference. One that is being freed stays. */
static struct vprot_protected *vprot_gem_take_bound(struct vprot_session *session)
{
	struct vprot_protected *prot, *taken = NULL;

	spin_lock(&session->lock);
	list_for_each_entry(prot, &session->buffers, bound_link) {
		if (kref_get_unless_zero(&prot->base.refcount)) {
			list_del_init(&prot->bound_link);
			taken = prot;
			break;
		}
	}
	spin_unlock(&session->lock);
	return taken;
}

static bool vprot_gem_none_bound(struct vprot_session *session)
{
	bool none;

	spin_lock(&session->lock);
	none = list_empty(&session->buffers);
	spin_unlock(&session->lock);
	return none;
}

/**
 * vprot_gem_wipe_bound() - wipe and unbind all buffers that are bound to a session
 * @session: the session, which accepts no blits any more and has none in flight
 *
 * Waits for those that are being freed, which wipes them.
 */
void vprot_gem_wipe_bound(struct vprot_session *session)
{
	struct vprot_protected *prot;

	lockdep_assert_held(&session->key_mutex);

	while ((prot = vprot_gem_take_bound(session))) {
		vprot_protected_wipe(prot);
		/* Pairs with vprot_gem_bind(): who binds it next finds it wiped. */
		smp_store_release(&prot->session, NULL);
		vprot_session_put(session);
		drm_gem_object_put(&prot->base);
	}

	wait_event_idle(session->idle, vprot_gem_none_bound(session));
}

/*
 * ioctls
 */

static struct drm_gem_object *vprot_clear_create(struct vprot_device *vdev,
						 struct vprot_file *vfile, size_t size, u32 flags)
{
	struct drm_gem_shmem_object *shmem;
	int ret;

	shmem = drm_gem_shmem_create(&vdev->drm, size);
	if (IS_ERR(shmem)) {
		/* What shmem says without memory for an inode is ours for a limit. */
		ret = PTR_ERR(shmem);
		return ERR_PTR(ret == -ENOSPC ? -ENOMEM : ret);
	}

	ret = vprot_clear_pin(to_vprot_clear(&shmem->base));
	if (ret) {
		drm_gem_object_put(&shmem->base);
		return ERR_PTR(ret);
	}

	if (flags & DRM_VPROT_GEM_RESTRICTED)
		vprot_restricted_begin(&shmem->base, vfile, flags);
	return &shmem->base;
}

/* A buffer is either protected or restricted, and only such a one can restrict who opens it. */
static bool vprot_gem_valid_flags(u32 flags)
{
	u32 contents = flags & (DRM_VPROT_GEM_PROTECTED | DRM_VPROT_GEM_RESTRICTED);

	if (flags & ~(contents | DRM_VPROT_GEM_RESTRICT_SHARED))
		return false;
	return contents ? is_power_of_2(contents) : !flags;
}

int vprot_gem_create_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct vprot_device *vdev = to_vprot_device(drm);
	struct drm_vprot_gem_create *args = data;
	struct drm_gem_object *obj;
	size_t size;
	int ret;

	if (!vprot_gem_valid_flags(args->flags) ||
	    !args->size || args->size > VPROT_MAX_BUFFER_SIZE)
		return -EINVAL;

	size = PAGE_ALIGN(args->size);
	if (args->flags & DRM_VPROT_GEM_PROTECTED)
		obj = vprot_protected_create(vdev, file->driver_priv, size, args->flags);
	else
		obj = vprot_clear_create(vdev, file->driver_priv, size, args->flags);
	if (IS_ERR(obj))
		return PTR_ERR(obj);

	ret = drm_gem_handle_create(file, obj, &args->handle);
	drm_gem_object_put(obj);
	return ret;
}

int vprot_gem_mmap_offset_ioctl(struct drm_device *drm, void *data, struct drm_file *file)
{
	struct drm_vprot_gem_mmap_offset *args = data;
	struct drm_gem_object *obj;
	int ret;

	if (args->pad)
		return -EINVAL;

	obj = drm_gem_object_lookup(file, args->handle);
	if (!obj)
		return -ENOENT;

	if (vprot_gem_is_protected(obj) || !vprot_restricted_can_map(obj)) {
		ret = -EACCES;
	} else if (obj->import_attach) {
		ret = -EINVAL;
	} else {
		ret = drm_gem_create_mmap_offset(obj);
		if (!ret)
			args->offset = drm_vma_node_offset_addr(&obj->vma_node);
	}

	drm_gem_object_put(obj);
	return ret;
}
