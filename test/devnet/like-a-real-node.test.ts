import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { CHAIN_BUILD_MS, goIsThere, type RealChain, realChain } from '../support/real-chain.ts'

const ENTRIES = ['adp_a', 'adp_c'].map((key) => [Buffer.from(key), Buffer.from(`of ${key}`)] as const)

type Params = Readonly<Record<string, unknown>> | readonly unknown[]
const call = (method: string, params?: Params) => ({ jsonrpc: '2.0', id: 1, method, params })
const read =
  (key: string, more: object = {}) =>
  (height: bigint) =>
    call('abci_query', {
      path: '/store/remes/key',
      data: Buffer.from(key).toString('hex'),
      height: String(height),
      prove: true,
      ...more,
    })
const at = (method: string) => (height: bigint) => call(method, { height: String(height) })

/** A query method that each of the two chains has. */
const QUERY = { real: '/cosmos.staking.v1beta1.Query/', devnet: '/remes.remes.v1.Query/' }

/** What a node is asked, given a height below its newest one. */
const QUESTIONS: Readonly<Record<string, (height: bigint, query: string) => unknown>> = {
  'a commit': at('commit'),
  'the newest commit': () => call('commit', {}),
  'a commit without a height, as null': () => call('commit', { height: null }),
  'a commit by position': (height) => call('commit', [String(height)]),
  'a commit with too many parameters': () => call('commit', ['5', '6']),
  'a commit with parameters that are none': () => ({ ...call('commit'), params: 'x' }),
  'a commit of the future': () => call('commit', { height: '99999999' }),
  'a commit of height zero': () => call('commit', { height: '0' }),
  'a commit of a negative height': () => call('commit', { height: '-3' }),
  'a commit of a height that is a number': () => call('commit', { height: 5 }),
  'a commit of a height that is a word': () => call('commit', { height: 'abc' }),
  'a commit of a height beyond 64 bits': () => call('commit', { height: '99999999999999999999' }),
  'a block': at('block'),
  'a header': at('header'),
  validators: at('validators'),
  'validators of the future': () => call('validators', { height: '99999999' }),
  'a page of validators that is not there': () => call('validators', { page: '9' }),
  'page zero of validators': () => call('validators', { page: '0' }),
  'a page whose number is a number': () => call('validators', { page: 1 }),
  'the status': () => call('status', {}),
  'its health': () => call('health', {}),
  'nothing that it knows': () => call('broadcast_nothing', {}),
  'no method': () => ({ jsonrpc: '2.0', id: 1, params: {} }),
  'a proven entry': read('adp_a'),
  'a proven absence': read('adp_b'),
  'an entry without proof': read('adp_a', { prove: false }),
  'an absence without proof': read('adp_b', { prove: false }),
  'an entry of the newest state': read('adp_a', { height: '0' }),
  'a proven entry of the future': read('adp_a', { height: '99999999' }),
  'an entry of the future': read('adp_a', { height: '99999999', prove: false }),
  'a proven entry of height 1': read('adp_a', { height: '1' }),
  'a proven entry of a negative height': read('adp_a', { height: '-1' }),
  'an entry of a negative height': read('adp_a', { height: '-1', prove: false }),
  'an entry without a key, proven': read(''),
  'an entry without a key': read('', { prove: false }),
  'an entry of an unknown store': read('a', { path: '/store/nowhere/key' }),
  'an entry of no store': read('a', { path: '/store' }),
  'a store in an unknown way': read('a', { path: '/store/remes/iterate' }),
  'a store in no way': read('a', { path: '/store/remes' }),
  'an unknown path': read('a', { path: '/nothing' }),
  'a key that is not hex': read('a', { data: '0x61' }),
  'a key of half a byte': read('a', { data: 'abc' }),
  'a path that is a number': read('a', { path: 7 }),
  'a proof that is a word': read('a', { prove: 'yes' }),
  'a listing': read('adp_', { path: '/store/remes/subspace' }),
  'a listing of the future': read('adp_', { path: '/store/remes/subspace', height: '99999999' }),
  'a listing of everything': read('', { path: '/store/remes/subspace' }),
  'a query of the future': (_height, path) =>
    call('abci_query', { path, data: '', height: '99999999', prove: false }),
  'a query of a negative height': (_height, path) =>
    call('abci_query', { path, data: '', height: '-1', prove: false }),
  'a query of height 1 with a proof': (_height, path) =>
    call('abci_query', { path, data: '', height: '1', prove: true }),
  'an unknown query': (_height, path) => call('abci_query', { path: `${path}Not`, data: '', prove: false }),
  'a batch of one': () => [call('health', {})],
  'a batch of nothing': () => [],
  'a batch of eleven': () => Array.from({ length: 11 }, () => call('health', {})),
  'a notification': () => ({ jsonrpc: '2.0', method: 'status', params: {} }),
}

async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const text = await response.text()
  return { status: response.status, form: text === '' ? '' : formOf(JSON.parse(text)) }
}

/** Errors as they are but for heights, everything else by its form. */
function formOf(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [formOf(value[0])]
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, within]) => [key, formOf(within, key)]))
  }
  if (typeof value !== 'string') return value
  if (['codespace', 'type'].includes(name)) return value
  if (['log', 'message', 'data'].includes(name) && (value === '' || value.includes(' '))) {
    return value.replace(/\b(?:height|lowest height is) \d+\b/g, 'height H')
  }
  // An error's height is 0, an answer's is not.
  if (/^-?\d+$/.test(value)) return name === 'height' && value === '0' ? value : 'a number'
  if (/^(?:[0-9A-F]{2})+$/.test(value)) return `${value.length} hex digits`
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? 'a time' : 'text'
}

describe.skipIf(!goIsThere())('a node of the devnet', () => {
  let chain: RealChain
  let devnet: Devnet
  beforeAll(async () => {
    chain = await realChain({ registry: ENTRIES })
    await chain.reach(6n)
    devnet = await startDevnet({ sample: false, validators: 1 })
    for (const [key, value] of ENTRIES) devnet.setRecord(key, value)
  }, CHAIN_BUILD_MS)
  afterAll(async () => {
    await devnet?.close()
    await chain?.close()
  })

  it.each(Object.entries(QUESTIONS))('answers as a real one when it is asked for %s', async (_name, ask) => {
    const real = await post(chain.rpcUrls[0] ?? '', ask(5n, `${QUERY.real}Params`))
    const own = await post(devnet.urls.rpc, ask(devnet.height - 1n, `${QUERY.devnet}GetGlobalModelState`))
    expect(own).toEqual(real)
  })
})
