// SPDX-License-Identifier: MIT
/*
 * vprotctl play: what a protected player does, but for the picture. A program of its own, as it
 * alone needs FFmpeg's libraries.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include <vprot_drm.h>

#include "keyring.h"
#include "pipeline.h"
#include "vprotctl.h"

#define MAX_KEYS	16
#define MAX_LOSSES	64
#define MAX_NUMBER	1000000000

/**
 * struct play - what was asked for, and what came of it
 */
struct play {
	const char *in_path;
	const char *out_path;
	const char *root_path;
	const char *keyring;
	bool json;
	struct content_key keys[MAX_KEYS];
	unsigned long lose_at[MAX_LOSSES];
	size_t num_lose_at;
	uint64_t first_epoch;
	double seconds;
};

static void usage(void)
{
	puts("usage: vprotctl play FILM --key KID:KEY [OPTION]...\n"
	     "\n"
	     "Decrypts a film with common encryption (cenc, cens, cbcs) through protected buffers\n"
	     "of the device, refreshes the session key as it goes, reads the samples back under a\n"
	     "read-back key, and writes a clear film. When the device loses keys and contents, it\n"
	     "starts a new session and goes on.\n"
	     "\n"
	     "  --key KID:KEY       key id and content key, 32 hexadecimal digits each; for\n"
	     "                      each key of the film\n"
	     "  --key-file FILE     file of such pairs, one a line\n"
	     "  --keyring PREFIX    instead, take the keys from the kernel's keyrings: logon keys\n"
	     "                      with the description PREFIX and the key id, in small letters;\n"
	     "                      PREFIX begins with vprot:. No key is known then: without\n"
	     "                      --output neither that of the session\n"
	     "  --output FILE       the clear film; none is written without\n"
	     "  --refresh-every N   samples from one refresh to the next (60; 0 for none)\n"
	     "  --lose-at N         have the device lose all sessions when sample N, counted\n"
	     "                      from 0, is submitted; can be repeated; takes root\n"
	     "  --root FILE         root certificate that the device must come from\n"
	     "                      (" FIRMWARE_FOLDER "/" ROOT_FILE ")\n"
	     "  --any-device        do not check the device's certificate\n"
	     "  --json              print the summary as a JSON object");
}

