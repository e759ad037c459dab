import { type Sha256Hex, type VerifiedFile } from '../core/index.js';
import type { Store } from '../store/index.js';
import type { Network } from '../transfer/index.js';
import type { ModelUrl } from './model-url.js';
import type { Pin } from './own-files.js';
import type { VolumeSettings } from './settings.js';
/** What is needed to bring a model. */
export interface BringContext {
    readonly settings: VolumeSettings;
    readonly civitai: URL;
    readonly store: Store;
    readonly network: Network;
}
/** A model on its way. */
export interface Bringing {
    /** In checked names. */
    readonly subject: string;
    /** Path below the volume, for mirrors: checked names only. */
    readonly mirrorPath: string;
    readonly url: ModelUrl;
}
/** Where digests of URLs are kept that nobody named one for. */
export interface PinBook {
    pinOf(url: string): Promise<Pin | undefined>;
    pin(url: string, pin: Pin): Promise<void>;
}
export declare class Bringer {
    #private;
    constructor(context: BringContext);
    /**
     * Brings a model into the store, from its own host, else from a mirror.
     *
     * @throws R3mesError as `fetchFile` does
     */
    bring({ subject, mirrorPath, url }: Bringing, sha256: Sha256Hex, signal: AbortSignal): Promise<VerifiedFile>;
    /**
     * Learns what a URL delivers that nobody named a digest for, and writes it down before anybody uses it. Of several processes, one
     * asks, and the others take its word.
     *
     * @param fileName what the model will be called
     * @throws R3mesError as `Network.learn` does, and for what can be no model
     */
    learn(bringing: Bringing, fileName: string, pins: PinBook, signal: AbortSignal): Promise<{
        readonly sha256: Sha256Hex;
        readonly isBrought: boolean;
    }>;
}
