// SPDX-License-Identifier: GPL-2.0
/*
 * Many processes that play for a long time and are killed at any moment: nothing may stay behind.
 *
 * usage: soak SECONDS
 *
 * In rounds of 20 seconds, players decrypt and read back, compare with OpenSSL, refresh and
 * exchange keys, share buffers, open and close. The parent kills one after the other and starts
 * others. After each round all are gone, the device has to be idle, and the module is taken out
 * and put in again. Memory, slab caches and open files are compared with what they were after
 * the first round, which fills the kernel's caches.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "module.h"
#include "vprot_test.h"

#define PLAYERS		8
#define ROUND		20		/* seconds */
#define SIZE		(512 << 10)
/* What the kernel's own caches may grow and shrink by, in KiB. */
#define MEMORY_SLACK	8192
#define SLAB_SLACK	512
/* Files: each processor counts so many for itself before it adds them to what is told. */
#define FILES_SLACK	32

/* What all players have done. */
static struct totals {
	__u64 blits, bytes, refreshes, exchanges, sessions, shared, imported, refused, killed;
} *totals;

/* Where players leave buffers for each other. */
static int exchange[2];

static void add(__u64 *total, __u64 number)
{
	__atomic_add_fetch(total, number, __ATOMIC_RELAXED);
}

/* --- a player --------------------------------------------------------------------------------- */

struct player {
	__u64 seed;
	struct vt_session s;
	struct vt_buffer clear, secret;
	bool given;		/* others can have @secret, and may be the first to use it */
	__u8 plain[SIZE], seen[SIZE];
};

static __u64 pick(struct player *p, __u64 below)
{
	return vt_random(&p->seed) % below;
}

static void renew_secret(struct player *p)
{
	vt_buffer_close(&p->secret);
	vt_protected(&p->secret, p->s.fd, SIZE);
	p->given = false;
}

/* A piece of a film: decrypt it, read it back, compare. */
static void play(struct player *p)
{
	__u64 size = 1 + pick(p, pick(p, 8) ? 20000 : SIZE - 1), at = pick(p, SIZE - size + 1);
	__u8 content_key[VT_KEY], wrapped[VT_KEY];
	struct drm_vprot_blt blt = {
		.src = p->clear.handle,
		.dst = p->secret.handle,
		.src_offset = at,
		.dst_offset = at,
		.size = size,
		.epoch = pick(p, 2) ? p->s.epoch : 0,
	};
	const __u8 *key = p->s.key;
	int error;

	vt_fill(&p->seed, p->plain, size);
	vt_fill(&p->seed, blt.iv, sizeof(blt.iv));
	if (pick(p, 2)) {
		vt_fill(&p->seed, content_key, VT_KEY);
		vt_wrap(p->s.key, content_key, wrapped);
		blt.key_form = DRM_VPROT_KEY_WRAPPED;
		blt.key_size = VT_KEY;
		blt.key = (uintptr_t)wrapped;
		key = content_key;
	}
	memcpy(p->clear.map + at, p->plain, size);
	vt_ctr(key, blt.iv, p->clear.map + at, size);
	error = vt_decrypt_blt(&p->s, &blt);
	if (error == -EACCES && p->given) {
		renew_secret(p);
		return;
	}
	if (error)
		vt_fatal("a blit returned %d", error);
	vt_read_back(&p->s, &p->secret, at, p->seen, size);
	if (memcmp(p->seen, p->plain, size))
		vt_fatal("%llu bytes at %llu came back wrong", (unsigned long long)size,
			 (unsigned long long)at);
	add(&totals->blits, 2);
	add(&totals->bytes, 2 * size);
}

static void share(struct player *p)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	bool secret = pick(p, 2);
	int dmabuf = vt_export(secret ? &p->secret : &p->clear);

	p->given |= secret;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &dmabuf, sizeof(dmabuf));
	if (sendmsg(exchange[0], &message, MSG_DONTWAIT) == 1)
		add(&totals->shared, 1);
	close(dmabuf);
}

/* Another player's buffer: a protected one is of no use, a clear one is. */
static void take(struct player *p)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct vt_buffer other = { .fd = p->s.fd };
	struct drm_vprot_blt blt = { .src = p->clear.handle, .size = 64 };
	int dmabuf, error;

	if (recvmsg(exchange[1], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1)
		return;
	if (!CMSG_FIRSTHDR(&message))
		return;
	memcpy(&dmabuf, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(dmabuf));
	error = vt_import(p->s.fd, dmabuf, &other.handle);
	close(dmabuf);
	if (error)
		vt_fatal("an import returned %d", error);
	add(&totals->imported, 1);
	/* It may be our own, and then it has one handle only. */
	if (other.handle == p->secret.handle || other.handle == p->clear.handle)
		return;

	/* Whose session has ended meanwhile may be used by anybody. */
	blt.dst = other.handle;
	error = vt_decrypt_blt(&p->s, &blt);
	if (error && error != -EACCES)
		vt_fatal("a blit into another's buffer returned %d", error);
	if (error)
		add(&totals->refused, 1);
	vt_buffer_close(&other);
}

