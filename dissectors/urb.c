/*
 * What the result of a URB means, on Linux and on Windows.
 * Knows: errno numbers (asm-generic/errno.h, Documentation/driver-api/usb/error-codes.rst), USBD_STATUS (Windows'
 * usb.h).
 * Must not know: record layouts, state over time.
 */
#include "usb.h"

struct status_row {
	int64_t status;
	enum urb_result result;
	const char *name;
};

/* asm-generic numbers: alpha, mips, parisc and sparc differ. */
static const struct status_row linux_rows[] = {
	{ 0, URB_OK, "OK" },
	{ -1, URB_FAILED, "EPERM" },
	{ -2, URB_CANCELLED, "ENOENT" },      /* the host killed it synchronously */
	{ -5, URB_FAILED, "EIO" },
	{ -6, URB_FAILED, "ENXIO" },
	{ -11, URB_FAILED, "EAGAIN" },
	{ -12, URB_FAILED, "ENOMEM" },
	{ -16, URB_FAILED, "EBUSY" },
	{ -18, URB_FAILED, "EXDEV" },         /* isochronous: some packets failed */
	{ -19, URB_GONE, "ENODEV" },
	{ -22, URB_FAILED, "EINVAL" },
	{ -27, URB_FAILED, "EFBIG" },
	{ -28, URB_FAILED, "ENOSPC" },
	{ -32, URB_STALLED, "EPIPE" },
	{ -62, URB_LINE_ERROR, "ETIME" },     /* no answer of the device within the bus's turn-around time */
	{ -63, URB_FAILED, "ENOSR" },
	{ -70, URB_FAILED, "ECOMM" },         /* the host's memory was too slow */
	{ -71, URB_LINE_ERROR, "EPROTO" },
	{ -75, URB_OVERFLOW, "EOVERFLOW" },
	{ -84, URB_LINE_ERROR, "EILSEQ" },    /* CRC */
	{ -90, URB_FAILED, "EMSGSIZE" },
	{ -104, URB_CANCELLED, "ECONNRESET" }, /* the host unlinked it asynchronously */
	{ -108, URB_GONE, "ESHUTDOWN" },
	{ -110, URB_TIMED_OUT, "ETIMEDOUT" },
	{ -113, URB_FAILED, "EHOSTUNREACH" },
	{ -115, URB_PENDING, "EINPROGRESS" },
	{ -121, URB_SHORT_READ, "EREMOTEIO" },
};

