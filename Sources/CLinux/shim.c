#define _GNU_SOURCE
#include "CLinux.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int result(int value) { return value < 0 ? -errno : value; }

static int64_t reading(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clinux_now(void) { return reading(CLOCK_MONOTONIC); }
int64_t clinux_wall_microseconds(void) { return reading(CLOCK_REALTIME) / 1000; }
int64_t clinux_thread_cpu(void) { return reading(CLOCK_THREAD_CPUTIME_ID); }
int64_t clinux_process_cpu(void) { return reading(CLOCK_PROCESS_CPUTIME_ID); }

int clinux_epoll_create(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int epoll, int operation, int fd, uint32_t interest, uint64_t token) {
    struct epoll_event event = {.events = interest, .data.u64 = token};
    return result(epoll_ctl(epoll, operation, fd, &event));
}

int clinux_epoll_add(int epoll, int fd, uint32_t interest, uint64_t token) {
    return control(epoll, EPOLL_CTL_ADD, fd, interest, token);
}
int clinux_epoll_modify(int epoll, int fd, uint32_t interest, uint64_t token) {
    return control(epoll, EPOLL_CTL_MOD, fd, interest, token);
}
int clinux_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int clinux_epoll_wait(int epoll, void *events, int capacity, int64_t nanoseconds) {
    if (nanoseconds == 0) return result(epoll_wait(epoll, events, capacity, 0));
    if (nanoseconds < 0) return result(epoll_wait(epoll, events, capacity, -1));
#ifdef SYS_epoll_pwait2
    static _Thread_local int coarse = 0;
    if (!coarse) {
        struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
        int count = (int)syscall(SYS_epoll_pwait2, epoll, events, capacity, &limit, NULL, (size_t)0);
        // A sandbox that does not know the call refuses it with EPERM.
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return result(count);
        coarse = 1;
    }
#endif
    int64_t milliseconds = (nanoseconds + 999999) / 1000000;
    return result(epoll_wait(epoll, events, capacity, milliseconds > 86400000 ? 86400000 : (int)milliseconds));
}

clinux_event clinux_epoll_event(const void *events, int index) {
    const struct epoll_event *event = (const struct epoll_event *)events + index;
    clinux_event plain = {.readiness = event->events, .token = event->data.u64};
    return plain;
}

size_t clinux_epoll_event_size(void) { return sizeof(struct epoll_event); }

int clinux_eventfd(void) { return result(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }
int clinux_eventfd_signal(int fd) {
    uint64_t one = 1;
    return result((int)write(fd, &one, sizeof one));
}
int clinux_eventfd_drain(int fd) {
    uint64_t count;
    return result((int)read(fd, &count, sizeof count));
}

int clinux_tcp_socket(int family) { return result(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)); }
int clinux_connect(int fd, const clinux_address *address) {
    return result(connect(fd, (const struct sockaddr *)&address->storage, address->length));
}
int clinux_bind(int fd, const clinux_address *address) {
    return result(bind(fd, (const struct sockaddr *)&address->storage, address->length));
}
int clinux_listen(int fd, int backlog) { return result(listen(fd, backlog)); }
int clinux_accept(int fd) { return result(accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)); }
int clinux_local_address(int fd, clinux_address *address) {
    socklen_t length = sizeof address->storage;
    int answer = result(getsockname(fd, (struct sockaddr *)&address->storage, &length));
    address->length = length;
    return answer;
}

