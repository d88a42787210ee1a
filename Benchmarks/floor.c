// The floor: what a batch of OpenEnv WebSocket sessions costs at least. Every session connects, upgrades, resets, steps
// K times and closes; all N begin at once on one thread with bare epoll. Answers are not parsed beyond their frame.
//
// usage: floor PORT SESSIONS WAIT_SECONDS STEPS
//
// Prints one JSON line and ends with 1 if a session failed. Latencies run from the start of the batch, not from the
// moment this program got to a session, so that its own lateness counts. messages_per_s counts resets and steps.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 512, OPENED_PER_TURN = 64, BUFFER = 2048 };
// A session that is not over by then counts as failed.
static const double DEADLINE = 120;

enum state { CONNECTING, UPGRADING, RESETTING, STEPPING };

struct session {
    int fd;
    enum state state;
    int steps_left;
    int have;
    double connected, finished;  // seconds since the start; finished is 0 unless it succeeded
    unsigned char buffer[BUFFER];
};

struct message {
    int size;
    unsigned char bytes[512];
};

static struct message upgrade, reset, step, goodbye;
static int epoll, ok, bad;
static double start;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

// A masked text frame (RFC 6455 section 5.2). One mask serves all: it hides nothing.
static struct message text_frame(const char *text) {
    static const unsigned char mask[4] = {1, 2, 3, 4};
    struct message frame = {0};
    int length = strlen(text);
    frame.bytes[frame.size++] = 0x81;
    if (length < 126) {
        frame.bytes[frame.size++] = 0x80 | length;
    } else {
        frame.bytes[frame.size++] = 0x80 | 126;
        frame.bytes[frame.size++] = length >> 8;
        frame.bytes[frame.size++] = length;
    }
    memcpy(frame.bytes + frame.size, mask, sizeof mask);
    frame.size += sizeof mask;
    for (int i = 0; i < length; i++) frame.bytes[frame.size++] = text[i] ^ mask[i & 3];
    return frame;
}

static void prepare_messages(int port, const char *wait) {
    char text[256];
    upgrade.size = snprintf((char *)upgrade.bytes, sizeof upgrade.bytes,
        "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", port);
    reset = text_frame("{\"type\":\"reset\",\"data\":{}}");
    snprintf(text, sizeof text, "{\"type\":\"step\",\"data\":{\"wait_seconds\":%s}}", wait);
    step = text_frame(text);
    goodbye = text_frame("{\"type\":\"close\"}");
}

#ifdef RING
#include "ring.h"
#else
static void fail(struct session *session) {
    bad++;
    if (session->fd >= 0) close(session->fd);
}

static void transmit(struct session *session, const struct message *message) {
    if (write(session->fd, message->bytes, message->size) != message->size) fail(session);
}

static void dial(struct session *session, const struct sockaddr_in *address) {
    int one = 1;
    session->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (session->fd < 0) return fail(session);
    setsockopt(session->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(session->fd, (const struct sockaddr *)address, sizeof *address) && errno != EINPROGRESS) {
        return fail(session);
    }
    struct epoll_event interest = {.events = EPOLLOUT, .data.ptr = session};
    epoll_ctl(epoll, EPOLL_CTL_ADD, session->fd, &interest);
}

static void writable(struct session *session) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(session->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return fail(session);
    struct epoll_event interest = {.events = EPOLLIN, .data.ptr = session};
    epoll_ctl(epoll, EPOLL_CTL_MOD, session->fd, &interest);
    session->state = UPGRADING;
    transmit(session, &upgrade);
}

// Whether the buffer holds a whole frame of the server's, which is not masked.
static bool has_frame(const struct session *session) {
    const unsigned char *bytes = session->buffer;
    if (session->have < 4) return false;
    int length = bytes[1] & 127;
    return length == 126 ? session->have >= 4 + (bytes[2] << 8 | bytes[3]) : session->have >= 2 + length;
}

