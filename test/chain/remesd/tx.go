package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"cosmossdk.io/math"
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cosmos/cosmos-sdk/server"
	sdk "github.com/cosmos/cosmos-sdk/types"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
)

// txPrefix marks a registry transaction. It exists for tests alone: nobody signs it, anyone may send it, and what it
// says is done at once. What follows is JSON. Every other transaction is the SDK's and needs its signatures.
var txPrefix = []byte("remesd:")

// registryTx is the JSON of a registry transaction.
type registryTx struct {
	// Raw writes to the remes store: hex key to hex value, null to delete.
	Set json.RawMessage `json:"set,omitempty"`
	// Voting power that validators are to have, by their index. It moves by delegating and undelegating.
	Power map[string]int64 `json:"power,omitempty"`
	// Makes two transactions of the same content two.
	Nonce int64 `json:"nonce"`
}

func parseRegistryTx(raw []byte) (*registryTx, []entry, error) {
	var tx registryTx
	if err := json.Unmarshal(bytes.TrimPrefix(raw, txPrefix), &tx); err != nil {
		return nil, nil, err
	}
	if len(tx.Set) == 0 {
		return &tx, nil, nil
	}
	entries, err := parseEntries(tx.Set)
	return &tx, entries, err
}

// applyRegistryTxs does what the registry transactions of a block say, before the SDK runs its own transactions.
func (app *chainApp) applyRegistryTxs(ctx sdk.Context, block *abci.RequestFinalizeBlock) (*sdk.ResponsePreBlock, error) {
	app.failures = map[int]error{}
	for index, raw := range block.Txs {
		if !bytes.HasPrefix(raw, txPrefix) {
			continue
		}
		branch, write := ctx.CacheContext()
		if err := app.applyRegistryTx(branch, raw); err != nil {
			app.failures[index] = err
		} else {
			write()
		}
	}
	return app.PreBlocker(ctx, block)
}

func (app *chainApp) applyRegistryTx(ctx sdk.Context, raw []byte) error {
	tx, entries, err := parseRegistryTx(raw)
	if err != nil {
		return err
	}
	writeEntries(ctx.KVStore(app.remesKey), entries)
	// In the order of the indices: a map has none, and nodes must agree.
	for index := 0; index < len(tx.Power); index++ {
		power, ok := tx.Power[strconv.Itoa(index)]
		if !ok {
			return fmt.Errorf("powers must be given for validators 0 to %d", len(tx.Power)-1)
		}
		if err := app.setPower(ctx, index, power); err != nil {
			return err
		}
	}
	return nil
}

// setPower delegates to a validator, or undelegates from it, until its tokens are worth the power.
func (app *chainApp) setPower(ctx sdk.Context, index int, power int64) error {
	address := operatorAddress(index)
	validator, err := app.staking.GetValidator(ctx, address)
	if err != nil {
		return err
	}
	change := tokensFor(power).Sub(validator.Tokens)
	if change.IsPositive() {
		_, err = app.staking.Delegate(ctx, stakerAddress(), change, stakingtypes.Unbonded, validator, true)
		return err
	}
	if change.IsNegative() {
		_, _, err = app.staking.Undelegate(ctx, stakerAddress(), address, math.LegacyNewDecFromInt(change.Neg()))
	}
	return err
}

// nodeApp is what a CometBFT node talks to: the SDK application, and the answers about registry transactions.
type nodeApp struct {
	abci.Application
	app *chainApp
}

func newNodeApp(app *chainApp) nodeApp {
	return nodeApp{server.NewCometABCIWrapper(app), app}
}

func (node nodeApp) CheckTx(ctx context.Context, request *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	if !bytes.HasPrefix(request.Tx, txPrefix) {
		return node.Application.CheckTx(ctx, request)
	}
	if _, _, err := parseRegistryTx(request.Tx); err != nil {
		return &abci.ResponseCheckTx{Code: 1, Codespace: remesName, Log: err.Error()}, nil
	}
	return &abci.ResponseCheckTx{}, nil
}

// FinalizeBlock puts the outcome of registry transactions where the SDK, whose decoder does not know them, wrote an error.
func (node nodeApp) FinalizeBlock(ctx context.Context, block *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	response, err := node.Application.FinalizeBlock(ctx, block)
	if err != nil {
		return response, err
	}
	for index, raw := range block.Txs {
		if !bytes.HasPrefix(raw, txPrefix) {
			continue
		}
		result := &abci.ExecTxResult{}
		if failure := node.app.failures[index]; failure != nil {
			result = &abci.ExecTxResult{Code: 1, Codespace: remesName, Log: failure.Error()}
		}
		response.TxResults[index] = result
	}
	return response, nil
}
