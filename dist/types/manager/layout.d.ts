import { type ModelKind, type VolumeSection } from './types.js';
/** Absolute paths. */
export interface VolumeLayout {
    readonly base: string;
    readonly sections: Readonly<Record<VolumeSection, string>>;
    /** Shared with the Python manager. */
    readonly registry: string;
    /** The store of the blobs. */
    readonly home: string;
    /** What only this manager writes. */
    readonly own: string;
    /** What the manager knows of the entries: merged back when another program overwrote them. */
    readonly entries: string;
    /** Digests that URLs had when they were first used. */
    readonly pins: string;
    /** Held while registry or entries are written. */
    readonly lock: string;
    /** Files that stood where a model belongs, and are not the manager's. */
    readonly kept: string;
}
export declare function volumeLayout(base: string): VolumeLayout;
/** The folder of a kind of model. */
export declare function folderOf(layout: VolumeLayout, kind: ModelKind): string;
