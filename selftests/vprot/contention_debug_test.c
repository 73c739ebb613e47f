// SPDX-License-Identifier: GPL-2.0
/*
 * Two sessions share no lock that a blit or a refresh would have to wait for, two threads of one
 * session none but its submit point. Needs a kernel that counts contended locks (CONFIG_LOCK_STAT).
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"
#include "module.h"
#include "process.h"
#include "vprot_test.h"

#define THREADS	2
#define TURNS	2000
#define SIZE	4096

struct player {
	pthread_t thread;
	pthread_barrier_t *start;
	int cpu;
	struct vt_session s;
	bool refreshes;
	struct vt_buffer clear, secret;
	int error;
};

static int play(struct player *p)
{
	struct drm_vprot_blt blt = {
		.src = p->clear.handle, .dst = p->secret.handle, .size = SIZE,
	};
	__u8 nonce[VT_KEY];
	int ret = 0;

	if (p->refreshes)
		ret = vt_start(&p->s, nonce) ?: vt_finish(&p->s, NULL);
	return ret ?: vt_decrypt_blt(&p->s, &blt);
}

static void *run(void *arg)
{
	struct player *p = arg;

	vt_run_on(p->cpu);
	pthread_barrier_wait(p->start);
	for (int i = 0; i < TURNS && !p->error; i++)
		p->error = play(p);
	return NULL;
}

/*
 * Prints where the driver had to wait for a lock, but for the one that is @allowed, and returns how
 * many places there are. @seen says whether the locks of sessions are in the statistics at all.
 */
static unsigned int contended(const char *allowed, bool *seen)
{
	FILE *file = fopen("/proc/lock_stat", "re");
	unsigned int places = 0;
	char line[512];

	if (!file)
		vt_fatal("/proc/lock_stat: %m");
	*seen = false;
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, "&session->lock:"))
			*seen = true;
		/* Below each lock come those who waited for it, and those who held it. */
		if (strstr(line, "[<") && strstr(line, "[vprot]") &&
		    !(allowed && strstr(line, allowed))) {
			printf("# %s", line);
			places++;
		}
	}
	fclose(file);
	return places;
}

static void join(struct player *p, const struct vt_session *s)
{
	p->s = *s;
	vt_clear(&p->clear, p->s.fd, SIZE);
	vt_protected(&p->secret, p->s.fd, SIZE);
	/* The first refresh and the first blit allocate. */
	if (play(p))
		vt_fatal("a blit or a refresh failed: %m");
}

/* Two threads play, each on a processor of its own. Returns the first error. */
static int play_all(struct player *players)
{
	pthread_barrier_t start;
	int error = 0;

	vt_write_file("/proc/sys/kernel/lock_stat", "1");
	vt_write_file("/proc/lock_stat", "0");
	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		players[i].start = &start;
		players[i].cpu = i;
		if (pthread_create(&players[i].thread, NULL, run, &players[i]))
			vt_fatal("no thread");
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(players[i].thread, NULL);
		error = error ?: players[i].error;
	}
	return error;
}

TEST(two_sessions)
{
	struct player players[THREADS] = {};
	bool seen;

	for (int i = 0; i < THREADS; i++) {
		struct vt_session s;

		vt_session_open(&s, vt_open(), 0);
		players[i].refreshes = true;
		join(&players[i], &s);
	}
	ASSERT_EQ(0, play_all(players));
	EXPECT_EQ(0, contended(NULL, &seen));
	EXPECT_TRUE(seen);
}

TEST(one_session)
{
	struct player players[THREADS] = {};
	struct vt_session s;
	bool seen;

	vt_session_open(&s, vt_open(), 0);
	for (int i = 0; i < THREADS; i++)
		join(&players[i], &s);
	ASSERT_EQ(0, play_all(players));
	EXPECT_EQ(0, contended("&session->lock", &seen));
	EXPECT_TRUE(seen);
}

TEST_HARNESS_MAIN
