/* Hand-made sessions: see story.h. */
#include "story.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLISECOND INT64_C(1000000)
#define PROBES 3
#define PAYLOAD 4096

struct teller {
	struct listener listener;
	struct probe probes[PROBES];
	struct session sessions[PROBES];
	bool open[PROBES];
	int current;
	uint64_t frame, session_index;
	int64_t time;
	bool never_left; /* of the note that is told next */
	bool fresh; /* the probe was plugged in while the capture ran */
	bool half; /* one half of each transfer is in the capture: no completion of an OUT, no submission of an IN */
	struct capture_facts *capture;
	uint8_t request[16], answer[PAYLOAD], data[PAYLOAD];
	struct access_state *access[PROBES];
};

/* --- one transaction --- */

static void set(struct operation *operation, enum role role, uint64_t value)
{
	operation->seen |= 1u << role;
	operation->argument[role] = value;
}

static void set_status(struct transaction *transaction, unsigned status)
{
	enum stlink_scope scope = transaction->command->scope == SCOPE_NONE ? SCOPE_DEBUG : transaction->command->scope;

	transaction->has_status = true;
	transaction->status = (uint8_t)status;
	transaction->status_row = stlink_status_find(scope, (uint8_t)status);
	if (!transaction->status_row)
		transaction->notes |= 1u << NOTE_UNKNOWN_STATUS;
	if (!transaction->status_row || transaction->status_row->class == STATUS_ERROR)
		transaction->result = RESULT_ERROR;
	else if (transaction->status_row->class == STATUS_WAIT)
		transaction->result = RESULT_WAIT;
}

static struct transaction command(struct teller *teller, const char *name)
{
	struct transaction transaction = {
		.probe = teller->current, .frame = teller->frame, .time = teller->time, .end_time = teller->time + MILLISECOND,
		.latency = MILLISECOND, .result = RESULT_OK, .waited = -1, .out_completed = true, .bus = 1, .device = 2,
	};

	transaction.command = stlink_find_name(name);
	if (!transaction.command)
		errx(1, "story: no command %s", name);
	memset(teller->request, 0, sizeof teller->request);
	memcpy(teller->request, transaction.command->opcode, 2);
	memset(teller->answer, 0, 64);
	transaction.request = (struct payload){ teller->request, 16, 16 };
	transaction.answer_due = stlink_answer_length(transaction.command, &transaction.request_operation, NULL);
	return transaction;
}

static void answered(struct teller *teller, struct transaction *transaction, uint32_t length)
{
	transaction->answer = (struct payload){ teller->answer, length, length };
	transaction->answer_due = length;
	transaction->answered = transaction->usable = length > 0;
	transaction->asked = length;
}

static void fail_urb(struct transaction *transaction, enum urb_result urb, enum result result)
{
	transaction->urb_result = urb;
	transaction->urb_frame = transaction->frame + 3;
	transaction->result = result;
	transaction->answered = transaction->usable = transaction->has_status = false;
	transaction->status_row = NULL;
	transaction->answer.captured = transaction->answer.wire = 0;
	transaction->answer_operation.seen = 0;
}

