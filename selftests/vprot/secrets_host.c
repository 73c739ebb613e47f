// SPDX-License-Identifier: GPL-2.0
/*
 * The side of the search for secrets that runs outside of the machine: makes the secrets, boots the
 * machine, and looks for the secrets in its memory, and on its disk after hibernation. See
 * secrets.h.
 *
 * usage: secrets_host KERNEL, in the top folder
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "oracle.h"
#include "secrets.h"

#define MEMORY	512	/* MiB */
#define ROUNDS	11	/* round keys of AES-128 */

static char folder[PATH_MAX], memory_file[PATH_MAX + 32], disk_file[PATH_MAX + 32], monitor[64];

/* --- what is looked for ----------------------------------------------------------------------- */

enum kind { SESSION, PENDING, NEXT, REFUSED, CONTENT_KEY, READ_BACK, NONCE, CONTENTS, KINDS };

static const char * const kind_names[KINDS] = {
	"session key", "refreshed key", "next session key", "refused session key", "content key",
	"read-back key", "nonce", "contents",
};

static const char * const session_names[SECRETS_SESSIONS] = {
	"refreshed", "exchanged", "destroyed", "closed", "lost", "lost with a queue",
	"lost while it ran", "later",
};

/* The parts of a secret: itself, what the cipher makes of it, and that in the other byte order. */
enum part { RAW, ENCRYPTION, DECRYPTION, SWAPPED, PARTS };

static const char * const part_names[PARTS] = {
	"itself", "round keys", "round keys of decryption", "round keys, bytes swapped",
};

/* Half a block: what is freed loses eight bytes to the allocator's own pointer. */
#define HALF	8

struct needle {
	__u8 bytes[HALF];
	__u8 session, kind, part;
};

#define MAX_NEEDLES	65535
#define TABLE		1048576

static struct needle needles[MAX_NEEDLES];
static unsigned int num_needles;
/* Which of them begins with these four bytes; 0 is none. */
static __u16 table[TABLE];
/* What is no secret, as if it were of one more session. */
#define CANARY	SECRETS_SESSIONS

static __u64 found[SECRETS_SESSIONS + 1][KINDS][PARTS];
static __u64 first[SECRETS_SESSIONS + 1][KINDS][PARTS];

static unsigned int hash(const __u8 *bytes)
{
	__u32 word;

	memcpy(&word, bytes, sizeof(word));
	return word * 0x9e3779b1u >> 12;
}

static void add_half(int session, enum kind kind, enum part part, const __u8 bytes[HALF])
{
	struct needle *needle = &needles[++num_needles];
	unsigned int at = hash(bytes);

	if (num_needles == MAX_NEEDLES)
		vt_fatal("too many secrets");
	*needle = (struct needle){ .session = session, .kind = kind, .part = part };
	memcpy(needle->bytes, bytes, HALF);
	while (table[at])
		at = (at + 1) % TABLE;
	table[at] = num_needles;
}

static void add(int session, enum kind kind, enum part part, const __u8 block[16])
{
	add_half(session, kind, part, block);
	add_half(session, kind, part, block + HALF);
}

static __u8 times2(__u8 x)
{
	return x << 1 ^ (x >> 7) * 0x1b;
}

static __u8 times(__u8 x, unsigned int y)
{
	__u8 result = 0;

	for (; y; y >>= 1, x = times2(x))
		if (y & 1)
			result ^= x;
	return result;
}

/* AES's substitution of a byte (FIPS 197, 5.1.1). */
static __u8 substitute(__u8 x)
{
	__u8 inverse = 0, result = 0x63;

	for (int y = 1; x && y < 256; y++)
		if (times(x, y) == 1)
			inverse = y;
	for (int i = 0; i < 5; i++)
		result ^= inverse << i | inverse >> (8 - i);
	return result;
}

