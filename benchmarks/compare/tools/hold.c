/*
 * Holds idle connections: opens N, asks once on each so that they are kept alive, prints "ready N", waits for its
 * standard input to end, and prints how many of them are still open.
 *
 *   hold HOST:PORT N [CERTIFICATE]       with a certificate: over TLS
 */
#include "response.h"
#include "wire.h"

static char buffer[PATTERN_BYTES];

/* Opens one connection and gets one answer over it; false when that fails. */
static bool open_one(struct wire *w, const struct sockaddr_in *to, const char *host)
{
    static struct response response;
    char request[256];
    int size = snprintf(request, sizeof request, "GET /bytes/128 HTTP/1.1\r\nHost: %s\r\n\r\n", host);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = 10};
    struct iovec parts[2] = {{request, (size_t)size}, {request, 0}};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    wire_open(w, fd);
    if (connect(fd, (const struct sockaddr *)to, sizeof *to) != 0 || wire_send(w, parts) != size)
        return false;
    response_begin(&response, false);
    while (response.state != COMPLETE && response.state != BROKEN) {
        ssize_t count = wire_receive(w, buffer, sizeof buffer);
        if (count <= 0)
            return false;
        response_feed(&response, buffer, (size_t)count);
    }
    return response.state == COMPLETE && response.body_seen == 128 && wire_is_as_meant(w);
}

/* Whether the proxy has neither closed the connection nor sent anything. */
static bool is_open(const struct wire *w)
{
    return recv(w->fd, buffer, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4)
        die("usage: hold HOST:PORT N [CERTIFICATE]");
    pattern_init();
    if (argc == 4)
        wire_use_tls(argv[3], false);
    struct sockaddr_in to = parse_address(argv[1]);
    int wanted = atoi(argv[2]), opened = 0, open_still = 0;
    struct wire *held = calloc((size_t)wanted, sizeof *held);
    bool *good = calloc((size_t)wanted, sizeof *good);
    for (int i = 0; i < wanted; i++) {
        good[i] = open_one(&held[i], &to, argv[1]);
        opened += good[i];
    }
    printf("ready %d\n", opened);
    fflush(stdout);
    while (read(STDIN_FILENO, buffer, sizeof buffer) > 0)
        ;
    for (int i = 0; i < wanted; i++)
        open_still += good[i] && is_open(&held[i]);
    printf("open %d\n", open_still);
    return 0;
}
