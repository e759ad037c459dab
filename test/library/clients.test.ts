import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { BlockchainClient, DownloadManager, type DownloadManagerOptions } from '../../src/library/index.ts'
import { openStore } from '../../src/store/index.ts'
import { libraryWorld } from '../support/library.ts'

describe('BlockchainClient', () => {
  it('says which block is the newest, who has it, and what pins it', async () => {
    const { chain, devnet, home } = await libraryWorld()
    const environment = { R3MES_HOME: home }
    const status = await new BlockchainClient({ ...chain, environment }).status()
    expect(status).toMatchObject({
      chainId: devnet.chainId,
      height: devnet.height - 1n,
      trust: 'quorum',
      endpoint: devnet.urls.rpc,
      witnesses: [devnet.urls.rpc2],
    })
    const pinned = new BlockchainClient({
      ...chain,
      environment,
      trustedHeight: status.block?.height ?? 0n,
      trustedHash: status.block?.hash ?? '',
    })
    expect(await pinned.status()).toMatchObject({ trust: 'light-client', block: status.block })
  })

  it.each([
    ['fork-full', 'FORK_DETECTED'],
    ['frozen-tip', 'CHAIN_STALE'],
    ['other-chain', 'CHAIN_ID_MISMATCH'],
  ] as const)('believes no chain that tells %s', async (lie, code) => {
    const { chain, devnet, home } = await libraryWorld()
    const { height, hash } = devnet.anchor()
    devnet.lie(lie)
    const client = new BlockchainClient({
      ...chain,
      trustedHeight: height,
      trustedHash: hash,
      environment: { R3MES_HOME: home },
      ...(lie === 'other-chain' ? { rpcUrls: [devnet.urls.rpc] } : {}),
    })
    await expect(client.status()).rejects.toMatchObject({ code })
  })

  it('ends with the reason of a signal', async () => {
    const { chain, home } = await libraryWorld()
    const client = new BlockchainClient({ ...chain, environment: { R3MES_HOME: home } })
    const signal = AbortSignal.abort(new Error('no time'))
    await expect(client.status({ signal })).rejects.toThrow('no time')
  })
})

/** A file that the devnet's hosts serve, and a manager that may ask them. */
async function aFile(options: DownloadManagerOptions = {}) {
  const { devnet, home, options: all } = await libraryWorld()
  const { rpcUrls: _urls, chainId: _id, mirrors: _mirrors, ...others } = all
  const content = devnet.addContent('notes.bin', 20_000)
  devnet.publishToMirror('files/notes.bin', content)
  const url = `${devnet.urls.mirror}/files/notes.bin`
  const manager = new DownloadManager({ ...others, ...options })
  return { devnet, home, content, url, manager }
}

