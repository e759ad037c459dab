/** What to type, for each thing that can be wrong. One line each. Pure. */
import type { ErrorCode, R3mesError } from '../core/index.ts'
import type { Finding, Topic } from './types.ts'

const CORRECT = 'correct the input, the flag or the variable that is named above'
const OTHER_ENDPOINTS = 'r3mes doctor --rpc-urls https://rpc-a.example.org https://rpc-b.example.org'
const PIN = 'r3mes lock --rpc-urls https://rpc-a.example.org https://rpc-b.example.org'

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  INPUT_INVALID: CORRECT,
  VERSION_INVALID: CORRECT,
  ID_UNSAFE: CORRECT,
  RPC_URL_MISSING: OTHER_ENDPOINTS,
  TRUST_UNSET: PIN,
  PRIVATE_KEY_REFUSED: 'take the key out of the command; replace it where it may have been seen',
  LOCK_INVALID: 'git checkout -- r3mes.lock, or delete it and write it again with `r3mes lock`',
  CHAIN_ID_MISMATCH:
    'r3mes doctor --chain-id <the chain’s id>, or name endpoints of your chain in `rpc-urls`',
  PROOF_INVALID: 'take this endpoint out of `rpc-urls`, and keep what it said: it may be an attack',
  HEADER_INVALID: 'take this endpoint out of `rpc-urls`, and keep what it said: it may be an attack',
  NOT_ENOUGH_TRUST: 'r3mes lock --update, or pin a newer block with --trusted-height and --trusted-hash',
  TRUST_EXPIRED: 'r3mes lock --renew',
  CHAIN_STALE: OTHER_ENDPOINTS,
  FORK_DETECTED: 'stop, and tell those who run the chain; nothing should be downloaded now',
  WITNESS_MISSING: OTHER_ENDPOINTS,
  QUORUM_DISAGREES: 'pin a block that you trust: --trusted-height 1234567 --trusted-hash 0123…CDEF',
  UNPROVABLE: OTHER_ENDPOINTS,
  LOCK_TOO_OLD: 'r3mes lock --update, where the chain can be asked',
  CHAIN_UNREACHABLE: OTHER_ENDPOINTS,
  CHAIN_RESPONSE_INVALID: OTHER_ENDPOINTS,
  HEIGHT_PRUNED: OTHER_ENDPOINTS,
  STORE_NOT_WRITABLE: 'r3mes doctor --home <a folder of yours>',
  STORE_UNSAFE: 'r3mes doctor --home <a folder of yours>',
  STORE_CORRUPT: 'check the disk; r3mes doctor --home <a folder on another one>',
  DISK_FULL: 'r3mes prune --max-age 30d, or r3mes doctor --home <a folder on another disk>',
}

/** What to type about an error of a run, when the check that found it knows nothing better. */
export function remedyFor(code: ErrorCode): string {
  return REMEDIES[code] ?? 'r3mes ensure --help'
}

/** An error that a run would end with, as a problem. */
export function problemOf(
  topic: Topic,
  subject: string,
  { code, message, detail }: R3mesError,
  remedy: string = remedyFor(code),
): Finding {
  return {
    topic,
    subject,
    verdict: 'problem',
    code,
    text: message,
    remedy,
    ...(detail === undefined || detail === '' ? {} : { detail }),
  }
}
