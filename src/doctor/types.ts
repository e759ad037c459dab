import type { ErrorCode } from '../core/index.ts'

/** What a finding is about, in the order of the report. */
export const TOPICS = ['machine', 'settings', 'store', 'trust', 'chain', 'content'] as const
export type Topic = (typeof TOPICS)[number]

interface Found {
  readonly topic: Topic
  /** What was looked at: `Node`, `Hard links`, `RPC https://rpc.example.org`. Our own words and origins. */
  readonly subject: string
  /** What was found: our own words, checked names and numbers. */
  readonly text: string
  /** What the operating system or a host said. Anybody's text: whoever prints it sanitises it. */
  readonly detail?: string
}

/**
 * - `ok`: as it should be
 * - `note`: worth knowing; a run works all the same
 * - `problem`: a run fails by it, or does without something that was asked for
 */
export type Finding =
  | (Found & { readonly verdict: 'ok' })
  | (Found & { readonly verdict: 'note'; readonly remedy?: string })
  | (Found & {
      readonly verdict: 'problem'
      readonly code: ErrorCode
      /** One line of what to type or to change. */
      readonly remedy: string
    })

/** All that was looked at. */
export interface Diagnosis {
  /** In the order of {@link TOPICS}. */
  readonly findings: readonly Finding[]
  readonly problems: number
  readonly notes: number
  /** The code of the worst problem; undefined when there is none. */
  readonly worst: ErrorCode | undefined
  /** 0, or that of the worst problem's class. */
  readonly exitCode: number
}
