import { expect, it } from 'vitest'
import { aManager, aModelHost, hexOf, safetensors } from '../support/volume.ts'

it('tells of each model whether it was there, and how long it took', async () => {
  const host = await aModelHost()
  const bytes = safetensors()
  const { manager, reporter } = await aManager({ hosts: [host] })
  const detail = { name: 'detail', url: host.serve('/detail', bytes), hash: hexOf(bytes) }
  await manager.prepareModelsForRequest(null, [detail])
  await manager.prepareModelsForRequest(null, [detail])
  const told = reporter.lines.filter(({ level }) => level === 'debug').map(({ text }) => text)
  expect(told).toEqual([
    expect.stringMatching(/^lora detail was brought, checked after \d+\.\d{3} s\.$/),
    expect.stringMatching(/^lora detail was there, checked after \d+\.\d{3} s\.$/),
  ])
})
