/*
 * The HTTP load generator: one thread, epoll, every answer checked.
 *
 *   load --to HOST:PORT --connections N --seconds S [--path P] [--length BYTES]
 *        [--post BYTES]   upload that many bytes to P and expect their number as the answer
 *        [--close]        a new connection for each request
 *        [--rate R]       open loop: Poisson arrivals at R/s, latency counted from the arrival, not from the sending
 *        [--tls FILE]     TLS, with the certificate of that file only
 *        [--resume]       all handshakes but the first resume its session
 *        [--wait]         use each connection once, print "ready", and begin at a line of standard input; after the result
 *                         wait for the end of standard input, so that opening and closing need not be measured
 *
 * Without --rate each connection sends its next request when the last is answered. Prints one line of JSON.
 */
#include "response.h"
#include "samples.h"
#include "wire.h"
#include <getopt.h>
#include <math.h>
#include <sys/timerfd.h>

#define READY_EVENTS 256
#define PATIENCE_NS 10000000000u
#define QUEUE_ROOM (1 << 20)

struct client {
    struct wire wire;
    bool busy, waits_to_write, awaits_close;
    uint64_t since; /* the request's arrival */
    size_t head_sent;
    uint64_t body_sent;
    struct response response;
};

static struct {
    struct sockaddr_in to;
    const char *host, *path, *certificate;
    int connections;
    double seconds, rate;
    uint64_t length, post;
    bool close, resume, wait;
} options = {.path = "/bytes/128", .length = 128, .connections = 1, .seconds = 1};

static int epoll;
static char head[512], buffer[PATTERN_BYTES];
static size_t head_length;
static struct samples samples;
static uint64_t errors, body_bytes, deadline, in_flight;
static const char *first_error = "";
static struct client **idle; /* open loop: connections without a request */
static int idle_count;
static uint64_t *arrivals; /* open loop: requests that found no connection, a ring */
static uint64_t arrivals_first, arrivals_last;

static void open_client(struct client *c)
{
    int fd = start_connect(&options.to);
    if (fd < 0)
        die("connect: %s", strerror(errno));
    wire_open(&c->wire, fd);
    c->waits_to_write = false;
    watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, c);
}

static void fail(struct client *c, const char *why)
{
    errors++;
    if (*first_error == '\0')
        first_error = why;
    if (errors > 1000)
        die("more than 1000 errors, the first: %s", first_error);
    wire_close(&c->wire);
    open_client(c);
}

static void wait_for_room(struct client *c, bool wait)
{
    if (wait != c->waits_to_write)
        watch(epoll, EPOLL_CTL_MOD, c->wire.fd, wait ? EPOLLIN | EPOLLOUT : EPOLLIN, c);
    c->waits_to_write = wait;
}

static bool has_unsent(const struct client *c)
{
    return c->head_sent < head_length || c->body_sent < options.post;
}

/* Sends what the connection takes of the request; false when it broke. */
static bool send_request(struct client *c)
{
    while (has_unsent(c)) {
        uint64_t left = options.post - c->body_sent;
        struct iovec parts[2] = {{head + c->head_sent, head_length - c->head_sent},
                                 {(void *)pattern_at(c->body_sent), left < PATTERN_BYTES ? (size_t)left : PATTERN_BYTES}};
        ssize_t sent = wire_send(&c->wire, parts);
        if (sent == WIRE_BROKEN || sent == 0)
            return false;
        if (sent == WIRE_AGAIN) {
            wait_for_room(c, c->wire.wants_room);
            return true;
        }
        size_t of_head = (size_t)sent < parts[0].iov_len ? (size_t)sent : parts[0].iov_len;
        c->head_sent += of_head;
        c->body_sent += (uint64_t)sent - of_head;
    }
    wait_for_room(c, false);
    return true;
}

