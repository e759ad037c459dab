import { describe, expect, it } from 'vitest'
import type { Place } from '../../src/core/index.ts'
import type { Network } from '../../src/transfer/index.ts'
import { aWantedFile, someSources, urlsOf } from '../support/sources.ts'
import { aNetwork } from '../support/transfer.ts'

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'

function hubPlace(more: Partial<Extract<Place, { kind: 'huggingface' }>> = {}): Place {
  return {
    kind: 'huggingface',
    repoType: 'model',
    repo: 'r3mes/model',
    revision: 'main',
    path: 'model.gguf',
    ...more,
  }
}

describe('the HuggingFace source', () => {
  const hub = (endpoint: string) =>
    someSources({ order: ['huggingface'], huggingface: { endpoint: new URL(endpoint) } })[0]

  it('asks the endpoint for the resolved file, with each part encoded', async () => {
    const file = aWantedFile({
      places: [
        hubPlace(),
        hubPlace({ repoType: 'dataset', revision: 'refs/pr/1', path: 'data/a b#1?.jsonl' }),
      ],
    })
    expect(await urlsOf(hub('https://hub.example/base/'), file)).toEqual([
      'https://hub.example/base/r3mes/model/resolve/main/model.gguf',
      'https://hub.example/base/datasets/r3mes/model/resolve/refs%2Fpr%2F1/data/a%20b%231%3F.jsonl',
    ])
  })

  it.each([
    { repo: '../api' },
    { repo: 'r3mes//x' },
    { path: '../../other/secret' },
    { path: 'a/./b' },
    { path: '' },
    { revision: '..' },
  ])('does not let a record lead elsewhere on the hub: %j', async (part) => {
    expect(await urlsOf(hub('https://hub.example'), aWantedFile({ places: [hubPlace(part)] }))).toEqual([])
  })

  it('gives the token to its own origins only, and none when there is none', async () => {
    const file = aWantedFile({ places: [hubPlace(), { kind: 'http', url: 'https://hub.example/x' }] })
    const sources = someSources({
      order: ['huggingface', 'http'],
      huggingface: { endpoint: new URL('https://hub.example'), token: 'hf_secret' },
    })
    const origins = (await Promise.all(sources.map((source) => source.origins(file)))).flat()
    expect(origins.map(({ headers }) => headers)).toEqual([{ authorization: 'Bearer hf_secret' }, undefined])
    const anonymous = await hub('https://hub.example')?.origins(file)
    expect(anonymous?.[0]).not.toHaveProperty('headers')
  })
})

describe('the IPFS source', () => {
  it("asks every gateway for the file of its own CID first, then for the record's places", async () => {
    const file = aWantedFile({
      cid: CID,
      places: [
        { kind: 'ipfs', cid: CID, path: '' },
        { kind: 'ipfs', cid: CID, path: 'data/a b' },
        { kind: 'ipfs', cid: CID, path: '../x' },
        { kind: 'ipfs', cid: '../../api', path: '' },
      ],
    })
    const [ipfs] = someSources({
      order: ['ipfs'],
      ipfs: { gateways: [new URL('https://one.example/'), new URL('https://two.example/gw')] },
    })
    expect(await urlsOf(ipfs, file)).toEqual([
      `https://one.example/ipfs/${CID}`,
      `https://one.example/ipfs/${CID}/data/a%20b`,
      `https://two.example/gw/ipfs/${CID}`,
      `https://two.example/gw/ipfs/${CID}/data/a%20b`,
    ])
  })

  it('reads localhost in a gateway as 127.0.0.1', async () => {
    const [ipfs] = someSources({ order: ['ipfs'], ipfs: { gateways: [new URL('http://LocalHost:8080')] } })
    expect(await urlsOf(ipfs, aWantedFile({ cid: CID }))).toEqual([`http://127.0.0.1:8080/ipfs/${CID}`])
  })

  /** A network that counts what is probed; whether something answers is the test's choice. */
  function probed(answer: boolean): { network: Network; probes: string[] } {
    const probes: string[] = []
    const network: Network = {
      ...aNetwork(),
      answers: async (url) => {
        probes.push(url.href)
        return answer
      },
    }
    return { network, probes }
  }

  it.each([
    [true, ['http://127.0.0.1:8080', 'https://ipfs.io', 'https://dweb.link']],
    [false, ['https://ipfs.io', 'https://dweb.link']],
  ])(
    'asks a node on this machine before the public ones if it answers (%s), and probes it once',
    async (answer, hosts) => {
      const { network, probes } = probed(answer)
      const [ipfs] = someSources({ order: ['ipfs'], ipfs: {}, network })
      await urlsOf(ipfs, aWantedFile())
      expect(probes).toEqual([])
      const both = await Promise.all([
        urlsOf(ipfs, aWantedFile({ cid: CID })),
        urlsOf(ipfs, aWantedFile({ cid: CID })),
      ])
      expect(both[0]).toEqual(hosts.map((host) => `${host}/ipfs/${CID}`))
      expect(both[1]).toEqual(both[0])
      expect(probes).toEqual(['http://127.0.0.1:8080/'])
    },
  )
})

