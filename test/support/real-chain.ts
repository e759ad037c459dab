/**
 * A real chain: CometBFT nodes over the Cosmos SDK and its IAVL stores, in a process of their own. It needs Go once, to be
 * built; `goIsThere` says whether a test can have it.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { chainBinary } from '../../scripts/chain-binary.ts'

export { goIsThere } from '../../scripts/chain-binary.ts'

/** Time for a test or hook that may be the first to build the chain. */
export const CHAIN_BUILD_MS = 20 * 60_000

/** How long a block may take before the chain counts as dead. */
const BLOCK_PATIENCE_MS = 30_000
const POLL_MS = 20

export interface RealChainOptions {
  readonly chainId?: string
  /** Voting powers at the start, one node each; 0 is a node that does not validate yet. Default: one validator. */
  readonly powers?: readonly number[]
  /** What the `remes` store holds at genesis. */
  readonly registry?: Iterable<readonly [Uint8Array, Uint8Array]>
  /** Default 200. */
  readonly blockTimeMs?: number
  /** x/staking's unbonding time. Default: 21 days. */
  readonly unbondingSeconds?: number
  /** Heights whose state and blocks are kept; all when absent. */
  readonly keep?: number
  /** Address (`remes1…`) of a funded account, the one member of the group. */
  readonly account?: string
  /** Metadata of group 1, whose policy is its own admin and the group's. No group when absent. */
  readonly groupMetadata?: string
}

/** A validator's keys, so that tests can forge what real validators would have signed. Hex. */
export interface RealValidator {
  /** 20 bytes, upper case. */
  readonly address: string
  /** 32 bytes. */
  readonly publicKey: string
  /** 64 bytes: the Ed25519 seed, then the public key. */
  readonly privateKey: string
}

