import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { startDevnet } from '../../src/devnet/index.ts'
import { describeOutcome, ensureFromInputs, type RawInputs } from '../../src/ensure/index.ts'
import { scribble } from '../support/store.ts'

const REQUEST = { 'model-version': '1.0.0', adapters: 'coder' }

/** Runs against a devnet whose model is large enough for a record, and whose adapter is not. */
async function aMiner() {
  const devnet = await startDevnet({ sizes: { model: 600_000, adapter: 5_000, dataset: 5_000 } })
  onTestFinished(() => devnet.close())
  const home = await mkdtemp(join(tmpdir(), 'r3mes-changed-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return async (inputs: RawInputs) => {
    const lines: string[] = []
    const result = await ensureFromInputs(
      { ...devnet.inputs(), ...REQUEST, home, ...inputs },
      { reporter: { ...silentReporter, info: (line) => lines.push(line) }, environment: {} },
    )
    expect(result.error).toBeUndefined()
    const [model, adapter] = result.artifacts
    return { result, lines: lines.join('\n'), model, adapter }
  }
}

describe('verify: changed', () => {
  it('takes what did not change as it is, says so, and says when it was hashed', async () => {
    const run = await aMiner()
    const first = await run({})
    const { result, lines, model, adapter } = await run({ verify: 'changed' })
    const at = model?.files[0]?.checkedAt
    expect(at?.getTime()).toBeGreaterThanOrEqual(first.result.startedAt.getTime())
    expect(adapter?.files[0]?.checkedAt).toBeUndefined()
    expect(lines).toContain(
      '1 of them unchanged since an earlier run hashed them, every byte of the others was hashed again',
    )
    expect(lines).toContain('was in place, unchanged since it was checked')
    expect(describeOutcome(result)).toContain(
      '1 file did not change since earlier runs checked it, every byte of the others was checked',
    )
    const receipt = JSON.parse(await readFile(result.receiptPath ?? '', 'utf8'))
    expect(receipt.artifacts[0].files[0].checkedAt).toBe(at?.toISOString())
    expect(receipt.artifacts[1].files[0]).not.toHaveProperty('checkedAt')
  })

  it('hashes what changed, and brings it again when it is wrong', async () => {
    const run = await aMiner()
    const { model } = await run({})
    await scribble(join(model?.path ?? '', model?.files[0]?.path ?? ''), Buffer.alloc(600_000, 'x'))
    const again = await run({ verify: 'changed' })
    expect(again.result.bytesDownloaded).toBe(600_000)
    expect(again.model).toMatchObject({ change: 'repaired', files: [{ from: 'huggingface' }] })
  })

  it('is no habit: verify: always hashes every byte of the next run', async () => {
    const run = await aMiner()
    await run({ verify: 'changed' })
    await run({ verify: 'changed' })
    const { lines, result, model } = await run({})
    expect(lines).toContain('2 of 2 files are in the store, every byte of them was hashed again')
    expect(describeOutcome(result)).toContain('Every byte was checked')
    expect(model?.files[0]).not.toHaveProperty('checkedAt')
  })
})
