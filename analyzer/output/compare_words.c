/*
 * A comparison in words (compare_words.h).
 */
#include "compare_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *compare_result(const struct step *step)
{
	if (step->result < RESULT_ERROR)
		return result_name(step->result);
	if (step->has_status)
		return step->status_row ? step->status_row->name : "a status without a name";
	return step->result == RESULT_OK ? "OK" : result_name(step->result);
}

/* --- the essence --- */

static void add(char *out, const char *words)
{
	snprintf(out + strlen(out), ESSENCE_SIZE - strlen(out), "%s", words);
}

static void add_frame(char *out, const char *before, uint64_t frame, const char *behind)
{
	char words[64];

	snprintf(words, sizeof words, "%s (frame %" PRIu64 ")%s", before, frame, behind);
	add(out, words);
}

static void add_ordinal(char *out, uint64_t number)
{
	unsigned last = (unsigned)(number % 10), teen = (unsigned)(number / 10 % 10);
	char words[32];

	snprintf(words, sizeof words, "%" PRIu64 "%s", number,
	         teen == 1 || !last || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd");
	add(out, words);
}

/* "ENTER mode=SWD answers OK in GOOD (frame 47) and GET_IDCODE_ERROR in BAD (frame 146)" */
static void add_answers(char *out, const struct step_pair *pair)
{
	const struct step *good = pair->good, *bad = pair->bad;
	bool value = pair->difference == DIFFERENCE_VALUE;

	add(out, good->asked);
	add(out, value || (good->has_status && bad->has_status) ? " answers " : " ends with ");
	add(out, value ? good->answered : compare_result(good));
	add_frame(out, " in GOOD", good->answer_frame, " and ");
	add(out, value ? bad->answered : compare_result(bad));
	add_frame(out, " in BAD", bad->answer_frame, "");
}

/* What the other one does next, or that it ends. */
static void add_next(char *out, const struct comparison *comparison, size_t index, bool good)
{
	const char *name = good ? "GOOD" : "BAD";

	add(out, " where ");
	add(out, name);
	for (size_t i = index + 1; i < comparison->count; i++) {
		const struct step *step = good ? comparison->pairs[i].good : comparison->pairs[i].bad;

		if (!step)
			continue;
		add(out, " goes on with ");
		add(out, step->asked);
		add_frame(out, "", step->frame, "");
		return;
	}
	add(out, " ends");
}

static void add_parting(char *out, const struct comparison *comparison)
{
	const struct step_pair *pair = &comparison->pairs[comparison->first];

	switch (pair->difference) {
	case DIFFERENCE_MISSING:
		add(out, "GOOD has ");
		add(out, pair->good->asked);
		add_frame(out, "", pair->good->frame, "");
		add_next(out, comparison, comparison->first, false);
		break;
	case DIFFERENCE_EXTRA:
		add(out, "BAD has ");
		add(out, pair->bad->asked);
		add_frame(out, "", pair->bad->frame, "");
		add_next(out, comparison, comparison->first, true);
		break;
	case DIFFERENCE_REQUEST:
		add(out, "GOOD sends ");
		add(out, pair->good->asked);
		add_frame(out, "", pair->good->frame, ", BAD ");
		add(out, pair->bad->asked);
		add_frame(out, "", pair->bad->frame, "");
		break;
	default:
		add_answers(out, pair);
		break;
	}
}

/* What failed in BAD and was never asked in GOOD, so that no answers differ; false where nothing did. */
static bool add_failure(char *out, const struct comparison *comparison)
{
	for (size_t i = comparison->first + 1; i < comparison->count; i++) {
		const struct step_pair *pair = &comparison->pairs[i];

		if (pair->difference != DIFFERENCE_EXTRA || pair->bad->result >= RESULT_UNJUDGED || pair->bad->result == RESULT_INCOMPLETE ||
		    pair->bad->result == RESULT_TRUNCATED)
			continue;
		add(out, "; later ");
		add(out, pair->bad->asked);
		add(out, ", in BAD alone, ends with ");
		add(out, compare_result(pair->bad));
		add_frame(out, "", pair->bad->answer_frame, "");
		return true;
	}
	return false;
}

/* What is wrong with BAD where no command failed: the core locks up, flash holds something else, ... */
static void add_verdict(char *out, const struct compare_view *view)
{
	const struct finding *good = view->good.session->headline, *bad = view->bad.session->headline;

	if (!bad || (good && good->rule == bad->rule))
		return;
	add(out, "; the verdict on BAD is ");
	add(out, bad->rule->id);
}

static void add_cut(char *out, const struct compare_view *view)
{
	if (view->good.steps->left_out || view->bad.steps->left_out)
		add(out, " (only the beginning was compared: there are too many commands)");
}

void compare_essence(char *out, const struct compare_view *view)
{
	const struct comparison *comparison = view->comparison;
	const struct step_pair *first = comparison->pairs + comparison->first;
	char words[64];

	*out = '\0';
	if (!comparison->differences) {
		snprintf(words, sizeof words, "No difference that matters in %" PRIu64 " commands", view->good.session->facts->commands);
		add(out, words);
		add_cut(out, view);
		return;
	}
	add(out, "They part at the ");
	add_ordinal(out, first->good ? first->good->number : first->bad->number);
	add(out, " command: ");
	add_parting(out, comparison);
	if (comparison->first_result < comparison->count && comparison->first_result > comparison->first) {
		add(out, "; later ");
		add_answers(out, &comparison->pairs[comparison->first_result]);
	} else if (comparison->first_result == comparison->count && !add_failure(out, comparison)) {
		add_verdict(out, view);
	}
	add_cut(out, view);
}

/* --- in general --- */

#define ROW_SIZE sizeof ((struct compare_row *)NULL)->good

static void client_words(char *out, const struct compared *side)
{
	const struct client_guess *client = &side->session->client;

	if (client->name)
		snprintf(out, ROW_SIZE, "%s (%s)", client->name, confidence_name(client->confidence));
	else
		snprintf(out, ROW_SIZE, "not recognised");
}

static void probe_words(char *out, const struct compared *side)
{
	const char *generation = stlink_generation_name(side->session->facts->generation);

	snprintf(out, ROW_SIZE, "ST-LINK%s%s", generation ? "/" : "", generation ? generation : "");
}

static void firmware_words(char *out, const struct compared *side)
{
	const struct probe_facts *probe = facts_probe(side->report->capture, side->session->facts->session.probe);

	if (side->session->facts->has_version)
		stlink_version_text(&side->session->facts->version, out, ROW_SIZE);
	else if (probe && probe->probe.has_version)
		stlink_version_text(&probe->probe.version, out, ROW_SIZE);
	else
		snprintf(out, ROW_SIZE, "not asked");
}

static void voltage_words(char *out, const struct compared *side)
{
	char volts[16];

	if (side->session->facts->voltage.count)
		snprintf(out, ROW_SIZE, "%s V", volts_text(volts, sizeof volts, side->session->facts->millivolts));
	else
		snprintf(out, ROW_SIZE, "not read");
}

static void speed_words(char *out, const struct compared *side)
{
	const struct steps_habits *habits = &side->steps->habits;

	if (!habits->speed_frame)
		snprintf(out, ROW_SIZE, "not set");
	else if (habits->khz)
		snprintf(out, ROW_SIZE, "%u kHz", (unsigned)habits->khz);
	else
		snprintf(out, ROW_SIZE, "set to a divisor without a nominal speed");
}

static void transport_words(char *out, const struct compared *side)
{
	const struct steps_habits *habits = &side->steps->habits;

	snprintf(out, ROW_SIZE, "%s", !habits->transport_frame ? "debug mode not entered" : habits->jtag ? "JTAG" : "SWD");
}

static void add_habit(char *out, const char *words, uint64_t frame)
{
	if (frame)
		snprintf(out + strlen(out), ROW_SIZE - strlen(out), "%s%s", *out ? ", " : "", words);
}

static void reset_words(char *out, const struct compared *side)
{
	const struct steps_habits *habits = &side->steps->habits;

	*out = '\0';
	add_habit(out, "NRST held low during ENTER", habits->under_reset);
	add_habit(out, "NRST low before ENTER", habits->under_reset ? 0 : habits->nrst_before_enter);
	add_habit(out, "NRST low later", habits->nrst_later);
	add_habit(out, "reset by the probe (RESETSYS)", habits->resetsys);
	add_habit(out, "AIRCR SYSRESETREQ", habits->aircr);
	if (!*out)
		snprintf(out, ROW_SIZE, "none");
}

static void reached_words(char *out, const struct compared *side)
{
	const char *highest = "nothing";

	for (unsigned i = 0; i < RUNG_LEFT_CLEANLY; i++)
		if (side->session->ladder[i].state == RUNG_MET)
			highest = rung_name((enum rung)i);
	snprintf(out, ROW_SIZE, "%s", highest);
}

static void verdict_words(char *out, const struct compared *side)
{
	const struct finding *headline = side->session->headline;

	if (headline)
		snprintf(out, ROW_SIZE, "%s: %s", headline->rule->id, headline->text);
	else
		snprintf(out, ROW_SIZE, "nothing failed");
}

#define MILLIVOLTS 200 /* by which two readings of the same board differ at most */

/* A reading is never twice the same. */
static bool voltage_differs(const struct compare_view *view)
{
	const struct session_facts *good = view->good.session->facts, *bad = view->bad.session->facts;
	int64_t difference = (int64_t)good->millivolts - (int64_t)bad->millivolts;

	if (!good->voltage.count || !bad->voltage.count)
		return good->voltage.count || bad->voltage.count;
	return difference > MILLIVOLTS || difference < -MILLIVOLTS;
}

void compare_rows(struct compare_row rows[COMPARE_ROWS + 1], const struct compare_view *view)
{
	static const struct {
		const char *name;
		void (*words)(char *out, const struct compared *side);
		bool (*differs)(const struct compare_view *view); /* NULL: other words are a difference */
	} properties[COMPARE_ROWS] = {
		{ "program", client_words, NULL }, { "probe", probe_words, NULL }, { "firmware", firmware_words, NULL },
		{ "voltage", voltage_words, voltage_differs }, { "speed", speed_words, NULL }, { "transport", transport_words, NULL },
		{ "reset", reset_words, NULL }, { "reached", reached_words, NULL }, { "verdict", verdict_words, NULL },
	};

	memset(rows, 0, (COMPARE_ROWS + 1) * sizeof *rows);
	for (size_t i = 0; i < COMPARE_ROWS; i++) {
		rows[i].name = properties[i].name;
		properties[i].words(rows[i].good, &view->good);
		properties[i].words(rows[i].bad, &view->bad);
		rows[i].differs = properties[i].differs ? properties[i].differs(view) : strcmp(rows[i].good, rows[i].bad) != 0;
	}
}
