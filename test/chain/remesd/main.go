// remesd is a chain for tests: real CometBFT nodes, in one process, over the Cosmos SDK's real runtime and IAVL stores,
// with a raw `remes` store. It prints one line of JSON when all nodes have two blocks, takes commands as lines on
// standard input, and ends at SIGTERM, at SIGINT, or when standard input closes.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// settings are what the command line says.
type settings struct {
	chainID       string
	powers        []int64
	registry      json.RawMessage
	blockTime     time.Duration
	unbonding     time.Duration
	keep          uint64
	account       string
	groupMetadata string
	verbose       bool
}

func parseSettings() (settings, error) {
	var parsed settings
	var genesis, powers string
	var validators int
	flag.StringVar(&parsed.chainID, "chain-id", "remes-testnet-1", "chain id")
	flag.IntVar(&validators, "validators", 1, "number of validators, each with power 10")
	flag.StringVar(&powers, "powers", "", "the validators' powers instead, comma-separated; 0 is a node that does not validate yet")
	flag.StringVar(&genesis, "genesis", "", "JSON file: hex keys and hex values of the remes store")
	flag.DurationVar(&parsed.blockTime, "block-time", 250*time.Millisecond, "time between blocks")
	flag.DurationVar(&parsed.unbonding, "unbonding", 21*24*time.Hour, "unbonding time of x/staking")
	flag.Uint64Var(&parsed.keep, "keep", 0, "heights whose state and blocks are kept; 0 keeps all")
	flag.StringVar(&parsed.account, "account", "", "address of a funded account, the one member of the group")
	flag.StringVar(&parsed.groupMetadata, "group-metadata", "", "metadata of group 1; without it there is no group")
	flag.BoolVar(&parsed.verbose, "verbose", false, "log to standard error")
	flag.Parse()
	if powers == "" {
		powers = strings.TrimSuffix(strings.Repeat("10,", validators), ",")
	}
	for _, text := range strings.Split(powers, ",") {
		power, err := strconv.ParseInt(text, 10, 64)
		if err != nil || power < 0 {
			return parsed, fmt.Errorf("%q is not a power", text)
		}
		parsed.powers = append(parsed.powers, power)
	}
	parsed.registry = json.RawMessage(`{}`)
	if genesis != "" {
		raw, err := os.ReadFile(genesis)
		if err != nil {
			return parsed, err
		}
		parsed.registry = raw
	}
	_, err := parseEntries(parsed.registry)
	return parsed, err
}

func main() {
	sdk.GetConfig().SetBech32PrefixForAccount(addressPrefix, addressPrefix+"pub")
	sdk.GetConfig().SetBech32PrefixForValidator(addressPrefix+"valoper", addressPrefix+"valoperpub")
	sdk.GetConfig().SetBech32PrefixForConsensusNode(addressPrefix+"valcons", addressPrefix+"valconspub")
	if err := run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "remesd:", err)
		os.Exit(1)
	}
}

// stopPatience is how long nodes may take to stop.
const stopPatience = 20 * time.Second

func run() error {
	settings, err := parseSettings()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	home, err := os.MkdirTemp("", "remesd-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	context.AfterFunc(ctx, func() {
		// A node that hangs while it stops must not keep the process.
		time.AfterFunc(stopPatience, func() {
			_ = os.RemoveAll(home)
			os.Exit(1)
		})
	})
	chain, err := startChain(settings, home)
	if err != nil {
		return err
	}
	defer chain.stop()
	commands := make(chan string)
	go func() {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			commands <- lines.Text()
		}
		stop()
	}()
	if err := chain.waitForHeight(ctx, 2); err != nil {
		return err
	}
	if err := chain.announce(); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case command := <-commands:
			if err := chain.obey(command); err != nil {
				return err
			}
		}
	}
}
