export const NS_PER_MS = 1_000_000n

/** How far a header's time may lie ahead of this machine's clock, in nanoseconds: 10 s, as CometBFT has it. */
export const MAX_CLOCK_DRIFT_NS = 10_000n * NS_PER_MS

/** This machine's clock, in nanoseconds since 1970. */
export function nowNanoseconds(): bigint {
  return BigInt(Date.now()) * NS_PER_MS
}
