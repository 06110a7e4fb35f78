/*
 * The same URBs in tcpdump's capture and in live's.
 * Knows: URB events. Must not know: commands.
 */
#include "checks.h"

#include <string.h>
#include <unistd.h>

#include "../../support/recording.h"
#include "places.h"

static bool same_urb(const struct urb_event *one, const struct urb_event *other)
{
	return one->id == other->id && one->kind == other->kind && one->type == other->type && one->bus == other->bus &&
	       one->device == other->device && one->endpoint == other->endpoint && one->status == other->status &&
	       one->has_setup == other->has_setup && !memcmp(one->setup, other->setup, sizeof one->setup) && one->length == other->length &&
	       one->captured == other->captured && one->wire == other->wire && same_moment(one, other) &&
	       (!one->captured || !memcmp(one->data, other->data, one->captured));
}

static void limits(const struct recording *recording, uint64_t *first, uint64_t *last)
{
	*first = UINT64_MAX;
	*last = 0;
	for (size_t i = 0; i < recording->transaction_count; i++) {
		const struct transaction *transaction = &recording->transactions[i];
		const struct frames *lists[] = { &transaction->command_frames, &transaction->data_frames, &transaction->answer_frames };

		for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
			for (size_t f = 0; f < lists[l]->count; f++) {
				*first = lists[l]->frame[f] < *first ? lists[l]->frame[f] : *first;
				*last = lists[l]->frame[f] > *last ? lists[l]->frame[f] : *last;
			}
	}
}

struct missing { size_t count, urbs; bool resumed; };

/* Walks both; where one of tcpdump's is not next in live's it is missing there. */
static struct missing compare(struct evidence *evidence, const struct recording *all, const struct recording *live, const struct places *places)
{
	struct missing missing = { 0 };
	uint64_t first, last;
	size_t at = 0;
	bool lost = false;

	limits(all, &first, &last);
	for (size_t i = 0; i < all->urb_count; i++) {
		const struct urb_event *urb = &all->urbs[i];
		size_t next = at;

		if (urb->frame < first || urb->frame > last || !places_hold(places, urb))
			continue;
		missing.urbs++;
		/* The first one may lie behind an enumeration that tcpdump also saw. */
		while (next < live->urb_count && !same_urb(&live->urbs[next], urb) && (at == 0 || !places_hold(places, &live->urbs[next])))
			next++;
		if (next < live->urb_count && same_urb(&live->urbs[next], urb)) {
			at = next + 1;
			missing.resumed |= lost;
			continue;
		}
		lost = true;
		if (!missing.count++ && !scenario_value(evidence->scenario, "differs", 0))
			differ(evidence, "tcpdump's frame %llu (device %u endpoint %02x) is not next in live's file after its frame %zu",
			       (unsigned long long)urb->frame, urb->device, urb->endpoint, at);
	}
	return missing;
}

/* Is that place one of a device that is no probe? */
static bool is_strange(const struct evidence *evidence, const struct urb_event *urb)
{
	const json_t *totals, *line;
	size_t i, l;

	json_array_foreach(evidence->log, i, totals) {
		if (strcmp(text_of(totals, "type"), "totals") || json_is_string(json_object_get(totals, "firmware")))
			continue;
		json_array_foreach(evidence->log, l, line)
			if (number_of(line, "device") == number_of(totals, "device") && number_of(line, "bus") == urb->bus &&
			    number_of(line, "address") == urb->device)
				return true;
	}
	return false;
}

/* A keyboard's records are in tcpdump's file, and none of them in live's. */
static void check_strangers(struct evidence *evidence, const struct recording *all, const struct recording *live)
{
	size_t there = 0, here = 0, strangers = 0;
	const json_t *totals;
	size_t i;

	json_array_foreach(evidence->log, i, totals)
		strangers += !strcmp(text_of(totals, "type"), "totals") && !json_is_string(json_object_get(totals, "firmware"));
	if (!strangers)
		return;
	for (i = 0; i < all->urb_count; i++)
		there += is_strange(evidence, &all->urbs[i]);
	for (i = 0; i < live->urb_count; i++)
		here += is_strange(evidence, &live->urbs[i]);
	if (!there || here)
		differ(evidence, "of what is no probe tcpdump has %zu records, live %zu", there, here);
}

void check_same_urbs(struct evidence *evidence)
{
	const char *differs = scenario_value(evidence->scenario, "differs", 0);
	struct recording *all, *live;
	struct places places;
	struct missing missing;

	if (access(evidence->live, R_OK) || access(evidence->tcpdump, R_OK))
		return;
	places_find(&places, evidence->tcpdump);
	all = recording_of(evidence->tcpdump);
	live = recording_of(evidence->live);
	missing = compare(evidence, all, live, &places);
	if (differs && !strcmp(differs, "end") && (!missing.count || missing.resumed))
		differ(evidence, "live's file should end early, and only that: %zu of %zu URBs are missing", missing.count, missing.urbs);
	if (differs && !strcmp(differs, "gap") && (!missing.count || !missing.resumed))
		differ(evidence, "live's file should have a gap in its middle: %zu of %zu URBs are missing", missing.count, missing.urbs);
	if (missing.count && !differs)
		differ(evidence, "%zu of %zu URBs of the probe are missing in live's file", missing.count, missing.urbs);
	check_strangers(evidence, all, live);
	recording_free(all);
	recording_free(live);
}
