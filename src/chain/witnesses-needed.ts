/** How many witnesses a read needs, in words. */
export interface WitnessesNeeded {
  readonly minWitnesses: number
  /** One of them has to be on another host than the primary: where no block that is young enough is pinned. */
  readonly elsewhere: boolean
}

/** What is missing, as a clause, and what to do, as a sentence. Where two hosts have to agree, one is the least. */
export function witnessesNeeded({ minWitnesses, elsewhere }: WitnessesNeeded): {
  readonly clause: string
  readonly advice: string
} {
  const number = elsewhere ? Math.max(1, minWitnesses) : minWitnesses
  const clause =
    number === 1
      ? `1 ${elsewhere ? 'on another host ' : ''}is needed`
      : `${number} are needed${elsewhere ? ', one of them on another host' : ''}`
  const others = elsewhere ? ' on other hosts' : ''
  const lower = elsewhere && number === 1 ? '' : ', or lower `min-witnesses`'
  return { clause, advice: `Name more RPC endpoints${others} in \`rpc-urls\`${lower}.` }
}