/* A key, with all that a cipher keeps of it (FIPS 197, 5.2 and 5.3.5). */
static void add_key(int session, enum kind kind, const __u8 key[16])
{
	__u8 schedule[ROUNDS * 16], swapped[16], inverse[16], constant = 1;

	memcpy(schedule, key, 16);
	for (int i = 16; i < ROUNDS * 16; i += 4) {
		__u8 *word = schedule + i;

		memcpy(word, word - 4, 4);
		if (i % 16 == 0) {
			word[0] = substitute(schedule[i - 3]) ^ constant;
			word[1] = substitute(schedule[i - 2]);
			word[2] = substitute(schedule[i - 1]);
			word[3] = substitute(schedule[i - 4]);
			constant = times2(constant);
		}
		for (int j = 0; j < 4; j++)
			word[j] ^= word[j - 16];
	}

	add(session, kind, RAW, key);
	for (int round = 0; round < ROUNDS; round++) {
		__u8 *words = schedule + round * 16;

		for (int i = 0; i < 16; i++) {
			const __u8 *c = words + i / 4 * 4;

			swapped[i] = words[i ^ 3];
			inverse[i] = times(c[i % 4], 14) ^ times(c[(i + 1) % 4], 11) ^
				     times(c[(i + 2) % 4], 13) ^ times(c[(i + 3) % 4], 9);
		}
		add(session, kind, SWAPPED, swapped);
		if (round == 0)
			continue;
		add(session, kind, ENCRYPTION, words);
		if (round < ROUNDS - 1)
			add(session, kind, DECRYPTION, inverse);
	}
}

static void see(const __u8 *bytes, __u64 address)
{
	for (unsigned int at = hash(bytes); table[at]; at = (at + 1) % TABLE) {
		const struct needle *needle = &needles[table[at]];

		if (!memcmp(bytes, needle->bytes, HALF)) {
			if (!found[needle->session][needle->kind][needle->part]++)
				first[needle->session][needle->kind][needle->part] = address;
		}
	}
}

/* --- the secrets ------------------------------------------------------------------------------ */

static struct {
	__u8 session[VT_KEY];
	__u8 content[VT_KEY];
	__u8 mask[VT_KEY];
} keys[SECRETS_SESSIONS];

static void random_bytes(void *data, size_t size)
{
	if (RAND_bytes(data, size) != 1)
		vt_fatal("OpenSSL has no random bytes");
}

static EVP_PKEY *device_key(const char *build)
{
	char path[PATH_MAX + 64];
	EVP_PKEY *key = NULL;
	X509 *certificate;
	FILE *file;

	snprintf(path, sizeof(path), "%s/firmware/vprot/device-cert.der", build);
	file = fopen(path, "re");
	certificate = file ? d2i_X509_fp(file, NULL) : NULL;
	if (certificate)
		key = X509_get_pubkey(certificate);
	if (!key)
		vt_fatal("%s is no certificate; run 'make firmware'", path);
	X509_free(certificate);
	fclose(file);
	return key;
}

static void make_blob(EVP_PKEY *device, const __u8 key[VT_KEY], const char *label,
		      __u8 blob[DRM_VPROT_KEY_EXCHANGE_SIZE])
{
	size_t size = DRM_VPROT_KEY_EXCHANGE_SIZE;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(device, NULL);

	if (!ctx || EVP_PKEY_encrypt_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha512()) <= 0 ||
	    (*label && EVP_PKEY_CTX_set0_rsa_oaep_label(ctx, strdup(label), strlen(label)) <= 0) ||
	    EVP_PKEY_encrypt(ctx, blob, &size, key, VT_KEY) <= 0)
		vt_fatal("OpenSSL failed to encrypt a session key");
	EVP_PKEY_CTX_free(ctx);
}

