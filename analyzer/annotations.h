/*
 * What there is to say of each record, however many records there are: the decoded line of its transaction, what happened there, findings.
 * Knows: lines and frames. Must not know: where the lines are shown.
 */
#ifndef ANALYZER_ANNOTATIONS_H
#define ANALYZER_ANNOTATIONS_H

#include "diagnosis/diagnosis.h"
#include "program.h"

struct annotations;

/* serials: show serial numbers as they are. NULL: no temporary file can be had; has been said. */
struct annotations *annotations_new(bool serials);
void annotations_free(struct annotations *annotations);

/* A listener of the first pass. */
struct listener annotations_listener(struct annotations *annotations);
/* Behind it: the findings of the report, each at its frames. */
void annotations_report(struct annotations *annotations, const struct report *report);

/* The lines of a frame, in the order they were told: count of them, valid until the next call. UTF-8 that is safe to show. */
const char *const *annotations_of(struct annotations *annotations, uint64_t frame, size_t *count);

#endif
