/** Paths of places as paths of URLs. Pure. */
/**
 * A path percent-encoded segment by segment.
 *
 * @returns undefined when a segment is empty or made of dots: URLs would resolve it to somewhere else on the host
 */
export declare function encodePath(path: string): string | undefined;
/** An encoded path below a base URL, whose own path stays and whose query does not. */
export declare function below(base: URL, encodedPath: string): URL;
