import { createHmac, timingSafeEqual } from 'node:crypto'
import { routedHost, sendText } from './routes.ts'
import { serveContent } from './serve-content.ts'
import type { Host } from './server.ts'
import type { Content } from './types.ts'

const SIGNED_SECONDS = 3600

/** The host that a hub's large files really come from. It serves whoever has a signed URL and knows no tokens. */
export class Cdn {
  readonly #files = new Map<string, Content>()
  readonly #secret: string
  readonly #baseUrl: () => string

  constructor(secret: string, baseUrl: () => string) {
    this.#secret = secret
    this.#baseUrl = baseUrl
  }

  publish(content: Content): void {
    this.#files.set(content.sha256, content)
  }

  /** A URL that is good for an hour. */
  signedUrl(content: Content, fileName: string): string {
    const path = `/xet/${content.sha256.slice(0, 2)}/${content.sha256}`
    const expires = String(Math.floor(Date.now() / 1000) + SIGNED_SECONDS)
    const query = new URLSearchParams({
      'response-content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      Expires: expires,
      Signature: this.#sign(content.sha256, expires),
      'Key-Pair-Id': 'DEVNET',
    })
    return `${this.#baseUrl()}${path}?${query}`
  }

  readonly host: Host = routedHost({
    '/xet/:shard/:hash': async ({ request, response, part, search }) => {
      const content = this.#files.get(part('hash'))
      const expires = search.get('Expires') ?? ''
      const isSigned = sameText(search.get('Signature') ?? '', this.#sign(part('hash'), expires))
      if (content === undefined || !isSigned || Number(expires) * 1000 < Date.now()) {
        return sendText(response, 403, 'AccessDenied')
      }
      await serveContent(request, response, content, {
        etag: `"${content.sha256}"`,
        'content-disposition': search.get('response-content-disposition') ?? 'inline',
      })
    },
  })

  #sign(hash: string, expires: string): string {
    return createHmac('sha256', this.#secret).update(`${hash} ${expires}`).digest('base64url')
  }
}

function sameText(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
