/** HuggingFace's own client, `huggingface_hub`, in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { huggingfaceHub } from '../../scripts/real-parts/python-packages.ts'

const SCRIPT = join(import.meta.dirname, 'hub-client.py')

export interface HubClient {
  /** Folder that its files go to. */
  readonly home: string
  /** What the library answers; `{error}` with the class of its exception. */
  ask(question: string, args: Readonly<Record<string, unknown>>): Promise<unknown>
}

/**
 * Knows nothing but this hub, and has a cache of its own that ends with the test.
 *
 * @throws Error when the library cannot be installed
 */
export async function aHubClient(endpoint: string): Promise<HubClient> {
  const home = await mkdtemp(join(tmpdir(), 'r3mes-hub-client-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    PYTHONPATH: await huggingfaceHub(),
    PYTHONDONTWRITEBYTECODE: '1',
    HF_ENDPOINT: endpoint,
    HF_HOME: join(home, 'hf'),
    HF_HUB_DISABLE_TELEMETRY: '1',
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
  }
  return {
    home,
    async ask(question, args) {
      const child = spawn('python3', [SCRIPT, question, JSON.stringify(args)], {
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [output, errors, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close') as Promise<[number | null]>,
      ])
      if (code !== 0) throw new Error(`python3 ended with ${code}:\n${errors}`)
      return JSON.parse(output)
    },
  }
}