static const struct status_row windows_rows[] = {
	{ 0x00000000, URB_OK, "SUCCESS" },
	{ 0x40000000, URB_PENDING, "PENDING" },
	{ 0x80000200, URB_FAILED, "INVALID_URB_FUNCTION" },
	{ 0x80000300, URB_FAILED, "INVALID_PARAMETER" },
	{ 0x80000400, URB_FAILED, "ERROR_BUSY" },
	{ 0x80000600, URB_FAILED, "INVALID_PIPE_HANDLE" },
	{ 0x80000700, URB_FAILED, "NO_BANDWIDTH" },
	{ 0x80000800, URB_FAILED, "INTERNAL_HC_ERROR" },
	{ 0x80000900, URB_SHORT_READ, "ERROR_SHORT_TRANSFER" },
	{ 0xc0000001, URB_LINE_ERROR, "CRC" },
	{ 0xc0000002, URB_LINE_ERROR, "BTSTUFF" },
	{ 0xc0000003, URB_LINE_ERROR, "DATA_TOGGLE_MISMATCH" },
	{ 0xc0000004, URB_STALLED, "STALL_PID" },
	{ 0xc0000005, URB_LINE_ERROR, "DEV_NOT_RESPONDING" },
	{ 0xc0000006, URB_LINE_ERROR, "PID_CHECK_FAILURE" },
	{ 0xc0000007, URB_LINE_ERROR, "UNEXPECTED_PID" },
	{ 0xc0000008, URB_OVERFLOW, "DATA_OVERRUN" },
	{ 0xc0000009, URB_SHORT_READ, "DATA_UNDERRUN" },
	{ 0xc000000a, URB_FAILED, "RESERVED1" },
	{ 0xc000000b, URB_FAILED, "RESERVED2" },
	{ 0xc000000c, URB_OVERFLOW, "BUFFER_OVERRUN" },
	{ 0xc000000d, URB_FAILED, "BUFFER_UNDERRUN" },
	{ 0xc000000f, URB_FAILED, "NOT_ACCESSED" },
	{ 0xc0000010, URB_FAILED, "FIFO" },
	{ 0xc0000011, URB_LINE_ERROR, "XACT_ERROR" },
	{ 0xc0000012, URB_OVERFLOW, "BABBLE_DETECTED" },
	{ 0xc0000013, URB_FAILED, "DATA_BUFFER_ERROR" },
	{ 0xc0000014, URB_LINE_ERROR, "NO_PING_RESPONSE" },
	{ 0xc0000015, URB_FAILED, "INVALID_STREAM_TYPE" },
	{ 0xc0000016, URB_FAILED, "INVALID_STREAM_ID" },
	{ 0xc0000030, URB_STALLED, "ENDPOINT_HALTED" },
	{ 0xc0000a00, URB_FAILED, "BAD_START_FRAME" },
	{ 0xc0000b00, URB_FAILED, "ISOCH_REQUEST_FAILED" },
	{ 0xc0000c00, URB_FAILED, "FRAME_CONTROL_OWNED" },
	{ 0xc0000d00, URB_FAILED, "FRAME_CONTROL_NOT_OWNED" },
	{ 0xc0000e00, URB_FAILED, "NOT_SUPPORTED" },
	{ 0xc0000f00, URB_FAILED, "INVALID_CONFIGURATION_DESCRIPTOR" },
	{ 0xc0001000, URB_FAILED, "INSUFFICIENT_RESOURCES" },
	{ 0xc0002000, URB_FAILED, "SET_CONFIG_FAILED" },
	{ 0xc0003000, URB_FAILED, "BUFFER_TOO_SMALL" },
	{ 0xc0004000, URB_FAILED, "INTERFACE_NOT_FOUND" },
	{ 0xc0005000, URB_FAILED, "INVALID_PIPE_FLAGS" },
	{ 0xc0006000, URB_TIMED_OUT, "TIMEOUT" },
	{ 0xc0007000, URB_GONE, "DEVICE_GONE" },
	{ 0xc0008000, URB_FAILED, "STATUS_NOT_MAPPED" },
	{ 0xc0009000, URB_FAILED, "HUB_INTERNAL_ERROR" },
	{ 0xc0010000, URB_CANCELLED, "CANCELED" },
	{ 0xc0020000, URB_FAILED, "ISO_NOT_ACCESSED_BY_HW" },
	{ 0xc0030000, URB_FAILED, "ISO_TD_ERROR" },
	{ 0xc0040000, URB_FAILED, "ISO_NA_LATE_USBPORT" },
	{ 0xc0050000, URB_FAILED, "ISO_NOT_ACCESSED_LATE" },
	{ 0xc0100000, URB_FAILED, "BAD_DESCRIPTOR" },
	{ 0xc0100001, URB_FAILED, "BAD_DESCRIPTOR_BLEN" },
	{ 0xc0100002, URB_FAILED, "BAD_DESCRIPTOR_TYPE" },
	{ 0xc0100003, URB_FAILED, "BAD_INTERFACE_DESCRIPTOR" },
	{ 0xc0100004, URB_FAILED, "BAD_ENDPOINT_DESCRIPTOR" },
	{ 0xc0100005, URB_FAILED, "BAD_INTERFACE_ASSOC_DESCRIPTOR" },
	{ 0xc0100006, URB_FAILED, "BAD_CONFIG_DESC_LENGTH" },
	{ 0xc0100007, URB_FAILED, "BAD_NUMBER_OF_INTERFACES" },
	{ 0xc0100008, URB_FAILED, "BAD_NUMBER_OF_ENDPOINTS" },
	{ 0xc0100009, URB_FAILED, "BAD_ENDPOINT_ADDRESS" },
};

static const struct status_row *find(int64_t status, bool windows)
{
	const struct status_row *rows = windows ? windows_rows : linux_rows;
	size_t count = windows ? sizeof windows_rows / sizeof *windows_rows : sizeof linux_rows / sizeof *linux_rows;

	for (size_t i = 0; i < count; i++)
		if (rows[i].status == status)
			return &rows[i];
	return NULL;
}

const char *urb_status_name(int64_t status, bool windows)
{
	const struct status_row *row = find(status, windows);

	return row ? row->name : NULL;
}

enum urb_result urb_result_of(int64_t status, bool windows)
{
	const struct status_row *row = find(status, windows);

	if (row)
		return row->result;
	/* The two high bits of a USBD_STATUS say how it went (USBD_SUCCESS in usb.h): 0 success, 1 pending, 2 and 3 errors. */
	if (windows && status >= 0 && status < 0x40000000)
		return URB_OK;
	return windows && status >= 0x40000000 && status < 0x80000000 ? URB_PENDING : URB_FAILED;
}

const char *urb_result_name(enum urb_result result)
{
	static const char *const names[] = {
		[URB_OK] = "ok",
		[URB_PENDING] = "pending",
		[URB_STALLED] = "stalled",
		[URB_CANCELLED] = "cancelled",
		[URB_LINE_ERROR] = "line error",
		[URB_OVERFLOW] = "overflow",
		[URB_GONE] = "device gone",
		[URB_SHORT_READ] = "short read",
		[URB_TIMED_OUT] = "timed out",
		[URB_FAILED] = "failed",
	};

	return (unsigned)result < sizeof names / sizeof *names ? names[result] : "failed";
}
