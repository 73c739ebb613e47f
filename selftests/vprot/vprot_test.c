// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "vprot_test.h"

#define PAGE	4096

/* Ends the test when a step that it takes for granted returns a negative errno. */
static int must(int result, const char *step)
{
	if (result < 0)
		vt_fatal("%s: %s", step, strerror(-result));
	return result;
}

static void *must_alloc(size_t size)
{
	void *memory = malloc(size ? size : 1);

	if (!memory)
		vt_fatal("no memory for %zu bytes", size);
	return memory;
}

/* --- the device ------------------------------------------------------------------------------- */

static bool belongs_to(int fd, const char *driver)
{
	char name[32] = "";
	struct drm_version version = { .name = name, .name_len = sizeof(name) - 1 };

	return !ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, driver);
}

static int open_node(const char *pattern, const char *driver)
{
	glob_t nodes;
	int fd = -1;

	if (!glob(pattern, 0, NULL, &nodes)) {
		for (size_t i = 0; i < nodes.gl_pathc && fd < 0; i++) {
			fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
			if (fd >= 0 && !belongs_to(fd, driver)) {
				close(fd);
				fd = -1;
			}
		}
		globfree(&nodes);
	}
	if (fd < 0)
		vt_fatal("no %s belongs to %s; is the module loaded?", pattern, driver);
	return fd;
}

int vt_open(void)
{
	return open_node("/dev/dri/renderD*", "vprot");
}

int vt_open_card(void)
{
	return open_node("/dev/dri/card*", "vprot");
}

int vt_open_vgem(void)
{
	/* A RAM root has no modules to find it in. */
	if (access("/sys/module/vgem", F_OK) && system("modprobe vgem"))
		vt_fatal("the module vgem cannot be loaded");
	return open_node("/dev/dri/card*", "vgem");
}

int vt_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

void vt_caps(int fd, struct drm_vprot_get_caps *caps)
{
	memset(caps, 0, sizeof(*caps));
	caps->crypto_type = DRM_VPROT_CRYPTO_AES128_CTR;
	must(vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CAPS, caps), "GET_CAPS");
}

EVP_PKEY *vt_device_key(int fd)
{
	struct drm_vprot_get_certificate get = { 0 };
	const unsigned char *der;
	void *chain;
	X509 *certificate;
	EVP_PKEY *key = NULL;

	must(vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get), "GET_CERTIFICATE");
	chain = must_alloc(get.size);
	der = chain;
	get.data = (uintptr_t)chain;
	must(vt_ioctl(fd, DRM_IOCTL_VPROT_GET_CERTIFICATE, &get), "GET_CERTIFICATE");
	certificate = d2i_X509(NULL, &der, get.size);
	if (certificate)
		key = X509_get_pubkey(certificate);
	if (!key)
		vt_fatal("the device's certificate does not begin with an X.509 certificate");
	X509_free(certificate);
	free(chain);
	return key;
}

bool vt_is_sanitized(void)
{
	struct utsname name;

	if (uname(&name))
		vt_fatal("uname: %s", strerror(errno));
	return strstr(name.release, "-vprot-");
}

static void *map_pages(size_t size, int prot)
{
	void *page = mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		vt_fatal("mmap: %s", strerror(errno));
	return page;
}

void *vt_bad_page(void)
{
	return map_pages(PAGE, PROT_NONE);
}

void *vt_page_before_bad(void)
{
	void *page = map_pages(2 * PAGE, PROT_READ | PROT_WRITE);

	if (mprotect((char *)page + PAGE, PAGE, PROT_NONE))
		vt_fatal("mprotect: %s", strerror(errno));
	return page;
}

/* --- sessions --------------------------------------------------------------------------------- */

void vt_session_create_as(struct vt_session *s, int fd, __u32 crypto_type,
			  __u32 key_exchange_type, __u32 flags)
{
	struct drm_vprot_session_create create = {
		.crypto_type = crypto_type,
		.key_exchange_type = key_exchange_type,
		.flags = flags,
	};

	must(vt_ioctl(fd, DRM_IOCTL_VPROT_SESSION_CREATE, &create), "SESSION_CREATE");
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->handle = create.handle;
	s->crypto_type = crypto_type;
	s->epoch = key_exchange_type == DRM_VPROT_KEY_EXCHANGE_INTERNAL;
}

void vt_session_create(struct vt_session *s, int fd, __u32 key_exchange_type, __u32 flags)
{
	vt_session_create_as(s, fd, DRM_VPROT_CRYPTO_AES128_CTR, key_exchange_type, flags);
}

void vt_session_open_as(struct vt_session *s, int fd, __u32 crypto_type, __u32 flags)
{
	static __u64 count;
	__u64 seed = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	__u8 key[VT_KEY];

	vt_session_create_as(s, fd, crypto_type, DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP, flags);
	vt_fill(&seed, key, sizeof(key));
	vt_key_exchange(s, key);
	vt_draw_read_back_key(s);
}

