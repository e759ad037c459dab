import type { Folder } from './folders.js';
import { type Layout } from './layout.js';
export interface StorePlaces {
    /** Absolute path of the store's root; `~` is expanded already. */
    readonly home: string;
    /** Absolute path in place of `<home>/models` (`R3MES_MODEL_PATH`). */
    readonly modelDir?: string;
    /** Absolute path in place of `<home>/adapters` (`R3MES_ADAPTER_DIR`). */
    readonly adapterDir?: string;
}
/** @throws R3mesError `INPUT_INVALID` for a path that is not absolute */
export declare function layoutFor({ home, modelDir, adapterDir }: StorePlaces): Layout;
/** Outer folders first. What other users may read is readable; what is unfinished, damaged or raw is not. */
export declare function foldersOf(layout: Layout, options: StorePlaces): readonly Folder[];
