/**
 * `npm run bench:transfer`: how fast verified bytes arrive, beside the tools that people would use instead. docs/performance.md
 * says what is measured and how. `--help` lists the options.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from './options.ts'
import { type Bench, type Row, type RowResult, runRow } from './row.ts'
import { cacheRestore, cacheSave } from './rows/actions-cache.ts'
import { hub } from './rows/hub.ts'
import { killed } from './rows/killed.ts'
import { lateAnswers, perConnection } from './rows/limited.ts'
import { loopback, loopbackSynced, loopbackTls } from './rows/loopback.ts'
import { manyFiles, manyFilesStored } from './rows/many-files.ts'
import { MIB } from './sizes.ts'
import { tableOf } from './table.ts'
import { describeMachine, machineText, prepareTools } from './tools.ts'

const ROWS: readonly Row[] = [
  loopback,
  loopbackSynced,
  loopbackTls,
  perConnection,
  lateAnswers,
  hub,
  manyFiles,
  manyFilesStored,
  cacheSave,
  cacheRestore,
  killed,
]

/** Everything that was written goes to the disk now, not while the next one is measured. */
async function settle(): Promise<void> {
  execFileSync('sync')
}

function chosenRows(names: readonly string[]): readonly Row[] {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `No row is called ${unknown.join(', ')}. There are: ${ROWS.map(({ name }) => name).join(', ')}`,
    )
  }
  return names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name))
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), tmpdir())
  if (options === undefined) return
  const rows = chosenRows(options.rows)
  const report = (line: string): void => console.error(line)
  const work = await mkdtemp(join(options.folder, 'r3mes-bench-'))
  try {
    const tools = await prepareTools(join(work, 'bundle'), report)
    const machine = describeMachine(tools, work)
    const bench: Bench = {
      options,
      tools,
      report,
      async folder(name) {
        const path = join(work, name)
        await rm(path, { recursive: true, force: true })
        await mkdir(path, { recursive: true })
        return path
      },
      scaled: (bytes) => Math.max(1, Math.round((bytes * options.size) / MIB)) * MIB,
    }
    const results: RowResult[] = []
    for (const row of rows) results.push(await runRow(row, bench, settle))
    const json = JSON.stringify(
      { machine, size: options.size, rounds: options.rounds, rows: results },
      null,
      2,
    )
    if (options.json === '-') console.log(json)
    else console.log(`\n${tableOf(results)}\n\n${machineText(machine)}`)
    if (options.json !== undefined && options.json !== '-') await writeFile(options.json, `${json}\n`)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

await main()
