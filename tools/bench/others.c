// SPDX-License-Identifier: GPL-2.0
/*
 * Other ways to decrypt: the kernel's cipher by way of AF_ALG, and OpenSSL in user space.
 */
#include <fcntl.h>
#include <linux/if_alg.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"
#include "others.h"

/* --- AF_ALG ----------------------------------------------------------------------------------- */

/* What goes through a pipe, or into a socket of AF_ALG, at once. */
#define PART	(64 * KIB)

/* A socket for operations of ctr(aes). */
static int open_alg(void)
{
	struct sockaddr_alg address = {
		.salg_family = AF_ALG, .salg_type = "skcipher", .salg_name = "ctr(aes)",
	};
	int bound = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), socket;
	__u8 key[VT_KEY] = { 0 };

	if (bound < 0 || bind(bound, (void *)&address, sizeof(address)) ||
	    setsockopt(bound, SOL_ALG, ALG_SET_KEY, key, sizeof(key)))
		vt_fatal("AF_ALG has no ctr(aes): %m");
	socket = accept4(bound, NULL, 0, SOCK_CLOEXEC);
	if (socket < 0)
		vt_fatal("AF_ALG: %m");
	close(bound);
	return socket;
}

struct alg {
	int socket;
	int pipe[2];
	__u8 *src, *dst;
	__u64 size;
};

/* Begin an operation: its IV, and data if there are any here. */
static void send_operation(const struct alg *alg, const void *data, size_t size, int flags)
{
	union {
		char buffer[CMSG_SPACE(sizeof(__u32)) + CMSG_SPACE(sizeof(struct af_alg_iv) + 16)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { (void *)data, size };
	struct msghdr message = {
		.msg_control = control.buffer, .msg_controllen = sizeof(control.buffer),
		.msg_iov = &iov, .msg_iovlen = size ? 1 : 0,
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	struct af_alg_iv *iv;

	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_OP;
	header->cmsg_len = CMSG_LEN(sizeof(__u32));
	*(__u32 *)CMSG_DATA(header) = ALG_OP_DECRYPT;
	header = CMSG_NXTHDR(&message, header);
	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_IV;
	header->cmsg_len = CMSG_LEN(sizeof(*iv) + 16);
	iv = (void *)CMSG_DATA(header);
	iv->ivlen = 16;
	if (sendmsg(alg->socket, &message, flags) != (ssize_t)size)
		vt_fatal("AF_ALG does not take %zu bytes: %m", size);
}

static void read_all(const struct alg *alg, __u8 *to, size_t size)
{
	if (read(alg->socket, to, size) != (ssize_t)size)
		vt_fatal("AF_ALG does not give %zu bytes: %m", size);
}

static __u64 run_alg_copying(void *arg, unsigned int turns)
{
	const struct alg *alg = arg;
	__u64 begin = bench_ticks();

	for (unsigned int i = 0; i < turns; i++) {
		for (__u64 at = 0; at < alg->size; at += PART) {
			size_t n = alg->size - at < PART ? alg->size - at : PART;

			send_operation(alg, alg->src + at, n, 0);
			read_all(alg, alg->dst + at, n);
		}
	}
	return bench_ticks() - begin;
}

static __u64 run_alg_splice(void *arg, unsigned int turns)
{
	const struct alg *alg = arg;
	__u64 begin = bench_ticks();

	for (unsigned int i = 0; i < turns; i++) {
		for (__u64 at = 0; at < alg->size; at += PART) {
			size_t n = alg->size - at < PART ? alg->size - at : PART;
			struct iovec iov = { alg->src + at, n };

			send_operation(alg, NULL, 0, MSG_MORE);
			if (vmsplice(alg->pipe[1], &iov, 1, SPLICE_F_GIFT) != (ssize_t)n ||
			    splice(alg->pipe[0], NULL, alg->socket, NULL, n, 0) != (ssize_t)n)
				vt_fatal("splice to AF_ALG failed: %m");
			read_all(alg, alg->dst + at, n);
		}
	}
	return bench_ticks() - begin;
}

/* Memory that can be spliced, as the device's cannot. */
static void *map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		vt_fatal("mmap: %m");
	return memory;
}

void bench_alg(__u64 size, unsigned int turns)
{
	struct alg alg = { .src = map(size), .dst = map(size), .size = size };

	alg.socket = open_alg();
	if (pipe2(alg.pipe, O_CLOEXEC))
		vt_fatal("pipe: %m");
	fcntl(alg.pipe[1], F_SETPIPE_SZ, 2 * PART);
	bench_measure(turns, run_alg_copying, &alg, "alg-copying/%llu", size);
	bench_measure(turns, run_alg_splice, &alg, "alg-splice/%llu", size);
	close(alg.pipe[0]);
	close(alg.pipe[1]);
	close(alg.socket);
	munmap(alg.src, size);
	munmap(alg.dst, size);
}

/* --- OpenSSL ---------------------------------------------------------------------------------- */

struct evp {
	EVP_CIPHER_CTX *ctx;
	__u8 *src, *dst;
	__u64 size;
};

static __u64 run_evp(void *arg, unsigned int turns)
{
	const struct evp *evp = arg;
	__u8 iv[16] = { 0 };
	__u64 begin = bench_ticks();
	int n;

	for (unsigned int i = 0; i < turns; i++)
		if (!EVP_DecryptInit_ex2(evp->ctx, NULL, NULL, iv, NULL) ||
		    !EVP_DecryptUpdate(evp->ctx, evp->dst, &n, evp->src, evp->size))
			vt_fatal("OpenSSL failed to decrypt");
	return bench_ticks() - begin;
}

void bench_evp(const struct bench *b, __u64 size, unsigned int turns)
{
	struct evp evp = {
		.ctx = EVP_CIPHER_CTX_new(),
		.src = b->clear.map, .dst = b->other.map, .size = size,
	};
	__u8 key[VT_KEY] = { 0 };

	if (!evp.ctx || !EVP_DecryptInit_ex2(evp.ctx, EVP_aes_128_ctr(), key, key, NULL))
		vt_fatal("OpenSSL has no AES-128-CTR");
	bench_measure(turns, run_evp, &evp, "evp/%llu", size);
	EVP_CIPHER_CTX_free(evp.ctx);
}
