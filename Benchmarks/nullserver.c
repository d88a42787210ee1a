// A null OpenEnv server, so that what drives it is what gets measured: one thread, one epoll, and no work but the wait
// that a step asks for.
//
// usage: nullserver [PORT [PEM]]    0, the default, lets the kernel choose; prints "listening on PORT"
//
// With PEM, a file with a key and a certificate, it speaks TLS 1.3 and offers no resumption.
//
// It serves WebSocket sessions on /ws, and POST /reset, POST /step and GET /health over HTTP/1.1 keep-alive. An
// observation says what a client may check: the wait that was asked for, the count of steps since the reset (1 over
// HTTP, where every call is an environment of its own) and a session hash that stays with the connection. The server
// trusts its client: one request at a time, messages that fit the buffer, no fragments; pings go unanswered.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, BACKLOG = 32768, BUFFER = 4096, NUMBER = 24, HASH = 12 };

struct connection {
    int fd;
    SSL *ssl;  // NULL without TLS
    bool open, websocket;
    unsigned generation;  // tells a timer that its connection is gone and the descriptor is another's
    int steps;
    int have;
    char hash[HASH];
    char waited[NUMBER];  // the wait of the request to be answered, as the client wrote it
    char buffer[BUFFER];
};

struct timer {
    double due;
    int fd;
    unsigned generation;
};

static struct connection **connections;  // by descriptor; a slot is made once and used again
static int slots;
static struct timer *timers;  // a binary heap, the next one first
static int timer_count, timer_room;
static int epoll, listener;
static SSL_CTX *tls;  // NULL without TLS

