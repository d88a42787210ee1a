#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// What the child does between its start and the program's: only what is safe beside threads that may hold locks.
static void become(char *const *words, int parent, int input, int output, int report) {
    // The signal is lost where the parent ended before it was asked for.
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) == 0 && getppid() == parent) {
        for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0) execvp(words[0], words);
    }
    int code = errno;
    (void)!write(report, &code, sizeof code);
    _exit(127);
}

int clinux_spawn_bound(char *const *words, int input, int output) {
    int report[2];
    if (pipe2(report, O_CLOEXEC)) return -errno;
    int parent = getpid();
    pid_t pid = fork();
    if (pid == 0) become(words, parent, input, output, report[1]);
    int code = pid < 0 ? errno : 0;
    close(report[1]);
    // It ends without a word when the program has started.
    if (pid > 0 && read(report[0], &code, sizeof code) > 0) waitpid(pid, NULL, 0);
    close(report[0]);
    return code ? -code : pid;
}
