/*
 * Alignment of the steps of two sessions (difference.h): Myers' O(ND) algorithm in linear space, over what was asked; then, within each
 * stretch that has no partner, over the place that was meant. So a register that was written with another value is one difference.
 */
#include "difference.h"

#include <stdlib.h>
#include <string.h>

#include "../track/facts.h"

#define EFFORT 1024 /* differences after which a stretch is cut where both searches got furthest */
#define NEAR 4      /* steps before one within which the rest of a polling cycle can lie: it has as many commands at most */

const char *difference_name(enum difference difference)
{
	static const char *const names[] = {
		[DIFFERENCE_NONE] = "none", [DIFFERENCE_MISSING] = "missing", [DIFFERENCE_EXTRA] = "extra", [DIFFERENCE_REQUEST] = "request",
		[DIFFERENCE_RESULT] = "result", [DIFFERENCE_VALUE] = "value",
	};

	return names[difference];
}

/* --- alignment --- */

/* Half-open ranges of both sequences. */
struct range { size_t good, good_end, bad, bad_end; };

struct alignment {
	const uint64_t *good, *bad; /* keys */
	size_t *partner;            /* of each good step its bad one, or SIZE_MAX */
	ptrdiff_t *forward, *backward; /* furthest x on each diagonal; both have room for EFFORT + 2 on either side of 0 */
};

#define ROOM (2 * (EFFORT + 2) + 1)
#define NOWHERE (PTRDIFF_MIN / 2)

static ptrdiff_t *middle_of(ptrdiff_t *diagonals)
{
	return diagonals + EFFORT + 2;
}

/* From one corner towards the other; reverse: from the end. */
struct search { const uint64_t *good, *bad; ptrdiff_t n, m; bool reverse; };

static ptrdiff_t slide(const struct search *search, ptrdiff_t x, ptrdiff_t diagonal)
{
	ptrdiff_t y = x - diagonal;

	while (x < search->n && y < search->m &&
	       (search->reverse ? search->good[search->n - 1 - x] == search->bad[search->m - 1 - y] : search->good[x] == search->bad[y])) {
		x++;
		y++;
	}
	return x;
}

static bool is_inside(const struct search *search, ptrdiff_t x, ptrdiff_t y)
{
	return x >= 0 && y >= 0 && x <= search->n && y <= search->m;
}

/* The furthest x on the diagonal, by one edit more from the diagonals beside it; NOWHERE: all of it lies outside. */
static ptrdiff_t reach(const struct search *search, const ptrdiff_t *furthest, ptrdiff_t distance, ptrdiff_t diagonal)
{
	ptrdiff_t down = diagonal == distance ? NOWHERE : furthest[diagonal + 1];
	ptrdiff_t right = diagonal == -distance ? NOWHERE : furthest[diagonal - 1] + 1;

	if (!distance)
		return slide(search, 0, 0);
	if (!is_inside(search, down, down - diagonal))
		down = NOWHERE;
	if (!is_inside(search, right, right - diagonal))
		right = NOWHERE;
	if (down == NOWHERE && right == NOWHERE)
		return NOWHERE;
	return slide(search, down > right ? down : right, diagonal);
}

/* A point on a shortest way, or, beyond EFFORT, one that a search got furthest to. */
static void find_middle(const struct alignment *alignment, const struct range *range, size_t *good, size_t *bad)
{
	struct search there = {
		.good = alignment->good + range->good, .bad = alignment->bad + range->bad,
		.n = (ptrdiff_t)(range->good_end - range->good), .m = (ptrdiff_t)(range->bad_end - range->bad),
	}, back = there;
	ptrdiff_t *forward = middle_of(alignment->forward), *backward = middle_of(alignment->backward);
	ptrdiff_t delta = there.n - there.m, best = 0, best_x = 0, best_y = 0;

	back.reverse = true;
	for (ptrdiff_t distance = 0; distance <= EFFORT; distance++) {
		for (ptrdiff_t diagonal = -distance; diagonal <= distance; diagonal += 2) {
			ptrdiff_t x = forward[diagonal] = reach(&there, forward, distance, diagonal), y = x - diagonal, other = delta - diagonal;

			if (x != NOWHERE && x + y > best) {
				best = x + y;
				best_x = x;
				best_y = y;
			}
			if (delta % 2 && other > -distance && other < distance && x + backward[other] >= there.n) {
				*good = range->good + (size_t)x;
				*bad = range->bad + (size_t)y;
				return;
			}
		}
		for (ptrdiff_t diagonal = -distance; diagonal <= distance; diagonal += 2) {
			ptrdiff_t x = backward[diagonal] = reach(&back, backward, distance, diagonal), other = delta - diagonal;

			if (delta % 2 == 0 && other >= -distance && other <= distance && x + forward[other] >= there.n) {
				*good = range->good + (size_t)(there.n - x);
				*bad = range->bad + (size_t)(there.m - (x - diagonal));
				return;
			}
		}
	}
	*good = range->good + (size_t)best_x;
	*bad = range->bad + (size_t)best_y;
}