static void require(bool holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

static void add_timer(struct timer timer) {
    if (timer_count == timer_room) {
        timer_room = timer_room ? 2 * timer_room : 1024;
        timers = realloc(timers, timer_room * sizeof *timers);
        require(timers, "timers");
    }
    int at = timer_count++;
    for (; at > 0 && timers[(at - 1) / 2].due > timer.due; at = (at - 1) / 2) timers[at] = timers[(at - 1) / 2];
    timers[at] = timer;
}

static struct timer take_timer(void) {
    struct timer first = timers[0], last = timers[--timer_count];
    int at = 0;
    for (int child; (child = 2 * at + 1) < timer_count; at = child) {
        if (child + 1 < timer_count && timers[child + 1].due < timers[child].due) child++;
        if (timers[child].due >= last.due) break;
        timers[at] = timers[child];
    }
    timers[at] = last;
    return first;
}

static void hang_up(struct connection *connection) {
    SSL_free(connection->ssl);
    connection->ssl = NULL;
    close(connection->fd);
    connection->open = false;
    connection->generation++;
}

static void transmit(struct connection *connection, const char *bytes, int size) {
    int sent = connection->ssl ? SSL_write(connection->ssl, bytes, size) : (int)write(connection->fd, bytes, size);
    if (sent != size) hang_up(connection);
}

// What read() would answer; -1 with EAGAIN also while the TLS handshake is under way.
static int take_bytes(struct connection *connection, char *to, int room) {
    if (!connection->ssl) return read(connection->fd, to, room);
    int count = SSL_read(connection->ssl, to, room);
    if (count > 0) return count;
    bool wants = SSL_get_error(connection->ssl, count) == SSL_ERROR_WANT_READ;
    ERR_clear_error();
    errno = EAGAIN;
    return wants ? -1 : 0;
}

static char *put(char *to, const char *text) { return stpcpy(to, text); }

static char *put_count(char *to, int value) {
    char digits[12];
    int count = 0;
    do digits[count++] = '0' + value % 10; while ((value /= 10) > 0);
    while (count > 0) *to++ = digits[--count];
    return to;
}

static char *put_observation(char *to, const struct connection *connection) {
    to = put(to, "{\"observation\":{\"metadata\":{},\"waited_seconds\":");
    to = put(to, connection->waited);
    to = put(to, ",\"pid\":1,\"session_hash\":\"");
    to = mempcpy(to, connection->hash, HASH);
    to = put(to, "\",\"host_url\":\"null:8000\",\"step_count\":");
    to = put_count(to, connection->steps);
    return put(to, "},\"reward\":null,\"done\":false}");
}

// An observation takes between 126 and 999 bytes: so a frame's header has four, and a content length three digits.
static void answer(struct connection *connection) {
    char out[512], *end;
    if (connection->websocket) {
        end = put(out + 4, "{\"type\":\"observation\",\"data\":");
        end = put_observation(end, connection);
        end = put(end, "}");
        int size = end - out - 4;
        out[0] = (char)0x81;
        out[1] = 126;
        out[2] = size >> 8;
        out[3] = size;
    } else {
        end = put(out, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ");
        char *length = end;
        end = put(end, "123\r\n\r\n");
        char *body = end;
        end = put_observation(end, connection);
        put_count(length, end - body);
    }
    transmit(connection, out, end - out);
}

static void reset(struct connection *connection) {
    connection->steps = 0;
    strcpy(connection->waited, "0.0");
    answer(connection);
}

// The wait runs from when the message was seen; `text` ends with a NUL.
static void step(struct connection *connection, const char *text, double seen) {
    const char *value = strstr(text, "\"wait_seconds\"");
    double wait = 0;
    strcpy(connection->waited, "0.0");
    if (value) {
        char *end;
        value += strlen("\"wait_seconds\"");
        value += strspn(value, ": ");
        wait = strtod(value, &end);
        if (end > value && end - value < NUMBER) *(char *)mempcpy(connection->waited, value, end - value) = 0;
    }
    connection->steps = connection->websocket ? connection->steps + 1 : 1;
    if (wait > 0) add_timer((struct timer){seen + wait, connection->fd, connection->generation});
    else answer(connection);
}

// The answer to the handshake (RFC 6455 section 4.2.2); `key` is what follows the header's name.
static void upgrade(struct connection *connection, const char *key) {
    char joined[128], out[256];
    unsigned char digest[SHA_DIGEST_LENGTH], accept[64];
    key += strspn(key, " ");
    int length = snprintf(
        joined, sizeof joined, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)strcspn(key, " \r"), key);
    SHA1((unsigned char *)joined, length, digest);
    EVP_EncodeBlock(accept, digest, sizeof digest);
    int size = snprintf(out, sizeof out,
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        "sec-websocket-accept: %s\r\n\r\n", accept);
    connection->websocket = true;
    transmit(connection, out, size);
}

static void respond(struct connection *connection, const char *status, const char *body) {
    char out[256];
    int size = snprintf(out, sizeof out,
        "HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s", status, strlen(body), body);
    transmit(connection, out, size);
}

static void serve_call(struct connection *connection, const char *head, const char *body, double seen) {
    const char *key = strncmp(head, "GET /ws ", 8) ? NULL : strcasestr(head, "\nsec-websocket-key:");
    if (key && key < body) upgrade(connection, key + strlen("\nsec-websocket-key:"));
    else if (!strncmp(head, "POST /step ", 11)) step(connection, body, seen);
    else if (!strncmp(head, "POST /reset ", 12)) reset(connection);
    else if (!strncmp(head, "GET /health ", 12)) respond(connection, "200 OK", "{\"status\":\"healthy\"}");
    else respond(connection, "404 Not Found", "{\"detail\":\"Not Found\"}");
}

// Takes one HTTP request from the front of the buffer and returns its size, 0 while it is incomplete.
static int take_call(struct connection *connection, double seen) {
    char *end = strstr(connection->buffer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(connection->buffer, "\ncontent-length:");
    int size = end + 4 - connection->buffer + (length && length < end ? atoi(length + strlen("\ncontent-length:")) : 0);
    if (connection->have < size) return 0;
    char next = connection->buffer[size];
    connection->buffer[size] = 0;
    serve_call(connection, connection->buffer, end + 4, seen);
    connection->buffer[size] = next;
    return size;
}

// The same for a frame: the client's, so it is masked (RFC 6455 section 5.2).
static int take_frame(struct connection *connection, double seen) {
    unsigned char *bytes = (unsigned char *)connection->buffer;
    if (connection->have < 6) return 0;
    int opcode = bytes[0] & 15, length = bytes[1] & 127, head = 6;
    if (length == 126) {
        length = bytes[2] << 8 | bytes[3];
        head = 8;
    }
    if (connection->have < head + length) return 0;
    char *text = connection->buffer + head, next = text[length];
    for (int i = 0; i < length; i++) text[i] ^= bytes[head - 4 + (i & 3)];
    text[length] = 0;
    if (opcode == 8 || (opcode == 1 && strstr(text, "\"close\""))) hang_up(connection);
    else if (opcode == 1 && strstr(text, "\"reset\"")) reset(connection);
    else if (opcode == 1) step(connection, text, seen);
    text[length] = next;
    return head + length;
}

static void receive(struct connection *connection, double seen) {
    if (!connection->open) return;
    int count = take_bytes(connection, connection->buffer + connection->have, BUFFER - 1 - connection->have);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return hang_up(connection);
    connection->have += count;
    connection->buffer[connection->have] = 0;
    while (connection->open && connection->have > 0) {
        int used = connection->websocket ? take_frame(connection, seen) : take_call(connection, seen);
        if (used == 0) return;
        connection->have -= used;
        memmove(connection->buffer, connection->buffer + used, connection->have + 1);
    }
}

static void welcome(int fd) {
    static uint64_t number;
    int one = 1;
    require(fd < slots, "more descriptors than the limit");
    struct connection *connection = connections[fd];
    if (!connection) {
        connection = connections[fd] = calloc(1, sizeof *connection);
        require(connection, "connection");
    }
    connection->fd = fd;
    connection->open = true;
    connection->websocket = false;
    connection->steps = connection->have = 0;
    // Multiplying by an odd number is one to one, so that no two connections share a hash.
    uint64_t hash = ++number * 0x9E3779B97F4A7C15;
    for (int i = 0; i < HASH; i++, hash >>= 4) connection->hash[i] = "0123456789abcdef"[hash & 15];
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (tls) {
        connection->ssl = SSL_new(tls);
        require(connection->ssl && SSL_set_fd(connection->ssl, fd), "SSL");
        SSL_set_accept_state(connection->ssl);
    }
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = fd};
    require(!epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &interest), "epoll_ctl");
}

