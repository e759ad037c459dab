import type { Origin } from './types.js';
/** Names an origin in a journal without telling its URL. */
export declare function contributorKey({ source, url }: Origin): string;
