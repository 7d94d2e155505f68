/** Everything libweft offers. docs/architecture.md explains the parts, examples/embed.c uses them. */
#ifndef WEFT_H
#define WEFT_H

#include <weft/block.h>
#include <weft/block_access_list.h>
#include <weft/chain.h>
#include <weft/crypto.h>
#include <weft/delta.h>
#include <weft/engine.h>
#include <weft/memory_state.h>
#include <weft/node_source.h>
#include <weft/profile.h>
#include <weft/state_view.h>
#include <weft/status.h>
#include <weft/store.h>
#include <weft/tracer.h>
#include <weft/transaction.h>
#include <weft/types.h>
#include <weft/version.h>
#include <weft/witness.h>
#include <weft/witness_builder.h>

#endif
