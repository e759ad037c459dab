/** A model's own URL as a source: with CivitAI's token for CivitAI alone, and with an eye on login pages. */
import { R3mesError } from '../core/index.ts'
import type { Source } from '../sources/index.ts'
import { type AnswerHead, describeUrl, type Origin } from '../transfer/index.ts'
import { isWebPageType, webPage } from './content.ts'

export const CIVITAI = new URL('https://civitai.com')

export interface UrlSourceSettings {
  /** CivitAI's origin. */
  readonly civitai: URL
  readonly token: string | undefined
}

function only(head: AnswerHead, name: string): string | undefined {
  const value = head.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** What helps where a host wants to know who asks. */
export function accessAdvice(url: URL, { civitai, token }: UrlSourceSettings): string {
  if (url.origin !== civitai.origin) return 'Use a URL that is open to you, or a mirror.'
  return token === undefined
    ? 'Make an API key in the settings of your CivitAI account and set `CIVITAI_API_TOKEN` to it.'
    : 'The account of `CIVITAI_API_TOKEN` may not have this file. Check on its page on CivitAI whether it is in early access, and whether the key still holds.'
}

/** CivitAI sends who is not signed in to its login page. */
function isToLogin(head: AnswerHead): boolean {
  const location = head.status >= 300 && head.status < 400 ? only(head, 'location') : undefined
  return location !== undefined && /^(?:https?:\/\/[^/?#]+)?\/login(?:[/?#]|$)/i.test(location)
}

/** The origin of a model's URL. */
export function urlOrigin(url: URL, settings: UrlSourceSettings): Origin {
  const { civitai, token } = settings
  const isCivitai = url.origin === civitai.origin
  const advice = accessAdvice(url, settings)
  return {
    source: 'http',
    url,
    ...(isCivitai && token !== undefined ? { headers: { authorization: `Bearer ${token}` } } : {}),
    inspect: (head) => {
      if (!isCivitai) return
      if (head.status !== 401 && head.status !== 403 && !isToLogin(head)) return
      throw new R3mesError(
        'AUTH_REQUIRED',
        `CivitAI gives this file only to those who are signed in (status ${head.status}). ${advice}`,
        { detail: describeUrl(url) },
      )
    },
    inspectBody: (head) => {
      const type = only(head, 'content-type')
      if (type !== undefined && isWebPageType(type)) throw webPage(advice, describeUrl(url))
    },
  }
}

/** The URLs of the models themselves. Mirrors and hubs are others' work. */
export function urlSource(settings: UrlSourceSettings): Source {
  return {
    name: 'http',
    origins: async ({ places }) =>
      places.flatMap((place) => (place.kind === 'http' ? [urlOrigin(new URL(place.url), settings)] : [])),
  }
}
