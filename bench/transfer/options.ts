import { parseArgs } from 'node:util'

export interface BenchOptions {
  /** Every size is multiplied by this: 1 is what the documented table has. */
  readonly size: number
  /** How often each side runs; they take turns. */
  readonly rounds: number
  /** Names of rows; all when empty. */
  readonly rows: readonly string[]
  /** Folder on the disk that is written to. */
  readonly folder: string
  /** Where the JSON goes besides the table; `-` prints it instead of the table. */
  readonly json: string | undefined
}

const HELP = `npm run bench:transfer -- [options]

  --rows a,b      only these rows
  --size 0.5      half of every size
  --rounds 5      how often each side runs
  --quick         a smoke test: 1/64 of every size, one round
  --folder DIR    where to write; the disk below it is what is measured
  --json FILE     also writes the results as JSON; - prints them instead of the table`

/** 1/64: 2 GiB become 32 MiB. */
const QUICK_SIZE = 1 / 64

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, not ${text}`)
  return value
}

/**
 * @returns undefined when only the help was asked for, which is then printed
 * @throws Error for an option that is none
 */
export function readOptions(args: readonly string[], temporary: string): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '' },
      size: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      folder: { type: 'string', default: temporary },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return undefined
  }
  return {
    size: positive('size', values.size ?? String(values.quick ? QUICK_SIZE : 1)),
    rounds: Math.ceil(positive('rounds', values.rounds ?? (values.quick ? '1' : '5'))),
    rows: values.rows.split(',').filter(Boolean),
    folder: values.folder,
    json: values.json,
  }
}