static void begin_request(struct client *c, uint64_t since)
{
    c->busy = true;
    c->since = since;
    c->head_sent = 0;
    c->body_sent = 0;
    in_flight++;
    response_begin(&c->response, options.post > 0);
    if (!send_request(c)) {
        c->busy = false;
        in_flight--;
        fail(c, "send failed");
    }
}

/* Gives a connection that has become free its next request, if there is one. */
static void next_request(struct client *c)
{
    if (options.rate == 0) {
        uint64_t now = now_ns();
        if (now < deadline)
            begin_request(c, now);
    } else if (arrivals_first < arrivals_last) {
        begin_request(c, arrivals[arrivals_first++ % QUEUE_ROOM]);
    } else {
        idle[idle_count++] = c;
    }
}

static bool answer_is_right(const struct response *r)
{
    if (!r->plain)
        return r->body_seen == options.length;
    return r->body_seen < 20 && strtoull(r->line, NULL, 10) == options.post;
}

static void end_request(struct client *c, const char *error)
{
    c->busy = c->awaits_close = false;
    in_flight--;
    if (error == NULL) {
        samples_add(&samples, now_ns() - c->since);
        body_bytes += options.post > 0 ? options.post : c->response.body_seen;
    } else {
        fail(c, error);
    }
    next_request(c);
}

static void end_connection(struct client *c)
{
    wire_close(&c->wire);
    open_client(c);
    end_request(c, NULL);
}

/* Receives once and acts on it; false when nothing came. */
static bool receive(struct client *c)
{
    ssize_t count = wire_receive(&c->wire, buffer, sizeof buffer);
    if (count == WIRE_AGAIN)
        return false;
    if (!c->busy) {
        fail(c, "idle connection closed");
    } else if (c->awaits_close) {
        if (count == 0)
            end_connection(c);
        else
            end_request(c, count > 0 ? "bytes after the answer" : "no orderly end after the answer");
    } else if (count <= 0) {
        end_request(c, count == 0 ? "closed before the answer was complete" : "connection reset");
    } else {
        enum response_state state = response_feed(&c->response, buffer, (size_t)count);
        if (state == BROKEN || (state == COMPLETE && !answer_is_right(&c->response)))
            end_request(c, "wrong answer");
        else if (state == COMPLETE && !wire_is_as_meant(&c->wire))
            end_request(c, "another handshake than the one to measure");
        else if (state == COMPLETE && options.close)
            c->awaits_close = true;
        else if (state == COMPLETE)
            end_request(c, NULL);
    }
    return true;
}

/* Receives what has come; OpenSSL may hold more than one call gives. */
static void readable(struct client *c)
{
    while (receive(c) && wire_has_pending(&c->wire))
        ;
}

static double unit_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15u; /* the same arrivals for every proxy */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return ((double)(state >> 11) + .5) / 9007199254740992.0;
}

