import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findConflicts, targetsOverlap } from '../../src/registry/conflict.ts'
import { anAdapter } from '../support/registry.ts'

const segment = fc.constantFrom('q_proj', 'v_proj', 'self_attn', 'mlp', 'layers', '0', '1', 'model')
const modulePath = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'))
const pattern = fc
  .array(fc.oneof(segment, fc.constantFrom('*', 'q_*', '*_proj')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'))
const target = fc.oneof(modulePath, pattern, fc.constant('all-linear'))

/** What a target names, written as a regular expression: the independent reading. */
function names(text: string, module: string): boolean {
  const escaped = text
    .split('*')
    .map((part) => part.replace(/[.\\^$+?()[\]{}|]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^(?:.*\\.)?${escaped}$`, 's').test(module)
}

describe('target modules overlap', () => {
  it.each([
    ['q_proj', 'q_proj'],
    ['q_proj', 'model.layers.0.self_attn.q_proj'],
    ['self_attn.q_proj', 'model.layers.0.self_attn.q_proj'],
    ['model.layers.*.self_attn.q_proj', 'model.layers.7.self_attn.q_proj'],
    ['*_proj', 'model.layers.0.self_attn.q_proj'],
    ['layers.*.q_proj', 'layers.0.*'],
    ['all-linear', 'q_proj'],
    ['all-linear', 'all-linear'],
    [' q_proj ', 'q_proj'],
  ])('%s and %s', (a, b) => {
    expect(targetsOverlap(a, b)).toBe(true)
    expect(targetsOverlap(b, a)).toBe(true)
  })

  it.each([
    ['q_proj', 'v_proj'],
    ['q_proj', 'model.layers.0.self_attn.xq_proj'],
    ['self_attn.q_proj', 'cross_attn.q_proj'],
    ['model.layers.1.q_proj', 'model.layers.10.q_proj'],
    ['*_proj', 'lm_head'],
    ['layers.*.q_proj', 'layers.0.v_proj'],
    ['a*b*c', 'axd'],
    ['Q_proj', 'q_proj'],
    ['', 'q_proj'],
    ['', 'all-linear'],
  ])('but not %j and %j', (a, b) => {
    expect(targetsOverlap(a, b)).toBe(false)
    expect(targetsOverlap(b, a)).toBe(false)
  })

  it('whichever is named first', () => {
    fc.assert(fc.property(target, target, (a, b) => targetsOverlap(a, b) === targetsOverlap(b, a)))
  })

  it('with themselves', () => {
    fc.assert(fc.property(target, (a) => targetsOverlap(a, a)))
  })

  it('whenever one module is named by both', () => {
    fc.assert(
      fc.property(modulePath, pattern, pattern, (module, a, b) => {
        if (names(a, module) && names(b, module)) expect(targetsOverlap(a, b)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('with a plain module exactly when they name it or a module that ends in it', () => {
    fc.assert(
      fc.property(modulePath, modulePath, (a, b) => {
        expect(targetsOverlap(a, b)).toBe(a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`))
      }),
    )
  })
})

describe('adapters conflict', () => {
  const coder = anAdapter({ id: 'coder', targetModules: ['q_proj', 'up_proj'] })
  const writer = anAdapter({ id: 'writer', targetModules: ['model.layers.0.mlp.up_proj'] })
  const other = anAdapter({ id: 'other', targetModules: ['lm_head'] })
  const pairs = (requested: (typeof coder)[], loaded: (typeof coder)[]) =>
    findConflicts(requested, loaded).map(({ first, second }) => [first.id, second.id])

  it('when two requested ones change one module, each pair once', () => {
    expect(pairs([coder, writer, other], [])).toEqual([['coder', 'writer']])
  })

  it('when a requested one meets one that is loaded', () => {
    expect(pairs([coder], [writer, other])).toEqual([['coder', 'writer']])
  })

  it('never with themselves, requested and loaded alike', () => {
    expect(pairs([coder], [coder])).toEqual([])
  })

  it('once, when the other is requested and loaded', () => {
    expect(pairs([coder, writer], [writer])).toEqual([['coder', 'writer']])
  })

  it('not when both are loaded: that is not this request’s', () => {
    expect(pairs([other], [coder, writer])).toEqual([])
  })

  it('not when one names no modules', () => {
    expect(pairs([coder, anAdapter({ id: 'silent', targetModules: [] })], [])).toEqual([])
  })

  it('in the same pairs whatever the order of the request', () => {
    const adapter = fc
      .record({ id: fc.constantFrom('a', 'b', 'c', 'd'), targetModules: fc.array(target, { maxLength: 3 }) })
      .map(anAdapter)
    const adapters = fc.uniqueArray(adapter, { selector: ({ id }) => id, maxLength: 4 })
    const unordered = (found: string[][]) => found.map((pair) => pair.toSorted().join()).toSorted()
    fc.assert(
      fc.property(adapters, (requested) => {
        expect(unordered(pairs(requested, []))).toEqual(unordered(pairs(requested.toReversed(), [])))
      }),
    )
  })
})
