/** The RPC methods of a CometBFT 0.38 node that light clients and readers of stores use, with its own error texts. */
import { type AbciQuery, abciQuery } from './abci.ts'
import { base64, blockIdJson, commitJson, headerJson, validatorJson } from './comet-json.ts'
import type { ChainNode } from './node.ts'
import { abciInfo, status } from './node-info.ts'
import { goType, paramsError, RpcError, type RpcParams } from './rpc-protocol.ts'

const DEFAULT_PER_PAGE = 30
const MAX_PER_PAGE = 100

type Method = (node: ChainNode, params: RpcParams) => unknown

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['abci_info', abciInfo],
  ['abci_query', (node, params) => ({ response: abciResponse(node, abciQueryParams(params)) })],
  ['block', block],
  ['commit', commit],
  ['header', header],
  ['health', () => ({})],
  ['status', status],
  ['validators', validators],
])

/** What a node says it can be asked. */
export const METHOD_NAMES: readonly string[] = [...METHODS.keys()]

/** @throws RpcError */
export function callMethod(node: ChainNode, name: string, params: RpcParams): unknown {
  const method = METHODS.get(name)
  if (method === undefined) throw new RpcError('method')
  return method(node, params)
}

function block(node: ChainNode, params: RpcParams): unknown {
  const { id, header, lastCommit } = node.chain.block(heightOf(node, params, node.height))
  return {
    block_id: blockIdJson(id),
    block: {
      header: headerJson(header),
      data: { txs: [] },
      evidence: { evidence: [] },
      last_commit: lastCommit === undefined ? null : commitJson(lastCommit),
    },
  }
}

function header(node: ChainNode, params: RpcParams): unknown {
  return { header: headerJson(node.chain.block(heightOf(node, params, node.height)).header) }
}

/** The newest commit is not canonical yet: the next block may hold other votes. */
function commit(node: ChainNode, params: RpcParams): unknown {
  const height = heightOf(node, params, node.height)
  const { header, commit } = node.chain.block(height)
  return {
    signed_header: { header: headerJson(header), commit: commitJson(commit) },
    canonical: height < node.height,
  }
}

/** Known one block further than blocks are. */
function validators(node: ChainNode, params: RpcParams): unknown {
  const height = heightOf(node, params, node.height + 1n)
  const signers = node.chain.signersAt(height)
  const page = integer(params, 'page') ?? 1
  const asked = integer(params, 'per_page') ?? DEFAULT_PER_PAGE
  const perPage = asked < 1 ? DEFAULT_PER_PAGE : Math.min(asked, MAX_PER_PAGE)
  const pages = Math.max(1, Math.ceil(signers.length / perPage))
  if (page < 1 || page > pages) {
    throw new RpcError('internal', `page should be within [1, ${pages}] range, given ${page}`)
  }
  const shown = signers.slice((page - 1) * perPage, page * perPage)
  return {
    block_height: String(height),
    validators: shown.map(({ validator }) => validatorJson(validator)),
    count: String(shown.length),
    total: String(signers.length),
  }
}

/** CometBFT `rpc/core/env.go` `getHeight`; without a height, `latest`. */
function heightOf(node: ChainNode, params: RpcParams, latest: bigint): bigint {
  if (params['height'] === undefined) return latest
  const height = int64(params, 'height')
  if (height <= 0n) throw new RpcError('internal', `height must be greater than 0, but got ${height}`)
  if (height > latest) {
    throw new RpcError(
      'internal',
      `height ${height} must be less than or equal to the current blockchain height ${latest}`,
    )
  }
  const { earliest } = node.chain
  if (height < earliest) {
    throw new RpcError('internal', `height ${height} is not available, lowest height is ${earliest}`)
  }
  return height
}

function integer(params: RpcParams, name: string): number | undefined {
  return params[name] === undefined ? undefined : Number(int64(params, name))
}

/** CometBFT writes and reads 64-bit integers as strings. */
function int64(params: RpcParams, name: string): bigint {
  const text = params[name]
  if (typeof text !== 'string') {
    throw paramsError(`invalid 64-bit integer encoding ${JSON.stringify(String(text))}, expected string`)
  }
  const wrong = /^-?([^0-9-])/.exec(text)?.[1]
  if (wrong !== undefined) throw paramsError(`invalid character '${wrong}' looking for beginning of value`)
  if (!/^-?[0-9]{1,18}$/.test(text)) {
    throw paramsError(`json: cannot unmarshal number ${text} into Go value of type int64`)
  }
  return BigInt(text)
}

/** In the words of Go. */
function wrongType(value: unknown, type: 'string' | 'bool'): RpcError {
  return paramsError(`json: cannot unmarshal ${goType(value)} into Go value of type ${type}`)
}

function abciQueryParams(params: RpcParams): AbciQuery {
  const { path = '', data = '', prove = false } = params
  if (typeof path !== 'string') throw wrongType(path, 'string')
  if (typeof data !== 'string') throw wrongType(data, 'string')
  if (typeof prove !== 'boolean') throw wrongType(prove, 'bool')
  const notHex = /[^0-9a-fA-F]/u.exec(data)?.[0]
  if (notHex !== undefined) {
    const point = (notHex.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    throw paramsError(`encoding/hex: invalid byte: U+${point} '${notHex}'`)
  }
  if (data.length % 2 === 1) throw paramsError('encoding/hex: odd length hex string')
  const height = params['height'] === undefined ? 0n : int64(params, 'height')
  return { path, data: Buffer.from(data, 'hex'), height, prove }
}

function abciResponse(node: ChainNode, query: AbciQuery): unknown {
  const answer = abciQuery(node, query)
  return {
    code: answer.code,
    log: answer.log,
    info: '',
    index: '0',
    key: base64(answer.key),
    value: base64(answer.value),
    proofOps:
      answer.proofOps.length === 0
        ? null
        : {
            ops: answer.proofOps.map(({ type, key, data }) => ({
              type,
              key: base64(key),
              data: base64(data),
            })),
          },
    height: String(answer.height),
    codespace: answer.codespace,
  }
}
