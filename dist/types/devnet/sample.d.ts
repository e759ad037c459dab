import type { Devnet, DevnetOptions } from './types.js';
/**
 * Fills a devnet with a small registry that has one of everything, and publishes every file on hub, gateway and mirror:
 *
 * - models: `1.0.0` (active, one file), `0.9.0` (deprecated), `2.0.0` (two files under a manifest)
 * - adapters for 1.0.0: `general_dora`, `coder`, and `writer`, which conflicts with `coder`
 * - adapters that must be refused: `future_lora` (needs 2.0.0), `retired_lora` (revoked), `undigested` (no digest at
 *   all), `cid_only` (a CID and no SHA-256)
 * - datasets: `training_dataset_v1` (id 0), `evaluation_dataset_v1` (id 1), `withdrawn_dataset_v1` (id 2, removed)
 */
export declare function seedSample(devnet: Devnet, sizes?: DevnetOptions['sizes']): void;
