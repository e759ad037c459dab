/**
 * Writes a file for the textfile collector in one step, so that it never reads a part. Others may read it, since the collector runs
 * as a user of its own. The name that it has meanwhile does not end as those that the collector reads.
 *
 * @throws R3mesError `INPUT_INVALID` when it cannot be written
 */
export declare function writePrometheus(path: string, text: string): Promise<void>;
