/** Which adapters cannot be in one model together: those that change the same modules. */
import type { AdapterRecord } from './types.ts'

const EVERY_LINEAR_MODULE = 'all-linear'

export interface Conflict {
  readonly first: AdapterRecord
  readonly second: AdapterRecord
  /** A target of each that name the same module. */
  readonly targets: readonly [string, string]
}

/** True when some text matches both patterns; `*` stands for any text, dots included. */
function shareAMatch(a: string, b: string): boolean {
  const left = a.split('*')
  const right = b.split('*')
  if (left.length === 1 && right.length === 1) return a === b
  if (left.length === 1) return matches(a, right)
  if (right.length === 1) return matches(b, left)
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
  const [left, right] = [a.trim(), b.trim()]
  if (left === '' || right === '') return false
  if (left === EVERY_LINEAR_MODULE || right === EVERY_LINEAR_MODULE) return true
  return shareAMatch(left, right) || shareAMatch(`*.${left}`, right) || shareAMatch(left, `*.${right}`)
}

function firstOverlap(a: readonly string[], b: readonly string[]): readonly [string, string] | undefined {
  for (const left of a) {
    const right = b.find((target) => targetsOverlap(left, target))
    if (right !== undefined) return [left, right]
  }
  return undefined
}

/**
 * Conflicts among the requested adapters and between them and those already loaded; each pair once, and never one adapter
 * with itself, even when it is requested and loaded.
 */
export function findConflicts(
  requested: readonly AdapterRecord[],
  loaded: readonly AdapterRecord[],
): Conflict[] {
  const requestedIds = new Set(requested.map((adapter) => adapter.id))
  const others = loaded.filter((adapter) => !requestedIds.has(adapter.id))
  return requested.flatMap((first, index) =>
    [...requested.slice(index + 1), ...others].flatMap((second) => {
      const targets = firstOverlap(first.targetModules, second.targetModules)
      return targets === undefined ? [] : [{ first, second, targets }]
    }),
  )
}
