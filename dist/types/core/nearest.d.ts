/**
 * The nearest printable name, when it is near enough to be a slip of the fingers.
 *
 * @param least steps that a slip may take in a short name: where there are few names, two letters in each other's place are one
 */
export declare function nearestName(name: string, names: readonly string[], least?: number): string | undefined;
/** ` Did you mean x?` or nothing. */
export declare function didYouMean(name: string, names: readonly string[]): string;
/** The same for one of few values, all of which the user is told. */
export declare function didYouMeanValue(text: string, values: readonly string[]): string;