static void open_session(struct player *p)
{
	vt_session_open(&p->s, p->s.fd, 0);
	add(&totals->sessions, 1);
	add(&totals->exchanges, 1);
}

static void step(struct player *p)
{
	__u8 key[VT_KEY], nonce[VT_KEY];

	switch (pick(p, 16)) {
	default:
		play(p);
		break;
	case 0:
	case 1:
	case 2:
		vt_refresh(&p->s);
		add(&totals->refreshes, 1);
		break;
	case 3:
		if (vt_start(&p->s, nonce))
			vt_fatal("Start failed");
		break;
	case 4:
		share(p);
		break;
	case 5:
	case 6:
		take(p);
		break;
	case 7:
		vt_draw_read_back_key(&p->s);
		break;
	case 8:
		if (pick(p, 8))
			break;
		vt_fill(&p->seed, key, VT_KEY);
		vt_key_exchange(&p->s, key);
		vt_draw_read_back_key(&p->s);
		add(&totals->exchanges, 1);
		break;
	case 9:
		if (pick(p, 8))
			break;
		vt_session_destroy(&p->s);
		p->s.fd = p->secret.fd;
		open_session(p);
		break;
	case 10:
		renew_secret(p);
		break;
	}
}

static pid_t start_player(__u64 seed)
{
	pid_t parent = getpid(), process = fork();
	static struct player p;

	if (process < 0)
		vt_fatal("fork: %s", strerror(errno));
	if (process)
		return process;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	p.seed = seed;
	p.s.fd = vt_open();
	vt_clear(&p.clear, p.s.fd, SIZE);
	vt_protected(&p.secret, p.s.fd, SIZE);
	open_session(&p);
	/* Some come to their end before they are killed. */
	for (__u64 steps = pick(&p, 400); steps; steps--)
		step(&p);
	_exit(0);
}

/* --- what must not grow ----------------------------------------------------------------------- */

#define MAX_CACHES	1024

struct usage {
	long available;			/* KiB */
	unsigned int files;
	unsigned int caches;
	struct {
		char name[64];
		long size;		/* KiB */
	} cache[MAX_CACHES];
};

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

/* Have the kernel give back what it only keeps for the next time. */
static void shrink(void)
{
	DIR *caches = opendir("/sys/kernel/slab");
	struct dirent *entry;
	char path[512];

	sync();
	write_file("/proc/sys/vm/drop_caches", "3");
	while (caches && (entry = readdir(caches))) {
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", entry->d_name);
		if (entry->d_name[0] != '.')
			write_file(path, "1");
	}
	if (caches)
		closedir(caches);
}

