/** Fetches again what a check of the store found corrupt or missing, by the way that every run goes. */
import { R3mesError } from '../core/index.js';
import { type Ports, type Settings } from '../ensure/index.js';
import type { RecordedArtifact } from './recorded.js';
import type { StoreVerdict } from './verify-types.js';
/** What became of one artifact, or of a file that belongs to none. */
export interface Repair {
    /** Absolute: the artifact's final path, or the file. */
    readonly path: string;
    /** Undefined for a file of which nothing tells what it belonged to. */
    readonly artifact: RecordedArtifact | undefined;
    /** Undefined when it is whole again. */
    readonly error: R3mesError | undefined;
    /** Where it is now, when its own place held something else as well. */
    readonly beside: string | undefined;
    /** Bytes that came over the network for it. */
    readonly bytesDownloaded: number;
}
/** The artifacts of which something is corrupt or missing, and the files like that which belong to none. */
export declare function brokenIn({ files }: StoreVerdict): {
    readonly artifacts: readonly RecordedArtifact[];
    readonly strays: readonly string[];
};
/**
 * Brings back every broken artifact that the chain still approves with the same digest, one after the other, so that one that
 * cannot be had keeps none of the others away. It never throws an R3mesError.
 *
 * @param settings where to ask and to fetch from; what they request does not matter
 */
export declare function repairStore(found: StoreVerdict, settings: Settings, { reporter, ...others }: Ports): Promise<readonly Repair[]>;
