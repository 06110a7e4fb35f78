/*
 * From words on a screen to rows of the table of screens.
 * Knows: which words say little. Must not know: the rows' contents.
 */
#include <ctype.h>
#include <string.h>

#include "screens.h"

#define LONGEST_NAME 40

unsigned words_apart(const char *left, const char *right)
{
	unsigned row[LONGEST_NAME + 1];
	size_t columns = strlen(right) < LONGEST_NAME ? strlen(right) : LONGEST_NAME;

	for (unsigned k = 0; k <= columns; k++)
		row[k] = k;
	for (unsigned i = 1; left[i - 1] && i <= LONGEST_NAME; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned k = 1; k <= columns; k++) {
			unsigned above = row[k];
			unsigned change = diagonal + (tolower((unsigned char)left[i - 1]) != tolower((unsigned char)right[k - 1]));
			unsigned shift = (above < row[k - 1] ? above : row[k - 1]) + 1;

			diagonal = above;
			row[k] = change < shift ? change : shift;
		}
	}
	return row[columns];
}

/* --- words --- */

/* What a word weighs. Numbers change from case to case: they are never asked for, and count where they agree. */
enum weight { WEIGHT_NUMBER, WEIGHT_WEAK, WEIGHT_STRONG = 4 };

struct words {
	struct { char text[LONGEST_NAME + 1]; enum weight weight; } word[160];
	size_t count;
};

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

/* Words that every message has, and words that tell no message from another. */
static const char *const fillers[] = {
	"a", "an", "and", "are", "at", "be", "but", "by", "can", "cannot", "cant", "could", "couldnt", "for", "i", "in", "is", "it", "my",
	"no", "not", "of", "on", "or", "please", "the", "this", "to", "was", "with", NULL,
};
static const char *const weak[] = {
	"command", "device", "err", "error", "fail", "failed", "failure", "fatal", "info", "link", "reason", "status", "stlink", "st",
	"warning", NULL,
};

/* The next run of letters and digits, in lower case; an apostrophe does not end it. */
static const char *next_word(const char *text, char word[LONGEST_NAME + 1])
{
	size_t length = 0;

	while (*text && !isalnum((unsigned char)*text))
		text++;
	for (; isalnum((unsigned char)*text) || (*text == '\'' && length); text++)
		if (*text != '\'' && length < LONGEST_NAME)
			word[length++] = (char)tolower((unsigned char)*text);
	word[length] = '\0';
	return text;
}

static size_t place_of(const struct words *words, const char *word)
{
	size_t place = 0;

	while (place < words->count && strcmp(words->word[place].text, word))
		place++;
	return place;
}

static enum weight weight_of(const char *word)
{
	if (strpbrk(word, "0123456789"))
		return WEIGHT_NUMBER;
	return is_one_of(word, weak) ? WEIGHT_WEAK : WEIGHT_STRONG;
}

/* Each word once; what does not fit is left out. */
static void split(const char *text, struct words *words)
{
	char word[LONGEST_NAME + 1];

	words->count = 0;
	while (text = next_word(text, word), *word && words->count < sizeof words->word / sizeof words->word[0]) {
		if (!strcmp(word, "link") && words->count && !strcmp(words->word[words->count - 1].text, "st")) {
			words->count--;
			strcpy(word, "stlink");
		}
		if (is_one_of(word, fillers) || place_of(words, word) < words->count)
			continue;
		strcpy(words->word[words->count].text, word);
		words->word[words->count++].weight = weight_of(word);
	}
}

enum likeness { UNLIKE, ALIKE, SAME };

/* connect, connected, connection; or a slip of the finger in a word that is long enough to survive one. */
static enum likeness compare_words(const char *one, const char *other)
{
	size_t length = strlen(one), other_length = strlen(other);
	size_t less = length < other_length ? length : other_length, more = length + other_length - less;

