import { type Sha256Hex } from '../core/index.js';
import { type ModelKind, type VolumeEntry, type VolumeSection } from './types.js';
/** An entry as it stands in the file. */
export type RawEntry = Readonly<Record<string, unknown>>;
export interface RegistryDocument {
    readonly sections: Readonly<Record<VolumeSection, ReadonlyMap<string, RawEntry>>>;
    /** Top-level fields of others. */
    readonly others: ReadonlyMap<string, unknown>;
    /** Unix seconds; 0 when unknown. */
    readonly lastUpdated: number;
}
export declare const EMPTY: RegistryDocument;
export declare function isRecord(value: unknown): value is Readonly<Record<string, unknown>>;
/** Undefined for what is no registry. A section or an entry of another form than ours counts as absent. */
export declare function parseRegistry(text: string): RegistryDocument | undefined;
/** As {@link parseRegistry}, of what is parsed already. */
export declare function documentOf(root: unknown): RegistryDocument | undefined;
/** The document as the Python manager has it in memory. */
export declare function registryObject({ sections, others, lastUpdated }: RegistryDocument): {
    readonly checkpoints: Readonly<Record<string, unknown>>;
    readonly loras: Readonly<Record<string, unknown>>;
    readonly embeddings: Readonly<Record<string, unknown>>;
    readonly last_updated: number;
};
export declare function formatRegistry(document: RegistryDocument): string;
/** An entry with its numbers and its path read; undefined when its name and its path name no file. */
export declare function readEntry(kind: ModelKind, name: string, raw: RawEntry, folder: string): VolumeEntry | undefined;
/** All entries of a document that mean a file. */
export declare function entriesOf({ sections }: RegistryDocument, folders: Readonly<Record<VolumeSection, string>>): readonly VolumeEntry[];
/** What is written down of a model that is in place. */
export interface EntryFields {
    readonly url: string;
    readonly path: string;
    readonly hash: Sha256Hex;
    readonly fileSize: number;
    readonly isUnpinned: boolean;
}
/**
 * An entry after a use. What other programs keep in it stays.
 *
 * @param now Unix seconds
 * @param isNew its bytes were brought for this use
 */
export declare function usedEntry(before: RawEntry | undefined, fields: EntryFields, { now, isNew }: {
    readonly now: number;
    readonly isNew: boolean;
}): RawEntry;
/**
 * The registry that two tellings of it make together.
 *
 * @param shared what stands in the file that several programs write
 * @param own what this manager knew
 * @param isThere whether the file of an own entry that the shared telling lacks is on the disk
 */
export declare function mergedRegistry(shared: RegistryDocument, own: RegistryDocument, isThere: (section: VolumeSection, name: string, raw: RawEntry) => boolean): RegistryDocument;
