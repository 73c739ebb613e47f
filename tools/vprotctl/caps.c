// SPDX-License-Identifier: MIT
/*
 * vprotctl caps: what the device can do.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include <vprot_drm.h>

#include "vprot.h"
#include "vprotctl.h"

static const struct {
	uint64_t bit;
	const char *name;
} names[] = {
	{ DRM_VPROT_CAP_SOFTWARE, "SOFTWARE" },
	{ DRM_VPROT_CAP_PARTIAL_DECRYPTION, "PARTIAL_DECRYPTION" },
	{ DRM_VPROT_CAP_CONTENT_KEY, "CONTENT_KEY" },
	{ DRM_VPROT_CAP_FRESHEN_SESSION_KEY, "FRESHEN_SESSION_KEY" },
	{ DRM_VPROT_CAP_ENCRYPTED_READ_BACK, "ENCRYPTED_READ_BACK" },
	{ DRM_VPROT_CAP_ENCRYPTED_READ_BACK_KEY, "ENCRYPTED_READ_BACK_KEY" },
	{ DRM_VPROT_CAP_DECRYPTION_BLT, "DECRYPTION_BLT" },
	{ DRM_VPROT_CAP_KEYRING, "KEYRING" },
};

static const struct {
	uint32_t type;
	const char *name;
} crypto_types[] = {
	{ DRM_VPROT_CRYPTO_AES128_CTR, "AES128_CTR" },
	{ DRM_VPROT_CRYPTO_AES128_CBCS, "AES128_CBCS" },
};

#define NUM_CRYPTO_TYPES	(sizeof(crypto_types) / sizeof(crypto_types[0]))

static void usage(void)
{
	puts("usage: vprotctl caps [--json]\n"
	     "\n"
	     "Shows what the device can do for each crypto type, and its limits.\n"
	     "\n"
	     "  --json  print a JSON object");
}

static void print_names(const struct drm_vprot_get_caps *caps, const char *separator,
			const char *quote)
{
	const char *before = "";
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(caps->caps & names[i].bit))
			continue;
		printf("%s%s%s%s", before, quote, names[i].name, quote);
		before = separator;
	}
}

static void print_exchanges(const struct drm_vprot_get_caps *caps, const char *separator,
			    const char *quote)
{
	bool oaep = caps->key_exchange_types & (1 << DRM_VPROT_KEY_EXCHANGE_RSAES_OAEP);

	if (oaep)
		printf("%sRSAES_OAEP%s", quote, quote);
	if (caps->key_exchange_types & (1 << DRM_VPROT_KEY_EXCHANGE_INTERNAL))
		printf("%s%sINTERNAL%s", oaep ? separator : "", quote, quote);
}

static void print_size(const char *before, uint64_t bytes, const char *after)
{
	if (bytes && bytes % (1 << 20) == 0)
		printf("%s%" PRIu64 " MiB%s", before, bytes >> 20, after);
	else
		printf("%s%" PRIu64 " bytes%s", before, bytes, after);
}

/* What can be done with each crypto type that is on offer. */
static void print_crypto_types(const struct drm_vprot_get_caps *all, bool json)
{
	const char *before = "";
	size_t i;

	for (i = 0; i < NUM_CRYPTO_TYPES; i++) {
		if (!all[i].caps)
			continue;
		if (json) {
			printf("%s\"%s\": [", before, crypto_types[i].name);
			print_names(&all[i], ", ", "\"");
			printf("]");
		} else {
			printf("%-19s ", crypto_types[i].name);
			print_names(&all[i], " ", "");
			puts("");
		}
		before = ", ";
	}
}

