/**
 * `npm run bench:store`: what a store costs that many jobs share for months. `--rows a,b` picks rows, `--rounds N` says how often,
 * `--size 0.1` makes everything smaller, `--folder DIR` names the disk, `--json FILE` keeps the numbers (`-` prints them
 * instead of the table).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Bench, type Row, type RowResult, runRow } from './row.ts'
import { changed } from './rows/changed.ts'
import { index, largeIndex } from './rows/index-of-many.ts'
import { kills } from './rows/kills.ts'
import { listing, prunePlan } from './rows/many-artifacts.ts'
import { shareAlways, shareChanged } from './rows/share.ts'
import { verifyLarge, verifySmall } from './rows/verify.ts'
import { volumeWarm } from './rows/volume-warm.ts'
import { tableOf } from './table.ts'

const ROWS: readonly Row[] = [
  index,
  largeIndex,
  changed,
  prunePlan,
  listing,
  verifyLarge,
  verifySmall,
  shareAlways,
  shareChanged,
  kills,
  volumeWarm,
]

function chosen(names: readonly string[]): readonly Row[] {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name))
  if (unknown.length > 0) {
    throw new Error(
      `No row is called ${unknown.join(', ')}. There are: ${ROWS.map(({ name }) => name).join(', ')}`,
    )
  }
  return names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name))
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not ${text}`)
  return value
}

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '' },
    rounds: { type: 'string', default: '9' },
    size: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
    json: { type: 'string' },
  },
})
const results: RowResult[] = []
for (const row of chosen(values.rows.split(',').filter(Boolean))) {
  const folders: string[] = []
  const bench: Bench = {
    rounds: Math.ceil(positive('rounds', values.rounds)),
    size: positive('size', values.size),
    async folder() {
      const path = await mkdtemp(join(values.folder, 'r3mes-bench-'))
      folders.push(path)
      return path
    },
    report: (line) => console.error(`${row.name}: ${line}`),
  }
  try {
    results.push(await runRow(row, bench))
  } finally {
    for (const path of folders) await rm(path, { recursive: true, force: true })
  }
}
const [processor] = cpus()
const machine = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  kernel: release(),
  cores: cpus().length,
  processor: processor?.model ?? '',
}
const json = JSON.stringify({ machine, rows: results }, undefined, 2)
if (values.json === '-') console.log(json)
else {
  console.log(tableOf(results))
  console.log(
    `\n${machine.date}, Node ${machine.node}, Linux ${machine.kernel}, ${machine.cores} × ${machine.processor}`,
  )
}
if (values.json !== undefined && values.json !== '-') await writeFile(values.json, `${json}\n`)
