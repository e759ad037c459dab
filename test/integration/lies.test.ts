import { describe, expect, it } from 'vitest'
import { type Devnet, LIES, type LieMode } from '../../src/devnet/index.ts'
import type { RawInputs } from '../../src/ensure/index.ts'
import { ensured } from '../support/ensured.ts'
import { expectHarmlessStep } from '../support/hostile.ts'
import { expectEnd, LIE_ENDS } from '../support/lies.ts'
import { aScenario, MAIN_JOB } from '../support/scenario.ts'

const modes = Object.keys(LIES) as LieMode[]

/** Behind the nodes that are waited for stands the clock, so these take half a minute. */
const WAITING: readonly LieMode[] = ['stale-height']

async function runUnder(mode: LieMode, trust: (devnet: Devnet) => RawInputs, from: 'before' | 'after') {
  const { devnet, run } = await ensured()
  const earlier = trust(devnet)
  devnet.lie(mode)
  const result = await run({ ...MAIN_JOB, ...(from === 'before' ? earlier : trust(devnet)) })
  return { devnet, result }
}

/** Trust as a user wrote it down long ago. */
function anchored(devnet: Devnet): Readonly<Record<'trusted-height' | 'trusted-hash', string>> {
  const { height, hash } = devnet.anchor()
  return { 'trusted-height': height.toString(), 'trusted-hash': hash }
}

describe('a run from an anchor', () => {
  it.each(modes)('under the lie %s ends as it must', async (mode) => {
    // The aged chain has other headers from the start: whoever trusts one of them wrote it down sixty days ago.
    const { devnet, result } = await runUnder(mode, anchored, mode === 'expired-header' ? 'after' : 'before')
    expectEnd(LIE_ENDS[mode].anchored, result, devnet.urls, devnet.requests.content().length)
  })
})

describe('a run by quorum', () => {
  it.each(modes.filter((mode) => !WAITING.includes(mode)))(
    'under the lie %s ends as it must',
    async (mode) => {
      const { devnet, result } = await runUnder(mode, () => ({ trust: 'quorum' }), 'before')
      expectEnd(LIE_ENDS[mode].quorum, result, devnet.urls, devnet.requests.content().length)
    },
  )
})

describe('what a lying chain cannot do', () => {
  it('have its absences believed: a key beside an empty entry is unprovable, never “not approved”', async () => {
    const { devnet, run } = await ensured()
    devnet.lie('empty-neighbour')
    const result = await run({ 'model-version': '1.0.0', adapters: 'nobody' })
    expect(result.error?.code).toBe('UNPROVABLE')
    expect(devnet.requests.content()).toEqual([])
  })

  it('have workflow commands in its errors obeyed', async () => {
    const { devnet, step } = await aScenario()
    // Alone, so that no other endpoint takes over: what it said is then why the run fails.
    const inputs = { ...MAIN_JOB, ...anchored(devnet), 'rpc-urls': devnet.urls.rpc }
    devnet.lie('command-in-error')
    const ended = await step(inputs)
    expect(ended.outputs['error-code']).toBe('CHAIN_RESPONSE_INVALID')
    // What the node said is shown, so that it could have been obeyed.
    expect(ended.stdout).toContain('no such thing')
    expectHarmlessStep(ended)
    expect(devnet.requests.content()).toEqual([])
  })

  it('keep evidence of a fork from its victim', async () => {
    const { devnet, run } = await ensured()
    const inputs = anchored(devnet)
    devnet.lie('fork-full')
    const result = await run({ ...MAIN_JOB, ...inputs })
    expect(result.error?.code).toBe('FORK_DETECTED')
    expect(result.error?.detail).toContain('evidence')
  })
})
