import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../src/core/index.ts'
import {
  AdapterRegistry,
  BlockchainClient,
  DatasetRegistry,
  DownloadManager,
  IPFSClient,
  ModelRegistry,
  UnifiedRegistry,
} from '../../src/library/index.ts'

const RPC = { rpcUrls: ['https://rpc.example.org'], environment: {} }

/** What a constructor or a call throws at once. */
function thrownBy(work: () => unknown): R3mesError {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof R3mesError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

/** Options as a program without a type checker gives them. */
const untyped = (options: unknown): object => Object(options)

const CLASSES = [
  BlockchainClient,
  ModelRegistry,
  AdapterRegistry,
  DatasetRegistry,
  UnifiedRegistry,
  DownloadManager,
  IPFSClient,
] as const

describe.each(CLASSES)('%o', (Class) => {
  it.each(['privateKey', 'private_key', 'mnemonic', 'seedPhrase'])(
    'refuses %s and never shows it',
    (name) => {
      const error = thrownBy(() => new Class(untyped({ ...RPC, [name]: 'hunter2' })))
      expect(error.code).toBe('PRIVATE_KEY_REFUSED')
      expect(`${error.message}${error.detail}${error.stack}`).not.toContain('hunter2')
    },
  )

  it('refuses an option that does not exist, and names the nearest', () => {
    const error = thrownBy(() => new Class(untyped({ enviroment: {} })))
    expect(error.code).toBe('INPUT_INVALID')
    expect(error.message).toContain('knows no `enviroment`. Did you mean `environment`?')
  })

  it.each(['constructor', '__proto__', 'toString', 'a\nb'])('knows no option %o', (name) => {
    const options = Object.fromEntries([[name, 1]])
    const error = thrownBy(() => new Class(untyped(options)))
    expect(error.code).toBe('INPUT_INVALID')
    expect(error.message).toMatch(/knows no (?:`\w+`|an option of that name)\. (?:It takes|Did you mean) /)
  })

  it.each([[['text']], ['text'], [null]])('refuses %o in place of options', (options) => {
    const error = thrownBy(() => Reflect.construct(Class, [options]))
    expect(error.message).toContain('takes its options as an object')
  })

  it('refuses an environment of other things than texts', () => {
    expect(thrownBy(() => new Class(untyped({ environment: { HOME: 1 } }))).message).toContain(
      '`environment`',
    )
  })
})

describe('what the Python registry took', () => {
  it.each([{ nodeUrl: 'localhost:9090' }, { node_url: 'localhost:9090' }, { grpcUrl: 'localhost:9090' }])(
    'is answered where it is not there yet: %o',
    (options) => {
      const { code, message } = thrownBy(() => new BlockchainClient(untyped(options)))
      expect(code).toBe('INPUT_INVALID')
      expect(message).toContain('gRPC is not there yet')
      expect(message).toContain('`rpcUrls`')
      expect(message).toContain('BLOCKCHAIN_RPC_URL')
    },
  )

  it('says what to set where the environment names the gRPC endpoint alone', () => {
    const environment = { BLOCKCHAIN_GRPC_URL: 'localhost:9090' }
    for (const Class of [BlockchainClient, UnifiedRegistry]) {
      const { code, message } = thrownBy(() => new Class({ environment }))
      expect(code).toBe('RPC_URL_MISSING')
      expect(message).toMatch(/BLOCKCHAIN_GRPC_URL is set, and gRPC is not there yet.*BLOCKCHAIN_RPC_URL/)
    }
  })

  it('is told to unset a pin that is a placeholder', () => {
    const environment = { BLOCKCHAIN_RPC_URL: 'https://rpc.example.org', R3MES_MODEL_IPFS_HASH: 'QmXXX...' }
    const { code, message } = thrownBy(() => new ModelRegistry({ environment }))
    expect([code, message]).toEqual([
      'INPUT_INVALID',
      expect.stringContaining('R3MES_MODEL_IPFS_HASH is no CID'),
    ])
    expect(message).toContain('unset it')
  })

  it('is found under its TypeScript name', () => {
    const { message } = thrownBy(() => new UnifiedRegistry(untyped({ ...RPC, auto_download: true })))
    expect(message).toContain('knows no `auto_download`. Did you mean `autoDownload`?')
  })

  it('says that the API of an IPFS node is not used yet', () => {
    const { message } = thrownBy(() => new IPFSClient(untyped({ apiUrl: 'http://localhost:5001' })))
    expect(message).toMatch(/not used yet.*`gateways`.*IPFS_GATEWAY/)
  })

  it('is told that a name and a version come by themselves', async () => {
    const registry = new ModelRegistry(RPC)
    const called = Reflect.apply(registry.downloadModel, registry, [{ modelVersion: '1.0.0' }])
    await expect(called).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('needs a version, such as `1.0.0`, as a text'),
    })
  })
})

