/*
 * THE rule table, in both directions: a story in which a rule fires, and its false alarm in which it must not. A rule without
 * both fails the program. Words of the stories: support/story.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../analyzer/output/summary_json.h"
#include "../analyzer/output/summary_text.h"
#include "support/story.h"

enum want {
	SILENT,  /* not at all */
	INFO,    /* as info, and no symptom */
	WARNING,
	ERROR,
	SYMPTOM, /* demoted */
	NOT_ABOVE_INFO,
};

#define OPENED "V:40 M:1 T:3270 S:3 "
#define ENTERED OPENED "E:80 M:2 O:0=80 I:2ba01477 "
#define HEALTHY ENTERED "D:e000edf0=80 R:20000000=80 R:8000000=80 M:2 x"
#define F411 ENTERED "D:e0042000=80/10006431 "
#define UNLOCK "d:40023c04=80/45670123 d:40023c04=80/cdef89ab "
#define LOADER ENTERED "W:20000000+64=80 p:0=80/08000000 p:15=80/20000000 G:80 "
#define LOADER_DATA ENTERED "W:20000000+32=80 W:20000020+64=80/11223344 p:0=80/20000020 p:1=80/08000100 p:2=80/40 p:15=80/20000000 G:80 "
#define TEN_OK "D:e000edf0=80*10 "