static void align(const struct alignment *alignment, struct range range)
{
	for (;;) {
		struct range left = range;

		while (range.good < range.good_end && range.bad < range.bad_end && alignment->good[range.good] == alignment->bad[range.bad])
			alignment->partner[range.good++] = range.bad++;
		while (range.good < range.good_end && range.bad < range.bad_end &&
		       alignment->good[range.good_end - 1] == alignment->bad[range.bad_end - 1])
			alignment->partner[--range.good_end] = --range.bad_end;
		if (range.good == range.good_end || range.bad == range.bad_end)
			return;
		find_middle(alignment, &range, &left.good_end, &left.bad_end);
		left.good = range.good;
		left.bad = range.bad;
		/* A cut at a corner would leave the same range. */
		if ((left.good_end == range.good && left.bad_end == range.bad) || (left.good_end == range.good_end && left.bad_end == range.bad_end))
			return;
		align(alignment, left);
		range.good = left.good_end;
		range.bad = left.bad_end;
	}
}

static void key(uint64_t *keys, const struct step *steps, size_t count, bool exact)
{
	for (size_t i = 0; i < count; i++)
		keys[i] = exact ? steps[i].exact : steps[i].place;
}

/* Pairs what lies between two pairs by place. */
static void align_rest(const struct alignment *alignment, size_t good_count, size_t bad_count)
{
	struct range range = { 0 };

	for (size_t i = 0; i <= good_count; i++) {
		if (i < good_count && alignment->partner[i] == SIZE_MAX)
			continue;
		range.good_end = i;
		range.bad_end = i < good_count ? alignment->partner[i] : bad_count;
		if (range.good < range.good_end && range.bad < range.bad_end)
			align(alignment, range);
		range.good = i + 1;
		range.bad = range.bad_end + 1;
	}
}

/* --- what matters --- */

/* The capture does not tell how it ended. */
static bool is_told(const struct step *step)
{
	return step->result != RESULT_INCOMPLETE && step->result != RESULT_TRUNCATED;
}

/* A status that nobody asked for is no sign of another outcome. */
static bool is_well(const struct step *step)
{
	return step->result == RESULT_OK || step->result == RESULT_UNJUDGED;
}

static enum difference judge(const struct step *good, const struct step *bad)
{
	if (is_told(good) && is_told(bad)) {
		if (!(is_well(good) && is_well(bad)) && good->result != bad->result)
			return DIFFERENCE_RESULT;
		if (good->has_status && bad->has_status && good->status != bad->status)
			return DIFFERENCE_RESULT;
	}
	if (good->exact != bad->exact)
		return DIFFERENCE_REQUEST;
	if (good->has_value && bad->has_value && good->value != bad->value)
		return DIFFERENCE_VALUE;
	return DIFFERENCE_NONE;
}

static void add(struct comparison *comparison, enum difference difference, const struct step *good, const struct step *bad)
{
	if (difference != DIFFERENCE_NONE) {
		comparison->differences++;
		if (comparison->first == SIZE_MAX)
			comparison->first = comparison->count;
		if (difference == DIFFERENCE_RESULT && comparison->first_result == SIZE_MAX)
			comparison->first_result = comparison->count;
	}
	comparison->pairs[comparison->count++] = (struct step_pair){ difference, good, bad };
}

/* One of the two, with the partner of each step in the other one, or SIZE_MAX. */
struct half {
	const struct step *steps;
	size_t count;
	size_t *partner;
	bool *look; /* one more look of a poll that the other session has, too, but ended elsewhere in its cycle */
};

static bool is_look(const struct half *half, size_t index)
{
	const struct step *step = &half->steps[index];

	if (half->partner[index] != SIZE_MAX || !is_well(step))
		return false;
	for (size_t back = 1; back <= NEAR && back <= index; back++) {
		const struct step *before = &half->steps[index - back];

		if (half->partner[index - back] == SIZE_MAX && !half->look[index - back])
			return false; /* something else came between: a new intent */
		if (before->exact == step->exact)
			return !step->has_value || before->value == step->value;
	}
	return false;
}

