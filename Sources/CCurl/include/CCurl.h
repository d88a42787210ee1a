#pragma once
#include <curl/curl.h>

// libcurl's option and info calls are variadic, which Swift cannot call: each of these fixes one argument type.
static inline CURLcode scale_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode scale_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode scale_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode scale_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}
typedef size_t (*scale_curl_write_function)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode scale_curl_set_write(CURL *handle, CURLoption option, scale_curl_write_function function) {
    return curl_easy_setopt(handle, option, function);
}
static inline CURLcode scale_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode scale_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode scale_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
// The outcome of a finished transfer: the message's union, which Swift cannot read.
static inline CURLcode scale_curl_message_result(const CURLMsg *message) { return message->data.result; }

typedef void (*scale_curl_thread_body)(void *context);
// Runs `body` on a detached thread of its own; 0 or an error number. A transfer blocks, and Swift's pool must not.
int scale_curl_start_thread(scale_curl_thread_body body, void *context);
// CLOCK_MONOTONIC in nanoseconds.
long long scale_curl_now(void);