static void make_secrets(EVP_PKEY *device)
{
	for (int i = 0; i < SECRETS_SESSIONS; i++) {
		static struct secrets_input input;
		char path[PATH_MAX + 32];
		__u8 key[VT_KEY];
		FILE *file;

		random_bytes(&keys[i], sizeof(keys[i]));
		random_bytes(input.iv, sizeof(input.iv));
		random_bytes(input.content, sizeof(input.content));
		add_key(i, SESSION, keys[i].session);
		add_key(i, CONTENT_KEY, keys[i].content);
		for (int at = 0; at < SECRETS_CONTENT; at += 16)
			add(i, CONTENTS, RAW, input.content + at);

		make_blob(device, keys[i].session, "", input.blob);
		random_bytes(key, sizeof(key));
		add_key(i, NEXT, key);
		make_blob(device, key, "", input.next_blob);
		random_bytes(key, sizeof(key));
		add_key(i, REFUSED, key);
		make_blob(device, key, "another label", input.bad_blob);
		vt_wrap(keys[i].session, keys[i].content, input.wrapped);
		vt_ctr(keys[i].content, input.iv, input.content, SECRETS_CONTENT);
		memcpy(input.mask, keys[i].mask, VT_KEY);
		random_bytes(input.content_mask, VT_KEY);
		for (int at = 0; at < VT_KEY; at++)
			input.masked[at] = keys[i].content[at] ^ input.content_mask[at];

		snprintf(path, sizeof(path), "%s/input/%d", folder, i);
		file = fopen(path, "we");
		if (!file || fwrite(&input, sizeof(input), 1, file) != 1 || fclose(file))
			vt_fatal("%s: %s", path, strerror(errno));
	}
}

/* Not what the guest gets, but what it makes of it, which is in its memory alone. */
static void make_canary(void)
{
	__u8 canary[SECRETS_CANARY];
	char path[PATH_MAX + 32];
	FILE *file;

	random_bytes(canary, sizeof(canary));
	for (int i = 0; i < SECRETS_CANARY; i++)
		canary[i] = ~canary[i];
	for (int at = 0; at < SECRETS_CANARY; at += 16)
		add(CANARY, CONTENTS, RAW, canary + at);
	for (int i = 0; i < SECRETS_CANARY; i++)
		canary[i] = ~canary[i];
	snprintf(path, sizeof(path), "%s/input/canary", folder);
	file = fopen(path, "we");
	if (!file || fwrite(canary, sizeof(canary), 1, file) != 1 || fclose(file))
		vt_fatal("%s: %s", path, strerror(errno));
}

/* What the guest tells. */
static void learn(const char *line)
{
	__u8 bytes[VT_KEY];
	char name[16];
	int session, at;

	if (sscanf(line, "@%15s %d %n", name, &session, &at) != 2 || session >= SECRETS_SESSIONS)
		vt_fatal("the guest said: %s", line);
	for (int i = 0; i < VT_KEY; i++)
		if (sscanf(line + at + 2 * i, "%2hhx", &bytes[i]) != 1)
			vt_fatal("the guest said: %s", line);
	if (!strcmp(name, "read-back")) {
		vt_unwrap(keys[session].session, bytes, bytes);
		add_key(session, READ_BACK, bytes);
		return;
	}
	for (int i = 0; i < VT_KEY; i++)
		bytes[i] ^= keys[session].mask[i];
	add(session, NONCE, RAW, bytes);
	for (int i = 0; i < VT_KEY; i++)
		bytes[i] ^= keys[session].session[i];
	add_key(session, PENDING, bytes);
}

/* --- memory ----------------------------------------------------------------------------------- */

#define PMEMSAVE \
	"{\"execute\":\"pmemsave\",\"arguments\":{\"val\":0,\"size\":%d,\"filename\":\"%s\"}}"

/* One command of QEMU's machine protocol; its return comes on a line of its own. */
static void command(FILE *qmp, const char *text)
{
	char line[4096];

	fprintf(qmp, "%s\n", text);
	fflush(qmp);
	do {
		if (!fgets(line, sizeof(line), qmp) || strstr(line, "\"error\""))
			vt_fatal("QEMU does not do: %s", text);
	} while (!strstr(line, "\"return\""));
}

