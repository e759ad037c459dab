/** A leaf holds an entry, an inner node only the way to its leaves. `version`: at which the node was made. */
export type IavlNode = IavlLeaf | IavlInner;
interface NodeFacts {
    readonly version: bigint;
    /** Leaves at or below this node. */
    readonly size: number;
    readonly height: number;
}
export interface IavlLeaf extends NodeFacts {
    readonly kind: 'leaf';
    readonly key: Uint8Array;
    readonly value: Uint8Array;
}
export interface IavlInner extends NodeFacts {
    readonly kind: 'inner';
    /** The smallest key on the right, once it was set: what sorts before it goes left. */
    readonly key: Uint8Array;
    readonly left: IavlNode;
    readonly right: IavlNode;
}
/** The tree of a store; undefined is the empty one. */
export type IavlTree = IavlNode | undefined;
export declare function sha256(...parts: readonly Uint8Array[]): Uint8Array;
/** Height, size and version, as they start what is hashed of a node. */
export declare function nodePrefix({ height, size, version }: NodeFacts): Uint8Array;
/** 32 bytes; of the empty tree, SHA-256 of nothing. */
export declare function iavlHash(tree: IavlTree): Uint8Array;
/** The tree with one entry set at `version`. */
export declare function iavlSet(tree: IavlTree, key: Uint8Array, value: Uint8Array, version: bigint): IavlNode;
/** The tree without a key: the same tree when it has none. */
export declare function iavlRemove(tree: IavlTree, key: Uint8Array, version: bigint): IavlTree;
/** The value of a key; undefined when it has none. */
export declare function iavlGet(tree: IavlTree, key: Uint8Array): Uint8Array | undefined;
/** All entries whose key starts with `prefix`, in byte order of their keys. */
export declare function iavlEntries(tree: IavlTree, prefix: Uint8Array): readonly IavlLeaf[];
export {};
