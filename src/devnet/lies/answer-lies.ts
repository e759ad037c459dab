/** Lies in how answers are sent, whatever they say. */
import type { Liar } from '../rpc.ts'
import { answersText } from '../rpc.ts'
import { isObject, RpcError } from '../rpc-protocol.ts'

const ENDLESS_TOTAL = '1000000000'
const REPEATED_PAGES = 3
const PRUNED_HEIGHTS = 2

/** What a runner, a terminal and a reader might obey. */
export const COMMANDS_IN_TEXT =
  'no such thing\n::error title=devnet::obeyed\r::stop-commands::devnet ##[error]obeyed \u001b]0;obeyed\u0007\u001b[31m \u202edeyebo\u202c'

/** Page 1 is honest but for the total; some pages repeat it, and all others are empty. */
export function endlessPages(): Liar {
  return {
    async run(method, params, ask) {
      if (method !== 'validators') return ask(method, params)
      const page = Number(params['page'] ?? '1')
      const first = await ask(method, { ...params, page: '1' })
      if (!isObject(first)) return first
      return page <= REPEATED_PAGES
        ? { ...first, total: ENDLESS_TOTAL }
        : { ...first, validators: [], count: '0', total: ENDLESS_TOTAL }
    },
  }
}

export function truncatedJson(): Liar {
  return {
    send(answers, isBatch) {
      const text = answersText(answers, isBatch)
      return text.slice(0, Math.floor(text.length / 2))
    },
  }
}

export function wrongRpcId(): Liar {
  return {
    send: (answers, isBatch) =>
      answersText(
        answers.map(({ id, ...rest }) => ({
          ...rest,
          id: typeof id === 'number' ? id + 1_000_000 : `${String(id)}!`,
        })),
        isBatch,
      ),
  }
}

export function missingBatchMember(): Liar {
  return {
    send: (answers, isBatch) => answersText(answers.length > 1 ? answers.slice(0, -1) : answers, isBatch),
  }
}

/**
 * The state of the first heights that are asked for is gone, as on a node that prunes while it is read.
 *
 * @param newBlock called when a height turns out to be pruned: time has passed
 */
export function prunedHeight(newBlock: () => void): Liar {
  const pruned = new Set<string>()
  return {
    async run(method, params, ask) {
      const height = String(params['height'] ?? '0')
      if (method !== 'abci_query' || height === '0') return ask(method, params)
      if (!pruned.has(height)) {
        if (pruned.size === PRUNED_HEIGHTS) return ask(method, params)
        pruned.add(height)
        newBlock()
      }
      const log = 'proof is unexpectedly empty; ensure height has not been pruned: invalid request'
      return {
        response: {
          code: 7,
          log,
          info: '',
          index: '0',
          key: null,
          value: null,
          proofOps: null,
          height: '0',
          codespace: 'store',
        },
      }
    },
  }
}

/** The node says who it is, and fails at everything else. */
export function commandInError(): Liar {
  return {
    async run(method, params, ask) {
      if (method === 'status' || method === 'health') return ask(method, params)
      throw new RpcError({ code: -32603, message: COMMANDS_IN_TEXT }, COMMANDS_IN_TEXT)
    },
  }
}
