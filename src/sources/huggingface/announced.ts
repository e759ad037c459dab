/**
 * What a hub says about a file before it sends a byte of it. A match approves nothing: every byte is hashed whatever was
 * said. Only a difference counts, since no download can then end well. Pure.
 */
import { type Expected, isSafeName, isSha256Hex, R3mesError, type Sha256Hex } from '../../core/index.ts'
import type { AnswerHead } from '../../transfer/index.ts'
import { saidBeforehand } from '../beforehand.ts'
import { type HubPlace, pageUrl } from './urls.ts'

function only(head: AnswerHead, name: string): string | undefined {
  const value = head.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** The SHA-256 of a large file. Files that lie in git itself have a SHA-1 here, which says nothing about ours. */
export function linkedSha256(head: AnswerHead): Sha256Hex | undefined {
  const hex = /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(only(head, 'x-linked-etag') ?? '')?.[1]?.toLowerCase()
  return hex !== undefined && isSha256Hex(hex) ? hex : undefined
}

function linkedSize(head: AnswerHead): number | undefined {
  const text = only(head, 'x-linked-size') ?? ''
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined
}

/** The commit that an answer belongs to; undefined when it does not say. */
export function repoCommit(head: AnswerHead): string | undefined {
  return only(head, 'x-repo-commit')
}

const ANOTHER =
  'Not a byte of it was asked for. Another source has to have the approved file, or the record has to name the revision that has it.'

/**
 * Compares what a hub announces with what was approved.
 *
 * @param where the file on the hub, for `detail`
 * @throws R3mesError `DIGEST_MISMATCH`, `SIZE_MISMATCH`
 */
export function checkAnnounced(head: AnswerHead, expected: Expected, where: string): void {
  const sha256 = linkedSha256(head)
  if (sha256 !== undefined && sha256 !== expected.sha256) {
    throw saidBeforehand(
      'DIGEST_MISMATCH',
      `The HuggingFace hub announces a file with the SHA-256 ${sha256}, but ${expected.sha256} was approved. ${ANOTHER}`,
      where,
    )
  }
  const size = linkedSize(head)
  if (size !== undefined && expected.size !== undefined && size !== expected.size) {
    throw saidBeforehand(
      'SIZE_MISMATCH',
      `The HuggingFace hub announces a file of ${size} bytes, but ${expected.size} were approved. ${ANOTHER}`,
      where,
    )
  }
}

/** What was asked for, for explanations. */
interface Asked {
  readonly endpoint: URL
  readonly place: HubPlace
  readonly hasToken: boolean
}

/** The repository's name where it is a plain one, which it is unless somebody other than our registry made the place. */
function nameOf({ repo }: HubPlace): string {
  return repo.split('/').every(isSafeName) ? `\`${repo}\`` : 'that was asked for'
}

function accessAdvice(code: string | undefined, { place, hasToken }: Asked): string | undefined {
  const name = nameOf(place)
  if (code === 'GatedRepo') {
    return hasToken
      ? `The HuggingFace repository ${name} is gated, and the account of \`hf-token\` may not read it. Accept its terms on its page with that account; a fine-grained token also needs the permission to read gated repositories.`
      : `The HuggingFace repository ${name} is gated. Accept its terms on its page with an account of yours, and set \`hf-token\` to a token of that account.`
  }
  if (code === 'RepoNotFound') {
    return hasToken
      ? `The HuggingFace hub shows no repository ${name} to the account of \`hf-token\`: it is private, or it is not there. Use a token of an account that may read it.`
      : `The HuggingFace hub shows no repository ${name} to everyone: it is private, or it is not there. If it is private, set \`hf-token\`.`
  }
  return undefined
}

/**
 * Says what to do about a refusal whose reason the hub tells. Refusals without one are for the rules of all origins.
 *
 * @throws R3mesError `AUTH_REQUIRED`
 */
export function explainRefusal(head: AnswerHead, asked: Asked): void {
  if (head.status !== 401 && head.status !== 403) return
  const code = only(head, 'x-error-code')
  const advice = accessAdvice(code, asked)
  if (advice === undefined) return
  const said = [code, only(head, 'x-error-message')].filter((text) => text !== undefined)
  const page = pageUrl(asked.endpoint, asked.place)?.href ?? asked.place.repo
  throw new R3mesError('AUTH_REQUIRED', advice, {
    detail: [`${page}: status ${head.status}`, ...said].join(', '),
  })
}
