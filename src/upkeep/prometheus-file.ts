import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { R3mesError } from '../core/index.ts'

/**
 * Writes a file for the textfile collector in one step, so that it never reads a part. Others may read it, since the collector runs
 * as a user of its own. The name that it has meanwhile does not end as those that the collector reads.
 *
 * @throws R3mesError `INPUT_INVALID` when it cannot be written
 */
export async function writePrometheus(path: string, text: string): Promise<void> {
  const hidden = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    {
      await using file = await open(hidden, 'wx', 0o644)
      await file.writeFile(text, 'utf8')
      await file.sync()
    }
    await rename(hidden, path)
  } catch (cause) {
    await rm(hidden, { force: true }).catch(() => {})
    throw new R3mesError(
      'INPUT_INVALID',
      'The file of `--out` could not be written. Name a file in a folder that exists and that this user may write to.',
      { cause, detail: cause instanceof Error ? cause.message : String(cause) },
    )
  }
}
