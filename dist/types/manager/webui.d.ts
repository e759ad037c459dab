/** Where programs that make pictures look for models. */
import type { VolumeSection } from './types.js';
/** Programs whose folders are known. */
export declare const WEBUIS: readonly ['automatic1111', 'comfyui'];
/** `automatic1111`: also its forks, such as Forge, which kept the folders. */
export type Webui = (typeof WEBUIS)[number];
export type LinkFolders = Readonly<Record<VolumeSection, string>>;
/** Folders below the program's own one, `/` between segments. Undefined: the volume's own names. */
export declare function linkFolders(webui: Webui | undefined): LinkFolders;
/** Every folder that links are ever made in. */
export declare const ALL_LINK_FOLDERS: readonly string[];