static const struct { const char *id, *story; enum want want; } cases[] = {
	{ "CAP-EMPTY", "none", ERROR },
	{ "CAP-EMPTY", HEALTHY, SILENT },
	{ "CAP-EMPTY", "idle", SILENT },
	{ "CAP-NO-COMMANDS", "idle", ERROR },
	{ "CAP-NO-COMMANDS", "V:40", SILENT },
	{ "CAP-TRUNCATED", HEALTHY " snap:3", WARNING },
	{ "CAP-TRUNCATED", HEALTHY, SILENT },
	{ "CAP-STARTED-LATE", "D:e000edf0=80 R:20000000=80 x", INFO },
	{ "CAP-STARTED-LATE", HEALTHY, SILENT },
	{ "CAP-STARTED-LATE", "M:1 V:40 T:3270 E:80", SILENT },
	{ "CAP-STARTED-LATE", HEALTHY " ; D:e000edf0=80", SILENT }, /* not the first session */
	{ "CAP-USBIP", ENTERED "usbip3000!D:e000edf0*2", INFO },
	{ "CAP-USBIP", ENTERED "usbip1000!D:e000edf0 ; " ENTERED "usbip1000!D:e000edf0", INFO },
	{ "CAP-USBIP", ENTERED "usbip3000!D:e000edf0 x", SILENT },
	{ "CAP-USBIP", ENTERED "stall!D:e000edf0*2 x", SILENT },
	{ "CAP-USBIP", ENTERED "usbip3000!D:e000edf0*2 in3000!D:e000edf0", SILENT }, /* here a cancelled transfer says so */
	{ "USB-STALL", ENTERED "usbip3000!D:e000edf0*2", SILENT },
	{ "USB-STALL", ENTERED "usbip3000!D:e000edf0 x", ERROR },
	{ "IN-STUCK", ENTERED "usbip3000!D:e000edf0*2", ERROR },
	{ "CAP-HID-PRESENT", HEALTHY " hid:10", WARNING },
	{ "CAP-HID-PRESENT", HEALTHY, SILENT },
	{ "MULTI-PROBE", HEALTHY " probe:1 " HEALTHY, INFO },
	{ "MULTI-PROBE", HEALTHY " gone back:900 " HEALTHY, SILENT },
	{ "SERIAL-ODD", "serial:14 idle", WARNING },
	{ "SERIAL-ODD", "serial:0 idle", WARNING }, /* it has none */
	{ "SERIAL-ODD", "serial:14 " HEALTHY, INFO }, /* this program was not disturbed */
	{ "SERIAL-ODD", "serial:14 open!V:40", INFO }, /* it was found, whatever it answered */
	{ "SERIAL-ODD", "serial:26 idle", SILENT },
	{ "SERIAL-ODD", "serial:50 " HEALTHY, SILENT }, /* also where only its first four bytes were read: the length is in them */
	{ "SERIAL-GENERIC", "serial:generic " HEALTHY, INFO },
	{ "SERIAL-GENERIC", "serial:26 " HEALTHY, SILENT },
	{ "FOREIGN-0483", "device:0483:5740 " HEALTHY, INFO },
	{ "FOREIGN-0483", "device:0483:df11 none", INFO },
	{ "FOREIGN-0483", "device:046d:c52b " HEALTHY, SILENT },
	{ "NON-ST-FIRMWARE", "device:1d50:6018:Black_Magic_Probe_(ST-Link/v2) none", WARNING },
	{ "NON-ST-FIRMWARE", "device:1366:0101 none", INFO }, /* perhaps it never was one */
	{ "NON-ST-FIRMWARE", "device:1366:0101 " HEALTHY, SILENT }, /* another probe beside an ST-Link */
	{ "NON-ST-FIRMWARE", "device:0483:5740 none", SILENT },

	{ "PROBE-LOADER", "pid:374d V:40 M:0 xd M:0", ERROR },
	{ "PROBE-LOADER", "pid:3748 v:16 ld M:0 xd M:0", ERROR },
	{ "PROBE-LOADER", "pid:3748 V:40 M:0 xd M:0 ld", ERROR },
	{ "DFU-EXIT-INEFFECTIVE", "pid:3748 V:40 M:0 xd M:0 ld", SYMPTOM }, /* of the loader, which told itself only then */
	{ "PROBE-LOADER", "pid:374d v:16 ld M:0 dl*20 ld xd", INFO }, /* an update on purpose */
	{ "PROBE-LOADER", "pid:3748 v:16 M:0 xd T:2910 E:80 D:e000edf0=80 x", SILENT },
	{ "DFU-NOT-LEFT", "V:40 M:0 E:80", ERROR },
	{ "DFU-NOT-LEFT", "V:40 M:0 D:e000edf0=80", ERROR },
	{ "DFU-NOT-LEFT", "V:40 M:0 xd M:1 T:3270 E:80 I:2ba01477 x", SILENT },
	{ "DFU-NOT-LEFT", "V:40 M:0 xd M:0 E:80", SILENT }, /* told, in vain: another rule */
	{ "DFU-NOT-LEFT", "V:40 in3000!M:1 shift!M:0 E:80", SILENT }, /* a shifted answer is no fact */
	{ "DFU-NOT-LEFT", "V:40 M:0 hole E:80 I:2ba01477 x", SILENT }, /* what is missing may be the exit */
	{ "DFU-NOT-LEFT", "V:40 M:0 hole M:0 E:80", SILENT },
	{ "DFU-NOT-LEFT", "M:0 E:80", SILENT }, /* the capture begins in the middle, perhaps behind the exit */
	{ "DFU-NOT-LEFT", "fresh M:0 E:80", ERROR },
	{ "DFU-EXIT-INEFFECTIVE", "V:40 M:0 xd M:0 in6000!S:3 in6000!E:80 M:0 xd", ERROR },
	{ "DFU-EXIT-INEFFECTIVE", "V:40 M:3 xs M:3", ERROR },
	{ "DFU-EXIT-INEFFECTIVE", "M:0 xd V:40 in1000!T:3270 M:0 xd in1000!S:3 M:0", ERROR }, /* the first exit was in vain already: pyOCD */
	{ "DFU-EXIT-INEFFECTIVE", "V:40 M:0 xd M:1 E:80 x", SILENT },
	{ "DFU-EXIT-INEFFECTIVE", "V:40 M:0 xd M:0 M:1 E:80 x", SILENT }, /* asked too early, better later */
	{ "MODE-MASS-ONLY", "M:1 V:40 T:3270 M:1", INFO },
	{ "MODE-MASS-ONLY", HEALTHY, SILENT },
	{ "MODE-MASS-ONLY", "V:37 M:1 xd ws q*5 xs", SILENT },
	{ "MODE-MASS-ONLY", "v:30 M:1 le", SILENT }, /* an update was asked for */
	{ "MODE-MASS-ONLY", "V:40 M:1 lost!S:3 gone! wait:20000", SILENT }, /* it did not leave of its own will */
	{ "MODE-UNKNOWN", "V:40 M:7", WARNING },
	{ "MODE-UNKNOWN", "V:40 M:4 M:1", SILENT },
	{ "MODE-UNKNOWN", "V:40 in3000!S:3 M:7", SYMPTOM },
	{ "FW-TOO-OLD", "V:17 M:1 M:1 T:3270", ERROR },
	{ "FW-TOO-OLD", "M:1 V:25 T:3270 M:1", SILENT }, /* pyOCD takes 24 */
	{ "FW-TOO-OLD", "V:17 M:1 M:1 T:3270 E:80 I:1ba01477 " TEN_OK "x", SILENT },
	{ "FW-TOO-OLD", "V:37 M:1 xd ws q*5 xs", SILENT },
	{ "FW-TOO-OLD", "V:17 M:1 xd ws q*5 xs", SILENT }, /* SWIM needs no such firmware */
	{ "FW-TOO-OLD", "V:17", SILENT }, /* nobody knows which program it is, nor whether it went on */
	{ "FW-TOO-OLD", "V:17 wait:900", ERROR },
	{ "FW-TOO-OLD", "V:17 M:1 open!M:1", SILENT }, /* the capture stops, not the program */
	{ "FW-TOO-OLD", "V:17 M:1 open!M:1 wait:2000", ERROR },
	{ "FW-TOO-OLD", "X:3,2 M:1 M:1 T:3270 wait:900", ERROR },
	{ "FW-OLD", "V:17 M:1 T:3270 E:80 I:1ba01477 x", INFO },
	{ "FW-OLD", "V:36 M:1 T:3270 E:80 I:1ba01477 x", INFO },
	{ "FW-OLD", "V:37 M:1 T:3270 E:80 I:1ba01477 x", SILENT },
	{ "FW-NO-JTAG", "V0 M:1 T:3270 E:06", ERROR },
	{ "FW-NO-JTAG", "V0 M:1 xd ws q*5 xs", INFO }, /* what an STM8 wants */
	{ "FW-NO-JTAG", "V0 M:1", ERROR },
	{ "FW-NO-JTAG", "V0 open!M:1", INFO }, /* the capture ends before it is seen what it was wanted for */
	{ "FW-NO-JTAG", "X:3,10 M:1 T:3270 E:80 x", SILENT },
	{ "FW-UPDATE-LOST", "V:30 M:1 le gone wait:20000", ERROR },
	{ "FW-UPDATE-LOST", "V:30 M:1 le gone back:1500 v:30 ld dl*5", SILENT },
	{ "FW-UPDATE-LOST", "v:30 M:1 lost!le gone! wait:20000", ERROR },
	{ "UNPLUGGED", "v:30 M:1 lost!le gone! wait:20000", SYMPTOM },
	{ "UNPLUGGED", "v:30 M:1 lost!le gone! wait:2000 probe:1 pid:374d v:30 ld dl*5 wait:20000", SILENT }, /* it became its loader, as it was told */
	{ "UNPLUGGED", ENTERED "lost!D:e000edf0 gone! wait:2000 probe:1 pid:374d v:30 ld dl*5 wait:20000", ERROR }, /* nobody told it to */
	{ "FW-UPDATE-LOST", HEALTHY " gone wait:20000", SILENT },
	{ "FW-UPDATE-LOST", "v:30 M:1 le wait:20000", ERROR }, /* nothing was under way that could show it leave */
	{ "FW-UPDATE-LOST", "v:30 M:1 le wait:2000", SILENT },
	{ "FW-UPDATE-LOST", "v:30 M:1 le wait:2000 probe:1 pid:3748 v:30 ld dl*5 wait:20000", SILENT }, /* the loader has another serial number */
	{ "FW-UPDATE-DFU-ERROR", "pid:3748 v:30 M:0 dl g:00 dl g:03", ERROR },
	{ "FW-UPDATE-DFU-ERROR", "pid:3748 v:30 M:0 dl g:00 dl g:00", SILENT },
	{ "PROBE-V4-UNKNOWN", "pid:3757 M:1 V:64 X:4,6 T:110 M:1", WARNING },
	{ "PROBE-V4-UNKNOWN", "pid:3757 M:1 V:64 X:4,6 T:3270 M:1 E:80 I:2ba01477 x", SILENT },
	{ "PROBE-V4-UNKNOWN", "pid:3757 M:1 X:4,6 T:3270 M:1 ; M:1 X:4,6 T:3270 E:80 I:2ba01477 x", SILENT }, /* the program did go on */
	{ "PROBE-V4-UNKNOWN", "M:1 X:3,10 T:3270 M:1", SILENT },
	{ "V1-UNSUPPORTED", "pid:3744 V:13 M:1 csw!T:3270 E:80 I:2ba01477 x", ERROR },
	{ "V1-UNSUPPORTED", "pid:3744 V:13 M:1 stall!N:0", ERROR },
	{ "V1-UNSUPPORTED", "pid:3744 V:13 M:1 T:3270 stall!E:80", SILENT },
	{ "V1-UNSUPPORTED", "V:40 M:1 stall!T:3270", SILENT }, /* no V1 */
	{ "CMD-UNKNOWN", "V:40 M:1 S?42 E:80 I:2ba01477 x", ERROR },
	{ "CMD-UNKNOWN", "V:16 M:1 S?06 E:80 I:2ba01477 x", ERROR },
	{ "CMD-UNKNOWN", "V:40 M:1 S?06 E:80 I:2ba01477 x", SILENT }, /* the wrong mode, rather */
	{ "CMD-UNKNOWN", "V0 M:1 E:42", SYMPTOM },
	{ "CMD-WRONG-MODE", "V:40 M:1 D:e000edf0=06 x", WARNING },
	{ "CMD-WRONG-MODE", "V:40 M:1 R:20000000=11 x", WARNING },
	{ "CMD-WRONG-MODE", "V:40 M:1 R:20000000=80 x", INFO }, /* it works, so debug mode was entered: perhaps the capture lost that */
	{ "CMD-WRONG-MODE", "V:40 M:1 hole D:e000edf0=06 x", SILENT },
	{ "CMD-WRONG-MODE", "D:e000edf0=06 M:1 D:e000edf0=06 x", SILENT }, /* the capture begins in the middle */
	{ "CMD-WRONG-MODE", "V:40 M:1 Z:80 M:1 E:80 I:2ba01477 x", SILENT }, /* Black Magic resets first */
	{ "CMD-WRONG-MODE", "V:40 M:1 E:80 D:e000edf0=80 x", SILENT },
	{ "CMD-WRONG-MODE", OPENED "E:09 M:1 D:e000edf0=09 x", SYMPTOM }, /* a client that goes on regardless */
	{ "CMD-WRONG-MODE", "V:40 M:2 D:e000edf0=80 x", SILENT },
	{ "SPEED-REFUSED", "V:40 M:1 S?41 E:80 I:2ba01477 x", WARNING },
	{ "SPEED-REFUSED", "V:40 M:1 S?08 E:80 I:2ba01477 x", WARNING },
	{ "SPEED-REFUSED", "V:40 M:1 S:3 E:80 I:2ba01477 x", SILENT },
	{ "SPEED-WRONG-BUS", "pid:374e X:3,10 M:1 f:1000 E:80 I:2ba01477 x", WARNING },
	{ "SPEED-WRONG-BUS", "pid:374e X:3,10 M:1 f:1000 F:1000 E:80 I:2ba01477 x", SILENT }, /* both, on purpose */
	{ "SPEED-WRONG-BUS", "pid:374e X:3,10 M:1 f:1000 J:80 I:3ba00477 x", SILENT },
	{ "R8-TOO-LONG", ENTERED "B:20000000+65=80 x", ERROR },
	{ "R8-TOO-LONG", ENTERED "B:20000000+64=80 x", SILENT },
	{ "R8-TOO-LONG", "M:2 B:20000000+65=80 x", ERROR }, /* no version was seen, and no V2-1 takes that */
	{ "R8-TOO-LONG", "pid:374e M:2 B:20000000+65=80 x", SILENT }, /* a V3 may */
	{ "R8-TOO-LONG", ENTERED "R:20000000+6148=80 x", ERROR },
	{ "R8-TOO-LONG", ENTERED "R:20000000+6144=80 W:20000000+65532=80 x", SILENT }, /* writes of words may be longer */
	{ "R8-TOO-LONG", "pid:374e X:3,5 M:1 E:80 I:2ba01477 B:20000000+65=80 x", ERROR },
	{ "R8-TOO-LONG", "pid:374e X:3,6 M:1 E:80 I:2ba01477 B:20000000+255=80 x", SILENT },
	{ "R8-TOO-LONG", "pid:374e X:3,6 M:1 E:80 I:2ba01477 B:20000000+512=80 x", INFO },
	{ "R8-TOO-LONG", "pid:374e X:3,6 M:1 E:80 I:2ba01477 B:20000000+513=80 x", ERROR },
	{ "MISALIGNED", ENTERED "R:20000001=80 x", ERROR },
	{ "MISALIGNED", ENTERED "R:20000000+5=80 x", ERROR },
	{ "MISALIGNED", ENTERED "B:20000001+5=80 x", SILENT },
	{ "SWO-REFUSED", ENTERED "c?20 x", ERROR },
	{ "SWO-REFUSED", ENTERED "c:2250000 x", ERROR },
	{ "SWO-REFUSED", ENTERED "c:2000000 n:100 x", SILENT },
	{ "SWO-REFUSED", "pid:374e X:3,10 M:1 E:80 I:2ba01477 c:16000000 n:100 x", SILENT },
	{ "SWO-OVERREAD", ENTERED "c:2000000 n:100 t:128 x", ERROR },
	{ "SWO-OVERREAD", ENTERED "c:2000000 n:100 u:100 t:64 x", ERROR }, /* read already */
	{ "SWO-OVERREAD", ENTERED "c:2000000 n:100 t:100 x", SILENT }, /* announced, and the probe did not give it */
	{ "SWO-OVERREAD", ENTERED "c:2000000 n:100 u:100 n:64 u:64 x", SILENT },
	{ "SWO-FULL", ENTERED "c:2000000 n:100 n:4095 x", WARNING },
	{ "SWO-FULL", "pid:374e X:3,10 M:1 E:80 I:2ba01477 c:2000000 n:4096 x", WARNING },
	{ "SWO-FULL", ENTERED "c:2000000 n:4000 x", SILENT },
	{ "SWO-FULL", "pid:374e X:3,10 M:1 E:80 I:2ba01477 n:4095 x", SILENT }, /* a V3 has more room, and nobody saw how much was asked for */

	{ "UNPLUGGED", ENTERED "lost!D:e000edf0 gone! wait:20000", ERROR },
	{ "UNPLUGGED", ENTERED "line!D:e000edf0*3 gone!", ERROR }, /* not line errors: the last words of the controller */
	{ "UNPLUGGED", HEALTHY " gone wait:20000", SILENT },
	{ "UNPLUGGED", ENTERED "lost!D:e000edf0 gone! back:800 " HEALTHY, SILENT },
	{ "UNPLUGGED", ENTERED "lost!D:e000edf0 gone! stays:800 " HEALTHY, SILENT }, /* the program was killed, and another came */
	{ "REENUMERATED", ENTERED "lost!D:e000edf0 gone! stays:800 " HEALTHY, SILENT },
	{ "REENUMERATED", ENTERED "lost!D:e000edf0 gone! back:800 " HEALTHY, WARNING },
	{ "REENUMERATED", ENTERED "gone back:800 " HEALTHY, WARNING },
	{ "REENUMERATED", "in6000!V:40 gone reset:900 " HEALTHY, SILENT },
	{ "REENUMERATED", HEALTHY " gone back:800 " HEALTHY, SILENT }, /* between sessions: a hand */
	{ "REENUMERATED", "V:40 M:0 lost!xd gone! back:800 " HEALTHY, SILENT }, /* a loader that starts the firmware */
	{ "REENUMERATED", "V:40 M:1 lost!le gone! back:800 v:30 ld dl*5", SILENT }, /* and the firmware that starts it */
	{ "REENUMERATED", "V:40 M:0 lost!M:1 gone! back:800 " HEALTHY, WARNING },
	{ "RESET-BY-CLIENT", "in6000!V:40 gone reset:900 " HEALTHY, INFO },
	{ "RESET-BY-CLIENT", ENTERED "gone back:800", SILENT },
	{ "OUT-STUCK", ENTERED "out3000!D:e000edf0", ERROR },
	{ "OUT-STUCK", ENTERED "out200!D:e000edf0", SILENT }, /* Ctrl-C */
	{ "OUT-STUCK", "V:40 M:0 xd M:0 out3000!S:3", SYMPTOM },
	{ "OUT-STUCK", ENTERED "in3000!R:20000000 out3000!M:2", SYMPTOM }, /* the same hang */
	{ "IN-STUCK", ENTERED "in6000!D:e000edf0 M:2 x", ERROR },
	{ "IN-STUCK", ENTERED "in12!D:e000edf0", SILENT },
	{ "IN-STUCK", "in200!V:40*3", ERROR }, /* a client with a short time-out, and never an answer */
	{ "IN-STUCK", ENTERED "in6000!B:20000000+128 M:2 x", SYMPTOM }, /* of a length that no probe takes */
	{ "OUT-STUCK", ENTERED "R:20000001=80 out3000!M:2", SYMPTOM },
	{ "WEDGED-AFTER", ENTERED "R:20000001=80 out3000!M:2*3", SYMPTOM },
	{ "IN-STUCK", "half " ENTERED "in3000!D:e000edf0 M:2 x", ERROR },
	{ "IN-STUCK", "half " ENTERED "in20!D:e000edf0 M:2 x", SILENT },
	{ "IN-STUCK", "V:40 M:0 xd M:0 in6000!S:3 in6000!E:80", SYMPTOM },
	{ "IN-STUCK", HEALTHY, SILENT },
	{ "REOPEN-LOST-REPLY", "in3000!V:40 V:40 M:1 T:3270 E:80 I:2ba01477 x", WARNING },
	{ "REOPEN-LOST-REPLY", "in3000!V:40 wait:4000 V:40 M:1 T:3270 E:80 I:2ba01477 x", INFO }, /* another run, perhaps */
	{ "REOPEN-LOST-REPLY", "in3000!V:40 in3000!V:40", SILENT }, /* it hangs */
	{ "REOPEN-LOST-REPLY", ENTERED "in3000!D:e000edf0 D:e000edf0=80 x", SILENT }, /* not the first */
	{ "REOPEN-LOST-REPLY", "in6000!V:40 gone reset:900 " HEALTHY, SILENT }, /* the program reset the probe */
	{ "CLIENT-BY-TIMEOUT", "in5000!b", INFO },
	{ "CLIENT-BY-TIMEOUT", "R:20000000=80 in3000!D:e000edf0", INFO },
	{ "CLIENT-BY-TIMEOUT", "R:20000000=80 in1500!D:e000edf0", SILENT },
	{ "CLIENT-BY-TIMEOUT", "V:40 M:1 S:3 M:1 E:80 I:2ba01477 in6000!D:e000edf0", SILENT }, /* its opening says more */
	{ "WEDGED-AFTER", ENTERED "out3000!D:e000edf0 out3000!M:2 out3000!x", ERROR },
	{ "WEDGED-AFTER", ENTERED "out3000!D:e000edf0 out3000!M:2", SILENT },
	{ "WEDGED-AFTER", ENTERED "in3000!D:e000edf0*3 M:2 x", SILENT }, /* it came back */
	{ "USB-STALL", ENTERED "stall!D:e000edf0", ERROR },
	{ "USB-STALL", HEALTHY, SILENT },
	{ "USB-STALL", "ep0 " HEALTHY, SILENT }, /* how a device says that it lacks an optional descriptor */
	{ "USB-LINE-ERRORS", ENTERED "line!D:e000edf0 wait:500 line!D:e000edf0 wait:500 line!D:e000edf0 wait:500 M:2", ERROR },
	{ "USB-LINE-ERRORS", ENTERED "line!D:e000edf0 wait:500 M:2 x", WARNING },
	{ "USB-LINE-ERRORS", ENTERED "line!D:e000edf0*3 gone!", SILENT },
	{ "DESYNC", "Vx:02000000 M:1", ERROR },
	{ "DESYNC", "V:40 shift!D:e000edf0", ERROR },
	{ "DESYNC", "V:40 in3000!M:1 shift!T:3270 shift!S:3", SYMPTOM },
	{ "DESYNC", HEALTHY, SILENT },
	{ "DESYNC", "Vx:deadbeef M:1", SILENT },
	{ "USB-OVERFLOW", ENTERED "over!R:20000000", ERROR },
	{ "USB-OVERFLOW", ENTERED "in3000!D:e000edf0 over!D:e000edf0", SYMPTOM },
	{ "USB-OVERFLOW", HEALTHY, SILENT },
	{ "REPLY-SHORT", ENTERED "short!D:e000edf0", ERROR },
	{ "REPLY-SHORT", ENTERED "short!B:20000000+128 x", SYMPTOM }, /* no probe gives that much */
	{ "REPLY-SHORT", ENTERED "in3000!D:e000edf0 short!D:e000edf0", SYMPTOM },
	{ "REPLY-SHORT", HEALTHY, SILENT },
	{ "ANSWER-GARBAGE", ENTERED "D:e000edf0=77", ERROR },
	{ "ANSWER-GARBAGE", "Vx:deadbeef M:1", ERROR },
	{ "ANSWER-GARBAGE", ENTERED "D:e000edf0=1b", SILENT },
	{ "ANSWER-GARBAGE", "Vx:02000000 M:1", SILENT },
	{ "BUSY-OTHER-MODE", OPENED "E:0e", ERROR },
	{ "BUSY-OTHER-MODE", OPENED "E:09", SILENT },
	{ "TWO-CLIENTS", ENTERED TEN_OK "; V:40 M:2 E:80 D:e000edf0=06", WARNING },
	{ "TWO-CLIENTS", ENTERED TEN_OK "; V:40 M:2 shift!E:80", WARNING },
	{ "TWO-CLIENTS", ENTERED TEN_OK "; V:40 M:2 in3000!E:80 shift!M:2", SILENT }, /* the answer that it did not wait for itself */
	{ "TWO-CLIENTS", ENTERED TEN_OK "; V:40 M:2 E:80 I:2ba01477 " TEN_OK "x", SILENT },
	{ "TWO-CLIENTS", "M:1 V:40 T:3270 M:1 M:1 V:40 T:3270 S:3 M:1 E:80 P:2ba01477 D:e000edf0=06 x", SILENT }, /* pyOCD opens twice */

	{ "V1-KERNEL-STORAGE", "pid:3744 V:13 M:1 K:00 E:80 I:2ba01477 x", WARNING },
	{ "V1-KERNEL-STORAGE", "pid:3744 V:13 M:1 K:03 E:80 I:2ba01477 x", SILENT }, /* the program's own question */
	{ "V1-KERNEL-STORAGE", "pid:3744 K:12 K:00 K:25 V:13 M:1 E:80 I:2ba01477 x K:00", SILENT }, /* before and after */

	{ "TARGET-SILENT", OPENED "E:09 M:1", ERROR },
	{ "TARGET-SILENT", OPENED "E:80 O:0=80 R:e000ed00=09 I?09 R:e000edf0=09", ERROR }, /* what worked was before */
	{ "TARGET-SILENT", ENTERED TEN_OK "D:e000edf0=09*3 x", ERROR }, /* lost, and nobody entered again */
	{ "TARGET-SILENT", ENTERED TEN_OK "D:e000edf0=09*3 D:e000edf0=80 x", SILENT },
	{ "TARGET-SILENT", ENTERED TEN_OK "D:e000edf0=13*3 x", SILENT }, /* garbled, but answered */
	{ "TARGET-SILENT", OPENED "E:17", ERROR },
	{ "TARGET-SILENT", OPENED "E:13", SILENT },
	{ "TARGET-SILENT", ENTERED TEN_OK "G:80 D:e000edf0=09*3 x", SILENT }, /* LOST-AFTER-RUN says more */
	{ "TARGET-SILENT", OPENED "E:05", ERROR },
	{ "TARGET-SILENT", OPENED "E:16", ERROR },
	{ "TARGET-SILENT", OPENED "E:80 I?09", ERROR },
	{ "TARGET-SILENT", OPENED "E:80 P?16", ERROR },
	{ "TARGET-SILENT", OPENED "J:05 E:80 I:2ba01477 " TEN_OK "x", SILENT },
	{ "TARGET-SILENT", HEALTHY, SILENT },
	{ "TARGET-SILENT", ENTERED TEN_OK "x E:09", ERROR }, /* lost in mid-session */
	{ "TARGET-SILENT-OLDFW", OPENED "E:80 I:0", ERROR },
	{ "TARGET-SILENT-OLDFW", OPENED "E:80 I:ffffffff", ERROR },
	{ "TARGET-SILENT-OLDFW", OPENED "E:80 I:2ba01477", SILENT },
	{ "TARGET-SILENT-OLDFW", OPENED "E:80 I:0 I:2ba01477", SILENT }, /* the first was read in reset */
	{ "ENTER-REFUSED", OPENED "E:06", ERROR },
	{ "DPIDR-ZERO-ONES", OPENED "E:80 P:0", ERROR },
	{ "DPIDR-ZERO-ONES", OPENED "E:80 P:ffffffff", ERROR },
	{ "DPIDR-ZERO-ONES", OPENED "E:80 P:2ba01477", SILENT },
	{ "DPIDR-ZERO-ONES", OPENED "E:80 I:0", SILENT }, /* the probe's own reading of it */
	{ "TARGET-SILENT-OLDFW", OPENED "E:80 P:0", SILENT },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "G:80 D:e000edf0=09*3 x", WARNING },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "N:1 D:e000edf0=14*2 x", WARNING },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "N:1 D:e000edf0=14*2 wait:900", WARNING },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "N:1 R:20000000=14*2 R:20000000", SILENT },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "N:1 D:e000edf0=14*2", SILENT }, /* the capture ends while it tries again */
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "N:1 D:e000edf0=14 E:09", SYMPTOM },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "G:80 D:e000edf0=14*9", SYMPTOM },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "G:80 H:80 R:20000000=14*3", SILENT }, /* it was halted again */
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "G:80 D:e000edf0=09*3 D:e000edf0=80 x", SILENT },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "G:80 D:e000edf0=09*3 E:80 x", SILENT },
	{ "LOST-AFTER-RUN", ENTERED TEN_OK "G:80 D:e000edf0=80 wait:6000 D:e000edf0=09*3 x", SILENT }, /* not by the run */
	{ "LOST-AFTER-RUN", OPENED "E:80 N:1 D:e000edf0=09*3 x", SILENT }, /* had never answered */
	{ "LOST-AFTER-RUN", ENTERED "G:80 D:e000edf0=11*3 x", SILENT }, /* a fault is an answer */
	{ "DBG-POWER", OPENED "E:0b", ERROR },
	{ "DBG-POWER", ENTERED "R:20000000=0b x", ERROR },
	{ "DBG-POWER", OPENED "E:0b E:80 I:2ba01477 " TEN_OK "x", INFO }, /* it came round */
	{ "DBG-POWER", OPENED "E:09", SILENT },
	{ "DBG-POWER", ENTERED "Y:50000000 wait:60 Y:50000000 wait:60 Y:50000000 x", ERROR },
	{ "DBG-POWER", ENTERED "Y:50000000 wait:60 Y:50000000 wait:60 Y:f0000000 x", SILENT }, /* a slow one */
	{ "DBG-POWER", ENTERED "Y:f0000000 Y:00000000 wait:200 Y:00000000 x", SILENT }, /* switched off on purpose */
	{ "NRST-NO-EFFECT", ENTERED "D:e000edf0=80/01000001 N:0 N:1 D:e000edf0=80/01000001 x", WARNING },
	{ "NRST-NO-EFFECT", ENTERED "N:2 D:e000edf0=80/01000001 x", WARNING },
	{ "NRST-NO-EFFECT", OPENED "N:0 E:80 D:e000edf0=80/02030003 N:1 D:e000edf0=80/00030003 x", WARNING }, /* what was read first was the power-up */
	{ "NRST-NO-EFFECT", OPENED "N:0 E:80 D:e000edf0=80/02010001*2 Z:80 N:1 D:e000edf0=80/02030003 D:e000edf0=80/00030003 x", SILENT },
	{ "NRST-NO-EFFECT", ENTERED "N:0 N:1 D:e000edf0=80/03000001 x", SILENT },
	{ "NRST-NO-EFFECT", ENTERED "N:0 N:1 R:e000edf0 D:e000edf0=80/01000001 x", SILENT }, /* another read may have cleared it */
	{ "NRST-NO-EFFECT", ENTERED "N:0 N:1 hole D:e000edf0=80/01000001 x", SILENT }, /* so may what the capture lost */
	{ "NRST-NO-EFFECT", ENTERED "N:0 N:1 open!D:e000edf0 D:e000edf0=80/01000001 x", SILENT },
	{ "NRST-NO-EFFECT", ENTERED "N:0 N:1 cut!D:e000edf0=80 D:e000edf0=80/01000001 x", SILENT },
	{ "NRST-NO-EFFECT", ENTERED "N:0 N:1 wait:500 D:e000edf0=80/01000001 x", SILENT },
	{ "NRST-NO-EFFECT", ENTERED "N:0 D:e000edf0=09 N:1 D:e000edf0=80/03000001 x", SILENT }, /* cannot be read while NRST is low */
	{ "RESET-HELD", ENTERED "D:e000edf0=80/02000000 wait:200 D:e000edf0=80/02000000 wait:200 D:e000edf0=80/02000000 wait:200 "
	                "D:e000edf0=80/02000000 wait:200 D:e000edf0=80/02000000 x", ERROR },
	{ "RESET-HELD", ENTERED "N:0 D:e000edf0=80/02000000 wait:200 D:e000edf0=80/02000000 wait:200 D:e000edf0=80/02000000 wait:200 "
	                "D:e000edf0=80/02000000 wait:200 D:e000edf0=80/02000000 N:1 x", SILENT }, /* by the probe */
	{ "RESET-HELD", ENTERED "D:e000edf0=80/02000000*20 x", SILENT }, /* within the length of a pulse */
	{ "SELF-RESET", ENTERED "D:e000edf0=80/00000001 D:e000edf0=80/02000001 D:e000edf0=80/00000001 D:e000edf0=80/02000001 "
	                "D:e000edf0=80/00000001 D:e000edf0=80/02000001 x", WARNING },
	{ "SELF-RESET", ENTERED "H:80 D:e000edf0=80/00030003 D:e000edf0=80/01000000 H:80 D:e000edf0=80/00030003 D:e000edf0=80/01000000 x", WARNING },
	{ "SELF-RESET", ENTERED "D:e000edf0=80/00000001 Z:80 D:e000edf0=80/02000001 D:e000edf0=80/00000001 N:2 D:e000edf0=80/02000001 "
	                "D:e000edf0=80/00000001 d:e000ed0c=80/05fa0004 D:e000edf0=80/02000001 x", SILENT }, /* asked for */
	{ "SELF-RESET", ENTERED "D:e000edf0=80/02000001 D:e000edf0=80/00000001*20 x", SILENT }, /* power-up */
	{ "HALT-IGNORED", ENTERED "H:80 wait:20 D:e000edf0=80/01000003*4 x", WARNING },
	{ "HALT-IGNORED", ENTERED "H:80 wait:20 R:e000edf0=80/01000003*4 x", WARNING }, /* whichever way DHCSR is read */
	{ "HALT-IGNORED", ENTERED "H:80 wait:20 D:e000edf0=80/01000003*4 D:e000edf0=80/00030003 x", SILENT },
	{ "HALT-IGNORED", ENTERED "H:80 D:e000edf0=80/01000003*4 x", SILENT }, /* asked at once */
	{ "HALT-IGNORED", ENTERED "H:80 wait:20 D:e000edf0=80/03000003*4 x", SILENT }, /* a reset came in between */
	{ "HALT-IGNORED", ENTERED "H:80 wait:20 D:e000edf0=80/01000001*4 x", SILENT }, /* the order is gone */
	{ "SLEEPING", ENTERED "D:e000edf0=80/01040001 x", INFO },
	{ "SLEEPING", ENTERED "D:e000edf0=80/00070003 x", SILENT }, /* halted in its sleep */
	{ "LOCKUP", ENTERED "D:e000edf0=80/01080001 x", WARNING },
	{ "LOCKUP", ENTERED "R:8000000=80/ffffffff D:e000edf0=80/01080001 x", INFO }, /* an empty chip */
	{ "LOCKUP", ENTERED "D:e000edf0=80/01080001 R:8000000=11 R:20000000=80 x", SYMPTOM }, /* a protected chip cannot run while it is debugged */
	{ "LOCKUP", ENTERED "D:e000edf0=80/01000001 x", SILENT },
	{ "CORE-UNKNOWN", ENTERED "R:e000ed00=80/0 x", WARNING },
	{ "CORE-UNKNOWN", ENTERED "R:e000ed00=80/0 R:e000ed00=80/410fc241 x", SILENT },
	{ "CORE-UNKNOWN", ENTERED "R:e000ed00=11 x", SILENT },
	{ "CORE-UNKNOWN", OPENED "E:80 I:2ba01477 O:0=1d R:e000ed00=80/0 x", SYMPTOM }, /* of an access port with nothing behind it */
	{ "CHIPID-NOT-READ", ENTERED "D:e0042000=11 x", WARNING },
	{ "CHIPID-NOT-READ", ENTERED "D:e0042000=11 R:20000000=80 x", INFO },
	{ "CHIPID-NOT-READ", ENTERED "in3000!D:e0042000", SYMPTOM },
	{ "CHIPID-NOT-READ", ENTERED "D:e0042000=11 D:40015800=80/20006460 x", SILENT }, /* another address, another family */
	{ "CHIPID-NOT-READ", ENTERED "in20!D:e0042000", SILENT }, /* Ctrl-C */
	{ "CHIPID-NOT-READ", ENTERED "D:e0042000=80/10006431 x", SILENT },
	{ "CHIP-UNKNOWN", ENTERED "D:e0042000=80/10006abc x", INFO },
	{ "CHIP-UNKNOWN", ENTERED "D:e0042000=80/10006413 x", SILENT },
	{ "CHIP-UNKNOWN", ENTERED "D:e0042000=80/0 D:40015800=80/20006460 x", SILENT }, /* nothing at that address */
	{ "IDCODE-UNEXPECTED", OPENED "E:80 I:1ba01477 M:2 x", INFO },
	{ "IDCODE-UNEXPECTED", OPENED "E:80 I:1ba01477 D:e000edf0=80 M:2 x", SILENT },
	{ "IDCODE-UNEXPECTED", OPENED "E:80 I:12345678 M:2 x", SILENT },
	{ "AUTH-CHECK", ENTERED "R:e00fffd0+32=80 M:2 x", INFO },
	{ "AUTH-CHECK", ENTERED "a:0=e00ff003 x", INFO },
	{ "AUTH-CHECK", ENTERED "a:0=e00ff003 R:e00fffd0+32=80 R:e000e000+4=80 M:2 x", SILENT }, /* it goes on: probe-rs info */
	{ "AUTH-CHECK", ENTERED "R:e00fffd0+32=80 wait:3000 x", SILENT },
	{ "WRONG-CHIP", ENTERED "D:e0042000=80/10006431 d:40022004=80/45670123 x", WARNING }, /* an F411, and the keys of an F1 */
	{ "WRONG-CHIP", ENTERED "D:e0042000=80/20036410 d:40022004=80/45670123 x", SILENT },
	{ "WRONG-CHIP", ENTERED "d:40022004=80/45670123 x", SILENT }, /* nobody asked which chip it is */
	{ "WRONG-CHIP", ENTERED "D:5c001000=80/20036450 d:40022008=80/10000000 x", SILENT }, /* in an H7 that is a converter */
	{ "AP0-EMPTY", OPENED "E:80 I:6ba02477 O:0=1d O:1=80 R:e000ed00@1=80/411fd210 x", WARNING },
	{ "AP0-EMPTY", OPENED "E:80 I:6ba02477 A:0=0 A:1=84770001 R:e000ed00@1=80/411fd210 x", WARNING },
	{ "AP0-EMPTY", OPENED "E:80 I:2ba01477 O:0=80 O:1=1d R:e000ed00@0=80/410fc241 x", SILENT }, /* the ghost of a WLE */
	{ "ENTER-REFUSED", OPENED "E:01", ERROR },
	{ "ENTER-REFUSED", OPENED "E:0b", SYMPTOM },
	{ "ENTER-REFUSED", "pid:3744 V:13 M:1 csw!E:80 M:1", ERROR },
	{ "ENTER-REFUSED", "V0 M:1 E:06", SYMPTOM },
	{ "ENTER-REFUSED", OPENED "E:0e", SYMPTOM },
	{ "ENTER-REFUSED", OPENED "E:09", SILENT },
	{ "ENTER-REFUSED", OPENED "E:06 E:80 I:2ba01477 x", SILENT },
	{ "VTREF-LOW", "V:40 M:1 T:20 E:09", WARNING },
	{ "VTREF-LOW", "V:40 M:1 T:20 E:80 I:2ba01477 x", SILENT },
	{ "VTREF-LOW", "V:40 M:0 T:20 xd M:1 E:09", SILENT }, /* a reading in DFU mode means nothing */
	{ "VTREF-LOW", "V:40 M:0 xd T:20 E:09", WARNING },
	{ "VTREF-LOW", "V:40 M:1 T0 E:09", SILENT },
	{ "VTREF-NOT-WIRED", "V:40 M:1 T:20 E:80 I:2ba01477 x", INFO },
	{ "VTREF-NOT-WIRED", "V:40 M:1 T:20 E:09", SILENT },
	{ "VTREF-DEAD-ADC", "V:40 M:1 T0 E:80 I:2ba01477 x", INFO },
	{ "VTREF-DEAD-ADC", "V:40 M:1 T:20 E:09", SILENT },
	{ "VTREF-FLOAT", "V:40 M:1 T:1550 E:09", INFO },
	{ "VTREF-FLOAT", "V:40 M:1 T:1800 E:09", SILENT },
	{ "VTREF-FLOAT", "V:40 M:1 T:1650 E:80 I:0bc11477 x", SILENT }, /* a board that runs at that */
	{ "VTREF-HIGH", "V:40 M:1 T:5980 E:80 I:2ba01477 x", WARNING },
	{ "VTREF-HIGH", "V:40 M:1 T:3600 E:80 I:2ba01477 x", SILENT },
	{ "VTREF-HIGH", "V:40 M:1 T:3686460 E:80 I:2ba01477 x", SILENT }, /* that is no voltage */
	{ "VTREF-SAG", ENTERED "T:3270 T:2700 T:3260 x", WARNING },
	{ "VTREF-SAG", ENTERED "T:3270 T:3100 T:3260 x", SILENT },
	{ "VTREF-SAG", "V:40 M:1 T:20 T:1200 T:3270 E:80 I:2ba01477 x", SILENT }, /* a board that is switched on */
	{ "CLONE-VOLTAGE-HINT", "pid:3748 V:29 M:1 T:3190 E:09", INFO },
	{ "CLONE-VOLTAGE-HINT", "pid:3748 V:29 M:1 T:3190 E:80 I:1ba01477 x", SILENT },
	{ "CLONE-VOLTAGE-HINT", "V:29 M:1 T:3190 E:09", SILENT }, /* a V2-1 measures */
	{ "JTAG-ONLY", OPENED "J:05", WARNING },
	{ "JTAG-ONLY", OPENED "J:05 E:80 I:2ba01477 x", SILENT },
	{ "JTAG-ONLY", OPENED "J:05 E:09", SILENT },
	{ "JTAG-ONLY", OPENED "J:80 I:3ba00477 x", SILENT },
	{ "JTAG-TRY-FAILED", OPENED "J:05 E:80 I:2ba01477 x", INFO },
	{ "JTAG-TRY-FAILED", OPENED "J:05", SILENT },
	{ "SWD-LINE-NOISE", ENTERED TEN_OK "D:e000edf0=16 " TEN_OK "D:e000edf0=13 D:e000edf0=80 D:e000edf0=12 x", ERROR },
	{ "SWD-LINE-NOISE", ENTERED TEN_OK TEN_OK "D:e000edf0=16 " TEN_OK "x", SILENT },
	{ "SWD-LINE-NOISE", ENTERED "D:e000edf0=80*9000 D:e000edf0=16 D:e000edf0=80 D:e000edf0=16 D:e000edf0=80 D:e000edf0=16 x", WARNING },
	{ "SPEED-CURED", "V:40 M:1 S:0 E:80 I:2ba01477 D:e000edf0=16 S:15 D:e000edf0=80 x", INFO },
	{ "SPEED-CURED", "V:40 M:1 S:0 E:09 ; V:40 M:1 S:15 E:80 I:2ba01477 x", INFO },
	{ "SPEED-CURED", "V:40 M:1 S:0 E:09 ; V:40 M:1 S:0 E:80 I:2ba01477 x", SILENT }, /* the same clock */
	{ "SPEED-CURED", "V:40 M:1 S:15 E:09 ; V:40 M:1 S:0 E:80 I:2ba01477 x", SILENT }, /* a faster one */
	{ "SPEED-CURED", "V:40 M:1 S:0 J:05 S:15 E:80 I:2ba01477 x", SILENT }, /* JTAG first, as some do */
	{ "SPEED-INHERITED", "V:40 M:1 T:3270 E:80 I:2ba01477 x", INFO },
	{ "SPEED-INHERITED", ENTERED "x", SILENT },
	{ "SPEED-INHERITED", "fresh V:40 M:1 T:3270 E:80 I:2ba01477 x", SILENT }, /* its own default */
	{ "SPEED-INHERITED", "pid:374e X:3,10 M:1 E:80 I:2ba01477 x", SILENT },
	{ "WAIT-STUCK", ENTERED "R:20000000=14*9 x", ERROR },
	{ "WAIT-STUCK", OPENED "E:14*8", ERROR },
	{ "WAIT-STUCK", ENTERED "R:20000000=14*4 R:20000004=14*4 R:20000008=14*4 x", ERROR },
	{ "WAIT-STUCK", ENTERED "R:20000000=14*9 R:20000000=80 x", SILENT },
	{ "WAIT-STUCK", ENTERED "R:20000000=14*3 x", SILENT },
	{ "WAIT-RECOVERED", ENTERED "R:20000000=14*9 R:20000000=80 x", INFO },
	{ "WAIT-RECOVERED", ENTERED "R:20000000=14*9 x", SILENT },
	{ "BAD-AP", OPENED "E:80 I:2ba01477 O:0=1d x", ERROR },
	{ "BAD-AP", OPENED "E:80 I:2ba01477 O:0=80 A:0=24770011 O:1=1d x", INFO },
	{ "BAD-AP", OPENED "E:80 I:2ba01477 A:0=0 x", WARNING },
	{ "BAD-AP", OPENED "E:80 I:2ba01477 A:0=24770011 A:1=0 A:2=0 A:3=0 x", SILENT }, /* the end of pyOCD's scan */
	{ "FLASH-LOCKED-RDP", ENTERED "R:8000000=11 R:20000000=80 x", ERROR },
	{ "FLASH-LOCKED-RDP", ENTERED "D:8000000=01 W:20000000=80 x", ERROR },
	{ "FLASH-LOCKED-RDP", ENTERED "R:8000000=11 R:20000000=11 x", SILENT },
	{ "FLASH-LOCKED-RDP", ENTERED "R:8000000=11 R:8000000=80 R:20000000=80 x", SILENT },
	{ "FLASH-LOCKED-RDP", ENTERED "R:8000000 R:20000000=80 x", SILENT }, /* nobody asked for its status */
	{ "MEMORY-REFUSED", ENTERED "R:8000000=11 R:20000000=11 R:20000004=11 x", ERROR },
	{ "MEMORY-REFUSED", ENTERED "R:50000000=11 x", WARNING },
	{ "MEMORY-REFUSED", ENTERED "R:60000000=11 x", INFO }, /* no STM32 has anything there by itself */
	{ "MEMORY-REFUSED", ENTERED "R:20000000=14*3", INFO }, /* the capture ends while it tries again */
	{ "MEMORY-REFUSED", ENTERED "R:20000000=14*3 x", ERROR },
	{ "MEMORY-REFUSED", ENTERED "cut!R:20000000=80 x", SILENT }, /* cut by the capture, and OK */
	{ "MEMORY-REFUSED", ENTERED "short!D:20000000=80 x", SILENT }, /* REPLY-SHORT */
	{ "MEMORY-REFUSED", ENTERED "D:1fff7a22=0a x", SILENT }, /* the address was odd, not the memory */
	{ "MEMORY-REFUSED", ENTERED "R:20000000=14*9 x", SYMPTOM },
	{ "MEMORY-REFUSED", ENTERED "B:20000000+128=0c x", SILENT }, /* R8-TOO-LONG */
	{ "MEMORY-REFUSED", ENTERED "R:20000000=11 B:20000000+128=0c*2 x", ERROR }, /* it was refused before */
	{ "MEMORY-REFUSED", ENTERED "R:50000000=11 R:20000000=11 D:e000edf0=11*2 x", SYMPTOM },
	{ "FLASH-LOCKED-RDP", ENTERED "D:e0042000=80/10006431 D:40023c14=80/0fff55ed R:8000000=11 R:20000000=80 x", ERROR },
	{ "RDP-BYTE", ENTERED "D:e0042000=80/10006431 D:40023c14=80/0fff55ed x", INFO },
	{ "RDP-BYTE", ENTERED "D:e0042000=80/10006431 D:40023c14=80/0fffaaed x", SILENT },
	{ "RDP-BYTE", ENTERED "D:e0042000=80/20036410 R:4002201c=80/03fffffe x", INFO }, /* F1: RDPRT */
	{ "RDP-BYTE", ENTERED "D:e0042000=80/20036410 R:4002201c=80/03fffffc x", SILENT },
	{ "MEM-FAULT", ENTERED "R:a0000000=11 R:20000000=80 x", INFO },
	{ "MEM-FAULT", ENTERED "R:20000000=80 R:a0000000=11 x", SILENT }, /* nothing works behind it */
	{ "MEM-FAULT", ENTERED "R:8000000=11 R:20000000=80 x", SILENT }, /* flash is there */
	{ "FAULT-AFTER-HALT", "pid:374e X:3,7 M:1 F:1000 E:80 I:2ba01477 H:80 R:20000000=11 R:20000000=80 x", INFO },
	{ "FAULT-AFTER-HALT", ENTERED "H:80 R:20000000=11 R:20000000=80 x", SILENT }, /* no V3 */
	{ "FAULT-AFTER-HALT", "pid:374e X:3,7 M:1 F:1000 E:80 I:2ba01477 H:80 wait:50 R:20000000=11 R:20000000=80 x", SILENT },
	{ "LOADER-CRASH", LOADER "D:e000edf0=80/01080009 x", ERROR },
	{ "LOADER-CRASH", LOADER "D:e000edf0=80/01000009 D:e000edf0=80/00030009 y:15=80/f1000003 x", ERROR },
	{ "LOADER-CRASH", LOADER "D:e000edf0=80/01000009 D:e000edf0=80/00030009 y:15=80/2000002c x", SILENT },
	{ "LOADER-CRASH", ENTERED "W:20000000+64=80 p:15=80/20000000 G:80 D:e000edf0=80/01080009 x", SILENT }, /* no loader: a program in RAM */
	{ "LOCKUP", LOADER "D:e000edf0=80/01080009 x", SILENT }, /* LOADER-CRASH says more */
	{ "LOADER-TIMEOUT", LOADER "D:e000edf0=80/01000009*60 wait:2500 D:e000edf0=80/01000009 y:15=80/20000010 x", ERROR },
	{ "LOADER-TIMEOUT", LOADER "D:e000edf0=80/01000009*60 wait:6000 D:e000edf0=80/01000009", ERROR }, /* to the end of the capture */
	{ "LOADER-TIMEOUT", LOADER "D:e000edf0=80/01000009*60 wait:2900 D:e000edf0=80/00030009 y:15=80/20000010 x", SILENT }, /* a slow erase */
	{ "LOADER-TIMEOUT", LOADER "D:e000edf0=80/01000009*60 wait:2900 D:e000edf0=80/01000009", SILENT }, /* it may still end */
	/* the firmware, behind the loader */
	{ "LOADER-TIMEOUT", LOADER "D:e000edf0=80/00030009 G:80 D:e000edf0=80/01000001*60 wait:5000 D:e000edf0=80/01000001 H:80 x", SILENT },
	{ "HALT-IGNORED", LOADER "D:e000edf0=80/01000009*60 wait:2500 D:e000edf0=80/01000009 H:80 wait:20 D:e000edf0=80/0100000b*4 x", SYMPTOM },
	{ "FLASH-SR-ERROR", F411 UNLOCK "d:40023c10=80/00010002 D:40023c0c=80/00000010 x", ERROR },
	{ "FLASH-SR-ERROR", F411 UNLOCK "d:40023c10=80/00000201 W:8000000+4=80 R:40023c0c=80/000000c0 x", ERROR },
	{ "FLASH-SR-ERROR", F411 "D:40023c0c=80/00000080 x", INFO }, /* before anything was done */
	{ "FLASH-SR-ERROR", F411 "D:40023c0c=80/00000080 " UNLOCK "d:40023c10=80/00010002 D:40023c0c=80/00000080 x", INFO }, /* it still stands */
	{ "FLASH-SR-ERROR", F411 UNLOCK "d:40023c10=80/00010002 D:40023c0c=80/00010001 x", SILENT }, /* busy, done */
	{ "FLASH-STILL-LOCKED", F411 "d:40023c04=80/45670123 d:40023c04=80/cdef89ab D:40023c10=80/80000000 x", ERROR },
	{ "FLASH-STILL-LOCKED", F411 "D:40023c10=80/80000000 " UNLOCK "D:40023c10=80/00000000 d:40023c10=80/80000000 D:40023c10=80/80000000 x", SILENT },
	{ "FLASH-STILL-LOCKED", F411 "d:40023c04=80/45670123 D:40023c10=80/80000000 x", SILENT }, /* one key is not enough */
	{ "VERIFY-DIFF", F411 UNLOCK "W:8000000+64=80/11223344 R:8000000+64=80/11223340 x", ERROR },
	{ "VERIFY-DIFF", LOADER_DATA "D:e000edf0=80/00030009 R:8000100+64=80/ffffffff x", ERROR }, /* through a loader */
	{ "VERIFY-DIFF", LOADER_DATA "D:e000edf0=80/00030009 R:8000100+64=80/11223344 x", SILENT },
	{ "VERIFY-DIFF", F411 UNLOCK "W:8000000+64=80/11223344 R:8000000+64=80/11223344 x", SILENT },
	{ "VERIFY-DIFF", F411 UNLOCK "W:8000000+64=80/11223344 R:8000040+64=80/55667788 x", SILENT }, /* not what was sent */
	{ "VERIFY-DIFF", F411 UNLOCK "W:8000000+64=80/11223344 d:40023c10=80/00010002 R:8000000+64=80/ffffffff x", SILENT }, /* erased again */
	{ "VERIFY-DIFF", F411 UNLOCK "W:8000000+64=80/11223344 Z:80 R:8000000+64=80/11223340 x", SILENT }, /* the firmware ran */
	{ "VERIFY-DIFF", F411 UNLOCK "W:8000000+64=80/11223344 R:8000000+64=11 x", SILENT },
	{ "VERIFY-DIFF", ENTERED "W:20000000+64=80/11223344 R:20000000+64=80/55667788 x", SILENT }, /* RAM may change */
	{ "FLASH-SIZE-BAD", F411 "R:1fff7a20=80/ffffffff x", WARNING },
	{ "FLASH-SIZE-BAD", F411 "R:1fff7a20=80/0200ffff x", SILENT },
	{ "BLANK-CHIP", ENTERED "R:8000000+8=80/ffffffff x", INFO },
	{ "BLANK-CHIP", ENTERED "R:8000000+8=80/20020000 x", SILENT },
	{ "DEBUG-LEFT-ON", ENTERED "H:80 d:e000edfc=80/01000501 G:80 wait:5000", WARNING },
	{ "DEBUG-LEFT-ON", ENTERED "H:80 d:e000edfc=80/01000501 G:80 x", INFO }, /* EXIT may switch it off */
	{ "DEBUG-LEFT-ON", ENTERED "H:80 d:e000edfc=80/01000501 G:80", SILENT }, /* it may go on */
	{ "DEBUG-LEFT-ON", ENTERED "H:80 d:e000edfc=80/01000501 d:e000edfc=80/01000000 G:80 x", SILENT },
	{ "DEBUG-LEFT-ON", ENTERED "H:80 d:e000edfc=80/01000501 hole G:80 wait:5000", SILENT }, /* perhaps it was cleared there */
	{ "DEBUG-LEFT-ON", ENTERED "H:80 d:e000edfc=80/01000501 d:e000edf0=80/a05f0000 x", SILENT },
	{ "CUR-SEQUENCE", OPENED "N:0 E:80 I:2ba01477 N:1 x", INFO },
	{ "CUR-SEQUENCE", OPENED "N:0 N:1 E:80 I:2ba01477 x", SILENT },
	{ "STICKY-LEFT", ENTERED "R:20000000=80 R:50000000=11 R:20000000=11*3 x", WARNING },
	{ "STICKY-LEFT", ENTERED "R:20000000=80 R:50000000=11 C:80 R:20000000=11*3 x", SILENT },
	{ "STICKY-LEFT", ENTERED "R:20000000=80 R:50000000=11 E:80 R:20000000=11*3 x", SILENT },
	{ "STICKY-LEFT", ENTERED "R:20000000=80 R:50000000=11*9 x", SILENT }, /* a memory window on nothing */
	{ "STICKY-LEFT", ENTERED "R:20000000=80 R:50000000=11 D:e000edf0=80 R:60000000=11 D:e000edf0=80 R:70000000=11*2 x", SILENT },
	{ "STICKY-LEFT", ENTERED "R:20000000=80 R:8000000=11*9 x", SILENT }, /* locked flash */
	{ "CLONE-F103", ENTERED "D:e0042000=80/20036410 x", WARNING },
	{ "CLONE-F103", ENTERED "D:e0042000=80/10006413 x", SILENT }, /* a genuine F4 */
	{ "CLONE-F103", OPENED "E:80 I:1ba01477 D:e0042000=80/20036410 x", SILENT }, /* a genuine F103 */
	{ "SWIM-ERROR", "V:37 M:1 xd ws q:00 q:01 q:04", ERROR },
	{ "SWIM-ERROR", "V:37 M:1 xd ws q:01*600 xs", ERROR },
	{ "SWIM-ERROR", "V:37 M:1 xd ws q:01*400 q:00 q:01*400 q:00 xs", SILENT },
	{ "MEMORY-REFUSED", ENTERED "R:50000000=11 R:20000000=80 x", SILENT }, /* a memory window on nothing */
	{ "MEMORY-REFUSED", ENTERED "R:e0001000=11*5 x", SILENT }, /* the private bus is no memory */
	{ "CUR-HELPED", OPENED "E:09 ; " OPENED "N:0 E:80 N:0 I:2ba01477 N:1 " TEN_OK "x", INFO },
	{ "CUR-HELPED", OPENED "E:09 ; " OPENED "E:80 I:2ba01477 " TEN_OK "x", SILENT },
	{ "CUR-HELPED", OPENED "N:0 E:09 ; " OPENED "N:0 E:80 I:2ba01477 x", SILENT },

	{ "USB-ALL-FINE", OPENED "E:09 M:1", INFO },
	{ "USB-ALL-FINE", OPENED "line!M:1 wait:900 E:09", SILENT },
	{ "USB-ALL-FINE", HEALTHY, SILENT },
	{ "EXIT-MISSING", ENTERED TEN_OK "wait:5000", INFO },
	{ "EXIT-MISSING", ENTERED "lost!D:e000edf0 gone! wait:20000", SYMPTOM },
	{ "EXIT-MISSING", ENTERED "out3000!D:e000edf0 out3000!x", SYMPTOM }, /* an exit that the probe never took */
	{ "EXIT-MISSING", HEALTHY, SILENT },
	{ "EXIT-MISSING", OPENED "E:09", SILENT },
	{ "HEALTHY", HEALTHY, INFO },
	{ "HEALTHY", ENTERED TEN_OK, SILENT },
	{ "HEALTHY", OPENED "E:80 O:0=80 A:0=0 x", SILENT }, /* all OK, and nothing ever came back */
	{ "HEALTHY", ENTERED "in3000!D:e000edf0 M:2 x", SILENT },
	{ "HEALTHY", ENTERED "R:20000000=14*9 x", SILENT },
	{ "HEALTHY", ENTERED "D:e000edf0=80/01080001 x", SILENT }, /* its core is locked up */
};

