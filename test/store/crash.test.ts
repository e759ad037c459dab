import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aFolder, aFolderElsewhere, anArtifact, aStore, filesIn, scribble } from '../support/store.ts'
import type { ChildArtifact, ChildJob } from '../support/store-child.ts'
import { inOwnProcess } from '../support/store-process.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))

const MODEL = {
  kind: 'model',
  name: 'v1.0.0',
  asFolder: true,
  files: { 'model.gguf': 'the weights', 'tokenizer/vocab.json': '{}', 'tokenizer/deep/merges.txt': 'a b' },
} as const
const ADAPTER = { kind: 'adapter', name: 'coder', asFolder: false, files: { 'c.bin': 'the coder' } } as const
const DATASET = { kind: 'dataset', name: 'train', asFolder: true, files: { 'd.jsonl': '{"a":1}' } } as const
const ARTIFACTS: readonly ChildArtifact[] = [MODEL, ADAPTER, DATASET]

const COMPLETE = {
  'v1.0.0/model.gguf': 'the weights',
  'v1.0.0/tokenizer/deep/merges.txt': 'a b',
  'v1.0.0/tokenizer/vocab.json': '{}',
  'coder.bin': 'the coder',
  'train/d.jsonl': '{"a":1}',
}

interface Place {
  readonly home: string
  readonly modelDir: string
  readonly adapterDir: string
}

async function aPlace(elsewhere: boolean): Promise<Place> {
  const home = join(await aFolder(), 'home')
  if (!elsewhere) return { home, modelDir: join(home, 'models'), adapterDir: join(home, 'adapters') }
  return { home, modelDir: await aFolderElsewhere(), adapterDir: await aFolderElsewhere() }
}

/** What a user sees: everything below the final folders, without hidden names at their top. */
async function visible(place: Place): Promise<Record<string, string>> {
  await mkdir(join(place.home, 'datasets'), { recursive: true })
  const folders = [place.modelDir, place.adapterDir, join(place.home, 'datasets')]
  const files = await Promise.all(folders.map((folder) => filesIn(folder)))
  return Object.fromEntries(
    files.flatMap((found) => Object.entries(found)).filter(([path]) => !path.startsWith('.r3mes-')),
  )
}

async function hiddenLeftovers(place: Place): Promise<string[]> {
  const folders = [place.home, place.modelDir, place.adapterDir]
  const trees = await Promise.all(folders.map((each) => readdir(each, { recursive: true })))
  return trees.flat().filter((path) => path.includes('.r3mes-'))
}

/** Kills a run at this call, then lets the next run finish, which has to need no help. */
async function killThenRun(
  place: Place,
  killAt: { readonly call: string; readonly nth: number },
  check: (seen: Record<string, string>) => void,
) {
  const job: ChildJob = { ...place, artifacts: ARTIFACTS }
  expect((await inOwnProcess({ ...job, killAt })).signal).toBe('SIGKILL')
  check(await visible(place))
  // A read-only partial would stop the next download of every user but root.
  for (const partial of await readdir(join(place.home, 'partials'))) {
    expect((await stat(join(place.home, 'partials', partial))).mode & 0o200).toBe(0o200)
  }

  const { store } = await aStore(place)
  expect(await hiddenLeftovers(place)).toEqual([])
  for (const artifact of ARTIFACTS) {
    const promotion = await store.promote(await anArtifact(store, artifactOf(artifact)))
    expect(promotion.path).not.toContain('@')
  }
  expect(await visible(place)).toEqual(COMPLETE)
  expect(await filesIn(join(place.home, 'partials'))).toEqual({})
}

function artifactOf({ kind, name, asFolder, files }: ChildArtifact) {
  const text = Object.entries(files).map(([path, bytes]) => [path, String(bytes)] as const)
  return { kind, name, asFolder, files: Object.fromEntries(text) }
}

/** Each artifact is there as a whole or not at all. */
function wholeOrNothing(seen: Record<string, string>): void {
  for (const top of ['v1.0.0', 'coder.bin', 'train']) {
    const own = (tree: Record<string, string>) =>
      Object.fromEntries(Object.entries(tree).filter(([path]) => path === top || path.startsWith(`${top}/`)))
    if (Object.keys(own(seen)).length > 0) expect(own(seen)).toEqual(own(COMPLETE))
  }
  expect(Object.keys(seen).filter((path) => !(path in COMPLETE))).toEqual([])
}

async function callsOf(job: ChildJob): Promise<Readonly<Record<string, number>>> {
  const { report } = await inOwnProcess(job)
  if (report?.ok !== true) throw new Error(`The run without a kill failed: ${JSON.stringify(report)}`)
  return report.calls
}

function samplePoints(calls: Readonly<Record<string, number>>, howMany: number) {
  const points = fc.record({ call: fc.constant('any'), nth: fc.integer({ min: 1, max: calls['any'] ?? 0 }) })
  return fc.sample(points, { numRuns: howMany, seed: SEED })
}

/** Right before each rename: that is where careless code has nothing to show. */
function beforeEachRename(calls: Readonly<Record<string, number>>) {
  return Array.from({ length: calls['rename'] ?? 0 }, (_, index) => ({ call: 'rename', nth: index + 1 }))
}

describe(`a run killed in the middle (SEED=${SEED})`, { timeout: 300_000 }, () => {
  it.each([
    ['with hard links', false, 24],
    ['with copies to other file systems', true, 16],
  ])('leaves verified content or nothing under final paths: %s', async (_name, elsewhere, howMany) => {
    const calls = await callsOf({ ...(await aPlace(elsewhere)), artifacts: ARTIFACTS })
    for (const killAt of samplePoints(calls, howMany)) {
      await killThenRun(await aPlace(elsewhere), killAt, wholeOrNothing)
    }
  })

  it('leaves nothing worse than it found while it repairs', async () => {
    const damaged = async () => {
      const place = await aPlace(false)
      const { store } = await aStore(place)
      for (const artifact of ARTIFACTS) await store.promote(await anArtifact(store, artifactOf(artifact)))
      await scribble(join(place.modelDir, 'v1.0.0', 'model.gguf'), 'scribbled')
      await scribble(join(place.adapterDir, 'coder.bin'), '')
      await rm(join(place.modelDir, 'v1.0.0', 'tokenizer'), { recursive: true })
      return place
    }
    const before = await visible(await damaged())
    const calls = await callsOf({ ...(await damaged()), artifacts: ARTIFACTS })
    for (const killAt of [...beforeEachRename(calls), ...samplePoints(calls, 8)]) {
      await killThenRun(await damaged(), killAt, (seen) => {
        expect(Object.keys(seen)).toEqual(expect.arrayContaining(Object.keys(before)))
        for (const [path, bytes] of Object.entries(seen)) {
          expect([before[path], COMPLETE[path as keyof typeof COMPLETE]]).toContain(bytes)
        }
      })
    }
  })
})
