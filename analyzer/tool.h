/*
 * TOOL ARG... of `stlinkscope live -- TOOL ARG...`: started as a child, its output lines with their times, its end.
 * Knows: processes, pipes, who gets which signal. Must not know: captures, how a line is shown, who runs stlinkscope
 * (privileges.h: TOOL has the rights that this process has when tool_start is called).
 *
 * TOOL keeps our standard input, terminal, process group and working directory, so that it can ask its user, and a Ctrl-C or Ctrl-Z at the
 * terminal reaches it from the kernel, once, as it reaches us. Its stdout and stderr are two pipes. No other descriptor of ours reaches it.
 */
#ifndef ANALYZER_TOOL_H
#define ANALYZER_TOOL_H

#include "track/track.h"

#define TOOL_LINE_LONGEST 4096 /* bytes of a line that are kept; where there were more, it ends with " [...]" */

/* Where TOOL's bytes also go as they come, untouched: file descriptors, or -1. */
struct tool_copies { int out, err; };

/*
 * The copies that let a reader see each line once. transcript: stdout gets a transcript, in which TOOL's lines stand. Where that one goes to a
 * terminal, or to the same file as stderr, nothing is copied; where it goes elsewhere, both of TOOL's streams go to stderr, so that
 * its user sees it at work. Without a transcript each stream goes to ours of that name.
 */
struct tool_copies tool_copies_for(bool transcript);

struct tool;

/*
 * Starts argv[0] (looked for in PATH), argv ended by NULL. environment, ended by NULL, is its environment: privileges_environment. Its signal
 * mask is empty, whatever ours is. Returns NULL and has put one line, what is wrong and what to do, into problem where it cannot be started.
 * The caller frees it.
 */
struct tool *tool_start(char **argv, char **environment, struct tool_copies copies, char *problem, size_t size);

/* argv[0] without its directories. */
const char *tool_name(const struct tool *tool);

/*
 * The one descriptor to poll for reading, all the time: readable where TOOL wrote, ended, or left a line unfinished for long. Then:
 * tool_read once, tool_next_line until it returns false, tool_ended.
 */
int tool_fd(const struct tool *tool);
/* Takes what is there: a bounded amount (128 KiB), so that a chatty TOOL cannot starve the capture. Never blocks, but where a copy's reader does. */
void tool_read(struct tool *tool);
/*
 * The next line of what was read, borrowed until the next tool_read: false where there is none. frame is left 0 for the caller, time is the wall
 * clock when the line's first byte was read. text is valid UTF-8 without newline, NUL, tab and colour sequences; other control characters
 * may be in it, so outputs escape it. A line that TOOL redraws with carriage returns (progress) is told in its last state. What TOOL
 * leaves without newline for half a second (a prompt) is told as unfinished, the rest of it later as a line of its own.
 */
bool tool_next_line(struct tool *tool, struct tool_line *line);
/*
 * TOOL itself has ended, and all that it wrote has been told by tool_next_line; what a child of it that lives on may write later is not waited
 * for. *wait_status is as waitpid gives it.
 */
bool tool_ended(const struct tool *tool, int *wait_status);

/*
 * Passes on a signal that we got, with its si_code (ssi_code of a signalfd): one that the kernel sent (SI_KERNEL: Ctrl-C at the terminal) has
 * reached TOOL already and is not sent again. False where TOOL is gone, or may not be signalled by us (it gained rights by itself, as sudo does).
 */
bool tool_signal(struct tool *tool, int signal, int code);

/* Closes the pipes; a TOOL that still runs is left alone. NULL is nothing. */
void tool_free(struct tool *tool);

/* What a shell would say: its exit status, or 128 + signal. For --exit-code tool. */
int tool_exit_code(int wait_status);

#endif
