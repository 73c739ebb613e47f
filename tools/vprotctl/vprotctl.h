/* SPDX-License-Identifier: MIT */
/*
 * vprotctl: what its commands share.
 */
#ifndef VPROTCTL_H
#define VPROTCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define FIRMWARE_FOLDER	"/lib/firmware/vprot"
#define ROOT_FILE	"root-cert.der"

struct vprot_device;

/**
 * struct command - a command of vprotctl
 */
struct command {
	/** @name: its name */
	const char *name;
	/** @summary: what it does, in a line */
	const char *summary;
	/** @run: does it; gets the arguments from the command's name on, returns the exit status */
	int (*run)(int argc, char **argv);
};

/**
 * run_command() - run a command, and see that what it printed has arrived
 * @command: the command
 * @argc: number of arguments, its name included
 * @argv: the arguments
 *
 * Return: the exit status.
 */
int run_command(const struct command *command, int argc, char **argv);

int caps_main(int argc, char **argv);
int provision_main(int argc, char **argv);
int sessions_main(int argc, char **argv);

/**
 * fail() - end the program with exit status 1
 * @format: the cause and its remedy, as for printf(), without a newline
 */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/**
 * fail_usage() - end the program with exit status 2
 * @format: what is wrong with the command line
 */
void fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/**
 * fail_option() - end the program with exit status 2, after getopt_long(3) has said why
 */
_Noreturn void fail_option(void);

/**
 * parse_number() - the number that an option was given, or fail_usage()
 * @option: name of the option
 * @text: its value
 * @low: smallest valid number
 * @high: largest valid number
 *
 * Return: the number.
 */
unsigned long parse_number(const char *option, const char *text, unsigned long low,
			   unsigned long high);

/**
 * read_file() - read a whole file, or fail()
 * @path: the file
 * @size: gets its size in bytes
 *
 * Return: the contents, for free(3).
 */
uint8_t *read_file(const char *path, size_t *size);

/**
 * open_device() - open the device, or fail()
 *
 * Return: the device.
 */
struct vprot_device *open_device(void);

/**
 * open_debugfs() - open a file of the device in debugfs, or fail()
 * @name: its name
 * @flags: O_RDONLY or O_WRONLY
 *
 * Return: the file descriptor.
 */
int open_debugfs(const char *name, int flags);

/**
 * print_json_string() - print a string as JSON
 * @text: the string
 */
void print_json_string(const char *text);

#endif /* VPROTCTL_H */
