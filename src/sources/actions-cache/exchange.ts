import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import pRetry, { AbortError } from 'p-retry'
import { type Dispatcher, request } from 'undici'
import { parseRetryAfter } from '../../transfer/index.ts'
import type { CacheLimits } from './types.ts'

/** Answers of the service and of the blob store are short; what is longer is no answer. */
const MAX_ANSWER = 64 * 1024

/** How one request is made. Called anew for each try, so that a body can be streamed again. */
export interface Sending {
  readonly url: URL
  readonly method: 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  /** Pieces are written one by one: the next one is asked for when the connection took the one before. */
  readonly body: string | AsyncIterable<Uint8Array>
  /** Milliseconds for the whole try, answer included. */
  readonly timeoutMs: number
}

/** `status` 0: no answer came, and `body` says why in the words of the network. */
export interface Answer {
  readonly status: number
  readonly body: string
}

type Patience = Pick<CacheLimits, 'retries' | 'retryDelayMs' | 'maxRetryAfterMs'>

/** Carries a temporary answer through the retry loop; never leaves this module. */
class Temporary extends Error {
  readonly answer: Answer
  readonly retryAfterMs: number

  constructor(answer: Answer, retryAfterMs: number) {
    super(`temporary answer ${answer.status}`)
    this.answer = answer
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Sends a request and tries again, with exponential backoff and jitter, after a network failure, a 5xx and a 429. A
 * `Retry-After` is obeyed when it is short, and ends the tries when it is long. Redirects are not followed.
 *
 * @returns the last answer, whatever its status; status 0 when there was none
 * @throws the signal's reason when it is aborted, and nothing else
 */
export async function exchange(
  dispatcher: Dispatcher,
  patience: Patience,
  sending: () => Sending,
  signal?: AbortSignal,
): Promise<Answer> {
  try {
    return await pRetry(() => attempt(dispatcher, patience, sending(), signal), {
      retries: patience.retries,
      minTimeout: patience.retryDelayMs,
      randomize: true,
      ...(signal === undefined ? {} : { signal }),
      async onFailedAttempt({ error, retriesLeft, retryDelay }) {
        if (retriesLeft === 0 || !(error instanceof Temporary) || error.retryAfterMs <= retryDelay) return
        await delay(error.retryAfterMs - retryDelay, undefined, signal === undefined ? {} : { signal })
      },
    })
  } catch (error) {
    signal?.throwIfAborted()
    return error instanceof Temporary ? error.answer : { status: 0, body: describe(error) }
  }
}

async function attempt(
  dispatcher: Dispatcher,
  patience: Patience,
  sending: Sending,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(sending.timeoutMs)
  const response = await request(sending.url, {
    dispatcher,
    method: sending.method,
    headers: sending.headers,
    // undici takes any async iterable, and a stream around one would read ahead; its types know streams only.
    body: sending.body as string | Readable,
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    // The try has its own time limit, and an upload may take long before its answer begins.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const answer = { status: response.statusCode, body: await readAnswer(response.body) }
  if (answer.status !== 429 && answer.status < 500) return answer
  const pause = response.headers['retry-after']
  const pauseMs = typeof pause === 'string' ? parseRetryAfter(pause, Date.now()) : undefined
  const temporary = new Temporary(answer, pauseMs ?? 0)
  throw temporary.retryAfterMs > patience.maxRetryAfterMs ? new AbortError(temporary) : temporary
}

async function readAnswer(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > MAX_ANSWER) throw new Error(`The answer is longer than ${MAX_ANSWER} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  return `${error.message || error.name}${code}`
}
