#include "CCurl.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
    scale_curl_thread_body body;
    void *context;
} thread_start;

static void *run(void *argument) {
    thread_start start = *(thread_start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int scale_curl_start_thread(scale_curl_thread_body body, void *context) {
    thread_start *start = malloc(sizeof *start);
    if (start == NULL) return 12;
    start->body = body;
    start->context = context;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    int code = pthread_create(&thread, &attributes, run, start);
    pthread_attr_destroy(&attributes);
    if (code != 0) free(start);
    return code;
}

long long scale_curl_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}
