/** What the registries of one program share: settings, what is loaded, and the way to ask and to bring. */
import { type Reporter } from '../core/index.js';
import { type AskedPlan, type EnsureResult, type Ports, type RawInputs, type Settings } from '../ensure/index.js';
import { type ArtifactKind, type Plan, type RawRequest, type Request } from '../registry/index.js';
import type { Store } from '../store/index.js';
import { BlockchainClient } from './blockchain-client.js';
import type { BringOptions } from './calls.js';
import { IPFSClient } from './ipfs-client.js';
import { type ChainOptions, type StoreOptions } from './options.js';
/** What every registry takes. Chain options stand here or in a `blockchainClient`, not in both. */
export interface RegistryOptions extends ChainOptions, StoreOptions {
    /** Whom to ask, and what to trust. Default: one made of the chain options here. */
    readonly blockchainClient?: BlockchainClient;
    /** Which gateways to ask. Default: one made of the environment. */
    readonly ipfsClient?: IPFSClient;
    /**
     * False: a file that is exactly the one that was hashed before, by device, inode, size and times, is not hashed again. What is
     * new or was changed always is. Refused in a frozen run. Default: true.
     */
    readonly verifyOnLoad?: boolean;
    /** Which of several models with one version is meant. */
    readonly modelName?: string;
    /** Told what happens, and how far it is. Default: silent. */
    readonly reporter?: Reporter;
    /** Where variables are read. Default: `process.env`. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** Aborting it ends every call of this registry. */
    readonly signal?: AbortSignal;
    /** Nothing here signs anything: a private key is refused. */
    readonly privateKey?: never;
}
/** What only some registries take. */
interface OwnOptions {
    readonly currentModelVersion: string | undefined;
    readonly loadedAdapters: readonly string[];
}
/** Everything that a registry was told, read once. */
export declare class Session {
    #private;
    readonly settings: Settings;
    /** The model version that the program names as its own; undefined: the active one. */
    readonly toldModelVersion: string | undefined;
    /** The version that adapters have to fit: as it was loaded last, else as told. */
    currentModelVersion: string | undefined;
    /** Ids of adapters that the program has in memory. */
    readonly loaded: Set<string>;
    constructor(settings: Settings, ports: Ports, raw: RawInputs, own: OwnOptions);
    /** @throws R3mesError `INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE` */
    request(raw: RawRequest): Request;
    /** What is approved of a request. It throws nothing but a signal's reason. */
    ask(request: Request, signal?: AbortSignal): Promise<AskedPlan>;
    /**
     * Everything of these kinds that is approved. What is locked counts for nothing here: a lockfile gives the block that trust starts
     * from, no more.
     */
    list(kinds: readonly ArtifactKind[], signal?: AbortSignal): Promise<AskedPlan>;
    /**
     * Brings what a request means, all of it or nothing. It throws nothing but a signal's reason.
     *
     * @param fetches false: what is not in the store is not fetched, and makes the run fail
     */
    bring(request: Request, { force, signal }: BringOptions, fetches?: boolean): Promise<EnsureResult>;
    ports(signal?: AbortSignal): Ports;
    openStore(doing: string, signal?: AbortSignal): Promise<Store>;
    /** @throws R3mesError `INPUT_INVALID` where no chain is asked */
    demandChain(what: string): void;
}
/** Options that stand for a session that is there already. */
export declare function optionsFor(session: Session): RegistryOptions;
/**
 * The session of a registry's options.
 *
 * @param own options of this registry beside those that all have
 * @throws R3mesError `INPUT_INVALID`, `RPC_URL_MISSING`, `PRIVATE_KEY_REFUSED`, `VERSION_INVALID`, `ID_UNSAFE`
 */
export declare function sessionOf(what: string, options: object, own?: readonly string[]): Session;
/** The plan of a question that was answered. @throws R3mesError why there is none */
export declare function answered({ plan, result }: AskedPlan): Plan;
export {};
