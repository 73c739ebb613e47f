// SPDX-License-Identifier: GPL-2.0
/*
 * For tests only: counts the instructions of the driver's OAEP decoding, and runs the RSA operation
 * without the driver's blinding, for comparison.
 *
 * vprot_timing/oaep in debugfs takes an encoded message by write() and decodes it. read() then
 * gives struct vprot_timing_oaep. vprot_timing/rsa takes a ciphertext by write() and decrypts it
 * under the device's key; who calls counts.
 */
#include <linux/debugfs.h>
#include <linux/firmware.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/msr.h>
#include <crypto/akcipher.h>

/* The driver's own source, compiled again. */
#include "vprot_oaep.c"

#define RSA_SIZE	DRM_VPROT_KEY_EXCHANGE_SIZE

/* struct vprot_timing_oaep - what came of the last message */
struct vprot_timing_oaep {
	u64 ticks;
	s64 result;
	u8 key[DRM_VPROT_KEY_SIZE];
};

static struct dentry *folder;
static struct platform_device *device;
static struct crypto_shash *sha512;
static struct crypto_akcipher *rsa;
static DEFINE_MUTEX(lock);
static struct vprot_timing_oaep last;
/* Always at the same place, whatever the message. */
static u8 message[RSA_SIZE], em[RSA_SIZE];

static ssize_t oaep_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	unsigned long flags;
	int turn;
	u64 begin;

	if (size != sizeof(message))
		return -EINVAL;

	mutex_lock(&lock);
	if (copy_from_user(message, user, sizeof(message))) {
		mutex_unlock(&lock);
		return -EFAULT;
	}
	local_irq_save(flags);
	/* What came before, like user space's registers to be saved, shows in the first turn. */
	for (turn = 0; turn < 2; turn++) {
		memcpy(em, message, sizeof(em));
		begin = rdtsc_ordered();
		last.result = vprot_oaep_decode(sha512, em, last.key);
		last.ticks = rdtsc_ordered() - begin;
	}
	local_irq_restore(flags);
	mutex_unlock(&lock);
	return size;
}

static ssize_t oaep_read(struct file *file, char __user *user, size_t size, loff_t *pos)
{
	struct vprot_timing_oaep copy;

	mutex_lock(&lock);
	copy = last;
	mutex_unlock(&lock);
	if (size != sizeof(copy))
		return -EINVAL;
	return copy_to_user(user, &copy, sizeof(copy)) ? -EFAULT : size;
}

static const struct file_operations oaep_fops = {
	.owner = THIS_MODULE,
	.write = oaep_write,
	.read = oaep_read,
};

static ssize_t rsa_write(struct file *file, const char __user *user, size_t size, loff_t *pos)
{
	struct akcipher_request *req;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;
	u8 *message;
	int ret = -ENOMEM;

	if (size != RSA_SIZE)
		return -EINVAL;
	message = memdup_user(user, RSA_SIZE);
	if (IS_ERR(message))
		return PTR_ERR(message);

	req = akcipher_request_alloc(rsa, GFP_KERNEL);
	if (req) {
		sg_init_one(&sg, message, RSA_SIZE);
		akcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP |
					      CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done, &wait);
		akcipher_request_set_crypt(req, &sg, &sg, RSA_SIZE, RSA_SIZE);
		ret = crypto_wait_req(crypto_akcipher_decrypt(req), &wait);
		akcipher_request_free(req);
	}
	kfree(message);
	return ret ?: size;
}

static const struct file_operations rsa_fops = {
	.owner = THIS_MODULE,
	.write = rsa_write,
};

static void vprot_timing_exit(void)
{
	debugfs_remove_recursive(folder);
	if (!IS_ERR_OR_NULL(rsa))
		crypto_free_akcipher(rsa);
	if (!IS_ERR_OR_NULL(sha512))
		crypto_free_shash(sha512);
	if (!IS_ERR_OR_NULL(device))
		platform_device_unregister(device);
}
module_exit(vprot_timing_exit);

static int __init vprot_timing_init(void)
{
	const struct firmware *key;
	int ret;

	device = platform_device_register_simple("vprot_timing", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(device))
		return PTR_ERR(device);

	sha512 = crypto_alloc_shash("sha512", 0, 0);
	rsa = crypto_alloc_akcipher("rsa-generic", 0, 0);
	ret = PTR_ERR_OR_ZERO(sha512) ?: PTR_ERR_OR_ZERO(rsa) ?:
	      request_firmware(&key, "vprot/device-key.der", &device->dev);
	if (!ret) {
		ret = crypto_akcipher_set_priv_key(rsa, key->data, key->size);
		release_firmware(key);
	}
	if (ret) {
		vprot_timing_exit();
		return ret;
	}

	folder = debugfs_create_dir("vprot_timing", NULL);
	debugfs_create_file("oaep", 0600, folder, NULL, &oaep_fops);
	debugfs_create_file("rsa", 0200, folder, NULL, &rsa_fops);
	return 0;
}
module_init(vprot_timing_init);

MODULE_DESCRIPTION("Counts instructions of the vprot driver, for its tests");
MODULE_LICENSE("GPL");
MODULE_INFO(test, "Y");
