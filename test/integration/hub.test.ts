/** Whole runs against the hub: what it is asked, and what is found out before a byte of content moves. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { aScenario, type Scenario } from '../support/scenario.ts'
import { finalTree } from '../support/tree.ts'

const REPO = 'r3mes-network/bitnet'
/** A model of several files, whose manifest is approved. */
const MODEL = { 'model-version': '2.0.0' }

function askedOfHub({ devnet }: Scenario): string[] {
  return devnet.requests.to('hub').map(({ path }) => path)
}

/** Someone pushes another version of one file of the model; the mirror keeps the approved one. */
function push({ devnet }: Scenario): void {
  devnet.publishToHub(REPO, 'v2.0.0/tokenizer.json', devnet.addContent('pushed', 4096))
}

describe('a model of several files on the hub', () => {
  it('costs one answer for each file and one list, all of one commit', async () => {
    const scenario = await aScenario({ cache: false })
    const step = await scenario.step({ ...MODEL, sources: 'huggingface' })
    expect(step.outputs['success']).toBe('true')
    const files = Object.keys(await finalTree(scenario.store)).length
    const [manifest, list, ...resolved] = askedOfHub(scenario)
    expect(manifest).toMatch(/\/resolve\/main\/v2\.0\.0\/r3mes-manifest\.json$/)
    const commit = /\/tree\/([0-9a-f]{40})\/v2\.0\.0\?recursive=true$/.exec(list ?? '')?.[1]
    expect(resolved).toHaveLength(files)
    expect(resolved.every((path) => path.includes(`/resolve/${commit}/v2.0.0/`))).toBe(true)
  })

  it('costs nothing but the manifest when one of its files is another one there', async () => {
    const scenario = await aScenario({ cache: false })
    push(scenario)
    const step = await scenario.step({ ...MODEL, sources: 'huggingface' })
    expect([step.exitCode, step.outputs['error-code']]).toEqual([6, 'DIGEST_MISMATCH'])
    expect(askedOfHub(scenario).filter((path) => path.includes('/resolve/'))).toHaveLength(1)
    expect(scenario.devnet.requests.to('cdn')).toEqual([])
    expect(step.stdout).toMatch(/::warning[^\n]*HuggingFace hub lists 1 of/)
  })

  it('comes from a mirror then, and the receipt names the hub', async () => {
    const scenario = await aScenario({ cache: false })
    push(scenario)
    const step = await scenario.step({ ...MODEL, sources: 'huggingface,http' })
    expect(step.outputs['success']).toBe('true')
    const { failures } = JSON.parse(await readFile(step.outputs['receipt'] ?? '', 'utf8')) as {
      failures: { source: string; code: string }[]
    }
    expect(new Set(failures.map(({ source, code }) => `${source} ${code}`))).toEqual(
      new Set(['huggingface DIGEST_MISMATCH']),
    )
    expect(scenario.devnet.requests.to('cdn')).toEqual([])
  })
})

describe('a gated repository', () => {
  it('is named in the output, with what to do', async () => {
    const scenario = await aScenario({ cache: false })
    scenario.devnet.requireToken(REPO, 'hf_right')
    const step = await scenario.step({ 'model-version': '1.0.0', sources: 'huggingface' })
    expect(step.outputs['error-code']).toBe('AUTH_REQUIRED')
    expect(step.outputs['error-message']).toContain(`${REPO}’ is gated. Accept its terms on its page`)
  })
})
