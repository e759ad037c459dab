import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startNginx } from '../../../scripts/real-parts/nginx.ts'
import type { OurJob } from '../jobs.ts'
import { type Measured, measure } from '../measured.ts'
import type { Bench, Ready, Row } from '../row.ts'
import { GIB, sizeText } from '../sizes.ts'
import { startWorld } from '../worlds.ts'
import { ourCommand } from './download.ts'

const BYTES = 8 * GIB
const KILLS = 20
/** The last kill comes this many steps before the end: progress is told in steps, too. */
const STEPS = KILLS + 4
/** Seconds that one connection takes for the file at least: a small file must not be there before it can be interrupted. */
const LEAST_SECONDS = 8

/** Runs our child until it says that it has so many bytes, and ends it as a power cut would. */
async function killAt(bench: Bench, job: OurJob, bytes: number): Promise<void> {
  const [module = '', ...args] = ourCommand(bench, job).args
  const child = fork(module, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('message', (at: number) => {
    if (at >= bytes) child.kill('SIGKILL')
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== null) throw new Error(`the run was to be killed at ${bytes} bytes, but ended with ${code}`)
}

/** Twenty kills, evenly over the file; then a run to its end. Bytes are those that nginx sent, whoever got them. */
export const killed: Row = {
  name: 'killed',
  title: (bench) =>
    `${sizeText(bench.scaled(BYTES))} interrupted ${KILLS} times by SIGKILL: bytes served twice`,
  peer: '–',
  goal: { kind: 'overhead', most: 0.02 },
  mostRounds: 1,
  async prepare(bench): Promise<Ready> {
    await using begun = new AsyncDisposableStack()
    const folder = await bench.folder('killed')
    begun.defer(() => rm(folder, { recursive: true, force: true }))
    const [served, target] = [await bench.folder('killed/served'), await bench.folder('killed/target')]
    const bytes = bench.scaled(BYTES)
    const world = begun.use(await startWorld({ model: bytes, folder: served }))
    const nginx = begun.use(
      await startNginx({ root: served, limitRate: String(Math.round(bytes / LEAST_SECONDS)) }),
    )
    const job: OurJob = {
      kind: 'ensure',
      inputs: {
        ...world.inputs,
        'model-version': '1.0.0',
        home: join(target, 'home'),
        sources: 'http',
        mirrors: `${nginx.url}/{sha256}`,
        'allow-hosts': nginx.hostPort,
      },
      phases: ['store', 'transfer', 'promote'],
    }
    let overhead = Number.NaN
    const ended = begun.move()
    return {
      bytes,
      async ours(): Promise<Measured> {
        const start = performance.now()
        for (let kill = 1; kill <= KILLS; kill += 1) {
          await killAt(bench, job, (bytes * kill) / STEPS)
          bench.report(`killed ${kill} of ${KILLS}`)
        }
        const last = await measure(ourCommand(bench, job))
        const answered = await nginx.answered()
        overhead = answered.reduce((sum, answer) => sum + answer.bytes, 0) / bytes - 1
        // Kills included: what the file cost in all.
        const seconds = (performance.now() - start) / 1000
        return { ...last, seconds, wholeSeconds: seconds }
      },
      overhead: () => overhead,
      async clean() {
        await bench.folder('killed/target')
      },
      [Symbol.asyncDispose]: () => ended.disposeAsync(),
    }
  },
}
