// SPDX-License-Identifier: GPL-2.0
/*
 * For measurements only: what the kernel's own cipher and memcpy() take on the pages of buffers.
 * Each open file of vprot_bench/baseline in debugfs has a cipher of its own.
 */
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/iosys-map.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/msr.h>
#include <crypto/skcipher.h>

#include "vprot_bench.h"

#define KEY_SIZE	16
#define MAX_SIZE	SZ_256M
#define MAX_TURNS	100000

static struct dentry *folder;

/* The pages of a buffer that a process has exported. */
struct memory {
	struct dma_buf *dmabuf;
	struct iosys_map map;
	size_t size;
	struct sg_table table;
};

/* Get the pages; memory_put() follows in any case. */
static int memory_get(struct memory *memory, int fd, size_t size)
{
	unsigned int num = DIV_ROUND_UP(size, PAGE_SIZE), i;
	struct scatterlist *sg;
	int ret;

	memory->dmabuf = dma_buf_get(fd);
	if (IS_ERR(memory->dmabuf))
		return PTR_ERR(memory->dmabuf);
	ret = size > memory->dmabuf->size ? -EINVAL :
	      dma_buf_vmap_unlocked(memory->dmabuf, &memory->map);
	if (ret)
		return ret;
	memory->size = size;

	/* One entry for each page: neighbours are not to be an advantage. */
	ret = sg_alloc_table(&memory->table, num, GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sg(memory->table.sgl, sg, num, i) {
		struct page *page = vmalloc_to_page(memory->map.vaddr + i * PAGE_SIZE);

		sg_set_page(sg, page, min_t(size_t, PAGE_SIZE, size), 0);
		size -= sg->length;
	}
	return 0;
}

static void memory_put(struct memory *memory)
{
	sg_free_table(&memory->table);
	if (IS_ERR_OR_NULL(memory->dmabuf))
		return;
	if (memory->size)
		dma_buf_vunmap_unlocked(memory->dmabuf, &memory->map);
	dma_buf_put(memory->dmabuf);
}

static int run_cipher(struct crypto_skcipher *cipher, struct memory *dst, struct memory *src,
		      struct vprot_bench_baseline *args)
{
	struct skcipher_request *req = skcipher_request_alloc(cipher, GFP_KERNEL);
	u64 begin;
	int ret = 0;
	u32 i;

	if (!req)
		return -ENOMEM;

	begin = rdtsc_ordered();
	for (i = 0; i < args->turns && !ret; i++) {
		u8 iv[16] __aligned(16) = {};
		DECLARE_CRYPTO_WAIT(wait);

		skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, crypto_req_done,
					      &wait);
		skcipher_request_set_crypt(req, src->table.sgl, dst->table.sgl, args->size, iv);
		ret = crypto_wait_req(crypto_skcipher_encrypt(req), &wait);
	}
	args->ticks = rdtsc_ordered() - begin;
	skcipher_request_free(req);
	return ret;
}

static void run_copy(struct memory *dst, struct memory *src, struct vprot_bench_baseline *args)
{
	u64 begin = rdtsc_ordered();
	u32 turn;

	for (turn = 0; turn < args->turns; turn++) {
		struct scatterlist *to = dst->table.sgl, *from = src->table.sgl;

		for (; to; to = sg_next(to), from = sg_next(from))
			memcpy_page(sg_page(to), 0, sg_page(from), 0, to->length);
	}
	args->ticks = rdtsc_ordered() - begin;
}

static int run_set_key(struct crypto_skcipher *cipher, struct vprot_bench_baseline *args)
{
	static const u8 key[KEY_SIZE];
	u64 begin = rdtsc_ordered();
	int ret = 0;
	u32 i;

	for (i = 0; i < args->turns && !ret; i++)
		ret = crypto_skcipher_setkey(cipher, key, sizeof(key));
	args->ticks = rdtsc_ordered() - begin;
	return ret;
}

static int run_on_pages(struct crypto_skcipher *cipher, struct vprot_bench_baseline *args)
{
	struct memory src = {}, dst = {};
	int ret;

	if (!args->size || args->size > MAX_SIZE)
		return -EINVAL;

	ret = memory_get(&src, args->src, args->size) ?: memory_get(&dst, args->dst, args->size);
	if (!ret && args->what == VPROT_BENCH_CIPHER)
		ret = run_cipher(cipher, &dst, &src, args);
	else if (!ret)
		run_copy(&dst, &src, args);
	memory_put(&dst);
	memory_put(&src);
	return ret;
}

static long baseline_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct crypto_skcipher *cipher = file->private_data;
	struct vprot_bench_baseline args;
	int ret;

	if (cmd != VPROT_BENCH_BASELINE)
		return -ENOTTY;
	if (copy_from_user(&args, (void __user *)arg, sizeof(args)))
		return -EFAULT;
	if (!args.turns || args.turns > MAX_TURNS)
		return -EINVAL;

	switch (args.what) {
	case VPROT_BENCH_CIPHER:
	case VPROT_BENCH_COPY:
		ret = run_on_pages(cipher, &args);
		break;
	case VPROT_BENCH_SET_KEY:
		ret = run_set_key(cipher, &args);
		break;
	default:
		ret = -EINVAL;
	}
	if (!ret && copy_to_user((void __user *)arg, &args, sizeof(args)))
		ret = -EFAULT;
	return ret;
}

static int baseline_open(struct inode *inode, struct file *file)
{
	static const u8 key[KEY_SIZE];
	struct crypto_skcipher *cipher;
	int ret;

	cipher = crypto_alloc_skcipher("ctr(aes)", 0, 0);
	if (IS_ERR(cipher))
		return PTR_ERR(cipher);

	ret = crypto_skcipher_setkey(cipher, key, sizeof(key));
	if (ret)
		crypto_free_skcipher(cipher);
	else
		file->private_data = cipher;
	return ret;
}

static int baseline_release(struct inode *inode, struct file *file)
{
	crypto_free_skcipher(file->private_data);
	return 0;
}

static const struct file_operations baseline_fops = {
	.owner = THIS_MODULE,
	.open = baseline_open,
	.release = baseline_release,
	.unlocked_ioctl = baseline_ioctl,
};

static int __init vprot_bench_init(void)
{
	folder = debugfs_create_dir("vprot_bench", NULL);
	debugfs_create_file("baseline", 0600, folder, NULL, &baseline_fops);
	return 0;
}
module_init(vprot_bench_init);

static void __exit vprot_bench_exit(void)
{
	debugfs_remove_recursive(folder);
}
module_exit(vprot_bench_exit);

MODULE_DESCRIPTION("Baselines for measurements of the vprot driver");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(DMA_BUF);
MODULE_INFO(test, "Y");
