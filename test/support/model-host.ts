/** A host of models on loopback, as a user's request names it. */
import { createHash } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { onTestFinished } from 'vitest'
import { listen } from './loopback.ts'

export interface ModelHost {
  readonly url: string
  /** For `allow-hosts`. */
  readonly host: string
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[]
  /** Serves a model from now on, and says how a request names it. */
  serve(file: string, content?: string | Buffer): { readonly url: string; readonly hash: string }
  /** Answers this path in another way. */
  answer(file: string, listener: RequestListener): string
}

/** Bytes that look like a model, the same for the same name. */
export function modelBytes(name: string, size = 2000): Buffer {
  const header = Buffer.from(JSON.stringify({ a: { dtype: 'U8', shape: [size], data_offsets: [0, size] } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const data = Buffer.alloc(size, `${name} `)
  return Buffer.concat([length, header, data])
}

export const sha256OfBytes = (bytes: string | Buffer): string =>
  createHash('sha256').update(bytes).digest('hex')

/** Ends with the test, unless `end` is given somebody else's care. */
export async function aModelHost(
  end: (close: () => Promise<void>) => void = (close) => onTestFinished(close),
): Promise<ModelHost> {
  const answers = new Map<string, RequestListener>()
  const asked: string[] = []
  const server = await listen((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const answer = answers.get(path)
    if (answer === undefined) response.writeHead(404).end()
    else answer(request, response)
  })
  end(() => server.close())
  const { host } = new URL(server.url)
  return {
    url: server.url,
    host,
    asked,
    serve(file, content = modelBytes(file)) {
      const bytes = Buffer.from(content)
      answers.set(`/${file}`, ({ headers }, response) => {
        const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? []
        const start = Number(from)
        const end = to === '' ? bytes.length - 1 : Math.min(Number(to), bytes.length - 1)
        response
          .writeHead(headers.range === undefined ? 200 : 206, {
            'content-type': 'application/octet-stream',
            'content-length': end - start + 1,
            etag: `"${sha256OfBytes(bytes)}"`,
            ...(headers.range === undefined
              ? {}
              : { 'content-range': `bytes ${start}-${end}/${bytes.length}` }),
          })
          .end(bytes.subarray(start, end + 1))
      })
      return { url: `${server.url}/${file}`, hash: sha256OfBytes(bytes) }
    },
    answer(file, listener) {
      answers.set(`/${file}`, listener)
      return `${server.url}/${file}`
    },
  }
}
