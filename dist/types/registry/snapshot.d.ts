/** Reading what a request needs from the registry, at one height. */
import type { ReadTrust, StoreReader } from '../chain/index.js';
import type { AdapterRecord, Request, Snapshot } from './types.js';
/** Whether an adapter belongs to one of the domains. */
export declare function isOfDomain(adapter: AdapterRecord, domains: readonly string[]): boolean;
/**
 * The records that a request needs, all at the reader's height: the model records unless the request is for `none`, the
 * datasets when it names some, and each adapter that is requested or loaded.
 *
 * @throws R3mesError whatever the reader throws; but what cannot be proven about one record is part of the snapshot
 */
export declare function readSnapshot<T extends ReadTrust>(reader: StoreReader<T>, request: Request): Promise<Snapshot<T>>;
/**
 * The snapshot with all adapters listed, for messages alone. Best effort: a chain that will not list them leaves the
 * snapshot as it was.
 */
export declare function withKnownAdapters<T extends ReadTrust>(reader: StoreReader<T>, snapshot: Snapshot<T>): Promise<Snapshot<T>>;
