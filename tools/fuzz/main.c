// SPDX-License-Identifier: MIT
/*
 * vprot-fuzz: the fuzzer's program. tools/fuzz/run runs it in a virtual machine.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "calls.h"
#include "corpus.h"
#include "device.h"
#include "finding.h"
#include "fuzz.h"
#include "mutate.h"

static const char usage[] =
"usage: vprot-fuzz fuzz [OPTION]... OUT [CORPUS]...\n"
"       vprot-fuzz replay [OPTION]... CORPUS...\n"
"       vprot-fuzz distill [OPTION]... OUT CORPUS...\n"
"       vprot-fuzz shrink FINDING\n"
"       vprot-fuzz write-c PROGRAM FILE.c\n"
"       vprot-fuzz format PROGRAM\n"
"       vprot-fuzz generate [--seed N] [--programs N] OUT\n"
"\n"
"Fuzzes the vprot device of this machine, as root. Only for virtual machines: it unbinds the device, injects faults,\n"
"and what it looks for are bugs of the kernel. tools/fuzz/run does all this in one.\n"
"\n"
"  fuzz     run random programs, starting from those in each CORPUS (a file or a folder of *.txt); save those that\n"
"           cover something new in OUT/corpus, and what is found in OUT/findings; OUT/last.txt is what runs now\n"
"  replay   run the programs as tests (TAP), with a last line `N passed, N failed`\n"
"  distill  save in OUT a small part of the programs that covers what all of them cover\n"
"  shrink   make the program of a finding (a folder that `fuzz` has made) small: small.txt, small.c in it\n"
"  write-c  write a program in C\n"
"  format   print a program as the fuzzer writes it, if it is one\n"
"  generate save random programs in OUT; this, format and write-c need no device\n"
"\n"
"  --seconds S    fuzz for so long (default 600)\n"
"  --programs N   fuzz no more than N programs\n"
"  --seed N       begin of the random numbers (default: from the clock). It repeats a run as far as threads and\n"
"                 coverage repeat themselves\n"
"  --module FILE  the module's file, to measure coverage. Without it, or on a kernel without KCOV, results of calls\n"
"                 stand in for coverage\n"
"\n"
"Exit status: 0 nothing was found; 1 something was; 2 wrong usage, or the device cannot be fuzzed; 3 something was\n"
"found that needs a new machine to go on.\n";

static void __attribute__((noreturn)) die(const char *what, const char *why)
{
	fprintf(stderr, "vprot-fuzz: %s: %s\n", what, why);
	exit(2);
}

static __u64 number(const char *option, const char *text)
{
	char *end;
	__u64 value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || *end || errno)
		die(option, "wants a number");
	return value;
}

/* The device, faults and coverage. */
static void begin(const char *module)
{
	const char *why = fz_device_limits();

	if (why)
		die("the device cannot be fuzzed", why);
	why = fz_client_init();
	if (why)
		printf("# %s: no session of the RSAES_OAEP type\n", why);
	why = fz_device_faults();
	if (why)
		printf("# %s: no faults are injected\n", why);
	why = module ? fz_cover_init(module) : "no --module";
	if (why)
		printf("# %s: results of calls stand in for coverage\n", why);
	fz_exec_init();
}

static bool replay_one(const char *path, unsigned int test, struct fz_cover *cover)
{
	const char *name = strrchr(path, '/');
	struct fz_result result = { .outcome = FZ_VIOLATED, .what = "it is no program" };
	struct fz_program program;

	if (fz_load(&program, path)) {
		const struct fz_shared *shared = fz_exec(&program, &result);

		fz_cover_add(cover, &shared->cover);
		if (shared->crashed)
			printf("# the process died of a signal\n");
	}
	if (result.outcome != FZ_PASSED)
		printf("# %s\n", result.what);
	printf("%s %u %s\n", result.outcome == FZ_PASSED ? "ok" : "not ok", test,
	       name ? name + 1 : path);
	return result.outcome == FZ_PASSED;
}

