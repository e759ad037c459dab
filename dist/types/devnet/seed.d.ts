import type { AdapterFields, DatasetFields, ModelFields, VersionFields } from './fields.js';
import type { Devnet } from './types.js';
/** What the builders need of a devnet. */
export type Registry = Pick<Devnet, 'height' | 'getRecord' | 'setRecord'>;
export type { AdapterFields, DatasetFields, ModelFields, VersionFields } from './fields.js';
/**
 * Writes a ModelRegistry record, active unless the fields say otherwise, and moves the next model id past it. Fields
 * are the record's own; what is left out has a sensible value or the default of protobuf.
 */
export declare function approveModel(registry: Registry, fields: ModelFields): void;
/** Writes a ModelVersion record: `active` since this block, unless the fields say otherwise. */
export declare function approveVersion(registry: Registry, fields: VersionFields): void;
/** Makes one version the active one: ActiveModelVersions and GlobalModelState. */
export declare function setActive(registry: Registry, active: {
    readonly versionNumber: bigint;
    readonly modelVersion: string;
    readonly cid?: string;
}): void;
/** Writes an ApprovedAdapter record: an active LoRA, unless the fields say otherwise. */
export declare function approveAdapter(registry: Registry, fields: AdapterFields): void;
/** Writes an ApprovedDataset record, active unless the fields say otherwise, and moves the next dataset id past it. */
export declare function approveDataset(registry: Registry, fields: DatasetFields): void;
/**
 * Revokes an adapter by a new block.
 *
 * @throws R3mesError `INPUT_INVALID` when the chain has no such adapter
 */
export declare function revokeAdapter(registry: Registry, adapterId: string): void;
/** Removes a dataset by a new block. @throws R3mesError as `revokeAdapter` */
export declare function removeDataset(registry: Registry, datasetId: bigint): void;
/** Makes a model inactive by a new block. @throws R3mesError as `revokeAdapter` */
export declare function deactivateModel(registry: Registry, modelId: bigint): void;
