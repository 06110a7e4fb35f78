/*
 * Hand-made sessions for tests of facts, rules and ladder: a line of words becomes transactions, usb notes and session bounds that are
 * fed to the facts listener, as the tracker would. No capture, no tracker.
 *
 * Words, separated by spaces; "*N" at the end of a word repeats it:
 *   pid:3748            the probe's product id (before anything else; default 374b)
 *   V:27              GET_VERSION: V2J27S7       v:27    the same as F1 80      V0       V2 without JTAG part
 *   X:3,10            GET_VERSION_EX: V3J10      Vx:02000000  GET_VERSION with these first four bytes, no vendor 0483
 *   M:1               GET_CURRENT_MODE           T:3270  voltage in mV          T0       zero reference
 *   E:80  J:05        ENTER for SWD, JTAG with that status
 *   I:2ba01477        READ_IDCODES               I?09    with that status       P:2ba01477  DPIDR by READ_DAP_REG   P?16
 *   R:20000000=80     READMEM_32BIT, status asked for later (R:20000000 unjudged)          W: WRITEMEM_32BIT
 *   D:e000edf0=80     READDEBUGREG (D:e0042000=80/20036410 with that value)
 *   B:20000000+65=80  READMEM_8BIT of 65 bytes; +N works with R and W, too (else 4 bytes), and so does /VALUE, repeated; @1: through access port 1
 *   d:e000edfc=80/1   WRITEDEBUGREG of that value       p:15=80/20000000  WRITEREG     y:15=80/20000000  READREG (numbers are decimal)
 *   G:80 H:80         WRITEDEBUGREG that lets the core run, halts it               C:80  WRITE_DAP_REG that clears errors (ABORT)
 *   O:0=80            INIT_AP                    A:0=24770011  IDR of that access port
 *   a:0=e00ff003      BASE of that access port   Y:f0000000  CTRL/STAT read     Z:80   RESETSYS    k:81   GETSTATUS
 *   N:0 N:1           NRST                       S:3     SWD_SET_FREQ           S?42   with that status
 *   F:1000 f:1000     SET_COM_FREQ for SWD, for JTAG
 *   c:2000000 c?20    START_TRACE_RX at that rate, with that status                n:100  GET_TRACE_NB
 *   q:04              SWIM_READSTATUS with that status                             g:03   DFU_GETSTATUS with that status
 *   K:12              V1: a command of the system's disk driver
 *   x xd xs           EXIT, DFU_EXIT, SWIM_EXIT  ws      SWIM_ENTER             q qb     SWIM_READSTATUS, SWIM_READBUFSIZE   b  a bridge command
 *   ld le dl          DFU_READ_ID, LOADER_ENTER, DFU_DNLOAD
 * with a failure in front of the word:
 *   out3000! in3000!  the host took it back after so many ms: not taken, not answered
 *   usbip3000!        a STALL for the answer after so many ms
 *   stall! line! over! lost!   URB results      short! shift! cut! csw!
 *   unread!           after an unread answer                       open!      the capture ends before its answer
 * and things that happen beside commands:
 *   gone gone!        the device leaves; with a transfer under way
 *   back:500 reset:500  it returns after so many ms; after a reset by the host
 *   stays:500         after so many ms it is in its place, and never left
 *   ;                 the next session          |        the next one, after an enumeration
 *   u:64 t:64         trace data; a read of the trace endpoint that the host waited for in vain
 *   serial:12 serial:generic device:0483:df11 fresh   a serial number's descriptor, another device (:text its product), the probe was plugged in
 *   hole              a command of which the capture lost all but a completion
 *   ep0               a control request of the probe that ends in a STALL
 *   half              from here on only one half of each transfer is in the capture
 *   wait:12000        ms pass                   probe:1  from here on another probe
 *   hid:10 snap:3 idle none   about the capture: input reports, cut payloads, a probe without commands, no probe
 */
#ifndef TESTS_SUPPORT_STORY_H
#define TESTS_SUPPORT_STORY_H

#include "../../analyzer/diagnosis/diagnosis.h"

struct story {
	struct facts *facts;
	struct report report;
};

/* Tells the story and judges it. Ends the test program on a word it does not know. */
void story_tell(struct story *story, const char *words);
void story_end(struct story *story);

/* The finding of that id in any session, or about the capture; NULL. */
const struct finding *story_finding(const struct story *story, const char *id);

#endif
