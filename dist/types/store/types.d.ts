import type { SafeName, SafePath, Sha256Hex, VerifiedFile } from '../core/index.js';
import type { Checks } from './checks/index.js';
import type { Identity } from './disk.js';
import type { Claim, ClaimOptions } from './leases/claims.js';
import type { Leases } from './leases/leases.js';
import type { Outside } from './outside.js';
import type { Condemned } from './quarantine.js';
import type { Remover } from './remover.js';
import type { DiskSpace } from './space.js';
import type { UsageIndex } from './usage/types.js';
import type { ArtifactEntry, BlobEntry } from './walk.js';
export type ArtifactKind = 'model' | 'adapter' | 'dataset';
/** A verified artifact, ready to be made visible. */
export interface Promotable {
    readonly kind: ArtifactKind;
    /** Folder or file stem below the kind's folder: `v1.0.0`, an adapter id, a dataset name. */
    readonly name: SafeName;
    /** True: `<name>/<paths…>`. False (adapters of one file): `<name><extension of the file>`. */
    readonly asFolder: boolean;
    /** Digest that names the artifact in `<name>@<12 hex>` when its own place is occupied. */
    readonly digest: Sha256Hex;
    readonly files: readonly {
        readonly path: SafePath;
        readonly file: VerifiedFile;
    }[];
}
export interface Promotion {
    /** Absolute final path: the file, or the folder. */
    readonly path: string;
    /**
     * - `unchanged`: it was there already, and every byte was hashed again just now
     * - `created`: it is new
     * - `beside`: its own path holds other content, which was left alone
     * - `repaired`: the same artifact was there, damaged
     * - `replaced`: content that this store had put there, and nobody else uses, made room
     */
    readonly change: 'unchanged' | 'created' | 'beside' | 'repaired' | 'replaced';
    /** Takes back what this promotion made; what was there before is as it was. */
    undo(): Promise<void>;
}
/** Bytes of a file hashed so far, and of how many. */
export type HashProgress = (bytes: number, total: number) => void;
export interface Store {
    /** Absolute path of the store's root. */
    readonly home: string;
    /**
     * The blob of this digest, every byte hashed again now, or, under `verify: changed`, unchanged since it was hashed: then
     * its `checkedAt` says when. A blob that does not match is moved out of the way (kept in
     * quarantine) and counts as absent.
     */
    find(sha256: Sha256Hex, size?: number, onProgress?: HashProgress): Promise<VerifiedFile | undefined>;
    /**
     * Where an unfinished download of this digest belongs. Its folder exists, and no other store, in this process or another,
     * writes there.
     */
    partialPath(sha256: Sha256Hex): string;
    /**
     * The same path, with what an earlier run left of this digest there, if its process has ended and it left a journal.
     * Nothing of it is believed.
     */
    claimPartial(sha256: Sha256Hex): Promise<string>;
    /**
     * Counts what {@link claimPartial} would take over as free space, and keeps it from {@link clearPartials}. So it does with what
     * another process has of this blob, which brings it right now.
     */
    reservePartial(sha256: Sha256Hex): Promise<void>;
    /**
     * Waits until no other process brings this blob, and lets the others wait from then on. Look for the blob again before
     * you bring it, and release the claim when it is there or cannot be had. It never fails for want of a claim.
     *
     * @throws the reason of the signal
     */
    claim(sha256: Sha256Hex, options?: ClaimOptions): Promise<Claim>;
    /** Who uses what of the store. */
    readonly leases: Leases;
    /** Ends the session: what it used is free, and it claims nothing any more. To be called once, at the end. */
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    /** Removes an unfinished download of this store and its journal. */
    dropPartial(sha256: Sha256Hex): Promise<void>;
    /** Removes what earlier runs left for later ones and nobody claimed, to make room. False when there was nothing. */
    clearPartials(): Promise<boolean>;
    /** Makes a verified partial a blob: synced, read-only, renamed into place. */
    adopt(file: VerifiedFile): Promise<VerifiedFile>;
    /** Names of blobs outside of the store's own folders. */
    readonly outside: Outside;
    /** Says in one step which places these artifacts are going to use. Each promotion says it of its own, if nobody did. */
    announce(artifacts: readonly Promotable[]): Promise<void>;
    /** Makes a verified artifact visible under its final path in one step. */
    promote(artifact: Promotable): Promise<Promotion>;
    /** Bytes that this user may still write to the store's file system, those of claimed downloads included. */
    freeBytes(): Promise<bigint>;
    /** The file system that the blobs lie on. */
    diskSpace(): Promise<DiskSpace>;
    /** What lies under final paths, unchecked, in batches. See walk.ts for what is an entry. */
    artifactEntries(): AsyncIterable<readonly ArtifactEntry[]>;
    /** The same for one final path, as it is now. */
    artifactEntriesAt(kind: ArtifactKind, path: string): AsyncIterable<readonly ArtifactEntry[]>;
    /** What lies in the folders of the blobs, unchecked, in batches. */
    blobEntries(): AsyncIterable<readonly BlobEntry[]>;
    /** The blob of this digest as it lies there, unchecked; undefined when there is none. */
    blobAt(sha256: Sha256Hex): Promise<(Identity & {
        readonly path: string;
    }) | undefined>;
    /**
     * Moves exactly this damaged file into quarantine, so that nobody uses it; its bytes stay there.
     *
     * @returns where it is kept; undefined when something else, or nothing, stands at its path by now
     */
    takeAway(file: Condemned): Promise<string | undefined>;
    /** Gives this user back the right to read a file of theirs. False when that is not what was missing. */
    makeReadable(path: string): Promise<boolean>;
    /** Texts of the receipts of earlier runs, the newest first. Nothing in them may be believed. */
    receipts(): AsyncIterable<string>;
    /** Removes what is not in use and provably the store's. */
    readonly remover: Remover;
    /** Who used what, and when: for people and for pruning. */
    readonly usage: UsageIndex;
    /** When files were hashed last. Written down when the store is closed, or asked to. */
    readonly checks: Pick<Checks, 'checkedAt' | 'note' | 'around' | 'keep'>;
    /** Writes JSON below `cache/` atomically; returns its absolute path. */
    writeCacheFile(relativePath: string, json: string): Promise<string>;
}