static enum want seen(const struct finding *finding)
{
	if (!finding)
		return SILENT;
	if (finding->demoted_by)
		return SYMPTOM;
	return finding->severity == SEVERITY_ERROR ? ERROR : finding->severity == SEVERITY_WARNING ? WARNING : INFO;
}

static const char *const want_names[] = { "silent", "info", "warning", "error", "symptom" };

static void rules_fire_and_do_not(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct story story;
		enum want got;

		assert_non_null(rule_find(cases[i].id));
		story_tell(&story, cases[i].story);
		got = seen(story_finding(&story, cases[i].id));
		if (got != cases[i].want) {
			print_error("%s: %s, not %s: %s\n", cases[i].id, want_names[got], want_names[cases[i].want], cases[i].story);
			wrong++;
		}
		story_end(&story);
	}
	assert_int_equal(wrong, 0);
}

/* A capture without any probe cannot be told as a story: the facts are empty. */
static void empty_capture(void **state)
{
	struct capture_facts capture = { .records = 20 };
	struct report report = { 0 };

	(void)state;
	report_make(&report, &capture);
	assert_int_equal(report.finding_count, 1);
	assert_string_equal(report.findings[0].rule->id, "CAP-EMPTY");
	assert_int_equal(report.verdict_side, SIDE_CAPTURE);
	report_free(&report);
}