static void fail(struct teller *teller, struct transaction *transaction, const char *how)
{
	if (!strncmp(how, "out", 3) || !strncmp(how, "in", 2)) {
		fail_urb(transaction, URB_CANCELLED, RESULT_CANCELLED);
		transaction->out_failed = *how == 'o';
		transaction->out_completed = *how != 'o';
		transaction->waited = strtol(how + (*how == 'o' ? 3 : 2), NULL, 10) * MILLISECOND;
		transaction->end_time += transaction->waited;
		teller->time += transaction->waited;
	} else if (!strncmp(how, "stall", 5)) {
		fail_urb(transaction, URB_STALLED, RESULT_STALLED);
	} else if (!strncmp(how, "usbip", 5)) {
		fail_urb(transaction, URB_STALLED, RESULT_STALLED);
		transaction->waited = strtol(how + 5, NULL, 10) * MILLISECOND;
		transaction->end_time += transaction->waited;
		teller->time += transaction->waited;
	} else if (!strncmp(how, "line", 4)) {
		fail_urb(transaction, URB_LINE_ERROR, RESULT_USB_ERROR);
	} else if (!strncmp(how, "over", 4)) {
		fail_urb(transaction, URB_OVERFLOW, RESULT_USB_ERROR);
	} else if (!strncmp(how, "lost", 4)) {
		fail_urb(transaction, URB_GONE, RESULT_GONE);
	} else if (!strncmp(how, "short", 5)) {
		transaction->result = RESULT_SHORT;
		transaction->notes |= 1u << NOTE_SHORT;
		transaction->usable = false;
	} else if (!strncmp(how, "shift", 5)) {
		transaction->result = RESULT_SHIFTED;
		transaction->notes |= 1u << NOTE_SHIFTED;
		transaction->usable = false;
	} else if (!strncmp(how, "csw", 3)) {
		transaction->result = RESULT_ERROR;
		transaction->answered = transaction->usable = transaction->has_status = false;
		transaction->status_row = NULL;
		transaction->answer.captured = transaction->answer.wire = 0;
		transaction->csw.present = true;
		transaction->csw.status = 1;
	} else if (!strncmp(how, "cut", 3)) {
		transaction->result = RESULT_TRUNCATED;
		transaction->notes |= 1u << NOTE_TRUNCATED;
	} else if (!strncmp(how, "open", 4)) {
		fail_urb(transaction, URB_OK, RESULT_INCOMPLETE);
	} else if (!strncmp(how, "unread", 6)) {
		transaction->notes |= 1u << NOTE_AFTER_UNREAD;
	} else {
		errx(1, "story: no failure %s", how);
	}
}

/* --- words --- */

static unsigned long hex(const char *text)
{
	return strtoul(text, NULL, 16);
}

static struct transaction version(struct teller *teller, const char *word)
{
	struct transaction transaction = command(teller, *word == 'X' ? "GET_VERSION_EX" : "GET_VERSION");
	struct probe *probe = &teller->probes[teller->current];

	answered(teller, &transaction, *word == 'X' ? 12 : 6);
	if (word[1] == 'x') {
		unsigned long bytes = hex(word + 3);

		for (unsigned i = 0; i < 4; i++)
			teller->answer[i] = (uint8_t)(bytes >> (24 - 8 * i));
		set(&transaction.answer_operation, ROLE_VID, teller->answer[2] | (unsigned)teller->answer[3] << 8);
		return transaction;
	}
	if (*word == 'v')
		teller->request[1] = 0x80;
	set(&transaction.answer_operation, ROLE_VID, STLINK_VID);
	set(&transaction.answer_operation, ROLE_PID, probe->pid);
	probe->has_version = true;
	if (*word == 'X')
		probe->version = (struct stlink_version){ .major = (uint8_t)strtoul(word + 2, NULL, 10), .extended = true,
		                                          .jtag = (uint8_t)strtoul(strchr(word, ',') + 1, NULL, 10) };
	else
		probe->version = (struct stlink_version){ .major = 2, .jtag = (uint8_t)(word[1] == ':' ? strtoul(word + 2, NULL, 10) : 0), .swim = 7 };
	return transaction;
}

static struct transaction with_status(struct teller *teller, const char *name, unsigned long status)
{
	struct transaction transaction = command(teller, name);

	answered(teller, &transaction, 2);
	set_status(&transaction, (unsigned)status);
	set(&transaction.answer_operation, ROLE_STATUS, status);
	return transaction;
}

static struct transaction enter(struct teller *teller, const char *word)
{
	struct transaction transaction = with_status(teller, "ENTER", hex(word + 2));

	set(&transaction.request_operation, ROLE_TRANSPORT, *word == 'J' ? 0xa4 : 0xa3);
	return transaction;
}

static struct transaction identify(struct teller *teller, const char *word)
{
	bool by_port = *word == 'P';
	struct transaction transaction = with_status(teller, by_port ? "READ_DAP_REG" : "READ_IDCODES", word[1] == '?' ? hex(word + 2) : 0x80);

	set(&transaction.request_operation, ROLE_PORT, 0xffff);
	set(&transaction.request_operation, ROLE_REGISTER, 0);
	if (word[1] == ':')
		set(&transaction.answer_operation, ROLE_VALUE, hex(word + 2));
	return transaction;
}

