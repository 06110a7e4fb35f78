/*
 * Both transcripts, writing into memory.
 */
#include "transcripts.h"

#include <stdlib.h>

static void make(struct transcripts *transcripts)
{
	transcripts->text = text_transcript_new(&transcripts->options, transcripts->file);
	transcripts->json = json_transcript_new(&transcripts->options, transcripts->file);
	text_transcript_begin(transcripts->text, transcripts->tracker);
}

void transcripts_begin(struct transcripts *transcripts)
{
	*transcripts = (struct transcripts){ .common = { .color = COLOR_NEVER, .quiet = true } };
	transcripts->options = (struct transcript_options){ .common = &transcripts->common, .selection = &transcripts->selection };
	transcripts->tracker = tracker_new();
	transcripts->file = open_memstream(&transcripts->bytes, &transcripts->size);
	if (!transcripts->file)
		abort();
	make(transcripts);
}

void transcripts_renew(struct transcripts *transcripts)
{
	text_transcript_free(transcripts->text);
	json_transcript_free(transcripts->json);
	make(transcripts);
}

void transcripts_end(struct transcripts *transcripts)
{
	text_transcript_free(transcripts->text);
	json_transcript_free(transcripts->json);
	tracker_free(transcripts->tracker);
	fclose(transcripts->file);
	free(transcripts->bytes);
}

const char *transcripts_written(struct transcripts *transcripts)
{
	static char got[65536];
	size_t length = 0;

	fflush(transcripts->file);
	for (; transcripts->seen < transcripts->size && length < sizeof got - 1; transcripts->seen++) {
		char character = transcripts->bytes[transcripts->seen];

		if (character != ' ' || (length && got[length - 1] != ' ' && got[length - 1] != '\n'))
			got[length++] = character;
	}
	got[length] = 0;
	return got;
}
