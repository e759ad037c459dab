import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { INPUTS, type RawInputs, readSettings } from '../../../src/ensure/index.ts'
import { refusalOf } from '../../support/registry.ts'

const ONE = { 'rpc-urls': 'https://rpc-a.example.org' }
const TWO = { 'rpc-urls': 'https://rpc-a.example.org\nhttps://rpc-b.example.org' }
const HASH = '0123456789abcdef'.repeat(4)
const HOUR = 3_600_000

const trustOf = (inputs: RawInputs) => readSettings({ ...ONE, ...inputs }, {}).trust
const refusal = (inputs: RawInputs) => refusalOf(() => trustOf(inputs))

describe('the trust inputs', () => {
  it('have these defaults', () => {
    expect(trustOf({})).toEqual({
      mode: 'auto',
      anchor: undefined,
      trustingPeriod: undefined,
      minWitnesses: 0,
      maxHeaderAge: HOUR,
      lockfile: { path: resolve('r3mes.lock'), named: false },
      frozen: 'auto',
      maxLockAge: undefined,
    })
  })

  it('want one witness as soon as there can be one', () => {
    expect(trustOf(TWO).minWitnesses).toBe(1)
    expect(trustOf({ ...TWO, 'min-witnesses': '0' }).minWitnesses).toBe(0)
  })

  it('have no variable in the environment: what is trusted stands where it is reviewed', () => {
    const names = [
      'trust',
      'trusted-height',
      'trusted-hash',
      'trusting-period',
      'min-witnesses',
      'max-header-age',
      'lockfile',
      'frozen',
      'max-lock-age',
    ]
    const specs = INPUTS.filter(({ name }) => names.includes(name))
    expect(specs).toHaveLength(names.length)
    expect(specs.filter((spec) => 'environment' in spec)).toEqual([])
  })

  it('read an anchor, in either case of its hash', () => {
    for (const hash of [HASH, HASH.toUpperCase()]) {
      expect(trustOf({ 'trusted-height': '1234567', 'trusted-hash': hash }).anchor).toEqual({
        height: 1234567n,
        hash: Buffer.from(HASH, 'hex'),
      })
    }
  })

  it.each([
    [{ 'trusted-height': '12' }, '`trusted-hash`'],
    [{ 'trusted-hash': HASH }, '`trusted-height`'],
  ])('refuse half an anchor: %o', (inputs, missing) => {
    expect(refusal(inputs)).toMatchObject({ code: 'INPUT_INVALID' })
    expect(refusal(inputs).message).toContain(missing)
  })

  it.each(['0', '-1', '010', '1.5', '1e3', '9223372036854775808', '99999999999999999999', '0x10', ' 1 2'])(
    'refuse the height %j',
    (height) => {
      expect(refusal({ 'trusted-height': height, 'trusted-hash': HASH })).toMatchObject({
        code: 'INPUT_INVALID',
        detail: height.trim(),
      })
    },
  )

  it.each([HASH.slice(1), `${HASH}0`, `0x${HASH}`, HASH.replace('0', 'g')])('refuse the hash %j', (hash) => {
    expect(refusal({ 'trusted-height': '5', 'trusted-hash': hash }).message).toContain('64 hexadecimal')
  })

  it.each([
    ['trust', 'relaxed'],
    ['frozen', 'yes'],
    ['trusting-period', '14'],
    ['trusting-period', '400d'],
    ['max-header-age', '0s'],
    ['max-header-age', '31d'],
    ['max-lock-age', 'never'],
    ['min-witnesses', '-1'],
    ['min-witnesses', '101'],
    ['lockfile', '~someone/r3mes.lock'],
  ])('refuse %s: %s, and name the input', (name, value) => {
    const error = refusal({ [name]: value })
    expect(error.code).toBe('INPUT_INVALID')
    expect(error.message).toContain(`\`${name}\``)
  })

  it('report every mistake at once', () => {
    const error = refusal({ trust: 'yes', frozen: 'no', 'max-header-age': 'x', 'trusted-height': '5' })
    expect(error.problems).toHaveLength(4)
  })

  it('know whether a lockfile was named', () => {
    expect(trustOf({ lockfile: 'locks/prod.lock' }).lockfile).toEqual({
      path: resolve('locks/prod.lock'),
      named: true,
    })
  })

  it('want no endpoint under `trust: lockfile`, and one under every other', () => {
    expect(readSettings({ trust: 'lockfile' }, {}).rpcUrls).toEqual([])
    expect(refusalOf(() => readSettings({ trust: 'rpc' }, {})).code).toBe('RPC_URL_MISSING')
  })
})