/* Words of value, as many as fit into length bytes; where there is none, what no flash and no open line reads as. */
static struct payload words_of(uint8_t *bytes, uint32_t length, const char *value)
{
	unsigned long word = value ? hex(value + 1) : 0x55;

	if (length > PAYLOAD)
		length = PAYLOAD;
	for (uint32_t i = 0; i < length; i++)
		bytes[i] = i < 4 || value ? (uint8_t)(word >> 8 * (i % 4)) : 0;
	return (struct payload){ bytes, length, length };
}

/* READMEM and WRITEMEM carry no status of their own: it comes with a later command. */
static struct transaction memory(struct teller *teller, const char *word)
{
	const char *status = strchr(word, '='), *length = strchr(word, '+'), *value = strchr(word, '/'), *port = strchr(word, '@');
	uint32_t bytes = length ? (uint32_t)strtoul(length + 1, NULL, 10) : 4;
	struct transaction transaction = command(teller, *word == 'R' ? "READMEM_32BIT" : *word == 'W' ? "WRITEMEM_32BIT" :
	                                         *word == 'B' ? "READMEM_8BIT" : "READDEBUGREG");

	answered(teller, &transaction, *word == 'W' ? 0 : *word == 'D' ? 8 : bytes);
	if (*word == 'W')
		transaction.data = words_of(teller->data, bytes, value);
	else if (*word != 'D')
		transaction.answer = words_of(teller->answer, bytes, value);
	set(&transaction.request_operation, ROLE_ADDRESS, hex(word + 2));
	if (*word != 'D')
		set(&transaction.request_operation, ROLE_LENGTH, bytes);
	if (port)
		set(&transaction.request_operation, ROLE_AP, strtoul(port + 1, NULL, 10));
	transaction.result = *word == 'D' ? RESULT_OK : RESULT_UNJUDGED;
	if (status) {
		transaction.result = RESULT_OK;
		set_status(&transaction, (unsigned)hex(status + 1));
	}
	if (*word == 'D')
		set(&transaction.answer_operation, ROLE_VALUE, value ? hex(value + 1) : 0x00030003);
	return transaction;
}

/* WRITEDEBUGREG, WRITEREG and READREG: address or number, status, value. */
static struct transaction register_access(struct teller *teller, const char *word)
{
	const char *status = strchr(word, '='), *value = strchr(word, '/');
	struct transaction transaction = with_status(teller, *word == 'd' ? "WRITEDEBUGREG" : *word == 'p' ? "WRITEREG" : "READREG",
	                                             status ? hex(status + 1) : 0x80);

	if (*word == 'd')
		set(&transaction.request_operation, ROLE_ADDRESS, hex(word + 2));
	else
		set(&transaction.request_operation, ROLE_REGISTER, strtoul(word + 2, NULL, 10));
	set(*word == 'y' ? &transaction.answer_operation : &transaction.request_operation, ROLE_VALUE, value ? hex(value + 1) : 0);
	return transaction;
}

/* CTRL/STAT as read, BASE of an access port. */
static struct transaction port_register(struct teller *teller, const char *word)
{
	const char *value = strchr(word, '=');
	struct transaction transaction = with_status(teller, "READ_DAP_REG", 0x80);

	set(&transaction.request_operation, ROLE_PORT, *word == 'Y' ? 0xffff : hex(word + 2));
	set(&transaction.request_operation, ROLE_REGISTER, *word == 'Y' ? 0x04 : 0xf8);
	set(&transaction.answer_operation, ROLE_VALUE, hex(*word == 'Y' ? word + 2 : value + 1));
	return transaction;
}

static struct transaction speed(struct teller *teller, const char *word)
{
	bool refused = word[1] == '?', v3 = *word != 'S';
	struct transaction transaction = with_status(teller, v3 ? "SET_COM_FREQ" : "SWD_SET_FREQ", refused ? hex(word + 2) : 0x80);

	set(&transaction.request_operation, ROLE_SPEED, refused ? 0 : strtoul(word + 2, NULL, 10));
	if (v3)
		set(&transaction.request_operation, ROLE_TRANSPORT, *word == 'f');
	return transaction;
}

