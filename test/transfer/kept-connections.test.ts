/** Connections that stay open between small files. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { anAuthority, anHttpsHost, believe } from '../support/https.ts'
import { except } from '../support/ranged.ts'
import { aReporter } from '../support/store.ts'
import { aHost, aNetwork, approvedBytes, configured, partialPath, serving } from '../support/transfer.ts'

const SIZE = 100_000

describe('connections that are kept for small files', () => {
  it('and that the host closed as it was asked again count as no failure', async () => {
    const approved = approvedBytes(SIZE)
    const answered = new Set<unknown>()
    let closed = 0
    const host = await aHost(
      except(
        serving(approved.bytes),
        ({ url }) => url !== '/first',
        (request, response) => {
          const isDirect = request.headers.connection === undefined
          if (isDirect && answered.has(request.socket)) {
            closed += 1
            request.socket.destroy()
            return
          }
          answered.add(request.socket)
          serving(approved.bytes)(request, response)
        },
      ),
    )
    const reporter = aReporter()
    const network = aNetwork({ reporter, retryPolicy: { retries: 0 } })
    await network.download(configured(`${host.url}/first`), approved.expected, await partialPath())
    for (let n = 0; n < 6; n += 1) {
      await network.download(configured(`${host.url}/${n}`), approved.expected, await partialPath())
    }
    expect(closed).toBeGreaterThan(0)
    expect(reporter.lines).toEqual([])
  })

  it('bring files of every size over TLS, by one connection of the full client and one of our own', async () => {
    const authority = anAuthority('localhost')
    believe(authority)
    const files = [0, 1, 16_000, 17_000, 65_536, 100_000, 1_048_576, 1_300_000, 4_000_000].map(approvedBytes)
    const sockets = new Set<unknown>()
    const port = await anHttpsHost(authority, (request, response) => {
      sockets.add(request.socket)
      serving(files[Number(request.url?.slice(1))]?.bytes ?? Buffer.alloc(0))(request, response)
    })
    const network = aNetwork()
    const path = await partialPath()
    for (const [n, { bytes, expected }] of [...files, ...files].entries()) {
      const origin = configured(`https://localhost:${port}/${n % files.length}`)
      await network.download(origin, expected, path)
      expect(bytes.equals(await readFile(path))).toBe(true)
    }
    expect(sockets.size).toBe(2)
  })

  it('are made although the first answer of the host lets them wait', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const come = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const host = await aHost(
      except(
        serving(bytes),
        ({ url }) => url === '/slow',
        (request, response) => {
          come.resolve()
          void goOn.promise.then(() => serving(bytes)(request, response))
        },
      ),
    )
    const network = aNetwork()
    const slow = network.download(configured(`${host.url}/slow`), expected, await partialPath())
    await come.promise
    for (const name of ['a', 'b']) {
      const file = await network.download(configured(`${host.url}/${name}`), expected, await partialPath())
      expect(file.size).toBe(SIZE)
    }
    goOn.resolve()
    expect((await slow).size).toBe(SIZE)
  })

  it('do not keep the process alive', async () => {
    const { bytes, expected } = approvedBytes(SIZE)
    const server = createServer({ keepAliveTimeout: 0 }, serving(bytes)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    const { port } = server.address() as AddressInfo
    const room = new URL('../../src/transfer/index.ts', import.meta.url).href
    const program = `
      import { openNetwork } from ${JSON.stringify(room)}
      const network = openNetwork({ allowHosts: [], maxArtifactSize: 1e9, environment: {} })
      const origin = { source: 'http', url: new URL('http://127.0.0.1:${port}/f'), configured: true }
      const path = ${JSON.stringify(await partialPath())}
      for (let n = 0; n < 3; n += 1) await network.download(origin, ${JSON.stringify(expected)}, path)
      console.log('done')
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
    expect(stdout.trim()).toBe('done')
  })
})