/* Starts what is due and arms the timer for the arrival after it. */
static void arrive(int timer, uint64_t *next)
{
    uint64_t now = now_ns();
    while (*next <= now && *next < deadline) {
        if (idle_count > 0)
            begin_request(idle[--idle_count], *next);
        else if (arrivals_last - arrivals_first < QUEUE_ROOM)
            arrivals[arrivals_last++ % QUEUE_ROOM] = *next;
        *next += (uint64_t)(-log(unit_random()) * 1e9 / options.rate);
    }
    struct itimerspec at = {.it_value = {(time_t)(*next / 1000000000u), (long)(*next % 1000000000u)}};
    if (*next < deadline)
        timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void run(uint64_t started)
{
    uint64_t next = started, expired;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct epoll_event ready[READY_EVENTS];
    watch(epoll, EPOLL_CTL_ADD, timer, EPOLLIN, NULL);
    if (options.rate > 0)
        arrive(timer, &next);
    for (;;) {
        uint64_t now = now_ns();
        if (now >= deadline && in_flight == 0 && arrivals_first == arrivals_last)
            return;
        if (now > deadline + PATIENCE_NS)
            die("%llu requests are not answered", (unsigned long long)in_flight);
        int count = epoll_wait(epoll, ready, READY_EVENTS, now < deadline ? (int)((deadline - now) / 1000000) + 1 : 100);
        for (int i = 0; i < count; i++) {
            struct client *c = ready[i].data.ptr;
            if (c == NULL) {
                if (read(timer, &expired, sizeof expired) > 0)
                    arrive(timer, &next);
            } else if (c->busy && has_unsent(c) && !send_request(c)) {
                end_request(c, "send failed");
            } else if (ready[i].events & ~(uint32_t)EPOLLOUT) {
                readable(c);
            }
        }
    }
}

static void read_options(int argc, char **argv)
{
    static const struct option known[] = {
        {"to", required_argument, NULL, 't'},     {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'}, {"path", required_argument, NULL, 'p'},
        {"length", required_argument, NULL, 'l'}, {"post", required_argument, NULL, 'u'},
        {"close", no_argument, NULL, 'x'},        {"rate", required_argument, NULL, 'r'},
        {"tls", required_argument, NULL, 'e'},    {"resume", no_argument, NULL, 'a'},
        {"wait", no_argument, NULL, 'w'},
        {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 't': options.host = optarg; options.to = parse_address(optarg); break;
        case 'c': options.connections = atoi(optarg); break;
        case 's': options.seconds = atof(optarg); break;
        case 'p': options.path = optarg; break;
        case 'l': options.length = strtoull(optarg, NULL, 10); break;
        case 'u': options.post = strtoull(optarg, NULL, 10); break;
        case 'x': options.close = true; break;
        case 'r': options.rate = atof(optarg); break;
        case 'e': options.certificate = optarg; break;
        case 'a': options.resume = true; break;
        case 'w': options.wait = true; break;
        default: die("see the head of load.c for the options");
        }
    }
    if (options.host == NULL || options.connections < 1)
        die("--to and at least one connection are needed");
}

static void make_head(void)
{
    head_length = (size_t)snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: load\r\nAccept: */*\r\n"
                                   "Accept-Language: en\r\nCache-Control: no-cache\r\n%s",
                                   options.post > 0 ? "POST" : "GET", options.path, options.host,
                                   options.close ? "Connection: close\r\n" : "");
    head_length += (size_t)(options.post > 0
                                ? sprintf(head + head_length, "Content-Length: %llu\r\n\r\n", (unsigned long long)options.post)
                                : sprintf(head + head_length, "\r\n"));
}

/* Uses each connection once, the first before the others so that they can resume its session; then waits for the start. */
static void use_once_and_wait(struct client *clients)
{
    char line[16];
    deadline = now_ns();
    for (int i = 0; i < options.connections; i++) {
        open_client(&clients[i]);
        begin_request(&clients[i], deadline);
        if (i == 0 || i == options.connections - 1)
            run(deadline);
    }
    samples.count = 0;
    body_bytes = 0;
    idle_count = 0;
    printf("ready\n");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        exit(1);
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    pattern_init();
    make_head();
    if (options.certificate != NULL)
        wire_use_tls(options.certificate, options.resume);
    struct client *clients = calloc((size_t)options.connections, sizeof *clients);
    idle = calloc((size_t)options.connections, sizeof(struct client *));
    arrivals = calloc(QUEUE_ROOM, sizeof *arrivals);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (options.wait)
        use_once_and_wait(clients);
    uint64_t started = now_ns(), cpu = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    deadline = started + (uint64_t)(options.seconds * 1e9);
    for (int i = 0; i < options.connections; i++) {
        if (!options.wait)
            open_client(&clients[i]);
        next_request(&clients[i]);
    }
    run(started);
    samples_report(&samples, errors, first_error, body_bytes, started, cpu);
    while (options.wait && getchar() != EOF)
        ;
    return 0;
}
