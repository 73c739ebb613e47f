// SPDX-License-Identifier: GPL-2.0
/*
 * Two sessions share no lock that a blit or a refresh would have to wait for. Needs a kernel that
 * counts contended locks (CONFIG_LOCK_STAT).
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
	struct vt_buffer clear, secret;
	int error;
};

static int play(struct player *p)
{
	struct drm_vprot_blt blt = {
		.src = p->clear.handle, .dst = p->secret.handle, .size = SIZE,
	};
	__u8 nonce[VT_KEY];

	return vt_start(&p->s, nonce) ?: vt_finish(&p->s, NULL) ?: vt_decrypt_blt(&p->s, &blt);
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
 * Prints where the driver had to wait for a lock, and returns how many places there are. @seen says
 * whether the locks of sessions are in the statistics at all.
 */
static unsigned int contended(bool *seen)
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
		if (strstr(line, "[<") && strstr(line, "[vprot]")) {
			printf("# %s", line);
			places++;
		}
	}
	fclose(file);
	return places;
}

TEST(two_sessions)
{
	static struct player players[THREADS];
	pthread_barrier_t start;
	bool seen;

	pthread_barrier_init(&start, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		struct player *p = &players[i];

		p->start = &start;
		p->cpu = i;
		vt_session_open(&p->s, vt_open(), 0);
		vt_clear(&p->clear, p->s.fd, SIZE);
		vt_protected(&p->secret, p->s.fd, SIZE);
		/* The first refresh allocates. */
		ASSERT_EQ(0, play(p));
	}
	vt_write_file("/proc/sys/kernel/lock_stat", "1");
	vt_write_file("/proc/lock_stat", "0");
	for (int i = 0; i < THREADS; i++)
		ASSERT_EQ(0, pthread_create(&players[i].thread, NULL, run, &players[i]));
	for (int i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_join(players[i].thread, NULL));
		ASSERT_EQ(0, players[i].error);
	}
	EXPECT_EQ(0, contended(&seen));
	EXPECT_TRUE(seen);
}

TEST_HARNESS_MAIN
