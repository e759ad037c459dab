import type { Sha256Hex } from '../core/index.ts'

/** Each endpoint listens on its own loopback port. */
export const ENDPOINTS = ['rpc', 'rpc2', 'hub', 'cdn', 'gateway', 'mirror', 'cache', 'blobs'] as const
/**
 * - `rpc`, `rpc2`: the chain, as two CometBFT nodes would serve it
 * - `hub`, `cdn`: a HuggingFace-like hub and the host its `resolve` redirects to
 * - `gateway`: an IPFS gateway
 * - `mirror`: a plain HTTP mirror
 * - `cache`, `blobs`: the Actions cache service v2 and the blob store its signed URLs point to
 */
export type Endpoint = (typeof ENDPOINTS)[number]

/** What an endpoint does wrong. `times`: only for so many matching requests, then it is well again. */
export type Fault = (
  | { readonly kind: 'wrong-bytes'; readonly at?: 'start' | 'middle' | 'end' }
  /** Ends the connection after so many body bytes. */
  | { readonly kind: 'truncate'; readonly after: number }
  /** Adds so many bytes (negative: takes away) to the Content-Length it claims. */
  | { readonly kind: 'wrong-length'; readonly by: number }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** Sends so many body bytes and then nothing more; the connection stays open until the devnet closes. */
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'redirect'; readonly location: string }
) & {
  readonly times?: number
  /** Only requests whose path and query contain this text. */
  readonly path?: string
}

export interface RecordedRequest {
  readonly endpoint: Endpoint
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON-RPC method and abci_query path, Twirp method: what a body asked for, when it did. */
  readonly call?: string
}

/** Bytes that the devnet serves: made on the fly from a seed, so that gigabytes cost no disk. */
export interface Content {
  readonly name: string
  readonly size: number
  readonly sha256: Sha256Hex
  /** CIDv1, raw codec: the SHA-256 of the whole file. */
  readonly cid: string
  /** These bytes, from `start` (inclusive) to `end` (exclusive). */
  read(start: number, end: number): Uint8Array
}

export interface DevnetOptions {
  readonly chainId?: string
  /** Sizes in bytes of the sample registry's files. */
  readonly sizes?: { readonly model?: number; readonly adapter?: number; readonly dataset?: number }
  /** False: an empty chain, to be filled through the API. */
  readonly sample?: boolean
  /** Fixed ports; free ones when absent. */
  readonly ports?: Partial<Record<Endpoint, number>>
}

export interface Devnet {
  readonly chainId: string
  /** Base URLs without a trailing slash. */
  readonly urls: Readonly<Record<Endpoint, string>>
  /** Bearer token of the cache service. */
  readonly cacheToken: string
  /** What the runner would set so that the Actions cache is this devnet's. */
  cacheEnvironment(): Record<string, string>
  /** Inputs that point the action or the command at this devnet: `rpc-urls`, `hf-endpoint`, `ipfs-gateways`, `mirrors`, … */
  inputs(): Record<string, string>

  /** Every request since the start or the last `clear()`. */
  readonly requests: {
    all(): readonly RecordedRequest[]
    /** Requests to hosts that serve content: hub, cdn, gateway, mirror. */
    content(): readonly RecordedRequest[]
    to(endpoint: Endpoint): readonly RecordedRequest[]
    clear(): void
  }
  /** Adds a fault to an endpoint; the newest that matches wins. Returns a function that takes it away. */
  fail(endpoint: Endpoint, fault: Fault): () => void

  /** New bytes, from a size or as given. The same name and size give the same bytes in every devnet. */
  addContent(name: string, bytes: number | Uint8Array): Content
  /** Serves content under `/<repo>/resolve/<any revision>/<path>` of the hub. */
  publishToHub(repo: string, path: string, content: Content, repoType?: 'model' | 'dataset'): void
  /** Serves content under `/ipfs/<cid>` of the gateway; a path publishes it below another CID. */
  publishToGateway(content: Content, under?: { readonly cid: string; readonly path: string }): void
  /** Serves content under `/<path>` and `/sha256/<hex>` of the mirror. */
  publishToMirror(path: string, content: Content): void

  /** Raw write to the `remes` store (undefined deletes), in a new block. */
  setRecord(key: Uint8Array, value: Uint8Array | undefined): void
  readonly height: bigint
  close(): Promise<void>
}
