/* Proof that ThreadSanitizer sees: two OpenMP threads count together, guarded or, as planted, not.
 *
 *   planted_race guarded    no report may come: Archer has told TSan about OpenMP's critical section and barrier
 *   planted_race            a report must come
 */
#include <stdio.h>

int main(int argc, char **argv) {
    (void)argv;
    int count = 0;
    const int guarded = argc > 1;
#pragma omp parallel num_threads(2) shared(count)
    for (int i = 0; i < 1000; i++) {
        if (guarded) {
#pragma omp critical
            count++;
        } else {
            count++;
        }
    }
    printf("counted %d\n", count);
    return 0;
}
