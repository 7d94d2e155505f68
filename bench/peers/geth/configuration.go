package main

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/params"
)

type fork struct {
	name     string
	activate func(*params.ChainConfig)
}

// The forks in their order, and what switches each on.
var forks = []fork{
	{"Frontier", func(c *params.ChainConfig) {}},
	{"Homestead", func(c *params.ChainConfig) { c.HomesteadBlock = new(big.Int) }},
	{"EIP150", func(c *params.ChainConfig) { c.EIP150Block = new(big.Int) }},
	{"EIP158", func(c *params.ChainConfig) { c.EIP155Block, c.EIP158Block = new(big.Int), new(big.Int) }},
	{"Byzantium", func(c *params.ChainConfig) { c.ByzantiumBlock = new(big.Int) }},
	{"Constantinople", func(c *params.ChainConfig) {
		c.ConstantinopleBlock, c.PetersburgBlock = new(big.Int), new(big.Int).SetUint64(1<<62)
	}},
	{"ConstantinopleFix", func(c *params.ChainConfig) { c.PetersburgBlock = new(big.Int) }},
	{"Istanbul", func(c *params.ChainConfig) { c.IstanbulBlock = new(big.Int) }},
	{"Berlin", func(c *params.ChainConfig) { c.BerlinBlock = new(big.Int) }},
	{"London", func(c *params.ChainConfig) { c.LondonBlock = new(big.Int) }},
	{"Paris", func(c *params.ChainConfig) { c.TerminalTotalDifficulty = new(big.Int) }},
	{"Shanghai", func(c *params.ChainConfig) { c.ShanghaiTime = new(uint64) }},
	{"Cancun", func(c *params.ChainConfig) { c.CancunTime = new(uint64) }},
	{"Prague", func(c *params.ChainConfig) { c.PragueTime = new(uint64) }},
	{"Osaka", func(c *params.ChainConfig) { c.OsakaTime = new(uint64) }},
}

func configuration(c *blockCase) (*params.ChainConfig, error) {
	config := &params.ChainConfig{
		ChainID:                 new(big.Int).SetUint64(c.ChainID),
		TerminalTotalDifficulty: new(big.Int).Lsh(big.NewInt(1), 200),
	}
	last := slices.IndexFunc(forks, func(f fork) bool { return f.name == c.Fork })
	if last < 0 {
		return nil, fmt.Errorf("no rules for %s", c.Fork)
	}
	for _, f := range forks[:last+1] {
		f.activate(config)
	}
	if mainnet := params.MainnetChainConfig; config.ChainID.Cmp(mainnet.ChainID) == 0 {
		config.DAOForkBlock, config.DAOForkSupport = mainnet.DAOForkBlock, true
	}
	blobs := &params.BlobConfig{Target: c.BlobsPerBlock, Max: c.BlobsPerBlock, UpdateFraction: c.UpdateFraction}
	config.BlobScheduleConfig = &params.BlobScheduleConfig{Cancun: blobs, Prague: blobs}
	return config, nil
}
