/** What a block charges, as its parent determines it: base fee (EIP-1559) and blob base fee (EIP-4844, 7691, 7918).
 *
 *  The formulas are those of unbounded integers. Where a header that no chain can hold would carry a result out of its
 *  type, it stays at the type's largest value; nothing overflows and no loop depends on the size of an input.
 *  Threads: any.
 */
#ifndef ENGINE_BLOCK_FEES_H
#define ENGINE_BLOCK_FEES_H

#include <weft/block.h>

enum { GAS_PER_BLOB = 131072 };

/** The parent's gas limit as the limit and base fee of its child see it: doubled where EIP-1559 begins. */
uint64_t parent_gas_limit(const weft_header *parent);

/** The base fee, in wei, of the child of `parent` under London rules. */
weft_u256 base_fee_after(const weft_header *parent);

/** factor * e^(numerator / denominator) by Taylor's series in integers (EIP-4844); `denominator` is not 0. */
weft_u256 fake_exponential(uint64_t factor, uint64_t numerator, uint64_t denominator);

/** The price of a unit of blob gas, in wei. */
weft_u256 blob_base_fee(uint64_t excess_blob_gas, const weft_blob_parameters *parameters);

/** The excess blob gas of the child of `parent`.
 *
 *  In:  parameters         those of the child's timestamp.
 *       has_reserve_price  EIP-7918 holds for the child.
 */
uint64_t excess_blob_gas_after(const weft_header *parent, const weft_blob_parameters *parameters,
                               bool has_reserve_price);

#endif
