import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BLOB_GRACE,
  DEFAULT_MAX_AGE,
  effectivePolicy,
  type PrunePlan,
  type PrunePolicy,
  planPrune,
  planRemoval,
} from '../../src/upkeep/prune-plan.ts'
import {
  bytesOnDisk,
  type PrunableArtifact,
  type PrunableBlob,
  type PruneState,
} from '../../src/upkeep/prune-state.ts'
import { sha256Of } from '../support/digest.ts'

const NOW = Date.UTC(2026, 5, 1)
const DAY = 24 * 60 * 60 * 1000

interface Sketch {
  readonly name: string
  readonly days?: number
  readonly uses?: number
  readonly kind?: PrunableArtifact['kind']
  readonly hold?: PrunableArtifact['hold']
  /** Names of contents; the same name in two artifacts is the same blob. */
  readonly contents: readonly string[]
}

/** A store of artifacts made of blobs by hard links; `sizes` are bytes on the disk by content. */
function aState(
  sketches: readonly Sketch[],
  sizes: Readonly<Record<string, number>>,
  extra: {
    readonly orphans?: readonly string[]
    readonly heldBlobs?: readonly string[]
    readonly outside?: readonly string[]
    readonly freeBytes?: number
  } = {},
): PruneState {
  const contents = Object.keys(sizes)
  const namesOf = (content: string): number =>
    sketches.reduce((sum, { contents: own }) => sum + own.filter((each) => each === content).length, 0)
  const blobs: PrunableBlob[] = contents.map((content, file) => ({
    sha256: sha256Of(content),
    file,
    isHeld: (extra.heldBlobs ?? []).includes(content) || (extra.outside ?? []).includes(content),
    writtenAt: NOW - 100 * DAY,
    changedAt: NOW - 2 * BLOB_GRACE,
  }))
  return {
    artifacts: sketches.map(({ name, days = 0, uses = 0, kind = 'model', hold, contents: own }) => ({
      kind,
      name,
      path: `/store/${kind}s/${name}`,
      lastUsed: NOW - days * DAY,
      useCount: uses,
      hold,
      files: own.map((content) => contents.indexOf(content)),
      blobs: [...new Set(own)].map((content) => contents.indexOf(content)),
    })),
    blobs,
    files: contents.map((content) => ({
      bytes: sizes[content] ?? 0,
      links: 1 + namesOf(content) + ((extra.outside ?? []).includes(content) ? 1 : 0),
    })),
    otherBytes: 0,
    remainsBytes: 0,
    quarantine: { going: 0, staying: 0 },
    freeBytes: extra.freeBytes ?? 0,
  }
}

function names({ removals }: PrunePlan): (string | undefined)[] {
  return removals.map(({ artifact }) => artifact?.name)
}

describe('what a bare prune does', () => {
  it('prunes by age, 30 days, and keeps the ten most used', () => {
    expect(effectivePolicy({})).toEqual({ maxAge: DEFAULT_MAX_AGE, keepPopular: 10 })
    expect(effectivePolicy({ maxAge: DAY })).toEqual({ maxAge: DAY, keepPopular: 10 })
    expect(effectivePolicy({ maxSize: 5 })).toEqual({ maxSize: 5 })
    expect(effectivePolicy({ minFree: 5, maxAge: DAY, keepPopular: 2 })).toEqual({
      minFree: 5,
      maxAge: DAY,
      keepPopular: 2,
    })
  })

  it('removes what was not used for longer, the least used first', () => {
    const state = aState(
      [
        { name: 'young', days: 29, contents: ['a'] },
        { name: 'old', days: 31, uses: 2, contents: ['b'] },
        { name: 'older', days: 90, uses: 3, contents: ['c'] },
        { name: 'oldest', days: 400, uses: 1, contents: ['d'] },
      ],
      { a: 1, b: 10, c: 100, d: 1000 },
    )
    const plan = planPrune(state, { maxAge: 30 * DAY, keepPopular: 0 }, NOW)
    expect(names(plan)).toEqual(['oldest', 'old', 'older'])
    expect(plan.bytes).toBe(1110)
    expect(plan.removals.map(({ bytes }) => bytes)).toEqual([1000, 10, 100])
  })
})

