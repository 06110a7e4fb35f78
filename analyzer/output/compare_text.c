/*
 * A comparison as text (compare_text.h).
 * Knows: columns, what is elided. Must not know: why a difference matters.
 */
#include "compare_text.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"
#include "wrap.h"

#define WIDTH 150
#define WIDTH_LEAST 80
#define WIDTH_MOST 240
#define SHOWN 6     /* of a run of steps that differ in the same way */
#define FRAME 8     /* columns of a frame number and the space behind it */
#define MARGIN 2    /* columns of the mark */
#define HANG 4        /* columns by which further lines of a cell are indented; of an answer, which begins with an arrow */
#define HANG_ANSWER 5
#define ROW_WORDS (2 * STEP_WORDS + 96)

struct page {
	FILE *file;
	const struct compare_view *view;
	const struct compare_style *style;
	unsigned width;
	size_t right;    /* column of BAD */
	size_t cell;     /* columns of a cell's words */
	struct text line;
};

static char mark_of(enum difference difference)
{
	return difference == DIFFERENCE_NONE ? ' ' : difference == DIFFERENCE_MISSING ? '<' : difference == DIFFERENCE_EXTRA ? '>' : '|';
}

static enum style style_of(enum difference difference)
{
	switch (difference) {
	case DIFFERENCE_RESULT: return STYLE_ERROR;
	case DIFFERENCE_REQUEST: case DIFFERENCE_VALUE: return STYLE_WARNING;
	case DIFFERENCE_NONE: return STYLE_DIM;
	default: return STYLE_NAME;
	}
}

static void end_line(struct page *page)
{
	text_char(&page->line, '\n');
	text_write(&page->line, page->file);
	text_clear(&page->line);
}

/* --- steps side by side --- */

static void begin_row(struct page *page, enum difference difference)
{
	char mark[2] = { mark_of(difference), '\0' };

	text_styled(&page->line, style_of(difference), mark);
}

/* How often, or how far, beside the first command's words. */
static void extent_words(char *out, size_t size, const struct step *step)
{
	*out = '\0';
	if (step->blocks > 1)
		snprintf(out, size, " to 0x%08" PRIx64 " in %" PRIu64 " blocks", step->end - 1, step->blocks);
	else if (step->count > 1)
		snprintf(out, size, " (%" PRIu64 " times)", step->count);
}

static void frame_of(struct page *page, size_t column, const struct step *step)
{
	if (!step)
		return;
	text_column(&page->line, column);
	text_unsigned_right(&page->line, step->frame, FRAME - 1);
}

/* Bytes of words that fit room columns, up to a space if there is one. */
static size_t fitting(const char *words, size_t room)
{
	size_t columns = 0, cut = 0;

	for (size_t i = 0; words[i]; i++) {
		bool continued = (words[i] & 0xc0) == 0x80;

		if (!continued && columns++ == room)
			return words[i] == ' ' || !cut ? i : cut;
		cut = words[i] == ' ' ? i : cut;
	}
	return strlen(words);
}

/* The next line of a cell; returns what is left. */
static const char *cell_line(struct page *page, size_t column, size_t room, const char *words)
{
	size_t length = fitting(words, room);
	char line[ROW_WORDS];

	if (!*words)
		return words;
	snprintf(line, sizeof line, "%.*s", (int)length, words);
	text_column(&page->line, column);
	text_safe(&page->line, line, 0);
	words += length;
	return words + strspn(words, " ");
}

/* Both cells side by side, in as many lines as the longer one takes; further lines begin hang columns to the right. */
static void cells(struct page *page, const struct step_pair *frames, enum difference difference, enum style style, const char *good_words,
                  const char *bad_words, size_t hang)
{
	char words[2][ROW_WORDS];
	const char *good = terminal_safe(words[0], sizeof words[0], good_words, 0), *bad = terminal_safe(words[1], sizeof words[1], bad_words, 0);

	for (size_t indent = 0; !indent || *good || *bad; indent = hang) {
		begin_row(page, difference);
		text_style(&page->line, style);
		if (frames && !indent)
			frame_of(page, MARGIN, frames->good);
		good = cell_line(page, MARGIN + FRAME + indent, page->cell - indent, good);
		if (frames && !indent)
			frame_of(page, page->right, frames->bad);
		bad = cell_line(page, page->right + FRAME + indent, page->cell - indent, bad);
		text_plain(&page->line);
		end_line(page);
	}
}

