// go-ethereum's EVM as a peer of `weft bench`: see ../README.md for what is asked and answered.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/consensus/misc"
	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/core/state"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/core/vm"
	"github.com/ethereum/go-ethereum/params"
)

// A block that is ready to be executed any number of times.
type block struct {
	header   *types.Header
	messages []*core.Message
	context  vm.BlockContext
	config   *params.ChainConfig
	state    *plainState
	database state.Database
	analyses vm.JumpDestCache
}

// What is timed is neither decoding nor the recovery of senders, nor the root of the state after it. What is known of codes is
// the block's, or the execution's own.
func (b *block) execute(coldCode bool) (seconds float64, gasUsed []uint64, err error) {
	gasUsed = make([]uint64, 0, len(b.messages))
	begin := time.Now()
	changes, err := state.NewWithReader(types.EmptyRootHash, b.database, b.state)
	if err != nil {
		return 0, nil, err
	}
	if b.config.DAOForkSupport && b.config.DAOForkBlock.Cmp(b.header.Number) == 0 {
		misc.ApplyDAOHardFork(changes)
	}
	evm := vm.NewEVM(b.context, changes, b.config, vm.Config{})
	if !coldCode {
		evm.SetJumpDestCache(b.analyses)
	}
	rules := b.config.Rules(b.header.Number, b.context.Random != nil, b.header.Time)
	if root := b.header.ParentBeaconRoot; root != nil && rules.IsCancun {
		core.ProcessBeaconBlockRoot(*root, evm, nil)
	}
	if rules.IsPrague {
		core.ProcessParentBlockHash(b.header.ParentHash, evm, nil)
	}
	pool := core.NewGasPool(b.header.GasLimit)
	for index, message := range b.messages {
		changes.SetTxContext(common.Hash{}, index, uint32(index+1))
		result, err := core.ApplyMessage(evm, message, pool)
		if err != nil {
			return 0, nil, fmt.Errorf("transaction %d: %w", index, err)
		}
		changes.Finalise(rules)
		gasUsed = append(gasUsed, result.UsedGas)
	}
	return time.Since(begin).Seconds(), gasUsed, changes.Error()
}

func answer(line []byte, loaded **block) (any, error) {
	if run := string(line); run == "run" || run == "run cold" {
		if *loaded == nil {
			return nil, errors.New("no block to run")
		}
		seconds, _, err := (*loaded).execute(run == "run cold")
		return map[string]float64{"seconds": seconds}, err
	}
	*loaded = nil
	b, err := prepare(line)
	if err != nil {
		return nil, err
	}
	_, gasUsed, err := b.execute(false)
	if err == nil {
		*loaded = b
	}
	return map[string][]uint64{"gas_used": gasUsed}, err
}

func geth() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/ethereum/go-ethereum" {
			return "geth " + module.Version
		}
	}
	return "geth"
}

func main() {
	output := json.NewEncoder(os.Stdout)
	input := bufio.NewReader(os.Stdin)
	output.Encode(map[string]string{"peer": geth()})
	var loaded *block
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return
		}
		reply, err := answer(line[:len(line)-1], &loaded)
		if err != nil {
			reply = map[string]string{"error": err.Error()}
		}
		output.Encode(reply)
	}
}
