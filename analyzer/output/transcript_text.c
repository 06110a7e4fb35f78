/*
 * The transcript as text: a line per transaction, lines for what happens between them.
 * Knows: columns, marks, what folds. Must not know: how values and results are worded (value_text, result_text), JSON.
 * frame, time, how long it took, device, mark, command and its parameters, what went the other way, how it ended: what has always the same
 * width stands to the left of the words, so that no line pushes a column out of its place.
 */
#include "transcript.h"

#include <err.h>
#include <stdlib.h>

#include "../../dissectors/registers.h"
#include "control_text.h"
#include "event_text.h"
#include "fold_item.h"
#include "privacy.h"
#include "result_text.h"
#include "value_text.h"

#define FRAME_WIDTH 7
#define SECONDS_WIDTH 10
#define UTC_WIDTH 26
#define TOOK_WIDTH 8
#define DEVICE_WIDTH 6
#define ANSWER_OFFSET 34 /* from the command's column; at a terminal a share of what it has behind that */
#define ANSWER_OFFSET_LEAST 18
#define ANSWER_OFFSET_MOST 48
#define HANGING 4        /* columns of what goes on in the next line, from the command's column */
#define WORDS_LEAST 30   /* columns for words: where a terminal has fewer, it breaks the lines by itself */
#define REGISTER_BYTES 4
#define HEADED 256       /* probes whose latest heading is known */

struct text_transcript {
	struct transcript_options options;
	FILE *file;
	const struct tracker *tracker;
	struct fold *fold; /* NULL: every line at once */
	bool color;
	struct text line;
	struct text aside; /* headings and runs, which come while line is being made */
	size_t took_column, command_column, answer_column;
	int64_t last_time;       /* of the line before, for --time delta; INT64_MIN: none yet */
	struct { int probe; uint64_t frame; int64_t time; } told; /* the latest transaction, shown or not */
	uint64_t headed[HEADED]; /* by probe: the session whose heading was printed, plus one */
	enum phase phase[HEADED]; /* by probe: the phase whose heading was printed */
	bool explained[SCOPE_CSW + 1][UINT8_MAX + 1]; /* statuses whose meaning was printed */
	uint64_t results[RESULTS], shown;
};

static void print_line(void *context, const struct text *text)
{
	struct text_transcript *transcript = context;

	text_write(text, transcript->file);
}

/* What does not fit a terminal goes on below, at indent. */
static void wrap_at(const struct text_transcript *transcript, struct text *text, size_t indent)
{
	if (transcript->options.width >= transcript->command_column + WORDS_LEAST)
		text_wrap(text, transcript->options.width, indent);
}

/* The same of a line with columns: behind them. */
static void wrap(const struct text_transcript *transcript, struct text *text)
{
	wrap_at(transcript, text, transcript->command_column + HANGING);
}

/* Frame and time, behind what text holds; frame 0 for a line without. */
static void begin_columns(struct text_transcript *transcript, uint64_t frame, int64_t time)
{
	struct text *text = &transcript->line;

	text_style(text, STYLE_DIM);
	if (frame)
		text_unsigned_right(text, frame, FRAME_WIDTH);
	else
		text_column(text, FRAME_WIDTH);
	text_char(text, ' ');
	switch (transcript->options.common->time) {
	case TIME_FORM_UTC:
		text_utc(text, time);
		break;
	case TIME_FORM_DELTA:
		text_seconds(text, transcript->last_time == INT64_MIN ? 0 : time - transcript->last_time, 6, SECONDS_WIDTH);
		transcript->last_time = time;
		break;
	case TIME_FORM_RELATIVE:
		if (frame || tracker_totals(transcript->tracker)->records)
			text_seconds(text, time - tracker_totals(transcript->tracker)->first_time, 6, SECONDS_WIDTH);
		else
			text_right(text, "before", SECONDS_WIDTH); /* the first record, from which time counts */
		break;
	}
	text_column(text, transcript->took_column);
}

/* The columns that every line begins with but those of the tool. took, in nanoseconds: 0 or less where there is nothing to tell. */
static void begin_line(struct text_transcript *transcript, uint64_t frame, int64_t time, int64_t took, uint16_t bus, uint16_t device)
{
	struct text *text = &transcript->line;
	char words[40];

	begin_columns(transcript, frame, time);
	if (took > 0)
		text_right(text, terminal_duration(words, sizeof words, took), TOOK_WIDTH);
	text_column(text, transcript->took_column + TOOK_WIDTH + 2);
	text_unsigned(text, bus);
	text_char(text, ':');
	text_unsigned(text, device);
	text_plain(text);
	text_column(text, transcript->command_column - 2);
}

