import { describe, expect, it } from 'vitest'
import { plan, type RawRequest, readSnapshot } from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import { believedReader, type MemoryStore, provenReader } from '../support/memory-reader.ts'
import { aRequest, codesOf, onlyProblem } from '../support/registry.ts'
import { adapterEntry, modelEntry, type StoreEntry } from '../support/store-entries.ts'

const model = (id: bigint, modelVersion: string) =>
  modelEntry(id, { modelVersion, verificationSha256: sha256Of(`${id}`) })
const adapter = (id: string, fields: Parameters<typeof adapterEntry>[1] = {}) =>
  adapterEntry(id, { checksum: sha256Of(id), compatibleModelVersions: ['1.0.0'], ...fields })

async function planFrom(store: MemoryStore, raw: RawRequest) {
  const request = aRequest(raw)
  return plan(request, await readSnapshot(provenReader(store), request))
}

async function planBelieved(entries: readonly StoreEntry[], raw: RawRequest) {
  const request = aRequest(raw)
  return plan(request, await readSnapshot(believedReader({ entries }), request))
}

describe('domain:<name>', () => {
  const entries = [
    model(0n, '1.0.0'),
    adapter('coder', { domain: 'code', targetModules: ['q'] }),
    adapter('reviewer', { domain: 'code', targetModules: ['k'] }),
    adapter('future', { domain: 'code', compatibleModelVersions: ['2.0.0'] }),
    adapter('retired', { domain: 'code', status: 'revoked' }),
    adapter('lawyer', { domain: 'law' }),
  ]
  const raw = { adapters: ['domain:code'] }
  const adaptersOf = (result: Awaited<ReturnType<typeof planFrom>>) =>
    result.artifacts.filter(({ kind }) => kind === 'adapter').map(({ id }) => id)

  it('brings the active adapters of the domain that fit the model', async () => {
    const result = await planFrom({ entries }, raw)
    expect(codesOf(result.problems)).toEqual([])
    expect(adaptersOf(result)).toEqual(['coder', 'reviewer'])
    expect(result.notices.join()).toContain('Approved adapters of the domain code for 1.0.0: 2, in a listing')
  })

  it('brings an adapter once that is named too, and holds that one to what was asked', async () => {
    const result = await planFrom({ entries }, { adapters: ['domain:code', 'reviewer', 'future'] })
    expect(adaptersOf(result)).toEqual(['reviewer', 'future', 'coder'])
    expect(codesOf(result.problems)).toEqual(['ADAPTER_INCOMPATIBLE'])
  })

  it('sees conflicts among its adapters', async () => {
    const more = [...entries, adapter('linter', { domain: 'code', targetModules: ['q'] })]
    expect(codesOf((await planFrom({ entries: more }, raw)).problems)).toEqual(['ADAPTER_CONFLICT'])
  })

  it('that has no adapter is refused, and the refusal is proven', async () => {
    const problem = onlyProblem(await planFrom({ entries }, { adapters: ['domain:chess'] }))
    expect(problem.code).toBe('ADAPTER_NOT_APPROVED')
    expect(problem.message).toContain(
      'no approved adapter for 1.0.0 on remes-testnet-1 at height 100, which is proven.',
    )
    expect(problem.message).toContain('Approved adapters for 1.0.0: coder, lawyer, reviewer.')
  })

  it('is unprovable from a listing that left out entries', async () => {
    const problem = onlyProblem(await planFrom({ entries, incomplete: ['adp_'] }, raw))
    expect(problem.code).toBe('UNPROVABLE')
    expect(problem.message).toContain('`code`')
  })

  it('is believed with a notice where an endpoint is', async () => {
    const result = await planBelieved(entries, raw)
    expect(codesOf(result.problems)).toEqual([])
    expect(result.notices.join()).toContain('some of its adapters may be missing')
  })

  it('refuses members whose ids no file could have, and never prints those', async () => {
    const hostile = adapter('##[error]x', { domain: 'code' })
    const problem = onlyProblem(await planFrom({ entries: [...entries, hostile] }, raw))
    expect(problem.code).toBe('ID_UNSAFE')
    expect(problem.message).not.toContain('##')
  })

  it('says how many records nobody could read, whatever their domain is', async () => {
    const broken = [Buffer.from('adp_broken'), Buffer.from([0xff])] as const
    const result = await planFrom({ entries: [...entries, broken] }, raw)
    expect(codesOf(result.problems)).toEqual([])
    expect(result.notices.join()).toContain('1 malformed adapter records could not be looked at')
  })

  it('is not looked at twice when the model is not approved', async () => {
    const result = await planFrom({ entries }, { ...raw, modelVersion: '9.0.0' })
    expect(codesOf(result.problems)).toEqual(['MODEL_NOT_APPROVED'])
  })
})
