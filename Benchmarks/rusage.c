// Runs a command and writes what the whole process used, start and end included, to FILE:
//
//     USER_SECONDS SYSTEM_SECONDS PEAK_RSS_KB WALL_SECONDS EXIT_STATUS
//
// usage: rusage FILE COMMAND [ARGUMENT…]
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: rusage FILE COMMAND [ARGUMENT…]\n");
        return 2;
    }
    double start = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int status = 0;
    struct rusage use;
    if (child < 0 || wait4(child, &status, 0, &use) < 0) {
        perror("rusage");
        return 2;
    }
    double wall = now() - start;
    FILE *file = fopen(argv[1], "w");
    if (!file) {
        perror(argv[1]);
        return 2;
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(file, "%.6f %.6f %ld %.4f %d\n", use.ru_utime.tv_sec + use.ru_utime.tv_usec * 1e-6,
        use.ru_stime.tv_sec + use.ru_stime.tv_usec * 1e-6, use.ru_maxrss, wall, code);
    fclose(file);
    return code;
}
