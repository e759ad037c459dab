import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { revokeAdapter } from '../../src/devnet/index.ts'
import { optionsOf, runBuiltCommand } from '../support/command.ts'
import { aScenario, MAIN_JOB, type Scenario } from '../support/scenario.ts'
import { finalTree } from '../support/tree.ts'

/** A workflow whose repository has a lockfile, written by the built command. Returns its path. */
async function commitLockfile({ devnet, job }: Scenario): Promise<string> {
  const path = join(job.folder, 'workspace', 'r3mes.lock')
  const { 'rpc-urls': urls = '' } = devnet.inputs()
  const args = optionsOf({ 'rpc-urls': urls, lockfile: path, ...MAIN_JOB })
  const ended = await runBuiltCommand(['lock', ...args], { HOME: job.home })
  expect(ended.exitCode).toBe(0)
  return path
}

describe('a workflow with r3mes.lock in its repository', () => {
  it('starts from its block, is frozen to it, and leaves it as it is', async () => {
    const scenario = await aScenario({ cache: false })
    const path = await commitLockfile(scenario)
    const before = await readFile(path, 'utf8')
    scenario.devnet.advance(20)
    const step = await scenario.step(MAIN_JOB)
    expect(step.outputs).toMatchObject({ success: 'true', trust: 'light-client' })
    expect(JSON.parse(step.outputs['status'] ?? '')).toMatchObject({
      frozen: true,
      witnesses: { asked: 1, agree: 1 },
    })
    const ends = Date.parse(JSON.parse(before).anchor.time) + 14 * 86_400_000
    expect(step.outputs['trust-expires-at']).toBe(new Date(ends).toISOString())
    expect(step.summary).toContain('nothing differs from the lockfile')
    expect(step.summary).not.toContain('Pin this chain')
    expect(step.stdout).not.toMatch(/::(?:warning|notice)/)
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  it('needs no second endpoint, but says what is missing then', async () => {
    const scenario = await aScenario({ cache: false })
    await commitLockfile(scenario)
    const step = await scenario.step({ ...MAIN_JOB, 'rpc-urls': scenario.devnet.urls.rpc })
    expect(step.outputs).toMatchObject({ success: 'true', trust: 'light-client' })
    expect(step.stdout).toMatch(/::warning[^\n]*witnesses: 0/)
  })

  it('is stopped by a revocation before any content host is asked', async () => {
    const scenario = await aScenario({ cache: false })
    await commitLockfile(scenario)
    revokeAdapter(scenario.devnet, 'coder')
    const step = await scenario.step(MAIN_JOB)
    expect([step.exitCode, step.outputs['error-code']]).toEqual([3, 'ADAPTER_REVOKED'])
    expect(scenario.devnet.requests.content()).toEqual([])
    expect(await finalTree(scenario.store)).toEqual({})
  })

  it('brings the locked bytes without any chain under `trust: lockfile`', async () => {
    const scenario = await aScenario({ cache: false })
    await commitLockfile(scenario)
    scenario.devnet.requests.clear()
    const offline = { trust: 'lockfile', 'max-lock-age': '1d', 'rpc-urls': '' }
    const step = await scenario.step({ ...MAIN_JOB, ...offline })
    expect(step.outputs).toMatchObject({ success: 'true', trust: 'lockfile' })
    expect(step.stdout).toMatch(/::warning[^\n]*revocations unchecked since/)
    expect(scenario.devnet.requests.to('rpc')).toEqual([])
    expect(Object.keys(await finalTree(scenario.store))).toHaveLength(4)
  })
})

describe("a stranger's lockfile in the workspace", () => {
  it.each(['pull_request_target', 'workflow_run', 'issue_comment'])(
    'is not read in %s, whatever it says',
    async (event) => {
      const scenario = await aScenario({ cache: false })
      const path = join(scenario.job.folder, 'workspace', 'r3mes.lock')
      await writeFile(path, '::error::this is no lockfile ##[error]')
      const environment = { GITHUB_EVENT_NAME: event }
      const step = await scenario.step({ ...MAIN_JOB, 'plan-only': 'true' }, { environment })
      expect(step.outputs).toMatchObject({ success: 'true', trust: 'quorum' })
      expect(step.stdout).toContain(`The lockfile is not read in \`${event}\``)
      const frozen = await scenario.step({ ...MAIN_JOB, frozen: 'true' }, { environment })
      expect([frozen.exitCode, frozen.outputs['error-code']]).toEqual([2, 'LOCK_INVALID'])
    },
  )

  it('is refused in every other event, and shown as text', async () => {
    const scenario = await aScenario({ cache: false })
    const folder = join(scenario.job.folder, 'workspace')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'r3mes.lock'), '{"version": "::error::x\\n##[error]y"}')
    const step = await scenario.step(MAIN_JOB)
    expect([step.exitCode, step.outputs['error-code']]).toEqual([2, 'LOCK_INVALID'])
    expect(step.stdout).not.toContain('##[')
    expect(scenario.devnet.requests.all()).toEqual([])
  })
})
