import { createHash } from 'node:crypto'

/** A height at which a chain of some age could be. */
const FIRST_HEIGHT = 1200n
/** Lower heights are pruned, as on a node that keeps its last hundred blocks. */
const EARLIEST_HEIGHT = 1100n
const BLOCK_MS = 5000n

/** What a block header says that this devnet shows. All hashes are 32 bytes in lower-case hex. */
export interface Block {
  readonly height: bigint
  readonly time: Date
  readonly hash: string
  /** App hash in this header: the state that the block before it left. */
  readonly appHash: string
}

interface Version {
  readonly height: bigint
  readonly value: Uint8Array | undefined
}

/** The state of a one-store chain with the values that every key had at each height. Its hashes are made up. */
export class ChainState {
  readonly chainId: string
  readonly #versions = new Map<string, Version[]>()
  readonly #blocks: Block[] = []
  /** App hash of the state after the last block. */
  #stateHash: string

  constructor(chainId: string) {
    this.chainId = chainId
    this.#stateHash = hashHex(`${chainId} genesis`)
    const start = BigInt(Date.now())
    for (let height = EARLIEST_HEIGHT; height <= FIRST_HEIGHT; height += 1n) {
      this.#append(Number(start - (FIRST_HEIGHT - height) * BLOCK_MS))
    }
  }

  get height(): bigint {
    return this.latest.height
  }

  get earliest(): Block {
    return this.#blockAt(0)
  }

  get latest(): Block {
    return this.#blockAt(this.#blocks.length - 1)
  }

  /** App hash that the next header will carry. */
  get stateHash(): string {
    return this.#stateHash
  }

  /** Whether the state of this height is there to be read. */
  has(height: bigint): boolean {
    return height >= EARLIEST_HEIGHT && height <= this.height
  }

  /**
   * A block with one write, and an empty block on top, since only the next header carries the app hash of a write: who
   * reads one below the tip sees it too.
   */
  write(key: Uint8Array, value: Uint8Array | undefined): void {
    const hex = Buffer.from(key).toString('hex')
    const versions = this.#versions.get(hex) ?? []
    const height = this.height + 1n
    versions.push({ height, value: value === undefined ? undefined : Uint8Array.from(value) })
    this.#versions.set(hex, versions)
    this.#append(Date.now())
    this.#stateHash = hashHex(`${this.#stateHash} ${hex} ${Buffer.from(value ?? []).toString('hex')}`)
    this.#append(Date.now())
  }

  /** The value that a key had at a height; undefined when it had none. */
  get(key: Uint8Array, height: bigint): Uint8Array | undefined {
    return this.#versions
      .get(Buffer.from(key).toString('hex'))
      ?.findLast((version) => version.height <= height)?.value
  }

  /** All entries whose key starts with `prefix`, in byte order of their keys. */
  list(prefix: Uint8Array, height: bigint): { key: Uint8Array; value: Uint8Array }[] {
    const start = Buffer.from(prefix).toString('hex')
    return [...this.#versions.keys()]
      .filter((hex) => hex.startsWith(start))
      .sort()
      .flatMap((hex) => {
        const key = Buffer.from(hex, 'hex')
        const value = this.get(key, height)
        return value === undefined ? [] : [{ key, value }]
      })
  }

  #append(timeMs: number): void {
    const before = this.#blocks.at(-1)
    const height = before === undefined ? EARLIEST_HEIGHT : before.height + 1n
    // Header times grow strictly, however fast the blocks come.
    const time = new Date(before === undefined ? timeMs : Math.max(timeMs, before.time.getTime() + 1))
    const hash = hashHex(`${this.chainId} ${height} ${time.toISOString()} ${this.#stateHash}`)
    this.#blocks.push({ height, time, hash, appHash: this.#stateHash })
  }

  #blockAt(index: number): Block {
    const block = this.#blocks[index]
    if (block === undefined) throw new RangeError('a chain has blocks')
    return block
  }
}

function hashHex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
