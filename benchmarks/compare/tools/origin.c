/*
 * The application behind the proxies: one thread, level-triggered epoll, answers made beforehand where they are small.
 *
 *   origin HOST:PORT
 *
 *   GET  /bytes/N     N bytes with Content-Length
 *   GET  /chunked/N   N bytes in four chunks
 *   POST /sink        reads the body (Content-Length) and answers the number of bytes, or 400 when they are not the pattern
 *   GET  /echo        WebSocket; every message comes back
 */
#include "bench.h"

#define HEAD_LIMIT 4096
#define READY_EVENTS 256

enum phase { READ_HEAD, READ_BODY, WRITE, ECHO };

struct connection {
    int fd;
    enum phase phase;
    bool waits_to_write;
    size_t held; /* bytes in in[] */
    char in[HEAD_LIMIT];
    char head[512];
    const char *out; /* the answer's first part, then the pattern from body_offset on */
    size_t out_left;
    uint64_t body_offset, body_left;
    uint64_t upload_seen, upload_left;
    bool upload_good;
};

struct prepared {
    char bytes[16384];
    size_t length;
};

static struct prepared small, medium, chunked;
static char scratch[PATTERN_BYTES];
static int epoll;

static int write_head(char *to, size_t room, const char *framing)
{
    return snprintf(to, room,
                    "HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Sun, 22 Nov 2026 09:00:00 GMT\r\n"
                    "Content-Type: application/octet-stream\r\nCache-Control: no-cache\r\n%s\r\n\r\n",
                    framing);
}

static void prepare_length(struct prepared *answer, size_t size)
{
    char framing[64];
    snprintf(framing, sizeof framing, "Content-Length: %zu", size);
    answer->length = (size_t)write_head(answer->bytes, sizeof answer->bytes, framing);
    memcpy(answer->bytes + answer->length, pattern, size);
    answer->length += size;
}

static void prepare_chunked(struct prepared *answer, size_t size)
{
    char *to = answer->bytes + write_head(answer->bytes, sizeof answer->bytes, "Transfer-Encoding: chunked");
    for (size_t offset = 0; offset < size; offset += size / 4) {
        to += sprintf(to, "%zx\r\n", size / 4);
        memcpy(to, pattern_at(offset), size / 4);
        to += size / 4;
        to += sprintf(to, "\r\n");
    }
    to += sprintf(to, "0\r\n\r\n");
    answer->length = (size_t)(to - answer->bytes);
}

static void finish(struct connection *c)
{
    close(c->fd);
    free(c);
}