export interface RealChain {
  readonly chainId: string
  /** One for each node, without a trailing slash. */
  readonly rpcUrls: readonly string[]
  /** Of the first node. */
  readonly grpcUrl: string
  readonly validators: readonly RealValidator[]
  /** The latest height of a node; of the first one by default. */
  height(node?: number): Promise<bigint>
  /**
   * Writes raw entries of the `remes` store in one block; undefined deletes. Returns the block's height once all nodes have the
   * next one, whose header proves the write.
   */
  write(entries: Iterable<readonly [Uint8Array, Uint8Array | undefined]>): Promise<bigint>
  /** {@link write} of one entry. */
  approve(key: Uint8Array, value: Uint8Array): Promise<bigint>
  /** {@link write} that deletes one entry. */
  revoke(key: Uint8Array): Promise<bigint>
  /** Voting powers for the first validators, by their order. They sign with them two blocks after the returned height. */
  setPowers(powers: readonly number[]): Promise<bigint>
  /** Returns when all running nodes have that height. */
  reach(height: bigint): Promise<void>
  /** Waits for so many blocks more. Returns the height then reached by all running nodes. */
  advance(blocks: number): Promise<bigint>
  /**
   * Ends one node for good: it refuses new connections. Without two of four equal ones there are no blocks, but the others still
   * answer.
   */
  stopNode(index: number): Promise<void>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

type ChainProcess = ChildProcessByStdio<Writable, Readable, Readable>

interface Announcement {
  readonly chainId: string
  readonly rpcUrls: readonly string[]
  readonly grpcUrl: string
  readonly validators: readonly RealValidator[]
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

async function genesisFile(folder: string, registry: NonNullable<RealChainOptions['registry']>) {
  const path = join(folder, 'registry.json')
  const entries = Array.from(registry, ([key, value]) => [hex(key), hex(value)] as const)
  await writeFile(path, JSON.stringify(Object.fromEntries(entries)))
  return path
}

function argumentsOf(options: RealChainOptions, genesis: string): string[] {
  const args = ['--genesis', genesis, '--block-time', `${options.blockTimeMs ?? 200}ms`]
  args.push('--powers', (options.powers ?? [10]).join(','))
  if (options.chainId !== undefined) args.push('--chain-id', options.chainId)
  if (options.unbondingSeconds !== undefined) args.push('--unbonding', `${options.unbondingSeconds}s`)
  if (options.keep !== undefined) args.push('--keep', String(options.keep))
  if (options.account !== undefined) args.push('--account', options.account)
  if (options.groupMetadata !== undefined) args.push('--group-metadata', options.groupMetadata)
  return args
}

/** What a node answers to one JSON-RPC call. */
async function ask(url: string, method: string, params: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const answer = (await response.json()) as { readonly result?: unknown; readonly error?: unknown }
  if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`)
  return answer.result
}

interface Committed {
  readonly height: string
  readonly check_tx: { readonly code: number; readonly log: string }
  readonly tx_result: { readonly code: number; readonly log: string }
}

class Running implements RealChain {
  readonly chainId: string
  readonly rpcUrls: readonly string[]
  readonly grpcUrl: string
  readonly validators: readonly RealValidator[]
  readonly #child: ChainProcess
  readonly #lines: AsyncIterator<string>
  readonly #stopped = new Set<number>()
  #nonce = 0

  constructor(child: ChainProcess, lines: AsyncIterator<string>, announcement: Announcement) {
    this.#child = child
    this.#lines = lines
    this.chainId = announcement.chainId
    this.rpcUrls = announcement.rpcUrls
    this.grpcUrl = announcement.grpcUrl
    this.validators = announcement.validators
  }

  get #runningUrls(): readonly string[] {
    return this.rpcUrls.filter((_url, index) => !this.#stopped.has(index))
  }

  async height(node = 0): Promise<bigint> {
    return heightOf(this.rpcUrls[node] ?? `no node ${node}`)
  }

  write(entries: Iterable<readonly [Uint8Array, Uint8Array | undefined]>): Promise<bigint> {
    const set = Array.from(
      entries,
      ([key, value]) => [hex(key), value === undefined ? null : hex(value)] as const,
    )
    return this.#send({ set: Object.fromEntries(set) })
  }

  approve(key: Uint8Array, value: Uint8Array): Promise<bigint> {
    return this.write([[key, value]])
  }

  revoke(key: Uint8Array): Promise<bigint> {
    return this.write([[key, undefined]])
  }

  setPowers(powers: readonly number[]): Promise<bigint> {
    return this.#send({ power: Object.fromEntries(powers.entries()) })
  }

  async #send(content: object): Promise<bigint> {
    const [url] = this.#runningUrls
    if (url === undefined) throw new Error('every node of the chain was stopped')
    this.#nonce++
    const bytes = Buffer.from(`remesd:${JSON.stringify({ ...content, nonce: this.#nonce })}`)
    const tx = bytes.toString('base64')
    const { check_tx, tx_result, height } = (await ask(url, 'broadcast_tx_commit', { tx })) as Committed
    for (const { code, log } of [check_tx, tx_result]) {
      if (code !== 0) throw new Error(`the chain refused a transaction: ${log}`)
    }
    await this.reach(BigInt(height) + 1n)
    return BigInt(height)
  }

  async reach(height: bigint): Promise<void> {
    await Promise.all(this.#runningUrls.map((url) => reached(url, height)))
  }

  async advance(blocks: number): Promise<bigint> {
    const heights = await Promise.all(this.#runningUrls.map(heightOf))
    const target = heights.reduce((a, b) => (a > b ? a : b), 0n) + BigInt(blocks)
    await this.reach(target)
    return target
  }

  async stopNode(index: number): Promise<void> {
    const command = `stop ${index}`
    this.#child.stdin.write(`${command}\n`)
    const { value } = await this.#lines.next()
    if (value !== command) throw new Error(`the chain did not stop node ${index}`)
    this.#stopped.add(index)
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.stdin.end()
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

async function heightOf(url: string): Promise<bigint> {
  const status = (await ask(url, 'status', {})) as { sync_info: { latest_block_height: string } }
  return BigInt(status.sync_info.latest_block_height)
}

/** Polls: a node says no more about a height than that it has it. Gives up when no block came for a long time. */
async function reached(url: string, height: bigint): Promise<void> {
  let last = await heightOf(url)
  let since = Date.now()
  while (last < height) {
    await sleep(POLL_MS)
    const now = await heightOf(url)
    if (now > last) {
      last = now
      since = Date.now()
    }
    if (Date.now() - since > BLOCK_PATIENCE_MS) throw new Error(`${url} stays at height ${last}`)
  }
}

/** Starts a chain with at least two blocks on every node. Whoever starts it closes it; it ends with this process anyway. */
export async function realChain(options: RealChainOptions = {}): Promise<RealChain> {
  const program = await chainBinary()
  const folder = await mkdtemp(join(tmpdir(), 'real-chain-'))
  try {
    const genesis = await genesisFile(folder, options.registry ?? [])
    const child = spawn(program, argumentsOf(options, genesis), { stdio: ['pipe', 'pipe', 'pipe'] })
    const said = text(child.stderr)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const { done, value } = await lines.next()
    if (done === true) throw new Error(`the chain did not start: ${await said}`)
    return new Running(child, lines, JSON.parse(value) as Announcement)
  } finally {
    await rm(folder, { recursive: true })
  }
}
