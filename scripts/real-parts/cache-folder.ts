import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where real parts of tests and benches are kept, outside of every clone: made once per machine and version. */
export function cacheFolder(part: string): string {
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(base, 'setup-r3mes', part)
}
