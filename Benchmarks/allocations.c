// Counts what a program takes from the heap. It is loaded before the C library (LD_PRELOAD), so that its malloc and its
// relatives are the ones that the program and all its libraries find; each counts and calls the C library's own.
//
// The program named ALLOCATIONS_OF leaves its count, one number, in the file ALLOCATIONS_FILE when it ends by exit().
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_ullong count;

static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void *(*next_aligned)(size_t, size_t);
static void (*next_free)(void *);

// Looking the C library's functions up may itself ask for memory: it gets some from here, and never gives it back.
static _Alignas(16) char early[8192];
static size_t early_used;

static void *early_memory(size_t size) {
    size = (size + 15) & ~(size_t)15;
    if (size > sizeof early - early_used) return NULL;
    void *memory = early + early_used;
    early_used += size;
    return memory;
}

static int is_early(const void *memory) { return (const char *)memory >= early && (const char *)memory < early + sizeof early; }

__attribute__((constructor)) static void look_up(void) {
    if (next_free) return;
    static int looking;
    if (looking) return;
    looking = 1;
    *(void **)&next_malloc = dlsym(RTLD_NEXT, "malloc");
    *(void **)&next_calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&next_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&next_aligned = dlsym(RTLD_NEXT, "aligned_alloc");
    *(void **)&next_free = dlsym(RTLD_NEXT, "free");
}

static void note(void) {
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
    if (!next_free) look_up();
}

void *malloc(size_t size) {
    note();
    return next_malloc ? next_malloc(size) : early_memory(size);
}

void *calloc(size_t members, size_t size) {
    note();
    // Static memory that nobody had before is zero.
    return next_calloc ? next_calloc(members, size) : early_memory(members * size);
}

void *realloc(void *memory, size_t size) {
    note();
    if (next_realloc && !is_early(memory)) return next_realloc(memory, size);
    void *larger = next_malloc ? next_malloc(size) : early_memory(size);
    if (larger && memory) {
        size_t room = (size_t)(early + sizeof early - (char *)memory);
        memcpy(larger, memory, size < room ? size : room);
    }
    return larger;
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return next_aligned ? next_aligned(alignment, size) : NULL;
}

void *memalign(size_t alignment, size_t size) { return aligned_alloc(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = aligned_alloc(alignment, size);
    return *memory ? 0 : ENOMEM;
}

void free(void *memory) {
    if (!is_early(memory) && next_free) next_free(memory);
}

__attribute__((destructor)) static void report(void) {
    unsigned long long total = atomic_load(&count);
    const char *path = getenv("ALLOCATIONS_FILE"), *program = getenv("ALLOCATIONS_OF");
    // Programs that this one starts inherit both names.
    if (!path || !program || strcmp(program, program_invocation_short_name)) return;
    FILE *file = fopen(path, "w");
    if (!file) return;
    fprintf(file, "%llu\n", total);
    fclose(file);
}
