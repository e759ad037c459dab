import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { readSettings } from '../../src/ensure/index.ts'
import { formatReceipt } from '../../src/ensure/receipt.ts'
import { expectHarmlessLog, HOSTILE } from '../support/hostile.ts'
import { aResult } from '../support/result.ts'

const settings = readSettings({ 'rpc-urls': 'http://127.0.0.1:26657' }, {})

describe('a receipt', () => {
  it('writes 64-bit numbers as text and times in UTC', () => {
    const receipt = JSON.parse(formatReceipt(settings, aResult(), new Date('2026-01-02T03:04:09Z')))
    expect(receipt).toMatchObject({
      version: 1,
      startedAt: '2026-01-02T03:04:05.000Z',
      finishedAt: '2026-01-02T03:04:09.000Z',
      chain: { height: '1199' },
    })
  })

  it('is not as long as hosts want it to be', () => {
    const said = 'x'.repeat(1_000_000)
    const error = new R3mesError('CHAIN_UNREACHABLE', 'No answer came. Try again.', { detail: said })
    const failures = Array.from({ length: 1_200 }, () => ({
      subject: 'model 1.0.0',
      source: 'http',
      origin: 'https://host.example.org',
      code: 'SOURCES_EXHAUSTED',
      reason: 'no',
    }))
    const text = formatReceipt(settings, aResult({ success: false, error, failures }), new Date())
    expect(text.length).toBeLessThan(1_000_000)
    const receipt = JSON.parse(text)
    expect(receipt.error.detail).toContain('983616 more characters')
    expect(receipt.failures).toHaveLength(1_000)
    expect(receipt.failuresLeftOut).toBe(200)
  })

  it('keeps what hosts said word for word, and can be printed in a workflow all the same', () => {
    const error = new R3mesError('CHAIN_UNREACHABLE', 'No answer came. Try again.', { detail: HOSTILE })
    const failed = aResult({ success: false, error, notices: [HOSTILE] })
    const text = formatReceipt(settings, failed, new Date())
    expectHarmlessLog(text)
    expect(JSON.parse(text)).toMatchObject({ error: { detail: HOSTILE }, notices: [HOSTILE] })
  })
})
