/** How a real chain behaves, seen by a client that is not ours. What the light client expects of nodes is stated here. */
import { once } from 'node:events'
import { connect } from 'node:http2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withCometClient } from '../support/comet-client.ts'
import { callNode, internalError, post, readStore } from '../support/node-answers.ts'
import { CHAIN_BUILD_MS, goIsThere, type RealChain, realChain } from '../support/real-chain.ts'
import { adapterEntry } from '../support/store-entries.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const base64 = (content: Uint8Array): string => Buffer.from(content).toString('base64')

describe.skipIf(!goIsThere())('a real chain of one validator (needs Go)', () => {
  const [key, value] = adapterEntry('coder')
  let chain: RealChain
  let url: string
  beforeAll(async () => {
    chain = await realChain({
      chainId: 'remes-real-1',
      registry: [[key, value], adapterEntry('writer'), [bytes('ad_'), new Uint8Array()]],
      groupMetadata: 'r3mes-registry:v1;test',
      unbondingSeconds: 3600,
    })
    url = chain.rpcUrls[0] ?? ''
  }, CHAIN_BUILD_MS)
  afterAll(() => chain?.close())

  it('is CometBFT 0.38 with its own chain id', async () => {
    const status = await withCometClient(url, (client) => client.status())
    expect(status.nodeInfo.network).toBe('remes-real-1')
    expect(status.nodeInfo.version).toMatch(/^0\.38\./)
  })

  it('signs its headers with the key it announces', async () => {
    const height = Number(await chain.advance(1))
    const { commit, validators } = await withCometClient(url, async (client) => ({
      commit: await client.commit(height - 1),
      validators: (await client.validatorsAll(height - 1)).validators,
    }))
    const announced = chain.validators.map(({ address }) => address)
    expect(validators.map(({ address }) => Buffer.from(address).toString('hex').toUpperCase())).toEqual(
      announced,
    )
    expect(commit.commit.signatures).toHaveLength(1)
    expect(commit.commit.signatures[0]?.blockIdFlag).toBe(2)
  })

  it('leaves the app version out of headers where it is 0', async () => {
    const { body } = await callNode(url, 'commit', { height: '2' })
    const { result } = body as { result: { signed_header: { header: { version: unknown } } } }
    expect(result.signed_header.header.version).toEqual({ block: '11' })
  })

  it('calls the commit of its tip not canonical yet, over a header that stays', async () => {
    interface Commit {
      readonly canonical: boolean
      readonly signed_header: { readonly header: { readonly height: string } }
    }
    const commitOf = async (params: object) =>
      ((await callNode(url, 'commit', params)).body as { readonly result: Commit }).result
    const tip = await commitOf({})
    const { height } = tip.signed_header.header
    expect(tip.canonical).toBe(false)
    await chain.reach(BigInt(height) + 1n)
    const later = await commitOf({ height })
    expect(later.canonical).toBe(true)
    expect(later.signed_header.header).toEqual(tip.signed_header.header)
  })

  it('proves a record with one IAVL and one multistore proof', async () => {
    const answer = await withCometClient(url, (client) =>
      client.abciQuery({ path: '/store/remes/key', data: key, prove: true }),
    )
    expect(answer.value).toEqual(new Uint8Array(value))
    expect(answer.proof?.ops.map(({ type, key }) => [type, Buffer.from(key).toString()])).toEqual([
      ['ics23:iavl', 'adp_coder'],
      ['ics23:simple', 'remes'],
    ])
  })

  it('answers a read without a proof with proofOps null', async () => {
    expect(await readStore(url, { key })).toMatchObject({ code: 0, value: base64(value), proofOps: null })
  })

  it('answers what it does not hold with value null, and an empty value with empty text', async () => {
    expect(await readStore(url, { key: bytes('nothing'), prove: true })).toMatchObject({
      code: 0,
      value: null,
    })
    expect(await readStore(url, { key: bytes('ad_'), prove: true })).toMatchObject({ code: 0, value: '' })
  })

  it('shows an approved record at its height and not before, and a revoked one no more', async () => {
    const [key, value] = adapterEntry('added')
    const approved = await chain.approve(key, value)
    const at = (height: bigint) => readStore(url, { key, height, prove: true })
    expect(await at(approved)).toMatchObject({ height: String(approved), value: base64(value) })
    expect(await at(approved - 1n)).toMatchObject({ value: null })
    const revoked = await chain.revoke(key)
    expect(await at(revoked)).toMatchObject({ value: null })
    expect(await at(revoked - 1n)).toMatchObject({ value: base64(value) })
  })

  it('answers a subspace from its newest state, whatever the height asked, and never with a proof', async () => {
    const [key, value] = adapterEntry('newest')
    const height = await chain.approve(key, value)
    const subspace = (at: bigint) =>
      readStore(url, { key: bytes('adp_new'), subpath: 'subspace', height: at, prove: true })
    const now = await subspace(height)
    expect(now).toMatchObject({ code: 0, proofOps: null, value: expect.stringMatching(/./) })
    const { value: listed } = now as { value: string }
    expect(await subspace(height - 1n)).toMatchObject({ height: String(height - 1n), value: listed })
    expect(await subspace(height + 1000n)).toMatchObject({ height: String(height + 1000n), value: listed })
  })

  it('answers a read at a future height as if it held nothing, with a line in the log', async () => {
    const height = (await chain.height()) + 1000n
    expect(await readStore(url, { key, height })).toEqual({
      code: 0,
      log: 'version does not exist',
      info: '',
      index: '0',
      key: base64(key),
      value: null,
      proofOps: null,
      height: String(height),
      codespace: '',
    })
    expect(await readStore(url, { key, height, prove: true })).toMatchObject({
      code: 7,
      codespace: 'store',
      log: 'proof is unexpectedly empty; ensure height has not been pruned: invalid request',
      height: '0',
    })
  })

  it('proves nothing at height 1', async () => {
    expect(await readStore(url, { key, height: 1n, prove: true })).toMatchObject({
      code: 18,
      codespace: 'sdk',
      log: 'cannot query with proof when height <= 1; please provide a valid height: invalid request',
    })
  })

  it('names what is wrong with an unknown store and an empty key', async () => {
    expect(await readStore(url, { store: 'nope', key, prove: true })).toMatchObject({
      code: 4,
      codespace: 'store',
      log: 'no such store: nope: unknown request',
    })
    expect(await readStore(url, { key: new Uint8Array(), prove: true })).toMatchObject({ code: 7 })
  })

  it('has a commit up to the tip and validators up to one above it', async () => {
    const far = (await chain.height()) + 1000n
    const refusal = /^height \d+ must be less than or equal to the current blockchain height \d+$/
    for (const method of ['commit', 'validators', 'block']) {
      expect(await callNode(url, method, { height: String(far) })).toEqual(
        internalError(expect.stringMatching(refusal)),
      )
    }
    const tip = await chain.height()
    const { body } = await callNode(url, 'validators', { height: String(tip + 1n) })
    expect(body).toMatchObject({ result: { block_height: String(tip + 1n), count: '1', total: '1' } })
  })

  it('refuses height 0 in words of its own', async () => {
    expect(await callNode(url, 'commit', { height: '0' })).toEqual(
      internalError('height must be greater than 0, but got 0'),
    )
  })

  it('refuses a page of validators that is not there', async () => {
    for (const page of ['0', '2']) {
      expect(await callNode(url, 'validators', { height: '2', page, per_page: '100' })).toEqual(
        internalError(`page should be within [1, 1] range, given ${page}`),
      )
    }
  })

  it('answers a batch of ten, in order, and refuses eleven with one error that has no id', async () => {
    const batch = (size: number) =>
      Array.from({ length: size }, (_, id) => ({ jsonrpc: '2.0', id, method: 'health', params: {} }))
    expect(await post(url, batch(10))).toEqual({
      status: 200,
      body: Array.from({ length: 10 }, (_, id) => ({ jsonrpc: '2.0', id, result: {} })),
    })
    expect(await post(url, batch(11))).toEqual({
      status: 200,
      body: {
        jsonrpc: '2.0',
        error: {
          code: -32600,
          message: 'Invalid Request',
          data: 'batch request exceeds maximum (10) allowed number of requests',
        },
      },
    })
  })

  it('answers each call of a batch for itself', async () => {
    const calls = ['health', 'nope'].map((method, id) => ({ jsonrpc: '2.0', id, method, params: {} }))
    expect(await post(url, calls)).toEqual({
      status: 200,
      body: [
        { jsonrpc: '2.0', id: 0, result: {} },
        { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } },
      ],
    })
  })

  it("holds x/staking's parameters at 0x51, provable", async () => {
    const answer = await readStore(url, { store: 'staking', key: Uint8Array.of(0x51), prove: true })
    // Field 1, a Duration of 3600 seconds: 0a 03 08 90 1c.
    const { value } = answer as { value: string }
    expect(Buffer.from(value, 'base64').subarray(0, 5).toString('hex')).toBe('0a0308901c')
  })

  it('holds a group whose admin is its own policy', async () => {
    const id = Buffer.alloc(8)
    id.writeBigUInt64BE(1n)
    const group = (await readStore(url, {
      store: 'group',
      key: Buffer.concat([Uint8Array.of(0, 0), id]),
      prove: true,
    })) as { value: string }
    const info = Buffer.from(group.value, 'base64')
    const admin = info.toString('latin1').match(/remes1[a-z0-9]{58}/)?.[0]
    expect(info.includes('r3mes-registry:v1;test')).toBe(true)
    expect(admin).toBeDefined()
    const policies = (await readStore(url, {
      store: 'group',
      key: Uint8Array.of(0x20, 0x00, 0x20),
      subpath: 'subspace',
    })) as { value: string }
    expect(
      Buffer.from(policies.value, 'base64')
        .toString('latin1')
        .split(admin ?? '?'),
    ).toHaveLength(3)
  })

  it('serves gRPC on a port of its own', async () => {
    expect(await unaryCall(chain.grpcUrl, '/cosmos.base.tendermint.v1beta1.Service/GetNodeInfo')).toContain(
      'remes-real-1',
    )
  })
})

/** The answer to a gRPC call with an empty request, as text. */
async function unaryCall(url: string, path: string): Promise<string> {
  const session = connect(url)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    // One message: not compressed, no bytes.
    stream.end(Buffer.alloc(5))
    await once(stream, 'end')
    return Buffer.concat(chunks).toString('latin1')
  } finally {
    session.close()
  }
}

describe.skipIf(!goIsThere())('a real chain that holds nothing (needs Go)', () => {
  it(
    'answers an absence with a proof that names no neighbour',
    async () => {
      await using chain = await realChain()
      const [url = ''] = chain.rpcUrls
      const key = bytes('adp_coder')
      const answer = (await readStore(url, { key, prove: true })) as {
        readonly value: null
        readonly proofOps: { readonly ops: readonly { readonly data: string }[] }
      }
      expect(answer.value).toBeNull()
      // CommitmentProof { nonexist { key } }
      const nonexist = Buffer.concat([Uint8Array.of(0x12, 11, 0x0a, 9), key])
      expect(answer.proofOps.ops[0]?.data).toBe(base64(nonexist))
    },
    CHAIN_BUILD_MS,
  )
})
