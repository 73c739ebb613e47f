/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that vprot supports, 6.1 to 6.12.
 */
#ifndef __VPROT_COMPAT_H__
#define __VPROT_COMPAT_H__

#include <linux/dma-buf.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mpi.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
static inline int vprot_compat_dma_buf_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	return dma_buf_vmap(dmabuf, map);
}

static inline void vprot_compat_dma_buf_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	dma_buf_vunmap(dmabuf, map);
}
#else
static inline int vprot_compat_dma_buf_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	return dma_buf_vmap_unlocked(dmabuf, map);
}

static inline void vprot_compat_dma_buf_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	dma_buf_vunmap_unlocked(dmabuf, map);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
static inline int vprot_compat_mpi_mul(MPI w, MPI u, MPI v)
{
	mpi_mul(w, u, v);
	return 0;
}

static inline int vprot_compat_mpi_mulm(MPI w, MPI u, MPI v, MPI m)
{
	mpi_mulm(w, u, v, m);
	return 0;
}

static inline int vprot_compat_mpi_add(MPI w, MPI u, MPI v)
{
	mpi_add(w, u, v);
	return 0;
}
#else
static inline int vprot_compat_mpi_mul(MPI w, MPI u, MPI v)
{
	return mpi_mul(w, u, v);
}

static inline int vprot_compat_mpi_mulm(MPI w, MPI u, MPI v, MPI m)
{
	return mpi_mulm(w, u, v, m);
}

static inline int vprot_compat_mpi_add(MPI w, MPI u, MPI v)
{
	return mpi_add(w, u, v);
}
#endif

/*
 * The process that a pidfd stands for, as long as the file is held; NULL if it is no pidfd. The
 * kernel's own function is not for modules. Nobody but the kernel makes files on these file
 * systems.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
static inline struct pid *vprot_compat_pidfd_pid(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;

	if (dentry->d_sb->s_magic != ANON_INODE_FS_MAGIC || strcmp(dentry->d_name.name, "[pidfd]"))
		return NULL;
	return file->private_data;
}
#else
static inline struct pid *vprot_compat_pidfd_pid(struct file *file)
{
	if (file_inode(file)->i_sb->s_magic != PID_FS_MAGIC)
		return NULL;
	return file_inode(file)->i_private;
}
#endif

/* Members of struct drm_driver and its file operations that only some kernels have. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
#define VPROT_COMPAT_DATE		.date = "20261123",
#else
#define VPROT_COMPAT_DATE
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define VPROT_COMPAT_SHOW_FDINFO
#define VPROT_COMPAT_SHOW_FDINFO_FOPS
#else
#define VPROT_COMPAT_SHOW_FDINFO	.show_fdinfo = vprot_show_fdinfo,
#define VPROT_COMPAT_SHOW_FDINFO_FOPS	.show_fdinfo = drm_show_fdinfo,
#endif

#endif /* __VPROT_COMPAT_H__ */
