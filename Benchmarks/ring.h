// The same floor over io_uring, to see what that would save: cc -O2 -DRING -o ring floor.c -lm
//
// One turn hands the kernel everything there is to do and takes everything that was done, by one call. Sockets are
// descriptors of the ring, which no table of the process holds. It needs Linux 6.6.
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#ifndef IORING_SETUP_NO_SQARRAY
#define IORING_SETUP_NO_SQARRAY (1U << 16)
#endif

enum { ENTRIES = 8192, COMPLETIONS = 65536 };
enum operation { OP_OPEN, OP_CONNECT, OP_SEND, OP_RECEIVE, OP_CLOSE };

static int ring;
static _Atomic unsigned *submitted, *taken, *completed, *seen;
static struct io_uring_sqe *requests;
static struct io_uring_cqe *completions;
static unsigned pending;
static struct session *all;

static void require(bool holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(2);
}

static void make_ring(int sessions) {
    struct io_uring_params given = {
        .flags = IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_NO_SQARRAY,
        .cq_entries = COMPLETIONS};
    ring = syscall(SYS_io_uring_setup, ENTRIES, &given);
    require(ring >= 0, "io_uring_setup");
    size_t size = given.cq_off.cqes + given.cq_entries * sizeof *completions;
    char *shared = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
    requests = mmap(0, ENTRIES * sizeof *requests, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
    require(shared != MAP_FAILED && requests != MAP_FAILED, "mmap");
    taken = (void *)(shared + given.sq_off.head);
    submitted = (void *)(shared + given.sq_off.tail);
    seen = (void *)(shared + given.cq_off.head);
    completed = (void *)(shared + given.cq_off.tail);
    completions = (void *)(shared + given.cq_off.cqes);
    struct io_uring_rsrc_register files = {.nr = sessions, .flags = IORING_RSRC_REGISTER_SPARSE};
    require(syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES2, &files, sizeof files) >= 0, "descriptors");
}

static void enter(unsigned wait_for) {
    int count = syscall(SYS_io_uring_enter, ring, pending, wait_for, IORING_ENTER_GETEVENTS, NULL, 0);
    require(count >= 0 || errno == EINTR, "io_uring_enter");
    if (count > 0) pending -= count;
}

static struct io_uring_sqe *ask(const struct session *session, enum operation operation, int opcode) {
    unsigned at = *submitted;
    while (at - *taken >= ENTRIES) enter(0);
    struct io_uring_sqe *request = &requests[at % ENTRIES];
    *request = (struct io_uring_sqe){
        .opcode = opcode, .flags = IOSQE_FIXED_FILE, .fd = session->fd,
        .user_data = (uint64_t)operation << 56 | (session - all)};
    *submitted = at + 1;
    pending++;
    return request;
}

static void say(const struct session *session, const struct message *message) {
    struct io_uring_sqe *request = ask(session, OP_SEND, IORING_OP_SEND);
    request->addr = (uintptr_t)message->bytes;
    request->len = message->size;
    request->flags |= IOSQE_CQE_SKIP_SUCCESS;
}

static void converse(struct session *session, const struct message *message) {
    say(session, message);
    struct io_uring_sqe *request = ask(session, OP_RECEIVE, IORING_OP_RECV);
    request->addr = (uintptr_t)(session->buffer + session->have);
    request->len = BUFFER - session->have;
    // Nothing has come yet: do not try before it has.
    request->ioprio = IORING_RECVSEND_POLL_FIRST;
}

static void dial(struct session *session, const struct sockaddr_in *address) {
    session->fd = session - all;
    struct io_uring_sqe *request = ask(session, OP_OPEN, IORING_OP_SOCKET);
    request->flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
    request->fd = AF_INET;
    request->off = SOCK_STREAM;
    request->file_index = session->fd + 1;
    request = ask(session, OP_CONNECT, IORING_OP_CONNECT);
    request->addr = (uintptr_t)address;
    request->off = sizeof *address;
}

// An answer of the null server is one segment on loopback, and so taken to be whole.
static void received(struct session *session, int count) {
    if (count <= 0) {
        bad++;
        return;
    }
    if (session->state == UPGRADING) {
        session->connected = now() - start;
        session->state = RESETTING;
        return converse(session, &reset);
    }
    if (session->state == RESETTING) session->state = STEPPING;
    else session->steps_left--;
    if (session->steps_left > 0) return converse(session, &step);
    session->finished = now() - start;
    ok++;
    say(session, &goodbye);
    struct io_uring_sqe *request = ask(session, OP_CLOSE, IORING_OP_CLOSE);
    request->flags = IOSQE_CQE_SKIP_SUCCESS;
    request->fd = 0;
    request->file_index = session->fd + 1;
}

static void run(struct session *sessions, int count, const struct sockaddr_in *address) {
    int opened = 0;
    all = sessions;
    make_ring(count);
    while (ok + bad < count && now() - start < DEADLINE) {
        for (int i = 0; i < OPENED_PER_TURN && opened < count; i++) dial(&sessions[opened++], address);
        enter(opened < count ? 0 : 1);
        for (; *seen != *completed; *seen += 1) {
            struct io_uring_cqe done = completions[*seen % COMPLETIONS];
            struct session *session = &all[done.user_data & 0xffffff];
            enum operation operation = done.user_data >> 56;
            if (operation == OP_RECEIVE) {
                received(session, done.res);
            } else if (operation == OP_CONNECT && done.res >= 0) {
                session->state = UPGRADING;
                converse(session, &upgrade);
            } else {
                bad++;
            }
        }
    }
    while (pending > 0) enter(0);
    bad = count - ok;
}