/* Every rule of the catalogue, which is not part of the project, can be decided from traffic. */
static void the_catalogue_is_covered(void **state)
{
	FILE *file = fopen("../shared/rules.tsv", "r");
	unsigned missing = 0, rows = 0;
	char line[4096];

	(void)state;
	if (!file) {
		print_message("SKIPPED: ../shared/rules.tsv is not there\n");
		skip();
	}
	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\t\n")] = '\0';
		if (!*line || !strcmp(line, "id"))
			continue;
		rows++;
		if (rule_find(line))
			continue;
		print_error("%s is in the catalogue and no rule\n", line);
		missing++;
	}
	fclose(file);
	assert_true(rows > 0);
	assert_int_equal(missing, 0);
}

#define STORY_SHOWN 48

/* How many stories a rule has in which it fires or is silent, and the shortest of them. */
static unsigned stories_of(const struct rule *rule, bool silent, const char **shortest)
{
	unsigned count = 0;

	*shortest = "-";
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		if (strcmp(cases[i].id, rule->id) || (cases[i].want == SILENT) != silent)
			continue;
		if (!count++ || strlen(cases[i].story) < strlen(*shortest))
			*shortest = cases[i].story;
	}
	return count;
}

/* The end of a story: stories begin alike. */
static const char *end_of(const char *story)
{
	size_t length = strlen(story);

	return length > STORY_SHOWN ? story + length - STORY_SHOWN : story;
}

