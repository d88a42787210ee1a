#pragma once
// The Linux calls of the reactor with types that Swift can call. Every call answers a negative errno on failure,
// so that no caller reads the thread's errno after Swift's runtime may have changed it.
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

typedef struct {
    uint32_t readiness;
    uint64_t token;
} clinux_event;

typedef struct {
    struct sockaddr_storage storage;
    uint32_t length;
} clinux_address;

enum {
    CLINUX_IN = EPOLLIN,
    CLINUX_OUT = EPOLLOUT,
    CLINUX_HANGUP = EPOLLHUP,
    CLINUX_PEER_CLOSED = EPOLLRDHUP,
    CLINUX_ERROR = EPOLLERR,
    CLINUX_EXCLUSIVE = 1u << 28,
};
static const uint32_t CLINUX_EDGE = EPOLLET;

int64_t clinux_now(void);
int64_t clinux_wall_microseconds(void);
int64_t clinux_thread_cpu(void);
int64_t clinux_process_cpu(void);
// Nanoseconds that the calling thread was runnable without running, or a negative errno.
int64_t clinux_thread_starved(void);

int clinux_epoll_create(void);
int clinux_epoll_add(int epoll, int fd, uint32_t interest, uint64_t token);
int clinux_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);
// Waits at most `nanoseconds`, for ever below 0; `events` is the kernel's packed array of `capacity` entries.
int clinux_epoll_wait(int epoll, void *events, int capacity, int64_t nanoseconds);
clinux_event clinux_epoll_event(const void *events, int index);
size_t clinux_epoll_event_size(void);

int clinux_eventfd(void);
int clinux_eventfd_signal(int fd);
int clinux_eventfd_drain(int fd);

int clinux_tcp_socket(int family);
int clinux_connect(int fd, const clinux_address *address);
int clinux_bind(int fd, const clinux_address *address);
int clinux_listen(int fd, int backlog);
int clinux_accept(int fd);
int clinux_local_address(int fd, clinux_address *address);
int clinux_no_delay(int fd);
int clinux_reuse_address(int fd);
int clinux_reuse_port(int fd);
int clinux_reset_on_close(int fd);
// Leaves the choice of the port to connect(), where only ports in use toward that very end are taken.
int clinux_bind_address_no_port(int fd);
int clinux_socket_error(int fd);
int clinux_set_nonblocking(int fd);
ssize_t clinux_receive(int fd, void *bytes, size_t count);
ssize_t clinux_send(int fd, const void *bytes, size_t count);
ssize_t clinux_read(int fd, void *bytes, size_t count);
ssize_t clinux_write(int fd, const void *bytes, size_t count);
int clinux_shutdown_write(int fd);
int clinux_close(int fd);
int clinux_pipe(int ends[2]);
// A file of so many zeros that has no name and lives in memory.
int clinux_memory_file(size_t size);
int64_t clinux_file_size(int fd);
// Maps a file so that all who do see each other's writes; `base` gets the place. 0 or a negative errno.
int clinux_map_shared(int fd, size_t size, void **base);
int clinux_unmap(void *base, size_t size);
ssize_t clinux_read_at(int fd, void *bytes, size_t count, int64_t offset);
// A connected pair of local stream sockets; the first end does not block.
int clinux_socket_pair(int ends[2]);

// The addresses of a name or of a numeric address, from one question to the resolver. Answers how many were written, at most
// `capacity`, or a negative getaddrinfo code.
int clinux_resolve(const char *host, uint16_t port, int passive, clinux_address *addresses, int capacity);
const char *clinux_resolve_message(int code);
uint16_t clinux_address_port(const clinux_address *address);
int clinux_address_text(const clinux_address *address, char *text, size_t capacity);
// 1 where a socket can be bound to it, which is so for this host's addresses; 0 otherwise, or a negative errno.
int clinux_is_own_address(const clinux_address *address);
const char *clinux_error_message(int code);

int clinux_raise_descriptor_limit(uint64_t *soft, uint64_t *hard);
int clinux_usage(int64_t *peak_rss_bytes);
int clinux_reset_peak_rss(void);
int clinux_allowed_cores(void);

typedef void (*clinux_thread_body)(void *context);
void clinux_yield(void);
void clinux_sleep(int64_t nanoseconds);
// Starts a detached thread.
int clinux_thread_start(clinux_thread_body body, void *context);

// Starts `path` with `arguments` (both NULL-terminated) and the caller's environment. The child's standard input is
// `standard_input`, both its outputs are `outputs` (the caller's own below 0), and it finds `inherited` as descriptor 3
// (nothing below 0); every other descriptor is closed in it. Answers the pid or a negative errno.
int clinux_spawn(const char *path, char *const *arguments, int standard_input, int outputs, int inherited);
// Starts the program that `words` (NULL-terminated) name, looked for along PATH, in the caller's process group and with its
// environment. `input` and `output` become its standard input and output; signals are as if a shell had started it, and
// it gets SIGTERM when the calling thread ends, however that happens. Answers the pid or a negative errno.
int clinux_spawn_bound(char *const *words, int input, int output);
// Reaps `pid` if it is over: 1 when reaped, 0 while it runs, or a negative errno.
int clinux_reap(int pid, int *status);
int clinux_kill(int pid, int signal);
// What a status of `clinux_reap` says: the exit status, or minus the number of the signal that ended the process.
int clinux_ending(int status);
int clinux_pid(void);
// Makes descendants whose parent ends children of the calling process.
int clinux_adopt_orphans(void);
// The value of an environment variable, NULL when it is not set.
const char *clinux_environment(const char *name);
int clinux_host_name(char *text, size_t capacity);
// Columns of the terminal at `fd`, or a negative errno.
int clinux_terminal_columns(int fd);

// A descriptor that becomes readable on SIGINT, SIGTERM or SIGHUP: handlers write into a pipe, so that it matters to no thread
// which of them is signalled. A signal that the process was started to ignore stays ignored.
int clinux_signal_descriptor(void);
int clinux_read_signal(int fd);
int clinux_ignore_sigpipe(void);
