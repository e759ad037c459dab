/** Whole jobs as a runner of workflows does them: the action's main step, steps that use what it put there, and its post step. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { goIsThere } from '../../scripts/chain-binary.ts'
import { act } from '../../scripts/real-parts/act.ts'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { aModelHost } from '../support/model-host.ts'
import { root } from '../support/project.ts'
import { aFolder } from '../support/store.ts'

/** Time for the first test on a machine to build the runner. */
const BUILD_MS = 20 * 60_000

interface Step {
  readonly run?: string
  readonly uses?: string
  readonly id?: string
  readonly with?: Readonly<Record<string, string>>
}

interface JobResult {
  readonly exitCode: number | null
  readonly log: string
  /** Leases of jobs that are left in the store. */
  readonly leases: readonly string[]
}

/** Passes while this job has its lease on the store, and only then. */
const LEASED: Step = { run: 'test "$(ls "$HOME/.r3mes/leases/jobs" | wc -l)" = 1' }

async function aDevnet(): Promise<Devnet> {
  const devnet = await startDevnet()
  onTestFinished(() => devnet.close())
  return devnet
}

/** Runs a job of one workflow: this action with these inputs, then the steps. */
async function runJob(inputs: Readonly<Record<string, string>>, steps: readonly Step[]): Promise<JobResult> {
  return await runSteps([{ uses: './', id: 'r3mes', with: inputs }, ...steps])
}

/** Runs a job of one workflow. */
async function runSteps(steps: readonly Step[]): Promise<JobResult> {
  const folder = await mkdtemp(join(tmpdir(), 'r3mes-workflow-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [home, repository] = [join(folder, 'home'), join(folder, 'repository')]
  await mkdir(join(repository, '.github/workflows'), { recursive: true })
  await mkdir(home)
  await cp(join(root, 'action.yml'), join(repository, 'action.yml'))
  await cp(join(root, 'volume'), join(repository, 'volume'), { recursive: true })
  await cp(join(root, 'dist'), join(repository, 'dist'), { recursive: true })
  const workflow = {
    on: 'push',
    jobs: {
      train: {
        'runs-on': 'ubuntu-latest',
        steps: [
          // The runner copies the repository for it, and asks nobody.
          { uses: 'actions/checkout@v5' },
          ...steps,
        ],
      },
    },
  }
  await writeFile(join(repository, '.github/workflows/train.yml'), stringify(workflow))
  const child = spawn(await act(), ['push', '-P', 'ubuntu-latest=-self-hosted', '--no-cache-server'], {
    cwd: repository,
    // It runs the first node of the path.
    env: { PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`, HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  const leases = await readdir(join(home, '.r3mes/leases/jobs')).catch(() => [])
  return { exitCode, log: out + err, leases }
}

describe.skipIf(!goIsThere())('a job in a runner of workflows (needs Go)', () => {
  beforeAll(async () => {
    await act()
  }, BUILD_MS)

  it('has what it asked for, in use until its end, and its post step releases that', async () => {
    const devnet = await aDevnet()
    const inputs = { ...devnet.inputs(), 'model-version': '1.0.0', 'prune-max-age': '30d' }
    const { exitCode, log, leases } = await runJob(inputs, [
      LEASED,
      { run: `test -s "\${{ steps.r3mes.outputs.model-path }}/model.gguf"` },
    ])
    expect(exitCode, log).toBe(0)
    expect(log).toContain('The lease on what this job used was released.')
    expect(log).toContain('Pruned: nothing, 0 B freed on the disk.')
    expect(leases).toEqual([])
  })

  it('that fails after it is cleaned up after all the same', async () => {
    const devnet = await aDevnet()
    const job = await runJob({ ...devnet.inputs(), 'model-version': '1.0.0' }, [LEASED, { run: 'exit 7' }])
    expect(job.exitCode, job.log).toBe(1)
    expect(job.log).toContain('The lease on what this job used was released.')
    expect(job.leases).toEqual([])
  })

  it('whose main step is refused fails for that reason alone', async () => {
    const devnet = await aDevnet()
    const inputs = { ...devnet.inputs(), 'model-version': '1.0.0', adapters: 'coder\nwriter' }
    const { exitCode, log, leases } = await runJob(inputs, [])
    expect(exitCode).toBe(1)
    expect(log).toContain('ADAPTER_CONFLICT')
    expect(log).not.toContain('The lease')
    expect(log).not.toMatch(/Failure - Post/)
    expect(leases).toEqual([])
  })

  it('brings models by URL with the sub-action, for the steps after it', async () => {
    const host = await aModelHost()
    const lora = { name: 'detail', ...host.serve('detail.safetensors'), scale: 0.5 }
    const base = await aFolder()
    const inputs = {
      base,
      'allow-hosts': host.host,
      request: JSON.stringify({ loras: [lora], prompt: 'a lake' }),
    }
    const { exitCode, log } = await runSteps([
      { uses: './volume', id: 'models', with: inputs },
      { run: `test "\${{ steps.models.outputs.prompt }}" = '<lora:detail:0.5> a lake'` },
      { run: `test -s "\${{ fromJSON(steps.models.outputs.lora-paths)[0][0] }}"` },
    ])
    expect(exitCode, log).toBe(0)
    expect(host.asked).toEqual(['/detail.safetensors'])
  })
})
