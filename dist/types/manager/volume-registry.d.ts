import { type Reporter } from '../core/index.js';
import { type VolumeLayout } from './layout.js';
import { type Pin } from './own-files.js';
import { type EntryFields, type RegistryDocument } from './registry-text.js';
import { type ModelKind, type VolumeEntry } from './types.js';
/** One use of a model that is in place. */
export interface ModelUse extends EntryFields {
    readonly kind: ModelKind;
    readonly name: string;
    /** Its bytes were brought. */
    readonly isNew: boolean;
}
export declare class VolumeRegistry {
    #private;
    constructor(layout: VolumeLayout, reporter: Reporter, { isWritable }: {
        readonly isWritable: boolean;
    });
    /** What several programs say together, as of now. */
    document(): Promise<RegistryDocument>;
    entries(): Promise<readonly VolumeEntry[]>;
    /** The entry of a name; undefined when there is none. */
    entry(kind: ModelKind, name: string): Promise<VolumeEntry | undefined>;
    /** The entry of another name whose file this is, or would be where upper and lower case are one. */
    otherOwner(kind: ModelKind, name: string, path: string): Promise<VolumeEntry | undefined>;
    counters(): Promise<{
        readonly hits: number;
        readonly misses: number;
    }>;
    /** Writes down uses. What cannot be written costs one warning. */
    noteUses(uses: readonly ModelUse[]): Promise<void>;
    /** Forgets entries whose files are gone. */
    forget(gone: readonly Pick<VolumeEntry, 'kind' | 'name'>[]): Promise<void>;
    /** @throws R3mesError `STORE_CORRUPT` */
    pinOf(url: string): Promise<Pin | undefined>;
    /**
     * Says what a URL delivers from now on.
     *
     * @throws R3mesError `STORE_CORRUPT`, `DISK_FULL`, `STORE_NOT_WRITABLE`: without this, nothing would be held against it
     */
    pin(url: string, pin: Pin): Promise<void>;
    /**
     * Says what a URL has delivered to a model whose digest somebody named. That moves the URL's digest, as long as no other model is held
     * against it: one of them must not change because somebody asked for the other.
     *
     * @param model undefined: one without an entry
     * @throws R3mesError as {@link pin}
     */
    pinNamed(url: string, pin: Pin, model: Pick<VolumeEntry, 'kind' | 'name'> | undefined): Promise<void>;
    /** Takes in what others wrote late, and lets go of the files. */
    close(): Promise<void>;
}
