package main

import (
	runtimev1alpha1 "cosmossdk.io/api/cosmos/app/runtime/v1alpha1"
	appv1alpha1 "cosmossdk.io/api/cosmos/app/v1alpha1"
	authmodulev1 "cosmossdk.io/api/cosmos/auth/module/v1"
	bankmodulev1 "cosmossdk.io/api/cosmos/bank/module/v1"
	consensusmodulev1 "cosmossdk.io/api/cosmos/consensus/module/v1"
	genutilmodulev1 "cosmossdk.io/api/cosmos/genutil/module/v1"
	groupmodulev1 "cosmossdk.io/api/cosmos/group/module/v1"
	stakingmodulev1 "cosmossdk.io/api/cosmos/staking/module/v1"
	txconfigv1 "cosmossdk.io/api/cosmos/tx/config/v1"
	"cosmossdk.io/core/appconfig"
	"cosmossdk.io/depinject"
	"cosmossdk.io/log"
	pruningtypes "cosmossdk.io/store/pruning/types"
	storetypes "cosmossdk.io/store/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/runtime"
	_ "github.com/cosmos/cosmos-sdk/x/auth"
	_ "github.com/cosmos/cosmos-sdk/x/auth/tx/config"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	_ "github.com/cosmos/cosmos-sdk/x/bank"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	_ "github.com/cosmos/cosmos-sdk/x/consensus"
	consensustypes "github.com/cosmos/cosmos-sdk/x/consensus/types"
	_ "github.com/cosmos/cosmos-sdk/x/genutil"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"
	"github.com/cosmos/cosmos-sdk/x/group"
	_ "github.com/cosmos/cosmos-sdk/x/group/module"
	_ "github.com/cosmos/cosmos-sdk/x/staking"
	stakingkeeper "github.com/cosmos/cosmos-sdk/x/staking/keeper"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
)

const addressPrefix = "remes"

// modules are the SDK's own, wired by its own runtime. The remes module has no wiring of its own; it is added by hand.
func modules() depinject.Config {
	config := func(name string, module *appv1alpha1.ModuleConfig) *appv1alpha1.ModuleConfig {
		module.Name = name
		return module
	}
	return appconfig.Compose(&appv1alpha1.Config{Modules: []*appv1alpha1.ModuleConfig{
		config("runtime", &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&runtimev1alpha1.Module{
			AppName:       "remesd",
			BeginBlockers: []string{stakingtypes.ModuleName},
			EndBlockers:   []string{stakingtypes.ModuleName, group.ModuleName},
			InitGenesis: []string{
				authtypes.ModuleName, banktypes.ModuleName, stakingtypes.ModuleName, genutiltypes.ModuleName,
				group.ModuleName, consensustypes.ModuleName, remesName,
			},
			OverrideStoreKeys: []*runtimev1alpha1.StoreKeyConfig{
				{ModuleName: authtypes.ModuleName, KvStoreKey: authtypes.StoreKey},
			},
		})}),
		config(authtypes.ModuleName, &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&authmodulev1.Module{
			Bech32Prefix: addressPrefix,
			ModuleAccountPermissions: []*authmodulev1.ModuleAccountPermission{
				{Account: authtypes.FeeCollectorName},
				{Account: stakingtypes.BondedPoolName, Permissions: []string{authtypes.Burner, authtypes.Staking}},
				{Account: stakingtypes.NotBondedPoolName, Permissions: []string{authtypes.Burner, authtypes.Staking}},
			},
		})}),
		config(banktypes.ModuleName, &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&bankmodulev1.Module{})}),
		config(stakingtypes.ModuleName, &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&stakingmodulev1.Module{})}),
		config(genutiltypes.ModuleName, &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&genutilmodulev1.Module{})}),
		config(group.ModuleName, &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&groupmodulev1.Module{})}),
		config(consensustypes.ModuleName, &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&consensusmodulev1.Module{})}),
		config("tx", &appv1alpha1.ModuleConfig{Config: appconfig.WrapAny(&txconfigv1.Config{})}),
	}})
}

// chainApp is the application of one node.
type chainApp struct {
	*runtime.App
	staking  *stakingkeeper.Keeper
	remesKey *storetypes.KVStoreKey
	codec    codec.Codec
	registry codectypes.InterfaceRegistry
	txConfig client.TxConfig
	// Why a registry transaction of the block being executed failed, by its place in the block.
	failures map[int]error
}

// pruningInterval is the smallest the SDK allows: at every tenth height it forgets the states that need not be kept.
const pruningInterval = 10

// newApp builds an application on an in-memory database. keep is the number of heights whose state and blocks stay; 0
// keeps all.
func newApp(logger log.Logger, chainID string, keep uint64) (*chainApp, error) {
	app := &chainApp{remesKey: storetypes.NewKVStoreKey(remesName), failures: map[int]error{}}
	var builder *runtime.AppBuilder
	err := depinject.Inject(
		depinject.Configs(modules(), depinject.Supply(logger)),
		&builder, &app.staking, &app.codec, &app.registry, &app.txConfig,
	)
	if err != nil {
		return nil, err
	}
	options := []func(*baseapp.BaseApp){baseapp.SetChainID(chainID)}
	if keep > 0 {
		options = append(options,
			baseapp.SetPruning(pruningtypes.NewCustomPruningOptions(keep, pruningInterval)), baseapp.SetMinRetainBlocks(keep))
	}
	app.App = builder.Build(dbm.NewMemDB(), nil, options...)
	if err := app.RegisterStores(app.remesKey); err != nil {
		return nil, err
	}
	if err := app.RegisterModules(remesModule{key: app.remesKey}); err != nil {
		return nil, err
	}
	app.SetPreBlocker(app.applyRegistryTxs)
	// Proposals hold what the mempool gives, registry transactions too, which the SDK's own decoder does not know.
	app.SetPrepareProposal(baseapp.NoOpPrepareProposal())
	app.SetProcessProposal(baseapp.NoOpProcessProposal())
	return app, app.Load(true)
}