/* A write that lets the core run, halts it, or clears the debug port's errors. */
static struct transaction control_write(struct teller *teller, const char *word)
{
	bool abort = *word == 'C';
	struct transaction transaction = with_status(teller, abort ? "WRITE_DAP_REG" : "WRITEDEBUGREG", hex(word + 2));

	set(&transaction.request_operation, abort ? ROLE_PORT : ROLE_ADDRESS, abort ? 0xffff : 0xe000edf0);
	set(&transaction.request_operation, abort ? ROLE_REGISTER : ROLE_VALUE, abort ? 0 : *word == 'G' ? 0xa05f0001 : 0xa05f0003);
	return transaction;
}

static struct transaction trace(struct teller *teller, const char *word)
{
	unsigned long rate = word[1] == ':' ? strtoul(word + 2, NULL, 10) : 2000000;
	struct transaction transaction;

	if (*word == 'n') {
		transaction = command(teller, "GET_TRACE_NB");
		answered(teller, &transaction, 2);
		set(&transaction.answer_operation, ROLE_COUNT, rate);
		return transaction;
	}
	transaction = with_status(teller, "START_TRACE_RX", word[1] == '?' ? hex(word + 2) : 0x80);
	teller->request[3] = 0x10;
	for (unsigned i = 0; i < 4; i++)
		teller->request[4 + i] = (uint8_t)(rate >> 8 * i);
	return transaction;
}

static struct transaction disk(struct teller *teller, const char *word)
{
	struct transaction transaction = command(teller, "GET_VERSION");

	teller->request[0] = (uint8_t)hex(word + 2);
	transaction.command = stlink_find(teller->request, 6, true);
	transaction.request = (struct payload){ teller->request, 6, 6 };
	return transaction;
}

static struct transaction access_port(struct teller *teller, const char *word)
{
	const char *value = strchr(word, '=');
	struct transaction transaction = with_status(teller, *word == 'O' ? "INIT_AP" : "READ_DAP_REG", *word == 'O' ? hex(value + 1) : 0x80);

	set(&transaction.request_operation, *word == 'O' ? ROLE_AP : ROLE_PORT, hex(word + 2));
	set(&transaction.request_operation, ROLE_REGISTER, 0xfc);
	if (*word == 'A')
		set(&transaction.answer_operation, ROLE_VALUE, hex(value + 1));
	return transaction;
}

static struct transaction voltage(struct teller *teller, const char *word)
{
	struct transaction transaction = command(teller, "GET_TARGET_VOLTAGE");

	answered(teller, &transaction, 8);
	set(&transaction.answer_operation, ROLE_REFERENCE, word[1] == ':' ? 2400 : 0);
	set(&transaction.answer_operation, ROLE_READING, word[1] == ':' ? strtoul(word + 2, NULL, 10) : 0);
	return transaction;
}

static struct transaction plain(struct teller *teller, const char *word)
{
	static const struct { const char *word, *name; uint32_t answer; } words[] = {
		{ "x", "EXIT", 0 }, { "xd", "DFU_EXIT", 0 }, { "xs", "SWIM_EXIT", 0 }, { "ws", "SWIM_ENTER", 0 }, { "q", "SWIM_READSTATUS", 4 }, { "qb", "SWIM_READBUFSIZE", 2 },
		{ "b", "BRIDGE_GET_CLOCK", 12 }, { "ld", "DFU_READ_ID", 20 }, { "le", "LOADER_ENTER", 0 }, { "dl", "DFU_DNLOAD", 0 },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct transaction transaction;

		if (strcmp(words[i].word, word))
			continue;
		transaction = command(teller, words[i].name);
		answered(teller, &transaction, words[i].answer);
		return transaction;
	}
	errx(1, "story: no word %s", word);
}

/* A command of which nothing but the completion is in the capture. */
static struct transaction hole(struct teller *teller)
{
	struct transaction transaction = command(teller, "EXIT");

	transaction.command = &stlink_unknown;
	transaction.request = (struct payload){ NULL, 0, 0 };
	transaction.notes = 1u << NOTE_NO_SUBMISSION;
	transaction.result = RESULT_INCOMPLETE;
	return transaction;
}

