import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { drawsOver } from '../../src/cli/manner.ts'
import { type Manner, TerminalReporter } from '../../src/cli/terminal-reporter.ts'
import type { TransferProgress } from '../../src/core/index.ts'

/** A stream that claims to be a terminal, or not, and keeps what was written. */
function aStream(isTTY: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = []
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120, rows: 40 })
  stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text))
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => chunks.join('') }
}

const BARS: Manner = { quiet: false, bars: true }
const LINES: Manner = { quiet: false, bars: false }

const event = (bytes: number, changes: Partial<TransferProgress> = {}): TransferProgress => ({
  subject: 'model 1.0.0: model.gguf',
  source: 'http',
  bytes,
  total: 4_000_000,
  done: false,
  ...changes,
})

it('loses no line on a terminal, before, while and after bars are there', async () => {
  const { stream, written } = aStream(true)
  const reporter = new TerminalReporter(stream, BARS)
  reporter.info('before')
  reporter.progress(event(1_000_000))
  reporter.info('while')
  reporter.progress(event(4_000_000, { done: true }))
  reporter.info('after')
  reporter.progress(event(1_000_000))
  reporter.warning('interrupted')
  reporter.close()
  reporter.info('at the end')
  const text = stripVTControlCharacters(written())
  for (const line of ['before', 'while', 'after', 'Warning: interrupted', 'at the end'])
    expect(text).toContain(line)
})

it('draws share, bytes, subject and source', () => {
  const { stream, written } = aStream(true)
  const reporter = new TerminalReporter(stream, BARS)
  reporter.progress(event(0))
  reporter.progress(event(1_000_000))
  reporter.close()
  expect(written()).toMatch(
    / {2}25 % {2}1\.00 MB of 4\.00 MB, [\d.]+ \wB\/s, [\d.]+ s left {2}model 1\.0\.0: model\.gguf from http/,
  )
})

it('shows no share where nobody knows the size', () => {
  const { stream, written } = aStream(true)
  const reporter = new TerminalReporter(stream, BARS)
  const { total: _unknown, ...unsized } = event(1_000_000)
  reporter.progress(unsized)
  reporter.close()
  expect(written()).toContain('1.00 MB  model 1.0.0: model.gguf from http')
  expect(written()).not.toContain('%')
})

it('writes plain lines where there is no terminal', () => {
  const { stream, written } = aStream(false)
  const reporter = new TerminalReporter(stream, LINES)
  reporter.progress(event(0, { total: 4e9 }))
  reporter.progress(event(200e6, { total: 4e9 }))
  reporter.info('done')
  expect(written()).toMatch(
    /^ {2}model 1\.0\.0: model\.gguf: 200 MB of 4\.00 GB \(5 %\) from http, .*\/s, .* left\n {2}done\n$/,
  )
})

it('makes what a network said harmless', () => {
  const { stream, written } = aStream(false)
  const reporter = new TerminalReporter(stream, LINES)
  reporter.info('\u001b]0;title\u0007 ##[error]x')
  expect(written()).toBe('  \\u001b]0;title\\u0007 #\\#[error]x\n')
})

it('says nothing at all when it is to be quiet', async () => {
  const { stream, written } = aStream(true)
  const reporter = new TerminalReporter(stream, { quiet: true, bars: true })
  await reporter.phase('Approvals', async () => reporter.info('one'))
  reporter.notice('two')
  reporter.warning('three')
  reporter.progress(event(1_000_000))
  reporter.close()
  expect(written()).toBe('')
})

it.each([
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['a terminal that a CI service records', true, { CI: 'true' }, false],
  ['a terminal where CI is said to be off', true, { CI: 'false' }, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
])('knows whether to draw bars on %s', (_what, isTTY, environment, bars) => {
  expect(drawsOver({ isTTY }, environment)).toBe(bars)
})
