import type { IncomingMessage } from 'node:http'
import type { Devnet, Endpoint, RecordedRequest } from './types.ts'

const CONTENT_ENDPOINTS: ReadonlySet<Endpoint> = new Set(['hub', 'cdn', 'gateway', 'mirror'])

/** Every request that arrived, in the order of arrival. */
export class Recorder {
  #requests: RecordedRequest[] = []

  /** Records a request as soon as its headers are there. `call` may be set later, when the body has arrived. */
  record(endpoint: Endpoint, request: IncomingMessage): { call?: string } {
    const recorded: RecordedRequest & { call?: string } = {
      endpoint,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      ),
    }
    this.#requests.push(recorded)
    return recorded
  }

  /** The face that a devnet shows. What it returned once does not change when more requests arrive. */
  readonly view: Devnet['requests'] = {
    all: () => [...this.#requests],
    content: () => this.#requests.filter(({ endpoint }) => CONTENT_ENDPOINTS.has(endpoint)),
    to: (wanted) => this.#requests.filter(({ endpoint }) => endpoint === wanted),
    clear: () => {
      this.#requests = []
    },
  }
}
