package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	cmtcfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/crypto"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/rpc/client/local"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/cosmos/cosmos-sdk/client"
	serverconfig "github.com/cosmos/cosmos-sdk/server/config"
	servergrpc "github.com/cosmos/cosmos-sdk/server/grpc"
	"google.golang.org/grpc"
)

// validator is a consensus key and the voting power it starts with.
type validator struct {
	key   crypto.PrivKey
	power int64
}

// chainNode is one CometBFT node with its own application.
type chainNode struct {
	comet *node.Node
	app   *chainApp
	rpc   string
}

// nodePlace is where a node lives: a folder and two loopback addresses.
type nodePlace struct {
	home string
	rpc  string
	p2p  string
	key  *p2p.NodeKey
}

// peer is how other nodes call this one.
func (place nodePlace) peer() string { return fmt.Sprintf("%s@%s", place.key.ID(), place.p2p) }

// nodeConfig is CometBFT's default configuration but for the speed of blocks, loopback peers and databases in memory.
func nodeConfig(place nodePlace, peers []string, blockTime time.Duration) (*cmtcfg.Config, error) {
	config := cmtcfg.DefaultConfig()
	config.SetRoot(place.home)
	config.DBBackend = "memdb"
	config.RPC.ListenAddress = "tcp://" + place.rpc
	config.P2P.ListenAddress = "tcp://" + place.p2p
	config.P2P.PersistentPeers = strings.Join(peers, ",")
	config.P2P.PexReactor = false
	config.P2P.AddrBookStrict = false
	config.P2P.AllowDuplicateIP = true
	config.P2P.FlushThrottleTimeout = 5 * time.Millisecond
	config.Consensus.TimeoutCommit = blockTime
	config.Consensus.TimeoutPropose = time.Second
	config.Consensus.PeerGossipSleepDuration = 10 * time.Millisecond
	for _, folder := range []string{"config", "data"} {
		if err := os.MkdirAll(filepath.Join(place.home, folder), 0o700); err != nil {
			return nil, err
		}
	}
	return config, config.ValidateBasic()
}

func newNode(
	app *chainApp, place nodePlace, peers []string, key crypto.PrivKey, genesis *cmttypes.GenesisDoc,
	blockTime time.Duration, logger cmtlog.Logger,
) (*chainNode, error) {
	config, err := nodeConfig(place, peers, blockTime)
	if err != nil {
		return nil, err
	}
	signer := privval.NewFilePV(key, config.PrivValidatorKeyFile(), config.PrivValidatorStateFile())
	comet, err := node.NewNode(
		config, signer, place.key, proxy.NewLocalClientCreator(newNodeApp(app)),
		func() (*cmttypes.GenesisDoc, error) { return genesis, nil },
		cmtcfg.DefaultDBProvider, node.DefaultMetricsProvider(config.Instrumentation), logger,
	)
	if err != nil {
		return nil, err
	}
	return &chainNode{comet, app, place.rpc}, nil
}

// serveGRPC serves the application's queries and CometBFT's, as the SDK's own server does, until ctx ends.
func (chain *chainNode) serveGRPC(listener net.Listener, chainID string) (*grpc.Server, error) {
	clientContext := client.Context{}.
		WithClient(local.New(chain.comet)).
		WithChainID(chainID).
		WithCodec(chain.app.codec).
		WithInterfaceRegistry(chain.app.registry).
		WithTxConfig(chain.app.txConfig)
	chain.app.RegisterTxService(clientContext)
	chain.app.RegisterTendermintService(clientContext)
	config := serverconfig.DefaultConfig()
	chain.app.RegisterNodeService(clientContext, *config)
	server, err := servergrpc.NewGRPCServer(clientContext, chain.app, config.GRPC)
	if err != nil {
		return nil, err
	}
	go func() { _ = server.Serve(listener) }()
	return server, nil
}

// waitForHeight returns when the node has a block of that height.
func (chain *chainNode) waitForHeight(ctx context.Context, height int64) error {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for chain.comet.BlockStore().Height() < height {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// stop ends the node. It may be called again.
func (chain *chainNode) stop() {
	if chain.comet.IsRunning() {
		_ = chain.comet.Stop()
		chain.comet.Wait()
	}
}