describe('bytes of files with several names', () => {
  it('are freed once, when the last name goes', () => {
    const state = aState(
      [
        { name: 'one', days: 50, uses: 1, contents: ['shared', 'own'] },
        { name: 'two', days: 50, uses: 2, contents: ['shared'] },
      ],
      { shared: 1000, own: 1 },
    )
    const plan = planPrune(state, { maxAge: DAY, keepPopular: 0 }, NOW)
    expect(plan.removals.map(({ bytes, blobs }) => [bytes, blobs.length])).toEqual([
      [1, 1],
      [1000, 1],
    ])
    const onlyOne = planPrune(state, { maxAge: DAY, keepPopular: 1 }, NOW)
    expect(names(onlyOne)).toEqual(['one'])
    expect(onlyOne.bytes).toBe(1)
  })

  it('are not freed while there is a name outside the store, and the blob stays', () => {
    const state = aState([{ name: 'one', days: 50, contents: ['a'] }], { a: 7 }, { outside: ['a'] })
    const plan = planPrune(state, { maxAge: DAY, keepPopular: 0 }, NOW)
    expect(names(plan)).toEqual(['one'])
    expect(plan.bytes).toBe(0)
    expect(plan.removals[0]?.blobs).toEqual([])
  })

  it('that only go together are not chosen for nothing', () => {
    // The least used one shares its bytes with one that stays: removing it would free nothing.
    const state = aState(
      [
        { name: 'in-vain', uses: 0, contents: ['shared'] },
        { name: 'enough', uses: 1, contents: ['own'] },
        { name: 'kept', uses: 9, contents: ['shared'] },
      ],
      { shared: 1000, own: 10 },
    )
    expect(names(planPrune(state, { maxSize: 1000 }, NOW))).toEqual(['enough'])
  })
})

describe('blobs that nothing refers to', () => {
  const state = aState([], { a: 5 })

  it('go by the age of their bytes', () => {
    expect(planPrune(state, {}, NOW).bytes).toBe(5)
    expect(planPrune(state, { maxAge: 101 * DAY }, NOW).bytes).toBe(0)
  })

  it('stay for an hour after a name of theirs came or went', () => {
    const young = { ...state, blobs: state.blobs.map((blob) => ({ ...blob, changedAt: NOW - BLOB_GRACE })) }
    expect(planPrune(young, { maxSize: 0 }, NOW).removals).toEqual([])
  })

  it('stay when only one kind is asked for, because they have none', () => {
    expect(planPrune(state, { kinds: ['model'] }, NOW).removals).toEqual([])
  })
})

describe('a store that has to shrink', () => {
  const state = aState(
    [
      { name: 'a', days: 1, uses: 1, contents: ['a'] },
      { name: 'b', days: 2, uses: 1, contents: ['b'] },
      { name: 'c', days: 3, uses: 5, contents: ['c'] },
    ],
    { a: 100, b: 100, c: 100 },
    { freeBytes: 50 },
  )

  it('loses the least used, of those the least recently used, until it is enough', () => {
    expect(names(planPrune(state, { maxSize: 200 }, NOW))).toEqual(['b'])
    expect(names(planPrune(state, { maxSize: 199 }, NOW))).toEqual(['b', 'a'])
    expect(names(planPrune(state, { minFree: 150 }, NOW))).toEqual(['b'])
    expect(names(planPrune(state, { minFree: 151 }, NOW))).toEqual(['b', 'a'])
    expect(planPrune(state, { minFree: 150 }, NOW).removals[0]?.reason).toBe('free')
  })

  it('loses nothing when the goal holds already', () => {
    expect(planPrune(state, { maxSize: 300, minFree: 50 }, NOW).removals).toEqual([])
  })

  it('says what is missing when all that may go is not enough', () => {
    const plan = planPrune(state, { maxSize: 50, keepPopular: 1 }, NOW)
    expect(names(plan)).toEqual(['b', 'a'])
    expect(plan.short).toBe(50)
    expect(plan.kept).toEqual({ used: 0, foreign: 0, popular: 1 })
  })

  it('counts the unfinished downloads that go anyway', () => {
    expect(names(planPrune({ ...state, remainsBytes: 100 }, { maxSize: 300 }, NOW))).toEqual([])
    expect(names(planPrune({ ...state, otherBytes: 100 }, { maxSize: 300 }, NOW))).toEqual(['b'])
  })

  it('lets no whole artifact make room for damaged files that are kept', () => {
    const kept = { ...state, quarantine: { going: 0, staying: 1_000 } }
    expect(planPrune(kept, { maxSize: 300 }, NOW)).toMatchObject({
      removals: [],
      size: 300,
      quarantine: 1_000,
    })
    // A smaller size is still reached, by what may go.
    expect(names(planPrune(kept, { maxSize: 250 }, NOW))).toEqual(['b'])
  })

  it('counts old damaged files that go for what is to be free, and not for the size', () => {
    const going = { ...state, quarantine: { going: 1_000, staying: 0 } }
    expect(names(planPrune(going, { minFree: 1_050 }, NOW))).toEqual([])
    expect(names(planPrune(going, { maxSize: 250 }, NOW))).toEqual(['b'])
  })
})

