/* What the tools share: time, addresses, sockets, and the bytes that bodies are made of. */
#ifndef BENCH_H
#define BENCH_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Byte i of every body is i modulo this prime, so a lost, doubled or moved byte never goes unnoticed. */
#define PATTERN_PERIOD 251
#define PATTERN_BYTES (256 * 1024)

static char pattern[PATTERN_BYTES + PATTERN_PERIOD];

static inline void pattern_init(void)
{
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (char)(i % PATTERN_PERIOD);
}

/* The body bytes from offset on; PATTERN_BYTES of them may be read. */
static inline const char *pattern_at(uint64_t offset)
{
    return pattern + offset % PATTERN_PERIOD;
}

/* Tells whether these are the body bytes from offset on. */
static inline bool pattern_matches(uint64_t offset, const char *bytes, size_t count)
{
    while (count > 0) {
        size_t part = count < PATTERN_BYTES ? count : PATTERN_BYTES;
        if (memcmp(bytes, pattern_at(offset), part) != 0)
            return false;
        bytes += part;
        offset += part;
        count -= part;
    }
    return true;
}

static inline void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static inline struct sockaddr_in parse_address(const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    const char *colon = strrchr(text, ':');
    char host[64] = "";
    if (colon == NULL || (size_t)(colon - text) >= sizeof host)
        die("address must be HOST:PORT: %s", text);
    memcpy(host, text, (size_t)(colon - text));
    address.sin_port = htons((uint16_t)atoi(colon + 1));
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        die("not an IPv4 address: %s", host);
    return address;
}

static inline void set_no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* A non-blocking socket on its way to the address, or -1. */
static inline int start_connect(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    set_no_delay(fd);
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

static inline void watch(int epoll, int operation, int fd, uint32_t events, void *owner)
{
    struct epoll_event event = {.events = events, .data.ptr = owner};
    if (epoll_ctl(epoll, operation, fd, &event) != 0)
        die("epoll_ctl: %s", strerror(errno));
}

#endif