static size_t length_of(const struct step *step, const char *extent)
{
	return step ? strlen(step->asked) + strlen(extent) + strlen(" -> ") + strlen(step->answered) : 0;
}

/* What was asked, how often, and in one line with it what was answered. */
static void row_words(char out[ROW_WORDS], const struct step *step, const char *extent, bool with_answer)
{
	bool answer = step && with_answer && *step->answered;

	*out = '\0';
	if (step)
		snprintf(out, ROW_WORDS, "%s%s%s%s", step->asked, extent, answer ? " -> " : "", answer ? step->answered : "");
}

static void answer_words(char out[ROW_WORDS], const struct step *step)
{
	*out = '\0';
	if (step && *step->answered)
		snprintf(out, ROW_WORDS, "  -> %s", step->answered);
}

/* In one line where both fit, else what was answered stands below. */
static void pair_row(struct page *page, const struct step_pair *pair)
{
	const struct step *good = pair->good, *bad = pair->bad;
	char good_extent[64] = "", bad_extent[64] = "", good_words[ROW_WORDS], bad_words[ROW_WORDS];
	bool fits;

	if (good)
		extent_words(good_extent, sizeof good_extent, good);
	if (bad)
		extent_words(bad_extent, sizeof bad_extent, bad);
	fits = length_of(good, good_extent) <= page->cell && length_of(bad, bad_extent) <= page->cell;
	row_words(good_words, good, good_extent, fits);
	row_words(bad_words, bad, bad_extent, fits);
	cells(page, pair, pair->difference, STYLE_PLAIN, good_words, bad_words, HANG);
	if (fits)
		return;
	answer_words(good_words, good);
	answer_words(bad_words, bad);
	if (*good_words || *bad_words)
		cells(page, NULL, pair->difference, STYLE_PLAIN, good_words, bad_words, HANG_ANSWER);
}

/* What one side did in a stretch of pairs. */
struct stretch { uint64_t from, to, commands; };

static struct stretch stretch_of(const struct comparison *comparison, size_t first, size_t end, bool good)
{
	struct stretch stretch = { 0 };

	for (size_t i = first; i < end; i++) {
		const struct step *step = good ? comparison->pairs[i].good : comparison->pairs[i].bad;

		if (!step)
			continue;
		stretch.from = stretch.commands ? stretch.from : step->frame;
		stretch.to = step->last_frame;
		stretch.commands += step->count;
	}
	return stretch;
}

/* A stretch of pairs as one line: "... 12 commands alike, frames 41 to 88". */
static void stretch_row(struct page *page, size_t first, size_t end, const char *what)
{
	const struct comparison *comparison = page->view->comparison;
	char words[2][128] = { "", "" };

	for (unsigned good = 0; good < 2; good++) {
		struct stretch stretch = stretch_of(comparison, first, end, good);

		if (stretch.commands)
			snprintf(words[good], sizeof words[good], "... %" PRIu64 "%s command%s%s, frames %" PRIu64 " to %" PRIu64, stretch.commands,
			         *what ? "" : " more", stretch.commands == 1 ? "" : "s", what, stretch.from, stretch.to);
	}
	cells(page, NULL, comparison->pairs[first].difference, STYLE_DIM, words[1], words[0], HANG_ANSWER - 1);
}

static size_t run_end(const struct comparison *comparison, size_t first)
{
	size_t end = first + 1;

	while (end < comparison->count && comparison->pairs[end].difference == comparison->pairs[first].difference)
		end++;
	return end;
}

/* What did not end well is what the reader looks for: it is not hidden among the rest. */
static bool has_failed(const struct step_pair *pair)
{
	return (pair->good && pair->good->result < RESULT_UNJUDGED) || (pair->bad && pair->bad->result < RESULT_UNJUDGED);
}

static void run_rows(struct page *page, size_t first, size_t end)
{
	const struct comparison *comparison = page->view->comparison;
	enum difference difference = comparison->pairs[first].difference;
	bool alike = difference == DIFFERENCE_NONE;
	size_t shown = page->style->verbose || (!alike && end - first <= SHOWN + 1) || end - first == 1 ? end - first : alike ? 0 : SHOWN;

	for (size_t i = first; i < first + shown; i++)
		pair_row(page, &comparison->pairs[i]);
	for (size_t next = first + shown, from = next, left = SHOWN; from < end; from = ++next) {
		while (next < end && (alike || !left || !has_failed(&comparison->pairs[next])))
			next++;
		if (next > from)
			stretch_row(page, from, next, alike ? " alike" : "");
		if (next == end)
			break;
		pair_row(page, &comparison->pairs[next]);
		left--;
	}
}