void vt_session_open(struct vt_session *s, int fd, __u32 flags)
{
	vt_session_open_as(s, fd, DRM_VPROT_CRYPTO_AES128_CTR, flags);
}

void vt_session_destroy(struct vt_session *s)
{
	struct drm_vprot_session_destroy destroy = { .handle = s->handle };

	must(vt_ioctl(s->fd, DRM_IOCTL_VPROT_SESSION_DESTROY, &destroy), "SESSION_DESTROY");
	memset(s, 0, sizeof(*s));
}

void vt_status(const struct vt_session *s, struct drm_vprot_session_status *status)
{
	memset(status, 0, sizeof(*status));
	status->handle = s->handle;
	must(vt_ioctl(s->fd, DRM_IOCTL_VPROT_SESSION_STATUS, status), "SESSION_STATUS");
}

void vt_key_exchange_blob(int fd, const void *key, size_t size,
			  __u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE])
{
	size_t blob_size = DRM_VPROT_KEY_EXCHANGE_SIZE;
	EVP_PKEY *device = vt_device_key(fd);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(device, NULL);

	if (!ctx || EVP_PKEY_encrypt_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha512()) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha512()) <= 0 ||
	    EVP_PKEY_encrypt(ctx, blob, &blob_size, key, size) <= 0 ||
	    blob_size != DRM_VPROT_KEY_EXCHANGE_SIZE)
		vt_fatal("OpenSSL failed to encrypt the session key");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(device);
}

int vt_send_blob(const struct vt_session *s, const __u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE])
{
	struct drm_vprot_session_key_exchange exchange = {
		.handle = s->handle,
		.size = DRM_VPROT_KEY_EXCHANGE_SIZE,
		.data = (uintptr_t)blob,
	};

	return vt_ioctl(s->fd, DRM_IOCTL_VPROT_SESSION_KEY_EXCHANGE, &exchange);
}

void vt_key_exchange(struct vt_session *s, const __u8 key[VT_KEY])
{
	__u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE];

	vt_key_exchange_blob(s->fd, key, VT_KEY, blob);
	must(vt_send_blob(s, blob), "SESSION_KEY_EXCHANGE");
	memcpy(s->key, key, VT_KEY);
	s->epoch++;
}

int vt_start(const struct vt_session *s, __u8 nonce[VT_KEY])
{
	struct drm_vprot_start_session_key_refresh start = {
		.handle = s->handle,
		.size = VT_KEY,
		.nonce = (uintptr_t)nonce,
	};

	return vt_ioctl(s->fd, DRM_IOCTL_VPROT_START_SESSION_KEY_REFRESH, &start);
}

int vt_finish(const struct vt_session *s, __u64 *epoch)
{
	struct drm_vprot_finish_session_key_refresh finish = {
		.handle = s->handle,
		.epoch = (uintptr_t)epoch,
	};

	return vt_ioctl(s->fd, DRM_IOCTL_VPROT_FINISH_SESSION_KEY_REFRESH, &finish);
}

void vt_xor(__u8 key[VT_KEY], const __u8 nonce[VT_KEY])
{
	for (int i = 0; i < VT_KEY; i++)
		key[i] ^= nonce[i];
}

void vt_refresh(struct vt_session *s)
{
	__u8 nonce[VT_KEY];

	must(vt_start(s, nonce), "START_SESSION_KEY_REFRESH");
	must(vt_finish(s, NULL), "FINISH_SESSION_KEY_REFRESH");
	vt_xor(s->key, nonce);
	s->epoch++;
}

void vt_draw_read_back_key(struct vt_session *s)
{
	__u8 wrapped[VT_KEY];
	struct drm_vprot_get_encryption_blt_key get = {
		.handle = s->handle,
		.size = sizeof(wrapped),
		.key = (uintptr_t)wrapped,
	};

	must(vt_ioctl(s->fd, DRM_IOCTL_VPROT_GET_ENCRYPTION_BLT_KEY, &get),
	     "GET_ENCRYPTION_BLT_KEY");
	vt_unwrap(s->key, wrapped, s->read_back);
}

/* --- buffers ---------------------------------------------------------------------------------- */

static void buffer_create(struct vt_buffer *b, int fd, __u64 size, __u32 flags)
{
	struct drm_vprot_gem_create create = { .size = size, .flags = flags };

	must(vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_CREATE, &create), "GEM_CREATE");
	*b = (struct vt_buffer){ .fd = fd, .handle = create.handle, .size = size };
}

void vt_clear(struct vt_buffer *b, int fd, __u64 size)
{
	struct drm_vprot_gem_mmap_offset offset = { 0 };

	buffer_create(b, fd, size, 0);
	offset.handle = b->handle;
	must(vt_ioctl(fd, DRM_IOCTL_VPROT_GEM_MMAP_OFFSET, &offset), "GEM_MMAP_OFFSET");
	b->map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset.offset);
	if (b->map == MAP_FAILED)
		vt_fatal("mmap of a clear buffer: %s", strerror(errno));
}

