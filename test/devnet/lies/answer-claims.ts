import { expect } from 'vitest'
import type { LieMode } from '../../../src/devnet/index.ts'
import { askNode, postCall, provenRead } from '../../support/devnet-node.ts'
import { type Claim, CODER, health } from '../../support/lying-devnet.ts'

/** Lies in how answers are sent. */
export const ANSWER_CLAIMS = {
  'endless-pages': [
    'claims a billion validators, on pages that repeat and then are empty',
    async (devnet) => {
      const page = async (number: number) =>
        (await askNode(devnet.urls.rpc, 'validators', { page: String(number) })) as {
          total: string
          validators: unknown[]
        }
      const pages = await Promise.all([1, 2, 3, 4, 1_000_000].map(page))
      expect(pages.map(({ total }) => total)).toEqual(pages.map(() => '1000000000'))
      expect(pages[1]?.validators).toEqual(pages[0]?.validators)
      expect(pages.map(({ validators }) => validators.length)).toEqual([4, 4, 4, 0, 0])
    },
  ],
  'truncated-json': [
    'ends in the middle of an answer that arrives whole',
    async (devnet) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'status', params: {} })
      const response = await fetch(devnet.urls.rpc, { method: 'POST', body })
      const text = await response.text()
      expect(Number(response.headers.get('content-length'))).toBe(text.length)
      expect(text.startsWith('{"jsonrpc":"2.0"')).toBe(true)
      expect(() => JSON.parse(text)).toThrow(SyntaxError)
    },
  ],
  'wrong-rpc-id': [
    'answers with ids that nobody sent, alone and in batches',
    async (devnet) => {
      expect(await postCall(devnet.urls.rpc, health(7))).toEqual({
        jsonrpc: '2.0',
        id: 1_000_007,
        result: {},
      })
      const batch = (await postCall(devnet.urls.rpc, [health(1), health(2)])) as { id: number }[]
      expect(batch.map(({ id }) => id)).toEqual([1_000_001, 1_000_002])
    },
  ],
  'missing-batch-member': [
    'leaves the last of a batch out, and answers single calls',
    async (devnet) => {
      const batch = (await postCall(devnet.urls.rpc, [health(1), health(2), health(3)])) as { id: number }[]
      expect(batch.map(({ id }) => id)).toEqual([1, 2])
      expect(await postCall(devnet.urls.rpc, health(9))).toMatchObject({ id: 9, result: {} })
    },
  ],
  'pruned-height': [
    'has lost the first two heights that are read, while new blocks come',
    async (devnet) => {
      const { rpc } = devnet.urls
      const tips: bigint[] = []
      for (let attempt = 0; attempt < 3; attempt += 1) {
        tips.push(devnet.height)
        const answer = await provenRead(rpc, CODER, devnet.height - 1n)
        expect(answer.code).toBe(attempt < 2 ? 7 : 0)
      }
      expect(tips).toEqual([tips[0], (tips[0] ?? 0n) + 1n, (tips[0] ?? 0n) + 2n])
      expect(await provenRead(rpc, CODER, (tips[0] ?? 0n) - 1n)).toMatchObject({
        code: 7,
        log: expect.stringContaining('pruned'),
      })
    },
  ],
  'command-in-error': [
    'fails with text that a runner or a terminal might obey, and says who it is',
    async (devnet) => {
      expect(await askNode(devnet.urls.rpc, 'status')).toMatchObject({
        node_info: { network: devnet.chainId },
      })
      for (const method of ['commit', 'validators', 'abci_query']) {
        const failure = await askNode(devnet.urls.rpc, method).catch((thrown: Error) => thrown.message)
        for (const text of ['\n::error', '##[error]', '\r::stop-commands', '\u001b]0;', '\u202e']) {
          expect(failure).toContain(text)
        }
      }
    },
  ],
} as const satisfies Partial<Record<LieMode, Claim>>
