/** What the environment says about the Actions cache. Nobody is asked. Pure. */
import type { Environment, Settings } from '../ensure/index.ts'
import type { Finding } from './types.ts'

const topic = 'content'
const subject = 'Actions cache'

/** Whether the service of a workflow step is there, as `src/action` would look for it. */
export function judgeCache(environment: Environment, { sources }: Pick<Settings, 'sources'>): Finding {
  const isSet = (name: string): boolean => (environment[name] ?? '').trim() !== ''
  if (!sources.includes('cache')) {
    return { topic, subject, verdict: 'ok', text: 'not used: `sources` leaves it out' }
  }
  if (environment['GITHUB_ACTIONS'] !== 'true' && !isSet('ACTIONS_RESULTS_URL')) {
    return { topic, subject, verdict: 'ok', text: 'outside a workflow; only steps have one' }
  }
  if (!isSet('ACTIONS_RESULTS_URL') || !isSet('ACTIONS_RUNTIME_TOKEN')) {
    return {
      topic,
      subject,
      verdict: 'note',
      text: 'A `run:` step has no token for it. A step with `uses: r3mes-network/setup-r3mes@…` has.',
    }
  }
  if (!isSet('ACTIONS_CACHE_SERVICE_V2')) {
    return {
      topic,
      subject,
      verdict: 'note',
      text: 'This server has the older service alone, as GitHub Enterprise Server does. It is left out.',
      remedy: 'keep the store instead: a self-hosted runner, or `mirrors` with r3mes serve blobs',
    }
  }
  return { topic, subject, verdict: 'ok', text: 'there, version 2' }
}