static void save_memory(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char text[2 * PATH_MAX];
	FILE *qmp;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", monitor);
	if (fd < 0 || connect(fd, (void *)&address, sizeof(address)))
		vt_fatal("%s: %s", monitor, strerror(errno));
	qmp = fdopen(fd, "r+e");
	setvbuf(qmp, NULL, _IONBF, 0);
	command(qmp, "{\"execute\": \"qmp_capabilities\"}");
	command(qmp, "{\"execute\": \"stop\"}");
	snprintf(text, sizeof(text), PMEMSAVE, MEMORY << 20, memory_file);
	command(qmp, text);
	command(qmp, "{\"execute\": \"cont\"}");
	fclose(qmp);
}

static void search(const char *path, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	__u8 *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);

	if (file < 0 || bytes == MAP_FAILED)
		vt_fatal("%s: %s", path, strerror(errno));
	memset(found, 0, sizeof(found));
	for (size_t at = 0; at + HALF <= size; at++)
		see(bytes + at, at);
	munmap(bytes, size);
	close(file);
}

/* --- the rules -------------------------------------------------------------------------------- */

enum rule { GONE, THERE, EITHER };

/* Whether a secret has to be there at a moment, and in whole. */
static enum rule rule(int session, enum kind kind, enum secrets_moment moment)
{
	bool lives = session == SECRETS_LATER ? moment == SECRETS_AWAKE :
		     session >= SECRETS_LOST ? moment <= SECRETS_ENDED :
					       moment == SECRETS_ALIVE;

	/* A nonce is kept in what it makes of the key, never itself. */
	if (kind == NONCE || kind == REFUSED)
		return GONE;
	if (lives)
		return kind == NEXT ? GONE : THERE;
	if (moment == SECRETS_ENDED && session == SECRETS_REFRESHED)
		return kind == SESSION || kind == NEXT ? GONE : THERE;
	if (moment == SECRETS_ENDED && session == SECRETS_EXCHANGED)
		return kind == NEXT || kind == CONTENTS ? THERE :
		       kind == CONTENT_KEY ? EITHER : GONE;
	return GONE;
}

static unsigned int passed, failed;

static void check(bool good, int moment, int session, int kind)
{
	static const char * const moments[SECRETS_MOMENTS] = {
		"while all live", "after the ends", "in the image of hibernation",
		"after hibernation", "after unbind",
	};

	printf("%s %u %s: %s, %s\n", good ? "ok" : "not ok", passed + failed + 1,
	       session_names[session], kind_names[kind], moments[moment]);
	for (int part = 0; part < PARTS && !good; part++)
		if (found[session][kind][part])
			printf("# %s: %llu times, first at %#llx\n", part_names[part],
			       (unsigned long long)found[session][kind][part],
			       (unsigned long long)first[session][kind][part]);
	passed += good;
	failed += !good;
}

/* What has no secret is found in all that is searched. */
static void check_canary(enum secrets_moment moment)
{
	bool good = found[CANARY][CONTENTS][RAW] >= SECRETS_CANARY / HALF;

	printf("%s %u the canary at moment %d\n", good ? "ok" : "not ok", passed + failed + 1,
	       moment);
	passed += good;
	failed += !good;
}

static void check_all(enum secrets_moment moment)
{
	for (int session = 0; session < SECRETS_SESSIONS; session++) {
		for (int kind = 0; kind < KINDS; kind++) {
			const __u64 *parts = found[session][kind];
			enum rule expected = rule(session, kind, moment);
			bool good = true;

			if (expected == GONE)
				good = !(parts[RAW] | parts[ENCRYPTION] | parts[DECRYPTION] |
					 parts[SWAPPED]);
			else if (expected == THERE && kind == CONTENTS)
				/* But for what lies in two pages. */
				good = parts[RAW] + SECRETS_CONTENT / 4096 + 1 >=
				       SECRETS_CONTENT / HALF;
			else if (expected == THERE)
				good = parts[RAW] >= 2 && parts[ENCRYPTION] >= 2 * (ROUNDS - 1);
			check(good, moment, session, kind);
		}
	}
	check_canary(moment);
}