it('looks at the asked kinds alone, and what they share with others stays', () => {
  const state = aState(
    [
      { name: 'm', kind: 'model', days: 60, contents: ['shared', 'm'] },
      { name: 'd', kind: 'dataset', days: 60, contents: ['shared'] },
    ],
    { shared: 100, m: 1 },
  )
  const plan = planPrune(state, { kinds: ['model'], keepPopular: 0 }, NOW)
  expect(names(plan)).toEqual(['m'])
  expect(plan.bytes).toBe(1)
})

const KINDS = ['model', 'adapter', 'dataset'] as const

/** Stores of up to twelve artifacts that share up to eight contents. */
const states = fc
  .record({
    sizes: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 8 }),
    sketches: fc.array(
      fc.record({
        days: fc.integer({ min: 0, max: 60 }),
        uses: fc.integer({ min: 0, max: 3 }),
        kind: fc.constantFrom(...KINDS),
        hold: fc.constantFrom(undefined, undefined, undefined, 'used' as const, 'foreign' as const),
        contents: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
      }),
      { maxLength: 12 },
    ),
    held: fc.array(fc.nat(7), { maxLength: 2 }),
    outside: fc.array(fc.nat(7), { maxLength: 2 }),
    freeBytes: fc.nat(3000),
  })
  .map(({ sizes, sketches, held, outside, freeBytes }) => {
    const nameOf = (content: number): string => `content-${content % sizes.length}`
    return aState(
      sketches.map((sketch, index) => ({
        ...sketch,
        name: `artifact-${index}`,
        contents: sketch.contents.map(nameOf),
      })),
      Object.fromEntries(sizes.map((size, index) => [nameOf(index), size])),
      { heldBlobs: held.map(nameOf), outside: outside.map(nameOf), freeBytes },
    )
  })

/** With every field or without it. */
const policies: fc.Arbitrary<PrunePolicy> = fc.record(
  {
    maxAge: fc.integer({ min: 0, max: 60 }).map((days) => days * DAY),
    keepPopular: fc.nat(5),
    maxSize: fc.nat(4000),
    minFree: fc.nat(4000),
    kinds: fc.subarray([...KINDS], { minLength: 1 }),
  },
  { requiredKeys: [] },
)

/** What is freed when exactly these go: an independent count, name by name. */
function freedBy(state: PruneState, plan: Pick<PrunePlan, 'removals'>): number {
  const links = state.files.map(({ links: all }) => all)
  for (const { artifact, blobs } of plan.removals) {
    for (const file of artifact?.files ?? []) links[file] = (links[file] ?? 0) - 1
    for (const { file } of blobs) links[file] = (links[file] ?? 0) - 1
  }
  return state.files.reduce((sum, { bytes }, index) => sum + (links[index] === 0 ? bytes : 0), 0)
}

