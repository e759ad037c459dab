/** What a hub says by itself about a file for which nobody named a digest. */
import { type Sha256Hex } from '../../core/index.js';
import type { Network, Origin } from '../../transfer/index.js';
import type { HuggingFaceSettings } from './source.js';
import { type HubPlace } from './urls.js';
/**
 * Where a hub has a file.
 *
 * @throws R3mesError `URL_REFUSED` when a part of the place would lead elsewhere on the hub
 */
export declare function hubOrigin({ endpoint, token }: HuggingFaceSettings, place: HubPlace): Origin;
/**
 * Asks a hub for the SHA-256 of a large file, without its bytes. It proves nothing: who has no better one may take it for the digest
 * of first use, and then every byte is held against it.
 *
 * @returns undefined for files that it knows no SHA-256 of
 * @throws R3mesError `AUTH_REQUIRED`, `SOURCES_EXHAUSTED`, `URL_REFUSED`
 */
export declare function hubDigest(settings: HuggingFaceSettings, place: HubPlace, network: Network, signal?: AbortSignal): Promise<Sha256Hex | undefined>;
