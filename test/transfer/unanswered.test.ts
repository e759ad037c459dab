import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DATA_PATHS, SMALL_PARTS } from '../support/ranged.ts'
import { aNetwork, approvedBytes, configured, errorOf, partialPath } from '../support/transfer.ts'

const LISTENER = join(import.meta.dirname, '../support/full-backlog.ts')
/** Connections that Linux queues for a backlog of 1. */
const QUEUED = 2
const FILLERS = 8

/** URL of a host whose connections are answered by nobody. */
async function aHostThatTakesNoConnection(): Promise<string> {
  const listener = spawn(process.execPath, [LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void listener.kill('SIGKILL'))
  const { value: port } = await createInterface({ input: listener.stdout })[Symbol.asyncIterator]().next()
  const fillers: Socket[] = []
  const full = Promise.withResolvers<void>()
  let connected = 0
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy()
  })
  for (let filler = 0; filler < FILLERS; filler++) {
    const socket = connect(Number(port), '127.0.0.1')
    // Those that fit into the queue are ended with the listener.
    socket.on('error', () => {})
    socket.on('connect', () => {
      connected += 1
      if (connected === QUEUED) full.resolve()
    })
    fillers.push(socket)
  }
  await full.promise
  return `http://127.0.0.1:${port}`
}

describe.each(DATA_PATHS)('a host that answers to no connection, through %s', (_path, way) => {
  it.each([
    ['small', 1_000],
    ['large', 1_500_000],
  ])('is given up after the time for that, for a %s file', { timeout: 60_000 }, async (_kind, size) => {
    const { expected } = approvedBytes(size)
    const url = await aHostThatTakesNoConnection()
    const network = aNetwork({
      ...{ sizes: SMALL_PARTS, ...way },
      timeouts: { connectMs: 300, firstByteMs: 60_000, stallMs: 60_000 },
      retryPolicy: { retries: 0 },
    })
    const path = await partialPath()
    const error = await errorOf(network.download(configured(url), expected, path))
    expect(error.code).toBe('SOURCES_EXHAUSTED')
    expect(`${error.message} ${error.detail ?? ''}`).toMatch(/connect/i)
    expect(existsSync(path)).toBe(false)
  })
})
