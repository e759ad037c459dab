/** A process that prunes a store: `home`, `maxSize`, and `again` to go on until it is killed. Says when it begins, and what it did. */
import { silentReporter } from '../../src/core/index.ts'
import { openStore } from '../../src/store/index.ts'
import { pruneStore } from '../../src/upkeep/index.ts'

const [home = '', maxSize = '0', mode = 'once'] = process.argv.slice(2)
process.stdout.write('begins\n')
do {
  await using store = await openStore({ home, reporter: silentReporter })
  const { removed, bytes } = await pruneStore(store, { maxSize: Number(maxSize) }, silentReporter)
  if (mode === 'once') process.stdout.write(`${JSON.stringify({ removed: removed.length, bytes })}\n`)
} while (mode === 'again')
