/**
 * A process that wants files in its store, as a run does, and may be killed meanwhile. Its one argument is a {@link SharingJob} as
 * JSON; it prints a line `looked` when it knows what is missing, waits for a line on its standard input, prints what it tells
 * people, and a {@link SharingReport} in the end.
 */
import { once } from 'node:events'
import { type Sha256Hex, silentReporter } from '../../src/core/index.ts'
import { Obtainer } from '../../src/ensure/obtain.ts'
import { openRun } from '../../src/ensure/open-run.ts'
import { RunRecord } from '../../src/ensure/record.ts'
import { readSettings } from '../../src/ensure/settings.ts'

export interface SharingJob {
  readonly home: string
  /** Template of a mirror. */
  readonly mirror: string
  readonly files: readonly { readonly sha256: Sha256Hex; readonly size: number }[]
}

export interface SharingReport {
  /** From where each file came, or the code of what went wrong. */
  readonly from: readonly string[]
}

const job: SharingJob = JSON.parse(process.argv[2] ?? '')
const environment = {}
const settings = readSettings(
  { home: job.home, mirrors: job.mirror, sources: 'http', 'rpc-urls': 'http://127.0.0.1:1', trust: 'rpc' },
  environment,
)
const record = new RunRecord({ home: job.home, chainId: '', planOnly: false })
const reporter = { ...silentReporter, info: (text: string) => console.log(text) }
const { signal } = new AbortController()
const from: string[] = []
{
  await using run = await openRun(settings, { reporter, environment }, record)
  const obtainer = new Obtainer(run)
  const wanted = job.files.map((file) => ({
    ...file,
    subject: 'file',
    mirrorPath: 'models/file',
    places: [],
  }))
  for (const file of wanted) await obtainer.inStore(file)
  console.log('looked')
  await once(process.stdin, 'data')
  process.stdin.pause()
  for (const file of wanted) {
    const obtained = obtainer.fetch(file, signal, { required: true })
    from.push(
      await obtained.then(
        ({ from }) => from,
        (thrown) => String(thrown.code),
      ),
    )
  }
}
const report: SharingReport = { from }
console.log(JSON.stringify(report))