	if (!strcmp(one, other))
		return SAME;
	if (less < 5 || more - less > 3)
		return UNLIKE;
	return !strncmp(one, other, less) || words_apart(one, other) <= (less < 9 ? 1 : 2) ? ALIKE : UNLIKE;
}

static enum likeness find_word(const struct words *words, const char *word, enum weight weight)
{
	enum likeness best = UNLIKE;

	for (size_t i = 0; i < words->count && best != SAME; i++) {
		enum likeness likeness = compare_words(word, words->word[i].text);

		if (likeness == SAME || weight != WEIGHT_NUMBER)
			best = likeness > best ? likeness : best;
	}
	return best;
}

/* --- phrases --- */

/* How much of some words is found among others. */
struct overlap {
	unsigned common, apart;            /* weights */
	unsigned strong, missing_strong, missing, numbers; /* words */
};

static struct overlap overlap_of(const struct words *words, const struct words *others, const struct words *optional)
{
	struct overlap overlap = { 0 };

	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->word[i].text;
		enum weight weight = words->word[i].weight;
		enum likeness likeness = find_word(others, word, weight);

		overlap.strong += weight == WEIGHT_STRONG && likeness != UNLIKE;
		if (weight == WEIGHT_NUMBER) {
			overlap.numbers += likeness == SAME;
		} else if (likeness != UNLIKE) {
			overlap.common += weight - (likeness == ALIKE && weight == WEIGHT_STRONG);
		} else if (!optional || find_word(optional, word, weight) != SAME) {
			overlap.apart += weight;
			overlap.missing++;
			overlap.missing_strong += weight == WEIGHT_STRONG;
		}
	}
	return overlap;
}

/* 0: not alike. text may name the tool as well. */
static unsigned score_of(const struct words *text, const struct words *phrase, const struct words *tool)
{
	struct overlap ours = overlap_of(text, phrase, tool), theirs = overlap_of(phrase, text, NULL);
	bool text_in_phrase = !ours.missing_strong;
	/* One word alone finds nothing in a long text: its company must be there too. */
	bool phrase_in_text = !theirs.missing_strong && (theirs.strong > 1 || !theirs.missing);

	if (!ours.strong && !(ours.numbers && ours.common))
		return 0;
	if (!text_in_phrase && !phrase_in_text)
		return 0;
	return 1000 * ours.common / (ours.common + ours.apart + theirs.apart) + 50 * ours.numbers + 50 * overlap_of(text, tool, NULL).strong;
}

static struct screen_match match_screen(const struct screen *screen, const struct words *text)
{
	struct screen_match match = { .screen = screen };
	struct words phrase, tool;

	split(screen->tool, &tool);
	for (size_t i = 0; i < SCREEN_PHRASES && screen->phrases[i]; i++) {
		unsigned score;

		split(screen->phrases[i], &phrase);
		score = score_of(text, &phrase, &tool);
		if (score > match.score) {
			match.score = score;
			match.phrase = screen->phrases[i];
		}
	}
	return match;
}

size_t screens_find(const char *text, struct screen_match *found, size_t room)
{
	struct words words;
	size_t count = 0;

	split(text, &words);
	for (const struct screen *screen = screens; screen->tool; screen++) {
		struct screen_match match = match_screen(screen, &words);
		size_t place;

		if (!match.score || (count == room && match.score <= found[count - 1].score))
			continue;
		if (count < room)
			count++;
		for (place = count - 1; place && found[place - 1].score < match.score; place--)
			found[place] = found[place - 1];
		found[place] = match;
	}
	while (count && found[count - 1].score * 5 < found[0].score * 3)
		count--;
	return count;
}

size_t screens_rules(const struct screen_match *found, size_t count, const char **ids)
{
	size_t rules = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < SCREEN_RULES && found[i].screen->rules[k]; k++) {
			bool known = false;

			for (size_t before = 0; before < i && !known; before++)
				known = screen_leads_to(found[before].screen, found[i].screen->rules[k]);
			if (!known)
				ids[rules++] = found[i].screen->rules[k];
		}
	return rules;
}
