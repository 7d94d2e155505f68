/** How long a block would take on any number of workers: a discrete-event model of engine/parallel.c.
 *
 *  The scheduler is the real one (scheduler/), asked and told by simulated workers on one thread, in the order of their
 *  clocks; so are its parking place and the policy of giving up. What a transaction takes, what it needs of others and what
 *  was foretold of it are measured (bench/tx_costs.h). The model adds what lies between:
 *
 *    - a speculative run holds if everything it needs was published when it read, taken to be halfway through the run;
 *      otherwise the ordered phase runs it again;
 *    - workers come late, look for a while before they park, and take time to be woken;
 *    - what another core wrote takes time to fetch.
 *
 *  Not modelled: memory bandwidth, clocks that change with the number of busy cores, other processes.
 */
#ifndef BENCH_SIMULATION_H
#define BENCH_SIMULATION_H

#include "bench/tx_costs.h"

/** What this machine takes for what is not a transaction, in seconds. */
typedef struct machine_costs {
    double region; /* to begin an OpenMP region and to end it, beside what is done in it */
    double order;  /* to get an order of the scheduler and to report it done */
    double fetch;  /* to read a cache line that another core wrote */
    double spin;   /* how long a worker looks for work before it parks */
    double wake;   /* from waking a parked worker until it looks again */
    double waking; /* what the one who wakes pays */
} machine_costs;

/** Measure them. With one core only, what takes two is 0. */
void machine_costs_measure(machine_costs *costs);

/** Returns: WEFT_OK, WEFT_NO_MEMORY. In: force_parallel   as in weft_engine_config. */
weft_status simulate(simulated *result, const tx_costs *block, const machine_costs *machine, unsigned workers,
                     bool force_parallel);

#endif
