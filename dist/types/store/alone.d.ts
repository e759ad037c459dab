/**
 * Does short work on a file that several processes change, one at a time. Where there can be no lock, all of them may work at once,
 * and one may undo what another did.
 *
 * @param path of the lock file, which nobody opens in another way
 * @throws R3mesError `STORE_NOT_WRITABLE` when others keep it busy
 */
export declare function alone<T>(path: string, work: () => Promise<T>): Promise<T>;
