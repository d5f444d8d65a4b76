/* lwIP on a TAP, with echo services on UDP and TCP port 7, and orders as lines of JSON through a UNIX socket.

       lwip_echo INTERFACE ADDRESS NETMASK GATEWAY CONTROL

   Everything is done by callbacks of lwIP's raw interface, under its lock. What the connection cannot be sent back
   yet is refused, and lwIP offers it again. */

#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <lwip/etharp.h>
#include <lwip/netif.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>
#include <lwip/udp.h>
#include <netif/ethernet.h>

enum { PORT = 7, FRAME = 65536, CONNECTIONS = 4096 };

/* A connection: where it is no more, `pcb` is null. The number of one that was opened here is its place. */
struct connection {
    struct tcp_pcb *pcb;
    int hold;
};
static struct connection connections[CONNECTIONS];
static int used;
static struct netif interface;
static struct udp_pcb *datagrams;
static int tap;

static struct connection *connection_of(struct tcp_pcb *pcb, int hold) {
    int place = used < CONNECTIONS ? used++ : CONNECTIONS;
    for (int old = 0; place == CONNECTIONS && old < CONNECTIONS; old++)
        if (!connections[old].pcb)
            place = old;
    if (place == CONNECTIONS)
        return NULL;
    connections[place] = (struct connection){pcb, hold};
    return &connections[place];
}

static void gone(void *argument, err_t error) {
    (void)error;
    ((struct connection *)argument)->pcb = NULL;
}

static err_t close_it(struct connection *each) {
    struct tcp_pcb *pcb = each->pcb;
    each->pcb = NULL;
    tcp_arg(pcb, NULL);
    tcp_err(pcb, NULL);
    tcp_recv(pcb, NULL);
    return tcp_close(pcb);
}

static err_t received(void *argument, struct tcp_pcb *pcb, struct pbuf *data, err_t error) {
    struct connection *own = argument;
    (void)error;
    if (!data)
        return close_it(own);
    if (!own->hold) {
        if (pcb->state != FIN_WAIT_1 && pcb->state != FIN_WAIT_2) { /* else nothing can be sent any more */
            if (tcp_sndbuf(pcb) < data->tot_len)
                return ERR_MEM;
            for (struct pbuf *each = data; each; each = each->next)
                tcp_write(pcb, each->payload, each->len, TCP_WRITE_FLAG_COPY);
        }
        tcp_recved(pcb, data->tot_len);
        tcp_output(pcb);
    }
    pbuf_free(data);
    return ERR_OK;
}

