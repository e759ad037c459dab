/**
 * A process that wants one file in its store, as a run does. Its one argument is a {@link ShareJob} as JSON; it prints `ready`
 * when it knows that the file is missing, waits for a line on its standard input, and prints where the file came from.
 */
import { once } from 'node:events'
import { type Sha256Hex, silentReporter } from '../../src/core/index.ts'
import { Obtainer } from '../../src/ensure/obtain.ts'
import { openRun } from '../../src/ensure/open-run.ts'
import { RunRecord } from '../../src/ensure/record.ts'
import { readSettings } from '../../src/ensure/settings.ts'

export interface ShareJob {
  readonly home: string
  /** Template of a mirror. */
  readonly mirror: string
  readonly verify: 'always' | 'changed'
  readonly sha256: Sha256Hex
  /** Bytes. */
  readonly size: number
}

const { home, mirror, verify, sha256, size }: ShareJob = JSON.parse(process.argv[2] ?? '')
const environment = {}
const settings = readSettings(
  { home, mirrors: mirror, verify, sources: 'http', 'rpc-urls': 'http://127.0.0.1:1', trust: 'rpc' },
  environment,
)
const record = new RunRecord({ home, chainId: '', planOnly: false })
{
  await using run = await openRun(settings, { reporter: silentReporter, environment }, record)
  const obtainer = new Obtainer(run)
  const wanted = { sha256, size, subject: 'file', mirrorPath: 'models/file', places: [] }
  await obtainer.inStore(wanted)
  console.log('ready')
  await once(process.stdin, 'data')
  process.stdin.pause()
  const { from } = await obtainer.fetch(wanted, new AbortController().signal, { required: true })
  console.log(from)
}