static void mark(struct text *text, char character, enum style style)
{
	if (character == ' ') {
		text_add(text, "  ");
		return;
	}
	text_style(text, style);
	text_char(text, character);
	text_plain(text);
	text_char(text, ' ');
}

/* A transaction's line */

static void command_columns(struct text *text, const struct transaction *transaction)
{
	bool quiet = transaction->judges_frame && transaction->result == RESULT_OK; /* said on the line of the command it judges */
	enum style style = result_style(transaction);

	mark(text, result_mark(transaction), style);
	if (style == STYLE_PLAIN)
		style = quiet || transaction->command->scsi ? STYLE_DIM : STYLE_BOLD;
	text_styled(text, style, transaction->command->name);
	value_text_request(text, transaction);
}

static void data_columns(struct text *text, const struct transaction *transaction, size_t column)
{
	if (!transaction->data.wire)
		return;
	text_column(text, column);
	text_add(text, "<-");
	value_text_data(text, transaction);
}

static void answer_columns(struct text *text, const struct transaction *transaction, size_t column)
{
	if (!transaction->has_status && !(transaction->answered && transaction->answer.wire))
		return;
	text_column(text, column);
	text_add(text, "->");
	result_text_status(text, transaction);
	value_text_answer(text, transaction);
	if (transaction->status != STLINK_STATUS_OK) /* OK is said again on the line of the command that told it */
		result_text_status_frame(text, transaction);
}

/* What else there is to say. */
static void outcome_columns(struct text *text, const struct transaction *transaction, size_t column)
{
	size_t length = text->length, before = text->column, start;

	if (text->column < column)
		text_column(text, column - 1);
	else
		text_char(text, ' '); /* the words do not go on where the others end */
	start = text->length;
	result_text_outcome(text, transaction);
	if (text->length == start) {
		text->length = length;
		text->column = before;
	}
}

static void right_columns(struct text *text, const struct transaction *transaction, size_t column)
{
	data_columns(text, transaction, column);
	if (transaction->result > RESULT_SHIFTED || transaction->result == RESULT_TRUNCATED) {
		answer_columns(text, transaction, column);
		outcome_columns(text, transaction, column);
		return;
	}
	/* An answer that cannot be believed must not be read before the words that say so. */
	outcome_columns(text, transaction, column);
	answer_columns(text, transaction, column);
}

/* The meaning of a bad status, the first time that it is seen; every time in -v. */
static void meaning_line(struct text_transcript *transcript, const struct transaction *transaction)
{
	const struct stlink_status *row = transaction->status_row;
	struct text *text = &transcript->line;
	bool *explained;

	if (!row || row->class != STATUS_ERROR || transaction->judges_frame)
		return;
	explained = &transcript->explained[row->scope][row->code];
	if (*explained && !transcript->options.common->verbose)
		return;
	*explained = true;
	result_text_meaning(text, transaction, transcript->command_column);
}

/* 0: a log without times; how long the host waited for what it cancelled is said by the result. */
static int64_t took_of(const struct transaction *transaction)
{
	return transaction->result == RESULT_CANCELLED && transaction->waited >= 0 ? 0 : transaction->latency;
}

/* The heading of a phase stands before the first line of it that is shown, and is folded with that line. */
static void phase_heading(struct text_transcript *transcript, const struct transaction *transaction)
{
	enum phase *phase = &transcript->phase[(unsigned)transaction->probe % HEADED];
	struct text *text = &transcript->line;

	if (*phase == transaction->phase || transaction->phase == PHASE_NONE || transcript->options.common->quiet)
		return;
	*phase = transaction->phase;
	text_column(text, transcript->command_column - 2);
	text_style(text, STYLE_BOLD);
	text_add(text, "-- ");
	text_add(text, phase_name(*phase));
	text_plain(text);
	text_char(text, '\n');
}

