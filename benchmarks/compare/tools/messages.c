/*
 * WebSocket load: each connection upgrades, then sends one masked message after the other and checks its echo.
 *
 *   messages --to HOST:PORT --connections N --seconds S [--length BYTES]     (126 to 1024 bytes, 128 if not given)
 *
 * Prints one line of JSON; a request is a message and its echo.
 */
#include "bench.h"
#include "samples.h"
#include <getopt.h>

#define READY_EVENTS 256
#define FRAME_ROOM 2048
#define PATIENCE_NS 10000000000u

struct client {
    int fd;
    bool upgraded;
    uint32_t number; /* of the message under way; it is part of the payload */
    uint64_t since;
    size_t held;
    char in[FRAME_ROOM];
};

static struct samples samples;
static uint64_t errors, deadline, body_bytes;
static const char *first_error = "";
static int length = 128, epoll, under_way;

static void fail(struct client *c, const char *why)
{
    errors++;
    if (*first_error == '\0')
        first_error = why;
    close(c->fd);
    c->fd = -1;
    under_way--;
}

/* The payload: the message's number, then the pattern. */
static void write_payload(char *to, uint32_t number)
{
    memcpy(to, &number, sizeof number);
    memcpy(to + sizeof number, pattern_at(number), (size_t)length - sizeof number);
}

static void send_message(struct client *c)
{
    static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    char frame[FRAME_ROOM] = {(char)0x82, (char)(0x80 | 126), (char)(length >> 8), (char)length};
    memcpy(frame + 4, mask, sizeof mask);
    write_payload(frame + 8, ++c->number);
    for (int i = 0; i < length; i++)
        frame[8 + i] ^= (char)mask[i & 3];
    c->since = now_ns();
    if (send(c->fd, frame, (size_t)length + 8, MSG_NOSIGNAL) != length + 8)
        fail(c, "send failed");
}

/* Acts on an upgrade or an echo that is complete; false when it is wrong. */
static bool take(struct client *c)
{
    if (!c->upgraded) {
        char *end = memmem(c->in, c->held, "\r\n\r\n", 4);
        if (end == NULL)
            return c->held < FRAME_ROOM;
        if (strncmp(c->in, "HTTP/1.1 101 ", 13) != 0 || end + 4 != c->in + c->held)
            return false;
        c->upgraded = true;
    } else {
        char expected[FRAME_ROOM] = {(char)0x82, 126, (char)(length >> 8), (char)length};
        if (c->held < (size_t)length + 4)
            return true;
        write_payload(expected + 4, c->number);
        if (c->held != (size_t)length + 4 || memcmp(c->in, expected, c->held) != 0)
            return false;
        samples_add(&samples, now_ns() - c->since);
        body_bytes += (uint64_t)length;
    }
    c->held = 0;
    if (now_ns() < deadline)
        send_message(c);
    else
        under_way--;
    return true;
}

static void readable(struct client *c)
{
    ssize_t count = recv(c->fd, c->in + c->held, FRAME_ROOM - c->held, 0);
    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0) {
        fail(c, "connection closed");
        return;
    }
    c->held += (size_t)count;
    if (!take(c))
        fail(c, c->upgraded ? "wrong echo" : "not upgraded");
}

static void start(struct client *c, const struct sockaddr_in *to, const char *host)
{
    char request[512];
    int size = snprintf(request, sizeof request, "GET /echo HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", host);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    set_no_delay(c->fd);
    if (connect(c->fd, (const struct sockaddr *)to, sizeof *to) != 0)
        die("connect: %s", strerror(errno));
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    watch(epoll, EPOLL_CTL_ADD, c->fd, EPOLLIN, c);
    under_way++;
    if (send(c->fd, request, (size_t)size, MSG_NOSIGNAL) != size)
        fail(c, "send failed");
}

int main(int argc, char **argv)
{
    static const struct option known[] = {{"to", required_argument, NULL, 't'}, {"connections", required_argument, NULL, 'c'},
                                          {"seconds", required_argument, NULL, 's'}, {"length", required_argument, NULL, 'l'},
                                          {NULL, 0, NULL, 0}};
    const char *host = NULL;
    int connections = 1;
    double seconds = 1;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 't': host = optarg; break;
        case 'c': connections = atoi(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'l': length = atoi(optarg); break;
        default: die("see the head of messages.c for the options");
        }
    }
    if (host == NULL || connections < 1 || length < 126 || length > 1024)
        die("--to, a connection and a length of 126 to 1024 are needed");
    pattern_init();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct sockaddr_in to = parse_address(host);
    struct client *clients = calloc((size_t)connections, sizeof *clients);
    struct epoll_event ready[READY_EVENTS];
    uint64_t started = now_ns();
    deadline = started + (uint64_t)(seconds * 1e9);
    for (int i = 0; i < connections; i++)
        start(&clients[i], &to, host);
    while (under_way > 0 && now_ns() < deadline + PATIENCE_NS) {
        int count = epoll_wait(epoll, ready, READY_EVENTS, 100);
        for (int i = 0; i < count; i++)
            readable(ready[i].data.ptr);
    }
    if (under_way > 0)
        die("%d messages are not answered", under_way);
    samples_report(&samples, errors, first_error, body_bytes, started, 0);
    return 0;
}