static void every_rule_has_both(void **state)
{
	unsigned lacking = 0;

	(void)state;
	print_message("%-20s %-*s %s\n", "rule", STORY_SHOWN + 4, "fires in: number of stories, end of the shortest", "silent in");
	for (const struct rule *rule = rules; rule->id; rule++) {
		const char *loud_story, *quiet_story;
		unsigned fires = stories_of(rule, false, &loud_story), silent = stories_of(rule, true, &quiet_story);

		print_message("%-20s %2u  %-*s %2u  %s\n", rule->id, fires, STORY_SHOWN, end_of(loud_story), silent, end_of(quiet_story));
		if (!fires || !silent) {
			print_error("%s has no case in which it %s\n", rule->id, fires ? "is silent" : "fires");
			lacking++;
		}
	}
	assert_int_equal(lacking, 0);
}

/* What healthy clients do that looks odd: nothing above info may come of it (failures.md, cheat-sheet). */
static void confounders_are_quiet(void **state)
{
	static const char *const stories[] = {
		HEALTHY,
		"M:1 V:40 T:3270 M:1 M:1 V:40 T:3270 S:3 M:1 E:80 P:2ba01477 A:0=24770011 A:1=0 O:0=80 R:20000000=80 M:2 x M:1",
		"pid:3748 v:16 M:0 xd T:2910 E:80 D:e000edf0=80 R:e000ed00=80/412fc230 R:8000000=80 T:2918 M:2 x",
		/* stlink-tools: a reset pulse, one by the probe, erase and loader with a slow answer, and what it wrote read back */
		"V:40 M:1 S:1 M:1 E:80 D:e000edf0=80/03010000 N:0 N:1 Z:80 D:e000edf0=80/03010000 I:2ba01477 D:e0042000=80/10006431 "
		"D:1fff7a20=80/0200ffff H:80 D:e000edf0=80/03030003 " UNLOCK "D:40023c10=80/0 d:40023c10=80/00010002 D:40023c0c=80/00010000 "
		"D:40023c0c=80/0 W:20000000+32=80 W:20000020+64=80/11223344 p:0=80/20000020 p:1=80/08000000 p:2=80/40 p:3=80/0 p:15=80/20000000 "
		"G:80 D:e000edf0=80/0103000b y:2=80/0 R:8000000+64/11223344 d:e000edf0=80/a05f0000 x",
		/* OpenOCD: connected under reset, halted by the vector catch */
		OPENED "N:0 E:80 M:2 O:0=80 R:e000ed00=80/410fc241 R:e000edf0=80/03000000 W:e000edf0=80/a05f0003 W:e000edfc=80/01000401 N:1 "
		"R:e000edf0=80/02030003 R:e000edf0=80/00030003 I:2ba01477 R:8000000+8=80/20020000 W:e000edfc=80/01000000 W:e000edf0=80/a05f0001 x",
		/* an empty chip */
		F411 "R:8000000+8=80/ffffffff D:e000edf0=80/01080001 H:80 D:e000edf0=80/000b0003 R:20000000=80 x",
		/* a program that idles */
		F411 "D:e000edf0=80/01040001*20 R:20000000=80 x",
		/* pyOCD: power down at the end, CTRL/STAT without its acknowledge */
		F411 "Y:f0000040 R:20000000=80 Y:10000000 Y:00000000 x",
		OPENED "J:05 E:80 I:2ba01477 D:e000edf0=80 x",
		ENTERED "W:20000000=0d R:20000000=80 x",
		ENTERED "R:50000000=11 R:20000000=80 x",
		"V:37 M:1 xd ws q*20 xs",
		"pid:374f X:3,13 b*40",
		"V:40 M:1 T:20 E:80 I:2ba01477 D:e000edf0=80 x",
		"V:40 M:1 T0 E:80 I:2ba01477 D:e000edf0=80 x",
		"in6000!V:40 gone reset:900 " HEALTHY,
		HEALTHY " wait:3000 ; " HEALTHY,
		HEALTHY " gone wait:30000",
		ENTERED "D:e000edf0=80 in12!D:e000edf0",
		ENTERED "D:e000edf0=10 D:e000edf0=11 D:e000edf0=80 x",
		ENTERED "O:1=1d O:2=1d O:3=1d R:20000000=80 x",
		"M:1 V:40 T:3270",
		"serial:14 " HEALTHY,
		"device:0483:5740 " HEALTHY,
	};
	unsigned loud = 0;

	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
		struct story story;

		story_tell(&story, stories[i]);
		for (size_t s = 0; s < story.report.session_count; s++) {
			const struct session_report *session = &story.report.sessions[s];

			/* The first, reset attempt of a client that resets its probe is honest about the answer that did not come. */
			if (!session->headline || (strstr(stories[i], "reset:") && !s))
				continue;
			print_error("%s in: %s\n", session->headline->rule->id, stories[i]);
			loud++;
		}
		story_end(&story);
	}
	assert_int_equal(loud, 0);
}

