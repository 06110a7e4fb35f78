/*
 * One command and its answer, given as hex on the command line (decode_hex.h).
 * Knows: how people write bytes. A transaction is put together without a capture, and judged by its bytes alone.
 */
#include "decode_hex.h"

#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../dissectors/msc.h"
#include "output/result_text.h"
#include "output/value_text.h"

#define SEPARATORS " \t\r\n,;:-[]{}"

static int digit(char character)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, tolower((unsigned char)character));

	return character && at ? (int)(at - digits) : -1;
}

/*
 * Bytes from "f2 36", "0xf2,0x36", "f2:36" or "f236"; bytes must have room for half the text. Returns false, and says where, for others.
 */
static bool read_hex(const char *text, const char *what, uint8_t *bytes, uint32_t *length)
{
	const char *at = text;

	*length = 0;
	while (*at) {
		if (strchr(SEPARATORS, *at)) {
			at++;
		} else if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
			at += 2;
			if (digit(*at) >= 0 && digit(at[1]) < 0) { /* 0x3 */
				bytes[(*length)++] = (uint8_t)digit(*at++);
			}
		} else if (digit(at[0]) >= 0 && digit(at[1]) >= 0) {
			bytes[(*length)++] = (uint8_t)(digit(at[0]) << 4 | digit(at[1]));
			at += 2;
		} else {
			break;
		}
	}
	if (!*at && *length)
		return true;
	if (!*at)
		fprintf(stderr, "stlinkscope decode: --hex: no bytes in the %s\n", what);
	else if (digit(*at) >= 0 && (!at[1] || strchr(SEPARATORS, at[1])))
		fprintf(stderr, "stlinkscope decode: --hex: half a byte at position %zu of the %s\n", (size_t)(at - text) + 1, what);
	else
		fprintf(stderr, "stlinkscope decode: --hex: no hex digit at position %zu of the %s\n",
		        (size_t)(at - text) + 1 + (digit(*at) >= 0), what);
	return false;
}

static uint8_t *allocate(const char *text)
{
	uint8_t *bytes = malloc(strlen(text) + 1);

	if (!bytes)
		err(2, NULL);
	return bytes;
}

static struct cursor cursor_of(const struct payload *payload)
{
	return cursor_over(payload->bytes, payload->captured, payload->wire);
}

static void note(struct transaction *transaction, enum note note)
{
	transaction->notes |= 1U << note;
}

static void note_marks(struct transaction *transaction, unsigned marks)
{
	if (marks & WALK_TRAILING)
		note(transaction, NOTE_TRAILING);
	if (marks & WALK_PADDING)
		note(transaction, NOTE_PADDING);
	if (marks & WALK_UNNAMED)
		note(transaction, NOTE_UNNAMED);
}

/* What the bytes alone can say of DESIGN's results. */
static void judge(struct transaction *transaction)
{
	const struct stlink_command *command = transaction->command;
	const struct stlink_status *row;

	if (transaction->answered && transaction->answer_due != STLINK_ANY_LENGTH) {
		if (transaction->answer.wire < transaction->answer_due) {
			note(transaction, NOTE_SHORT);
			transaction->result = RESULT_SHORT;
		} else if (transaction->answer.wire > transaction->answer_due) {
			note(transaction, NOTE_LONG);
		}
	}
	if (!operation_has(&transaction->answer_operation, ROLE_STATUS) || command->scope == SCOPE_NONE)
		return;
	transaction->has_status = true;
	transaction->status = (uint8_t)transaction->answer_operation.argument[ROLE_STATUS];
	transaction->status_row = row = stlink_status_find(command->scope, transaction->status);
	if (!row)
		note(transaction, NOTE_UNKNOWN_STATUS);
	if (transaction->result == RESULT_OK && row && command->operation != OP_RW_STATUS)
		transaction->result = row->class == STATUS_ERROR ? RESULT_ERROR : row->class == STATUS_WAIT ? RESULT_WAIT : RESULT_OK;
}

