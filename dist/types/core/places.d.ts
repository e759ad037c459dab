/** From a record's `download_source` to a place. The text is the chain's: what is no place stays one less source. */
import type { Place } from './place.js';
/**
 * The place that a record names: `hf://…`, a hub's `/resolve/` URL or another URL. Whether that URL may be asked is for the
 * rules of whoever asks, which know the hosts that are allowed; a refusal is then on record.
 *
 * @param hfEndpoint the configured hub, whose `/resolve/` URLs count as the public hub's do
 * @returns undefined when the text is no place: free text, a scheme other than https and http
 */
export declare function placeOf(downloadSource: string, hfEndpoint?: URL): Place | undefined;
/** The last segment of a place, decoded: what a file is called when its record does not say. */
export declare function lastSegment(place: Place): string | undefined;
/** The place of a file in the folder that `place` is. `path` is relative, of safe segments. */
export declare function joinPlace(place: Place, path: string): Place;
