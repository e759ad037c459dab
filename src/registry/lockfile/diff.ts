/** What changed from one lockfile to the next, for the people who review it. */
import { changedFacts, describeFact, FROZEN_FACTS, formatCount, LOOSE_FACTS, lockedName } from './facts.ts'
import type { LockAnchor, LockedArtifact, LockedRequest, Lockfile } from './types.ts'

export type LockChange =
  | { readonly kind: 'added'; readonly artifact: LockedArtifact }
  | { readonly kind: 'removed'; readonly artifact: LockedArtifact }
  | { readonly kind: 'changed'; readonly before: LockedArtifact; readonly after: LockedArtifact }
  | { readonly kind: 'anchor'; readonly before: LockAnchor; readonly after: LockAnchor }
  | { readonly kind: 'request'; readonly before: LockedRequest; readonly after: LockedRequest }
  | { readonly kind: 'chain'; readonly before: string; readonly after: string }
  /** In seconds. */
  | {
      readonly kind: 'trusting period' | 'unbonding time'
      readonly before: number | undefined
      readonly after: number | undefined
    }

const MINUTE = 60_000
const UNITS = [
  ['day', 24 * 60 * MINUTE],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
] as const

/** There is one model, and it changes its version; the others keep their names. */
function slotOf({ kind, id }: LockedArtifact): string {
  return kind === 'model' ? kind : `${kind} ${id}`
}

function artifactChanges(before: Lockfile, after: Lockfile): LockChange[] {
  const old = new Map(before.artifacts.map((artifact) => [slotOf(artifact), artifact]))
  const kept = new Set(after.artifacts.map(slotOf))
  const changes = after.artifacts.flatMap((artifact): LockChange[] => {
    const was = old.get(slotOf(artifact))
    if (was === undefined) return [{ kind: 'added', artifact }]
    const isSame =
      was.id === artifact.id &&
      was.version === artifact.version &&
      changedFacts(was, artifact, [...FROZEN_FACTS, ...LOOSE_FACTS]).length === 0
    return isSame ? [] : [{ kind: 'changed', before: was, after: artifact }]
  })
  const removed = before.artifacts.filter((artifact) => !kept.has(slotOf(artifact)))
  return [...changes, ...removed.map((artifact): LockChange => ({ kind: 'removed', artifact }))]
}

function isSameAnchor(one: LockAnchor, other: LockAnchor): boolean {
  return one.height === other.height && one.hash === other.hash && one.origin === other.origin
}

/** The request as one text, whatever order its fields were made in. */
function requestText({ request }: Lockfile): string {
  const { modelVersion, modelName, adapters, datasets, requireDataset } = request
  return JSON.stringify([modelVersion, modelName, adapters, datasets, requireDataset])
}

/** What differs, artifacts first. Empty when nothing does. */
export function diffLocks(before: Lockfile, after: Lockfile): readonly LockChange[] {
  const changes = artifactChanges(before, after)
  if (requestText(before) !== requestText(after)) {
    changes.push({ kind: 'request', before: before.request, after: after.request })
  }
  if (before.chainId !== after.chainId) {
    changes.push({ kind: 'chain', before: before.chainId, after: after.chainId })
  }
  if (before.trustingPeriodSeconds !== after.trustingPeriodSeconds) {
    const { trustingPeriodSeconds: period } = before
    changes.push({ kind: 'trusting period', before: period, after: after.trustingPeriodSeconds })
  }
  if (before.unbondingSeconds !== after.unbondingSeconds) {
    changes.push({ kind: 'unbonding time', before: before.unbondingSeconds, after: after.unbondingSeconds })
  }
  if (!isSameAnchor(before.anchor, after.anchor)) {
    changes.push({ kind: 'anchor', before: before.anchor, after: after.anchor })
  }
  return changes
}

/** `3 days`, in the largest unit that fits. */
function describeSpan(milliseconds: number): string {
  const span = Math.abs(milliseconds)
  const [unit, length] = UNITS.find(([, size]) => span >= size) ?? (['second', 1000] as const)
  const count = Math.floor(span / length)
  return `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`
}

function describeAnchor(before: LockAnchor, after: LockAnchor): string {
  if (before.height === after.height && before.hash !== after.hash) {
    return `anchor ${formatCount(after.height)}: ANOTHER HEADER at the same height (hash ${after.hash.slice(0, 12)}…, was ${before.hash.slice(0, 12)}…)`
  }
  if (before.height === after.height) return `anchor ${formatCount(after.height)}: now from ${after.origin}`
  const passed = after.time.getTime() - before.time.getTime()
  const when = `${describeSpan(passed)} ${passed < 0 ? 'earlier' : 'later'}`
  return `anchor ${formatCount(before.height)} → ${formatCount(after.height)} (${when}), from ${after.origin}`
}

function describeList(what: string, before: readonly string[], after: readonly string[]): string[] {
  const added = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`)
  const removed = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`)
  const changes = [...added, ...removed]
  return changes.length === 0 ? [] : [`${what} ${changes.join(', ')}`]
}

/** What is asked consists of checked names, but for the name of a model. */
function describeRequest(before: LockedRequest, after: LockedRequest): string {
  const isSameVersion = before.modelVersion === after.modelVersion
  const parts = [
    ...(isSameVersion ? [] : [`model-version ${before.modelVersion} → ${after.modelVersion}`]),
    ...(before.modelName === after.modelName ? [] : ['another model-name']),
    ...describeList('adapters', before.adapters, after.adapters),
    ...describeList('datasets', before.datasets, after.datasets),
    ...(before.requireDataset === after.requireDataset ? [] : [`require-dataset ${after.requireDataset}`]),
  ]
  return `request: ${parts.length === 0 ? 'another order' : parts.join('; ')}`
}

/** The name, and the version it moves to: `adapter coder 1.2.0 → 1.3.0`. */
function describeName(before: LockedArtifact, after: LockedArtifact): string {
  if (before.version === after.version) return lockedName(after)
  return `${lockedName(before)} → ${after.version === '' ? 'no version' : after.version}`
}

function describeChange(change: LockChange): string {
  switch (change.kind) {
    case 'added':
    case 'removed':
      return `${lockedName(change.artifact)} ${change.kind}`
    case 'changed': {
      const { before, after } = change
      const facts = changedFacts(before, after, [...FROZEN_FACTS, ...LOOSE_FACTS])
      const words = facts.map((fact) => describeFact(before, after, fact))
      return words.length === 0
        ? describeName(before, after)
        : `${describeName(before, after)}: ${words.join('; ')}`
    }
    case 'anchor':
      return describeAnchor(change.before, change.after)
    case 'request':
      return describeRequest(change.before, change.after)
    case 'chain':
      return `chain ${change.before} → ${change.after}`
    case 'trusting period':
    case 'unbonding time': {
      const span = (seconds: number | undefined) =>
        seconds === undefined ? 'unknown' : describeSpan(seconds * 1000)
      return `${change.kind} ${span(change.before)} → ${span(change.after)}`
    }
  }
}

/** One line for each change, in words and checked names: `model 1.0.0: now deprecated (was active)`. */
export function describeLockChanges(changes: readonly LockChange[]): readonly string[] {
  return changes.map(describeChange)
}
