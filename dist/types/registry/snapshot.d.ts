import type { StoreReader, Trust } from '../chain/index.js';
import type { Request, Snapshot } from './types.js';
/**
 * The records that a request needs, all at the reader's height: the model records unless the request is for `none`, the
 * datasets when it names some, and each adapter that is requested or loaded.
 *
 * @throws R3mesError whatever the reader throws
 */
export declare function readSnapshot<T extends Trust>(reader: StoreReader<T>, request: Request): Promise<Snapshot<T>>;
/**
 * The snapshot with all adapters listed, for messages alone. Best effort: a chain that will not list them leaves the
 * snapshot as it was.
 */
export declare function withKnownAdapters<T extends Trust>(reader: StoreReader<T>, snapshot: Snapshot<T>): Promise<Snapshot<T>>;
