import * as core from '@actions/core'
import type { JobEndPort, Settings } from '../ensure/index.ts'
import { formatState, STATE_NAME, stateOf } from './state.ts'

/** Notes for post what main leaves to do, at once: post has to find it however main ends. The last note counts. */
export function noteJobEnd(): JobEndPort {
  let opened: Settings | undefined
  const note = (lease?: string): void => {
    if (opened !== undefined) core.saveState(STATE_NAME, formatState(stateOf(opened, lease)))
  }
  return {
    onStore: (settings) => {
      opened = settings
      note()
    },
    onLease: note,
  }
}
