import { R3mesError } from '../../core/index.ts'

/**
 * The node answered, but not as it must: `CHAIN_RESPONSE_INVALID`.
 *
 * @param why a clause in our own words
 * @param detail what the node said
 */
export function answeredWrongly(endpoint: string, why: string, detail?: string): R3mesError {
  return new R3mesError(
    'CHAIN_RESPONSE_INVALID',
    `The RPC endpoint ${endpoint} answered wrongly: ${why}. Name another endpoint in \`rpc-urls\`.`,
    detail === undefined ? {} : { detail },
  )
}
