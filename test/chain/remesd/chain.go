package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cosmossdk.io/log"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/p2p"
	"google.golang.org/grpc"
)

// chain is all nodes, and the gRPC server of the first.
type chain struct {
	settings   settings
	validators []validator
	nodes      []*chainNode
	grpc       *grpc.Server
	grpcURL    string
}

// startAttempts: between choosing a port and listening on it another process can take it.
const startAttempts = 5

func startChain(settings settings, home string) (*chain, error) {
	var err error
	for attempt := range startAttempts {
		var started *chain
		started, err = tryStartChain(settings, filepath.Join(home, strconv.Itoa(attempt)))
		if err == nil {
			return started, nil
		}
		if !strings.Contains(err.Error(), "address already in use") {
			return nil, err
		}
	}
	return nil, err
}

func tryStartChain(settings settings, home string) (started *chain, err error) {
	result := &chain{settings: settings}
	defer func() {
		if err != nil {
			result.stop()
		}
	}()
	places := make([]nodePlace, len(settings.powers))
	for index, power := range settings.powers {
		result.validators = append(result.validators, validator{ed25519.GenPrivKey(), power})
		places[index] = nodePlace{
			home: filepath.Join(home, strconv.Itoa(index)), rpc: freeAddress(), p2p: freeAddress(),
			key: &p2p.NodeKey{PrivKey: ed25519.GenPrivKey()},
		}
	}
	cometLogger, appLogger := cmtlog.NewNopLogger(), log.NewNopLogger()
	if settings.verbose {
		cometLogger, appLogger = cmtlog.NewTMLogger(os.Stderr), log.NewLogger(os.Stderr)
	}
	apps := make([]*chainApp, len(places))
	for index := range places {
		if apps[index], err = newApp(appLogger, settings.chainID, settings.keep); err != nil {
			return nil, err
		}
	}
	genesis, err := genesisDoc(apps[0], settings, result.validators)
	if err != nil {
		return nil, err
	}
	for index, place := range places {
		var peers []string
		for other, its := range places {
			if other != index {
				peers = append(peers, its.peer())
			}
		}
		each, err := newNode(apps[index], place, peers, result.validators[index].key, genesis, settings.blockTime, cometLogger)
		if err != nil {
			return nil, err
		}
		result.nodes = append(result.nodes, each)
	}
	// The services of gRPC queries must be known before the first block.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	result.grpcURL = "http://" + listener.Addr().String()
	if result.grpc, err = result.nodes[0].serveGRPC(listener, settings.chainID); err != nil {
		return nil, err
	}
	for _, each := range result.nodes {
		if err := each.comet.Start(); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// freeAddress is a loopback address nobody listens on, with a port below those that systems give to outgoing connections.
func freeAddress() string {
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 12000+rand.IntN(20000))
		if listener, err := net.Listen("tcp", address); err == nil {
			_ = listener.Close()
			return address
		}
	}
}

func (c *chain) waitForHeight(ctx context.Context, height int64) error {
	for _, each := range c.nodes {
		if err := each.waitForHeight(ctx, height); err != nil {
			return err
		}
	}
	return nil
}

// announcement is the line that says the chain is there. Private keys are in it so that tests can forge what real
// validators would have signed.
type announcement struct {
	ChainID    string               `json:"chainId"`
	RPCURLs    []string             `json:"rpcUrls"`
	GRPCURL    string               `json:"grpcUrl"`
	Validators []announcedValidator `json:"validators"`
}

type announcedValidator struct {
	Address    string `json:"address"`
	PublicKey  string `json:"publicKey"`
	PrivateKey string `json:"privateKey"`
}

func (c *chain) announce() error {
	line := announcement{ChainID: c.settings.chainID, GRPCURL: c.grpcURL}
	for index, each := range c.nodes {
		key := c.validators[index].key
		line.RPCURLs = append(line.RPCURLs, "http://"+each.rpc)
		line.Validators = append(line.Validators, announcedValidator{
			key.PubKey().Address().String(), hex.EncodeToString(key.PubKey().Bytes()), hex.EncodeToString(key.Bytes()),
		})
	}
	return json.NewEncoder(os.Stdout).Encode(line)
}

// obey does what a line of standard input says: `stop 2` ends that node. The line is repeated when it is done.
func (c *chain) obey(command string) error {
	var index int
	if _, err := fmt.Sscanf(command, "stop %d", &index); err != nil || index < 0 || index >= len(c.nodes) {
		return fmt.Errorf("unknown command %q", command)
	}
	c.nodes[index].stop()
	fmt.Println(command)
	return nil
}

func (c *chain) stop() {
	if c.grpc != nil {
		c.grpc.Stop()
	}
	for _, each := range c.nodes {
		each.stop()
	}
}
