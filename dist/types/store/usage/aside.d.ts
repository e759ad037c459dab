/**
 * Moves what cannot be used out of the way, where people can look at it.
 *
 * @returns where it is now; undefined when it was gone
 */
export declare function setAside(path: string): Promise<string | undefined>;