/* The guest's disk, with nothing on it; what is on it then tells the guest to go on. */
static void write_disk(int moment)
{
	int disk = open(disk_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	__u8 number = moment + 1;

	if (disk < 0 || ftruncate(disk, SECRETS_DISK) || pwrite(disk, &number, 1, SECRETS_GO) != 1)
		vt_fatal("%s: %s", disk_file, strerror(errno));
	close(disk);
}

/* The guest goes on while what it was is searched. */
static void look(enum secrets_moment moment)
{
	if (moment != SECRETS_ASLEEP)
		save_memory();
	write_disk(moment);
	if (moment == SECRETS_ASLEEP)
		search(disk_file, SECRETS_GO);
	else
		search(memory_file, (size_t)MEMORY << 20);
	unlink(memory_file);
	check_all(moment);
}

#define RUN \
	"tools/vm/run --kernel '%1$s' --memory %2$d --disk '%3$s' --monitor '%4$s' --timeout 900 " \
	"--append 'init_on_alloc=0 init_on_free=0 hibernate=nocompress' " \
	"--ram '%5$s/selftests/secrets_guest' '%6$s/input' -- " \
	"'%5$s/selftests/secrets_guest' '%6$s/input'"

int main(int argc, char **argv)
{
	char text[8 * PATH_MAX], build[PATH_MAX], line[4096];
	int moment, moments = 0, status;
	FILE *machine;

	if (argc != 2)
		vt_fatal("usage: secrets_host KERNEL; see secrets.h");
	if (!realpath("/proc/self/exe", build))
		vt_fatal("/proc/self/exe: %s", strerror(errno));
	/* build/selftests/secrets_host */
	*strrchr(build, '/') = '\0';
	*strrchr(build, '/') = '\0';
	snprintf(folder, sizeof(folder), "%.*s/secrets.XXXXXX", PATH_MAX - 32, build);
	if (!mkdtemp(folder))
		vt_fatal("%s: %s", folder, strerror(errno));
	snprintf(memory_file, sizeof(memory_file), "%s/memory", folder);
	snprintf(disk_file, sizeof(disk_file), "%s/disk", folder);
	write_disk(-1);
	snprintf(text, sizeof(text), "%s/input", folder);
	if (mkdir(text, 0700))
		vt_fatal("%s: %s", text, strerror(errno));
	/* The path of a socket is short. */
	snprintf(monitor, sizeof(monitor), "/tmp/vprot-secrets.%d", getpid());
	make_secrets(device_key(build));
	make_canary();

	snprintf(text, sizeof(text), RUN, argv[1], MEMORY, disk_file, monitor, build, folder);
	machine = popen(text, "re");
	if (!machine)
		vt_fatal("%s: %s", text, strerror(errno));
	while (fgets(line, sizeof(line), machine)) {
		if (sscanf(line, "@scan %d", &moment) == 1) {
			look(moment);
			moments++;
		} else if (line[0] == '@') {
			learn(line);
		} else {
			printf("# %s", line);
		}
		fflush(stdout);
	}
	status = pclose(machine);
	unlink(monitor);
	snprintf(text, sizeof(text), "rm -rf '%s'", folder);
	if (system(text))
		vt_fatal("%s cannot be removed", folder);
	if (status || moments != SECRETS_MOMENTS) {
		printf("not ok %u the machine\n", passed + ++failed);
		printf("# exit status %d, memory was searched %d times\n", status, moments);
	}
	printf("%u passed, %u failed\n", passed, failed);
	return !!failed;
}
