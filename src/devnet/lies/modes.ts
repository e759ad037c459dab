/** What a lie is, for a menu. */
export interface LieFacts {
  /** Which node tells it. `chain`: no node lies, the chain itself is so. */
  readonly teller: 'rpc' | 'rpc2' | 'both' | 'chain'
  readonly summary: string
}

/** Lies that need no validator's key: any node's answers can be turned into them. */
export const KEYLESS_LIES = {
  'forged-value': {
    teller: 'rpc',
    summary: 'another digest in every approval, with the honest proof',
  },
  'forged-proof': {
    teller: 'rpc',
    summary: 'another digest in every approval and all of its proof, so that only the app hash differs',
  },
  'other-key-proof': {
    teller: 'rpc',
    summary: 'the next approval and its honest proof, as an answer for the asked key',
  },
  'other-height-proof': {
    teller: 'rpc',
    summary: 'the honest proof of an older height',
  },
  'hidden-key': {
    teller: 'rpc',
    summary: 'an approval answered as absent, with a proof made of its neighbours',
  },
  'wrong-neighbours': {
    teller: 'rpc',
    summary: 'absences proven by entries that are no neighbours, so that a listing skips one between',
  },
  'stale-height': {
    teller: 'rpc',
    summary: 'claims and serves nothing newer than a height that is hours old',
  },
  'frozen-tip': {
    teller: 'both',
    summary: 'the newest header is honest, but hours old on all nodes',
  },
  'lying-witness': {
    teller: 'rpc2',
    summary: 'another header at the newest heights, which nobody signed',
  },
  'lagging-witness': {
    teller: 'rpc2',
    summary: 'three blocks behind at first, then caught up',
  },
  'endless-pages': {
    teller: 'rpc',
    summary: 'a billion validators, on pages that repeat or are empty',
  },
  'truncated-json': {
    teller: 'rpc',
    summary: 'answers that end in their middle',
  },
  'wrong-rpc-id': {
    teller: 'rpc',
    summary: 'answers that carry the id of another request',
  },
  'missing-batch-member': {
    teller: 'rpc',
    summary: 'the last answer of every batch is missing',
  },
  'pruned-height': {
    teller: 'rpc',
    summary: 'the state of the first two heights that are asked for is pruned',
  },
  'command-in-error': {
    teller: 'rpc',
    summary: 'errors whose text holds workflow commands and terminal controls',
  },
} as const satisfies Record<string, LieFacts>

/** Lies that are told with the validators' keys, or by the chain itself: only a devnet can tell them. */
export const KEYED_LIES = {
  'empty-neighbour': {
    teller: 'chain',
    summary: 'entries with an empty value beside every absent adapter: nobody can prove the absence',
  },
  'other-chain': {
    teller: 'rpc',
    summary: 'another chain id, signed throughout',
  },
  'fork-full': {
    teller: 'rpc',
    summary: 'a fork with other digests, signed by the real validators',
  },
  'fork-third': {
    teller: 'rpc',
    summary: 'a fork with other digests, signed by less than a third of the real power and by strangers',
  },
  'expired-header': {
    teller: 'chain',
    summary: 'a history of sixty days: its older headers are past every trusting period',
  },
  'future-header': {
    teller: 'both',
    summary: 'the newest headers lie ten minutes in the future, properly signed',
  },
  'revoked-after-lock': {
    teller: 'chain',
    summary: 'a new block revokes every adapter',
  },
} as const satisfies Record<string, LieFacts>

/** Every way in which the devnet can lie. */
export const LIES = { ...KEYLESS_LIES, ...KEYED_LIES }

export type KeylessLie = keyof typeof KEYLESS_LIES
export type KeyedLie = keyof typeof KEYED_LIES
export type LieMode = keyof typeof LIES

export function isKeyless(mode: LieMode): mode is KeylessLie {
  return Object.hasOwn(KEYLESS_LIES, mode)
}
