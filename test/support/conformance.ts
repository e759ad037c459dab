import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of vectors made by others; undefined where it is not at hand, and then its tests are skipped by name. */
export const FIXTURES: string | undefined = process.env['CONFORMANCE_FIXTURES'] || undefined

/** A JSON file of that folder. */
export function fixture(...path: readonly string[]): unknown {
  if (FIXTURES === undefined) throw new Error('CONFORMANCE_FIXTURES names no folder')
  return JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8'))
}
