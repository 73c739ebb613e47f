// SPDX-License-Identifier: MIT
/*
 * The threads of the executing process, and the slots they share.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"

#define PAGE		4096
#define GOOD_SIZE	(64 * PAGE)
#define FIRST_FD	64
#define ALLOWANCE	(32u << 20)	/* see fz_spend() */

static struct fz_thread threads[FZ_THREADS];
static struct fz_slot slots[FZ_KINDS][FZ_SLOTS];
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;
static int next_fd = FIRST_FD;
static unsigned long long spent;

/* --- slots ------------------------------------------------------------------------------------ */

struct fz_slot fz_get_slot(enum fz_kind kind, unsigned int index)
{
	struct fz_slot slot = { .fd = -1, .handle = 0x7fff0000, .name = 0x7fff0000 };

	if (index < FZ_SLOTS) {
		pthread_mutex_lock(&slots_lock);
		slot = slots[kind][index];
		pthread_mutex_unlock(&slots_lock);
	}
	return slot;
}

struct fz_slot fz_get(const struct fz_call *call, const char *field)
{
	unsigned int i = fz_field_index(call->type, field);

	return fz_get_slot(call->type->fields[i].kind, call->value[i]);
}

struct fz_slot fz_put(enum fz_kind kind, unsigned int index, struct fz_slot slot)
{
	struct fz_slot old = { .fd = -1 };

	if (index < FZ_SLOTS) {
		pthread_mutex_lock(&slots_lock);
		old = slots[kind][index];
		slots[kind][index] = slot;
		pthread_mutex_unlock(&slots_lock);
	}
	return old;
}

/*
 * A number that is used again would lead a thread that still holds the old one to another file,
 * and make the fuzzer see rules broken that are not.
 */
int fz_new_fd(int fd)
{
	int number = fd < 0 ? -1 :
		     fcntl(fd, F_DUPFD_CLOEXEC, __atomic_fetch_add(&next_fd, 1, __ATOMIC_RELAXED));

	if (fd >= 0)
		close(fd);
	return number;
}

bool fz_spend(__u64 bytes)
{
	if (bytes > ALLOWANCE)
		return false;
	return __atomic_add_fetch(&spent, bytes, __ATOMIC_RELAXED) <= ALLOWANCE;
}

/* --- calls ------------------------------------------------------------------------------------ */