static int replay(char **folders)
{
	unsigned int passed = 0, test = 0;
	static struct fz_cover cover;

	printf("TAP version 13\n");
	for (; *folders; folders++) {
		char **paths = fz_paths(*folders);

		if (!paths)
			return 2;
		for (int i = 0; paths[i]; i++) {
			passed += replay_one(paths[i], ++test, &cover);
			free(paths[i]);
		}
		free(paths);
	}
	printf("1..%u\n", test);
	if (fz_cover_on())
		printf("# %u of %u points\n", fz_cover_points(&cover), fz_cover_total());
	printf("%u passed, %u failed\n", passed, test - passed);
	return passed != test || !test;
}

static int distill(const char *out, char **paths)
{
	struct fz_corpus all = { 0 }, small = { 0 };
	struct fz_result result;

	for (int i = 0; paths[i]; i++)
		if (!fz_corpus_load(&all, paths[i]))
			return 2;
	for (unsigned int i = 0; i < all.num; i++) {
		const struct fz_shared *shared = fz_exec(&all.programs[i], &result);

		if (result.outcome == FZ_PASSED && fz_cover_news(&shared->cover, &small.cover)) {
			struct fz_cover cover = shared->cover;

			fz_corpus_offer(&small, &all.programs[i], &cover, out, &result);
		}
		if (result.outcome != FZ_PASSED)
			die("distill", result.what);
	}
	printf("%u of %u programs cover the same, %u of %u points\n", small.num, all.num,
	       fz_cover_points(&small.cover), fz_cover_total());
	free(all.programs);
	free(small.programs);
	return 0;
}

static int shrink(const char *folder)
{
	switch (fz_finding_shrink(folder)) {
	case FZ_SHRUNK:
		printf("%s/small.txt and small.c find the same\n", folder);
		return 0;
	case FZ_NOT_AGAIN:
		printf("%s: the program does not find it again; small.c is all of it\n", folder);
		return 0;
	default:
		return 3;
	}
}

static int format(const char *path)
{
	struct fz_program program;
	char text[FZ_TEXT];

	if (!fz_load(&program, path))
		return 2;
	fputs(fz_print(&program, text), stdout);
	return 0;
}

static int generate(const struct fz_fuzz *fuzz, const char *out)
{
	struct fz_program program = { 0 }, other = { 0 };
	char path[512];

	fz_seed(fuzz->seed);
	for (__u64 i = 0; i < fuzz->programs; i++) {
		fz_mutate(&program, &other);
		snprintf(path, sizeof(path), "%s/%llu.txt", out, i);
		if (!fz_save(&program, path))
			return 2;
		if (!fz_random(3)) {
			other = program;
			program.num = 0;
		}
	}
	return 0;
}

static int write_c(const char *from, const char *to)
{
	struct fz_program program;

	return fz_load(&program, from) && !fz_write_c(&program, from, to) ? 0 : 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "seconds", required_argument, NULL, 't' },
		{ "programs", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "module", required_argument, NULL, 'm' },
		{ NULL }
	};
	struct fz_fuzz fuzz = { .seconds = 600, .seed = time(NULL), .programs = ~0ull };
	const char *module = NULL, *command;
	int option;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case 'h':
			fputs(usage, stdout);
			return 0;
		case 't':
			fuzz.seconds = number("--seconds", optarg);
			break;
		case 'n':
			fuzz.programs = number("--programs", optarg);
			break;
		case 's':
			fuzz.seed = number("--seed", optarg);
			break;
		case 'm':
			module = optarg;
			break;
		default:
			return 2;
		}
	}
	command = optind < argc ? argv[optind++] : "";
	argv += optind;
	argc -= optind;
	if (!strcmp(command, "write-c") && argc == 2)
		return write_c(argv[0], argv[1]);
	if (!strcmp(command, "format") && argc == 1)
		return format(argv[0]);
	if (!strcmp(command, "generate") && argc == 1)
		return generate(&fuzz, argv[0]);
	if (!strcmp(command, "fuzz") && argc >= 1) {
		fuzz.out = argv[0];
		begin(module);
		return fz_fuzz(&fuzz, argv + 1);
	}
	if (!strcmp(command, "replay") && argc >= 1) {
		begin(module);
		return replay(argv);
	}
	if (!strcmp(command, "distill") && argc >= 2) {
		begin(module);
		return distill(argv[0], argv + 1);
	}
	if (!strcmp(command, "shrink") && argc == 1) {
		begin(module);
		return shrink(argv[0]);
	}
	fputs(usage, stderr);
	return 2;
}