static void transaction_lines(struct text_transcript *transcript, const struct transaction *transaction)
{
	struct text *text = &transcript->line;
	struct transaction copy;
	uint32_t withheld;

	transaction = privacy_view(transaction, transcript->options.common->serials, &copy, &withheld);
	text_clear(text);
	phase_heading(transcript, transaction);
	begin_line(transcript, transaction->frame, transaction->time, took_of(transaction), transaction->bus, transaction->device);
	command_columns(text, transaction);
	right_columns(text, transaction, transcript->answer_column);
	if (withheld)
		text_styled(text, STYLE_DIM, " [id kept back, --serials shows it]");
	text_char(text, '\n');
	meaning_line(transcript, transaction);
	wrap(transcript, text);
	text_transcript_details(text, &transcript->options, transaction);
}

/* "0xe000200c-0xe0002027", or "FP_COMP1 to FP_COMP7" where registers stand there. */
static void range_words(struct text *text, const struct fold_run *run)
{
	const struct target_register *first = registers_memory((uint32_t)run->start, false, STM32_ANY);
	const struct target_register *last = registers_memory((uint32_t)run->end - REGISTER_BYTES, false, STM32_ANY);

	if (first && last) {
		text_add(text, first->name);
		if (first != last) {
			text_add(text, " to ");
			text_add(text, last->name);
		}
		return;
	}
	text_add(text, "0x");
	text_hex(text, run->start, 8);
	text_add(text, "-0x");
	text_hex(text, run->end - 1, 8);
}

/* What is printed when nothing more can be folded into it. */
static void print_run(void *context, const struct fold_run *run)
{
	struct text_transcript *transcript = context;
	struct text *text = &transcript->aside;

	text_clear(text);
	text_column(text, transcript->command_column);
	text_style(text, STYLE_DIM);
	text_add(text, "... ");
	if (run->range || run->period == 1) { /* another line may stand before this one: SWO data */
		text_add(text, run->name);
		text_char(text, ' ');
	}
	if (run->range) {
		text_add(text, "continued ");
		range_words(text, run);
		text_add(text, ", ");
		text_unsigned(text, run->end - run->start);
		text_add(text, " bytes in ");
		text_unsigned(text, run->blocks);
		text_add(text, run->blocks == 1 ? " block" : " blocks");
	} else {
		if (run->period > 1) {
			text_add(text, "the last ");
			text_unsigned(text, run->period);
			text_add(text, " commands ");
		}
		text_add(text, "repeated ");
		text_unsigned(text, run->cycles);
		text_add(text, run->cycles == 1 ? " time" : " times");
	}
	text_add(text, ", frames ");
	text_unsigned(text, run->first_frame);
	text_char(text, '-');
	text_unsigned(text, run->last_frame);
	text_add(text, ", ");
	text_seconds(text, run->end_time - run->time, 3, 0);
	text_add(text, " s");
	text_plain(text);
	text_char(text, '\n');
	wrap(transcript, text);
	print_line(transcript, text);
}

/* What the tracker tells */

/* Whatever is folded stands before what comes now. */
static void break_fold(struct text_transcript *transcript)
{
	if (transcript->fold)
		fold_break(transcript->fold);
}

/* The heading of a session stands before the first line of it that is shown. */
static void heading(struct text_transcript *transcript, const struct probe *probe, const struct session *session)
{
	uint64_t *headed;
	struct text *text = &transcript->aside;

	if (!probe || !session || transcript->options.common->quiet)
		return;
	headed = &transcript->headed[(unsigned)probe->index % HEADED];
	if (*headed == session->index + 1)
		return;
	*headed = session->index + 1;
	transcript->phase[(unsigned)probe->index % HEADED] = PHASE_NONE;
	break_fold(transcript);
	text_clear(text);
	text_style(text, STYLE_BOLD);
	text_add(text, "--- ");
	event_text_session(text, probe, session, transcript->options.common->serials);
	text_plain(text);
	text_char(text, '\n');
	wrap_at(transcript, text, HANGING);
	print_line(transcript, text);
}

static void on_transaction(void *context, const struct probe *probe, const struct session *session,
                           const struct transaction *transaction)
{
	struct text_transcript *transcript = context;
	struct fold_item item;

	transcript->results[transaction->result]++;
	transcript->told.probe = probe->index;
	transcript->told.frame = transaction->frame;
	transcript->told.time = transaction->time;
	if (!select_transaction(transcript->options.selection, transaction))
		return;
	transcript->shown++;
	heading(transcript, probe, session);
	transaction_lines(transcript, transaction);
	if (!transcript->fold) {
		print_line(transcript, &transcript->line);
		return;
	}
	item = fold_item_of(transaction);
	fold_add(transcript->fold, &item, &transcript->line);
	transcript->line.color = transcript->color;
}

