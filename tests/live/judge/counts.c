/*
 * How many URBs there were: by vprobe's count, in tcpdump's capture, in live's with what it reports as dropped.
 * Knows: URB events, totals of vprobe's log. Must not know: commands.
 */
#include "checks.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../support/recording.h"
#include "places.h"

/*
 * Submissions on one endpoint of a device, wherever it sat; gone: how many transfers ended because it left, some of which never reached it.
 */
static long long submissions(const struct evidence *evidence, const struct recording *recording, const struct places *places, long long device,
                             unsigned endpoint, long long *gone)
{
	long long count = 0;

	*gone = 0;

	for (size_t i = 0; i < recording->urb_count; i++) {
		const struct urb_event *urb = &recording->urbs[i];
		const json_t *line;
		size_t l;

		if ((urb->kind != URB_SUBMIT && urb->result != URB_GONE) || urb->endpoint != endpoint || !places_hold(places, urb))
			continue;
		json_array_foreach(evidence->log, l, line)
			if (number_of(line, "device") == device && number_of(line, "bus") == urb->bus && number_of(line, "address") == urb->device) {
				count += urb->kind == URB_SUBMIT;
				*gone += urb->result == URB_GONE;
				break;
			}
	}
	return count;
}

static bool is_held(const struct places *places, unsigned endpoint)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->place[i].endpoint == endpoint)
			return true;
	return false;
}

/* Of an ST-Link. Control transfers are left out: some of them (SET_ADDRESS) the host controller answers itself. */
static void check_totals(struct evidence *evidence, const struct recording *recording, const struct places *places, const json_t *totals)
{
	const json_t *endpoint;
	size_t i;

	if (!json_is_string(json_object_get(totals, "firmware")))
		return;
	json_array_foreach(json_object_get(totals, "endpoints"), i, endpoint) {
		unsigned address = (unsigned)strtoul(text_of(endpoint, "endpoint"), NULL, 16);
		long long received = number_of(endpoint, "submissions"), gone;
		long long seen = submissions(evidence, recording, places, number_of(totals, "device"), address, &gone);

		if ((address & 0x7f) && is_held(places, address) && (seen < received || seen - gone > received))
			differ(evidence, "endpoint %02x: %lld submissions captured, vprobe received %lld", address, seen, received);
	}
}

static long long dropped(const struct evidence *evidence)
{
	const json_t *last = json_array_get(evidence->lines, json_array_size(evidence->lines) - 1);

	return json_array_size(evidence->lines) ? number_of(last, "dropped") : 0;
}

/* The record of the same URB nearest in time. */
static const struct urb_event *find(const struct recording *recording, const struct urb_event *sought)
{
	const struct urb_event *best = NULL;

	for (size_t i = 0; i < recording->urb_count; i++) {
		const struct urb_event *urb = &recording->urbs[i];

		if (urb->id == sought->id && urb->kind == sought->kind && urb->endpoint == sought->endpoint && same_moment(urb, sought) &&
		    (!best || llabs(urb->time - sought->time) < llabs(best->time - sought->time)))
			best = urb;
	}
	return best;
}

/* What tcpdump saw between live's first and last record live saw, or says that it dropped. Records without an id are libpcap's own. */
static void check_drops(struct evidence *evidence, const struct recording *all, const struct recording *live)
{
	const struct urb_event *first, *last;
	size_t own = 0;
	long long between, count;

	while (own < live->urb_count && !live->urbs[own].id)
		own++;
	count = (long long)(live->urb_count - own);
	first = count ? find(all, &live->urbs[own]) : NULL;
	last = count ? find(all, &live->urbs[live->urb_count - 1]) : NULL;
	if (!first || !last) {
		differ(evidence, "tcpdump does not know live's first and last record");
		return;
	}
	between = (long long)(last->frame - first->frame) + 1;
	if (between != count + dropped(evidence))
		differ(evidence, "%lld records and %lld dropped, but tcpdump saw %lld meanwhile", count, dropped(evidence), between);
	if (!dropped(evidence))
		differ(evidence, "nothing was dropped");
}

void check_counts(struct evidence *evidence)
{
	const char *differs = scenario_value(evidence->scenario, "differs", 0);
	struct recording *all;
	struct places places;
	const json_t *line;
	size_t i;

	if (access(evidence->tcpdump, R_OK))
		return;
	places_find(&places, evidence->tcpdump);
	all = recording_of(evidence->tcpdump);
	json_array_foreach(evidence->log, i, line)
		if (!strcmp(text_of(line, "type"), "totals"))
			check_totals(evidence, all, &places, line);
	if (differs && !strcmp(differs, "gap") && evidence->capture == evidence->live) {
		struct recording *live = recording_of(evidence->live);

		check_drops(evidence, all, live);
		recording_free(live);
	} else if (dropped(evidence)) {
		differ(evidence, "%lld records were dropped", dropped(evidence));
	}
	recording_free(all);
}