void vt_protected(struct vt_buffer *b, int fd, __u64 size)
{
	buffer_create(b, fd, size, DRM_VPROT_GEM_PROTECTED);
}

void vt_buffer_close(struct vt_buffer *b)
{
	struct drm_gem_close gem_close = { .handle = b->handle };

	if (b->map)
		munmap(b->map, b->size);
	must(vt_ioctl(b->fd, DRM_IOCTL_GEM_CLOSE, &gem_close), "GEM_CLOSE");
	memset(b, 0, sizeof(*b));
}

int vt_export(const struct vt_buffer *b)
{
	struct drm_prime_handle prime = { .handle = b->handle, .flags = DRM_CLOEXEC | DRM_RDWR };

	must(vt_ioctl(b->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime), "PRIME_HANDLE_TO_FD");
	return prime.fd;
}

int vt_import(int fd, int dmabuf, __u32 *handle)
{
	struct drm_prime_handle prime = { .fd = dmabuf };
	int result = vt_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);

	if (!result)
		*handle = prime.handle;
	return result;
}

/* --- blits ------------------------------------------------------------------------------------ */

int vt_submit_array(const struct vt_session *s, unsigned long request,
		    const struct drm_vprot_blt *blts, __u32 count)
{
	struct drm_vprot_submit submit = {
		.session = s->handle,
		.blts = (uintptr_t)blts,
		.num_blts = count,
		.blt_stride = sizeof(*blts),
	};

	return vt_ioctl(s->fd, request, &submit);
}

int vt_decrypt_blt(const struct vt_session *s, const struct drm_vprot_blt *blt)
{
	return vt_submit_array(s, DRM_IOCTL_VPROT_DECRYPTION_BLT, blt, 1);
}

int vt_encrypt_blt(const struct vt_session *s, const struct drm_vprot_blt *blt)
{
	return vt_submit_array(s, DRM_IOCTL_VPROT_ENCRYPTION_BLT, blt, 1);
}

void vt_client_encrypt(const struct vt_session *s, const __u8 key[VT_KEY], const __u8 iv[16],
		       void *data, size_t size)
{
	if (s->crypto_type == DRM_VPROT_CRYPTO_AES128_CBCS)
		vt_cbcs(key, iv, data, size, true);
	else
		vt_ctr(key, iv, data, size);
}

void vt_load(const struct vt_session *s, const struct vt_buffer *dst, __u64 offset,
	     const void *plain, size_t size)
{
	static __u64 iv = 0x7665637400000000;
	struct vt_buffer clear;
	struct drm_vprot_blt blt = {
		.dst = dst->handle,
		.dst_offset = offset,
		.size = size,
		.epoch = s->epoch,
	};

	vt_clear(&clear, s->fd, size ? size : 1);
	blt.src = clear.handle;
	vt_iv(blt.iv, __atomic_add_fetch(&iv, 1, __ATOMIC_RELAXED), 0);
	memcpy(clear.map, plain, size);
	vt_client_encrypt(s, s->key, blt.iv, clear.map, size);
	must(vt_decrypt_blt(s, &blt), "DECRYPTION_BLT");
	vt_buffer_close(&clear);
}

void vt_read_back(const struct vt_session *s, const struct vt_buffer *src, __u64 offset,
		  void *plain, size_t size)
{
	struct drm_vprot_blt_result result;
	struct vt_buffer clear;
	struct drm_vprot_blt blt = {
		.src = src->handle,
		.src_offset = offset,
		.size = size,
		.result = (uintptr_t)&result,
	};

	vt_clear(&clear, s->fd, size ? size : 1);
	blt.dst = clear.handle;
	must(vt_encrypt_blt(s, &blt), "ENCRYPTION_BLT");
	memcpy(plain, clear.map, size);
	vt_ctr(s->read_back, result.iv, plain, size);
	vt_buffer_close(&clear);
}

bool vt_key_works(const struct vt_session *s)
{
	static const __u8 zero[32];
	__u8 plain[sizeof(zero)], seen[sizeof(zero)];
	__u64 seed = s->epoch;
	struct drm_vprot_blt blt = { .size = sizeof(plain), .epoch = s->epoch };
	struct vt_buffer clear, buffer;
	bool works;

	vt_fill(&seed, plain, sizeof(plain));
	vt_clear(&clear, s->fd, sizeof(plain));
	vt_protected(&buffer, s->fd, sizeof(plain));
	blt.src = clear.handle;
	blt.dst = buffer.handle;
	vt_fill(&seed, blt.iv, sizeof(blt.iv));
	memcpy(clear.map, plain, sizeof(plain));
	vt_client_encrypt(s, s->key, blt.iv, clear.map, sizeof(plain));
	works = !vt_decrypt_blt(s, &blt);
	if (works) {
		vt_read_back(s, &buffer, 0, seen, sizeof(seen));
		works = !memcmp(plain, seen, sizeof(plain)) && memcmp(seen, zero, sizeof(zero));
	}
	vt_buffer_close(&buffer);
	vt_buffer_close(&clear);
	return works;
}