/* The words of the table can be filled, and hold nothing that a person would stumble over. */
static void words_are_whole(void **state)
{
	(void)state;
	for (const struct rule *rule = rules; rule->id; rule++) {
		const char *const texts[] = { rule->verdict, rule->aside, rule->text };
		struct match match = { .frame = { 146 }, .frame_count = 1, .count = 1 };
		char text[512];

		assert_non_null(rule->text);
		assert_non_null(rule->meaning);
		assert_non_null(rule->wire);
		assert_true(rule->session || rule->capture);
		if (rule->severity > SEVERITY_INFO && strcmp(rule->id, "CAP-TRUNCATED") && strcmp(rule->id, "CAP-HID-PRESENT"))
			assert_non_null(rule->verdict);
		if (rule->severity > SEVERITY_INFO)
			assert_non_null(rule->advice[0]);
		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
			if (!texts[i])
				continue;
			words_fill(text, sizeof text, texts[i], &match);
			assert_null(strchr(text, '{'));
			assert_true(strlen(text) < sizeof text - 1);
		}
		for (size_t i = 0; i < sizeof rule->demoted_by / sizeof rule->demoted_by[0] && rule->demoted_by[i]; i++)
			assert_non_null(rule_find(rule->demoted_by[i]));
		for (const struct rule *other = rule + 1; other->id; other++)
			assert_string_not_equal(rule->id, other->id);
	}
	assert_non_null(rule_find("target-silent"));
	assert_null(rule_find("TARGET"));
}

