import type { ServerResponse } from 'node:http'
import type { ChainNode } from './node.ts'
import { sendJson, sendText } from './routes.ts'
import { callMethod, METHOD_NAMES } from './rpc-methods.ts'
import {
  callInWords,
  errorAnswer,
  namedParams,
  parseCalls,
  type RpcAnswerBody,
  type RpcCall,
  RpcError,
  type RpcParams,
  resultAnswer,
  uriParams,
} from './rpc-protocol.ts'
import type { Host } from './server.ts'

/** CometBFT's `max_body_bytes`. */
const MAX_BODY_BYTES = 1_000_000

/** Gives the result of a method. @throws RpcError */
export type RunMethod = (method: string, params: RpcParams) => Promise<unknown>

/** What stands between a node and those who ask it; all of it honest when absent. */
export interface Liar {
  /** The result that is given instead of the node's own, which `ask` gives. */
  run?(method: string, params: RpcParams, ask: RunMethod): Promise<unknown>
  /** The text that is sent instead of the answers. */
  send?(answers: readonly RpcAnswerBody[], isBatch: boolean): string
}

/**
 * A chain's node as CometBFT 0.38 serves it: JSON-RPC over POST, alone or in batches, and the same methods as GET
 * paths. As there, an error of a method is HTTP 200 over POST and 500 over GET; what is no request at all is 500.
 *
 * @param liar asked at each request
 */
export function nodeHost(node: ChainNode, liar: () => Liar | undefined): Host {
  return rpcHost(async (method, params) => callMethod(node, method, params), liar)
}

/** JSON-RPC in front of whatever runs the methods. */
export function rpcHost(run: RunMethod, liar: () => Liar | undefined): Host {
  return {
    bodyLimit: MAX_BODY_BYTES,
    call: callInWords,
    async answer(request, response, body) {
      const lying = liar()
      const runHere: RunMethod = async (method, params) =>
        lying?.run ? lying.run(method, params, run) : run(method, params)
      const url = new URL(request.url ?? '/', 'http://devnet')
      if (url.pathname !== '/') return answerUri(url, response, runHere)
      // As there: nothing asked, and the node says what could be.
      if (body.length === 0) return sendText(response, 200, `Available endpoints: ${METHOD_NAMES.join(', ')}`)
      try {
        const { calls, isBatch } = parseCalls(body)
        const answers = await Promise.all(calls.map((call) => answerCall(call, runHere)))
        sendAnswers(response, answers, isBatch, lying)
      } catch (thrown) {
        // A batch that is too long was a request, at least.
        const status = thrown instanceof RpcError && thrown.code === -32600 ? 200 : 500
        sendJson(response, status, errorAnswer(thrown, undefined))
      }
    },
  }
}

function sendAnswers(
  response: ServerResponse,
  answers: readonly RpcAnswerBody[],
  isBatch: boolean,
  liar: Liar | undefined,
): void {
  // Notifications are not answered.
  if (answers.length === 0) {
    response.writeHead(200, { 'Content-Length': 0 }).end()
    return
  }
  const text = liar?.send?.(answers, isBatch) ?? answersText(answers, isBatch)
  const body = Buffer.from(text)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body)
}

/** As there: a batch of one is answered as if it were none. */
export function answersText(answers: readonly RpcAnswerBody[], isBatch: boolean): string {
  return JSON.stringify(isBatch && answers.length > 1 ? answers : answers[0])
}

async function answerCall(call: RpcCall, run: RunMethod): Promise<RpcAnswerBody> {
  try {
    return resultAnswer(call.id, await run(call.method, namedParams(call)))
  } catch (thrown) {
    return errorAnswer(thrown, call.id)
  }
}

async function answerUri(url: URL, response: ServerResponse, run: RunMethod): Promise<void> {
  const method = url.pathname.slice(1)
  try {
    sendJson(response, 200, resultAnswer(-1, await run(method, uriParams(url.searchParams))))
  } catch (thrown) {
    if (thrown instanceof RpcError && thrown.code === -32601) {
      sendText(response, 404, '404 page not found')
    } else {
      sendJson(response, 500, errorAnswer(thrown, -1))
    }
  }
}
