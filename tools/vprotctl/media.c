// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavutil/intreadwrite.h>

#include "media.h"
#include "vprotctl.h"

/* Where the clear film is until it is complete. */
static char *part_path;

static void remove_part(void)
{
	if (part_path)
		unlink(part_path);
}

static void end_by_signal(int number)
{
	remove_part();
	raise(number); /* the default action, by SA_RESETHAND */
}

/* Whoever stops the program finds nothing of the film either. fail() calls quick_exit(). */
static void remove_part_at_end(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
	const struct sigaction action = {
		.sa_handler = end_by_signal,
		.sa_flags = SA_RESETHAND | SA_NODEFER,
	};
	struct sigaction old;
	size_t i;

	if (at_quick_exit(remove_part))
		fail("no memory");
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

static void open_input(struct media *media)
{
	int ret;

	media->in = avformat_alloc_context();
	if (!media->in)
		fail("no memory");
	/* Without a decryption key the samples come as they are: nothing in them can be parsed. */
	media->in->flags |= AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN;
	ret = avformat_open_input(&media->in, media->in_path, NULL, NULL);
	if (ret < 0)
		fail("cannot open %s: %s", media->in_path, av_err2str(ret));
	if (!media->in->nb_streams)
		fail("%s has no streams", media->in_path);
}

/*
 * Some containers leave the size of the picture to the stream (MP4 does for MPEG-4 video), of which
 * only the header that came with the container can be read.
 */
static void find_picture_size(AVCodecParameters *par)
{
	AVCodecParserContext *parser;
	AVCodecContext *ctx;
	uint8_t *frame;
	int size;

	if (par->codec_type != AVMEDIA_TYPE_VIDEO || par->width || !par->extradata_size)
		return;
	parser = av_parser_init(par->codec_id);
	ctx = avcodec_alloc_context3(NULL);
	if (parser && ctx && avcodec_parameters_to_context(ctx, par) >= 0) {
		parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
		av_parser_parse2(parser, ctx, &frame, &size, par->extradata, par->extradata_size,
				 AV_NOPTS_VALUE, AV_NOPTS_VALUE, 0);
		par->width = ctx->width;
		par->height = ctx->height;
	}
	avcodec_free_context(&ctx);
	av_parser_close(parser);
}

static void open_output(struct media *media)
{
	unsigned int i;
	int ret;

	ret = avformat_alloc_output_context2(&media->out, NULL, NULL, media->out_path);
	if (ret < 0)
		fail("cannot tell the format of %s; give it a name like film.mp4", media->out_path);

	for (i = 0; i < media->in->nb_streams; i++) {
		const AVStream *in = media->in->streams[i];
		AVStream *out = avformat_new_stream(media->out, NULL);

		if (!out || avcodec_parameters_copy(out->codecpar, in->codecpar) < 0)
			fail("no memory for a stream");
		/* The tag says that the stream is encrypted. */
		out->codecpar->codec_tag = 0;
		find_picture_size(out->codecpar);
		out->time_base = in->time_base;
		out->avg_frame_rate = in->avg_frame_rate;
		out->disposition = in->disposition;
	}

	media->before = calloc(media->in->nb_streams, sizeof(*media->before));
	if (!media->before || asprintf(&part_path, "%s.part", media->out_path) < 0)
		fail("no memory");
	remove_part_at_end();
	ret = avio_open(&media->out->pb, part_path, AVIO_FLAG_WRITE);
	if (ret < 0)
		fail("cannot write %s: %s", part_path, av_err2str(ret));
	ret = avformat_write_header(media->out, NULL);
	if (ret < 0)
		fail("%s cannot hold these streams: %s", media->out_path, av_err2str(ret));
}

static bool read_sample(struct media *media, AVPacket *packet)
{
	int ret = av_read_frame(media->in, packet);

	if (ret == AVERROR_EOF)
		return false;
	if (ret < 0)
		fail("cannot read %s: %s", media->in_path, av_err2str(ret));
	if (packet->flags & AV_PKT_FLAG_CORRUPT)
		fail("%s is damaged: a sample is cut short", media->in_path);
	return true;
}

/* How a sample is encrypted, to be freed; NULL when it is clear. */
static AVEncryptionInfo *encryption_of(const struct media *media, const AVPacket *packet)
{
	AVEncryptionInfo *info;
	const uint8_t *data;
	size_t size;

	data = av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, &size);
	if (!data)
		return NULL;
	info = av_encryption_info_get_side_data(data, size);
	if (!info)
		fail("%s: what it says of its encryption cannot be understood", media->in_path);
	return info;
}

