/*
 * The judge's questions, each about one scenario's evidence; what is not as it should be goes to differ().
 */
#ifndef LIVE_JUDGE_CHECKS_H
#define LIVE_JUDGE_CHECKS_H

#include "evidence.h"

/* tcpdump and live hold the same URBs of the probes, from the first to the last ST-Link command. */
void check_same_urbs(struct evidence *evidence);
/* What live printed as it happened is what decode and summary print for the file it wrote. */
void check_same_words(struct evidence *evidence);
/* The commands are those that vprobe received and answered. */
void check_commands(struct evidence *evidence);
/* As many URBs were captured as vprobe was given, but for those reported as dropped; nothing is paired across a gap. */
void check_counts(struct evidence *evidence);
/* The verdict is the scenario's. */
void check_verdict(struct evidence *evidence);
/* The headline that was found; "(healthy)" without one. Borrowed from the evidence. */
const char *headline_found(const struct evidence *evidence);
/* Where a client's log and ours speak of the same thing, they agree. */
void check_client_log(struct evidence *evidence);
/* How the program, the clients and the probe ended; what no file may hold. */
void check_endings(struct evidence *evidence);
/* What leaves the machine holds nothing private; what a client flashed and the target printed can be extracted. */
void check_shared(struct evidence *evidence);

#endif