static int set_option(int fd, int level, int option, int value) {
    return result(setsockopt(fd, level, option, &value, sizeof value));
}
int clinux_no_delay(int fd) { return set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }
int clinux_reuse_address(int fd) { return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1); }
int clinux_reuse_port(int fd) { return set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1); }
int clinux_bind_address_no_port(int fd) { return set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1); }
int clinux_reset_on_close(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    return result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}
int clinux_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}
int clinux_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 ? -errno : result(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}
ssize_t clinux_receive(int fd, void *bytes, size_t count) {
    ssize_t got = recv(fd, bytes, count, 0);
    return got < 0 ? -errno : got;
}
ssize_t clinux_send(int fd, const void *bytes, size_t count) {
    ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
    return sent < 0 ? -errno : sent;
}
ssize_t clinux_read(int fd, void *bytes, size_t count) {
    ssize_t got = read(fd, bytes, count);
    return got < 0 ? -errno : got;
}
ssize_t clinux_write(int fd, const void *bytes, size_t count) {
    ssize_t sent = write(fd, bytes, count);
    return sent < 0 ? -errno : sent;
}
int clinux_shutdown_write(int fd) { return result(shutdown(fd, SHUT_WR)); }
int clinux_close(int fd) { return result(close(fd)); }
int clinux_pipe(int ends[2]) { return result(pipe2(ends, O_CLOEXEC)); }
int clinux_memory_file(size_t size) {
    int fd = result(memfd_create("scalebench", MFD_CLOEXEC));
    if (fd >= 0 && ftruncate(fd, (off_t)size) < 0) {
        int code = -errno;
        close(fd);
        return code;
    }
    return fd;
}
int64_t clinux_file_size(int fd) {
    struct stat facts;
    return fstat(fd, &facts) < 0 ? -errno : facts.st_size;
}
int clinux_map_shared(int fd, size_t size, void **base) {
    void *place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (place == MAP_FAILED) return -errno;
    *base = place;
    return 0;
}
int clinux_unmap(void *base, size_t size) { return result(munmap(base, size)); }
ssize_t clinux_read_at(int fd, void *bytes, size_t count, int64_t offset) {
    ssize_t got = pread(fd, bytes, count, offset);
    return got < 0 ? -errno : got;
}
int clinux_socket_pair(int ends[2]) {
    int code = result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
    return code < 0 ? code : clinux_set_nonblocking(ends[0]);
}

int clinux_resolve(const char *host, uint16_t port, int passive, clinux_address *addresses, int capacity) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    hints.ai_flags = (passive ? AI_PASSIVE : 0) | AI_NUMERICSERV;
    char service[8];
    int digits = 0;
    for (unsigned scale = 10000; scale; scale /= 10)
        if (port >= scale || scale == 1) service[digits++] = (char)('0' + port / scale % 10);
    service[digits] = 0;
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host && *host ? host : NULL, service, &hints, &found);
    if (code) return code < 0 ? code : -code;
    int count = 0;
    for (struct addrinfo *entry = found; entry && count < capacity; entry = entry->ai_next, count++) {
        memset(&addresses[count], 0, sizeof *addresses);
        memcpy(&addresses[count].storage, entry->ai_addr, entry->ai_addrlen);
        addresses[count].length = entry->ai_addrlen;
    }
    freeaddrinfo(found);
    return count;
}
const char *clinux_resolve_message(int code) { return gai_strerror(code); }

uint16_t clinux_address_port(const clinux_address *address) {
    if (address->storage.ss_family == AF_INET6) return ntohs(((const struct sockaddr_in6 *)&address->storage)->sin6_port);
    return ntohs(((const struct sockaddr_in *)&address->storage)->sin_port);
}
int clinux_address_text(const clinux_address *address, char *text, size_t capacity) {
    return -getnameinfo((const struct sockaddr *)&address->storage, address->length, text, (socklen_t)capacity, NULL, 0,
                        NI_NUMERICHOST);
}
const char *clinux_error_message(int code) { return strerrordesc_np(code); }

int clinux_raise_descriptor_limit(uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return 0;
}
// Reads the start of a small file of the kernel as text: its length, or a negative errno.
static ssize_t read_text(const char *path, char *text, size_t capacity) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    ssize_t size = read(fd, text, capacity - 1);
    int code = errno;
    close(fd);
    if (size < 0) return -code;
    text[size] = 0;
    return size;
}