describe('the HTTP source', () => {
  const mirrored = (...mirrors: string[]) => someSources({ order: ['http'], http: { mirrors } })[0]

  it('fills templates in, encoded, and asks mirrors before the URLs of the record', async () => {
    const file = aWantedFile({
      cid: CID,
      mirrorPath: 'data/a b.jsonl',
      places: [
        { kind: 'http', url: 'https://recorded.example/x?y=1' },
        { kind: 'http', url: 'no url' },
      ],
    })
    const source = mirrored(
      'https://m.example/{sha256}',
      'https://m.example/?p={path}',
      'http://m.example:81/{cid}/{path}',
    )
    expect(await urlsOf(source, file)).toEqual([
      `https://m.example/${file.sha256}`,
      'https://m.example/?p=data/a%20b.jsonl',
      `http://m.example:81/${CID}/data/a%20b.jsonl`,
      'https://recorded.example/x?y=1',
    ])
    const origins = await source?.origins(file)
    expect(origins?.map((origin) => origin.configured ?? false)).toEqual([true, true, true, false])
  })

  it('skips templates that need what the file lacks', async () => {
    const source = mirrored(
      'https://m.example/{cid}',
      'https://m.example/{path}',
      'https://m.example/{sha256}',
    )
    const file = aWantedFile({ mirrorPath: '' })
    expect(await urlsOf(source, file)).toEqual([`https://m.example/${file.sha256}`])
  })

  it('does not let a path climb out of the template', async () => {
    expect(await urlsOf(mirrored('https://m.example/a/{path}'), aWantedFile({ mirrorPath: '../b' }))).toEqual(
      [],
    )
  })

  it.each([
    'https://m.example/file',
    'https://m.example/{name}',
    'https://{sha256}.m.example/x',
    'https://{cid}/x',
    'https://u:p@m.example/{sha256}',
    'ftp://m.example/{sha256}',
    '{sha256}',
  ])('refuses the template %s', (template) => {
    expect(() => mirrored(template)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }))
  })
})

describe('createSources', () => {
  it('keeps the order of the user and leaves out what was not named', () => {
    const names = (order: Parameters<typeof someSources>[0]) => someSources(order).map(({ name }) => name)
    expect(names({ order: ['http', 'huggingface'] })).toEqual(['http', 'huggingface'])
  })

  it('has a cache only where there is one', () => {
    const cache = { name: 'cache', origins: async () => [] } as const
    expect(someSources({ order: ['cache', 'http'] }).map(({ name }) => name)).toEqual(['http'])
    expect(someSources({ order: ['cache', 'http'], cache }).map(({ name }) => name)).toEqual([
      'cache',
      'http',
    ])
  })

  it('refuses a source that is named twice', () => {
    expect(() => someSources({ order: ['http', 'http'] })).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    )
  })
})