static void put_together(struct transaction *transaction)
{
	const struct stlink_command *command = transaction->command;
	struct operation *request = &transaction->request_operation;

	transaction->latency = -1;
	transaction->waited = -1;
	transaction->result = RESULT_OK;
	transaction->usable = true;
	note_marks(transaction, stlink_walk_request(command, cursor_of(&transaction->request), request, NULL));
	if (command == &stlink_unknown)
		note(transaction, NOTE_UNKNOWN_COMMAND);
	transaction->data_due = stlink_data_length(command, request);
	transaction->answer_due = stlink_answer_length(command, request, NULL);
	if (transaction->answered)
		note_marks(transaction, stlink_walk_answer(command, cursor_of(&transaction->answer), request, NULL,
		                                           &transaction->answer_operation, NULL));
	judge(transaction);
}

static void print_text(const struct transaction *transaction, const struct transcript_options *options)
{
	struct common_options common = *options->common;
	struct transcript_options detailed = *options;
	struct text text = { .color = terminal_color(stdout, common.color) };

	common.verbose++;
	detailed.common = &common;
	text_styled(&text, STYLE_BOLD, transaction->command->name);
	value_text_request(&text, transaction);
	if (transaction->data.wire) {
		text_add(&text, " <-");
		value_text_data(&text, transaction);
	}
	if (transaction->answered) {
		text_add(&text, " ->");
		result_text_status(&text, transaction);
		value_text_answer(&text, transaction);
	}
	result_text_outcome(&text, transaction);
	text_char(&text, '\n');
	result_text_meaning(&text, transaction, 0);
	text_transcript_details(&text, &detailed, transaction);
	text_write(&text, stdout);
	text_free(&text);
}

static void print_json(const struct transaction *transaction, const struct transcript_options *options)
{
	struct json_transcript *transcript = json_transcript_new(options, stdout);

	json_transcript_command(transcript, transaction);
	json_transcript_free(transcript);
}

#define PARTS 3

/* The transaction and the memory behind its parts. */
struct given { struct transaction transaction; uint8_t *bytes[PARTS]; };

static bool read_part(struct given *given, unsigned index, const char *text, const char *what, struct payload *payload)
{
	given->bytes[index] = allocate(text);
	payload->bytes = given->bytes[index];
	if (!read_hex(text, what, given->bytes[index], &payload->captured))
		return false;
	payload->wire = payload->captured;
	return true;
}

/* The command block, perhaps in its CBW. */
static bool read_command(struct given *given, const char *text)
{
	struct transaction *transaction = &given->transaction;
	struct payload *request = &transaction->request;
	struct msc_cbw cbw;

	if (!read_part(given, 0, text, "command", request))
		return false;
	if (msc_cbw_read(request->bytes, request->captured, request->wire, &cbw)) {
		transaction->bulk_only = true;
		transaction->cbw_tag = cbw.tag;
		*request = (struct payload){ .bytes = cbw.cdb, .captured = cbw.cdb_present, .wire = cbw.cdb_present };
	}
	transaction->command = stlink_find(request->bytes, request->captured, transaction->bulk_only);
	return true;
}

/* The data, where the command takes any, and the answer. */
static bool read_rest(struct given *given, const char *const *arguments, size_t count)
{
	struct transaction *transaction = &given->transaction;
	bool data = transaction->command->data_phase != DATA_NONE;

	if (count > 1U + data) {
		fprintf(stderr, "stlinkscope decode: --hex: %s takes no data, so there is one argument too many\n",
		        transaction->command->name);
		return false;
	}
	if (data && count && !read_part(given, 1, arguments[0], "data", &transaction->data))
		return false;
	if (count <= data)
		return true;
	transaction->answered = true;
	return read_part(given, 2, arguments[data], "answer", &transaction->answer);
}

enum outcome decode_hex(const char *const *arguments, size_t count, bool bulk_only, const struct transcript_options *options)
{
	struct given given = { .transaction.bulk_only = bulk_only };
	bool good = read_command(&given, arguments[0]) && read_rest(&given, arguments + 1, count - 1);

	if (good) {
		struct access_state *state = access_new();

		put_together(&given.transaction);
		access_follow(state, &given.transaction);
		if (options->common->json)
			print_json(&given.transaction, options);
		else
			print_text(&given.transaction, options);
		access_free(state);
	}
	for (unsigned i = 0; i < PARTS; i++)
		free(given.bytes[i]);
	return good ? OUTCOME_GOOD : OUTCOME_TROUBLE;
}
