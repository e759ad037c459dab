/** Everything that a registry approves, each artifact judged as if it had been requested alone. */
import type { ReadTrust, StoreReader } from '../chain/index.js';
import { type PlanOptions } from './artifact.js';
import type { ArtifactKind, Plan } from './types.js';
/**
 * A plan of everything that the registry approves of these kinds and that a run could bring. Adapters are judged without a
 * model, and nobody looks for conflicts: nothing of it is wanted at the same time. What cannot be brought is left out and
 * counted in a notice. The one problem that such a plan can have is a list that is not proven complete.
 *
 * @throws R3mesError whatever the reader throws
 */
export declare function readCatalogue<T extends ReadTrust>(reader: StoreReader<T>, kinds: ReadonlySet<ArtifactKind>, options?: PlanOptions): Promise<Plan<T>>;
