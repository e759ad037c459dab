import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import { type RawInputs, readSettings } from '../../src/ensure/index.ts'
import { refusalOf } from '../support/registry.ts'

const rulesOf = (inputs: RawInputs) =>
  readSettings({ 'rpc-urls': 'https://rpc-a.example.org', ...inputs }, {}).prune

const NONE = { maxAge: undefined, maxSize: undefined, minFree: undefined, keepPopular: undefined }

describe('what the end of a job removes', () => {
  it('is nothing when nothing is asked for', () => {
    expect(rulesOf({})).toBeUndefined()
    expect(rulesOf({ 'prune-max-age': ' ', 'prune-keep-popular': '' })).toBeUndefined()
  })

  it.each([
    [{ 'prune-max-age': '30d' }, { maxAge: 30 * 86_400_000 }],
    [
      { 'prune-max-age': '36h', 'prune-keep-popular': '0' },
      { maxAge: 129_600_000, keepPopular: 0 },
    ],
    [{ 'prune-max-size': '200GB' }, { maxSize: 200e9 }],
    [
      { 'prune-min-free': '20GiB', 'prune-keep-popular': '5' },
      { minFree: 20 * 2 ** 30, keepPopular: 5 },
    ],
  ])('reads %j', (inputs, rules) => {
    expect(rulesOf(inputs)).toEqual({ ...NONE, ...rules })
  })

  it.each([
    { 'prune-max-age': '30' },
    { 'prune-max-age': '30s' },
    { 'prune-max-age': '11000d' },
    { 'prune-max-size': 'all' },
    // Bytes, or gigabytes? A store that is pruned to 200 bytes is empty.
    { 'prune-max-size': '200' },
    { 'prune-min-free': '0' },
    { 'prune-min-free': '-1GB' },
    { 'prune-max-age': '30d', 'prune-keep-popular': '-1' },
    { 'prune-max-age': '30d', 'prune-keep-popular': 'ten' },
  ])('refuses %j', (inputs) => {
    expect(refusalOf(() => rulesOf(inputs)).code).toBe('INPUT_INVALID')
  })

  it('says of an age of 0 that it is too small, not that it is no age', () => {
    expect(refusalOf(() => rulesOf({ 'prune-max-age': '0d' })).message).toContain('must lie between')
  })

  it('has to be asked for: what stays alone says nothing', () => {
    const refusal = refusalOf(() => rulesOf({ 'prune-keep-popular': '3' }))
    expect(refusal).toBeInstanceOf(R3mesError)
    expect(refusal.message).toContain('Set `prune-max-age`')
  })
})