int clinux_is_own_address(const clinux_address *address) {
    clinux_address own = *address;
    if (own.storage.ss_family == AF_INET6) ((struct sockaddr_in6 *)&own.storage)->sin6_port = 0;
    else ((struct sockaddr_in *)&own.storage)->sin_port = 0;
    int fd = socket(own.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int bound = bind(fd, (struct sockaddr *)&own.storage, own.length) == 0;
    close(fd);
    return bound;
}

int64_t clinux_thread_starved(void) {
    char text[96];
    ssize_t size = read_text("/proc/thread-self/schedstat", text, sizeof text);
    if (size < 0) return size;
    long long ran, waited;
    return sscanf(text, "%lld %lld", &ran, &waited) == 2 ? waited : -ENODATA;
}

int clinux_reset_peak_rss(void) {
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    int code = write(fd, "5", 1) == 1 ? 0 : -errno;
    close(fd);
    return code;
}

// The high-water mark in the process's status, which can be reset; getrusage() also knows what ran before exec.
int clinux_usage(int64_t *peak_rss_bytes) {
    char text[4096];
    if (read_text("/proc/self/status", text, sizeof text) > 0) {
        const char *line = strstr(text, "VmHWM:");
        if (line) {
            *peak_rss_bytes = strtoll(line + 6, NULL, 10) * 1024;
            return 0;
        }
    }
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) < 0) return -errno;
    *peak_rss_bytes = (int64_t)usage.ru_maxrss * 1024;
    return 0;
}
int clinux_allowed_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0) return -errno;
    return CPU_COUNT(&set);
}

typedef struct {
    clinux_thread_body body;
    void *context;
} thread_start;

static void *thread_main(void *raw) {
    thread_start start = *(thread_start *)raw;
    free(raw);
    start.body(start.context);
    return NULL;
}

void clinux_yield(void) { sched_yield(); }
void clinux_sleep(int64_t nanoseconds) {
    struct timespec span = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    nanosleep(&span, NULL);
}

int clinux_thread_start(clinux_thread_body body, void *context) {
    thread_start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    start->body = body;
    start->context = context;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    int code = pthread_create(&thread, &attributes, thread_main, start);
    pthread_attr_destroy(&attributes);
    if (code) free(start);
    return -code;
}

int clinux_spawn(const char *path, char *const *arguments, int standard_input, int outputs, int inherited) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, standard_input, 0);
    if (outputs >= 0) {
        posix_spawn_file_actions_adddup2(&actions, outputs, 1);
        posix_spawn_file_actions_adddup2(&actions, outputs, 2);
    }
    // The C library clears close-on-exec where the descriptor is 3 already.
    if (inherited >= 0) posix_spawn_file_actions_adddup2(&actions, inherited, 3);
    posix_spawn_file_actions_addclosefrom_np(&actions, inherited >= 0 ? 4 : 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    // A group of its own, so that the terminal's Ctrl-C reaches the parent alone, which then stops its children.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    pid_t pid;
    int code = posix_spawn(&pid, path, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code ? -code : pid;
}

int clinux_reap(int pid, int *status) {
    int answer = waitpid(pid, status, WNOHANG);
    return answer < 0 ? -errno : answer > 0;
}
int clinux_kill(int pid, int signal) { return result(kill(pid, signal)); }
int clinux_ending(int status) { return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status); }
int clinux_pid(void) { return getpid(); }
int clinux_adopt_orphans(void) { return result(prctl(PR_SET_CHILD_SUBREAPER, 1)); }
const char *clinux_environment(const char *name) { return getenv(name); }
int clinux_host_name(char *text, size_t capacity) { return result(gethostname(text, capacity)); }

int clinux_terminal_columns(int fd) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0) return -errno;
    return size.ws_col;
}

static int signal_pipe[2] = {-1, -1};
static void note_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    (void)!write(signal_pipe[1], &byte, 1);
    errno = saved;
}
int clinux_signal_descriptor(void) {
    if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_NONBLOCK | O_CLOEXEC)) return -errno;
    const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++) {
        struct sigaction now, action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
        sigemptyset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &now)) return -errno;
        if (now.sa_handler == SIG_IGN) continue;
        if (sigaction(numbers[i], &action, NULL)) return -errno;
    }
    // A parent may have started us with the signals blocked, and a blocked one reaches no handler.
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    if (pthread_sigmask(SIG_UNBLOCK, &set, NULL)) return -EINVAL;
    return signal_pipe[0];
}
int clinux_read_signal(int fd) {
    unsigned char byte;
    ssize_t got = read(fd, &byte, 1);
    return got == 1 ? byte : got < 0 ? -errno : 0;
}
int clinux_ignore_sigpipe(void) { return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -errno : 0; }
