#include "bench/series.h"

#include <stdlib.h>

static int double_compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bench_series bench_series_of(double *values, size_t count) {
    qsort(values, count, sizeof *values, double_compare);
    double median = count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
    return (bench_series){.median = median, .min = values[0], .max = values[count - 1]};
}

double bench_quantile(const double *sorted, size_t count, double share) {
    return sorted[(size_t)(share * (double)(count - 1) + 0.5)];
}