static struct transaction transaction_of(struct teller *teller, const char *word)
{
	struct transaction transaction;

	if (!strcmp(word, "hole"))
		return hole(teller);
	if (!strchr(":=?0", word[1]) && strncmp(word, "Vx", 2))
		return plain(teller, word);
	switch (*word) {
	case 'V': case 'v': case 'X':
		return version(teller, word);
	case 'M':
		transaction = command(teller, "GET_CURRENT_MODE");
		answered(teller, &transaction, 2);
		set(&transaction.answer_operation, ROLE_MODE, hex(word + 2));
		return transaction;
	case 'T':
		return voltage(teller, word);
	case 'E': case 'J':
		return enter(teller, word);
	case 'I': case 'P':
		return identify(teller, word);
	case 'R': case 'W': case 'D': case 'B':
		return memory(teller, word);
	case 'G': case 'H': case 'C':
		return control_write(teller, word);
	case 'c': case 'n':
		return trace(teller, word);
	case 'K':
		return disk(teller, word);
	case 'q':
		return word[1] ? with_status(teller, "SWIM_READSTATUS", hex(word + 2)) : plain(teller, word);
	case 'g':
		return with_status(teller, "DFU_GETSTATUS", hex(word + 2));
	case 'O': case 'A':
		return access_port(teller, word);
	case 'N':
		transaction = with_status(teller, "DRIVE_NRST", 0x80);
		set(&transaction.request_operation, ROLE_LEVEL, hex(word + 2));
		return transaction;
	case 'S': case 'F': case 'f':
		return speed(teller, word);
	case 'd': case 'p': case 'y':
		return register_access(teller, word);
	case 'Y': case 'a':
		return port_register(teller, word);
	case 'Z': case 'k':
		return with_status(teller, *word == 'Z' ? "RESETSYS" : "GETSTATUS", hex(word + 2));
	default:
		return plain(teller, word);
	}
}

/* --- sessions and the rest --- */

static void end_session(struct teller *teller, enum session_end end)
{
	int p = teller->current;

	if (!teller->open[p])
		return;
	teller->sessions[p].end = end;
	teller->listener.session_end(teller->listener.context, &teller->probes[p], &teller->sessions[p]);
	teller->open[p] = false;
}

static void begin_session(struct teller *teller)
{
	int p = teller->current;

	if (teller->open[p])
		return;
	teller->sessions[p] = (struct session){
		.index = teller->session_index++, .probe = p, .first_frame = teller->frame, .last_frame = teller->frame,
		.first_time = teller->time, .last_time = teller->time, .first_of_probe = !teller->probes[p].commands,
	};
	teller->open[p] = true;
	if (teller->access[p])
		access_begin(teller->access[p]);
	teller->listener.session_begin(teller->listener.context, &teller->probes[p], &teller->sessions[p]);
}

static void tell_command(struct teller *teller, const char *word)
{
	const char *bang = strchr(word, '!');
	struct session *session = &teller->sessions[teller->current];
	struct probe *probe = &teller->probes[teller->current];
	struct transaction transaction;

	begin_session(teller);
	transaction = transaction_of(teller, bang ? bang + 1 : word);
	transaction.bulk_only = probe->pid == 0x3744;
	if (bang)
		fail(teller, &transaction, word);
	if (teller->half) {
		transaction.out_completed = false;
		transaction.waited = -1;
	}
	if (!teller->access[teller->current])
		teller->access[teller->current] = access_new();
	access_follow(teller->access[teller->current], &transaction);
	probe->commands++;
	session->commands++;
	session->last_frame = transaction.frame;
	session->last_time = transaction.end_time;
	if (transaction.command->operation == OP_MODE && operation_has(&transaction.answer_operation, ROLE_MODE))
		probe->mode = (enum stlink_mode)operation_get(&transaction.answer_operation, ROLE_MODE, 0);
	if (transaction.command->operation == OP_DFU_EXIT)
		probe->mode = MODE_UNKNOWN;
	teller->listener.transaction(teller->listener.context, probe, session, &transaction);
	teller->frame += 4;
	teller->time += 2 * MILLISECOND;
}

