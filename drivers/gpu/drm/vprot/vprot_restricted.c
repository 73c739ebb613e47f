// SPDX-License-Identifier: GPL-2.0
/*
 * Restricted buffers: clear ones that can be mapped only while no channel of the file that made
 * them demands protection.
 */
#include <linux/mm.h>

#include <drm/drm_gem.h>

#include "vprot_device.h"
#include "vprot_gem.h"
#include "vprot_prime.h"
#include "vprot_protection.h"
#include "vprot_restricted.h"

static void vprot_restricted_free(struct drm_gem_object *obj)
{
	vprot_restriction_end(&to_vprot_clear(obj)->restriction);
	vprot_clear_free(obj);
}

static int vprot_restricted_open(struct drm_gem_object *obj, struct drm_file *file)
{
	return vprot_restriction_open(&to_vprot_clear(obj)->restriction, file);
}

static struct vprot_protection *vprot_restricted_protection(struct drm_gem_object *obj)
{
	return &to_vprot_clear(obj)->restriction.vfile->protection;
}

static bool vprot_restricted_is_open(struct drm_gem_object *obj)
{
	struct vprot_protection *protection = vprot_restricted_protection(obj);
	bool can;

	down_read(&protection->lock);
	can = !vprot_protection_enabled(protection);
	up_read(&protection->lock);
	return can;
}

static int vprot_restricted_mmap(struct drm_gem_object *obj, struct vm_area_struct *vma)
{
	if (!vprot_restricted_is_open(obj))
		return -EACCES;
	return drm_gem_shmem_object_mmap(obj, vma);
}

/* Under the lock, so that no page comes back behind the back of who takes them all away. */
static vm_fault_t vprot_restricted_fault(struct vm_fault *vmf)
{
	struct vprot_protection *protection =
		vprot_restricted_protection(vmf->vma->vm_private_data);
	vm_fault_t ret = VM_FAULT_SIGBUS;

	down_read(&protection->lock);
	if (!vprot_protection_enabled(protection))
		ret = drm_gem_shmem_vm_ops.fault(vmf);
	up_read(&protection->lock);
	return ret;
}

/* The shmem helper's, which no initialiser can name: they are members of another object. */
static void vprot_restricted_vm_open(struct vm_area_struct *vma)
{
	drm_gem_shmem_vm_ops.open(vma);
}

static void vprot_restricted_vm_close(struct vm_area_struct *vma)
{
	drm_gem_shmem_vm_ops.close(vma);
}

static const struct vm_operations_struct vprot_restricted_vm_ops = {
	.fault = vprot_restricted_fault,
	.open = vprot_restricted_vm_open,
	.close = vprot_restricted_vm_close,
};

static const struct drm_gem_object_funcs vprot_restricted_funcs = {
	.free = vprot_restricted_free,
	.open = vprot_restricted_open,
	.print_info = drm_gem_shmem_object_print_info,
	.export = vprot_prime_export,
	.pin = vprot_prime_pin,
	.get_sg_table = vprot_prime_get_sg_table,
	.mmap = vprot_restricted_mmap,
	.vm_ops = &vprot_restricted_vm_ops,
};

/**
 * vprot_restricted_begin() - make a clear buffer a restricted one
 * @obj: the clear buffer, not seen by others
 * @vfile: the file that makes it
 * @flags: DRM_VPROT_GEM_* of the buffer
 */
void vprot_restricted_begin(struct drm_gem_object *obj, struct vprot_file *vfile, u32 flags)
{
	obj->funcs = &vprot_restricted_funcs;
	vprot_restriction_begin(&to_vprot_clear(obj)->restriction, obj, vfile, flags);
}

/**
 * vprot_restricted_can_map() - whether a buffer can be mapped now, as far as it is restricted
 * @obj: a buffer of this driver
 *
 * Return: false for a restricted buffer while protection is demanded.
 */
bool vprot_restricted_can_map(struct drm_gem_object *obj)
{
	return obj->funcs != &vprot_restricted_funcs || vprot_restricted_is_open(obj);
}
