import { expect, it } from 'vitest'
import type { TransferProgress } from '../../src/core/index.ts'
import { ProgressLines } from '../../src/ensure/index.ts'

function at(bytes: number, changes: Partial<TransferProgress> = {}): TransferProgress {
  return { subject: 'model 1.0.0: model.gguf', source: 'http', bytes, total: 1e9, done: false, ...changes }
}

it('says nothing of a transfer that ends within five seconds and 100 MB', () => {
  const lines = new ProgressLines()
  expect(lines.line(at(0), 0)).toBeUndefined()
  expect(lines.line(at(90e6), 4_900)).toBeUndefined()
  expect(lines.line(at(95e6, { done: true }), 4_990)).toBeUndefined()
})

it('prints a line after five seconds, with share, rate and time left', () => {
  const lines = new ProgressLines()
  lines.line(at(0), 0)
  expect(lines.line(at(50e6), 5_000)).toBe(
    'model 1.0.0: model.gguf: 50.0 MB of 1.00 GB (5 %) from http, 10.0 MB/s, 95 s left',
  )
  expect(lines.line(at(60e6), 9_000)).toBeUndefined()
})

it('prints a line after 100 MB, however fast they came', () => {
  const lines = new ProgressLines()
  lines.line(at(0), 0)
  expect(lines.line(at(100e6), 100)).toContain('100 MB of 1.00 GB (10 %)')
  expect(lines.line(at(199e6), 200)).toBeUndefined()
  expect(lines.line(at(200e6), 300)).toContain('200 MB')
})

it('prints what comes from the store by time alone: it is read faster than anybody could read lines', () => {
  const lines = new ProgressLines()
  lines.line(at(0, { source: 'store' }), 0)
  expect(lines.line(at(900e6, { source: 'store' }), 4_999)).toBeUndefined()
  expect(lines.line(at(950e6, { source: 'store' }), 5_000)).toContain('950 MB of 1.00 GB (95 %) from store')
})

it('shows bytes alone when nobody knows the size', () => {
  const lines = new ProgressLines()
  const { total: _total, ...unsized } = at(0)
  lines.line(unsized, 0)
  expect(lines.line({ ...unsized, bytes: 100e6 }, 1_000)).toBe(
    'model 1.0.0: model.gguf: 100 MB from http, 100 MB/s',
  )
})

it('starts over when another source starts over', () => {
  const lines = new ProgressLines()
  lines.line(at(0), 0)
  lines.line(at(100e6), 1_000)
  expect(lines.line(at(1e6, { source: 'ipfs' }), 1_100)).toBeUndefined()
  expect(lines.line(at(99e6, { source: 'ipfs' }), 1_200)).toBeUndefined()
  expect(lines.line(at(101e6, { source: 'ipfs' }), 1_300)).toContain('from ipfs')
})

it('keeps transfers apart', () => {
  const lines = new ProgressLines()
  lines.line(at(0), 0)
  lines.line(at(0, { subject: 'adapter coder: coder.pt' }), 4_000)
  expect(lines.line(at(1e6, { subject: 'adapter coder: coder.pt' }), 5_000)).toBeUndefined()
  expect(lines.line(at(1e6), 5_000)).toContain('model 1.0.0')
})