static void tell_note(struct teller *teller, enum usb_note_kind kind, bool flag)
{
	struct probe *probe = &teller->probes[teller->current];
	struct usb_note note = {
		.kind = kind, .probe = probe->index, .frame = teller->frame++, .time = teller->time, .by_client = flag, .outstanding = flag,
		.never_left = teller->never_left, .text = "",
	};

	teller->listener.usb(teller->listener.context, probe, teller->open[teller->current] ? &teller->sessions[teller->current] : NULL, &note);
}

/* The trace endpoint: data that came, or a read of so many bytes that the host took back after three seconds. */
static void tell_trace(struct teller *teller, const char *word)
{
	struct probe *probe = &teller->probes[teller->current];
	struct session *session = teller->open[teller->current] ? &teller->sessions[teller->current] : NULL;
	uint32_t bytes = (uint32_t)strtoul(word + 2, NULL, 10);
	struct trace_data trace = { .probe = probe->index, .frame = teller->frame++, .time = teller->time, .bytes = { teller->answer, 0, bytes } };
	struct usb_note note = { .kind = USB_NOTE_URB_ERROR, .probe = probe->index, .frame = teller->frame, .endpoint = 0x82, .text = "",
	                         .urb_result = URB_CANCELLED, .asked = bytes, .waited = 3000 * MILLISECOND };

	if (*word == 'u') {
		teller->listener.trace(teller->listener.context, probe, session, &trace);
		return;
	}
	teller->time += note.waited;
	note.time = teller->time;
	teller->frame++;
	teller->listener.usb(teller->listener.context, probe, session, &note);
}

/* A serial number's descriptor of so many bytes, or the number that many share; another device at the bus. */
static void tell_around(struct teller *teller, const char *word)
{
	struct capture_facts *capture = teller->capture;
	unsigned long length = strtoul(strchr(word, ':') + 1, NULL, 10);

	if (!strncmp(word, "device:", 7)) {
		struct device_facts *device = &capture->devices[capture->device_count++];

		*device = (struct device_facts){ .bus = 1, .address = 9, .vid = (uint16_t)hex(word + 7), .pid = (uint16_t)hex(word + 12), .first_frame = 5 };
		snprintf(device->product, sizeof device->product, "%s", word[16] ? word + 17 : "");
	} else {
		struct device device = { .first_frame = 5, .bcd_device = 0x100, .serial_length = 26, .serial_index = 3, .serial = "invented" };

		if (!strcmp(word, "serial:generic"))
			strcpy(device.serial, "000000000001");
		else if (length)
			device.serial_length = (uint8_t)length;
		else
			device.serial_index = device.serial_length = 0;
		facts_note_serial(&capture->serials, &device);
	}
}

static void tell_probe(struct teller *teller, int index)
{
	struct probe *probe = &teller->probes[index];

	teller->current = index;
	if (probe->address_count)
		return;
	*probe = (struct probe){ .index = index, .bus = 1, .addresses = { (uint16_t)(2 + index) }, .address_count = 1, .vid = STLINK_VID,
	                         .pid = 0x374b, .generation = GENERATION_V2_1, .mode = MODE_UNKNOWN, .certainty = CERTAINTY_CERTAIN,
	                         .first_time = teller->time };
	probe->product = stlink_product_find(STLINK_VID, probe->pid);
}