/* The scheme is told with the samples alone. What comes before the first encrypted one is kept. */
static void find_scheme(struct media *media)
{
	AVEncryptionInfo *info;
	AVPacket *packet;

	media->ahead = av_fifo_alloc2(1, sizeof(packet), AV_FIFO_FLAG_AUTO_GROW);
	while (!media->scheme) {
		packet = av_packet_alloc();
		if (!media->ahead || !packet)
			fail("no memory for a sample");
		if (!read_sample(media, packet)) {
			av_packet_free(&packet);
			break;
		}
		if (av_fifo_write(media->ahead, &packet, 1) < 0)
			fail("no memory for a sample");
		info = encryption_of(media, packet);
		if (info)
			media->scheme = info->scheme;
		av_encryption_info_free(info);
	}
}

void media_open(struct media *media, const char *path)
{
	memset(media, 0, sizeof(*media));
	media->in_path = path;
	av_log_set_level(AV_LOG_ERROR);
	open_input(media);
	find_scheme(media);
}

void media_create(struct media *media, const char *path)
{
	media->out_path = path;
	open_output(media);
}

bool media_read(struct media *media, AVPacket *packet, AVEncryptionInfo **info)
{
	AVPacket *ahead;

	if (av_fifo_read(media->ahead, &ahead, 1) >= 0) {
		av_packet_move_ref(packet, ahead);
		av_packet_free(&ahead);
	} else if (!read_sample(media, packet)) {
		return false;
	}
	*info = encryption_of(media, packet);
	return true;
}

double media_progress(const struct media *media)
{
	int64_t size = avio_size(media->in->pb);

	return size > 0 ? (double)avio_tell(media->in->pb) / size : 0;
}

void media_write(struct media *media, AVPacket *packet)
{
	int64_t *before;
	int ret;

	if (!media->out)
		return;

	/* Films in fragments may not tell; the last sample would take no time, and be cut off. */
	before = &media->before[packet->stream_index];
	if (!packet->duration)
		packet->duration = packet->dts - *before;
	*before = packet->dts;

	av_packet_free_side_data(packet);
	av_packet_rescale_ts(packet, media->in->streams[packet->stream_index]->time_base,
			     media->out->streams[packet->stream_index]->time_base);
	packet->pos = -1;
	ret = av_interleaved_write_frame(media->out, packet);
	if (ret < 0)
		fail("cannot write %s: %s", media->out_path, av_err2str(ret));
}

/* On the disk before it takes the name: no half of a film is ever found under it. */
static void put_in_place(const struct media *media)
{
	char *path = part_path;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) || rename(path, media->out_path))
		fail("cannot write %s: %s", media->out_path, strerror(errno));
	part_path = NULL;
	free(path);
	close(fd);
}

void media_close(struct media *media)
{
	int ret;

	avformat_close_input(&media->in);
	av_fifo_freep2(&media->ahead);
	if (!media->out)
		return;

	ret = av_write_trailer(media->out);
	if (ret >= 0)
		ret = avio_closep(&media->out->pb);
	if (ret < 0)
		fail("cannot write %s: %s", media->out_path, av_err2str(ret));
	put_in_place(media);
	avformat_free_context(media->out);
	free(media->before);
}
