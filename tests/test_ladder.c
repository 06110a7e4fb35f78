/*
 * The ladder of DESIGN section 5, a story a rung state. Words of the stories: support/story.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/story.h"

#define OPENED "V:40 M:1 T:3270 S:3 "
#define ENTERED OPENED "E:80 M:2 I:2ba01477 "

enum { NO_FRAME = 0, ANY_FRAME = -1 };

static const struct {
	const char *story;
	enum rung rung;
	enum rung_state state;
	bool implied;
	int frame;
} cases[] = {
	{ "V:40", RUNG_PROBE_ANSWERS, RUNG_MET, false, 10 },
	{ "out3000!V:40", RUNG_PROBE_ANSWERS, RUNG_FAILED, false, 10 },
	{ "in3000!V:40 M:1", RUNG_PROBE_ANSWERS, RUNG_MET, false, 14 }, /* a later proof */
	{ "in20!V:40", RUNG_PROBE_ANSWERS, RUNG_NOT_VISIBLE, false, NO_FRAME }, /* taken back early: says nothing */
	{ "short!V:40", RUNG_PROBE_ANSWERS, RUNG_FAILED, false, ANY_FRAME },

	{ "M:1 V:40", RUNG_VERSION_KNOWN, RUNG_MET, false, 14 },
	{ "X:3,10", RUNG_VERSION_KNOWN, RUNG_MET, false, 10 },
	{ "Vx:deadbeef", RUNG_VERSION_KNOWN, RUNG_FAILED, false, 10 },
	{ "shift!V:40", RUNG_VERSION_KNOWN, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ "M:1", RUNG_VERSION_KNOWN, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ "V:40 M:1", RUNG_MODE_LEFT, RUNG_MET, false, 14 },
	{ "V:40 M:0 xd M:1", RUNG_MODE_LEFT, RUNG_MET, false, 22 },
	{ "V:40 M:0 xd E:80", RUNG_MODE_LEFT, RUNG_MET, false, 22 },
	{ "V:40 M:0 xd M:0", RUNG_MODE_LEFT, RUNG_FAILED, false, 22 },
	{ "V:40 M:0 xd M:4", RUNG_MODE_LEFT, RUNG_FAILED, false, 22 },
	{ "V:40 M:0 xd M:0 M:1", RUNG_MODE_LEFT, RUNG_MET, false, 26 },
	{ "V:40 M:0", RUNG_MODE_LEFT, RUNG_NOT_ATTEMPTED, false, 14 },
	{ "V:40 M:0 xd", RUNG_MODE_LEFT, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ "V:40 D:e000edf0=80", RUNG_MODE_LEFT, RUNG_MET, true, 14 },

	{ OPENED, RUNG_TARGET_POWERED, RUNG_MET, false, 18 },
	{ "V:40 T:1400", RUNG_TARGET_POWERED, RUNG_MET, false, 14 },
	{ "V:40 M:1 T:20 E:09", RUNG_TARGET_POWERED, RUNG_FAILED, false, 18 },
	{ "V:40 M:1 T:20 E:80 I:2ba01477", RUNG_TARGET_POWERED, RUNG_MET, true, 26 },
	{ "V:40 M:1 T0 E:09", RUNG_TARGET_POWERED, RUNG_NOT_VISIBLE, false, 18 },
	{ "V:40 M:1 short!T:3270 E:09", RUNG_TARGET_POWERED, RUNG_NOT_VISIBLE, false, 18 },
	{ "V:40 M:1 E:09", RUNG_TARGET_POWERED, RUNG_NOT_VISIBLE, false, NO_FRAME },

	{ OPENED "E:80", RUNG_DEBUG_ENTERED, RUNG_MET, false, 26 },
	{ OPENED "E:09", RUNG_DEBUG_ENTERED, RUNG_FAILED, false, 26 },
	{ OPENED "J:05 E:80", RUNG_DEBUG_ENTERED, RUNG_MET, false, 30 }, /* the last one counts */
	{ OPENED "E:80 I:2ba01477 x E:09", RUNG_DEBUG_ENTERED, RUNG_FAILED, false, 38 },
	{ "V:40 M:2 D:e000edf0=80", RUNG_DEBUG_ENTERED, RUNG_MET, false, 14 }, /* st-info does not enter where it is already in */
	{ "D:e000edf0=80", RUNG_DEBUG_ENTERED, RUNG_MET, true, 10 },
	{ OPENED "in6000!E:80", RUNG_DEBUG_ENTERED, RUNG_FAILED, false, 26 },
	{ OPENED "in200!E:80", RUNG_DEBUG_ENTERED, RUNG_NOT_VISIBLE, false, 26 }, /* Ctrl-C */
	{ "pid:3744 V:13 M:1 csw!E:80 M:1", RUNG_DEBUG_ENTERED, RUNG_FAILED, false, 18 },
	{ OPENED, RUNG_DEBUG_ENTERED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ ENTERED, RUNG_DP_ANSWERS, RUNG_MET, false, 34 },
	{ OPENED "E:80 D:e000edf0=80", RUNG_DP_ANSWERS, RUNG_MET, false, 30 },
	{ OPENED "E:80 I:0", RUNG_DP_ANSWERS, RUNG_FAILED, false, 30 },
	{ OPENED "E:80 I?09", RUNG_DP_ANSWERS, RUNG_FAILED, false, 30 },
	{ OPENED "E:80 I?09 I:2ba01477", RUNG_DP_ANSWERS, RUNG_MET, false, 34 },
	{ OPENED "E:04", RUNG_DP_ANSWERS, RUNG_FAILED, false, 26 },
	{ OPENED "E:12", RUNG_DP_ANSWERS, RUNG_FAILED, false, 26 },
	{ OPENED "E:13", RUNG_DP_ANSWERS, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ OPENED "E:17", RUNG_DP_ANSWERS, RUNG_FAILED, false, 26 },
	{ OPENED "E:06", RUNG_DP_ANSWERS, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ OPENED, RUNG_DP_ANSWERS, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ ENTERED "O:0=80", RUNG_AP_OPEN, RUNG_MET, false, 38 },
	{ ENTERED "A:0=24770011", RUNG_AP_OPEN, RUNG_MET, false, 38 },
	{ ENTERED "O:0=1d", RUNG_AP_OPEN, RUNG_FAILED, false, 38 },
	{ ENTERED "A:0=0", RUNG_AP_OPEN, RUNG_FAILED, false, 38 },
	{ ENTERED "A:0=0 A:1=0", RUNG_AP_OPEN, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ ENTERED "O:0=1d O:1=80", RUNG_AP_OPEN, RUNG_MET, false, 42 },
	{ ENTERED "O:0=1d R:20000000=80", RUNG_AP_OPEN, RUNG_MET, true, 42 },
	{ ENTERED "R:20000000=80", RUNG_AP_OPEN, RUNG_NOT_VISIBLE, false, NO_FRAME },

	{ ENTERED "R:20000000=80", RUNG_MEMORY_WORKS, RUNG_MET, false, 38 },
	{ ENTERED "R:20000000=11 W:20000000=80", RUNG_MEMORY_WORKS, RUNG_MET, false, 42 },
	{ ENTERED "R:20000000=11", RUNG_MEMORY_WORKS, RUNG_FAILED, false, 38 },
	{ ENTERED "D:40023c00=80", RUNG_MEMORY_WORKS, RUNG_MET, false, 38 },
	{ ENTERED "R:20000000", RUNG_MEMORY_WORKS, RUNG_NOT_VISIBLE, false, NO_FRAME }, /* unjudged */
	{ ENTERED "R:e000ed00=80", RUNG_MEMORY_WORKS, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ ENTERED, RUNG_MEMORY_WORKS, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ ENTERED "x", RUNG_LEFT_CLEANLY, RUNG_MET, false, 38 },
	{ "V:40 M:2 x M:1 E:80 wait:5000", RUNG_LEFT_CLEANLY, RUNG_FAILED, false, 26 }, /* an exit before the entry leaves nothing */
	{ ENTERED "wait:5000", RUNG_LEFT_CLEANLY, RUNG_FAILED, false, 34 },
	{ ENTERED, RUNG_LEFT_CLEANLY, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ OPENED "E:09", RUNG_LEFT_CLEANLY, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ OPENED "E:0b", RUNG_DEBUG_POWERED, RUNG_FAILED, false, 26 },
	{ ENTERED "Y:f0000040", RUNG_DEBUG_POWERED, RUNG_MET, false, 38 },
	{ OPENED "E:0b E:80 Y:f0000040", RUNG_DEBUG_POWERED, RUNG_MET, false, 34 }, /* a later proof */
	{ ENTERED "Y:50000000 wait:200 Y:50000000", RUNG_DEBUG_POWERED, RUNG_FAILED, false, 38 },
	{ ENTERED "Y:50000000 wait:200 Y:50000000 Y:f0000000", RUNG_DEBUG_POWERED, RUNG_MET, false, 46 },
	{ OPENED "E:0b E:80 I:2ba01477 R:20000000=80", RUNG_DEBUG_POWERED, RUNG_MET, true, 38 },
	{ ENTERED "Y:50000000", RUNG_DEBUG_POWERED, RUNG_NOT_VISIBLE, false, NO_FRAME }, /* asked once */
	{ ENTERED "R:20000000=80 x", RUNG_DEBUG_POWERED, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ OPENED "E:09", RUNG_DEBUG_POWERED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ ENTERED "R:e000ed00=80/410fc241", RUNG_CORE_IDENTIFIED, RUNG_MET, false, 38 },
	{ ENTERED "D:e000ed00=80/410fc241", RUNG_CORE_IDENTIFIED, RUNG_MET, false, 38 },
	{ ENTERED "R:e000ed00=80/0", RUNG_CORE_IDENTIFIED, RUNG_FAILED, false, 38 },
	{ ENTERED "R:e000ed00=80/0 R:e000ed00=80/410fc241", RUNG_CORE_IDENTIFIED, RUNG_MET, false, 42 },
	{ ENTERED "R:e000ed00/410fc241", RUNG_CORE_IDENTIFIED, RUNG_NOT_VISIBLE, false, NO_FRAME }, /* unjudged */
	{ ENTERED "R:20000000=80 x", RUNG_CORE_IDENTIFIED, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ OPENED "E:09", RUNG_CORE_IDENTIFIED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ ENTERED "D:e0042000=80/10006431", RUNG_CHIP_IDENTIFIED, RUNG_MET, false, 38 },
	{ ENTERED "D:e0042000=80/10006abc", RUNG_CHIP_IDENTIFIED, RUNG_MET, false, 38 }, /* a DEV_ID without a name, and a finding */
	{ ENTERED "D:e0042000=11", RUNG_CHIP_IDENTIFIED, RUNG_FAILED, false, 38 },
	{ ENTERED "D:e0042000=11 D:40015800=80/20006460", RUNG_CHIP_IDENTIFIED, RUNG_MET, false, 42 },
	{ ENTERED "D:e0042000=80/0", RUNG_CHIP_IDENTIFIED, RUNG_NOT_VISIBLE, false, NO_FRAME }, /* no such register there */
	{ ENTERED "R:e0042000/10006431", RUNG_CHIP_IDENTIFIED, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ OPENED "E:09", RUNG_CHIP_IDENTIFIED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ ENTERED "H:80 D:e000edf0=80/00030003", RUNG_CORE_CONTROLLED, RUNG_MET, false, 42 },
	{ ENTERED "G:80 D:e000edf0=80/01000001", RUNG_CORE_CONTROLLED, RUNG_MET, false, 42 },
	{ ENTERED "Z:80 D:e000edf0=80/02000001", RUNG_CORE_CONTROLLED, RUNG_MET, false, 42 },
	{ ENTERED "W:e000edf0=80/a05f0003 R:e000edf0=80/00030003", RUNG_CORE_CONTROLLED, RUNG_MET, false, 42 },
	{ ENTERED "H:80 wait:20 D:e000edf0=80/01000003*4", RUNG_CORE_CONTROLLED, RUNG_FAILED, false, 38 },
	{ ENTERED "H:80 wait:20 D:e000edf0=80/01000003*4 D:e000edf0=80/00030003", RUNG_CORE_CONTROLLED, RUNG_MET, false, 58 },
	{ ENTERED "H:80 D:e000edf0=80/01000003", RUNG_CORE_CONTROLLED, RUNG_NOT_VISIBLE, false, 38 },
	{ ENTERED "H:80", RUNG_CORE_CONTROLLED, RUNG_NOT_VISIBLE, false, 38 },
	{ ENTERED "R:20000000=80 x", RUNG_CORE_CONTROLLED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	{ ENTERED "W:8000000+64=80/11223344 R:8000000+64=80/11223344", RUNG_FLASH_VERIFIED, RUNG_MET, false, 42 },
	{ ENTERED "W:8000000+64/11223344 R:8000000+64/11223344", RUNG_FLASH_VERIFIED, RUNG_MET, false, 42 }, /* the bytes prove it */
	{ ENTERED "W:8000000+64=80/11223344 R:8000000+64=80/11223340", RUNG_FLASH_VERIFIED, RUNG_FAILED, false, 42 },
	{ ENTERED "W:8000000+64=80/11223344 R:8000000+64=80/0 W:8000000+64=80/11223344 R:8000000+64=80/11223344", RUNG_FLASH_VERIFIED, RUNG_MET,
	  false, 50 }, /* written once more */
	{ ENTERED "W:8000000+64=80/11223344", RUNG_FLASH_VERIFIED, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ ENTERED "W:20000000+64=80 p:0=80/08000000 p:15=80/20000000 G:80", RUNG_FLASH_VERIFIED, RUNG_NOT_VISIBLE, false, NO_FRAME },
	{ ENTERED "R:20000000=80 x", RUNG_FLASH_VERIFIED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },

	/* SWIM and bridge sessions have no debug rungs. */
	{ "V:37 M:1 xd ws q xs", RUNG_DEBUG_ENTERED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },
	{ "V:37 M:1 xd ws q xs", RUNG_CORE_IDENTIFIED, RUNG_NOT_ATTEMPTED, false, NO_FRAME },
	{ "V:37 M:1 xd ws q xs", RUNG_LEFT_CLEANLY, RUNG_MET, false, 30 },
	{ "X:3,13 b*5", RUNG_DP_ANSWERS, RUNG_NOT_ATTEMPTED, false, NO_FRAME },
};

