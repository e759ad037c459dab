import { type Asked, routedHost, sendText } from './routes.ts'
import { serveContent } from './serve-content.ts'
import type { Host } from './server.ts'
import type { Content } from './types.ts'

/** A plain HTTP mirror: files by path, by SHA-256 and by CID. */
export class Mirror {
  readonly #files = new Map<string, Content>()

  publish(path: string, content: Content): void {
    this.#files.set(path.replace(/^\/+/, ''), content)
    this.#files.set(`sha256/${content.sha256}`, content)
    this.#files.set(`ipfs/${content.cid}`, content)
  }

  readonly host: Host = routedHost({ '/*': (asked) => this.#serve(asked) })

  async #serve({ request, response, part }: Asked): Promise<void> {
    const content = this.#files.get(part('*'))
    if (content === undefined) return sendText(response, 404, 'this mirror has no such file')
    await serveContent(request, response, content, { etag: `"${content.sha256}"` })
  }
}