/* KiB that are free, but in the lists of the processors: no kernel counts them as available. */
static long free_in_lists(void)
{
	FILE *file = fopen("/proc/zoneinfo", "re");
	long count, pages = 0;
	char line[512];

	if (!file)
		vt_fatal("/proc/zoneinfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " count: %ld", &count) == 1)
			pages += count;
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void measure(struct usage *usage)
{
	char line[512];
	long objects, total, size;
	FILE *file;

	memset(usage, 0, sizeof(*usage));
	file = fopen("/proc/meminfo", "re");
	if (!file)
		vt_fatal("/proc/meminfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), file))
		sscanf(line, "MemAvailable: %ld", &usage->available);
	fclose(file);
	usage->available += free_in_lists();
	file = fopen("/proc/sys/fs/file-nr", "re");
	if (!file || fscanf(file, "%u", &usage->files) != 1)
		vt_fatal("/proc/sys/fs/file-nr: %s", strerror(errno));
	fclose(file);
	file = fopen("/proc/slabinfo", "re");
	if (!file)
		vt_fatal("/proc/slabinfo: %s", strerror(errno));
	while (fgets(line, sizeof(line), file) && usage->caches < MAX_CACHES) {
		if (sscanf(line, "%63s %ld %ld %ld", usage->cache[usage->caches].name, &objects,
			   &total, &size) != 4)
			continue;
		usage->cache[usage->caches++].size = objects * size / 1024;
	}
	fclose(file);
}

/* Returns what has grown most among the caches, with its name. */
static long grown(const struct usage *before, const struct usage *now, const char **name)
{
	long most = 0;

	*name = "none";
	for (unsigned int i = 0; i < now->caches; i++) {
		for (unsigned int j = 0; j < before->caches; j++) {
			long more = now->cache[i].size - before->cache[j].size;

			if (!strcmp(now->cache[i].name, before->cache[j].name) && more > most) {
				most = more;
				*name = now->cache[i].name;
			}
		}
	}
	return most;
}

/* The device has no session, and nobody has it open. */
static void check_idle(void)
{
	char line[512];
	int lines = 0;
	FILE *file = popen("cat /sys/kernel/debug/dri/*/vprot_sessions | sort -u", "re");

	while (file && fgets(line, sizeof(line), file))
		lines++;
	if (!file || pclose(file) || lines != 1)
		vt_fatal("%d sessions are left behind", lines - 1);
}

/* --- rounds ----------------------------------------------------------------------------------- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Waits for a player to end; says whether it has failed. */
static void reap(pid_t player, bool was_killed)
{
	int status;

	if (waitpid(player, &status, 0) != player)
		vt_fatal("waitpid: %s", strerror(errno));
	if (WIFEXITED(status) ? WEXITSTATUS(status) : !was_killed || WTERMSIG(status) != SIGKILL)
		vt_fatal("a player failed: status %#x", status);
}

static void play_round(double end, __u64 *seed)
{
	pid_t players[PLAYERS];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, exchange))
		vt_fatal("socketpair: %s", strerror(errno));
	for (int i = 0; i < PLAYERS; i++)
		players[i] = start_player(vt_random(seed));
	while (now() < end) {
		int i = vt_random(seed) % PLAYERS;

		/* Not an event: any moment is as good as another to kill. */
		poll(NULL, 0, vt_random(seed) % 200);
		kill(players[i], SIGKILL);
		reap(players[i], true);
		add(&totals->killed, 1);
		players[i] = start_player(vt_random(seed));
	}
	for (int i = 0; i < PLAYERS; i++) {
		kill(players[i], SIGKILL);
		reap(players[i], true);
	}
	close(exchange[0]);
	close(exchange[1]);
}

int main(int argc, char **argv)
{
	static struct usage before, after;
	double begin = now(), length = argc == 2 ? atof(argv[1]) : 0;
	__u64 seed = time(NULL);
	const char *cache;
	long memory = 0, slab = 0;
	int rounds, files = 0, result;

	if (length <= 0)
		vt_fatal("usage: soak SECONDS");
	totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (totals == MAP_FAILED)
		vt_fatal("mmap: %s", strerror(errno));
	printf("soak: %d players for %.0f s, seed %llu\n", PLAYERS, length,
	       (unsigned long long)seed);

	for (rounds = 0; rounds < 2 || now() - begin < length; rounds++) {
		play_round(now() + ROUND, &seed);
		check_idle();
		result = vt_module_remove();
		if (result)
			vt_fatal("the module cannot be removed: %s", strerror(-result));
		shrink();
		measure(rounds ? &after : &before);
		result = vt_module_insert("");
		if (result)
			vt_fatal("the module cannot be inserted: %s", strerror(-result));
		if (rounds) {
			memory = before.available - after.available;
			files = after.files - before.files;
			slab = grown(&before, &after, &cache);
			printf("soak: %.0f s: %llu blits, %llu refreshes, %llu killed; since the first round: ",
			       now() - begin, (unsigned long long)totals->blits,
			       (unsigned long long)totals->refreshes,
			       (unsigned long long)totals->killed);
			printf("memory %+ld KiB, slab %+ld KiB (%s), files %+d\n", memory, slab,
			       cache, files);
			fflush(stdout);
		}
	}

	printf("soak: %d rounds in %.0f s: %llu blits of %llu MiB verified, %llu refreshes, %llu key exchanges, ",
	       rounds, now() - begin, (unsigned long long)totals->blits,
	       (unsigned long long)totals->bytes >> 20, (unsigned long long)totals->refreshes,
	       (unsigned long long)totals->exchanges);
	printf("%llu sessions, %llu buffers shared, %llu imported, %llu refused, %llu players killed\n",
	       (unsigned long long)totals->sessions, (unsigned long long)totals->shared,
	       (unsigned long long)totals->imported, (unsigned long long)totals->refused,
	       (unsigned long long)totals->killed);
	if (memory > MEMORY_SLACK || slab > SLAB_SLACK ||
	    files > FILES_SLACK * sysconf(_SC_NPROCESSORS_ONLN))
		vt_fatal("something stays behind");
	return 0;
}