static void prepare_tls(const char *pem) {
    tls = SSL_CTX_new(TLS_server_method());
    require(tls && SSL_CTX_use_certificate_file(tls, pem, SSL_FILETYPE_PEM) == 1, pem);
    require(SSL_CTX_use_PrivateKey_file(tls, pem, SSL_FILETYPE_PEM) == 1, pem);
    SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(tls, 0);
}

static void accept_all(void) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) welcome(fd);
    // Out of descriptors, say: better no server than one that leaves clients waiting.
    require(errno == EAGAIN || errno == ECONNABORTED || errno == EINTR, "accept");
}

static void serve(void) {
    struct epoll_event events[EVENTS];
    for (;;) {
        int timeout = -1;
        if (timer_count > 0) {
            double left = timers[0].due - now();
            timeout = left <= 0 ? 0 : (int)(left * 1000) + 1;
        }
        int ready = epoll_wait(epoll, events, EVENTS, timeout);
        double seen = now();
        while (timer_count > 0 && timers[0].due <= seen) {
            struct timer timer = take_timer();
            struct connection *connection = connections[timer.fd];
            if (connection->open && connection->generation == timer.generation) answer(connection);
        }
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener) accept_all();
            else receive(connections[events[i].data.fd], seen);
        }
    }
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    slots = descriptors.rlim_cur < 1 << 20 ? (int)descriptors.rlim_cur : 1 << 20;
    connections = calloc(slots, sizeof *connections);
    require(connections, "connections");

    if (argc > 2) prepare_tls(argv[2]);
    int one = 1, port = argc > 1 ? atoi(argv[1]) : 0;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    require(!bind(listener, (struct sockaddr *)&address, size), "bind");
    require(!listen(listener, BACKLOG), "listen");
    require(!getsockname(listener, (struct sockaddr *)&address, &size), "getsockname");
    epoll = epoll_create1(0);
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = listener};
    require(!epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &interest), "epoll_ctl");
    printf("listening on %d\n", ntohs(address.sin_port));
    fflush(stdout);
    serve();
}
