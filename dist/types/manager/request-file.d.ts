import type { VolumeRequest } from './types.js';
/**
 * Reads a request: `{"checkpoint": {"name", "url", "hash"}, "loras": [{"name", "url", "scale", "hash"}], "embeddings": […],
 * "prompt": "…"}`, each part optional, in UTF-8, at most 1 MiB. Scales come back as they are written.
 *
 * Names, URLs and hashes are texts here; what they say is checked when the models are brought.
 *
 * @throws R3mesError `INPUT_INVALID` with all problems: unknown and repeated keys, wrong types by their path
 */
export declare function parseVolumeRequest(bytes: Uint8Array): VolumeRequest;
