import { createHash } from 'node:crypto'
import type { Sha256Hex } from '../../src/core/index.ts'

/** SHA-256 of these bytes, or of a text's UTF-8. */
export function sha256Of(bytes: string | Uint8Array): Sha256Hex {
  return createHash('sha256').update(bytes).digest('hex') as Sha256Hex
}
