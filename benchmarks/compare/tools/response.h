/* An incremental reader of one HTTP/1.1 response that checks its status, its length and every byte of its body. */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "bench.h"

enum response_state { IN_HEAD, IN_BODY, IN_CHUNK_SIZE, IN_CHUNK, AFTER_CHUNK, IN_TRAILERS, COMPLETE, BROKEN };

struct response {
    enum response_state state;
    uint64_t body_seen;
    uint64_t left; /* of the body, or of the chunk */
    bool plain;    /* the body is text, not the pattern */
    size_t held;
    char line[4096]; /* the head, a chunk-size line, or the body when it is plain */
};

static inline void response_begin(struct response *r, bool plain)
{
    r->state = IN_HEAD;
    r->body_seen = r->left = 0;
    r->held = 0;
    r->plain = plain;
}

static inline const char *response_field(const char *head, const char *name)
{
    const char *at = strcasestr(head, name);
    return at == NULL ? NULL : at + strlen(name);
}

static inline void response_take_head(struct response *r, const char *head)
{
    const char *length = response_field(head, "\r\ncontent-length:");
    const char *coding = response_field(head, "\r\ntransfer-encoding:");
    if (strncmp(head, "HTTP/1.1 200 ", 13) != 0 || (length == NULL) == (coding == NULL)) {
        r->state = BROKEN;
        return;
    }
    r->held = 0;
    r->left = length == NULL ? 0 : strtoull(length, NULL, 10);
    r->state = coding != NULL ? IN_CHUNK_SIZE : r->left > 0 ? IN_BODY : COMPLETE;
}

/* Collects bytes up to the end mark; returns the bytes taken. */
static inline size_t response_collect(struct response *r, const char *bytes, size_t count, const char *mark, bool *whole)
{
    size_t before = r->held, room = sizeof r->line - 1 - r->held, part = count < room ? count : room;
    memcpy(r->line + r->held, bytes, part);
    r->held += part;
    char *end = memmem(r->line, r->held, mark, strlen(mark));
    *whole = end != NULL;
    if (end == NULL) {
        if (part < count)
            r->state = BROKEN;
        return part;
    }
    end += strlen(mark);
    *end = '\0';
    return (size_t)(end - r->line) - before;
}

static inline size_t response_take_body(struct response *r, const char *bytes, size_t count)
{
    size_t part = count < r->left ? count : (size_t)r->left;
    if (r->plain && r->body_seen + part < sizeof r->line) {
        memcpy(r->line + r->body_seen, bytes, part);
        r->line[r->body_seen + part] = '\0';
    } else if (r->plain || !pattern_matches(r->body_seen, bytes, part)) {
        r->state = BROKEN;
    }
    r->body_seen += part;
    r->left -= part;
    return part;
}

static inline void response_take_chunk_size(struct response *r)
{
    char *end;
    r->left = strtoull(r->line, &end, 16);
    r->held = 0;
    r->state = end == r->line ? BROKEN : r->left > 0 ? IN_CHUNK : IN_TRAILERS;
}

static inline size_t response_step(struct response *r, const char *bytes, size_t count)
{
    bool whole;
    size_t taken;
    switch (r->state) {
    case IN_HEAD:
        taken = response_collect(r, bytes, count, "\r\n\r\n", &whole);
        if (whole)
            response_take_head(r, r->line);
        return taken;
    case IN_CHUNK_SIZE:
        taken = response_collect(r, bytes, count, "\r\n", &whole);
        if (whole)
            response_take_chunk_size(r);
        return taken;
    case AFTER_CHUNK:
    case IN_TRAILERS:
        taken = response_collect(r, bytes, count, "\r\n", &whole);
        if (whole && r->held < 2)
            r->state = BROKEN;
        else if (whole)
            r->state = strcmp(r->line, "\r\n") != 0 ? BROKEN : r->state == AFTER_CHUNK ? IN_CHUNK_SIZE : COMPLETE;
        if (whole)
            r->held = 0;
        return taken;
    default:
        taken = response_take_body(r, bytes, count);
        if (r->left == 0 && r->state != BROKEN)
            r->state = r->state == IN_CHUNK ? AFTER_CHUNK : COMPLETE;
        return taken;
    }
}

/* Reads on; bytes after a complete response make it BROKEN, for nothing else was asked for. */
static inline enum response_state response_feed(struct response *r, const char *bytes, size_t count)
{
    while (count > 0 && r->state != BROKEN) {
        if (r->state == COMPLETE) {
            r->state = BROKEN;
            break;
        }
        size_t taken = response_step(r, bytes, count);
        bytes += taken;
        count -= taken;
    }
    return r->state;
}

#endif
