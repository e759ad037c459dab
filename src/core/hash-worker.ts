/**
 * The thread behind {@link HashThread}: hashes files behind their writers. It reads the file itself, so what it hashes is
 * what lies on the disk.
 */
import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import type { HashOrder, HashReport } from './hash-thread.ts'

const READ_BYTES = 1024 * 1024
/** Reads of one file before the next one has its turn and new orders are heard. */
const READS_PER_TURN = 8

interface Job {
  readonly id: number
  readonly fd: number
  readonly hash: ReturnType<typeof createHash>
  /** Hashed so far. */
  at: number
  /** May be read up to here. */
  reach: number
  /** Set once no more bytes will come. */
  end: number | undefined
  /** Why it cannot be read. Told when the digest is asked for. */
  failure: string | undefined
}

const port = parentPort
if (port === null) throw new TypeError('This module is the program of a worker thread')

const jobs = new Map<number, Job>()
const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
let scheduled = false

function report(message: HashReport): void {
  port?.postMessage(message)
}

function readSome(job: Job): void {
  for (let turn = 0; turn < READS_PER_TURN && job.at < job.reach; turn++) {
    const read = readSync(job.fd, buffer, 0, Math.min(READ_BYTES, job.reach - job.at), job.at)
    if (read === 0) throw new Error(`the file ends after ${job.at} of ${job.reach} bytes`)
    job.hash.update(buffer.subarray(0, read))
    job.at += read
  }
}

function isBehind({ at, reach, failure }: Job): boolean {
  return failure === undefined && at < reach
}

function hashSome(job: Job): void {
  if (isBehind(job)) {
    try {
      readSome(job)
    } catch (thrown) {
      job.failure = thrown instanceof Error ? thrown.message : String(thrown)
    }
  }
  if (job.end === undefined || isBehind(job)) return
  jobs.delete(job.id)
  if (job.failure !== undefined) report({ id: job.id, kind: 'failed', reason: job.failure })
  else report({ id: job.id, kind: 'digest', hex: job.hash.digest('hex') })
}

function work(): void {
  scheduled = false
  for (const job of [...jobs.values()]) hashSome(job)
  if ([...jobs.values()].some(isBehind)) schedule()
}

function schedule(): void {
  if (scheduled) return
  scheduled = true
  setImmediate(work)
}

port.on('message', (order: HashOrder) => {
  if (order.kind === 'follow') {
    const { id, fd } = order
    jobs.set(id, { id, fd, hash: createHash('sha256'), at: 0, reach: 0, end: undefined, failure: undefined })
    return
  }
  if (order.kind === 'stop') {
    jobs.delete(order.id)
    report({ id: order.id, kind: 'stopped' })
    return
  }
  const job = jobs.get(order.id)
  if (job === undefined) return
  job.reach = order.to
  if (order.kind === 'finish') job.end = order.to
  schedule()
})
