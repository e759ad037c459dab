/** The inputs that say what a run trusts. None of them has an environment variable: trust is written where it is reviewed. */
import { didYouMeanValue } from '../../core/index.ts'
import { duration, expandPath, fail, flagOf, integer, oneOf } from '../forms.ts'

export const TRUST_MODES = ['auto', 'light-client', 'quorum', 'rpc', 'lockfile'] as const
export type TrustMode = (typeof TRUST_MODES)[number]

export const FROZEN_MODES = ['auto', 'true', 'false'] as const

/** A block that somebody typed as trusted. */
export interface TypedAnchor {
  readonly height: bigint
  /** 32 bytes. */
  readonly hash: Uint8Array
}

/** What a run trusts, checked for form. Times are milliseconds. */
export interface TrustInputs {
  readonly mode: TrustMode
  readonly anchor: TypedAnchor | undefined
  /** Undefined: the lockfile's, else {@link DEFAULT_TRUSTING_PERIOD}. */
  readonly trustingPeriod: number | undefined
  readonly minWitnesses: number
  readonly maxHeaderAge: number
  readonly lockfile: {
    /** Absolute. */
    readonly path: string
    /** True: another name than the default was typed, so the file has to be there. */
    readonly named: boolean
  }
  readonly frozen: 'auto' | boolean
  readonly maxLockAge: number | undefined
}

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND
const YEAR = 365 * DAY

/** Two thirds of the usual unbonding time of 21 days. */
export const DEFAULT_TRUSTING_PERIOD = 14 * DAY
/** The usual unbonding time: after it, those who signed the trusted block may have nothing left to lose. */
export const USUAL_UNBONDING = 21 * DAY
/** CometBFT's heights are signed 64-bit numbers. */
const MOST_HEIGHT = 2n ** 63n - 1n
const MOST_WITNESSES = 100

/** The name of the lockfile when none is typed. */
export const DEFAULT_LOCKFILE = 'r3mes.lock'

type TextOf = (
  name:
    | 'trust'
    | 'trusted-height'
    | 'trusted-hash'
    | 'trusting-period'
    | 'min-witnesses'
    | 'max-header-age'
    | 'lockfile'
    | 'frozen'
    | 'max-lock-age',
) => string

function parseHeight(text: string): bigint {
  // Without leading zeros: `010` may be meant as another number than ten.
  const height = /^[1-9]\d{0,18}$/.test(text) ? BigInt(text) : 0n
  if (height >= 1n && height <= MOST_HEIGHT) return height
  return fail('`trusted-height` must be the height of a block: a whole number from 1 on.', text)
}

function parseHash(text: string): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  return fail('`trusted-hash` must be the hash of a block: 64 hexadecimal digits and nothing else.', text)
}

function typedAnchor(height: string, hash: string): TypedAnchor | undefined {
  if (height === '' && hash === '') return undefined
  if (height === '') fail('`trusted-hash` is set without `trusted-height`. Set both, or neither.')
  if (hash === '') fail('`trusted-height` is set without `trusted-hash`. Set both, or neither.')
  return { height: parseHeight(height), hash: parseHash(hash) }
}

function frozenOf(text: string): 'auto' | boolean {
  if (text === 'auto') return 'auto'
  const near = didYouMeanValue(text, FROZEN_MODES)
  return flagOf(text) ?? fail(`\`frozen\` must be one of ${FROZEN_MODES.join(', ')}.${near}`, text)
}

/**
 * What `min-witnesses` is when nobody says: one where there can be one.
 *
 * @param urls how many RPC endpoints are named
 */
function usualWitnesses(urls: number): number {
  return urls > 1 ? 1 : 0
}

/** The readers of the trust inputs, one for each part, so that the mistakes of all are reported together. */
export function trustReaders(
  text: TextOf,
  urls: number,
): { readonly [Part in keyof TrustInputs]: () => TrustInputs[Part] } {
  const optional = (name: 'trusting-period' | 'max-lock-age', most: number) =>
    text(name) === '' ? undefined : duration(text(name), SECOND, most, name)
  return {
    mode: () => oneOf(text('trust'), TRUST_MODES, 'trust'),
    anchor: () => typedAnchor(text('trusted-height'), text('trusted-hash')),
    trustingPeriod: () => optional('trusting-period', YEAR),
    minWitnesses: () =>
      text('min-witnesses') === ''
        ? usualWitnesses(urls)
        : integer(text('min-witnesses'), 0, MOST_WITNESSES, 'min-witnesses'),
    maxHeaderAge: () => duration(text('max-header-age'), SECOND, 30 * DAY, 'max-header-age'),
    lockfile: () => ({
      path: expandPath(text('lockfile'), 'lockfile'),
      named: text('lockfile') !== DEFAULT_LOCKFILE,
    }),
    frozen: () => frozenOf(text('frozen')),
    maxLockAge: () => optional('max-lock-age', 10 * YEAR),
  }
}
