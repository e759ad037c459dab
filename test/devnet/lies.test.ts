import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { verifySelf } from '../../src/chain/light/verify.ts'
import { type Devnet, type DevnetOptions, LIES, type LieMode, startDevnet } from '../../src/devnet/index.ts'
import { askNode, lightBlockAt, provenRead } from '../support/devnet-node.ts'
import { ABSENT, bothRead, type Claim, CODER, nowNs } from '../support/lying-devnet.ts'
import { ANSWER_CLAIMS } from './lies/answer-claims.ts'
import { HEADER_CLAIMS } from './lies/header-claims.ts'
import { RECORD_CLAIMS } from './lies/record-claims.ts'

/** Every way in which a devnet can lie has a claim. */
const CLAIMS: Readonly<Record<LieMode, Claim>> = { ...RECORD_CLAIMS, ...HEADER_CLAIMS, ...ANSWER_CLAIMS }

const running: Devnet[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()))
})

async function start(options: DevnetOptions = {}): Promise<Devnet> {
  const devnet = await startDevnet(options)
  running.push(devnet)
  return devnet
}

describe('the lie', () => {
  it.each(Object.entries(CLAIMS).map(([mode, [claim, show]]) => ({ mode: mode as LieMode, claim, show })))(
    '$mode $claim',
    async ({ mode, show }) => {
      const devnet = await start()
      devnet.lie(mode)
      await show(devnet)
    },
  )

  it.each(Object.keys(LIES) as LieMode[])('%s can be ended, and the nodes are honest again', async (mode) => {
    const devnet = await start()
    const before = devnet.getRecord(CODER)
    const end = devnet.lie(mode)
    end()
    const { rpc, rpc2 } = devnet.urls
    const block = await lightBlockAt(rpc, devnet.height)
    expect(block).toEqual(await lightBlockAt(rpc2, devnet.height))
    expect(verifySelf(devnet.chainId, block, 0n, nowNs())).toEqual({ ok: true })
    expect((await bothRead(devnet, CODER)).verdict).toMatchObject({ ok: true })
    expect((await bothRead(devnet, ABSENT)).verdict).toMatchObject({ ok: true })
    expect(devnet.getRecord(CODER)).toEqual(before)
  })

  it('is told from the start when the devnet is started so', async () => {
    const devnet = await start({ lie: 'forged-value' })
    expect((await bothRead(devnet, CODER)).verdict).toMatchObject({ ok: false })
  })

  it('that began last is the one that is told', async () => {
    const devnet = await start({ lie: 'command-in-error' })
    const end = devnet.lie('hidden-key')
    expect((await provenRead(devnet.urls.rpc, CODER, devnet.height - 1n)).value).toHaveLength(0)
    end()
    await expect(provenRead(devnet.urls.rpc, CODER, devnet.height - 1n)).rejects.toThrow('::error')
  })

  it('spares what is no approval: other modules, and reads without proof', async () => {
    const devnet = await start({ lie: 'forged-value' })
    const { rpc, rpc2 } = devnet.urls
    const plain = { path: '/store/remes/key', data: Buffer.from(CODER).toString('hex') }
    for (const params of [plain, { path: '/store/staking/key', data: '51', prove: true }]) {
      expect(await askNode(rpc, 'abci_query', params)).toEqual(await askNode(rpc2, 'abci_query', params))
    }
  })
})

describe('the documentation', () => {
  it('lists every lie, who tells it, and what it is', () => {
    const tellers = { rpc: '`rpc`', rpc2: '`rpc2`', both: 'both nodes', chain: 'the chain' }
    const rows = Object.entries(LIES).map(
      ([mode, { teller, summary }]) => `| \`${mode}\` | ${tellers[teller]} | ${summary} |`,
    )
    const text = readFileSync(join(import.meta.dirname, '../../docs/devnet.md'), 'utf8')
    expect(text.split('\n').filter((line) => rows.includes(line))).toEqual(rows)
  })
})
