/** Milliseconds between two progress reports of one file. */
const PROGRESS_MS = 250

/** Calls `report` at most every {@link PROGRESS_MS}. */
export function throttled<Rest extends readonly unknown[]>(
  report: (bytes: number, ...rest: Rest) => void,
): typeof report {
  let last = Number.NEGATIVE_INFINITY
  return (bytes, ...rest) => {
    const now = performance.now()
    if (now - last < PROGRESS_MS) return
    last = now
    report(bytes, ...rest)
  }
}
