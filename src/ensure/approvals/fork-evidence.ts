import { randomBytes } from 'node:crypto'
import { ForkDetected } from '../../chain/index.ts'
import { asR3mesError, printableJson, R3mesError, type Reporter } from '../../core/index.ts'
import type { Store } from '../../store/index.ts'

/**
 * Keeps both headers of a fork: whoever runs the chain needs them, and they prove who signed twice.
 *
 * @returns the absolute path of the file; undefined when it could not be written, which costs a warning
 */
async function writeEvidence(
  store: Store,
  reporter: Reporter,
  { evidence }: ForkDetected,
): Promise<string | undefined> {
  const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').replace(/\..*/, 'Z')
  const name = `evidence/fork-${stamp}-${randomBytes(4).toString('hex')}.json`
  try {
    return await store.writeCacheFile(name, `${printableJson(evidence, 2)}\n`)
  } catch (error) {
    reporter.warning(`The evidence of the fork could not be written. ${asR3mesError(error).message}`)
    return undefined
  }
}

/**
 * Runs `work`. A fork that it finds is kept in the store, and the error names the file.
 *
 * @param openedStore asked only when there is a fork
 * @param kept told the absolute path of the file
 */
export async function keepingForks<T>(
  openedStore: () => Promise<Store>,
  reporter: Reporter,
  kept: (path: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (!(thrown instanceof ForkDetected)) throw thrown
    const path = await writeEvidence(await openedStore(), reporter, thrown)
    if (path === undefined) throw thrown
    kept(path)
    reporter.warning(`Both headers of the fork were kept in ${path}.`)
    const detail = [thrown.detail, `Both headers: ${path}`].filter((part) => part !== undefined).join('\n')
    throw new R3mesError(thrown.code, thrown.message, { cause: thrown, detail })
  }
}
