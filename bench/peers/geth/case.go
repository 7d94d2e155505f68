package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/consensus/misc/eip4844"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/rlp"
)

type blockCase struct {
	ChainID        uint64                     `json:"chain_id"`
	Fork           string                     `json:"fork"`
	BlobsPerBlock  int                        `json:"blobs_per_block"`
	UpdateFraction uint64                     `json:"blob_base_fee_update_fraction"`
	Block          hexutil.Bytes              `json:"block"`
	Senders        []common.Address           `json:"senders"`
	State          map[common.Address]account `json:"state"`
	BlockHashes    map[string]common.Hash     `json:"block_hashes"`
}

func prepare(line []byte) (*block, error) {
	var c blockCase
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	var decoded types.Block
	if err := rlp.DecodeBytes(c.Block, &decoded); err != nil {
		return nil, err
	}
	config, err := configuration(&c)
	if err != nil {
		return nil, err
	}
	b := &block{
		header:   decoded.Header(),
		config:   config,
		database: state.NewDatabaseForTesting(),
		analyses: core.NewJumpDestCache(),
	}
	b.state, err = newPlainState(c.State)
	if err != nil {
		return nil, err
	}
	signer := types.MakeSigner(config, b.header.Number, b.header.Time)
	for index, transaction := range decoded.Transactions() {
		message, err := core.TransactionToMessage(transaction, signer, b.header.BaseFee)
		if err != nil {
			return nil, fmt.Errorf("transaction %d: %w", index, err)
		}
		if message.From != c.Senders[index] {
			return nil, fmt.Errorf("transaction %d: is from %v", index, message.From)
		}
		b.messages = append(b.messages, message)
	}
	b.context, err = c.environment(b)
	return b, err
}

func (c *blockCase) environment(b *block) (vm.BlockContext, error) {
	hashes := make(map[uint64]common.Hash)
	for text, hash := range c.BlockHashes {
		number, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return vm.BlockContext{}, err
		}
		hashes[number] = hash
	}
	h := b.header
	context := vm.BlockContext{
		CanTransfer: core.CanTransfer,
		Transfer:    core.Transfer,
		GetHash:     func(number uint64) common.Hash { return hashes[number] },
		Coinbase:    h.Coinbase,
		GasLimit:    h.GasLimit,
		BlockNumber: h.Number,
		Time:        h.Time,
		Difficulty:  h.Difficulty,
		BaseFee:     h.BaseFee,
		BlobBaseFee: new(big.Int),
	}
	if h.ExcessBlobGas != nil {
		context.BlobBaseFee = eip4844.CalcBlobFee(b.config, h)
	}
	if b.config.TerminalTotalDifficulty.Sign() == 0 {
		context.Random = &h.MixDigest
	}
	return context, nil
}