describe('DownloadManager', () => {
  it('brings a file by its digest, verified and read-only, and asks no chain', async () => {
    const { devnet, home, content, url, manager } = await aFile()
    const { sha256 } = content
    const path = join(home, 'blobs/sha256', sha256.slice(0, 2), sha256)
    expect(await manager.download({ urls: [url], sha256: `sha256:${sha256.toUpperCase()}` })).toEqual([
      true,
      path,
    ])
    expect(await readFile(path)).toEqual(Buffer.from(content.read(0, 20_000)))
    expect((await stat(path)).mode & 0o222).toBe(0)
    expect(devnet.requests.to('rpc')).toEqual([])
  })

  it('asks nobody for what the store has, unless it is forced to', async () => {
    const { devnet, content, url, manager } = await aFile()
    const request = { urls: [url], sha256: content.sha256 }
    await manager.download(request)
    devnet.requests.clear()
    expect(await manager.download(request)).toEqual([true, expect.any(String)])
    expect(devnet.requests.all()).toEqual([])
    expect(await manager.download({ ...request, force: true })).toEqual([true, expect.any(String)])
    expect(devnet.requests.to('mirror').length).toBeGreaterThan(0)
  })

  it('goes on to the next place when one lies or fails', async () => {
    const { devnet, content, url, manager } = await aFile()
    devnet.publishToHub('someone/notes', 'notes.bin', content)
    devnet.publishToGateway(content)
    devnet.fail('cdn', { kind: 'wrong-bytes' })
    devnet.fail('gateway', { kind: 'status', status: 404 })
    devnet.fail('mirror', { kind: 'status', status: 503, times: 1 })
    const urls = ['hf://someone/notes/notes.bin', url]
    const found = await manager.download({ urls, cid: content.cid, sha256: content.sha256, size: 20_000 })
    expect(found).toEqual([true, expect.any(String)])
    const asked = [...new Set(devnet.requests.content().map(({ endpoint }) => endpoint))]
    expect(asked).toEqual(['hub', 'cdn', 'gateway', 'mirror'])
  })

  it('keeps nothing of wrong bytes', async () => {
    const { devnet, content, url, manager, home } = await aFile()
    devnet.fail('mirror', { kind: 'wrong-bytes' })
    const [success, path, error] = await manager.download({
      urls: [url],
      sha256: content.sha256,
      name: 'notes',
    })
    expect([success, path, error?.code]).toEqual([false, undefined, 'DIGEST_MISMATCH'])
    expect(error?.message).toContain('file notes')
    await using store = await openStore({ home, reporter: silentReporter })
    expect(await store.blobAt(content.sha256)).toBeUndefined()
  })

  it('refuses a private address that is not allowed', async () => {
    const { content, url, manager } = await aFile({ allowHosts: [] })
    const [success, , error] = await manager.download({ urls: [url], sha256: content.sha256 })
    expect([success, error?.code]).toEqual([false, 'URL_REFUSED'])
  })

  it('fetches nothing without a digest and a place', async () => {
    const { devnet, content, url, manager } = await aFile()
    const { sha256 } = content
    const wrong: readonly (readonly [object, string])[] = [
      [{ urls: [url] }, 'Nothing is fetched without one'],
      [{ urls: [url], sha256: '' }, 'Nothing is fetched without one'],
      [{ urls: [url], sha256: 'abc' }, '64 hexadecimal digits'],
      [{ urls: [url], sha256: `tree:${sha256}` }, '64 hexadecimal digits'],
      [{ sha256 }, 'where the file may be had'],
      [{ sha256, urls: ['ftp://host/file'] }, 'no place to ask'],
      [{ sha256, urls: url }, '`urls`'],
      [{ sha256, cid: 'Qm/..' }, '`cid`'],
      [{ sha256, urls: [url], size: -1 }, '`size`'],
      [{ sha256, urls: [url], checksum: sha256 }, 'knows no `checksum`'],
    ]
    for (const [request, words] of wrong) {
      await expect(Reflect.apply(manager.download, manager, [request])).rejects.toMatchObject({
        code: 'INPUT_INVALID',
        message: expect.stringContaining(words),
      })
    }
    const unsafe = manager.download({ sha256, urls: [url], name: '../x' })
    await expect(unsafe).rejects.toMatchObject({ code: 'ID_UNSAFE' })
    expect(devnet.requests.all()).toEqual([])
  })

  it('minds no variable of the chain, which it does not ask', async () => {
    const { content, url, manager } = await aFile({
      environment: { CHAIN_ID: 'no chain', R3MES_MODEL_IPFS_HASH: 'QmXXX...', CI: 'true' },
    })
    expect(await manager.download({ urls: [url], sha256: content.sha256 })).toEqual([
      true,
      expect.any(String),
    ])
  })

  it('takes configured mirrors as places', async () => {
    const { devnet, options } = await libraryWorld()
    const { rpcUrls: _urls, chainId: _id, ...others } = options
    const content = devnet.addContent('mirrored.bin', 3_000)
    devnet.publishToMirror('x/mirrored.bin', content)
    expect(await new DownloadManager(others).download({ sha256: content.sha256 })).toEqual([
      true,
      expect.any(String),
    ])
  })
})
