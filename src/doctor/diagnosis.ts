/** From single findings to one answer. Pure. */
import { classOf, ERROR_CLASSES, type ErrorClass, type ErrorCode } from '../core/index.ts'
import { type Diagnosis, type Finding, TOPICS } from './types.ts'

/** The worst class first: what may be an attack, then what no run gets past, then what one may do without. */
const WORST_FIRST: readonly ErrorClass[] = [
  'trust',
  'input',
  'store',
  'approval',
  'chain',
  'content',
  'internal',
]

const badness = (code: ErrorCode): number => WORST_FIRST.indexOf(classOf(code))

/** @param findings in any order; those of one topic stay in theirs */
export function diagnose(findings: readonly Finding[]): Diagnosis {
  const ordered = TOPICS.flatMap((topic) => findings.filter((finding) => finding.topic === topic))
  const codes = ordered.flatMap((finding) => (finding.verdict === 'problem' ? [finding.code] : []))
  const [worst] = codes.toSorted((one, other) => badness(one) - badness(other))
  return {
    findings: ordered,
    problems: codes.length,
    notes: ordered.filter(({ verdict }) => verdict === 'note').length,
    worst,
    exitCode: worst === undefined ? 0 : ERROR_CLASSES[classOf(worst)].exit,
  }
}
