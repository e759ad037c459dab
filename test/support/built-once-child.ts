/** A process that wants a file built: `target`. It logs its builds to `log` and waits in them for standard input to end. */
import { once } from 'node:events'
import { appendFile, writeFile } from 'node:fs/promises'
import { builtOnce } from '../../scripts/built-once.ts'

const [target = '', log = ''] = process.argv.slice(2)
await builtOnce(target, async (unfinished) => {
  await appendFile(log, `${process.pid}\n`)
  console.log('building')
  process.stdin.resume()
  await once(process.stdin, 'end')
  await writeFile(unfinished, 'built')
})
process.stdin.destroy()
