/*
 * Predicates about which chip it is, and about its flash.
 * Pure: const facts in, a match out. The words are in rules.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../dissectors/registers.h"
#include "diagnosis.h"

/* --- who it is --- */

bool holds_ap0_empty(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *behind = &session->chip.core_behind;
	const struct tally *failed = session->ap_bad.count ? &session->ap_bad : &session->ap_idr_zero;

	if (!behind->count || !(session->chip.aps_failed & 1))
		return false;
	match_frame(match, failed->frame[0]);
	match_frame(match, behind->frame[0]);
	match->count = 1;
	match->number = behind->value;
	match->other = behind->frame[0];
	return true;
}

bool holds_core_odd(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;

	if (!session->chip.odd_core.count || session->core_seen.count)
		return false;
	match_tally(match, &session->chip.odd_core);
	return true;
}

bool holds_idcode_unexpected(const struct view *view, struct match *match)
{
	const struct tally *refused = &view->session->id_then_exit;
	const struct target_register *row = registers_dp(0, false);
	const char *family = row && row->known ? name_of(row->known, refused->value) : NULL;

	if (!refused->count || !family)
		return false;
	match_tally(match, refused);
	match->word = family;
	return true;
}

bool holds_auth_check(const struct view *view, struct match *match)
{
	if (!view->session->chip.looked_and_left.count)
		return false;
	match_tally(match, &view->session->chip.looked_and_left);
	return true;
}

bool holds_chip_unknown(const struct view *view, struct match *match)
{
	const struct chip_facts *chip = &view->session->chip;

	if (!chip->device_unknown.count || chip->device_unknown.count < chip->device.count)
		return false;
	match_tally(match, &chip->device_unknown);
	snprintf(match->detail, sizeof match->detail, "0x%03x", (unsigned)(chip->device_unknown.value & 0xfff));
	return true;
}

bool holds_chipid_not_read(const struct view *view, struct match *match)
{
	const struct chip_facts *chip = &view->session->chip;

	if (!chip->device_failed.count || chip->device.count)
		return false;
	match_tally(match, &chip->device_failed);
	if (view->session->memory_ok.count) /* the chip works all the same: perhaps its family has another address */
		match->severity = SEVERITY_INFO;
	return true;
}

bool holds_wrong_chip(const struct view *view, struct match *match)
{
	const struct flash_facts *flash = &view->session->flash;
	const char *name = name_of(stm32_devices, flash->foreign_device);

	if (!flash->foreign.count)
		return false;
	match_tally(match, &flash->foreign);
	match->word = name ? name : "another chip";
	snprintf(match->detail, sizeof match->detail, "%s", flash->foreign_row->name);
	return true;
}

/* --- memory --- */

bool holds_mem_fault(const struct view *view, struct match *match)
{
	const struct session_facts *session = view->session;
	const struct tally *fault = &session->chip.fault_elsewhere;

	if (!fault->count || session->target_ok.last_frame <= fault->last_frame)
		return false;
	match_tally(match, fault);
	return true;
}

bool holds_blank_chip(const struct view *view, struct match *match)
{
	const struct tally *blank = &view->session->chip.blank;

	if (!blank->count)
		return false;
	match_tally(match, blank);
	return true;
}

bool holds_flash_size_bad(const struct view *view, struct match *match)
{
	if (!view->session->chip.flash_size_bad.count)
		return false;
	match_tally(match, &view->session->chip.flash_size_bad);
	return true;
}

bool holds_rdp_byte(const struct view *view, struct match *match)
{
	const struct flash_facts *flash = &view->session->flash;
	char words[96];
	const char *level;

	if (!flash->protected.count)
		return false;
	match_tally(match, &flash->protected);
	registers_meaning(flash->protected_row, flash->protected.value, words, sizeof words);
	level = strstr(words, "RDP level ");
	snprintf(match->detail, sizeof match->detail, "%s", level ? level + strlen("RDP level ") : "1");
	match->detail[strcspn(match->detail, ",")] = '\0';
	match->word = flash->protected_row->name;
	return true;
}

/* --- the flash --- */

/* "write protected (WRPERR)", as the table has words for it. */
static void say_errors(struct match *match, const struct target_register *row, uint32_t errors)
{
	char words[64];
	size_t used;

	registers_meaning(row, errors, words, sizeof words);
	used = (size_t)snprintf(match->detail, sizeof match->detail, "%s", words);
	for (const struct bits *bit = row->bits; bit && bit->name && used < sizeof match->detail; bit++)
		if (errors >> bit->low & 1)
			used += (size_t)snprintf(match->detail + used, sizeof match->detail - used, "%s%s", used ? ", " : "", bit->name);
}

bool holds_flash_sr_error(const struct view *view, struct match *match)
{
	const struct flash_facts *flash = &view->session->flash;

	if (!flash->error.count && !flash->old_error.count)
		return false;
	match_tally(match, flash->error.count ? &flash->error : &flash->old_error);
	say_errors(match, flash->error_row, flash->error_bits);
	match->word = "from what was just done";
	if (!flash->error.count) {
		match->severity = SEVERITY_INFO;
		match->word = "from before this session did anything to the flash";
	}
	return true;
}

bool holds_flash_still_locked(const struct view *view, struct match *match)
{
	const struct flash_facts *flash = &view->session->flash;

	if (!flash->locked.count)
		return false;
	match_tally(match, &flash->locked);
	match->other = flash->locked.frame[1];
	match->word = flash->locked_row->name;
	return true;
}

bool holds_verify_diff(const struct view *view, struct match *match)
{
	const struct flash_facts *flash = &view->session->flash;

	if (!flash->different.count)
		return false;
	match_tally(match, &flash->different);
	match->count = flash->bytes_different;
	snprintf(match->detail, sizeof match->detail, "0x%02x where 0x%02x was sent%s", flash->read, flash->meant,
	         flash->reads_erased ? "; all of it reads as erased flash" : flash->single_bits ? "; single bits differ" : "");
	return true;
}
