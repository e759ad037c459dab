/** What a lie is, for a menu. */
export interface LieFacts {
    /** Which node tells it. `chain`: no node lies, the chain itself is so. */
    readonly teller: 'rpc' | 'rpc2' | 'both' | 'chain';
    readonly summary: string;
}
/** Lies that need no validator's key: any node's answers can be turned into them. */
export declare const KEYLESS_LIES: {
    readonly 'forged-value': {
        readonly teller: 'rpc';
        readonly summary: 'another digest in every approval, with the honest proof';
    };
    readonly 'forged-proof': {
        readonly teller: 'rpc';
        readonly summary: 'another digest in every approval and all of its proof, so that only the app hash differs';
    };
    readonly 'other-key-proof': {
        readonly teller: 'rpc';
        readonly summary: 'the next approval and its honest proof, as an answer for the asked key';
    };
    readonly 'other-height-proof': {
        readonly teller: 'rpc';
        readonly summary: 'the honest proof of an older height';
    };
    readonly 'hidden-key': {
        readonly teller: 'rpc';
        readonly summary: 'an approval answered as absent, with a proof made of its neighbours';
    };
    readonly 'wrong-neighbours': {
        readonly teller: 'rpc';
        readonly summary: 'absences proven by entries that are no neighbours, so that a listing skips one between';
    };
    readonly 'stale-height': {
        readonly teller: 'rpc';
        readonly summary: 'claims and serves nothing newer than a height that is hours old';
    };
    readonly 'frozen-tip': {
        readonly teller: 'both';
        readonly summary: 'the newest header is honest, but hours old on all nodes';
    };
    readonly 'lying-witness': {
        readonly teller: 'rpc2';
        readonly summary: 'another header at the newest heights, which nobody signed';
    };
    readonly 'lagging-witness': {
        readonly teller: 'rpc2';
        readonly summary: 'three blocks behind at first, then caught up';
    };
    readonly 'endless-pages': {
        readonly teller: 'rpc';
        readonly summary: 'a billion validators, on pages that repeat or are empty';
    };
    readonly 'truncated-json': {
        readonly teller: 'rpc';
        readonly summary: 'answers that end in their middle';
    };
    readonly 'wrong-rpc-id': {
        readonly teller: 'rpc';
        readonly summary: 'answers that carry the id of another request';
    };
    readonly 'missing-batch-member': {
        readonly teller: 'rpc';
        readonly summary: 'the last answer of every batch is missing';
    };
    readonly 'pruned-height': {
        readonly teller: 'rpc';
        readonly summary: 'the state of the first two heights that are asked for is pruned';
    };
    readonly 'command-in-error': {
        readonly teller: 'rpc';
        readonly summary: 'errors whose text holds workflow commands and terminal controls';
    };
};
/** Lies that are told with the validators' keys, or by the chain itself: only a devnet can tell them. */
export declare const KEYED_LIES: {
    readonly 'empty-neighbour': {
        readonly teller: 'chain';
        readonly summary: 'entries with an empty value beside every absent adapter: nobody can prove the absence';
    };
    readonly 'other-chain': {
        readonly teller: 'rpc';
        readonly summary: 'another chain id, signed throughout';
    };
    readonly 'fork-full': {
        readonly teller: 'rpc';
        readonly summary: 'a fork with other digests, signed by the real validators';
    };
    readonly 'fork-third': {
        readonly teller: 'rpc';
        readonly summary: 'a fork with other digests, signed by less than a third of the real power and by strangers';
    };
    readonly 'expired-header': {
        readonly teller: 'chain';
        readonly summary: 'a history of sixty days: its older headers are past every trusting period';
    };
    readonly 'future-header': {
        readonly teller: 'both';
        readonly summary: 'the newest headers lie ten minutes in the future, properly signed';
    };
    readonly 'revoked-after-lock': {
        readonly teller: 'chain';
        readonly summary: 'a new block revokes every adapter';
    };
};
/** Every way in which the devnet can lie. */
export declare const LIES: {
    'forged-value': {
        readonly teller: 'rpc';
        readonly summary: 'another digest in every approval, with the honest proof';
    };
    'forged-proof': {
        readonly teller: 'rpc';
        readonly summary: 'another digest in every approval and all of its proof, so that only the app hash differs';
    };
    'other-key-proof': {
        readonly teller: 'rpc';
        readonly summary: 'the next approval and its honest proof, as an answer for the asked key';
    };
    'other-height-proof': {
        readonly teller: 'rpc';
        readonly summary: 'the honest proof of an older height';
    };
    'hidden-key': {
        readonly teller: 'rpc';
        readonly summary: 'an approval answered as absent, with a proof made of its neighbours';
    };
    'wrong-neighbours': {
        readonly teller: 'rpc';
        readonly summary: 'absences proven by entries that are no neighbours, so that a listing skips one between';
    };
    'stale-height': {
        readonly teller: 'rpc';
        readonly summary: 'claims and serves nothing newer than a height that is hours old';
    };
    'frozen-tip': {
        readonly teller: 'both';
        readonly summary: 'the newest header is honest, but hours old on all nodes';
    };
    'lying-witness': {
        readonly teller: 'rpc2';
        readonly summary: 'another header at the newest heights, which nobody signed';
    };
    'lagging-witness': {
        readonly teller: 'rpc2';
        readonly summary: 'three blocks behind at first, then caught up';
    };
    'endless-pages': {
        readonly teller: 'rpc';
        readonly summary: 'a billion validators, on pages that repeat or are empty';
    };
    'truncated-json': {
        readonly teller: 'rpc';
        readonly summary: 'answers that end in their middle';
    };
    'wrong-rpc-id': {
        readonly teller: 'rpc';
        readonly summary: 'answers that carry the id of another request';
    };
    'missing-batch-member': {
        readonly teller: 'rpc';
        readonly summary: 'the last answer of every batch is missing';
    };
    'pruned-height': {
        readonly teller: 'rpc';
        readonly summary: 'the state of the first two heights that are asked for is pruned';
    };
    'command-in-error': {
        readonly teller: 'rpc';
        readonly summary: 'errors whose text holds workflow commands and terminal controls';
    };
    'empty-neighbour': {
        readonly teller: 'chain';
        readonly summary: 'entries with an empty value beside every absent adapter: nobody can prove the absence';
    };
    'other-chain': {
        readonly teller: 'rpc';
        readonly summary: 'another chain id, signed throughout';
    };
    'fork-full': {
        readonly teller: 'rpc';
        readonly summary: 'a fork with other digests, signed by the real validators';
    };
    'fork-third': {
        readonly teller: 'rpc';
        readonly summary: 'a fork with other digests, signed by less than a third of the real power and by strangers';
    };
    'expired-header': {
        readonly teller: 'chain';
        readonly summary: 'a history of sixty days: its older headers are past every trusting period';
    };
    'future-header': {
        readonly teller: 'both';
        readonly summary: 'the newest headers lie ten minutes in the future, properly signed';
    };
    'revoked-after-lock': {
        readonly teller: 'chain';
        readonly summary: 'a new block revokes every adapter';
    };
};
export type KeylessLie = keyof typeof KEYLESS_LIES;
export type KeyedLie = keyof typeof KEYED_LIES;
export type LieMode = keyof typeof LIES;
export declare function isKeyless(mode: LieMode): mode is KeylessLie;