static bool parse_hex(const char *text, uint8_t bytes[16])
{
	size_t i;

	for (i = 0; i < 16; i++) {
		unsigned int byte;

		if (strspn(text + 2 * i, "0123456789abcdefABCDEF") < 2 ||
		    sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		bytes[i] = byte;
	}
	return true;
}

static void add_key(struct play *play, size_t *count, const char *text)
{
	if (*count == MAX_KEYS)
		fail_usage("more than %d keys", MAX_KEYS);
	if (strlen(text) != 65 || text[32] != ':' || !parse_hex(text, play->keys[*count].id) ||
	    !parse_hex(text + 33, play->keys[*count].key))
		fail_usage("a key is KID:KEY with 32 hexadecimal digits each");
	(*count)++;
}

static void add_key_file(struct play *play, size_t *count, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[80];

	if (!file)
		fail("cannot read %s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			add_key(play, count, line);
	}
	fclose(file);
	OPENSSL_cleanse(line, sizeof(line));
}

static void add_loss(struct play *play, const char *text)
{
	if (play->num_lose_at == MAX_LOSSES)
		fail_usage("more than %d losses", MAX_LOSSES);
	play->lose_at[play->num_lose_at++] = parse_number("--lose-at", text, 0, MAX_NUMBER);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static unsigned int least_in_flight(const struct pipeline *pipeline)
{
	unsigned int least = 0;
	size_t i;

	for (i = 0; i < pipeline->num_changes; i++)
		if (!i || pipeline->changes[i].in_flight < least)
			least = pipeline->changes[i].in_flight;
	return least;
}

static void print_json(const struct play *play, const struct pipeline *pipeline)
{
	size_t i;

	printf("{\"film\": ");
	print_json_string(play->in_path);
	printf(", \"samples\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"refreshes\": %zu, ",
	       pipeline->done, pipeline->bytes, pipeline->num_changes);
	printf("\"losses\": %" PRIu64 ", ", pipeline->losses);
	printf("\"internal\": %s, ", pipeline->client->internal ? "true" : "false");
	printf("\"first_epoch\": %" PRIu64 ", \"last_epoch\": %" PRIu64 ", ", play->first_epoch,
	       pipeline->client->epoch);
	printf("\"least_in_flight\": %u, \"seconds\": %.3f, ", least_in_flight(pipeline),
	       play->seconds);
	printf("\"device_decrypted\": %" PRIu64 ", \"device_encrypted\": %" PRIu64 ", ",
	       pipeline->client->decrypted, pipeline->client->encrypted);
	printf("\"epochs\": [");
	for (i = 0; i < pipeline->num_changes; i++)
		printf("%s{\"epoch\": %" PRIu64 ", \"sample\": %" PRIu64 ", \"time\": %.3f}",
		       i ? ", " : "", pipeline->changes[i].epoch, pipeline->changes[i].sample,
		       pipeline->changes[i].time);
	puts("]}");
}

static void print_text(const struct play *play, const struct pipeline *pipeline)
{
	printf("samples    %" PRIu64 ", %" PRIu64 " bytes\n", pipeline->done, pipeline->bytes);
	if (pipeline->client->internal)
		puts("keys       none known to this program");
	printf("refreshes  %zu", pipeline->num_changes);
	if (pipeline->num_changes)
		printf(", with at least %u samples in flight", least_in_flight(pipeline));
	printf("\nepochs     %" PRIu64 " to %" PRIu64 "%s\n", play->first_epoch,
	       pipeline->client->epoch, pipeline->losses ? " in the last session" : "");
	printf("losses     %" PRIu64 "%s\n", pipeline->losses,
	       pipeline->losses ? ", each survived with a new session" : "");
	printf("device     %" PRIu64 " bytes decrypted, %" PRIu64 " read back\n",
	       pipeline->client->decrypted, pipeline->client->encrypted);
	printf("time       %.1f s\n", play->seconds);
	if (play->out_path)
		printf("written    %s\n", play->out_path);
}

static void run(struct play *play, size_t num_keys, unsigned long refresh_every)
{
	struct client client = {
		.keyring = play->keyring,
		/* Who is to write a clear film has to know what it is read back under. */
		.internal = play->keyring && !play->out_path,
	};
	struct media media;
	struct pipeline pipeline = {
		.client = &client,
		.media = &media,
		.keys = play->keys,
		.num_keys = num_keys,
		.keyring = play->keyring,
		.refresh_every = refresh_every,
		.lose_at = play->lose_at,
		.num_lose_at = play->num_lose_at,
		.show_progress = isatty(STDERR_FILENO),
	};
	double begin = now();

	if (play->num_lose_at)
		pipeline.teardown = open_debugfs("vprot_teardown", O_WRONLY);
	media_open(&media, play->in_path);
	client.crypto_type = crypto_type_of(media.scheme);
	client_open(&client, play->root_path);
	play->first_epoch = client.epoch;
	if (play->out_path)
		media_create(&media, play->out_path);
	pipeline_run(&pipeline);
	client_close(&client);
	media_close(&media);
	play->seconds = now() - begin;

	if (play->json)
		print_json(play, &pipeline);
	else
		print_text(play, &pipeline);

	if (play->num_lose_at)
		close(pipeline.teardown);
	free(pipeline.changes);
}

static int play_main(int argc, char **argv)
{
	enum {
		KEY = 256, KEY_FILE, KEYRING, OUTPUT, REFRESH_EVERY, LOSE_AT, ROOT, ANY_DEVICE, JSON
	};
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "key", required_argument, NULL, KEY },
		{ "key-file", required_argument, NULL, KEY_FILE },
		{ "keyring", required_argument, NULL, KEYRING },
		{ "output", required_argument, NULL, OUTPUT },
		{ "refresh-every", required_argument, NULL, REFRESH_EVERY },
		{ "lose-at", required_argument, NULL, LOSE_AT },
		{ "root", required_argument, NULL, ROOT },
		{ "any-device", no_argument, NULL, ANY_DEVICE },
		{ "json", no_argument, NULL, JSON },
		{ 0 },
	};
	struct play play = { .root_path = FIRMWARE_FOLDER "/" ROOT_FILE };
	unsigned long refresh_every = 60;
	size_t num_keys = 0;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (option) {
		case KEY:
			add_key(&play, &num_keys, optarg);
			break;
		case KEY_FILE:
			add_key_file(&play, &num_keys, optarg);
			break;
		case KEYRING:
			keyring_check_prefix(optarg);
			play.keyring = optarg;
			break;
		case OUTPUT:
			play.out_path = optarg;
			break;
		case REFRESH_EVERY:
			refresh_every = parse_number("--refresh-every", optarg, 0, MAX_NUMBER);
			break;
		case LOSE_AT:
			add_loss(&play, optarg);
			break;
		case ROOT:
			play.root_path = optarg;
			break;
		case ANY_DEVICE:
			play.root_path = NULL;
			break;
		case JSON:
			play.json = true;
			break;
		case 'h':
			usage();
			return 0;
		default:
			fail_option();
		}
	}
	if (optind == argc)
		fail_usage("no film was named");
	play.in_path = argv[optind++];
	if (optind < argc)
		fail_usage("'%s' is one argument too many", argv[optind]);

	if (play.keyring && num_keys)
		fail_usage("--keyring stands instead of --key and --key-file");
	/* The key of an internal session stays as it is. */
	if (play.keyring && !play.out_path)
		refresh_every = 0;

	run(&play, num_keys, refresh_every);
	OPENSSL_cleanse(play.keys, sizeof(play.keys));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct command command = { .name = "play", .run = play_main };

	return run_command(&command, argc, argv);
}