describe('options', () => {
  const wrong: readonly (readonly [object, string])[] = [
    [{ rpcUrls: 'https://rpc.example.org' }, '`rpcUrls`'],
    [{ rpcUrls: [] }, '`rpcUrls`'],
    [{ rpcUrls: ['https://a.example.org\nhttps://b.example.org'] }, '`rpcUrls`'],
    [{ rpcUrls: ['http://rpc.example.org'] }, 'plain http'],
    [{ ...RPC, trust: 'blind' }, '`trust` must be one of'],
    [{ ...RPC, trustedHeight: 7.5 }, '`trustedHeight`'],
    [{ ...RPC, trustedHeight: 7 }, '`trusted-height` is set without `trusted-hash`'],
    [{ ...RPC, frozen: 'yes' }, '`frozen`'],
    [{ ...RPC, verifyOnLoad: 'no' }, '`verifyOnLoad`'],
    [{ ...RPC, autoDownload: 0 }, '`autoDownload`'],
    [{ ...RPC, sources: [] }, '`sources`'],
    [{ ...RPC, sources: ['ftp'] }, '`sources`'],
    [{ ...RPC, mirrors: ['https://mirror.example.org'] }, '`mirrors`'],
    [{ ...RPC, parallelDownloads: 0 }, '`parallel-downloads`'],
    [{ ...RPC, maxArtifactSize: -1 }, '`max-artifact-size`'],
    [{ ...RPC, home: 7 }, '`home`'],
    [{ ...RPC, reporter: {} }, '`reporter` of UnifiedRegistry has no method `phase`'],
    [{ ...RPC, signal: true }, '`signal`'],
    [{ ...RPC, currentModelVersion: 'none' }, '`currentModelVersion`'],
    [{ ...RPC, currentModelVersion: '' }, '`currentModelVersion`'],
    [{ ...RPC, blockchainClient: {} }, '`blockchainClient`'],
    [{ ...RPC, ipfsClient: 'http://127.0.0.1:8080' }, '`ipfsClient`'],
    [{ blockchainClient: new BlockchainClient(RPC), rpcUrls: RPC.rpcUrls }, 'chain options beside it'],
  ]

  it.each(wrong)('%o is refused at once', (options, words) => {
    const error = thrownBy(() => new UnifiedRegistry(untyped({ environment: {}, ...options })))
    expect(error.code).toBe('INPUT_INVALID')
    expect(error.message).toContain(words)
  })

  it('are named by the codes of their kind', () => {
    expect(thrownBy(() => new UnifiedRegistry({ environment: {} })).code).toBe('RPC_URL_MISSING')
    expect(thrownBy(() => new UnifiedRegistry({ ...RPC, loadedAdapters: ['../x'] })).code).toBe('ID_UNSAFE')
    expect(thrownBy(() => new UnifiedRegistry({ ...RPC, currentModelVersion: '1.0.0.0' })).code).toBe(
      'VERSION_INVALID',
    )
  })

  it('tell of every mistake at once', () => {
    const error = thrownBy(
      () => new UnifiedRegistry({ ...RPC, chainId: 'a b', parallelDownloads: 99, hfEndpoint: 'hub' }),
    )
    expect(error.problems).toHaveLength(3)
  })

  it('come before the environment', () => {
    const environment = { BLOCKCHAIN_RPC_URL: 'https://env.example.org', CHAIN_ID: 'env-1' }
    expect(new UnifiedRegistry({ environment }).chainId).toBe('env-1')
    expect(new UnifiedRegistry({ environment, chainId: 'typed-1' }).chainId).toBe('typed-1')
    const blockchainClient = new BlockchainClient({ ...RPC, chainId: 'client-1' })
    expect(new UnifiedRegistry({ environment, blockchainClient }).chainId).toBe('client-1')
    expect(new IPFSClient({ environment: { IPFS_GATEWAY: 'http://localhost:8080' } }).gateways).toEqual([
      'http://localhost:8080/',
    ])
  })
})

describe('arguments', () => {
  const registry = new UnifiedRegistry(RPC)
  const { models, adapters, datasets } = registry
  const wrong: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['a version that is none', () => models.downloadModel('1.0.0.0'), 'VERSION_INVALID'],
    ['the version none', () => models.downloadModel('none'), 'VERSION_INVALID'],
    ['an empty version', () => models.downloadModel(' '), 'INPUT_INVALID'],
    [
      'an unknown option of a call',
      () => models.downloadModel('1.0.0', untyped({ forced: true })),
      'INPUT_INVALID',
    ],
    [
      'force that is no boolean',
      () => models.downloadModel('1.0.0', untyped({ force: 'yes' })),
      'INPUT_INVALID',
    ],
    ['an adapter that leads elsewhere', () => adapters.checkCompatibility('../../x'), 'ID_UNSAFE'],
    ['a domain in place of an adapter', () => adapters.checkConflicts('domain:code'), 'ID_UNSAFE'],
    ['an adapter version that is none', () => adapters.downloadAdapter('coder@'), 'VERSION_INVALID'],
    ['no id', () => Reflect.apply(adapters.checkConflicts, adapters, []), 'INPUT_INVALID'],
    ['a dataset that leads elsewhere', () => datasets.downloadDataset('/etc/passwd'), 'ID_UNSAFE'],
    ['no dataset', () => Reflect.apply(datasets.downloadDataset, datasets, [0]), 'INPUT_INVALID'],
    [
      'a dataset that is required and not named',
      () => registry.ensureReadyAtomic({ requireDataset: true }),
      'INPUT_INVALID',
    ],
    ['an adapter twice', () => registry.ensureReadyAtomic({ requiredAdapters: ['a', 'a'] }), 'INPUT_INVALID'],
    [
      'adapters that are no list',
      () => registry.ensureReadyAtomic(untyped({ requiredAdapters: 'a' })),
      'INPUT_INVALID',
    ],
    [
      'adapters without a model',
      () => registry.ensureReadyAtomic({ modelVersion: 'none', requiredAdapters: ['a'] }),
      'INPUT_INVALID',
    ],
    [
      'force where nothing may be fetched',
      () => new UnifiedRegistry({ ...RPC, autoDownload: false }).ensureReadyAtomic({ force: true }),
      'INPUT_INVALID',
    ],
  ]

  it.each(wrong)('%s is thrown before anybody is asked', async (_what, call, code) => {
    await expect(call()).rejects.toMatchObject({ code })
  })
})
