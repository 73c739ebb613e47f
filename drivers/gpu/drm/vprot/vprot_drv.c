// SPDX-License-Identifier: GPL-2.0
/*
 * vprot: a virtual protected-content device. Module, platform driver and DRM driver.
 */
#include <linux/cpumask.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>

#include <drm/drm_drv.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>
#include <drm/drm_ioctl.h>
#include <drm/drm_managed.h>
#include <drm/drm_prime.h>
#include <drm/vprot_drm.h>

#include "vprot_blt.h"
#include "vprot_caps.h"
#include "vprot_channel.h"
#include "vprot_compat.h"
#include "vprot_device.h"
#include "vprot_gem.h"
#include "vprot_identity.h"
#include "vprot_loss.h"
#include "vprot_prime.h"
#include "vprot_protection.h"
#include "vprot_queue.h"
#include "vprot_session.h"
#include "vprot_split.h"

#define DRIVER_NAME	"vprot"
#define DRIVER_DESC	"Virtual protected-content device"
#define DRIVER_MAJOR	1
#define DRIVER_MINOR	3

/*
 * Module parameters
 */

static unsigned int max_sessions = 16384;
module_param(max_sessions, uint, 0644);
MODULE_PARM_DESC(max_sessions, "Sessions of the device, at most (16384)");

static unsigned int max_file_sessions = 4096;
module_param(max_file_sessions, uint, 0644);
MODULE_PARM_DESC(max_file_sessions, "Sessions of one open file, at most (4096)");

static unsigned int max_channels = 4096;
module_param(max_channels, uint, 0644);
MODULE_PARM_DESC(max_channels, "Authenticated channels of the device, at most (4096)");

static unsigned int max_file_channels = 64;
module_param(max_file_channels, uint, 0644);
MODULE_PARM_DESC(max_file_channels, "Authenticated channels of one open file, at most (64)");

static unsigned int max_protected_mib = 1024;
module_param(max_protected_mib, uint, 0644);
MODULE_PARM_DESC(max_protected_mib, "Protected memory of the device in MiB, at most (1024)");

static unsigned int max_file_protected_mib = 512;
module_param(max_file_protected_mib, uint, 0644);
MODULE_PARM_DESC(max_file_protected_mib, "Protected memory of one open file in MiB, at most (512)");

static unsigned int max_queued_blts = 8192;
module_param(max_queued_blts, uint, 0644);
MODULE_PARM_DESC(max_queued_blts, "Blits in the queue of one open file, at most (8192)");

static unsigned int wait_timeout_ms = 10000;
module_param(wait_timeout_ms, uint, 0644);
MODULE_PARM_DESC(wait_timeout_ms,
		 "Time in ms after which a queued blit no longer waits for others' fences (10000)");

static unsigned int max_blt_cpus = 4;
module_param(max_blt_cpus, uint, 0644);
MODULE_PARM_DESC(max_blt_cpus, "Processors that a large blit is spread over, at most (4)");

static char *cipher = "ctr(aes)";
module_param(cipher, charp, 0444);
MODULE_PARM_DESC(cipher, "Implementation of ctr(aes), by its name in /proc/crypto (the fastest)");

/** vprot_max_sessions() - Return: sessions of the device, at most */
u32 vprot_max_sessions(void)
{
	return READ_ONCE(max_sessions);
}

/** vprot_max_file_sessions() - Return: sessions of one open file, at most */
u32 vprot_max_file_sessions(void)
{
	return min_t(u32, READ_ONCE(max_file_sessions), INT_MAX);
}

/** vprot_max_channels() - Return: authenticated channels of the device, at most */
u32 vprot_max_channels(void)
{
	return READ_ONCE(max_channels);
}

/** vprot_max_file_channels() - Return: authenticated channels of one open file, at most */
u32 vprot_max_file_channels(void)
{
	return min_t(u32, READ_ONCE(max_file_channels), INT_MAX);
}