describe('for any store and policy', () => {
  it('nothing that is used, foreign, of another kind or popular goes', () => {
    fc.assert(
      fc.property(states, policies, (state, policy) => {
        const { removals } = planPrune(state, policy, NOW)
        const { keepPopular = 0 } = effectivePolicy(policy)
        const considered = state.artifacts.filter(({ kind }) => policy.kinds?.includes(kind) ?? true)
        for (const { artifact } of removals) {
          if (artifact === undefined) continue
          expect(artifact.hold).toBeUndefined()
          expect(considered).toContain(artifact)
          const better = considered.filter(
            ({ useCount, lastUsed }) =>
              useCount > artifact.useCount ||
              (useCount === artifact.useCount && lastUsed >= artifact.lastUsed),
          )
          // Itself is among them.
          expect(better.length).toBeGreaterThan(keepPopular)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('a blob goes only when no artifact that stays refers to it and nobody holds it', () => {
    fc.assert(
      fc.property(states, policies, (state, policy) => {
        const { removals } = planPrune(state, policy, NOW)
        const gone = new Set(removals.map(({ artifact }) => artifact))
        const staying = state.artifacts.filter((artifact) => !gone.has(artifact))
        const referred = new Set(staying.flatMap(({ blobs }) => blobs.map((index) => state.blobs[index])))
        const removed = removals.flatMap(({ blobs }) => blobs)
        expect(new Set(removed).size).toBe(removed.length)
        for (const blob of removed) {
          expect(blob.isHeld).toBe(false)
          expect(referred.has(blob)).toBe(false)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('the bytes are those that really go, in total and row by row', () => {
    fc.assert(
      fc.property(states, policies, (state, policy) => {
        const plan = planPrune(state, policy, NOW)
        expect(plan.bytes).toBe(freedBy(state, plan))
        expect(plan.removals.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(plan.bytes)
      }),
      { numRuns: 500 },
    )
  })

  it('a size and a share to keep free hold afterwards, or nothing more could go, and nothing went that could have stayed', () => {
    fc.assert(
      fc.property(states, policies, (state, policy) => {
        const plan = planPrune(state, policy, NOW)
        const { maxSize = Number.POSITIVE_INFINITY, minFree = 0 } = policy
        const missing = (bytes: number): number =>
          Math.max(0, bytesOnDisk(state) - bytes - maxSize, minFree - state.freeBytes - bytes)
        expect(plan.short).toBe(missing(plan.bytes))
        if (plan.short > 0) {
          const { keepPopular } = effectivePolicy(policy)
          const all = planPrune(state, { ...policy, maxAge: -1, keepPopular: keepPopular ?? 0 }, NOW)
          expect(plan.bytes).toBe(all.bytes)
        }
        for (const removal of plan.removals.filter(({ reason }) => reason !== 'age')) {
          const others = plan.removals.filter((each) => each !== removal)
          const bytes = freedBy(state, { removals: others })
          expect(missing(bytes)).toBeGreaterThan(plan.short)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('removing certain artifacts takes those alone that may go, and frees what it says', () => {
    fc.assert(
      fc.property(states, fc.array(fc.nat(11)), (state, numbers) => {
        const paths = new Set(numbers.flatMap((number) => state.artifacts[number]?.path ?? []))
        const plan = planRemoval(state, paths)
        const meant = state.artifacts.filter(({ path, hold }) => paths.has(path) && hold === undefined)
        expect(new Set(plan.removals.map(({ artifact }) => artifact))).toEqual(new Set(meant))
        expect(plan.kept.used + plan.kept.foreign).toBe(paths.size - meant.length)
        expect(plan.bytes).toBe(freedBy(state, plan))
      }),
      { numRuns: 300 },
    )
  })

  it('the same store and policy make the same plan', () => {
    fc.assert(
      fc.property(states, policies, (state, policy) => {
        expect(planPrune(state, policy, NOW)).toEqual(planPrune(state, policy, NOW))
      }),
      { numRuns: 100 },
    )
  })
})