static void mark_looks(struct half *half)
{
	for (size_t i = 0; i < half->count; i++)
		half->look[i] = is_look(half, i);
}

static void pair_up(struct comparison *comparison, const struct half *good, const struct half *bad)
{
	size_t next = 0;

	for (size_t i = 0; i <= good->count; i++) {
		size_t until = i == good->count ? bad->count : good->partner[i];

		if (until == SIZE_MAX) {
			add(comparison, good->look[i] ? DIFFERENCE_NONE : DIFFERENCE_MISSING, &good->steps[i], NULL);
			continue;
		}
		for (; next < until; next++)
			add(comparison, bad->look[next] ? DIFFERENCE_NONE : DIFFERENCE_EXTRA, NULL, &bad->steps[next]);
		if (i == good->count)
			break;
		add(comparison, judge(&good->steps[i], &bad->steps[next]), &good->steps[i], &bad->steps[next]);
		next++;
	}
}

/* The other way round. */
static void set_partners(const struct half *from, struct half *to)
{
	memset(to->partner, 0xff, (to->count + 1) * sizeof *to->partner);
	for (size_t i = 0; i < from->count; i++)
		if (from->partner[i] != SIZE_MAX)
			to->partner[from->partner[i]] = i;
}

/*
 * Of several steps that could be the partner of one, the alignment may have taken the last. Where nothing behind it holds it there, the
 * first one is meant: it stands beside what the step stands beside.
 */
static void prefer_first(struct half *one, const struct half *other)
{
	size_t since = 0; /* behind the pair before */

	for (size_t i = 0; i < one->count; i++) {
		size_t with = one->partner[i];

		if (with == SIZE_MAX)
			continue;
		if (i + 1 == one->count || with + 1 == other->count || one->partner[i + 1] != with + 1)
			for (size_t j = since; j < i; j++)
				if (one->steps[j].exact == one->steps[i].exact) {
					one->partner[i] = SIZE_MAX;
					one->partner[j] = with;
					break;
				}
		since = i + 1;
	}
}

/* Fills good->partner. */
static void align_halves(const struct half *good, const struct half *bad)
{
	uint64_t *keys = facts_allocate(NULL, (good->count + bad->count + 1) * sizeof *keys);
	ptrdiff_t *diagonals = facts_allocate(NULL, 2 * ROOM * sizeof *diagonals);
	struct alignment alignment = {
		.good = keys, .bad = keys + good->count, .partner = good->partner, .forward = diagonals, .backward = diagonals + ROOM,
	};

	memset(good->partner, 0xff, (good->count + 1) * sizeof *good->partner);
	key(keys, good->steps, good->count, true);
	key(keys + good->count, bad->steps, bad->count, true);
	align(&alignment, (struct range){ 0, good->count, 0, bad->count });
	key(keys, good->steps, good->count, false);
	key(keys + good->count, bad->steps, bad->count, false);
	align_rest(&alignment, good->count, bad->count);
	free(keys);
	free(diagonals);
}

void comparison_make(struct comparison *comparison, const struct step *good_steps, size_t good_count, const struct step *bad_steps,
                     size_t bad_count)
{
	size_t *partners = facts_allocate(NULL, (good_count + bad_count + 2) * sizeof *partners);
	bool *looks = facts_allocate(NULL, (good_count + bad_count + 1) * sizeof *looks);
	struct half good = { good_steps, good_count, partners, looks };
	struct half bad = { bad_steps, bad_count, partners + good_count + 1, looks + good_count };

	align_halves(&good, &bad);
	prefer_first(&good, &bad);
	set_partners(&good, &bad);
	prefer_first(&bad, &good);
	set_partners(&bad, &good);
	mark_looks(&good);
	mark_looks(&bad);

	*comparison = (struct comparison){ .first = SIZE_MAX, .first_result = SIZE_MAX };
	comparison->pairs = facts_allocate(NULL, (good_count + bad_count + 1) * sizeof *comparison->pairs);
	pair_up(comparison, &good, &bad);
	free(partners);
	free(looks);
	if (comparison->first == SIZE_MAX)
		comparison->first = comparison->count;
	if (comparison->first_result == SIZE_MAX)
		comparison->first_result = comparison->count;
}

void comparison_free(struct comparison *comparison)
{
	free(comparison->pairs);
}
