import { type Asked, routedHost, sendText } from './routes.ts'
import { serveContent } from './serve-content.ts'
import type { Host } from './server.ts'
import type { Content } from './types.ts'

/** An IPFS gateway that serves files as they are, from the CIDs that were published on it. */
export class Gateway {
  readonly #files = new Map<string, Content>()

  /** @param path below the CID; empty for the CID's own file */
  publish(content: Content, cid: string, path: string): void {
    this.#files.set(join(cid, path), content)
  }

  readonly host: Host = routedHost({
    '/ipfs/:cid': (asked) => this.#serve(asked, ''),
    '/ipfs/:cid/*': (asked) => this.#serve(asked, asked.part('*')),
  })

  async #serve({ request, response, part, search }: Asked, path: string): Promise<void> {
    const format = search.get('format')
    if (format !== null) {
      return sendText(response, 406, 'this gateway serves plain files only: leave format out')
    }
    const place = join(part('cid'), path)
    const content = this.#files.get(place)
    if (content === undefined) return sendText(response, 404, 'this gateway has no such file')
    await serveContent(request, response, content, {
      etag: `"${content.cid}"`,
      'cache-control': 'public, max-age=29030400, immutable',
      'x-ipfs-path': encodeURI(`/ipfs/${place}`),
      'x-ipfs-roots': part('cid'),
    })
  }
}

function join(cid: string, path: string): string {
  return path === '' ? cid : `${cid}/${path}`
}
