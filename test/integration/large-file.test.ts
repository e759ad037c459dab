import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aStoreScenario, MIB, MODEL } from '../support/store-scenario.ts'

describe('a file that comes in parts', () => {
  it('is brought, hashed by a thread of its own and put in place by the built action', async () => {
    const size = 40 * MIB
    const scenario = await aStoreScenario({ sizes: { model: size } })
    const step = await scenario.step(MODEL)
    expect(step.outputs).toMatchObject({ success: 'true', 'bytes-downloaded': String(size) })
    const { sha256 } = scenario.devnet.addContent('model 1.0.0', size)
    const bytes = await readFile(join(scenario.store, 'models/v1.0.0/model.gguf'))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
    expect(scenario.devnet.requests.content().length).toBeGreaterThan(3)
  })
})