/** vprot_max_protected() - Return: bytes of protected memory of the device, at most */
u64 vprot_max_protected(void)
{
	return (u64)READ_ONCE(max_protected_mib) * SZ_1M;
}

/** vprot_max_file_protected() - Return: bytes of protected memory of one open file, at most */
u64 vprot_max_file_protected(void)
{
	return (u64)READ_ONCE(max_file_protected_mib) * SZ_1M;
}

/** vprot_max_queued_blts() - Return: blits in the queue of one open file, at most */
u32 vprot_max_queued_blts(void)
{
	return READ_ONCE(max_queued_blts);
}

/** vprot_wait_timeout() - Return: how long others' fences are waited for, in jiffies */
unsigned long vprot_wait_timeout(void)
{
	return max(1UL, msecs_to_jiffies(READ_ONCE(wait_timeout_ms)));
}

/** vprot_max_blt_cpus() - Return: processors that a large blit is spread over, at most */
unsigned int vprot_max_blt_cpus(void)
{
	return READ_ONCE(max_blt_cpus);
}

/** vprot_cipher_name() - Return: name of the implementation of ctr(aes) to use */
const char *vprot_cipher_name(void)
{
	return cipher;
}

/*
 * Files
 */

static void vprot_file_release(struct kref *ref)
{
	struct vprot_file *vfile = container_of(ref, struct vprot_file, ref);

	vprot_protection_fini(&vfile->protection);
	kfree(vfile);
}

/**
 * vprot_file_put() - drop a reference
 * @vfile: the file
 */
void vprot_file_put(struct vprot_file *vfile)
{
	kref_put(&vfile->ref, vprot_file_release);
}