/* Sends what is left of the answer; false when the connection broke. */
static bool send_answer(struct connection *c)
{
    while (c->out_left + c->body_left > 0) {
        size_t part = c->body_left < PATTERN_BYTES ? (size_t)c->body_left : PATTERN_BYTES;
        struct iovec parts[2] = {{(void *)c->out, c->out_left}, {(void *)pattern_at(c->body_offset), part}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t sent = sendmsg(c->fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            if (!c->waits_to_write)
                watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLOUT, c);
            c->waits_to_write = true;
            return true;
        }
        if (sent < 0)
            return false;
        size_t of_head = (size_t)sent < c->out_left ? (size_t)sent : c->out_left;
        c->out += of_head;
        c->out_left -= of_head;
        c->body_offset += (uint64_t)sent - of_head;
        c->body_left -= (uint64_t)sent - of_head;
    }
    if (c->waits_to_write)
        watch(epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
    c->waits_to_write = false;
    c->phase = READ_HEAD;
    return true;
}

static bool answer(struct connection *c, const char *bytes, size_t length, uint64_t body)
{
    c->phase = WRITE;
    c->out = bytes;
    c->out_left = length;
    c->body_offset = 0;
    c->body_left = body;
    return send_answer(c);
}

static bool answer_bytes(struct connection *c, uint64_t size)
{
    if (size == 128)
        return answer(c, small.bytes, small.length, 0);
    if (size == 10240)
        return answer(c, medium.bytes, medium.length, 0);
    char framing[64];
    snprintf(framing, sizeof framing, "Content-Length: %llu", (unsigned long long)size);
    return answer(c, c->head, (size_t)write_head(c->head, sizeof c->head, framing), size);
}

static bool take_upload(struct connection *c, const char *bytes, size_t count)
{
    c->upload_good = c->upload_good && count <= c->upload_left && pattern_matches(c->upload_seen, bytes, count);
    c->upload_seen += count;
    c->upload_left -= count < c->upload_left ? count : c->upload_left;
    if (c->upload_left > 0) {
        c->phase = READ_BODY;
        return true;
    }
    char text[24];
    int digits = snprintf(text, sizeof text, "%llu", (unsigned long long)c->upload_seen);
    int length = snprintf(c->head, sizeof c->head, "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s",
                          c->upload_good ? "200 OK" : "400 Bad Request", digits, text);
    return answer(c, c->head, (size_t)length, 0);
}

static bool start_echo(struct connection *c)
{
    /* The tools' client always sends the key of RFC 6455 section 1.3; this is its answer. */
    static const char accepted[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    if (send(c->fd, accepted, sizeof accepted - 1, MSG_NOSIGNAL) != (ssize_t)sizeof accepted - 1)
        return false;
    c->phase = ECHO;
    return true;
}

/* Answers every whole frame that is held: unmasked, as a server sends it (RFC 6455 section 5). */
static bool echo_frames(struct connection *c)
{
    char *at = c->in, *end = c->in + c->held, *out = scratch;
    while (end - at >= 8) {
        size_t length = (unsigned char)at[1] & 127;
        size_t skip = length == 126 ? 4 : 2;
        if (length == 126)
            length = (size_t)(unsigned char)at[2] << 8 | (unsigned char)at[3];
        if ((size_t)(end - at) < skip + 4 + length)
            break;
        const char *mask = at + skip, *payload = mask + 4;
        memcpy(out, at, skip);
        out[1] &= 127;
        out += skip;
        for (size_t i = 0; i < length; i++)
            *out++ = payload[i] ^ mask[i & 3];
        at += skip + 4 + length;
    }
    c->held = (size_t)(end - at);
    memmove(c->in, at, c->held);
    size_t made = (size_t)(out - scratch);
    return made == 0 || send(c->fd, scratch, made, MSG_NOSIGNAL) == (ssize_t)made;
}

/* Acts on a request head, if all of it is there. */
static bool take_head(struct connection *c)
{
    char *end = memmem(c->in, c->held, "\r\n\r\n", 4);
    if (end == NULL)
        return c->held < HEAD_LIMIT;
    size_t length = (size_t)(end + 4 - c->in), rest = c->held - length;
    end[2] = '\0';
    c->held = 0;
    if (strncmp(c->in, "GET /bytes/", 11) == 0)
        return answer_bytes(c, strtoull(c->in + 11, NULL, 10));
    if (strncmp(c->in, "GET /chunked/", 13) == 0)
        return answer(c, chunked.bytes, chunked.length, 0);
    if (strncmp(c->in, "GET /echo", 9) == 0)
        return start_echo(c);
    const char *declared = strcasestr(c->in, "\r\ncontent-length:");
    if (strncmp(c->in, "POST /sink", 10) != 0 || declared == NULL)
        return false;
    c->upload_seen = 0;
    c->upload_left = strtoull(declared + 17, NULL, 10);
    c->upload_good = true;
    return take_upload(c, c->in + length, rest);
}

/* Reads once and acts on it; false ends the connection. */
static bool readable(struct connection *c)
{
    bool body = c->phase == READ_BODY;
    ssize_t count = body ? recv(c->fd, scratch, sizeof scratch, 0)
                         : recv(c->fd, c->in + c->held, HEAD_LIMIT - c->held, 0);
    if (count <= 0)
        return count < 0 && errno == EAGAIN;
    if (body)
        return take_upload(c, scratch, (size_t)count);
    c->held += (size_t)count;
    return c->phase == ECHO ? echo_frames(c) : take_head(c);
}

static void accept_all(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        set_no_delay(fd);
        watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, c);
    }
}

static int start_listening(const char *text)
{
    struct sockaddr_in address = parse_address(text);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4096) != 0)
        die("cannot listen on %s: %s", text, strerror(errno));
    return fd;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        die("usage: origin HOST:PORT");
    pattern_init();
    prepare_length(&small, 128);
    prepare_length(&medium, 10240);
    prepare_chunked(&chunked, 10240);
    int listener = start_listening(argv[1]);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    struct epoll_event ready[READY_EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, ready, READY_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct connection *c = ready[i].data.ptr;
            if (c == NULL)
                accept_all(listener);
            else if (!(c->phase == WRITE ? send_answer(c) : readable(c)))
                finish(c);
        }
    }
}
