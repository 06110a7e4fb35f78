/* The least that any reader of a capture does: libpcap's loop over its records. Usage: bare FILE. Prints packets and bytes. */
#include <err.h>
#include <stdint.h>
#include <stdio.h>

#include <pcap/pcap.h>

int main(int argc, char **argv)
{
	char problem[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *data;
	uint64_t packets = 0, bytes = 0;
	pcap_t *pcap;

	if (argc != 2)
		errx(2, "usage: bare FILE");
	pcap = pcap_open_offline(argv[1], problem);
	if (!pcap)
		errx(1, "%s: %s", argv[1], problem);
	while (pcap_next_ex(pcap, &header, &data) == 1) {
		packets++;
		bytes += header->caplen;
	}
	printf("%llu packets, %llu bytes\n", (unsigned long long)packets, (unsigned long long)bytes);
	pcap_close(pcap);
	return 0;
}
