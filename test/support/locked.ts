/** A lockfile for tests of what is decided from one: of block 1000, one model, 14 days. */

import type { LockState } from '../../src/ensure/trust/lock-file.ts'
import type { Lockfile } from '../../src/registry/index.ts'

export const ANCHOR_TIME = new Date('2026-01-01T00:00:00.000Z')
export const ANCHOR_HASH = 'AB'.repeat(32)
const DAY_SECONDS = 24 * 60 * 60

export function aLock(changes: Partial<Lockfile> = {}): Lockfile {
  return {
    chainId: 'remes-testnet-1',
    registry: 'module',
    authority: null,
    anchor: {
      height: 1000n,
      hash: ANCHOR_HASH,
      time: ANCHOR_TIME,
      origin: 'quorum of https://rpc-a.example.org, https://rpc-b.example.org',
    },
    trustingPeriodSeconds: 14 * DAY_SECONDS,
    unbondingSeconds: 21 * DAY_SECONDS,
    request: {
      modelVersion: 'active',
      modelName: undefined,
      adapters: [],
      datasets: [],
      requireDataset: true,
    },
    artifacts: [],
    ...changes,
  }
}

export const locked = (changes: Partial<Lockfile> = {}): LockState => ({ kind: 'read', lock: aLock(changes) })

/** A time so many days after the anchor of {@link aLock}. */
export function daysLater(days: number): Date {
  return new Date(ANCHOR_TIME.getTime() + days * DAY_SECONDS * 1000)
}
