/*
 * Both transcripts, fed by hand, and what they wrote.
 */
#ifndef TESTS_SUPPORT_TRANSCRIPTS_H
#define TESTS_SUPPORT_TRANSCRIPTS_H

#include "../../analyzer/output/transcript.h"

struct transcripts {
	struct common_options common;
	struct selection selection;
	struct transcript_options options; /* copied by the transcripts: after a change call transcripts_renew */
	struct tracker *tracker;
	struct text_transcript *text;
	struct json_transcript *json;
	FILE *file;
	char *bytes;
	size_t size, seen;
};

/* Without colour, headings and tail. Exits on out of memory. */
void transcripts_begin(struct transcripts *transcripts);
void transcripts_end(struct transcripts *transcripts);
void transcripts_renew(struct transcripts *transcripts);

/* What was written since the last look, blanks in a row being one and those at the beginning of a line none; until the next call. */
const char *transcripts_written(struct transcripts *transcripts);

#endif
