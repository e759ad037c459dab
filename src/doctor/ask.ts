/** One small question to one host: no retries, no redirects, five seconds. */
import { type Dispatcher, request } from 'undici'
import { type Explained, explainFailure } from './failure-words.ts'

/** Milliseconds that a host has for one answer. */
export const ANSWER_MS = 5_000

/** Bytes of an answer that are read. */
const MOST_BYTES = 64 * 1024

/** What all questions of a run share. */
export interface Asking {
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
  readonly throughProxy: boolean
  /** Told the clock of a host that answered. */
  readonly heardClock: (host: string, sample: ClockReading) => void
}

/** A host's clock beside this one: milliseconds since the epoch. */
export interface ClockReading {
  /** Whole seconds. */
  readonly host: number
  /** Halfway between question and answer. */
  readonly here: number
}

export interface Answered {
  readonly kind: 'answered'
  readonly status: number
  /** Seconds that the host asks to wait, as it wrote them. */
  readonly retryAfter: string | undefined
  readonly text: string
  /** Milliseconds until the head of the answer, connecting included. */
  readonly ms: number
}

export type Asked = Answered | ({ readonly kind: 'failed' } & Explained)

export interface Question {
  readonly url: URL
  readonly method?: 'GET' | 'HEAD' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds. */
  readonly timeoutMs?: number
}

type HeaderValues = Readonly<Record<string, string | string[] | undefined>>

function headerOf(headers: HeaderValues, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The time that a host says it is, and how old a cache on the way says the answer is. */
export function clockOf(
  headers: HeaderValues,
  askedAt: number,
  answeredAt: number,
): ClockReading | undefined {
  const date = Date.parse(headerOf(headers, 'date') ?? '')
  if (Number.isNaN(date)) return undefined
  const age = /^\d{1,9}$/.exec(headerOf(headers, 'age') ?? '')?.[0] ?? '0'
  return { host: date + Number(age) * 1000, here: (askedAt + answeredAt) / 2 }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    chunks.push(chunk)
    if (size > MOST_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** @throws the reason of the run's signal once it is aborted; whatever the host does comes back */
export async function ask(
  { dispatcher, signal, throughProxy, heardClock }: Asking,
  { url, method = 'GET', headers = {}, timeoutMs = ANSWER_MS }: Question,
): Promise<Asked> {
  const [askedAt, began] = [Date.now(), performance.now()]
  try {
    const answer = await request(url, {
      dispatcher,
      method,
      headers: { 'user-agent': 'setup-r3mes', 'accept-encoding': 'identity', ...headers },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    const ms = performance.now() - began
    answer.body.on('error', () => {})
    const reading = clockOf(answer.headers, askedAt, askedAt + ms)
    if (reading !== undefined) heardClock(url.host, reading)
    return {
      kind: 'answered',
      status: answer.statusCode,
      retryAfter: headerOf(answer.headers, 'retry-after'),
      text: await readText(answer.body),
      ms,
    }
  } catch (thrown) {
    signal.throwIfAborted()
    return { kind: 'failed', ...explainFailure(thrown, throughProxy) }
  }
}
