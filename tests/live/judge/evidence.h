/*
 * What a scenario left behind, and the differences found in it.
 * Knows: the files of a result, how to ask the program about a capture. Must not know: what is right.
 */
#ifndef LIVE_JUDGE_EVIDENCE_H
#define LIVE_JUDGE_EVIDENCE_H

#include <jansson.h>

#include "../../support/captures.h"
#include "scenario.h"

struct evidence {
	const struct scenario *scenario;
	char folder[400];       /* its results */
	char live[512], tcpdump[512]; /* paths of the two captures */
	const char *capture;    /* the one to judge: live's, or tcpdump's where live did not run or wrote none */
	json_t *summary;        /* summary --json */
	json_t *lines;          /* array: decode --json --full */
	json_t *log;            /* array: vprobe's log */
	unsigned differences;
};

/* Opens the results; false where there are none. evidence_close also after false. */
bool evidence_open(struct evidence *evidence, const struct scenario *scenario, const char *folder);
void evidence_close(struct evidence *evidence);

/* Says a difference, and counts it. After ten of a scenario only counts. */
void differ(struct evidence *evidence, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A file of the results; bytes NULL where it is absent. The caller frees bytes. */
struct file evidence_file(const struct evidence *evidence, const char *name);
/* Runs the program under test: "ARGUMENTS 'PATH'"; the caller frees bytes. */
struct file program_output(const char *arguments, const char *path, int *status);

/* JSON objects, one a line, as an array that the caller drops; what is no JSON is a difference, said of what. text is cut into its lines. */
json_t *json_lines(struct evidence *evidence, const char *what, char *text);

/* Of objects from anywhere: text ("" where absent), number (0 where absent). */
const char *text_of(const json_t *object, const char *key);
long long number_of(const json_t *object, const char *key);

#endif