static void heading_row(struct page *page)
{
	text_column(&page->line, MARGIN);
	text_right(&page->line, "frame", FRAME - 1);
	text_column(&page->line, MARGIN + FRAME);
	text_styled(&page->line, STYLE_BOLD, "GOOD");
	text_column(&page->line, page->right);
	text_right(&page->line, "frame", FRAME - 1);
	text_column(&page->line, page->right + FRAME);
	text_styled(&page->line, STYLE_BOLD, "BAD");
	end_line(page);
}

/* --- who is compared, and what differs in general --- */

static void side_line(struct page *page, const char *label, const struct compared *side)
{
	const struct session *session = &side->session->facts->session;
	char path[200], words[400];

	snprintf(words, sizeof words, "%s, session %" PRIu64 ": frames %" PRIu64 " to %" PRIu64 ", %" PRIu64 " command%s%s",
	         terminal_safe(path, sizeof path, side->path, 120), session->index, side->session->facts->session.first_frame,
	         side->session->facts->session.last_frame, side->session->facts->commands, side->session->facts->commands == 1 ? "" : "s",
	         side->steps->left_out ? "; too many to compare all of them:" : "");
	if (side->steps->left_out)
		snprintf(words + strlen(words), sizeof words - strlen(words), " the last %" PRIu64 " were left out", side->steps->left_out);
	wrap_text(page->file, page->width, label, 6, words);
}

#define PROPERTY 13 /* columns of a property's name */

static void general_row(struct page *page, const struct compare_row *row)
{
	size_t room = (page->width - PROPERTY) / 2;
	bool same = !strcmp(row->good, row->bad), fits = strlen(row->good) + 2 <= room && strlen(row->bad) <= room;
	char label[PROPERTY + 16];

	if (!fits && !same) {
		snprintf(label, sizeof label, "| %-*sGOOD  ", PROPERTY - MARGIN, row->name);
		wrap_text(page->file, page->width, label, PROPERTY + 6, row->good);
		snprintf(label, sizeof label, "| %-*sBAD   ", PROPERTY - MARGIN, "");
		wrap_text(page->file, page->width, label, PROPERTY + 6, row->bad);
		return;
	}
	text_char(&page->line, row->differs ? '|' : ' ');
	text_column(&page->line, MARGIN);
	text_add(&page->line, row->name);
	text_column(&page->line, PROPERTY);
	text_safe(&page->line, row->good, page->width - PROPERTY);
	if (!same) {
		text_column(&page->line, PROPERTY + room);
		text_safe(&page->line, row->bad, 0);
	}
	end_line(page);
}

static void general_rows(struct page *page)
{
	struct compare_row rows[COMPARE_ROWS + 1];

	compare_rows(rows, page->view);
	text_styled(&page->line, STYLE_BOLD, "In general");
	end_line(page);
	for (const struct compare_row *row = rows; row->name; row++)
		general_row(page, row);
}

static void essence_line(const struct page *page)
{
	char words[ESSENCE_SIZE];
	bool color = page->style->color, same = !page->view->comparison->differences;

	compare_essence(words, page->view);
	fprintf(page->file, "%s%s%s.\n", terminal_begin(color, same ? STYLE_GOOD : STYLE_BOLD), words, terminal_end(color));
}

void compare_text(FILE *file, const struct compare_view *view, const struct compare_style *style)
{
	const struct comparison *comparison = view->comparison;
	unsigned asked = style->width ? style->width : WIDTH;
	unsigned width = asked < WIDTH_LEAST ? WIDTH_LEAST : asked > WIDTH_MOST ? WIDTH_MOST : asked;
	size_t half = (width - MARGIN) / 2;
	struct page page = {
		.file = file, .view = view, .style = style, .width = width, .right = MARGIN + half, .cell = half - FRAME - 1,
		.line.color = style->color,
	};

	essence_line(&page);
	if (style->quiet)
		return;
	fputc('\n', file);
	side_line(&page, "GOOD  ", &view->good);
	side_line(&page, "BAD   ", &view->bad);
	fputc('\n', file);
	if (comparison->differences || style->verbose) {
		heading_row(&page);
		for (size_t first = 0, end; first < comparison->count; first = end) {
			end = run_end(comparison, first);
			run_rows(&page, first, end);
		}
		fputs("\n  < only in GOOD   > only in BAD   | differs\n\n", file);
	}
	general_rows(&page);
	text_free(&page.line);
}
