/** What programs read when a command ends before there is a result. */
import { printableJson } from '../core/index.ts'
import { hasPrinted, print } from './output.ts'

export interface Failure {
  readonly code: string
  readonly message: string
}

/**
 * Prints the failure as JSON where that was asked for, and nothing where a result has begun already: then there would be two.
 *
 * @param args of the command line
 */
export async function printJsonFailure(args: readonly string[], { code, message }: Failure): Promise<void> {
  if (!args.includes('--json') || hasPrinted()) return
  const failure = { success: false, 'error-code': code, 'error-message': message }
  await print(`${printableJson(failure, 2)}\n`)
}