static err_t watched(struct tcp_pcb *pcb, int hold) {
    struct connection *own = connection_of(pcb, hold);
    if (!own) {
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    tcp_arg(pcb, own);
    tcp_err(pcb, gone);
    tcp_recv(pcb, received);
    return ERR_OK;
}

static err_t accepted(void *hold, struct tcp_pcb *pcb, err_t error) {
    return error == ERR_OK && pcb ? watched(pcb, hold != NULL) : ERR_VAL;
}

static err_t connected(void *argument, struct tcp_pcb *pcb, err_t error) {
    (void)argument, (void)pcb;
    return error;
}

static void listen_to(int port, int hold) {
    struct tcp_pcb *pcb = tcp_new();
    if (tcp_bind(pcb, IP4_ADDR_ANY, port) != ERR_OK) { /* it is listened to already */
        tcp_close(pcb);
        return;
    }
    pcb = tcp_listen(pcb);
    tcp_arg(pcb, hold ? &interface : NULL);
    tcp_accept(pcb, accepted);
}

static void echo(void *argument, struct udp_pcb *pcb, struct pbuf *data, const ip_addr_t *from, u16_t port) {
    (void)argument;
    udp_sendto(pcb, data, from, port);
    pbuf_free(data);
}

/* The interface: a driver of our own, whose packets are each one piece of memory. */

static err_t put(struct netif *netif, struct pbuf *data) {
    static char frame[FRAME];
    u16_t size = pbuf_copy_partial(data, frame, sizeof frame - 1, 0);
    (void)netif;
    return write(tap, frame, size) == size ? ERR_OK : ERR_IF;
}

static err_t begin(struct netif *netif) {
    memcpy(netif->hwaddr, "\x02\0\0lwi", 6);
    netif->hwaddr_len = 6;
    netif->mtu = 1500;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = put;
    return ERR_OK;
}

static void *take(void *nothing) {
    static char frame[FRAME];
    for (;;) {
        ssize_t size = read(tap, frame, sizeof frame - 1);
        struct pbuf *data = size > 0 ? pbuf_alloc(PBUF_RAW, size, PBUF_RAM) : NULL;
        if (!data)
            continue;
        pbuf_take(data, frame, size);
        if (interface.input(data, &interface) != ERR_OK)
            pbuf_free(data);
    }
    return nothing;
}

/* Orders. They come by `sockets.py control`, which reads their JSON and writes it anew: each name stands there once. */

static const char *value(const char *line, const char *name) {
    const char *found = strstr(line, name);
    return found ? found + strlen(name) + strspn(found + strlen(name), "\": ") : "";
}

static struct connection *asked_for(const char *line) {
    int number = atoi(value(line, "\"connection\"")) - 1, port = atoi(value(line, "\"port\""));
    if (number >= 0)
        return number < used && connections[number].pcb ? &connections[number] : NULL;
    for (int place = used - 1; place >= 0; place--)
        if (connections[place].pcb && connections[place].pcb->remote_port == port)
            return &connections[place];
    return NULL;
}

static void connect_to(const char *line, char *answer, size_t size) {
    ip_addr_t to;
    char address[16] = "";
    sscanf(value(line, "\"address\""), "%15[0-9.]", address);
    struct tcp_pcb *pcb = tcp_new();
    if (!ipaddr_aton(address, &to) || watched(pcb, 1) != ERR_OK)
        return;
    tcp_connect(pcb, &to, atoi(value(line, "\"port\"")), connected);
    int number = (int)((struct connection *)pcb->callback_arg - connections) + 1;
    snprintf(answer, size, "{\"connection\": %d, \"port\": %d}", number, pcb->local_port);
}

static void obey(const char *line, char *answer, size_t size) {
    const char *what = value(line, "\"op\"");
    struct connection *own = asked_for(line);
    snprintf(answer, size, "{}");
    if (!strncmp(what, "connect\"", 8))
        connect_to(line, answer, size);
    else if (!strncmp(what, "listen\"", 7))
        listen_to(atoi(value(line, "\"port\"")), 1);
    else if (!strncmp(what, "flush\"", 6))
        etharp_cleanup_netif(&interface);
    else if (strncmp(what, "close\"", 6) && strncmp(what, "read\"", 5) && strncmp(what, "abort\"", 6))
        snprintf(answer, size, "{\"unsupported\": true}");
    else if (!own)
        snprintf(answer, size, "{\"error\": \"there is no such connection\"}");
    else if (what[0] == 'r')
        tcp_recved(own->pcb, atoi(value(line, "\"size\"")));
    else if (what[0] == 'a')
        tcp_abort(own->pcb);
    else if (strstr(line, "\"all\"") || strstr(line, "\"connection\""))
        close_it(own);
    else
        tcp_shutdown(own->pcb, 0, 1);
}

static void serve(const char *path) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    unlink(path);
    if (bind(listening, (struct sockaddr *)&name, sizeof name) || listen(listening, 4)) {
        perror(path);
        exit(2);
    }
    for (;;) {
        int client = accept(listening, NULL, NULL);
        FILE *lines = client < 0 ? NULL : fdopen(client, "r");
        char line[4096], answer[256];
        while (lines && fgets(line, sizeof line, lines)) {
            LOCK_TCPIP_CORE();
            obey(line, answer, sizeof answer);
            UNLOCK_TCPIP_CORE();
            dprintf(client, "%s\n", answer);
        }
        if (lines)
            fclose(lines);
    }
}

int main(int count, char **words) {
    ip4_addr_t address, mask, gateway;
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    pthread_t thread;
    if (count != 6 || !ip4addr_aton(words[2], &address) || !ip4addr_aton(words[3], &mask) ||
        !ip4addr_aton(words[4], &gateway)) {
        fprintf(stderr, "usage: lwip_echo INTERFACE ADDRESS NETMASK GATEWAY CONTROL\n");
        return 2;
    }
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", words[1]);
    if ((tap = open("/dev/net/tun", O_RDWR)) < 0 || ioctl(tap, TUNSETIFF, &request)) {
        perror(words[1]);
        return 2;
    }
    tcpip_init(NULL, NULL);
    LOCK_TCPIP_CORE();
    netif_add(&interface, &address, &mask, &gateway, NULL, begin, tcpip_input);
    netif_set_default(&interface);
    netif_set_up(&interface);
    listen_to(PORT, 0);
    datagrams = udp_new();
    udp_bind(datagrams, IP4_ADDR_ANY, PORT);
    ip_set_option(datagrams, SOF_BROADCAST);
    udp_recv(datagrams, echo, NULL);
    UNLOCK_TCPIP_CORE();
    pthread_create(&thread, NULL, take, NULL);
    serve(words[5]);
    return 0;
}
