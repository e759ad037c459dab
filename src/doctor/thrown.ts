import { R3mesError } from '../core/index.ts'

/** What a check threw, when it is an error that a run would show. @throws everything else: a bug */
export function asProblem(thrown: unknown): R3mesError {
  if (thrown instanceof R3mesError) return thrown
  throw thrown
}
