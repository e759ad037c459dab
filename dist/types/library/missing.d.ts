import { R3mesError } from '../core/index.js';
import { type Plan } from '../registry/index.js';
import type { Store } from '../store/index.js';
/** An approved artifact of which a file or more are not in the store. */
export interface MissingArtifact {
    readonly kind: 'model' | 'adapter' | 'dataset';
    readonly id: string;
    readonly version: string;
    /** `sha256:<hex>` or `manifest:<hex>` */
    readonly digest: string;
    /** Bytes that its missing files have; undefined where that is not known. */
    readonly missingBytes: number | undefined;
}
/** Looks, and hashes nothing but manifests. @throws R3mesError of the store */
export declare function missingFrom(store: Store, plan: Plan): Promise<readonly MissingArtifact[]>;
/** `SOURCES_EXHAUSTED`, because nothing may be fetched. */
export declare function notFetched(plan: Plan, missing: readonly MissingArtifact[]): R3mesError;
