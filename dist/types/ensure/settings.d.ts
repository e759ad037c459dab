import { type SourceName } from '../core/index.js';
import { type Request } from '../registry/index.js';
import { type CacheMode, type InputName, type VerifyMode } from './inputs.js';
import { type PruneRules } from './prune-inputs.js';
import { type TrustInputs } from './trust/trust-inputs.js';
export { CACHE_MODES, type CacheMode, VERIFY_MODES, type VerifyMode } from './inputs.js';
/** Everything a run needs to know, checked for form. */
export interface Settings {
    readonly request: Request;
    /** Empty only under `trust: lockfile`, which asks no chain. */
    readonly rpcUrls: readonly URL[];
    readonly chainId: string;
    readonly trust: TrustInputs;
    /** Absolute. */
    readonly home: string;
    /** Absolute; where models and adapters go when not below `home`. */
    readonly modelDir: string | undefined;
    readonly adapterDir: string | undefined;
    readonly sources: readonly SourceName[];
    readonly hfToken: string | undefined;
    readonly hfEndpoint: URL;
    /** Undefined: the default list. */
    readonly ipfsGateways: readonly URL[] | undefined;
    /** URL templates. */
    readonly mirrors: readonly string[];
    /** `host:port` */
    readonly allowHosts: readonly string[];
    readonly cacheMode: CacheMode;
    readonly planOnly: boolean;
    readonly force: boolean;
    readonly parallelDownloads: number;
    /** Milliseconds. */
    readonly deadline: number | undefined;
    /** Bytes. */
    readonly maxArtifactSize: number;
    /** `changed`: a recorded check of a file that did not change since counts. */
    readonly verify: VerifyMode;
    /** Undefined: nothing is removed at the end of the job. */
    readonly prune: PruneRules | undefined;
    readonly exportEnv: boolean;
}
export type Environment = Readonly<Record<string, string | undefined>>;
/** Values of inputs by name, as typed. Absent and empty mean the same. */
export type RawInputs = Readonly<Record<string, string | undefined>>;
/** Names among these that would hold a private key. The faces mask their values. */
export declare function privateKeyNames(names: Iterable<string>): string[];
/**
 * Nothing here signs anything, so a private key is a mistake that must not go unnoticed.
 *
 * @throws R3mesError `PRIVATE_KEY_REFUSED`
 */
export declare function refusePrivateKeys(raw: RawInputs): void;
/** The store's folder as far as it can be told when other inputs are bad; empty when it cannot. */
export declare function homeOf(raw: RawInputs, environment: Environment): string;
/** Absolute folders of a store. */
export interface StoreFolders {
    readonly home: string;
    readonly modelDir?: string;
    readonly adapterDir?: string;
}
/**
 * Where the store of these inputs lies, for those who look at it and ask no chain.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export declare function storeFolders(raw: RawInputs, environment: Environment): StoreFolders;
/** The text that counts for an input: value, else environment, else default. */
export declare function inputText(name: InputName, raw: RawInputs, environment: Environment): string;
/**
 * Reads all inputs of a run.
 *
 * @throws R3mesError with every problem at once: `INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE`
 */
export declare function readSettings(raw: RawInputs, environment: Environment): Settings;
