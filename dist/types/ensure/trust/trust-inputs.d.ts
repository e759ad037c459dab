export declare const TRUST_MODES: readonly ['auto', 'light-client', 'quorum', 'rpc', 'lockfile'];
export type TrustMode = (typeof TRUST_MODES)[number];
export declare const FROZEN_MODES: readonly ['auto', 'true', 'false'];
/** A block that somebody typed as trusted. */
export interface TypedAnchor {
    readonly height: bigint;
    /** 32 bytes. */
    readonly hash: Uint8Array;
}
/** What a run trusts, checked for form. Times are milliseconds. */
export interface TrustInputs {
    readonly mode: TrustMode;
    readonly anchor: TypedAnchor | undefined;
    /** Undefined: the lockfile's, else {@link DEFAULT_TRUSTING_PERIOD}. */
    readonly trustingPeriod: number | undefined;
    readonly minWitnesses: number;
    readonly maxHeaderAge: number;
    readonly lockfile: {
        /** Absolute. */
        readonly path: string;
        /** True: another name than the default was typed, so the file has to be there. */
        readonly named: boolean;
    };
    readonly frozen: 'auto' | boolean;
    readonly maxLockAge: number | undefined;
}
/** Two thirds of the usual unbonding time of 21 days. */
export declare const DEFAULT_TRUSTING_PERIOD: number;
/** The usual unbonding time: after it, those who signed the trusted block may have nothing left to lose. */
export declare const USUAL_UNBONDING: number;
/** The name of the lockfile when none is typed. */
export declare const DEFAULT_LOCKFILE = "r3mes.lock";
type TextOf = (name: 'trust' | 'trusted-height' | 'trusted-hash' | 'trusting-period' | 'min-witnesses' | 'max-header-age' | 'lockfile' | 'frozen' | 'max-lock-age') => string;
/** The readers of the trust inputs, one for each part, so that the mistakes of all are reported together. */
export declare function trustReaders(text: TextOf, urls: number): {
    readonly [Part in keyof TrustInputs]: () => TrustInputs[Part];
};
export {};