static void verdict_of(const char *words, const char *side, const char *part)
{
	struct story story;

	story_tell(&story, words);
	if (side)
		assert_string_equal(side_name(story.report.verdict_side), side);
	else
		assert_int_equal(story.report.verdict_side, SIDE_NONE);
	if (!strstr(story.report.verdict, part))
		fail_msg("no \"%s\" in: %s", part, story.report.verdict);
	story_end(&story);
}

static void verdicts(void **state)
{
	(void)state;
	verdict_of(HEALTHY, NULL, "the chip answered (ID 0x2ba01477)");
	verdict_of(OPENED "E:09", "target", "no chip answered on the debug pins (ENTER: GET_IDCODE_ERROR, frame 26)");
	verdict_of("V:40 M:1 T:20 E:09", "target", "the probe sees only 0.02 V");
	verdict_of(OPENED "E:09 ; " HEALTHY, "target", "a later session (frames 30 to ");
	verdict_of(OPENED "E:09 ; " OPENED "N:0 E:80 N:0 I:2ba01477 N:1 x", "target", "worked under reset");
	verdict_of(OPENED "E:09 ; " OPENED "E:09", "target", "frame 26)");
	verdict_of(ENTERED "out3000!D:e000edf0 out3000!M:2 out3000!x", "probe", "nothing worked any more after READ_IDCODES (frame 38)");
	verdict_of("V:40 in3000!M:1 shift!T:3270", "probe", "never answered");
	verdict_of(ENTERED "R:20000000=80 R:20000000=11*3 x", NULL, "; but the last 3 commands to the chip failed");
	verdict_of(ENTERED TEN_OK "G:80 D:e000edf0=09*3 E:09", "target", "it had answered until its firmware ran (WRITEDEBUGREG, frame 82)");
	verdict_of("pid:3744 V:13 M:1 csw!E:80 M:1", "target", "(ENTER: a failed command status, frame 18)");
	verdict_of(ENTERED "over!D:e000edf0", "probe", "(READDEBUGREG, frame 45)");
	verdict_of("idle", "host", "no program ever sent it a command");
	verdict_of("V:37 M:1 xd ws q*5 xs", NULL, "SWIM");
	verdict_of("pid:374f X:3,13 b*40", NULL, "bridge");
}