/* A line that is no command begins here; false where it is not to be shown. */
static bool begin_event(struct text_transcript *transcript, const struct probe *probe, const struct session *session, unsigned topic,
                        uint64_t frame, int64_t time, uint16_t bus, uint16_t device)
{
	if (!select_event(transcript->options.selection, topic, frame, bus, device))
		return false;
	heading(transcript, probe, session);
	break_fold(transcript);
	text_clear(&transcript->line);
	begin_line(transcript, frame, time, 0, bus, device);
	return true;
}

static void end_event(struct text_transcript *transcript)
{
	text_char(&transcript->line, '\n');
	wrap(transcript, &transcript->line);
	print_line(transcript, &transcript->line);
}

static uint16_t address_of(const struct probe *probe)
{
	return probe->address_count ? probe->addresses[probe->address_count - 1] : 0;
}

/* A change that a later answer proved stands with that answer. The first mode is told by the answer itself. */
static void on_mode(void *context, const struct probe *probe, const struct session *session, const struct mode_change *change)
{
	struct text_transcript *transcript = context;
	struct text *text = &transcript->line;
	bool proved_later = transcript->told.probe == probe->index && change->frame < transcript->told.frame;
	uint64_t frame = proved_later ? transcript->told.frame : change->frame;
	int64_t time = proved_later ? transcript->told.time : change->time;

	if (change->from == MODE_UNKNOWN && event_is_observation(change))
		return;
	if (!begin_event(transcript, probe, session, GROUP_MODE, frame, time, probe->bus, address_of(probe)))
		return;
	mark(text, '*', STYLE_MODE);
	text_style(text, STYLE_MODE);
	event_text_mode(text, change);
	if (proved_later) {
		text_add(text, " in frame ");
		text_unsigned(text, change->frame);
	}
	text_plain(text);
	end_event(transcript);
}

static void on_usb(void *context, const struct probe *probe, const struct session *session, const struct usb_note *note)
{
	struct text_transcript *transcript = context;
	struct text *text = &transcript->line;
	bool trouble = event_is_trouble(note);

	if (!begin_event(transcript, session ? probe : NULL, session, SELECT_USB, note->frame, note->time, note->bus, note->device))
		return;
	mark(text, trouble ? '!' : ' ', STYLE_ERROR);
	text_style(text, trouble ? STYLE_ERROR : STYLE_DIM);
	event_text_usb(text, note);
	text_plain(text);
	end_event(transcript);
}

static void on_trace(void *context, const struct probe *probe, const struct session *session, const struct trace_data *trace)
{
	struct text_transcript *transcript = context;
	struct text *text = &transcript->line;
	uint32_t most = transcript->options.full ? trace->bytes.captured : PREVIEW_BYTES;

	if (!select_event(transcript->options.selection, GROUP_TRACE, trace->frame, trace->bus, trace->device))
		return;
	heading(transcript, probe, session);
	if (transcript->fold)
		fold_release(transcript->fold); /* polls go on folding around the data that they announce */
	text_clear(text);
	begin_line(transcript, trace->frame, trace->time, 0, trace->bus, trace->device);
	mark(text, ' ', STYLE_PLAIN);
	event_text_trace(text, trace);
	end_event(transcript);
	if (!transcript->options.dump)
		return;
	text_clear(text);
	text_hex_dump(text, transcript->command_column, trace->bytes.bytes, most < trace->bytes.captured ? most : trace->bytes.captured);
	print_line(transcript, text);
}

static void on_control(void *context, const struct control_transfer *transfer)
{
	struct text_transcript *transcript = context;
	const struct common_options *common = transcript->options.common;
	struct text *text = &transcript->line;
	struct control_view view;

	if (!control_is_selected(transcript->options.selection, common->verbose, transfer))
		return;
	control_view_of(&view, transfer, common->serials);
	break_fold(transcript);
	text_clear(text);
	begin_line(transcript, transfer->frame ? transfer->frame : transfer->end_frame, transfer->time, transfer->latency, transfer->bus,
	           transfer->device);
	mark(text, control_text_mark(&view), control_text_style(&view));
	text_style(text, control_text_style(&view));
	control_text_line(text, &view);
	text_plain(text);
	text_char(text, '\n');
	wrap(transcript, text);
	control_text_details(text, &transcript->options, &view);
	print_line(transcript, text);
}

