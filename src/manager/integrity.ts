import { HashPool, R3mesError, type Sha256Hex } from '../core/index.ts'

/**
 * The SHA-256 of a file, hashed in another thread. Links are not followed.
 *
 * @throws R3mesError `INPUT_INVALID` when it is no regular file, `STORE_NOT_WRITABLE` when it cannot be read, `STORE_CORRUPT` when it
 * keeps changing; the reason of the signal
 */
export async function hashOfFile(path: string, signal?: AbortSignal): Promise<Sha256Hex> {
  await using pool = new HashPool({ threads: 1, signal })
  const [found] = await pool.hash([path])
  const detail = { detail: path }
  switch (found?.kind) {
    case 'hashed':
      return found.sha256
    case 'unreadable':
      throw new R3mesError(
        'STORE_NOT_WRITABLE',
        `The file cannot be read (${found.errno}). Check its permissions and who owns it.`,
        detail,
      )
    case 'changed':
      throw new R3mesError(
        'STORE_CORRUPT',
        'The file kept changing while it was hashed. Wait until the program that writes it is done.',
        detail,
      )
    default:
      throw new R3mesError(
        'INPUT_INVALID',
        'There is no regular file at the path: nothing, a link or a folder. Correct the path.',
        detail,
      )
  }
}
