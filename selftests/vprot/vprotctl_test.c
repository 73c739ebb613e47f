// SPDX-License-Identifier: GPL-2.0
/*
 * The command-line tool, and the documentation's examples, as a user runs them. FFmpeg makes the
 * films, encrypts them, and says what they hold.
 */
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <openssl/x509.h>

#include "kselftest_harness.h"
#include "keyring.h"
#include "module.h"
#include "vprot_test.h"

/* With these the Makefile has FFmpeg encrypt the film. */
#define KID	"00112233445566778899aabbccddeeff"
#define KEY	"0123456789abcdef0123456789abcdef"

/* What the last command has printed, standard error included. */
static char output[64 * 1024];

/* Runs a shell command. Returns its exit status, 128 and more when it was killed. */
static int sh(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int sh(const char *format, ...)
{
	char words[1024], command[1100];
	size_t size = 0, n;
	va_list args;
	FILE *pipe;
	int status;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	snprintf(command, sizeof(command), "exec 2>&1 </dev/null; %s", words);
	pipe = popen(command, "re");
	if (!pipe)
		vt_fatal("%s: %s", words, strerror(errno));
	while ((n = fread(output + size, 1, sizeof(output) - 1 - size, pipe)))
		size += n;
	output[size] = '\0';
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Whether the last command has said this. Shows what it said if not. */
static bool said(const char *words)
{
	if (strstr(output, words))
		return true;
	printf("# it did not say '%s', but: %s\n", words, output);
	return false;
}

static bool there_is(const char *name)
{
	return !access(name, F_OK);
}

FIXTURE(vprotctl)
{
	char folder[32];
};

/* In an empty folder, with the tool's own on the path. */
FIXTURE_SETUP(vprotctl)
{
	char build[PATH_MAX] = "", text[2 * PATH_MAX];

	ASSERT_LT(0, readlink("/proc/self/exe", build, sizeof(build) - 1));
	dirname(dirname(build));
	snprintf(text, sizeof(text), "%s/bin:%s/selftests:%s", build, build, getenv("PATH"));
	setenv("PATH", text, 1);
	snprintf(text, sizeof(text), "vprotctl play --root %s/firmware/vprot/root-cert.der", build);
	setenv("PLAY", text, 1);
	setenv("FFMPEG", "ffmpeg -v error -y", 1);
	snprintf(text, sizeof(text), "%s/selftests/films", build);
	setenv("FILMS", text, 1);
	setenv("FILM", strcat(text, "/film.mp4"), 1);
	setenv("KID", KID, 1);
	setenv("KEY", KEY, 1);
	setenv("KEYS", KID ":" KEY, 1);

	snprintf(self->folder, sizeof(self->folder), "/tmp/vprotctl.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->folder));
	ASSERT_EQ(0, chdir(self->folder));
}

FIXTURE_TEARDOWN(vprotctl)
{
	umount2("full", MNT_DETACH);
	EXPECT_EQ(0, sh("rm -rf %s", self->folder));
}

/* --- all commands ----------------------------------------------------------------------------- */

TEST_F(vprotctl, example_of_the_documentation)
{
	ASSERT_EQ(0, sh("refresh_example"));
	EXPECT_STREQ("decrypted under epoch 1\ndecrypted under epoch 2\ndecrypted under epoch 3\n",
		     output);
}

/* They check themselves; a method that fails and returns nothing says so. */
TEST_F(vprotctl, porting_examples)
{
	EXPECT_EQ(0, sh("porting9_example $(ls /sys/kernel/debug/dri/*/vprot_teardown)"));
	EXPECT_STREQ("a sample was decrypted, and read back encrypted\n"
		     "the session key was refreshed\n"
		     "a sample was decrypted, and read back encrypted\n"
		     "a channel told the session of a decoder\n"
		     "keys and contents were lost\n"
		     "a sample was decrypted, and read back encrypted\n", output);
	EXPECT_EQ(0, sh("porting11_example $(ls /sys/kernel/debug/dri/*/vprot_teardown)"));
	EXPECT_STREQ("a picture was decrypted, and read back encrypted\n"
		     "the session key was refreshed\n"
		     "a picture was decrypted, and read back encrypted\n"
		     "a sample with subsamples was decrypted for a decoder\n"
		     "protection was demanded by a channel, and is on\n"
		     "keys and contents were lost\n"
		     "a picture was decrypted, and read back encrypted\n", output);
}

TEST_F(vprotctl, wrong_command_lines)
{
	static const struct {
		const char *arguments;
		const char *message;
	} wrong[] = {
		{ "", "usage: vprotctl COMMAND" },
		{ "bogus", "there is no command 'bogus'\nSee 'vprotctl --help'." },
		{ "caps --bogus", "vprotctl caps: unrecognized option '--bogus'\nSee 'vprotctl" },
		{ "sessions x", "'x' is one argument too many" },
		{ "provision --days 0", "--days wants a number from 1 to 36500, not '0'" },
		{ "play", "no film was named" },
		{ "play a --key " KID "-" KEY, "a key is KID:KEY with 32 hexadecimal" },
		{ "play a --key " KID ":" KEY " --keyring vprot:", "--keyring stands instead of" },
		{ "play a --keyring acme:", "begin with 'vprot:', not with 'acme:'" },
		{ "play a --keyring vprot:$(printf %0250d 0)", "longer than 255 bytes" },
		{ "play a --lose-at 1,2", "--lose-at wants a number from 0 to 1000000000, not" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(2, sh("vprotctl %s", wrong[i].arguments));
		EXPECT_TRUE(said(wrong[i].message));
	}
	EXPECT_FALSE(there_is("a"));
}

TEST_F(vprotctl, help)
{
	EXPECT_EQ(0, sh("vprotctl --help"));
	EXPECT_TRUE(said("usage: vprotctl COMMAND"));
	EXPECT_EQ(0, sh("vprotctl play --help"));
	EXPECT_TRUE(said("usage: vprotctl play FILM"));
	EXPECT_EQ(0, sh("vprotctl --version"));
	EXPECT_TRUE(said("vprotctl "));
}

TEST_F(vprotctl, output_that_cannot_be_written)
{
	EXPECT_EQ(1, sh("vprotctl caps >/dev/full"));
	EXPECT_TRUE(said("cannot write to standard output: No space left on device"));
}

/* --- caps and sessions ------------------------------------------------------------------------ */

TEST_F(vprotctl, caps)
{
	struct drm_vprot_get_caps caps;
	char number[96];

	vt_caps(vt_open(), &caps);
	EXPECT_EQ(0, sh("vprotctl caps"));
	EXPECT_TRUE(said("AES128_CTR          SOFTWARE PARTIAL_DECRYPTION CONTENT_KEY FRESHEN_"));
	EXPECT_TRUE(said("AES128_CBCS         SOFTWARE PARTIAL_DECRYPTION CONTENT_KEY FRESHEN_"));
	EXPECT_TRUE(said("RSAES_OAEP INTERNAL\n"));
	snprintf(number, sizeof(number), "%u for a file, %u in all", caps.max_file_sessions,
		 caps.max_sessions);
	EXPECT_TRUE(said(number));
	snprintf(number, sizeof(number), "%llu MiB for a file", caps.max_file_protected >> 20);
	EXPECT_TRUE(said(number));
	snprintf(number, sizeof(number), "%u blits for a file, %u syncobjs each way",
		 caps.max_queued_blts, caps.max_syncs);
	EXPECT_TRUE(said(number));
	snprintf(number, sizeof(number), "%u for a file, %u in all; %u processes let in by a file",
		 caps.max_file_channels, caps.max_channels, caps.max_file_processes);
	EXPECT_TRUE(said(number));

	EXPECT_EQ(0, sh("vprotctl caps --json"));
	EXPECT_TRUE(said("{\"crypto_types\": {\"AES128_CTR\": [\"SOFTWARE\", "));
	EXPECT_TRUE(said("], \"AES128_CBCS\": [\"SOFTWARE\", "));
	snprintf(number, sizeof(number), "\"max_protected\": %llu,", caps.max_protected);
	EXPECT_TRUE(said(number));
	snprintf(number, sizeof(number), "\"max_syncs\": %u, \"max_queued_blts\": %u,",
		 caps.max_syncs, caps.max_queued_blts);
	EXPECT_TRUE(said(number));
	EXPECT_TRUE(said("\"channel_types\": [\"SOFTWARE\"],"));
	snprintf(number, sizeof(number), "\"max_file_channels\": %u, \"max_channels\": %u,",
		 caps.max_file_channels, caps.max_channels);
	EXPECT_TRUE(said(number));
	snprintf(number, sizeof(number), "\"max_file_processes\": %u}", caps.max_file_processes);
	EXPECT_TRUE(said(number));
	snprintf(number, sizeof(number), "\"certificate_size\": %u,", caps.certificate_size);
	EXPECT_TRUE(said(number));
}

TEST_F(vprotctl, sessions)
{
	struct vt_session s;
	char text[256];

	EXPECT_EQ(0, sh("vprotctl sessions --json"));
	EXPECT_STREQ("[]\n", output);

	vt_session_open(&s, vt_open(), 0);
	vt_refresh(&s);
	EXPECT_EQ(0, sh("vprotctl sessions --json"));
	snprintf(text, sizeof(text),
		 "[\n  {\"pid\": %d, \"handle\": %u, \"crypto\": \"AES128_CTR\", \"key-exchange\": \"RSAES_OAEP\", \"state\": \"alive\", \"epoch\": 2, \"pending\": \"no\", \"read-back\": \"yes\", \"in-flight\": 0, \"decrypted\": 0, \"encrypted\": 0}\n]\n",
		 getpid(), s.handle);
	EXPECT_STREQ(text, output);

	EXPECT_EQ(0, sh("vprotctl sessions"));
	EXPECT_TRUE(said("RSAES_OAEP   alive"));
}

/* --- provision -------------------------------------------------------------------------------- */

static X509 *read_certificate(FILE *file)
{
	X509 *cert = d2i_X509_fp(file, NULL);

	if (!cert)
		vt_fatal("there is no certificate where one should be");
	return cert;
}

TEST_F(vprotctl, provision)
{
	FILE *chain_file, *root_file, *key_file;
	X509 *device, *issuer, *root;
	struct stat status;
	EVP_PKEY *key;

	ASSERT_EQ(0, sh("vprotctl provision new/folder"));
	ASSERT_EQ(0, stat("new/folder/device-key.der", &status));
	EXPECT_EQ(S_IFREG | 0600, status.st_mode);

	chain_file = fopen("new/folder/device-cert.der", "re");
	root_file = fopen("new/folder/root-cert.der", "re");
	key_file = fopen("new/folder/device-key.der", "re");
	ASSERT_TRUE(chain_file && root_file && key_file);
	/* One DER after the other in an unbuffered stream, as d2i reads ahead no further. */
	device = read_certificate(chain_file);
	root = read_certificate(root_file);
	EXPECT_EQ(1, X509_verify(device, X509_get0_pubkey(root)));
	EXPECT_EQ(1, X509_verify(root, X509_get0_pubkey(root)));
	issuer = read_certificate(chain_file);
	EXPECT_EQ(0, X509_cmp(issuer, root));
	key = d2i_PrivateKey_fp(key_file, NULL);
	ASSERT_NE(NULL, key);
	EXPECT_EQ(1, EVP_PKEY_eq(key, X509_get0_pubkey(device)));
	EXPECT_EQ(2048, EVP_PKEY_get_bits(key));
}

TEST_F(vprotctl, provision_overwrites_nothing_unless_told)
{
	ASSERT_EQ(0, sh("vprotctl provision . && cat *.der | md5sum >before"));
	EXPECT_EQ(1, sh("vprotctl provision ."));
	EXPECT_TRUE(said("is there already; --force replaces it"));
	EXPECT_EQ(0, sh("cat *.der | md5sum -c before"));

	/* One of the files is enough. */
	EXPECT_EQ(0, sh("rm device-cert.der root-cert.der && cat *.der | md5sum >before"));
	EXPECT_EQ(1, sh("vprotctl provision ."));
	EXPECT_EQ(0, sh("cat *.der | md5sum -c before"));

	EXPECT_EQ(0, sh("vprotctl provision --force --json --days 1 ."));
	EXPECT_TRUE(said("\"key\": \"device-key.der\""));
	EXPECT_NE(0, sh("cat *.der | md5sum -c before"));
	EXPECT_EQ(0, sh("ls"));
	EXPECT_STREQ("before\ndevice-cert.der\ndevice-key.der\nroot-cert.der\n", output);
}

/* A file system that has room for so many bytes. */
static void mount_small(const char *size)
{
	char options[32];

	snprintf(options, sizeof(options), "size=%s", size);
	if (mkdir("full", 0755) || mount("tmpfs", "full", "tmpfs", 0, options))
		vt_fatal("cannot mount a small file system: %s", strerror(errno));
}

TEST_F(vprotctl, provision_on_a_full_disk)
{
	mount_small("4k");
	EXPECT_EQ(1, sh("vprotctl provision full"));
	EXPECT_TRUE(said("cannot write full/"));
	EXPECT_TRUE(said("No space left on device"));
	EXPECT_EQ(0, sh("ls full"));
	EXPECT_STREQ("", output);
}

/* --- play ------------------------------------------------------------------------------------- */

/* A number in a summary, -1 without. */
static long long field(const char *name)
{
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\": ", name);
	at = strstr(output, key);
	return at ? atoll(at + strlen(key)) : -1;
}

/* Whether a clear film is what FFmpeg makes of an encrypted one. */
static bool is_film(const char *name, const char *film)
{
	return !sh("$FFMPEG -i %s -map 0 -c copy -f streamhash -hash md5 clear.md5", name) &&
	       !sh("diff clear.md5 $FILMS/%s.md5", film);
}

static bool is_the_film(const char *name)
{
	return is_film(name, "film");
}

TEST_F(vprotctl, play)
{
	int status;

	status = sh("$PLAY $FILM --key $KEYS --refresh-every 9 --output c.mp4 --json");
	ASSERT_EQ(0, status);
	EXPECT_LT(0, field("bytes"));
	EXPECT_EQ(field("bytes"), field("device_decrypted"));
	EXPECT_EQ(field("bytes"), field("device_encrypted"));
	EXPECT_LE(5, field("refreshes"));
	EXPECT_EQ(field("refreshes"), field("last_epoch") - field("first_epoch"));
	EXPECT_LE(8, field("least_in_flight"));
	EXPECT_EQ(0, field("losses"));
	EXPECT_FALSE(there_is("c.mp4.part"));
	EXPECT_TRUE(is_the_film("c.mp4"));
}

/* A pattern and subsamples, and whole samples. */
TEST_F(vprotctl, play_cbcs)
{
	static const char *const films[] = { "cbcs-video", "cbcs-audio" };

	for (size_t i = 0; i < ARRAY_SIZE(films); i++) {
		int status = sh("$PLAY $FILMS/%s.mp4 --key $KEYS --refresh-every 9 --output c.mp4 --json --lose-at 20",
				films[i]);

		ASSERT_EQ(0, status);
		EXPECT_LT(0, field("bytes"));
		EXPECT_EQ(field("bytes"), field("device_encrypted"));
		EXPECT_LE(5, field("refreshes"));
		EXPECT_EQ(1, field("losses"));
		EXPECT_TRUE(is_film("c.mp4", films[i]));
	}
}

/* With one crypto type only the films that it serves can be played. */
TEST_F(vprotctl, crypto_type_that_is_switched_off)
{
	vt_module_reload("crypto_types=4");
	EXPECT_EQ(0, sh("vprotctl caps --json"));
	EXPECT_TRUE(said("{\"crypto_types\": {\"AES128_CBCS\": [\"SOFTWARE\""));
	EXPECT_EQ(0, sh("$PLAY $FILMS/cbcs-audio.mp4 --key $KEYS"));
	EXPECT_EQ(1, sh("$PLAY $FILM --key $KEYS"));
	EXPECT_TRUE(said("the device does not offer what the film is encrypted with"));
	vt_module_reload("crypto_types=0");
	EXPECT_EQ(1, sh("vprotctl caps"));
	EXPECT_TRUE(said("the device has no crypto type; load the module"));
	vt_module_reload("");
}

TEST_F(vprotctl, caps_that_are_switched_off)
{
	vt_module_reload("key_exchange_types=2 channel_types=0");
	EXPECT_EQ(0, sh("vprotctl caps --json"));
	EXPECT_TRUE(said("\"key_exchange_types\": [\"RSAES_OAEP\"],"));
	EXPECT_TRUE(said("\"channel_types\": [],"));
	EXPECT_EQ(0, sh("vprotctl caps"));
	EXPECT_TRUE(said("channels            none\n"));
	vt_module_reload("key_exchange_types=4");
	EXPECT_EQ(0, sh("vprotctl caps --json"));
	EXPECT_TRUE(said("\"key_exchange_types\": [\"INTERNAL\"],"));
	EXPECT_EQ(1, sh("$PLAY $FILM --key $KEYS"));
	EXPECT_TRUE(said("load the module without key_exchange_types"));
	vt_module_reload("session_key_readback=1");
	EXPECT_EQ(1, sh("$PLAY $FILM --key $KEYS"));
	EXPECT_TRUE(said("the device lacks a cap that playing takes"));
	/* Unless nothing is refreshed, as that is left to the client. */
	vt_module_reload("caps_off=0x20");
	EXPECT_EQ(0, sh("vprotctl caps --json"));
	EXPECT_TRUE(said("\"CONTENT_KEY\", \"ENCRYPTED_READ_BACK\", "));
	EXPECT_TRUE(said("\"ENCRYPTED_READ_BACK_KEY\", \"DECRYPTION_BLT\", \"KEYRING\"]"));
	EXPECT_EQ(1, sh("$PLAY $FILM --key $KEYS"));
	EXPECT_TRUE(said("use --refresh-every 0, or load the module without caps_off"));
	EXPECT_EQ(0, sh("$PLAY $FILM --key $KEYS --refresh-every 0"));
	vt_module_reload("");
}

TEST_F(vprotctl, play_with_keys_from_a_file)
{
	ASSERT_EQ(0, sh("printf '%%s\\n' $KEY:$KID '' $KEYS >keys"));
	EXPECT_EQ(0, sh("$PLAY $FILM --key-file keys --refresh-every 0"));
	EXPECT_TRUE(said("refreshes  0\nepochs     1 to 1\nlosses     0\n"));
	EXPECT_EQ(1, sh("$PLAY $FILM --key-file nothing"));
	EXPECT_TRUE(said("cannot read nothing"));
}

/* --- play with keys that the player does not know --------------------------------------------- */

/* Another process puts the key of the films into the session keyring. */
#define PUT_KEY	"echo $KEY | keyctl padd -x logon vprot:film:$KID @s"

TEST_F(vprotctl, play_with_keys_of_the_keyring)
{
	static const char *const films[] = { "film", "cbcs-video", "cbcs-audio" };

	vt_keyring_new();
	ASSERT_EQ(0, sh(PUT_KEY));
	for (size_t i = 0; i < ARRAY_SIZE(films); i++) {
		int status = sh("$PLAY $FILMS/%s.mp4 --keyring vprot:film: --refresh-every 9 --output c.mp4 --json --lose-at 20",
				films[i]);

		ASSERT_EQ(0, status);
		EXPECT_TRUE(said("\"internal\": false"));
		EXPECT_EQ(field("bytes"), field("device_encrypted"));
		EXPECT_LE(5, field("refreshes"));
		EXPECT_EQ(1, field("losses"));
		EXPECT_TRUE(is_film("c.mp4", films[i]));
	}
}

/* Nobody but the device knows a key then; it needs no identity. */
TEST_F(vprotctl, play_without_any_key)
{
	static const char *const films[] = { "film", "cbcs-video", "cbcs-audio" };

	vt_keyring_new();
	ASSERT_EQ(0, sh(PUT_KEY));
	vt_firmware_hide();
	vt_module_reload("");
	for (size_t i = 0; i < ARRAY_SIZE(films); i++) {
		int status = sh("vprotctl play $FILMS/%s.mp4 --keyring vprot:film: --json",
				films[i]);

		ASSERT_EQ(0, status);
		EXPECT_TRUE(said("\"internal\": true"));
		EXPECT_LT(0, field("bytes"));
		EXPECT_EQ(field("bytes"), field("device_decrypted"));
		EXPECT_EQ(field("bytes"), field("device_encrypted"));
		EXPECT_EQ(0, field("refreshes"));
	}
	ASSERT_EQ(0, sh("vprotctl play $FILM --keyring vprot:film: --lose-at 20"));
	EXPECT_TRUE(said("keys       none known to this program\n"));
	EXPECT_TRUE(said("losses     1, each survived with a new session\n"));
	vt_firmware_restore();
	vt_module_reload("");
}

/* As the documentation has it: a service that is the same user, or root, and a player. */
TEST_F(vprotctl, license)
{
	vt_keyring_new();
	EXPECT_EQ(0, sh("keyctl link @u @s && echo $KEY | tr a-f A-F | basenc --base16 -d >key"));

	ASSERT_EQ(0, sh("keyctl padd logon vprot:acme:$KID @u <key >id"));
	EXPECT_EQ(0, sh("keyctl timeout $(cat id) 3600"));
	EXPECT_EQ(0, sh("keyctl setperm $(cat id) 0x3d000000"));
	EXPECT_EQ(1, sh("keyctl print $(cat id)"));
	EXPECT_TRUE(said("keyctl_read_alloc: Operation not supported"));
	EXPECT_EQ(0, sh("vprotctl play $FILM --keyring vprot:acme:"));
	EXPECT_EQ(0, sh("keyctl revoke $(cat id)"));
	EXPECT_EQ(1, sh("vprotctl play $FILM --keyring vprot:acme:"));
	EXPECT_TRUE(said("the key vprot:acme:" KID " was revoked; it takes a new license"));
	EXPECT_EQ(0, sh("keyctl unlink $(cat id) @u"));
}

TEST_F(vprotctl, play_with_keys_that_will_not_do)
{
	static const struct {
		const char *commands;
		const char *message;
	} wrong[] = {
		{ ":", "is in none of the keyrings of this process; 'keyctl padd logon vprot:" },
		{ "echo 00 | keyctl padd -x logon vprot:film:$KID @s", "is not of 16 bytes" },
		{ PUT_KEY " && keyctl setperm %logon:vprot:film:$KID 0x37000000",
		  "may not be searched by this user" },
		{ PUT_KEY " && keyctl timeout %logon:vprot:film:$KID 1 && while keyctl search @s logon vprot:film:$KID; do sleep 0.1; done",
		  "has expired" },
		{ PUT_KEY " && keyctl revoke %logon:vprot:film:$KID", "was revoked" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		vt_keyring_new();
		EXPECT_EQ(0, sh("%s", wrong[i].commands));
		EXPECT_EQ(1, sh("$PLAY $FILM --keyring vprot:film:"));
		EXPECT_TRUE(said("the key vprot:film:" KID " "));
		EXPECT_TRUE(said(wrong[i].message));
	}
	EXPECT_EQ(1, sh("$PLAY $FILM --keyring vprot:film: --output clear.mp4"));
	vt_set_parameter("keyring", 0);
	EXPECT_EQ(1, sh("$PLAY $FILM --keyring vprot:film:"));
	EXPECT_TRUE(said("the device takes no keys of the kernel's keyrings"));
	vt_set_parameter("keyring", 1);
	EXPECT_EQ(0, sh("ls"));
	EXPECT_STREQ("", output);
}

/* --- play with what will not do --------------------------------------------------------------- */

TEST_F(vprotctl, play_what_cannot_be_played)
{
	EXPECT_EQ(1, sh("$PLAY nothing.mp4 --output clear.mp4"));
	EXPECT_TRUE(said("cannot open nothing.mp4: No such file or directory"));
	EXPECT_EQ(0, sh("echo text >text.mp4"));
	EXPECT_EQ(1, sh("$PLAY text.mp4 --output clear.mp4"));
	EXPECT_TRUE(said("cannot open text.mp4: Invalid data"));
	EXPECT_EQ(1, sh("$PLAY $FILM --output clear.mp4 --key $KEY:$KID"));
	EXPECT_TRUE(said("there is no key for key id " KID));
	EXPECT_EQ(1, sh("$PLAY $FILM --output clear.bogus --key $KEYS"));
	EXPECT_TRUE(said("cannot tell the format of clear.bogus"));
	EXPECT_EQ(1, sh("$PLAY $FILM --output no/clear.mp4 --key $KEYS"));
	EXPECT_TRUE(said("cannot write no/clear.mp4"));
	EXPECT_EQ(0, sh("head -c 20000 $FILM >cut.mp4"));
	EXPECT_EQ(1, sh("$PLAY cut.mp4 --output clear.mp4 --key $KEYS"));
	EXPECT_TRUE(said("cut.mp4 is damaged"));

	EXPECT_EQ(0, sh("ls"));
	EXPECT_STREQ("cut.mp4\ntext.mp4\n", output);
}

TEST_F(vprotctl, play_only_on_the_device_of_a_root)
{
	ASSERT_EQ(0, sh("vprotctl provision other"));
	EXPECT_EQ(1, sh("vprotctl play $FILM --root other/root-cert.der"));
	EXPECT_TRUE(said("does not lead to the root in other/root-cert.der"));
	EXPECT_EQ(1, sh("vprotctl play $FILM --root other/device-key.der"));
	EXPECT_TRUE(said("is not a certificate in DER form"));
	EXPECT_EQ(1, sh("vprotctl play $FILM --root nothing"));
	EXPECT_TRUE(said("cannot read the root certificate nothing: No such file"));
	EXPECT_EQ(0, sh("vprotctl play $FILM --any-device --key $KEYS"));
}

TEST_F(vprotctl, play_to_a_full_disk)
{
	mount_small("16k");
	EXPECT_EQ(1, sh("$PLAY $FILM --key $KEYS --output full/clear.mp4"));
	EXPECT_TRUE(said("cannot write full/clear.mp4: No space left on device"));
	EXPECT_EQ(0, sh("ls full"));
	EXPECT_STREQ("", output);
}

/* --- play and loss ---------------------------------------------------------------------------- */

/* At the first samples and the last one, twice in a row, and in the midst of it all. */
TEST_F(vprotctl, play_on_after_losses)
{
	long long samples;
	int status;

	ASSERT_EQ(0, sh("$PLAY $FILM --key $KEYS --lose-at 100"));
	EXPECT_TRUE(said("losses     1, each survived with a new session\n"));
	ASSERT_TRUE(said("samples    "));
	samples = atoll(output + strlen("samples    "));
	status = sh("$PLAY $FILM --key $KEYS --refresh-every 9 --output c.mp4 --json --lose-at 0 --lose-at 1 --lose-at 100 --lose-at 60 --lose-at 61 --lose-at %lld",
		    samples - 1);
	ASSERT_EQ(0, status);
	EXPECT_EQ(6, field("losses"));
	EXPECT_EQ(samples, field("samples"));
	EXPECT_LE(5, field("refreshes"));
	/* Read back once each; what was in flight was decrypted again. */
	EXPECT_EQ(field("bytes"), field("device_encrypted"));
	EXPECT_LT(field("bytes"), field("device_decrypted"));
	EXPECT_TRUE(is_the_film("c.mp4"));
}

/*
 * Plays a film of which half comes through a pipe, and the rest when a clear film was begun and the
 * shell commands are over; then nobody else reads from the pipe. Returns the exit status.
 */
static int play_meanwhile(const char *commands)
{
	if (mkfifo("film", 0600))
		vt_fatal("mkfifo: %s", strerror(errno));
	return sh("exec 3<>film; head -c 30000 $FILM >&3; $PLAY film --key $KEYS --output c.mp4 --json 3>&- & until [ -e c.mp4.part ]; do kill -0 $! || exit; sleep 0.1; done; exec 4>film 3>&-; %s; tail -c +30001 $FILM >&4; exec 4>&-; wait $!",
		  commands);
}

/* Losses at any point, also of sessions that are not complete. */
TEST_F(vprotctl, play_in_a_storm_of_losses)
{
	int status;

	status = play_meanwhile("set -- /sys/kernel/debug/dri/[0-9]*/vprot_teardown; for i in $(seq 300); do echo >$1; done");
	ASSERT_EQ(0, status);
	EXPECT_LE(1, field("losses"));
	EXPECT_EQ(field("bytes"), field("device_encrypted"));
	EXPECT_TRUE(is_the_film("c.mp4"));
}

TEST_F(vprotctl, play_when_the_device_goes)
{
	int status = play_meanwhile("echo vprot >/sys/bus/platform/drivers/vprot/unbind");

	EXPECT_EQ(0, vt_driver_bind());
	EXPECT_EQ(1, status);
	EXPECT_TRUE(said("the device is gone: its driver was unbound"));
	EXPECT_FALSE(there_is("c.mp4"));
	EXPECT_FALSE(there_is("c.mp4.part"));
}

TEST_F(vprotctl, play_lose_at_refused)
{
	int status;

	EXPECT_EQ(1, sh("$PLAY $FILM --key $KEYS --output c.mp4 --lose-at 7 --lose-at 100000"));
	EXPECT_TRUE(said("there is no sample 100000 to lose the session at"));
	status = sh("unshare -m sh -c 'umount /sys/kernel/debug; $PLAY $FILM --key $KEYS --output c.mp4 --lose-at 7'");
	EXPECT_EQ(1, status);
	EXPECT_TRUE(said("no file vprot_teardown in debugfs; load the module ('make load'), and "));
	EXPECT_EQ(0, sh("ls"));
	EXPECT_STREQ("", output);

	/* Not by anybody. */
	ASSERT_EQ(0, sh("chmod 755 . && cp $(command -v vprotctl-play) ."));
	EXPECT_EQ(1, sh("setpriv --reuid 65534 --clear-groups ./vprotctl-play $FILM --lose-at 7"));
	EXPECT_TRUE(said("file vprot_teardown in debugfs may not be used; run as root"));
}

/* --- play and signals ------------------------------------------------------------------------- */

/* The first half of the film comes through a pipe, and then nothing more. */
TEST_F(vprotctl, play_stopped_by_a_signal)
{
	int status;

	ASSERT_EQ(0, mkfifo("film", 0600));
	status = sh("exec 3<>film; head -c 30000 $FILM >&3; $PLAY film --key $KEYS --output clear.mp4 & until [ -e clear.mp4.part ]; do kill -0 $! || exit; sleep 0.1; done; kill $!; wait $!");
	EXPECT_EQ(128 + SIGTERM, status);
	EXPECT_FALSE(there_is("clear.mp4"));
	EXPECT_FALSE(there_is("clear.mp4.part"));
}

TEST_HARNESS_MAIN
