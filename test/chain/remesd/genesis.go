package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"cosmossdk.io/math"
	cmttypes "github.com/cometbft/cometbft/types"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/address"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/cosmos-sdk/x/group"
	groupkeeper "github.com/cosmos/cosmos-sdk/x/group/keeper"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
)

const (
	denom = "stake"
	// Enough for every power a test asks for.
	stakerTokens = 1_000_000_000_000_000_000
	// Undelegating over and over must not end at the SDK's limit of seven entries.
	maxUnbondingEntries = 100_000
)

// stakerAddress owns all delegations. Nobody has its key.
func stakerAddress() sdk.AccAddress { return authtypes.NewModuleAddress("remesd-staker") }

func operatorAddress(index int) sdk.ValAddress {
	return sdk.ValAddress(address.Module("remesd-operator", []byte{byte(index)})[:20])
}

// tokensFor is what a voting power costs. A validator without power keeps one token, so that it can come back.
func tokensFor(power int64) math.Int {
	if power == 0 {
		return math.OneInt()
	}
	return sdk.TokensFromConsensusPower(power, sdk.DefaultPowerReduction)
}

// genesisDoc is the genesis of a chain with these validators. unbonding is how long stake stays locked after undelegating.
func genesisDoc(app *chainApp, settings settings, validators []validator) (*cmttypes.GenesisDoc, error) {
	stakingState, balances, err := stakingGenesis(settings, validators)
	if err != nil {
		return nil, err
	}
	accounts := []authtypes.GenesisAccount{authtypes.NewBaseAccountWithAddress(stakerAddress())}
	if settings.account != "" {
		owner, err := sdk.AccAddressFromBech32(settings.account)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, authtypes.NewBaseAccountWithAddress(owner))
		balances = append(balances, balance(owner, math.NewInt(stakerTokens)))
	}
	groupState, err := groupGenesis(settings)
	if err != nil {
		return nil, err
	}
	supply := sdk.NewCoins()
	for _, each := range balances {
		supply = supply.Add(each.Coins...)
	}
	state := app.DefaultGenesis()
	state[authtypes.ModuleName] = app.codec.MustMarshalJSON(authtypes.NewGenesisState(authtypes.DefaultParams(), accounts))
	state[banktypes.ModuleName] = app.codec.MustMarshalJSON(
		banktypes.NewGenesisState(banktypes.DefaultParams(), balances, supply, nil, nil))
	state[stakingtypes.ModuleName] = app.codec.MustMarshalJSON(stakingState)
	state[group.ModuleName] = app.codec.MustMarshalJSON(groupState)
	state[remesName] = settings.registry
	appState, err := json.Marshal(state)
	if err != nil {
		return nil, err
	}
	params := cmttypes.DefaultConsensusParams()
	params.Evidence.MaxAgeDuration = settings.unbonding
	if settings.keep > 0 {
		// The SDK keeps every block that evidence could name.
		params.Evidence.MaxAgeNumBlocks = int64(settings.keep)
	}
	doc := &cmttypes.GenesisDoc{
		GenesisTime: time.Now(), ChainID: settings.chainID, InitialHeight: 1, ConsensusParams: params, AppState: appState,
	}
	return doc, doc.ValidateAndComplete()
}

func balance(owner sdk.AccAddress, amount math.Int) banktypes.Balance {
	return banktypes.Balance{Address: owner.String(), Coins: sdk.NewCoins(sdk.NewCoin(denom, amount))}
}

func stakingGenesis(settings settings, validators []validator) (*stakingtypes.GenesisState, []banktypes.Balance, error) {
	var states []stakingtypes.Validator
	var delegations []stakingtypes.Delegation
	bonded, notBonded := math.ZeroInt(), math.ZeroInt()
	for index, each := range validators {
		key, err := cryptocodec.FromCmtPubKeyInterface(each.key.PubKey())
		if err != nil {
			return nil, nil, err
		}
		packed, err := codectypes.NewAnyWithValue(key)
		if err != nil {
			return nil, nil, err
		}
		tokens, status := tokensFor(each.power), stakingtypes.Bonded
		if each.power == 0 {
			status = stakingtypes.Unbonded
			notBonded = notBonded.Add(tokens)
		} else {
			bonded = bonded.Add(tokens)
		}
		operator := operatorAddress(index)
		shares := math.LegacyNewDecFromInt(tokens)
		states = append(states, stakingtypes.Validator{
			OperatorAddress: operator.String(), ConsensusPubkey: packed, Status: status, Tokens: tokens, DelegatorShares: shares,
			Description:       stakingtypes.Description{Moniker: fmt.Sprintf("validator %d", index)},
			UnbondingTime:     time.Unix(0, 0).UTC(),
			Commission:        stakingtypes.NewCommission(math.LegacyZeroDec(), math.LegacyZeroDec(), math.LegacyZeroDec()),
			MinSelfDelegation: math.ZeroInt(),
		})
		delegations = append(delegations,
			stakingtypes.NewDelegation(stakerAddress().String(), operator.String(), shares))
	}
	params := stakingtypes.DefaultParams()
	params.UnbondingTime = settings.unbonding
	params.MaxEntries = maxUnbondingEntries
	params.BondDenom = denom
	balances := []banktypes.Balance{balance(stakerAddress(), math.NewInt(stakerTokens))}
	for name, amount := range map[string]math.Int{
		stakingtypes.BondedPoolName: bonded, stakingtypes.NotBondedPoolName: notBonded,
	} {
		if amount.IsPositive() {
			balances = append(balances, balance(authtypes.NewModuleAddress(name), amount))
		}
	}
	return stakingtypes.NewGenesisState(params, states, delegations), balances, nil
}

// groupGenesis is one group, id 1, whose policy is its own and its group's admin, as `create-group-with-policy
// --group-policy-as-admin` would make it. Without metadata there is no group.
func groupGenesis(settings settings) (*group.GenesisState, error) {
	if settings.groupMetadata == "" {
		return group.NewGenesisState(), nil
	}
	derivation := make([]byte, 8)
	binary.BigEndian.PutUint64(derivation, 1)
	credential, err := authtypes.NewModuleCredential(group.ModuleName, []byte{groupkeeper.GroupPolicyTablePrefix}, derivation)
	if err != nil {
		return nil, err
	}
	policyAddress := sdk.AccAddress(credential.Address()).String()
	member := settings.account
	if member == "" {
		member = stakerAddress().String()
	}
	now := time.Now().UTC()
	policy := group.GroupPolicyInfo{Address: policyAddress, GroupId: 1, Admin: policyAddress, Version: 1, CreatedAt: now}
	if err := policy.SetDecisionPolicy(group.NewThresholdDecisionPolicy("1", time.Minute, 0)); err != nil {
		return nil, err
	}
	return &group.GenesisState{
		GroupSeq: 1,
		Groups: []*group.GroupInfo{{
			Id: 1, Admin: policyAddress, Metadata: settings.groupMetadata, Version: 1, TotalWeight: "1", CreatedAt: now,
		}},
		GroupMembers: []*group.GroupMember{{
			GroupId: 1, Member: &group.Member{Address: member, Weight: "1", AddedAt: now},
		}},
		GroupPolicySeq: 1,
		GroupPolicies:  []*group.GroupPolicyInfo{&policy},
	}, nil
}
