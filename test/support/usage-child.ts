/** A process of its own that notes uses, and counts each tenth as a run: arguments are a store's home, a name for itself, how many, and the
 * user that it becomes before, if any. It prints its warnings.
 */
import { silentReporter } from '../../src/core/index.ts'
import { openStore } from '../../src/store/index.ts'
import { aUse } from './usage.ts'

const [home = '', self = '', times = '0', user = ''] = process.argv.slice(2)
if (user !== '') {
  process.setgroups?.([])
  process.setgid?.(Number(user))
  process.setuid?.(Number(user))
}
const { usage } = await openStore({ home, reporter: { ...silentReporter, warning: console.log } })
for (let time = 0; time < Number(times); time += 1) {
  await usage.noteUse([aUse(home, 'shared'), aUse(home, self)])
  if (time % 10 > 0) continue
  const http = { ok: 1, failed: 0, bytes: 10, milliseconds: 1 }
  await usage.count({ success: true, hits: 1, misses: 0, sources: { http } })
}
