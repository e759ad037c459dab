/**
 * Calls made at about the same time go out together: in JSON-RPC batches, several at once. Public nodes limit batches
 * (CometBFT's `max_request_batch_size` is 10 by default) or take none, so a smaller limit is learned from a refusal.
 */
import pLimit from 'p-limit'
import type { BatchJsonRpcClient, JsonRpcClient, RpcAnswer, RpcCall } from './json-rpc.ts'

/** CometBFT's default. */
const LARGEST_BATCH = 10
/** Enough to hide latency, few enough for a public node. */
const REQUESTS_AT_ONCE = 8

interface Waiting {
  readonly call: RpcCall
  readonly resolve: (answer: RpcAnswer) => void
  readonly reject: (reason: unknown) => void
}

/** The same client, its calls in batches. */
export function batchingClient(client: BatchJsonRpcClient): JsonRpcClient {
  const atOnce = pLimit(REQUESTS_AT_ONCE)
  const queue: Waiting[] = []
  let largest = LARGEST_BATCH
  let scheduled = false

  /** One request with what waits by now, as much as the endpoint takes. */
  async function sendNext(): Promise<void> {
    const sent = queue.splice(0, largest)
    if (sent.length === 0) return
    try {
      const answers = await client.batch(sent.map(({ call }) => call))
      if (answers === 'refused') {
        // Others may have learned from the same refusal meanwhile.
        largest = Math.min(largest, Math.max(1, Math.floor(sent.length / 2)))
        queue.unshift(...sent)
        schedule()
        return
      }
      for (const [index, { resolve, reject }] of sent.entries()) {
        const answer = answers[index]
        if (answer === undefined) reject(new TypeError('a batch has one answer for each call'))
        else resolve(answer)
      }
    } catch (thrown) {
      for (const { reject } of sent) reject(thrown)
    }
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    // After the promises that are settled now have made their own calls.
    setImmediate(() => {
      scheduled = false
      for (let waiting = queue.length; waiting > 0; waiting -= largest) void atOnce(sendNext)
    })
  }

  return {
    endpoint: client.endpoint,
    call: (method, params) =>
      new Promise((resolve, reject) => {
        queue.push({ call: { method, params }, resolve, reject })
        schedule()
      }),
  }
}
