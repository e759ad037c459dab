/** What `ensureReadyAtomic` takes and gives. */
import type { R3mesError } from '../core/index.js';
import { type EnsureResult } from '../ensure/index.js';
import type { Request } from '../registry/index.js';
import { type BringOptions } from './calls.js';
import type { MissingArtifact } from './missing.js';
import { type Outcome } from './outcome.js';
import type { Session } from './session.js';
/** What has to be ready. */
export interface ReadyRequest extends BringOptions {
    /** `active`, a version such as `1.0.0`, a semver range, or `none`. Default: `currentModelVersion`, else `active`. */
    readonly modelVersion?: string;
    /** `id`, `id@version`, or `domain:<name>` for all of a domain that fit the model. */
    readonly requiredAdapters?: readonly string[];
    /** Ids or names. */
    readonly datasets?: readonly string[];
    /** False: a dataset that fails is a warning, outside of all-or-nothing. Default: true. */
    readonly requireDataset?: boolean;
    /** Ids of adapters that the program has in memory beside those that this registry has loaded. */
    readonly loadedAdapters?: readonly string[];
}
/** How it stands after `ensureReadyAtomic`. Paths are absolute. */
export interface ReadyStatus {
    /** Folder of the model; undefined when it is not in place. */
    readonly modelPath: string | undefined;
    readonly modelVersion: string | undefined;
    /** Ids of all adapters that count as loaded. */
    readonly loadedAdapters: readonly string[];
    /** Of the adapters of this call, by id: a file, or a folder when there are several files. */
    readonly adapterPaths: Readonly<Record<string, string>>;
    /** Folders by name. */
    readonly datasetPaths: Readonly<Record<string, string>>;
    /** With `autoDownload: false`: what is approved and not in the store. */
    readonly missing: readonly MissingArtifact[];
    /** Why datasets that are not required failed. */
    readonly datasetProblems: readonly R3mesError[];
    readonly chainId: string;
    /** At which the approvals were read. */
    readonly height: bigint | undefined;
    readonly trust: 'light-client' | 'quorum' | 'rpc' | 'lockfile' | undefined;
    readonly trustExpiresAt: Date | undefined;
    readonly bytesDownloaded: number;
    /** JSON; undefined when none was written. */
    readonly receiptPath: string | undefined;
}
export interface ReadyResult extends Outcome {
    readonly status: ReadyStatus;
}
/** @throws R3mesError `INPUT_INVALID`, `VERSION_INVALID`, `ID_UNSAFE` */
export declare function readReadyRequest(session: Session, wanted: ReadyRequest): {
    readonly request: Request;
    readonly options: BringOptions;
};
/** @param loadedAdapters ids of all that count as loaded now */
export declare function readyResult(result: EnsureResult, loadedAdapters: readonly string[], missing: readonly MissingArtifact[], error: R3mesError | undefined): ReadyResult;
