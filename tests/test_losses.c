/*
 * What a capture lacks is no fault of anybody: of every capture of captures/ in which nothing failed, records are left out (one at a time, one
 * in fifty, those before or behind a place, one half of each transfer), and no finding above info may come of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../analyzer/diagnosis/diagnosis.h"
#include "support/each_capture.h"
#include "support/recording.h"

#define PLACES 250 /* at which records are left out, of each kind */
#define SEEDS 50
#define ONE_IN 50

/* Which records of a capture are left out. */
struct loss {
	const char *what;
	size_t from, below;  /* these, by their place */
	uint32_t seed;       /* and one in fifty, by chance; 0: none */
	bool submissions_of_reads, completions_of_writes;
};

static bool is_lost(struct loss *loss, size_t place, const struct urb_event *urb)
{
	bool write = !(urb->endpoint & 0x80);

	if (place >= loss->from && place < loss->below)
		return true;
	if (urb->type == URB_BULK && ((loss->submissions_of_reads && !write && urb->kind == URB_SUBMIT) ||
	                              (loss->completions_of_writes && write && urb->kind == URB_COMPLETE)))
		return true;
	if (!loss->seed)
		return false;
	loss->seed = loss->seed * 1664525u + 1013904223u; /* Numerical Recipes */
	return (loss->seed >> 8) % ONE_IN == 0;
}

struct judged { struct tracker *tracker; struct facts *facts; struct report report; };

static void judge(struct judged *judged, const struct recording *recording, struct loss loss)
{
	struct listener listener;

	memset(judged, 0, sizeof *judged);
	judged->facts = facts_new(NULL, NULL);
	judged->tracker = tracker_new();
	listener = facts_listener(judged->facts);
	tracker_listen(judged->tracker, &listener);
	for (size_t i = 0; i < recording->urb_count; i++)
		if (!is_lost(&loss, i, &recording->urbs[i]))
			tracker_observe(judged->tracker, &recording->urbs[i]);
	tracker_finish(judged->tracker);
	facts_finish(judged->facts, NULL, judged->tracker);
	report_make(&judged->report, facts_capture(judged->facts));
}

static void forget(struct judged *judged)
{
	report_free(&judged->report);
	facts_free(judged->facts);
	tracker_free(judged->tracker);
}

/*
 * What is true of the rest: without its beginning a device may not be told, without its end a probe may be without a command, and a firmware
 * for STM8 chips without the commands to one.
 */
static bool is_about_the_rest(const struct finding *finding)
{
	static const char *const ids[] = { "CAP-EMPTY", "CAP-NO-COMMANDS", "SERIAL-ODD", "FW-NO-JTAG" };

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (!strcmp(finding->rule->id, ids[i]))
			return true;
	return false;
}

static const struct finding *loudest(const struct report *report)
{
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].severity > SEVERITY_INFO && !is_about_the_rest(&report->findings[i]))
			return &report->findings[i];
	for (size_t s = 0; s < report->session_count; s++)
		for (size_t i = 0; i < report->sessions[s].finding_count; i++)
			if (report->sessions[s].findings[i].severity > SEVERITY_INFO && !is_about_the_rest(&report->sessions[s].findings[i]))
				return &report->sessions[s].findings[i];
	return NULL;
}

static unsigned check(const struct recording *recording, struct loss loss)
{
	const struct finding *finding;
	struct judged judged;
	unsigned loud;

	judge(&judged, recording, loss);
	finding = loudest(&judged.report);
	loud = finding != NULL;
	if (loud)
		print_error("%s, %zu to %zu, seed %u: %s: %s\n", loss.what, loss.from, loss.below, loss.seed, finding->rule->id, finding->text);
	forget(&judged);
	return loud;
}

static bool is_healthy(const struct recording *recording)
{
	struct judged judged;
	bool healthy;

	judge(&judged, recording, (struct loss){ 0 });
	healthy = judged.report.verdict_side == SIDE_NONE && !loudest(&judged.report);
	forget(&judged);
	return healthy;
}

static unsigned healthy_captures;

static void a_loss_accuses_nobody(void **state)
{
	struct recording *recording = recording_of(*state);
	size_t count = recording->urb_count, step = count / PLACES + 1;
	unsigned loud = 0;

	assert_true(recording->opened);
	if (!is_healthy(recording)) {
		recording_free(recording);
		return;
	}
	healthy_captures++;
	for (size_t i = 0; i < count; i += step) {
		loud += check(recording, (struct loss){ .what = "one record", .from = i, .below = i + 1 });
		loud += check(recording, (struct loss){ .what = "the beginning", .from = 0, .below = i });
		loud += check(recording, (struct loss){ .what = "the end", .from = i, .below = count });
	}
	for (uint32_t seed = 1; seed <= SEEDS; seed++)
		loud += check(recording, (struct loss){ .what = "one in fifty", .seed = seed * 7919 });
	loud += check(recording, (struct loss){ .what = "one half", .submissions_of_reads = true, .completions_of_writes = true });
	loud += check(recording, (struct loss){ .what = "submissions of reads", .submissions_of_reads = true });
	loud += check(recording, (struct loss){ .what = "completions of writes", .completions_of_writes = true });
	recording_free(recording);
	assert_int_equal(loud, 0);
}

static void some_were_looked_at(void **state)
{
	(void)state;
	assert_true(healthy_captures > 15);
}

int main(void)
{
	const struct CMUnitTest last = cmocka_unit_test(some_were_looked_at);

	return each_capture("losses", a_loss_accuses_nobody, &last);
}
