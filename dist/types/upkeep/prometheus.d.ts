import { type StoreStats } from './stats.js';
/** The numbers as one text. Families without a sample are left out. Pure. */
export declare function formatPrometheus(stats: StoreStats): string;
