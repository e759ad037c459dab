/** Which header the records are read under. Pure. */

/**
 * The newest height that the primary and `minWitnesses` of the witnesses all have.
 *
 * @param witnesses heights of those that answered
 * @returns undefined when fewer witnesses answered than are needed
 */
export function newestCommonHeight(
  primary: bigint,
  witnesses: readonly bigint[],
  minWitnesses: number,
): bigint | undefined {
  const descending = [...witnesses].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  const last = minWitnesses === 0 ? primary : descending[minWitnesses - 1]
  return last === undefined ? undefined : last < primary ? last : primary
}