static bool tell_event(struct teller *teller, const char *word)
{
	int64_t number = strchr(word, ':') ? strtol(strchr(word, ':') + 1, NULL, 10) : 0;

	if (!strncmp(word, "pid:", 4)) {
		struct probe *probe = &teller->probes[teller->current];

		probe->pid = (uint16_t)hex(word + 4);
		probe->product = stlink_product_find(STLINK_VID, probe->pid);
		probe->generation = probe->product ? probe->product->generation : GENERATION_UNKNOWN;
	} else if (!strcmp(word, ";")) {
		end_session(teller, SESSION_NEXT);
	} else if (!strcmp(word, "|")) {
		end_session(teller, SESSION_REENUMERATED);
	} else if (!strcmp(word, "gone") || !strcmp(word, "gone!")) {
		tell_note(teller, USB_NOTE_GONE, word[4] == '!');
		end_session(teller, SESSION_GONE);
	} else if (!strncmp(word, "back:", 5) || !strncmp(word, "reset:", 6)) {
		teller->time += number * MILLISECOND;
		tell_note(teller, USB_NOTE_RETURNED, *word == 'r');
		end_session(teller, SESSION_REENUMERATED);
	} else if (!strncmp(word, "stays:", 6)) {
		teller->time += number * MILLISECOND;
		teller->never_left = true;
		tell_note(teller, USB_NOTE_RETURNED, false);
		teller->never_left = false;
	} else if (!strncmp(word, "wait:", 5)) {
		teller->time += number * MILLISECOND;
	} else if (!strncmp(word, "probe:", 6)) {
		tell_probe(teller, (int)number);
	} else if (!strncmp(word, "t:", 2) || !strncmp(word, "u:", 2)) {
		tell_trace(teller, word);
	} else if (!strncmp(word, "serial:", 7) || !strncmp(word, "device:", 7)) {
		tell_around(teller, word);
	} else if (!strncmp(word, "fresh", 5)) {
		teller->fresh = true;
	} else if (!strncmp(word, "hid:", 4)) {
		teller->capture->hid_reports = (uint64_t)number;
		teller->capture->hid_devices = 1;
		teller->capture->hid_by_class = true;
	} else if (!strncmp(word, "snap:", 5)) {
		teller->capture->cut_payloads = (uint64_t)number;
	} else if (!strcmp(word, "half")) {
		teller->half = true;
	} else if (!strcmp(word, "ep0")) {
		begin_session(teller);
		teller->listener.usb(teller->listener.context, &teller->probes[teller->current], &teller->sessions[teller->current],
		                     &(struct usb_note){ .kind = USB_NOTE_URB_ERROR, .probe = teller->current, .frame = teller->frame++,
		                                         .time = teller->time, .endpoint = 0x80, .urb_result = URB_STALLED, .text = "" });
	} else if (!strcmp(word, "idle")) {
		teller->capture->idle_stlinks = 1;
	} else if (strcmp(word, "none")) {
		return false;
	}
	return true;
}

static void tell_word(struct teller *teller, char *word)
{
	char *star = strchr(word, '*');
	unsigned long times = 1;

	if (star) {
		*star = '\0';
		times = strtoul(star + 1, NULL, 10);
	}
	for (unsigned long i = 0; i < times; i++)
		if (!tell_event(teller, word))
			tell_command(teller, word);
}

void story_tell(struct story *story, const char *words)
{
	struct teller *teller = calloc(1, sizeof *teller);
	char *text = strdup(words), *rest = text, *word;

	if (!teller || !text)
		err(1, NULL);
	memset(story, 0, sizeof *story);
	story->facts = facts_new(NULL, NULL);
	teller->listener = facts_listener(story->facts);
	teller->capture = (struct capture_facts *)(uintptr_t)facts_capture(story->facts);
	teller->frame = 10;
	teller->time = INT64_C(1700000000000000000);
	tell_probe(teller, 0);
	while ((word = strsep(&rest, " ")))
		if (*word)
			tell_word(teller, word);
	for (int p = 0; p < PROBES; p++) {
		teller->current = p;
		end_session(teller, SESSION_CAPTURE_END);
	}
	teller->capture->last_time = teller->time;
	for (size_t i = 0; teller->fresh && i < teller->capture->probe_count; i++)
		teller->capture->probes[i].device.enumerated = true;
	facts_finish(story->facts, NULL, NULL);
	report_make(&story->report, facts_capture(story->facts));
	for (int p = 0; p < PROBES; p++)
		access_free(teller->access[p]);
	free(teller);
	free(text);
}

void story_end(struct story *story)
{
	report_free(&story->report);
	facts_free(story->facts);
}

const struct finding *story_finding(const struct story *story, const char *id)
{
	const struct report *report = &story->report;

	for (size_t i = 0; i < report->finding_count; i++)
		if (!strcmp(report->findings[i].rule->id, id))
			return &report->findings[i];
	for (size_t i = 0; i < report->session_count; i++)
		for (size_t k = 0; k < report->sessions[i].finding_count; k++)
			if (!strcmp(report->sessions[i].findings[k].rule->id, id))
				return &report->sessions[i].findings[k];
	return NULL;
}
