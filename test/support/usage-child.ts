/** A process of its own that notes uses, and counts each tenth as a run: arguments are a store's home, a name for itself, and how many. */
import { silentReporter } from '../../src/core/index.ts'
import { openStore } from '../../src/store/index.ts'
import { aUse } from './usage.ts'

const [home = '', self = '', times = '0'] = process.argv.slice(2)
const { usage } = await openStore({ home, reporter: { ...silentReporter, warning: console.log } })
for (let time = 0; time < Number(times); time += 1) {
  await usage.noteUse([aUse(home, 'shared'), aUse(home, self)])
  if (time % 10 > 0) continue
  const http = { ok: 1, failed: 0, bytes: 10, milliseconds: 1 }
  await usage.count({ success: true, hits: 1, misses: 0, sources: { http } })
}
