/**
 * `npm run bench:proofs`: what it costs to believe nobody. Skipping verification over 10,000 blocks of a chain with 100 validators
 * that all rotate, Merkle proofs in a second, and 1,000 adapters from approval to place. `--json` prints one line of JSON.
 * The devnet runs in a process of its own; CPU is this process's alone.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Agent } from 'undici'
import { checkStoreProof } from '../src/chain/ics23/store-proof.ts'
import { readProvenChain, type TrustBasis } from '../src/chain/index.ts'
import { checkAbciAnswer } from '../src/chain/node/answers.ts'
import { silentReporter } from '../src/core/index.ts'
import { ensureFromInputs } from '../src/ensure/index.ts'

interface World {
  readonly chainId: string
  readonly inputs: Readonly<Record<string, string>>
  readonly urls: Readonly<Record<'rpc' | 'rpc2', string>>
  readonly anchor: { readonly height: string; readonly hash: string }
  readonly height: string
  readonly adapters: readonly string[]
}

interface Requests {
  readonly rpc: number
  readonly content: number
}

interface Running extends AsyncDisposable {
  readonly world: World
  /** Requests since the last call, which starts a new count. */
  requests(): Promise<Requests>
}

async function startWorld(options: object): Promise<Running> {
  const child = fork(join(import.meta.dirname, 'proving-devnet.ts'), [JSON.stringify(options)])
  const [world]: World[] = await once(child, 'message')
  if (world === undefined) throw new Error('the devnet did not start')
  const ask = async (question: string): Promise<Requests> => {
    child.send(question)
    const [answer]: Requests[] = await once(child, 'message')
    return answer ?? { rpc: 0, content: 0 }
  }
  await ask('clear')
  return {
    world,
    async requests() {
      const counted = await ask('count')
      await ask('clear')
      return counted
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

interface Cost {
  readonly milliseconds: number
  readonly cpuMilliseconds: number
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { milliseconds: performance.now() - start, cpuMilliseconds: (user + system) / 1000 }
}

function median(costs: readonly Cost[], of: keyof Cost): number {
  const sorted = costs.map((cost) => cost[of]).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const dispatcher = new Agent()

/** From an anchor 10,000 blocks back to the newest header, one witness asked. */
async function skipping(rounds: number) {
  await using running = await startWorld({ validators: 100, history: 10_000, adapters: 0 })
  const { world } = running
  const anchor = {
    height: BigInt(world.anchor.height),
    hash: new Uint8Array(Buffer.from(world.anchor.hash, 'hex')),
    origin: 'the bench',
  }
  const basis: TrustBasis = { kind: 'light-client', anchors: [anchor], trustingPeriodMs: 14 * 86_400_000 }
  let trace: readonly bigint[] = []
  const verify = () =>
    readProvenChain(
      {
        urls: [new URL(world.urls.rpc), new URL(world.urls.rpc2)],
        chainId: world.chainId,
        dispatcher,
        reporter: silentReporter,
        basis,
        minWitnesses: 1,
        maxHeaderAgeMs: 3_600_000,
      },
      async (_reader, evidence) => {
        trace = evidence.trace
      },
    )
  const first = await costOf(verify)
  const { rpc } = await running.requests()
  const others: Cost[] = []
  for (let round = 1; round < rounds; round += 1) others.push(await costOf(verify))
  return {
    blocks: Number(BigInt(world.height) - anchor.height),
    headers: trace.length,
    requests: rpc,
    firstMilliseconds: first.milliseconds,
    firstCpuMilliseconds: first.cpuMilliseconds,
    milliseconds: median(others, 'milliseconds'),
    cpuMilliseconds: median(others, 'cpuMilliseconds'),
  }
}

/** Existence proofs of 1,000 entries, checked again and again without any network. */
async function proofsPerSecond(world: World) {
  const { header, height } = await headerBelowTip(world)
  const key = Buffer.from(`adp_${world.adapters[500]}`)
  const result = await rpc(world, 'abci_query', {
    path: '/store/remes/key',
    data: key.toString('hex'),
    height: (height - 1n).toString(),
    prove: true,
  })
  const answer = checkAbciAnswer(result)
  if (!answer.ok) throw new Error(answer.why)
  const { value, proofOps = [] } = answer.value
  const question = { appHash: Buffer.from(header, 'hex'), store: 'remes', key, value, proofOps }
  const count = 20_000
  const { milliseconds } = await costOf(async () => {
    for (let n = 0; n < count; n += 1) {
      const verdict = checkStoreProof(question)
      if (!verdict.ok) throw new Error(verdict.why)
    }
  })
  return Math.round((count / milliseconds) * 1000)
}

async function rpc(world: World, method: string, params: object): Promise<unknown> {
  const response = await fetch(world.urls.rpc, {
    method: 'POST',
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const { result } = (await response.json()) as { readonly result: unknown }
  return result
}

async function headerBelowTip(world: World): Promise<{ readonly header: string; readonly height: bigint }> {
  const { signed_header } = (await rpc(world, 'commit', {})) as {
    signed_header: { header: { app_hash: string; height: string } }
  }
  return { header: signed_header.header.app_hash, height: BigInt(signed_header.header.height) }
}

/** A whole run for 1,000 adapters by name, by quorum, into an empty store; then all of a domain, approvals only. */
async function thousandAdapters(running: Running) {
  const { world } = running
  const home = await mkdtemp(join(tmpdir(), 'bench-proofs-'))
  const run = async (inputs: Readonly<Record<string, string>>) => {
    const result = await ensureFromInputs(
      { ...world.inputs, home, 'model-version': '1.0.0', ...inputs },
      { reporter: silentReporter, environment: {} },
    )
    if (!result.success) throw result.error ?? new Error('the run failed')
  }
  try {
    await running.requests()
    const adapters = world.adapters.join('\n')
    const approvals = await costOf(() => run({ adapters, 'plan-only': 'true' }))
    const asked = await running.requests()
    const whole = await costOf(() => run({ adapters }))
    const fetched = await running.requests()
    return {
      approvals,
      approvalRequests: asked.rpc,
      approvalContentRequests: asked.content,
      whole,
      contentRequests: fetched.content,
    }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '9' } },
})

async function measure() {
  const skip = await skipping(Number(values.rounds))
  await using running = await startWorld({ validators: 4, history: 100, adapters: 1000 })
  return {
    skip,
    proofsPerSecond: await proofsPerSecond(running.world),
    adapters: await thousandAdapters(running),
  }
}

const result = await measure()
await dispatcher.close()
if (values.json) console.log(JSON.stringify(result))
else {
  const { skip, adapters } = result
  const ms = (value: number) => `${value.toFixed(0)} ms`
  console.log(
    [
      `skipping over ${skip.blocks} blocks, 100 validators that all rotate, 1 witness:`,
      `  headers verified    ${skip.headers}`,
      `  HTTP requests       ${skip.requests}`,
      `  first               ${ms(skip.firstMilliseconds)}, ${ms(skip.firstCpuMilliseconds)} of CPU`,
      `  median of the rest  ${ms(skip.milliseconds)}, ${ms(skip.cpuMilliseconds)} of CPU`,
      `proofs checked in a second, one core: ${result.proofsPerSecond}`,
      '1,000 adapters by name, under quorum:',
      `  approvals           ${ms(adapters.approvals.milliseconds)}, ${adapters.approvalRequests} chain requests, ${adapters.approvalContentRequests} content requests`,
      `  approvals and bytes ${ms(adapters.whole.milliseconds)}, ${adapters.contentRequests} content requests`,
    ].join('\n'),
  )
}
