/* SPDX-License-Identifier: MIT */
/*
 * Films: the samples of an encrypted one, and the writing of a clear one.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/packet.h>
#include <libavformat/avformat.h>
#include <libavutil/encryption_info.h>
#include <libavutil/fifo.h>

/**
 * struct media - a film that is read, and one that is written
 */
struct media {
	/** @in_path: the encrypted film */
	const char *in_path;
	/** @in: it */
	AVFormatContext *in;
	/** @scheme: how it is encrypted, 'cenc' for instance as a number; 0 if all is clear */
	uint32_t scheme;
	/** @ahead: samples that were read to find that out, to be given first */
	AVFifo *ahead;
	/** @out_path: the clear film, NULL to write none */
	const char *out_path;
	/** @out: it */
	AVFormatContext *out;
	/** @before: when the last sample of each stream was to be decoded, in its time base */
	int64_t *before;
};

/** media_open() - open an encrypted film, or fail() */
void media_open(struct media *media, const char *path);

/** media_create() - begin to write the clear film, or fail() */
void media_create(struct media *media, const char *path);

/**
 * media_read() - read the next sample, or fail()
 * @media: the films
 * @packet: gets the sample as it is in the file
 * @info: gets how it is encrypted, for av_encryption_info_free(); NULL when it is clear
 *
 * Return: whether there was one.
 */
bool media_read(struct media *media, AVPacket *packet, AVEncryptionInfo **info);

/** media_progress() - how much of the film was read, from 0 to 1 */
double media_progress(const struct media *media);

/** media_write() - write a sample, whose data is clear now, or fail() */
void media_write(struct media *media, AVPacket *packet);

/**
 * media_close() - complete the clear film and put it in its place, or fail()
 * @media: the films
 *
 * A program that ends without this leaves nothing of the clear film.
 */
void media_close(struct media *media);

#endif /* MEDIA_H */
