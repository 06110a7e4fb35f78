/*
 * The transcript of decode, as text (transcript_text.c) or as JSON (transcript_json.c). The two do not know each other.
 * Both listen to the tracker and write to stdout as it speaks.
 */
#ifndef ANALYZER_OUTPUT_TRANSCRIPT_H
#define ANALYZER_OUTPUT_TRANSCRIPT_H

#include "../program.h"
#include "../select.h"
#include "json.h"
#include "text.h"

#define PREVIEW_BYTES 64 /* of a payload, unless --full */

/* Borrowed from the caller as long as the transcript lives. */
struct transcript_options {
	const struct common_options *common;
	const struct selection *selection;
	bool dump;    /* -x */
	bool full;    /* --full */
	bool no_fold;
	unsigned width; /* columns of the terminal that text goes to; 0: no terminal, no line is broken */
};

struct text_transcript;
struct text_transcript *text_transcript_new(const struct transcript_options *options, FILE *file);
void text_transcript_free(struct text_transcript *transcript);
struct listener text_transcript_listener(struct text_transcript *transcript);
void text_transcript_begin(struct text_transcript *transcript, const struct tracker *tracker);
void text_transcript_finish(struct text_transcript *transcript, const struct input_facts *facts);
/* The lines under a transaction: fields, notes, bytes. For decode --hex too. */
void text_transcript_details(struct text *text, const struct transcript_options *options, const struct transaction *transaction);
/* Lines with the bytes of one part of it, PREVIEW_BYTES of them unless full; nothing for an empty one. */
void text_transcript_dump(struct text *text, const char *name, const struct payload *payload, bool full);

struct json_transcript;
struct json_transcript *json_transcript_new(const struct transcript_options *options, FILE *file);
void json_transcript_free(struct json_transcript *transcript);
struct listener json_transcript_listener(struct json_transcript *transcript);
void json_transcript_begin(struct json_transcript *transcript, const struct input_facts *facts, const struct tracker *tracker);
void json_transcript_finish(struct json_transcript *transcript, const struct input_facts *facts);
/* One command object, without a place in a capture. For decode --hex. */
void json_transcript_command(struct json_transcript *transcript, const struct transaction *transaction);

#endif