static int vprot_open(struct drm_device *drm, struct drm_file *file)
{
	static atomic64_t last_id;
	struct vprot_file *vfile;

	vfile = kzalloc(sizeof(*vfile), GFP_KERNEL);
	if (!vfile)
		return -ENOMEM;

	kref_init(&vfile->ref);
	vfile->id = atomic64_inc_return(&last_id);
	vprot_queue_init_file(vfile);
	vprot_protection_init(&vfile->protection);
	xa_init_flags(&vfile->sessions, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	xa_init_flags(&vfile->channels, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	file->driver_priv = vfile;
	return 0;
}

static void vprot_postclose(struct drm_device *drm, struct drm_file *file)
{
	struct vprot_file *vfile = file->driver_priv;

	vprot_session_close_all(vfile);
	vprot_channel_close_all(vfile);
	vprot_loss_cancel_event(to_vprot_device(drm), vfile);
	xa_destroy(&vfile->channels);
	xa_destroy(&vfile->sessions);
	vprot_file_put(vfile);
}

/* The buffers that a file holds in one region of memory, in bytes. All of them are resident. */
struct vprot_memory {
	u64 total, shared, active;
};

static void vprot_memory_add(struct vprot_memory *memory, struct drm_gem_object *obj)
{
	memory->total += obj->size;
	if (obj->handle_count > 1 || obj->dma_buf || obj->import_attach)
		memory->shared += obj->size;
	if (!dma_resv_test_signaled(obj->resv, dma_resv_usage_rw(true)))
		memory->active += obj->size;
}

static void vprot_memory_print(const struct vprot_memory *memory, const char *region,
			       struct drm_printer *p)
{
	drm_printf(p, "drm-total-%s:\t%llu KiB\n", region, memory->total / SZ_1K);
	drm_printf(p, "drm-shared-%s:\t%llu KiB\n", region, memory->shared / SZ_1K);
	drm_printf(p, "drm-resident-%s:\t%llu KiB\n", region, memory->total / SZ_1K);
	drm_printf(p, "drm-active-%s:\t%llu KiB\n", region, memory->active / SZ_1K);
}

/* Documentation/gpu/drm-usage-stats.rst has the keys and their meaning. */
static void __maybe_unused vprot_show_fdinfo(struct drm_printer *p, struct drm_file *file)
{
	struct vprot_file *vfile = file->driver_priv;
	struct vprot_memory system = {}, protected = {};
	struct drm_gem_object *obj;
	int handle;

	spin_lock(&file->table_lock);
	idr_for_each_entry(&file->object_idr, obj, handle)
		vprot_memory_add(vprot_gem_is_protected(obj) ? &protected : &system, obj);
	spin_unlock(&file->table_lock);

	drm_printf(p, "drm-engine-crypto:\t%lld ns\n", atomic64_read(&vfile->busy_ns));
	drm_printf(p, "drm-engine-capacity-crypto:\t%u\n", num_online_cpus());
	vprot_memory_print(&system, "system", p);
	vprot_memory_print(&protected, "protected", p);
	drm_printf(p, "vprot-sessions:\t%d\n", atomic_read(&vfile->num_sessions));
	drm_printf(p, "vprot-channels:\t%d\n", atomic_read(&vfile->num_channels));
}

/*
 * DRM driver
 */

#define VPROT_IOCTL(name, func)	DRM_IOCTL_DEF_DRV(VPROT_##name, func, DRM_RENDER_ALLOW)

static const struct drm_ioctl_desc vprot_ioctls[] = {
	VPROT_IOCTL(GET_CAPS, vprot_get_caps_ioctl),
	VPROT_IOCTL(GET_CERTIFICATE, vprot_get_certificate_ioctl),
	VPROT_IOCTL(SESSION_CREATE, vprot_session_create_ioctl),
	VPROT_IOCTL(SESSION_DESTROY, vprot_session_destroy_ioctl),
	VPROT_IOCTL(SESSION_STATUS, vprot_session_status_ioctl),
	VPROT_IOCTL(SESSION_KEY_EXCHANGE, vprot_session_key_exchange_ioctl),
	VPROT_IOCTL(START_SESSION_KEY_REFRESH, vprot_start_session_key_refresh_ioctl),
	VPROT_IOCTL(FINISH_SESSION_KEY_REFRESH, vprot_finish_session_key_refresh_ioctl),
	VPROT_IOCTL(GET_ENCRYPTION_BLT_KEY, vprot_get_encryption_blt_key_ioctl),
	VPROT_IOCTL(GEM_CREATE, vprot_gem_create_ioctl),
	VPROT_IOCTL(GEM_MMAP_OFFSET, vprot_gem_mmap_offset_ioctl),
	VPROT_IOCTL(DECRYPTION_BLT, vprot_decryption_blt_ioctl),
	VPROT_IOCTL(ENCRYPTION_BLT, vprot_encryption_blt_ioctl),
	VPROT_IOCTL(CHANNEL_CREATE, vprot_channel_create_ioctl),
	VPROT_IOCTL(CHANNEL_DESTROY, vprot_channel_destroy_ioctl),
	VPROT_IOCTL(CHANNEL_KEY_EXCHANGE, vprot_channel_key_exchange_ioctl),
	VPROT_IOCTL(CHANNEL_QUERY, vprot_channel_query_ioctl),
	VPROT_IOCTL(CHANNEL_CONFIGURE, vprot_channel_configure_ioctl),
};

static const struct file_operations vprot_fops = {
	.owner = THIS_MODULE,
	DRM_GEM_FOPS,
	VPROT_COMPAT_SHOW_FDINFO_FOPS
};

static const struct drm_driver vprot_driver = {
	.driver_features = DRIVER_GEM | DRIVER_RENDER | DRIVER_SYNCOBJ |
			   DRIVER_SYNCOBJ_TIMELINE,
	.open = vprot_open,
	.postclose = vprot_postclose,
	.ioctls = vprot_ioctls,
	.num_ioctls = ARRAY_SIZE(vprot_ioctls),
	.fops = &vprot_fops,
	.debugfs_init = vprot_debugfs_init,
	VPROT_COMPAT_SHOW_FDINFO

	DRM_GEM_SHMEM_DRIVER_OPS,
	.gem_create_object = vprot_gem_create_object,
	.gem_prime_import = vprot_prime_import,

	.name = DRIVER_NAME,
	.desc = DRIVER_DESC,
	VPROT_COMPAT_DATE
	.major = DRIVER_MAJOR,
	.minor = DRIVER_MINOR,
};

/*
 * Platform driver
 */

static void vprot_unbind(void *data)
{
	struct vprot_device *vdev = data;

	drm_dev_unplug(&vdev->drm);

	mutex_lock(&vdev->sessions_lock);
	vdev->unbound = true;
	mutex_unlock(&vdev->sessions_lock);

	vprot_loss(vdev);
}

static int vprot_probe(struct platform_device *pdev)
{
	struct vprot_device *vdev;
	int ret;

	/* Nothing is done by DMA, but importing a buffer maps it for the device. */
	ret = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;

	vdev = devm_drm_dev_alloc(&pdev->dev, &vprot_driver, struct vprot_device, drm);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);

	INIT_LIST_HEAD(&vdev->sessions);
	INIT_LIST_HEAD(&vdev->channels);
	platform_set_drvdata(pdev, vdev);

	ret = drmm_mutex_init(&vdev->drm, &vdev->sessions_lock) ?:
	      vprot_ciphers_init(vdev) ?: vprot_identity_init(vdev) ?:
	      vprot_channel_init(vdev);
	if (ret)
		return ret;

	ret = drm_dev_register(&vdev->drm, 0);
	if (ret)
		return ret;

	return devm_add_action_or_reset(&pdev->dev, vprot_unbind, vdev);
}

/* Memory is read while the system sleeps, or written to a disk: no key and no content in it. */
static int vprot_suspend(struct device *dev)
{
	vprot_loss(dev_get_drvdata(dev));
	return 0;
}

static const struct dev_pm_ops vprot_pm_ops = {
	.suspend = pm_sleep_ptr(vprot_suspend),
	.freeze = pm_sleep_ptr(vprot_suspend),
	.poweroff = pm_sleep_ptr(vprot_suspend),
};

static struct platform_driver vprot_platform_driver = {
	.probe = vprot_probe,
	.driver = {
		.name = DRIVER_NAME,
		/* vprot_init() looks for the device. */
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
		.pm = pm_sleep_ptr(&vprot_pm_ops),
	},
};

static struct platform_device *vprot_pdev;

static int __init vprot_init(void)
{
	int ret;

	ret = vprot_split_init();
	if (ret)
		return ret;

	ret = vprot_queue_init();
	if (ret)
		goto err_split;

	ret = platform_driver_register(&vprot_platform_driver);
	if (ret)
		goto err_queue;

	vprot_pdev = platform_device_register_simple(DRIVER_NAME, PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(vprot_pdev)) {
		ret = PTR_ERR(vprot_pdev);
		goto err_driver;
	}

	/* A failed probe leaves the device without a driver, and the module without a use. */
	if (!platform_get_drvdata(vprot_pdev)) {
		ret = -ENODEV;
		goto err_device;
	}
	return 0;

err_device:
	platform_device_unregister(vprot_pdev);
err_driver:
	platform_driver_unregister(&vprot_platform_driver);
err_queue:
	vprot_queue_exit();
err_split:
	vprot_split_exit();
	return ret;
}
module_init(vprot_init);

static void __exit vprot_exit(void)
{
	platform_device_unregister(vprot_pdev);
	platform_driver_unregister(&vprot_platform_driver);
	vprot_queue_exit();
	vprot_split_exit();
}
module_exit(vprot_exit);

MODULE_DESCRIPTION(DRIVER_DESC);
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(DMA_BUF);
MODULE_FIRMWARE("vprot/device-key.der");
MODULE_FIRMWARE("vprot/device-cert.der");
MODULE_SOFTDEP("pre: aesni_intel cbc cmac ctr sha512_generic");
