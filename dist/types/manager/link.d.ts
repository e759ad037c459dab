import { type ModelKind } from './types.js';
import { type Webui } from './webui.js';
/** A model that is in place, and was checked right before. */
export interface ModelToLink {
    readonly kind: ModelKind;
    /** Absolute path in the volume. */
    readonly path: string;
}
/** Where models are shown, and for which program. */
export interface LinkOptions {
    /** Absolute path of the volume. */
    readonly basePath: string;
    /** Absolute path of the program's folder. What is missing of it is made. */
    readonly to: string;
    readonly webui?: Webui;
}
/** What was done, as paths below the program's folder. */
export interface LinkReport {
    readonly created: readonly string[];
    readonly replaced: readonly string[];
    readonly removed: readonly string[];
    readonly kept: readonly string[];
    /** Something that no run has made has the name. It was left alone. */
    readonly occupied: readonly string[];
    /** Folders of the program that are the volume's own ones already: nothing has to be linked there. */
    readonly same: readonly string[];
}
/**
 * Makes the links of a program those to these models: each one appears, changes and goes in one step. New and changed ones come
 * first, so that what was there before and stays is there at every moment. Links of earlier runs that are not wanted any
 * more go; everything else is left alone.
 *
 * A link is relative where volume and program lie on one file system, so that it holds when that is mounted elsewhere.
 *
 * @throws R3mesError `INPUT_INVALID` when the folder lies in the volume or is no folder, `STORE_NOT_WRITABLE`, `DISK_FULL`
 */
export declare function linkModels(models: readonly ModelToLink[], { basePath, to, webui }: LinkOptions): Promise<LinkReport>;