static void print_text(const struct drm_vprot_get_caps *caps)
{
	printf("keys                %u bytes\n", caps->key_size);
	printf("key exchange        ");
	print_exchanges(caps, " ", "");
	if (caps->certificate_size)
		printf("\ncertificate chain   %u bytes\n", caps->certificate_size);
	else
		printf("\ncertificate chain   none; 'vprotctl provision' makes one\n");
	printf("alignment           offsets %u, sizes %u\n", caps->buffer_alignment,
	       caps->block_alignment);
	printf("one ioctl           %u blits, %u subsamples", caps->max_blts, caps->max_subsamples);
	print_size(", ", caps->max_blt_size, "\n");
	printf("queue               %u blits for a file, %u syncobjs each way in one ioctl\n",
	       caps->max_queued_blts, caps->max_syncs);
	print_size("one buffer          ", caps->max_buffer_size, "\n");
	printf("sessions            %u for a file, %u in all\n", caps->max_file_sessions,
	       caps->max_sessions);
	if (caps->channel_types)
		printf("channels            %u for a file, %u in all; %u processes let in by a file\n",
		       caps->max_file_channels, caps->max_channels, caps->max_file_processes);
	else
		printf("channels            none%s\n",
		       caps->certificate_size ? "" : " without a certificate chain");
	print_size("protected memory    ", caps->max_file_protected, " for a file");
	print_size(", ", caps->max_protected, " in all\n");
}

static void print_json(const struct drm_vprot_get_caps *caps)
{
	printf("\"key_size\": %u, \"key_exchange_types\": [", caps->key_size);
	print_exchanges(caps, ", ", "\"");
	printf("], \"certificate_size\": %u, ", caps->certificate_size);
	printf("\"buffer_alignment\": %u, \"block_alignment\": %u, ", caps->buffer_alignment,
	       caps->block_alignment);
	printf("\"max_blts\": %u, \"max_subsamples\": %u, \"max_blt_size\": %" PRIu64 ", ",
	       caps->max_blts, caps->max_subsamples, (uint64_t)caps->max_blt_size);
	printf("\"max_buffer_size\": %" PRIu64 ", ", (uint64_t)caps->max_buffer_size);
	printf("\"max_file_sessions\": %u, \"max_sessions\": %u, ", caps->max_file_sessions,
	       caps->max_sessions);
	printf("\"max_file_protected\": %" PRIu64 ", \"max_protected\": %" PRIu64 ", ",
	       (uint64_t)caps->max_file_protected, (uint64_t)caps->max_protected);
	printf("\"max_syncs\": %u, \"max_queued_blts\": %u, ", caps->max_syncs,
	       caps->max_queued_blts);
	printf("\"channel_types\": [%s], \"max_file_channels\": %u, \"max_channels\": %u, ",
	       caps->channel_types ? "\"SOFTWARE\"" : "", caps->max_file_channels,
	       caps->max_channels);
	printf("\"max_file_processes\": %u}\n", caps->max_file_processes);
}

/* Returns the caps of one of the types on offer: but for the mask of caps all are alike. */
static const struct drm_vprot_get_caps *get_caps(struct vprot_device *dev,
						 struct drm_vprot_get_caps *all)
{
	const struct drm_vprot_get_caps *any = NULL;
	size_t i;
	int ret;

	for (i = 0; i < NUM_CRYPTO_TYPES; i++) {
		ret = vprot_device_get_caps(dev, crypto_types[i].type, &all[i], sizeof(all[i]));
		if (!ret)
			any = &all[i];
		else if (ret != -EOPNOTSUPP)
			fail("the device does not answer: %s", strerror(-ret));
	}
	if (!any)
		fail("the device has no crypto type; load the module with another value of crypto_types");
	return any;
}

int caps_main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	struct drm_vprot_get_caps all[NUM_CRYPTO_TYPES] = { 0 };
	const struct drm_vprot_get_caps *caps;
	struct vprot_device *dev;
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h') {
			usage();
			return 0;
		}
		if (option == '?')
			fail_option();
		json = true;
	}
	if (optind < argc)
		fail_usage("'%s' is one argument too many", argv[optind]);

	dev = open_device();
	caps = get_caps(dev, all);
	if (json) {
		printf("{\"crypto_types\": {");
		print_crypto_types(all, json);
		printf("}, ");
		print_json(caps);
	} else {
		print_crypto_types(all, json);
		print_text(caps);
	}
	vprot_device_unref(dev);
	return 0;
}
