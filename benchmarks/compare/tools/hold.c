/*
 * Holds idle connections: opens N, asks once on each so that they are kept alive, prints "ready N", waits for its
 * standard input to end, and prints how many of them are still open.
 *
 *   hold HOST:PORT N
 */
#include "response.h"

static char buffer[PATTERN_BYTES];

/* Opens one connection and gets one answer over it; -1 when that fails. */
static int open_one(const struct sockaddr_in *to, const char *host)
{
    static struct response response;
    char request[256];
    int size = snprintf(request, sizeof request, "GET /bytes/128 HTTP/1.1\r\nHost: %s\r\n\r\n", host);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)to, sizeof *to) != 0 || send(fd, request, (size_t)size, MSG_NOSIGNAL) != size)
        return -1;
    response_begin(&response, false);
    while (response.state != COMPLETE && response.state != BROKEN) {
        ssize_t count = recv(fd, buffer, sizeof buffer, 0);
        if (count <= 0)
            return -1;
        response_feed(&response, buffer, (size_t)count);
    }
    return response.state == COMPLETE && response.body_seen == 128 ? fd : -1;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        die("usage: hold HOST:PORT N");
    pattern_init();
    struct sockaddr_in to = parse_address(argv[1]);
    int wanted = atoi(argv[2]), opened = 0, open_still = 0;
    int *held = calloc((size_t)wanted, sizeof *held);
    for (int i = 0; i < wanted; i++) {
        held[i] = open_one(&to, argv[1]);
        opened += held[i] >= 0;
    }
    printf("ready %d\n", opened);
    fflush(stdout);
    while (read(STDIN_FILENO, buffer, sizeof buffer) > 0)
        ;
    for (int i = 0; i < wanted; i++)
        open_still += held[i] >= 0 && recv(held[i], buffer, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN;
    printf("open %d\n", open_still);
    return 0;
}