void fz_violation(struct fz_thread *t, const char *format, ...)
{
	char *text = t->shared->violation;
	int length, expected = 0;
	va_list args;

	if (!__atomic_compare_exchange_n(&t->shared->violated, &expected, 1, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return;
	va_start(args, format);
	length = vsnprintf(text, sizeof(t->shared->violation), format, args);
	va_end(args);
	if (t->call && length < sizeof(t->shared->violation) - 8) {
		text += length;
		text += sprintf(text, ": ");
		fz_print_call(t->call, text, sizeof(t->shared->violation) - length - 2);
	}
}

/* What is written to fail-nth counts from the next system call on. */
void fz_enter(struct fz_thread *t)
{
	char number[8];

	fz_cover_reset(t->index);
	if (t->call && t->call->fail && t->fail_fd >= 0) {
		int length = snprintf(number, sizeof(number), "%d", t->call->fail);

		if (write(t->fail_fd, number, length) < 0)
			perror("fail-nth");
	}
}

void fz_leave(struct fz_thread *t)
{
	char left[8] = "";
	int error = errno;

	if (t->call && t->call->fail && t->fail_fd >= 0) {
		if (pread(t->fail_fd, left, sizeof(left) - 1, 0) > 0 && left[0] == '0')
			__atomic_add_fetch(&t->shared->injected, 1, __ATOMIC_RELAXED);
		if (write(t->fail_fd, "0", 1) < 0)
			perror("fail-nth");
	}
	fz_cover_collect(t->index, &t->shared->cover);
	errno = error;
}

static __thread struct fz_thread *current;

/* A mapping has no page any more: that is an error of the call which has touched it. */
static void on_sigbus(int number)
{
	siglongjmp(current->no_page, number);
}

static int make_call_once(struct fz_thread *t, const struct fz_call *call)
{
	if (sigsetjmp(t->no_page, 1)) {
		fz_leave(t);
		return -EFAULT;
	}
	return call->type->run ? call->type->run(t, call) : fz_call_ioctl(t, call, t->good);
}

static void make_call(struct fz_thread *t, const struct fz_call *call)
{
	t->call = call;
	for (int i = 0; i < call->repeat; i++) {
		int result = make_call_once(t, call);

		fz_cover_result(call->type - fz_types, result, &t->shared->cover);
		__atomic_add_fetch(&t->shared->calls, 1, __ATOMIC_RELAXED);
		__atomic_add_fetch(&t->shared->succeeded, !result, __ATOMIC_RELAXED);
	}
	if (call->type->run == fz_submit) {
		t->num_blts = 0;
		t->num_waits = 0;
		t->num_signals = 0;
	}
	t->call = NULL;
}

/* --- threads ---------------------------------------------------------------------------------- */

static void *must_map(size_t size, int prot, int flags, int fd)
{
	void *memory = mmap(NULL, size, prot, flags, fd, 0);

	if (memory == MAP_FAILED) {
		perror("mmap");
		_exit(1);
	}
	return memory;
}

static void thread_init(struct fz_thread *t, unsigned int index, const struct fz_program *program,
			struct fz_shared *shared)
{
	int fd = memfd_create("read-only", MFD_CLOEXEC);

	t->index = index;
	t->program = program;
	t->shared = shared;
	t->good = must_map(GOOD_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	t->bad = must_map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	t->bad += PAGE;
	if (fd < 0 || ftruncate(fd, PAGE) || mprotect(t->bad, PAGE, PROT_NONE)) {
		perror("mprotect");
		_exit(1);
	}
	t->read_only = must_map(PAGE, PROT_READ, MAP_SHARED, fd);
	t->read_only_alias = must_map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	close(fd);
}

static void thread_begin(unsigned int index);

static void *thread_run(void *arg)
{
	struct fz_thread *t = arg;

	current = t;
	t->fail_fd = fz_new_fd(open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC));
	fz_cover_begin(t->index);
	for (unsigned int i = 0; i < t->program->num; i++) {
		const struct fz_call *call = &t->program->calls[i];

		if (call->thread == t->index)
			make_call(t, call);
		else if (!t->index)
			thread_begin(call->thread);
	}
	fz_cover_end(t->index);
	return NULL;
}

static void thread_begin(unsigned int index)
{
	struct fz_thread *t = &threads[index];

	if (t->begun)
		return;
	thread_init(t, index, threads[0].program, threads[0].shared);
	if (pthread_create(&t->id, NULL, thread_run, t)) {
		perror("pthread_create");
		_exit(1);
	}
	__atomic_store_n(&t->begun, true, __ATOMIC_RELEASE);
}

bool fz_thread_id(unsigned int index, pthread_t *id)
{
	if (index >= FZ_THREADS || !__atomic_load_n(&threads[index].begun, __ATOMIC_ACQUIRE))
		return false;
	*id = threads[index].id;
	return true;
}

/* Closes all, while coverage still sees it. */
static void close_all(struct fz_thread *t)
{
	fz_cover_begin(t->index);
	for (int i = 0; i < FZ_SLOTS; i++)
		if (slots[FZ_MAP][i].memory)
			munmap(slots[FZ_MAP][i].memory, slots[FZ_MAP][i].size);
	for (int fd = FIRST_FD; fd < next_fd; fd++) {
		fz_enter(t);
		close(fd);
		fz_leave(t);
	}
	fz_cover_end(t->index);
}

static void ignore(int number)
{
}

void fz_run_threads(const struct fz_program *program, struct fz_shared *shared)
{
	struct sigaction action = { .sa_handler = ignore };
	struct sigaction no_page = { .sa_handler = on_sigbus };

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGBUS, &no_page, NULL);
	for (int i = 0; i < FZ_SLOTS; i++)
		for (int kind = 0; kind < FZ_KINDS; kind++)
			slots[kind][i].fd = -1;
	thread_init(&threads[0], 0, program, shared);
	threads[0].id = pthread_self();
	threads[0].begun = true;
	thread_run(&threads[0]);
	for (int i = 1; i < FZ_THREADS; i++)
		if (threads[i].begun)
			pthread_join(threads[i].id, NULL);
	fz_scan_all(&threads[0]);
	close_all(&threads[0]);
}
