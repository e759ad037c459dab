/** The HuggingFace hub: whether it answers, and what it makes of the token. */
import type { Settings } from '../ensure/index.ts'
import { below } from '../sources/index.ts'
import { type Asked, type Asking, ask } from './ask.ts'
import { unreachable } from './places.ts'
import type { Finding } from './types.ts'

const topic = 'content'

/** Asks who the token belongs to; without one, the same question shows that the hub answers. */
export async function examineHub(
  { hfEndpoint, hfToken, sources }: Pick<Settings, 'hfEndpoint' | 'hfToken' | 'sources'>,
  asking: Asking,
): Promise<readonly Finding[]> {
  const subject = `HuggingFace ${hfEndpoint.origin}`
  if (!sources.includes('huggingface')) {
    return [{ topic, subject, verdict: 'ok', text: 'not asked: `sources` leaves it out' }]
  }
  const headers = hfToken === undefined ? {} : { authorization: `Bearer ${hfToken}` }
  const answer = await ask(asking, { url: below(hfEndpoint, 'api/whoami-v2'), headers })
  return [judgeHub(subject, answer, hfToken !== undefined)]
}

export function judgeHub(subject: string, answer: Asked, hasToken: boolean): Finding {
  if (answer.kind === 'failed') return unreachable(subject, answer)
  const { status, ms, retryAfter } = answer
  const answered = `answered in ${Math.round(ms)} ms`
  if (status === 429) return { topic, subject, ...rateLimited(answered, retryAfter, hasToken) }
  if (status >= 500) {
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'SOURCES_EXHAUSTED',
      text: `It answered HTTP ${status}.`,
      remedy: 'try again later, or name a mirror with --hf-endpoint',
    }
  }
  if (!hasToken) {
    return { topic, subject, verdict: 'ok', text: `${answered}; no token, so public repositories alone` }
  }
  if (status === 401 || status === 403) {
    return {
      topic,
      subject,
      verdict: 'problem',
      code: 'AUTH_REQUIRED',
      text: `It does not take the token (HTTP ${status}): it is wrong, has expired or was revoked.`,
      remedy: `export HF_TOKEN=<a token from ${subject.replace('HuggingFace ', '')}/settings/tokens>, or unset HF_TOKEN`,
    }
  }
  if (status === 200) {
    const name = nameIn(answer.text)
    return {
      topic,
      subject,
      verdict: 'ok',
      text: `${answered}; the token is valid`,
      ...(name === undefined ? {} : { detail: name }),
    }
  }
  return {
    topic,
    subject,
    verdict: 'note',
    text: `${answered}, but does not say whose the token is (HTTP ${status}): perhaps it is a mirror.`,
  }
}

function rateLimited(answered: string, retryAfter: string | undefined, hasToken: boolean) {
  const wait = /^\d{1,6}$/.test(retryAfter ?? '') ? `, and asks to wait ${retryAfter} s` : ''
  return {
    verdict: 'note',
    text: `${answered}, but has had too many requests from this address (HTTP 429)${wait}. Runs wait as long as it asks.`,
    remedy: hasToken
      ? 'put `cache`, `ipfs` or a mirror before it in `sources`'
      : 'export HF_TOKEN=<a token>: the limit is higher with one',
  } as const
}

function nameIn(text: string): string | undefined {
  try {
    const said: unknown = JSON.parse(text)
    if (typeof said !== 'object' || said === null || !('name' in said)) return undefined
    return typeof said.name === 'string' ? said.name : undefined
  } catch {
    return undefined
  }
}
