/** Which adapters cannot be in one model together: those that change the same modules. */
import type { AdapterRecord } from './types.ts'

const EVERY_LINEAR_MODULE = 'all-linear'

/** What matters of an adapter here. */
export type TargetingAdapter = Pick<AdapterRecord, 'id' | 'targetModules'>

export interface Conflict {
  readonly first: TargetingAdapter
  readonly second: TargetingAdapter
  /** A target of each that name the same module. */
  readonly targets: readonly [string, string]
}

/** A target taken apart once: registries may name hundreds in each adapter, and every two of them are compared. */
interface Pattern {
  readonly text: string
  /** What stands between its `*`, and around them. */
  readonly parts: readonly string[]
}

/** A target, and the names that end in it after a dot. */
interface Target {
  readonly itself: Pattern
  readonly ending: Pattern
}

function patternOf(text: string): Pattern {
  return { text, parts: text.split('*') }
}

function targetOf(text: string): Target {
  const trimmed = text.trim()
  return { itself: patternOf(trimmed), ending: patternOf(`*.${trimmed}`) }
}

/** True when some text matches both patterns; `*` stands for any text, dots included. */
function shareAMatch(a: Pattern, b: Pattern): boolean {
  const [left, right] = [a.parts, b.parts]
  if (left.length === 1 && right.length === 1) return a.text === b.text
  if (left.length === 1) return matches(a.text, right)
  if (right.length === 1) return matches(b.text, left)
  // Both have a `*`: whatever stands between the fixed ends can follow one another, so only the ends can disagree.
  const [startA = '', startB = ''] = [left[0], right[0]]
  const [endA = '', endB = ''] = [left.at(-1), right.at(-1)]
  const startsAgree = startA.startsWith(startB) || startB.startsWith(startA)
  return startsAgree && (endA.endsWith(endB) || endB.endsWith(endA))
}

/** Whether `text` is the parts of a pattern in order, with anything between them. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false
  const end = text.length - last.length
  let from = first.length
  for (const part of rest) {
    const at = text.indexOf(part, from)
    if (at === -1 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}

/**
 * Whether two targets can name the same module. A target names every module that equals it or ends in it after a dot,
 * as `q_proj` names `model.layers.0.self_attn.q_proj`; `*` stands for any text; `all-linear` names every module.
 */
export function targetsOverlap(a: string, b: string): boolean {
  return overlap(targetOf(a), targetOf(b))
}

function overlap(a: Target, b: Target): boolean {
  const [left, right] = [a.itself.text, b.itself.text]
  if (left === '' || right === '') return false
  if (left === EVERY_LINEAR_MODULE || right === EVERY_LINEAR_MODULE) return true
  return shareAMatch(a.itself, b.itself) || shareAMatch(a.ending, b.itself) || shareAMatch(a.itself, b.ending)
}

interface Targeting {
  readonly adapter: TargetingAdapter
  readonly targets: readonly { readonly name: string; readonly target: Target }[]
}

function targetingOf(adapter: TargetingAdapter): Targeting {
  return { adapter, targets: adapter.targetModules.map((name) => ({ name, target: targetOf(name) })) }
}

function firstOverlap(a: Targeting, b: Targeting): readonly [string, string] | undefined {
  for (const left of a.targets) {
    const right = b.targets.find(({ target }) => overlap(left.target, target))
    if (right !== undefined) return [left.name, right.name]
  }
  return undefined
}

/**
 * Conflicts among the requested adapters and between them and those already loaded; each pair once, and never one adapter
 * with itself, even when it is requested and loaded.
 */
export function findConflicts(
  requested: readonly TargetingAdapter[],
  loaded: readonly TargetingAdapter[],
): Conflict[] {
  const requestedIds = new Set(requested.map((adapter) => adapter.id))
  const asked = requested.map(targetingOf)
  const others = loaded.filter((adapter) => !requestedIds.has(adapter.id)).map(targetingOf)
  return asked.flatMap((first, index) =>
    [...asked.slice(index + 1), ...others].flatMap((second) => {
      const targets = firstOverlap(first, second)
      return targets === undefined ? [] : [{ first: first.adapter, second: second.adapter, targets }]
    }),
  )
}
