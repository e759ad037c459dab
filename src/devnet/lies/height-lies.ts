/** Lies about how far the chain has come: the node shows nothing above a ceiling. */
import type { Liar, RunMethod } from '../rpc.ts'
import { isObject, RpcError, type RpcParams } from '../rpc-protocol.ts'

/** Older than any header may be by default. */
const STALE_MS = 90 * 60 * 1000
const BLOCKS_BEHIND = 3n
/** Calls that a lagging node answers before it has caught up. */
const CALLS_BEHIND = 4
/** A height that no node has. */
const UNREACHED = '1000000000000000'

/** The newest height that is hours old; on a younger chain, the oldest one that can be proven. */
export function staleHeight(): Liar {
  return below(once(staleCeiling))
}

/** Some blocks behind, for the first calls only. */
export function laggingWitness(): Liar {
  const lagging = below(once(async (ask) => heightsOf(await ask('status', {})).latest - BLOCKS_BEHIND))
  let calls = 0
  return {
    async run(method, params, ask) {
      calls += 1
      return calls > CALLS_BEHIND || lagging.run === undefined
        ? ask(method, params)
        : lagging.run(method, params, ask)
    },
  }
}

type Ceiling = (ask: RunMethod) => Promise<bigint>

/** The ceiling stays where it was at first. */
function once(find: Ceiling): Ceiling {
  let found: Promise<bigint> | undefined
  return (ask) => {
    found ??= find(ask)
    return found
  }
}

async function staleCeiling(ask: RunMethod): Promise<bigint> {
  const { earliest, latest } = heightsOf(await ask('status', {}))
  const limit = (await timeAt(latest, ask)) - STALE_MS
  let low = earliest + 1n
  let high = latest
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if ((await timeAt(middle, ask)) <= limit) low = middle
    else high = middle - 1n
  }
  return low
}

async function timeAt(height: bigint, ask: RunMethod): Promise<number> {
  return Date.parse(String(fieldOf(await ask('header', { height: String(height) }), 'header', 'time')))
}

function below(ceilingOf: Ceiling): Liar {
  return {
    async run(method, params, ask) {
      const ceiling = await ceilingOf(ask)
      switch (method) {
        case 'status':
          return statusAt(await ask(method, params), ceiling, ask)
        case 'abci_info':
          return infoAt(await ask(method, params), ceiling, ask)
        case 'block':
        case 'commit':
        case 'header':
          return ask(method, { ...params, height: heightBelow(params, ceiling) })
        case 'validators':
          return ask(method, { ...params, height: heightBelow(params, ceiling + 1n) })
        case 'abci_query':
          return storeBelow(params, ceiling, ask)
        default:
          return ask(method, params)
      }
    },
  }
}

function heightBelow(params: RpcParams, latest: bigint): string {
  const asked = params['height']
  if (asked === undefined || asked === '0') return String(latest)
  const height = String(asked)
  if (/^[0-9]+$/.test(height) && BigInt(height) > latest) {
    throw new RpcError(
      'internal',
      `height ${height} must be less than or equal to the current blockchain height ${latest}`,
    )
  }
  return height
}

/** State above the ceiling is answered as the node answers for what it has not reached. */
async function storeBelow(params: RpcParams, ceiling: bigint, ask: RunMethod): Promise<unknown> {
  const asked = String(params['height'] ?? '0')
  if (asked === '0') return ask('abci_query', { ...params, height: String(ceiling) })
  if (!/^[0-9]+$/.test(asked) || BigInt(asked) <= ceiling) return ask('abci_query', params)
  const unreached = await ask('abci_query', { ...params, height: UNREACHED })
  const response = isObject(unreached) && isObject(unreached['response']) ? unreached['response'] : {}
  return { response: response['height'] === UNREACHED ? { ...response, height: asked } : response }
}

async function statusAt(status: unknown, ceiling: bigint, ask: RunMethod): Promise<unknown> {
  if (!isObject(status)) return status
  const block = await ask('block', { height: String(ceiling) })
  return {
    ...status,
    sync_info: {
      ...(isObject(status['sync_info']) ? status['sync_info'] : {}),
      latest_block_hash: fieldOf(block, 'block_id', 'hash'),
      latest_app_hash: fieldOf(block, 'block', 'header', 'app_hash'),
      latest_block_height: String(ceiling),
      latest_block_time: fieldOf(block, 'block', 'header', 'time'),
    },
  }
}

async function infoAt(info: unknown, ceiling: bigint, ask: RunMethod): Promise<unknown> {
  const response = fieldOf(info, 'response')
  const appHash = fieldOf(await ask('header', { height: String(ceiling + 1n) }), 'header', 'app_hash')
  return {
    response: {
      ...(isObject(response) ? response : {}),
      last_block_height: String(ceiling),
      last_block_app_hash: Buffer.from(String(appHash), 'hex').toString('base64'),
    },
  }
}

function heightsOf(status: unknown): { readonly earliest: bigint; readonly latest: bigint } {
  const at = (name: string) => BigInt(String(fieldOf(status, 'sync_info', name)))
  return { earliest: at('earliest_block_height'), latest: at('latest_block_height') }
}

/** The field at the end of a path of fields. */
export function fieldOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((within, name) => (isObject(within) ? within[name] : undefined), value)
}
