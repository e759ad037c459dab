package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sort"

	storetypes "cosmossdk.io/store/types"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	gateway "github.com/grpc-ecosystem/grpc-gateway/runtime"
)

// remesName is the name of the module and of its store.
const remesName = "remes"

// registry is what the remes store holds at genesis: hex keys and hex values, raw, as the chain lays them out.
type registry map[string]string

// remesModule fills the remes store at genesis. It has no messages and no queries: what it holds is read raw.
type remesModule struct{ key *storetypes.KVStoreKey }

func (remesModule) Name() string                                                { return remesName }
func (remesModule) IsAppModule()                                                {}
func (remesModule) IsOnePerModuleType()                                         {}
func (remesModule) RegisterLegacyAminoCodec(*codec.LegacyAmino)                 {}
func (remesModule) RegisterInterfaces(codectypes.InterfaceRegistry)             {}
func (remesModule) RegisterGRPCGatewayRoutes(client.Context, *gateway.ServeMux) {}

func (remesModule) DefaultGenesis(codec.JSONCodec) json.RawMessage { return json.RawMessage(`{}`) }

func (remesModule) ValidateGenesis(_ codec.JSONCodec, _ client.TxEncodingConfig, raw json.RawMessage) error {
	_, err := parseEntries(raw)
	return err
}

func (m remesModule) InitGenesis(ctx sdk.Context, _ codec.JSONCodec, raw json.RawMessage) {
	entries, err := parseEntries(raw)
	if err != nil {
		panic(err)
	}
	writeEntries(ctx.KVStore(m.key), entries)
}

func (m remesModule) ExportGenesis(ctx sdk.Context, _ codec.JSONCodec) json.RawMessage {
	entries := registry{}
	iterator := ctx.KVStore(m.key).Iterator(nil, nil)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		entries[hex.EncodeToString(iterator.Key())] = hex.EncodeToString(iterator.Value())
	}
	raw, err := json.Marshal(entries)
	if err != nil {
		panic(err)
	}
	return raw
}

// entry is one write: a nil value deletes the key.
type entry struct{ key, value []byte }

// parseEntries reads an object of hex keys and hex values, null for a key to delete, in key order: every node must write
// in the same order, since the shape of an IAVL tree depends on it.
func parseEntries(raw json.RawMessage) ([]entry, error) {
	var object map[string]*string
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	entries := make([]entry, 0, len(keys))
	for _, key := range keys {
		keyBytes, err := hex.DecodeString(key)
		if err != nil || len(keyBytes) == 0 {
			return nil, fmt.Errorf("key %q is not hex", key)
		}
		var value []byte
		if text := object[key]; text != nil {
			value, err = hex.DecodeString(*text)
			if err != nil {
				return nil, fmt.Errorf("the value of %q is not hex", key)
			}
			if value == nil {
				value = []byte{}
			}
		}
		entries = append(entries, entry{keyBytes, value})
	}
	return entries, nil
}

func writeEntries(store storetypes.KVStore, entries []entry) {
	for _, each := range entries {
		if each.value == nil {
			store.Delete(each.key)
		} else {
			store.Set(each.key, each.value)
		}
	}
}
