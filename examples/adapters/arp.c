/* An adapter in C for a parser of ARP over Ethernet: a line of JSON in, a line of JSON out.
 *     cc -O2 -o arp arp.c && wireproof conform parser --adapter ./arp --select arp
 * Put your own parser in place of parse(). What you do not do, answer with "unsupported". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of a key, as the runner writes it: "key":"text"; no escapes occur in ids and hexadecimal. */
static int text(const char *line, const char *key, char *out, size_t room) {
    char wanted[32];
    snprintf(wanted, sizeof wanted, "\"%s\":\"", key);
    const char *begin = strstr(line, wanted);
    const char *end = begin ? strchr(begin += strlen(wanted), '"') : NULL;
    if (!end || (size_t)(end - begin) >= room) return 0;
    memcpy(out, begin, end - begin);
    out[end - begin] = 0;
    return 1;
}

static void mac(const unsigned char *p) {
    printf("\"%02x:%02x:%02x:%02x:%02x:%02x\"", p[0], p[1], p[2], p[3], p[4], p[5]);
}

static void rejected(const char *layer) { printf("\"accept\":false,\"layer\":\"%s\",\"reason\":\"malformed\"", layer); }

static void parse(const unsigned char *p, size_t n) {
    if (n < 14) { rejected("eth"); return; }
    unsigned type = p[12] << 8 | p[13];
    if (type != 0x0806 && type != 0x8035) { printf("\"unsupported\":true"); return; }
    const unsigned char *a = p + 14;
    size_t left = n - 14;
    if (left < 8) { rejected("arp"); return; }
    size_t hln = a[4], pln = a[5], need = 8 + 2 * (hln + pln); /* in size_t: 2 * (255 + 255) is more than a byte */
    if (left < need) { rejected("arp"); return; }
    printf("\"accept\":true,\"fields\":{\"eth.type\":[%u],\"eth.dst\":[", type);
    mac(p);
    printf("],\"eth.src\":[");
    mac(p + 6);
    printf("],\"arp.hw.type\":[%u],\"arp.proto.type\":[%u],\"arp.hw.size\":[%zu],\"arp.proto.size\":[%zu],"
           "\"arp.opcode\":[%u]}", a[0] << 8 | a[1], a[2] << 8 | a[3], hln, pln, a[6] << 8 | a[7]);
}

int main(void) {
    static char line[1 << 18], id[256], op[16], hex[1 << 17];
    static unsigned char packet[1 << 16];
    while (fgets(line, sizeof line, stdin)) {
        if (!text(line, "id", id, sizeof id) || !text(line, "op", op, sizeof op)) return 1;
        printf("{\"id\":\"%s\",", id);
        if (!strcmp(op, "parse") && strstr(line, "\"link\":\"ethernet\"") && text(line, "hex", hex, sizeof hex)) {
            size_t n = strlen(hex) / 2;
            for (size_t i = 0; i < n; i++) sscanf(hex + 2 * i, "%2hhx", &packet[i]);
            parse(packet, n);
        } else printf("\"unsupported\":true");
        puts("}");
        fflush(stdout); /* the runner waits for the answer */
    }
}
