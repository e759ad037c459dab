import type { Sha256Hex } from '../../core/index.js';
import { type LeaseFolders } from '../layout.js';
import type { Volume } from './file-system.js';
import { type Roots, type SessionRecord } from './records.js';
/** What a session says that it uses; absent fields change nothing. */
export interface Uses {
    readonly blobs?: readonly Sha256Hex[];
    /** Absolute final paths of artifacts. */
    readonly artifacts?: readonly string[];
}
/** One open store, as other processes see it. */
export interface Session {
    readonly id: string;
    readonly record: SessionRecord;
    /** Whether all of this is written down already. */
    says(uses: Uses): boolean;
    /** Writes down what it uses from now on, beside what it used before. */
    use(uses: Uses): Promise<void>;
    /** It no longer uses these paths. */
    forgo(artifacts: Iterable<string>): Promise<void>;
    /**
     * Ends it. With `asCertificate` its lock file stays, free: it proves that who left unfinished work behind has ended.
     */
    end(options: {
        readonly asCertificate: boolean;
    }): Promise<void>;
}
/**
 * Opens a session: from here on it counts as living, until `end` or the end of the process.
 *
 * @param newId makes an id that nothing else ever had
 * @throws LocksUnsupported, or the error of the file system or of SQLite
 */
export declare function openSession(folders: LeaseFolders, newId: () => string, { doing, volume, roots }: {
    readonly doing: string;
    readonly volume: Volume;
    readonly roots?: Roots;
}): Promise<Session>;
