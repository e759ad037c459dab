import type { SourceName, WantedFile } from '../core/index.js';
import type { Origin } from '../transfer/index.js';
/** Answers one question: where do these bytes start? Never moves content bytes itself. */
export interface Source {
    readonly name: SourceName;
    /** Origins to ask, best first; empty when this source knows no place for the file. */
    origins(file: WantedFile, signal?: AbortSignal): Promise<readonly Origin[]>;
    /** Tells which files belong together, one list for each artifact, before the first of them is asked for. */
    prepare?(artifacts: readonly (readonly WantedFile[])[]): void;
    /** Told at once when an origin of this source served wrong bytes for the file. */
    servedWrongBytes?(file: WantedFile): void;
}
