import { R3mesError } from '../core/index.js';
import { type Environment, type RawInputs } from '../ensure/index.js';
/** Whom to ask what is approved, and what is trusted. docs/trust.md says what each of these means. */
export interface ChainOptions {
    /** CometBFT RPC endpoints, the primary first. Default: the lines of `BLOCKCHAIN_RPC_URL`. */
    readonly rpcUrls?: readonly string[];
    /** Default: `CHAIN_ID`, else `remes-testnet-1`. */
    readonly chainId?: string;
    /** Default: `auto`. */
    readonly trust?: 'auto' | 'light-client' | 'quorum' | 'rpc' | 'lockfile';
    /** Height of a block that you trust. Goes with `trustedHash`. */
    readonly trustedHeight?: bigint | number | string;
    /** Its hash: 64 hexadecimal digits. */
    readonly trustedHash?: string;
    /** How old the trusted block may be: `14d`. */
    readonly trustingPeriod?: string;
    /** How many endpoints beside the primary must agree. Default: 1 where several are named, else 0. */
    readonly minWitnesses?: number;
    /** How old the newest block may be. Default: `1h`. */
    readonly maxHeaderAge?: string;
    /** Path of the lockfile, from the working directory. Default: `r3mes.lock`. */
    readonly lockfile?: string;
    /** Only what the lockfile holds. Default: `auto`, which is true in CI where there is a lockfile. */
    readonly frozen?: boolean | 'auto';
    /** How old the lockfile may be under `trust: 'lockfile'`: `7d`. */
    readonly maxLockAge?: string;
}
/** Where the store is, and where bytes may come from. */
export interface StoreOptions {
    /** Folder of the store. `~` is the user's home. Default: `R3MES_HOME`, else `~/.r3mes`. */
    readonly home?: string;
    /** In the order to ask. What is left out is switched off. Default: `cache`, `huggingface`, `ipfs`, `http`. */
    readonly sources?: readonly ('cache' | 'huggingface' | 'ipfs' | 'http')[];
    /** Sent to `hfEndpoint` alone. Default: `HF_TOKEN`. */
    readonly hfToken?: string;
    /** Default: `HF_ENDPOINT`, else `https://huggingface.co`. */
    readonly hfEndpoint?: string;
    /** URL templates with `{sha256}`, `{cid}` or `{path}`. */
    readonly mirrors?: readonly string[];
    /** `host:port` that recorded URLs may lead to although the host is private or speaks plain http. */
    readonly allowHosts?: readonly string[];
    /** Files that are fetched at the same time, 1 to 64. Default: 8. */
    readonly parallelDownloads?: number;
    /** How long one call may take, in minutes. Default: no limit. */
    readonly deadlineMinutes?: number;
    /** In bytes, or as `20GB`. Default: `500GB`. */
    readonly maxArtifactSize?: number | string;
}
/** Forms that options come in. */
type Form = 'text' | 'list' | 'full list' | 'number' | 'size' | 'flag';
type FormsOf<T> = {
    readonly [Name in keyof Required<T>]: Form;
};
export declare const CHAIN_FORMS: FormsOf<ChainOptions>;
export declare const STORE_FORMS: FormsOf<StoreOptions>;
export declare function invalid(message: string): R3mesError;
export declare function isObject(value: unknown): value is Readonly<Record<string, unknown>>;
/**
 * Refuses what is no option, so that nothing which was meant to count goes unnoticed.
 *
 * @param what who was given them, as messages say it: `UnifiedRegistry`
 * @returns those that are set
 * @throws R3mesError `PRIVATE_KEY_REFUSED`; `INPUT_INVALID` for what is no object, and for names that are no options
 */
export declare function knownOptions(what: string, given: unknown, known: readonly string[]): Readonly<Record<string, unknown>>;
/** @throws R3mesError `INPUT_INVALID` for a value of another type */
export declare function inputsOf(what: string, set: Readonly<Record<string, unknown>>, forms: Readonly<Record<string, Form>>): RawInputs;
/** Where variables are read. @throws R3mesError `INPUT_INVALID` */
export declare function environmentOf(what: string, value: unknown): Environment;
/** @throws R3mesError `INPUT_INVALID` */
export declare function booleanOf(what: string, name: string, value: unknown, otherwise: boolean): boolean;
/** @throws R3mesError `INPUT_INVALID` */
export declare function signalOf(what: string, value: unknown): AbortSignal | undefined;
/**
 * Only texts, whatever a program without a type checker gives.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function textsOf(what: string, name: string, value: unknown): readonly string[];
/** @throws R3mesError `INPUT_INVALID` */
export declare function nameOf(what: string, name: string, value: unknown): string;
export {};