static void rungs(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct story story;
		const struct rung_result *rung;

		story_tell(&story, cases[i].story);
		assert_int_equal(story.report.session_count, 1);
		rung = &story.report.sessions[0].ladder[cases[i].rung];
		if (rung->state != cases[i].state || rung->implied != cases[i].implied ||
		    (cases[i].frame != ANY_FRAME && rung->frame != (uint64_t)cases[i].frame)) {
			print_error("%s is %s%s, frame %u (%s), not %s%s, frame %d: %s\n", rung_name(cases[i].rung), rung_state_name(rung->state),
			            rung->implied ? " implied" : "", (unsigned)rung->frame, rung->detail, rung_state_name(cases[i].state),
			            cases[i].implied ? " implied" : "", cases[i].frame, cases[i].story);
			wrong++;
		}
		story_end(&story);
	}
	assert_int_equal(wrong, 0);
}

/* DESIGN section 5: every failed rung but left-cleanly has a finding. */
static void failed_rungs_have_findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct story story;
		const struct session_report *session;

		story_tell(&story, cases[i].story);
		session = &story.report.sessions[0];
		for (unsigned r = 0; r < RUNG_LEFT_CLEANLY; r++)
			if (session->ladder[r].state == RUNG_FAILED && !session->headline)
				fail_msg("%s failed without a finding: %s", rung_name((enum rung)r), cases[i].story);
		if (session->headline && session->headline->rule->rung == RUNG_LEFT_CLEANLY)
			fail_msg("left-cleanly is the headline: %s", cases[i].story);
		story_end(&story);
	}
}

static void names_are_those_of_the_contract(void **state)
{
	static const char *const names[RUNGS] = {
		"probe-answers", "version-known", "mode-left", "target-powered", "debug-entered", "dp-answers", "debug-powered", "ap-open",
		"core-identified", "chip-identified", "core-controlled", "memory-works", "flash-verified", "left-cleanly",
	};

	(void)state;
	for (unsigned i = 0; i < RUNGS; i++)
		assert_string_equal(rung_name((enum rung)i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rungs), cmocka_unit_test(failed_rungs_have_findings), cmocka_unit_test(names_are_those_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
