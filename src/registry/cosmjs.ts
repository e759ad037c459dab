/**
 * cosmjs's clients, imported statically so that a bundler that splits code keeps the names of these CommonJS packages.
 * Large: load this module with a dynamic import, when it is needed.
 */
export { QueryClient } from '@cosmjs/stargate'
export { Comet38Client } from '@cosmjs/tendermint-rpc'
