import type { ActionsCache, ActionsCacheOptions } from './types.js';
/** The Actions cache for one run. Makes no request by itself. */
export declare function createActionsCache(options: ActionsCacheOptions): ActionsCache;
