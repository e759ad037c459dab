// Loaded before the action (`--import`): writes down every module file that the process loads, statically or dynamically.
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const log = process.env.RECORD_MODULES
registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) appendFileSync(log, `${url}\n`)
    return nextLoad(url, context)
  },
})