static void on_gap(void *context, const struct gap *gap)
{
	struct text_transcript *transcript = context;
	struct text *text = &transcript->line;

	break_fold(transcript);
	text_clear(text);
	text_unsigned_right(text, gap->frame, FRAME_WIDTH);
	text_char(text, ' ');
	text_style(text, STYLE_WARNING);
	text_add(text, "--- ");
	event_text_gap(text, gap);
	text_plain(text);
	end_event(transcript);
}

/* What repeats begins anew behind it: the reader sees which commands came before and after. */
static void on_tool(void *context, const struct tool_line *line)
{
	struct text_transcript *transcript = context;
	struct text *text = &transcript->line;
	char safe[PRIVACY_LINE];

	if (!select_tool(transcript->options.selection, line->frame))
		return;
	break_fold(transcript);
	text_clear(text);
	begin_columns(transcript, 0, line->time); /* it is no record */
	text_column(text, transcript->took_column + TOOK_WIDTH + 2);
	text_add(text, line->is_stderr ? "stderr" : "stdout");
	text_plain(text);
	text_column(text, transcript->command_column - 2);
	mark(text, '|', STYLE_NAME);
	text_safe(text, privacy_line(line->text, transcript->options.common->serials, transcript->tracker, safe), 0);
	if (line->unfinished)
		text_styled(text, STYLE_DIM, " ...");
	end_event(transcript);
}

/* Life of a transcript */

static size_t answer_offset(size_t width, size_t command_column)
{
	size_t offset = width > command_column ? (width - command_column) * 2 / 5 : 0;

	if (!width)
		return ANSWER_OFFSET;
	return offset < ANSWER_OFFSET_LEAST ? ANSWER_OFFSET_LEAST : offset > ANSWER_OFFSET_MOST ? ANSWER_OFFSET_MOST : offset;
}

struct text_transcript *text_transcript_new(const struct transcript_options *options, FILE *file)
{
	struct text_transcript *transcript = calloc(1, sizeof *transcript);
	struct fold_printer printer = { .context = transcript, .line = print_line, .run = print_run };
	size_t time_width = options->common->time == TIME_FORM_UTC ? UTC_WIDTH : SECONDS_WIDTH;

	if (!transcript)
		err(2, NULL);
	transcript->options = *options;
	transcript->file = file;
	transcript->color = terminal_color(file, options->common->color);
	transcript->line.color = transcript->aside.color = transcript->color;
	transcript->last_time = INT64_MIN;
	transcript->took_column = FRAME_WIDTH + 1 + time_width + 1;
	transcript->command_column = transcript->took_column + TOOK_WIDTH + 2 + DEVICE_WIDTH + 2;
	transcript->answer_column = transcript->command_column + answer_offset(options->width, transcript->command_column);
	if (!options->no_fold)
		transcript->fold = fold_new(&printer);
	return transcript;
}

void text_transcript_free(struct text_transcript *transcript)
{
	fold_free(transcript->fold);
	text_free(&transcript->line);
	text_free(&transcript->aside);
	free(transcript);
}

struct listener text_transcript_listener(struct text_transcript *transcript)
{
	return (struct listener){
		.context = transcript, .transaction = on_transaction, .mode = on_mode, .usb = on_usb, .trace = on_trace,
		.control = on_control, .gap = on_gap, .tool = on_tool,
	};
}

void text_transcript_begin(struct text_transcript *transcript, const struct tracker *tracker)
{
	struct text *text = &transcript->line;

	transcript->tracker = tracker;
	if (transcript->options.common->quiet)
		return;
	text_clear(text);
	text_style(text, STYLE_DIM);
	text_add(text, "  frame ");
	text_column(text, transcript->took_column - 1 - 4);
	text_add(text, "time ");
	text_right(text, "took", TOOK_WIDTH);
	text_add(text, "  device");
	text_column(text, transcript->command_column);
	text_add(text, "command");
	text_column(text, transcript->answer_column);
	text_add(text, "answer, or data sent");
	text_plain(text);
	end_event(transcript);
}

void text_transcript_finish(struct text_transcript *transcript, const struct input_facts *facts)
{
	break_fold(transcript);
	if (transcript->options.common->quiet)
		return;
	text_clear(&transcript->line);
	event_text_totals(&transcript->line, facts, transcript->tracker, transcript->results, transcript->shown);
	wrap_at(transcript, &transcript->line, HANGING);
	print_line(transcript, &transcript->line);
}
