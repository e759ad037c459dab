/** URLs that people copy from the pages of models. Pure. */
import { type Place } from '../core/index.js';
/** A URL, as it is asked for and as it is written down. */
export interface ModelUrl {
    /** With everything that it was given with: for its host alone. */
    readonly place: Place;
    /** Without the secrets in its query: for registries, and to know it again. */
    readonly recorded: string;
    /** Last segment of its path, decoded. */
    readonly file: string | undefined;
}
/** A URL as text, without what its query has of secrets. */
export declare function withoutSecrets(url: URL): string;
/**
 * Reads the URL of a model and holds it against the rules for recorded URLs. What its name resolves to is judged when it is asked.
 *
 * @param subject the model in checked names
 * @param allowHosts `host:port` that may be anywhere and speak http
 * @param hub whose `/resolve/` URLs are HuggingFace's
 * @throws R3mesError `INPUT_INVALID`, `URL_REFUSED`
 */
export declare function readModelUrl(text: string, subject: string, { allowHosts, hub }: {
    readonly allowHosts: readonly string[];
    readonly hub: URL;
}): ModelUrl;
