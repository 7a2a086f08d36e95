/* A client's connection: plain, or TLS 1.3 by OpenSSL as every proxy here is to negotiate it. */
#ifndef WIRE_H
#define WIRE_H

#include "bench.h"
#include <openssl/err.h>
#include <openssl/ssl.h>

#define WIRE_AGAIN -1 /* nothing can be received or sent before the next event */
#define WIRE_BROKEN -2
#define WIRE_RECORD (16 * 1024)

struct wire {
    int fd;
    SSL *ssl; /* NULL: plain */
    bool has_ticket; /* that it offers, so that the handshake is to be a resumed one */
    bool wants_room;
};

static SSL_CTX *wire_tls; /* NULL: connections are plain */
static SSL_SESSION *wire_session;
static bool wire_resumes;

/* Keeps the first ticket that comes: a copy, for OpenSSL gives a session up once it was used, and when the next comes. */
static int wire_take_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    if (wire_resumes && wire_session == NULL)
        wire_session = SSL_SESSION_dup(session);
    return 0; /* the reference stays OpenSSL's */
}

static inline bool wire_offer_ticket(SSL *ssl)
{
    SSL_SESSION *copy = SSL_SESSION_dup(wire_session);
    bool offered = copy != NULL && SSL_set_session(ssl, copy) == 1;
    SSL_SESSION_free(copy);
    return offered;
}

/*
 * Has the connections that are opened from now on speak TLS 1.3 with AES-128-GCM and X25519, and believe only this
 * certificate; a proxy that would do something else fails. When resuming, all but the first use the first one's ticket.
 */
static inline void wire_use_tls(const char *certificate, bool resumes)
{
    wire_tls = SSL_CTX_new(TLS_client_method());
    wire_resumes = resumes;
    if (wire_tls == NULL || SSL_CTX_set_min_proto_version(wire_tls, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(wire_tls, "TLS_AES_128_GCM_SHA256") != 1 || SSL_CTX_set1_groups_list(wire_tls, "X25519") != 1 ||
        SSL_CTX_set_alpn_protos(wire_tls, (const unsigned char *)"\x08http/1.1", 9) != 0 ||
        SSL_CTX_load_verify_locations(wire_tls, certificate, NULL) != 1)
        die("TLS with %s: %s", certificate, ERR_reason_error_string(ERR_peek_last_error()));
    SSL_CTX_set_verify(wire_tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(wire_tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(wire_tls, 1);
    SSL_CTX_set_session_cache_mode(wire_tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(wire_tls, wire_take_session);
    signal(SIGPIPE, SIG_IGN);
}

/* Takes over a socket, connected or on its way. The handshake is made by the first calls. */
static inline void wire_open(struct wire *w, int fd)
{
    *w = (struct wire){.fd = fd, .has_ticket = wire_session != NULL};
    if (wire_tls == NULL)
        return;
    w->ssl = SSL_new(wire_tls);
    if (w->ssl == NULL || SSL_set_fd(w->ssl, fd) != 1 || SSL_set_tlsext_host_name(w->ssl, "localhost") != 1 ||
        (w->has_ticket && !wire_offer_ticket(w->ssl)))
        die("out of memory for TLS");
    SSL_set_connect_state(w->ssl);
}

static inline void wire_close(struct wire *w)
{
    SSL_free(w->ssl);
    close(w->fd);
    w->ssl = NULL;
    w->fd = -1;
}

/* Whether bytes have been received of which no event will tell. */
static inline bool wire_has_pending(const struct wire *w)
{
    return w->ssl != NULL && SSL_has_pending(w->ssl) != 0;
}

/* Tells, after bytes have been received, whether the handshake was the one that is measured: full or resumed, http/1.1. */
static inline bool wire_is_as_meant(const struct wire *w)
{
    const unsigned char *name;
    unsigned length;
    if (w->ssl == NULL)
        return true;
    SSL_get0_alpn_selected(w->ssl, &name, &length);
    return length == 8 && (SSL_session_reused(w->ssl) == 1) == w->has_ticket;
}

static inline ssize_t wire_judge(struct wire *w, int result)
{
    switch (SSL_get_error(w->ssl, result)) {
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_WANT_WRITE: w->wants_room = true; return WIRE_AGAIN;
    case SSL_ERROR_WANT_READ: return WIRE_AGAIN;
    default: return WIRE_BROKEN;
    }
}

/* The number of bytes received, 0 at the end in order (over TLS: after a close_notify), or one of the values above. */
static inline ssize_t wire_receive(struct wire *w, char *bytes, size_t room)
{
    if (w->ssl == NULL) {
        ssize_t count = recv(w->fd, bytes, room, 0);
        return count >= 0 ? count : errno == EAGAIN ? WIRE_AGAIN : WIRE_BROKEN;
    }
    ERR_clear_error();
    int count = SSL_read(w->ssl, bytes, (int)room);
    return count > 0 ? count : wire_judge(w, count);
}

static inline ssize_t wire_send_record(struct wire *w, const struct iovec parts[2])
{
    static char record[WIRE_RECORD];
    const char *bytes = parts[1].iov_base;
    size_t length = parts[1].iov_len < WIRE_RECORD ? parts[1].iov_len : WIRE_RECORD;
    if (parts[0].iov_len > 0) { /* the head, and what has room beside it */
        size_t rest = WIRE_RECORD - parts[0].iov_len;
        rest = parts[1].iov_len < rest ? parts[1].iov_len : rest;
        memcpy(record, parts[0].iov_base, parts[0].iov_len);
        memcpy(record + parts[0].iov_len, parts[1].iov_base, rest);
        bytes = record;
        length = parts[0].iov_len + rest;
    }
    ERR_clear_error();
    int count = SSL_write(w->ssl, bytes, (int)length);
    return count > 0 ? count : wire_judge(w, count);
}

/* Sends two parts, not both empty, the first shorter than a record; returns the number of bytes or one of the values above. */
static inline ssize_t wire_send(struct wire *w, struct iovec parts[2])
{
    w->wants_room = false;
    if (w->ssl != NULL)
        return wire_send_record(w, parts);
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t count = sendmsg(w->fd, &message, MSG_NOSIGNAL);
    if (count >= 0)
        return count;
    w->wants_room = errno == EAGAIN || errno == ENOTCONN;
    return w->wants_room ? WIRE_AGAIN : WIRE_BROKEN;
}

#endif
