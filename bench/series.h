/** What is told of a figure that was measured several times. */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include <stddef.h>

typedef struct bench_series {
    double median, min, max;
} bench_series;

/** Sorts the values, of which there is at least one. */
bench_series bench_series_of(double *values, size_t count);

/** Of sorted values, the one that `share` (0 to 1) of them do not exceed. */
double bench_quantile(const double *sorted, size_t count, double share);

#endif
