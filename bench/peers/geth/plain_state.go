package main

import (
	"fmt"
	"math/big"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/holiman/uint256"
)

type account struct {
	Balance  *hexutil.Big            `json:"balance"`
	Nonce    uint64                  `json:"nonce"`
	CodeHash common.Hash             `json:"code_hash"`
	Code     hexutil.Bytes           `json:"code"`
	Storage  map[string]*hexutil.Big `json:"storage"`
}

// plainState answers from maps: a state.Reader without tries or caches.
type plainState struct {
	accounts map[common.Address]types.StateAccount
	codes    map[common.Hash][]byte
	slots    map[common.Address]map[common.Hash]common.Hash
}

func newPlainState(accounts map[common.Address]account) (*plainState, error) {
	s := &plainState{
		accounts: make(map[common.Address]types.StateAccount),
		codes:    make(map[common.Hash][]byte),
		slots:    make(map[common.Address]map[common.Hash]common.Hash),
	}
	for address, a := range accounts {
		s.codes[a.CodeHash] = a.Code
		s.accounts[address] = types.StateAccount{
			Nonce:    a.Nonce,
			Balance:  uint256.MustFromBig((*big.Int)(a.Balance)),
			Root:     types.EmptyRootHash,
			CodeHash: a.CodeHash.Bytes(),
		}
		s.slots[address] = make(map[common.Hash]common.Hash)
		for text, value := range a.Storage {
			slot, err := hexutil.DecodeBig(text)
			if err != nil {
				return nil, fmt.Errorf("slot %s: %w", text, err)
			}
			s.slots[address][common.BigToHash(slot)] = common.BigToHash((*big.Int)(value))
		}
	}
	return s, nil
}

func (s *plainState) Account(address common.Address) (*types.StateAccount, error) {
	a, exists := s.accounts[address]
	if !exists {
		return nil, nil
	}
	return a.Copy(), nil
}

func (s *plainState) Storage(address common.Address, slot common.Hash) (common.Hash, error) {
	return s.slots[address][slot], nil
}

func (s *plainState) Has(_ common.Address, hash common.Hash) bool {
	_, has := s.codes[hash]
	return has
}

func (s *plainState) Code(_ common.Address, hash common.Hash) []byte {
	return s.codes[hash]
}

func (s *plainState) CodeSize(_ common.Address, hash common.Hash) int {
	return len(s.codes[hash])
}