static bool is_said_unseen(const char *words, const char *part)
{
	struct story story;
	bool said = false;

	story_tell(&story, words);
	for (size_t i = 0; i < story.report.cannot_see_count; i++)
		said = said || strstr(story.report.cannot_see[i], part);
	story_end(&story);
	return said;
}

static void what_is_lost_is_said(void **state)
{
	(void)state;
	assert_true(is_said_unseen(ENTERED "hole D:e000edf0=80 x", "records that were lost"));
	assert_false(is_said_unseen(HEALTHY, "records that were lost"));
	assert_false(is_said_unseen("hole " HEALTHY, "records that were lost")); /* there the capture begins */
	verdict_of(ENTERED "in3000!hole M:2 x", "probe", "the probe took an unknown command and never answered");
}

/* --- what is printed --- */

static char *print_story(const char *words, unsigned verbose, bool json)
{
	struct story story;
	struct summary_style style = { .verbose = verbose };
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	story_tell(&story, words);
	if (json)
		summary_json(file, &story.report, NULL, false);
	else
		summary_text(file, &story.report, &style);
	fclose(file);
	story_end(&story);
	return text;
}

static unsigned lines_of(const char *text)
{
	unsigned lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void polling_is_folded(void **state)
{
	char *text = print_story(OPENED "E:09 ; " OPENED "E:09 ; " OPENED "E:09 ; " OPENED "E:09 ; " HEALTHY, 0, false);

	(void)state;
	assert_non_null(strstr(text, "Sessions 1 to 3: the same again (frames 30 to 86)"));
	assert_non_null(strstr(text, "Session 4"));
	assert_null(strstr(text, "Session 2"));
	free(text);
}

/* Where a later session says what helped, the list of what else could have is not the advice any more. */
static void what_helped_is_the_advice(void **state)
{
	char *text = print_story(OPENED "E:09 ; " OPENED "N:0 E:80 N:0 I:2ba01477 N:1 x", 0, false);

	(void)state;
	assert_non_null(strstr(text, "What to do\n  1. Keep connect under reset"));
	assert_null(strstr(text, "Power and ground"));
	free(text);
}

static void an_exit_that_failed_is_not_missing(void **state)
{
	char *text = print_story(ENTERED "out3000!x wait:5000", 0, false);

	(void)state;
	assert_non_null(strstr(text, "EXIT did not get through"));
	free(text);
}

static void a_failing_session_is_short(void **state)
{
	char *text = print_story(OPENED "E:09 M:1", 0, false), *line;
	char *more = print_story(OPENED "E:09 M:1", 1, false);

	(void)state;
	assert_true(lines_of(text) <= 38);
	assert_true(lines_of(more) > lines_of(text));
	assert_true(!strncmp(text, "TARGET: ", 8));
	/* All but the first line fit 100 columns: that one is a sentence. */
	for (line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") <= 100);
	free(text);
	free(more);
}

static void json_keys_are_those_of_the_contract(void **state)
{
	static const char *const top[] = { "type", "schema", "capture", "verdict", "probes", "sessions", "sessions_omitted", "findings", "cannot_see",
	                                   "unknown_commands", "other_devices" };
	static const char *const session[] = { "probe", "client_guess", "first_frame", "last_frame", "voltage", "modes", "usb_errors", "ladder",
	                                       "headline", "headline_rung", "findings" };
	static const char *const finding[] = { "id", "severity", "confidence", "side", "frames", "count", "text", "advice", "looks_the_same",
	                                       "demoted_by" };
	char *text = print_story(OPENED "E:09 stall!M:1", 0, true);
	json_t *object = json_loads(text, 0, NULL), *first;

	(void)state;
	assert_non_null(object);
	for (size_t i = 0; i < sizeof top / sizeof top[0]; i++)
		assert_non_null(json_object_get(object, top[i]));
	first = json_array_get(json_object_get(object, "sessions"), 0);
	for (size_t i = 0; i < sizeof session / sizeof session[0]; i++)
		assert_non_null(json_object_get(first, session[i]));
	assert_int_equal(json_array_size(json_object_get(first, "ladder")), RUNGS);
	assert_string_equal(json_string_value(json_object_get(first, "headline")), "TARGET-SILENT");
	assert_string_equal(json_string_value(json_object_get(first, "headline_rung")), "dp-answers");
	first = json_array_get(json_object_get(first, "findings"), 0);
	for (size_t i = 0; i < sizeof finding / sizeof finding[0]; i++)
		assert_non_null(json_object_get(first, finding[i]));
	json_decref(object);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_fire_and_do_not), cmocka_unit_test(empty_capture), cmocka_unit_test(every_rule_has_both),
		cmocka_unit_test(the_catalogue_is_covered),
		cmocka_unit_test(confounders_are_quiet), cmocka_unit_test(words_are_whole), cmocka_unit_test(verdicts), cmocka_unit_test(what_is_lost_is_said),
		cmocka_unit_test(polling_is_folded), cmocka_unit_test(what_helped_is_the_advice), cmocka_unit_test(an_exit_that_failed_is_not_missing),
		cmocka_unit_test(a_failing_session_is_short), cmocka_unit_test(json_keys_are_those_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
