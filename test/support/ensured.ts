import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { silentReporter } from '../../src/core/index.ts'
import { type Devnet, startDevnet } from '../../src/devnet/index.ts'
import { type EnsureResult, ensureFromInputs, type RawInputs } from '../../src/ensure/index.ts'

/** A devnet with small files, and runs against it into one store, in this process. */
export interface Ensured {
  readonly devnet: Devnet
  readonly home: string
  run(inputs: RawInputs): Promise<EnsureResult>
}

/** Ends with the test. */
export async function ensured(): Promise<Ensured> {
  const devnet = await startDevnet({ sizes: { model: 50_000, adapter: 5_000, dataset: 5_000 } })
  onTestFinished(() => devnet.close())
  const home = await mkdtemp(join(tmpdir(), 'r3mes-ensured-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return {
    devnet,
    home,
    run: (inputs) =>
      ensureFromInputs(
        { ...devnet.inputs(), home, ...inputs },
        { reporter: silentReporter, environment: {} },
      ),
  }
}
