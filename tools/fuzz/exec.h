/* SPDX-License-Identifier: MIT */
/*
 * Running a program: in a process of its own, watched by its parent.
 */
#ifndef FUZZ_EXEC_H
#define FUZZ_EXEC_H

#include "cover.h"
#include "program.h"

/** enum fz_outcome - how a run ended */
enum fz_outcome {
	FZ_PASSED,	/**< @FZ_PASSED: Nothing to say. */
	FZ_VIOLATED,	/**< @FZ_VIOLATED: A rule of the interface was broken. */
	FZ_REPORTED,	/**< @FZ_REPORTED: The kernel reported a problem. */
	FZ_HUNG,	/**< @FZ_HUNG: The process could not be ended. */
};

/** struct fz_result - what came of a run */
struct fz_result {
	enum fz_outcome outcome;	/**< @outcome: How it ended. */
	char what[512];			/**< @what: Why. */
};

/** struct fz_shared - what the executing process tells its parent */
struct fz_shared {
	int violated;			/**< @violated: @violation holds a message. */
	char violation[400];		/**< @violation: The first broken rule. */
	unsigned int calls;		/**< @calls: Calls made. */
	unsigned int succeeded;		/**< @succeeded: Those that returned 0. */
	bool crashed;			/**< @crashed: The process died of a signal. */
	unsigned int injected;		/**< @injected: Faults that hit. */
	struct fz_cover cover;		/**< @cover: What was covered. */
};

/** fz_exec_init() - make ready to run programs; ends the process when that cannot be done */
void fz_exec_init(void);
/**
 * fz_exec() - run a program once
 * @program: the program
 * @result: gets what came of it
 *
 * Return: what the run left behind, valid until the next one.
 */
const struct fz_shared *fz_exec(const struct fz_program *program, struct fz_result *result);

/** fz_run_threads() - run all threads of a program in this process; threads.c */
void fz_run_threads(const struct fz_program *program, struct fz_shared *shared);

#endif
