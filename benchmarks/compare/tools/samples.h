/* Durations in nanoseconds, kept one by one: a run has too few of them to need a histogram. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "bench.h"

struct samples {
    uint32_t *values;
    size_t count, room;
};

static inline void samples_add(struct samples *s, uint64_t nanoseconds)
{
    if (s->count == s->room) {
        s->room = s->room == 0 ? 65536 : s->room * 2;
        s->values = realloc(s->values, s->room * sizeof *s->values);
        if (s->values == NULL)
            die("out of memory");
    }
    s->values[s->count++] = nanoseconds > UINT32_MAX ? UINT32_MAX : (uint32_t)nanoseconds;
}

static inline int samples_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Sort first. The smallest value that at least this share of the samples does not exceed, in microseconds. */
static inline double samples_quantile(const struct samples *s, double share)
{
    if (s->count == 0)
        return 0;
    size_t rank = (size_t)(share * (double)s->count);
    return s->values[rank < s->count ? rank : s->count - 1] / 1000.0;
}

/* Prints the result line that the driver reads; `cpu` is what the process had used when the measurement began. */
static inline void samples_report(struct samples *s, uint64_t errors, const char *first_error, uint64_t body_bytes, uint64_t started,
                                  uint64_t cpu)
{
    double seconds = (double)(now_ns() - started) / 1e9;
    if (s->count > 0)
        qsort(s->values, s->count, sizeof *s->values, samples_compare);
    printf("{\"requests\": %zu, \"errors\": %llu, \"first_error\": \"%s\", \"body_bytes\": %llu, \"seconds\": %.6f, "
           "\"cpu_seconds\": %.6f, \"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f}\n",
           s->count, (unsigned long long)errors, first_error, (unsigned long long)body_bytes, seconds,
           (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / 1e9, samples_quantile(s, .5), samples_quantile(s, .9),
           samples_quantile(s, .99), samples_quantile(s, .999), samples_quantile(s, 1));
    fflush(stdout);
}

#endif