static void readable(struct session *session) {
    int count = read(session->fd, session->buffer + session->have, BUFFER - session->have);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return fail(session);
    session->have += count;
    if (session->state == UPGRADING) {
        if (!memmem(session->buffer, session->have, "\r\n\r\n", 4)) return;
        session->connected = now() - start;
        session->have = 0;
        session->state = RESETTING;
        return transmit(session, &reset);
    }
    if (!has_frame(session)) return;
    session->have = 0;
    if (session->state == RESETTING) {
        session->state = STEPPING;
    } else {
        session->steps_left--;
    }
    if (session->steps_left > 0) return transmit(session, &step);
    session->finished = now() - start;
    ok++;
    if (write(session->fd, goodbye.bytes, goodbye.size) < 0) perror("close message");
    close(session->fd);
}

static void run(struct session *sessions, int count, const struct sockaddr_in *address) {
    struct epoll_event events[EVENTS];
    int opened = 0;
    while (ok + bad < count && now() - start < DEADLINE) {
        for (int i = 0; i < OPENED_PER_TURN && opened < count; i++) dial(&sessions[opened++], address);
        int ready = epoll_wait(epoll, events, EVENTS, opened < count ? 0 : 1000);
        for (int i = 0; i < ready; i++) {
            struct session *session = events[i].data.ptr;
            if (session->state == CONNECTING) writable(session);
            else readable(session);
        }
    }
    bad = count - ok;
}
#endif

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

// Nearest rank, in milliseconds; the values are sorted.
static double percentile(const double *values, int count, double fraction) {
    return count ? values[(int)ceil(fraction * count) - 1] * 1e3 : 0;
}

static void report(const struct session *sessions, int count, int steps, double wall) {
    double *connect = malloc(count * sizeof *connect), *total = malloc(count * sizeof *total);
    int used = 0;
    for (int i = 0; i < count; i++) {
        if (sessions[i].finished == 0) continue;
        connect[used] = sessions[i].connected;
        total[used++] = sessions[i].finished;
    }
    qsort(connect, used, sizeof *connect, ascending);
    qsort(total, used, sizeof *total, ascending);
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    double user = use.ru_utime.tv_sec + use.ru_utime.tv_usec * 1e-6;
    double system = use.ru_stime.tv_sec + use.ru_stime.tv_usec * 1e-6;
    printf("{\"ok\":%d,\"bad\":%d,\"wall_s\":%.4f,\"user_s\":%.3f,\"sys_s\":%.3f,\"cpu_us_per_session\":%.1f,"
        "\"connect_p50_ms\":%.1f,\"connect_p99_ms\":%.1f,\"total_p50_ms\":%.1f,\"total_p99_ms\":%.1f,"
        "\"rss_kb\":%ld,\"messages_per_s\":%.0f}\n",
        ok, bad, wall, user, system, (user + system) / count * 1e6,
        percentile(connect, used, 0.5), percentile(connect, used, 0.99),
        percentile(total, used, 0.5), percentile(total, used, 0.99),
        use.ru_maxrss, ok * (steps + 1.0) / wall);
    free(connect);
    free(total);
}

int main(int argc, char **argv) {
    if (argc != 5 || atoi(argv[1]) < 1 || atoi(argv[2]) < 1 || atoi(argv[4]) < 1) {
        fprintf(stderr, "usage: floor PORT SESSIONS WAIT_SECONDS STEPS\n");
        return 2;
    }
    int port = atoi(argv[1]), count = atoi(argv[2]), steps = atoi(argv[4]);
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);

    prepare_messages(port, argv[3]);
    struct session *sessions = calloc(count, sizeof *sessions);
    if (!sessions) return 2;
    for (int i = 0; i < count; i++) sessions[i].steps_left = steps;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    epoll = epoll_create1(0);  // which the ring does without
    start = now();
    run(sessions, count, &address);
    report(sessions, count, steps, now() - start);
    return bad != 0;
}
