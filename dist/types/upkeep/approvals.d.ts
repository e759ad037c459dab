import { type Ports, type Settings } from '../ensure/index.js';
import { type Request } from '../registry/index.js';
import type { RecordedArtifact } from './recorded.js';
import type { Approval } from './verify-types.js';
/**
 * The request for exactly this artifact. An adapter is asked for without a model: it was put there for one that it fits.
 *
 * @throws R3mesError `ID_UNSAFE`, `VERSION_INVALID` when nothing is approved under such a name
 */
export declare function requestFor({ kind, id }: RecordedArtifact, { request }: Pick<Settings, 'request'>): Request;
/**
 * Whether the chain approves these artifacts now, as the settings say whom to ask and what to trust. Asked together where that
 * answers it, else one by one. Never throws an R3mesError: what could not be learned is `unknown`, with the reason.
 *
 * @returns by final path
 */
export declare function approvalsOf(artifacts: readonly RecordedArtifact[], settings: Settings, ports: Ports): Promise<ReadonlyMap<string, Approval>>;
