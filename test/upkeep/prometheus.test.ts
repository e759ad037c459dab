import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatPrometheus } from '../../src/upkeep/prometheus.ts'
import type { StoreStats } from '../../src/upkeep/stats.ts'

const EMPTY: StoreStats = {
  home: '/home/miner/.r3mes',
  kinds: {
    model: { count: 0, files: 0, bytes: 0 },
    adapter: { count: 0, files: 0, bytes: 0 },
    dataset: { count: 0, files: 0, bytes: 0 },
  },
  blobs: { count: 0, bytes: 0, allocated: 0 },
  quarantine: { count: 0, bytes: 0 },
  allocated: 0,
  saved: 0,
  disk: { total: 100, used: 60, free: 30 },
  counters: undefined,
  popular: [],
  ages: [0, 0, 0, 0, 0, 0],
  idleSeconds: 0,
  used: 0,
  users: 0,
}

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Family {
  readonly type: string
  readonly samples: readonly Sample[]
}

/**
 * Reads the text format by its description, and by nothing of the code that writes it
 * (https://prometheus.io/docs/instrumenting/exposition_formats/): HELP, TYPE, then the samples of that family, each family once.
 */
function parse(text: string): ReadonlyMap<string, Family> {
  expect(text.endsWith('\n')).toBe(true)
  const families = new Map<string, { readonly type: string; readonly samples: Sample[] }>()
  let current = ''
  let helped = ''
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\\n]|\\\\|\\n)+$/.exec(line)
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line)
    if (help?.[1] !== undefined) {
      expect(families.has(help[1]), line).toBe(false)
      helped = help[1]
    } else if (type?.[1] !== undefined && type[2] !== undefined) {
      expect(type[1]).toBe(helped)
      current = type[1]
      families.set(current, { type: type[2], samples: [] })
    } else families.get(current)?.samples.push(sampleOf(line, current))
  }
  return families
}

const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"/y

function sampleOf(line: string, family: string): Sample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0] ?? ''
  expect(
    name === family || [`${family}_bucket`, `${family}_sum`, `${family}_count`].includes(name),
    line,
  ).toBe(true)
  const labels: Record<string, string> = {}
  let at = name.length
  if (line[at] === '{') {
    do {
      LABEL.lastIndex = at + 1
      const label = LABEL.exec(line)
      if (label?.[1] === undefined || label[2] === undefined) throw new Error(`No label: ${line}`)
      labels[label[1]] = label[2].replace(/\\(.)/g, (_all, each: string) => (each === 'n' ? '\n' : each))
      at = LABEL.lastIndex
    } while (line[at] === ',')
    expect(line[at], line).toBe('}')
    at += 1
  }
  expect(line[at], line).toBe(' ')
  const value = line.slice(at + 1)
  expect(value, line).toMatch(/^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/)
  return { name, labels, value: Number(value.replace('Inf', 'Infinity')) }
}

describe('the text for Prometheus', () => {
  it('is valid for an empty store that no run has used', () => {
    const families = parse(formatPrometheus(EMPTY))
    expect(families.get('r3mes_store_filesystem_avail_bytes')?.samples).toMatchObject([{ value: 30 }])
    expect(families.has('r3mes_runs_total')).toBe(false)
    expect(families.has('r3mes_store_artifact_uses')).toBe(false)
  })

  it('says counters in seconds and bytes, and their names end as those of counters do', () => {
    const families = parse(
      formatPrometheus({
        ...EMPTY,
        counters: {
          since: 1_700_000_000.5,
          runs: 10,
          failedRuns: 3,
          hits: 5,
          misses: 2,
          sources: { ipfs: { ok: 4, failed: 1, bytes: 2 ** 50, milliseconds: 1_500 } },
        },
      }),
    )
    for (const [name, { type }] of families) expect(name.endsWith('_total'), name).toBe(type === 'counter')
    expect(families.get('r3mes_runs_total')?.samples).toMatchObject([
      { labels: { outcome: 'ok' }, value: 7 },
      { labels: { outcome: 'failed' }, value: 3 },
    ])
    expect(families.get('r3mes_download_seconds_total')?.samples).toMatchObject([
      { labels: { source: 'ipfs' }, value: 1.5 },
    ])
    expect(families.get('r3mes_download_bytes_total')?.samples).toMatchObject([{ value: 2 ** 50 }])
  })

  it('has a histogram whose buckets grow, and end with all of them', () => {
    const families = parse(formatPrometheus({ ...EMPTY, ages: [1, 0, 2, 0, 0, 4], used: 7, idleSeconds: 99 }))
    const samples = families.get('r3mes_store_artifact_idle_seconds')?.samples ?? []
    expect(samples.map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['86400', 1],
      ['604800', 1],
      ['2592000', 3],
      ['7776000', 3],
      ['31536000', 3],
      ['+Inf', 7],
      [undefined, 99],
      [undefined, 7],
    ])
  })

  it('stays valid, and one line a sample, whatever an artifact calls itself', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a"b\\c\nd', '::error::x', '\u001b[31m', '\\'),
    )
    fc.assert(
      fc.property(fc.array(name, { maxLength: 5 }), (names) => {
        const popular = names.map((each) => ({
          kind: 'model' as const,
          name: each,
          useCount: 1,
          lastUsed: 1,
        }))
        const families = parse(formatPrometheus({ ...EMPTY, popular }))
        expect(families.get('r3mes_store_artifact_uses')?.samples ?? []).toHaveLength(names.length)
      }),
    )
  })
})
