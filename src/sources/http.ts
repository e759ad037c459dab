import { R3mesError, type WantedFile } from '../core/index.ts'
import type { Origin } from '../transfer/index.ts'
import { encodePath } from './paths.ts'
import type { Source } from './types.ts'

export interface HttpSettings {
  /** URL templates with `{sha256}`, `{cid}` or `{path}` behind the host. */
  readonly mirrors: readonly string[]
}

const PLACEHOLDER = /\{([^{}]*)\}/g

function templateProblem(template: string): string | undefined {
  const names = [...template.matchAll(PLACEHOLDER)].map((match) => match[1])
  const url = URL.parse(template.replace(PLACEHOLDER, 'x'))
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return 'does not start with https:// or http://'
  }
  if (url.username !== '' || url.password !== '') return 'contains credentials'
  if (names.length === 0) return 'has none of {sha256}, {cid} and {path}'
  if (names.some((name) => name !== 'sha256' && name !== 'cid' && name !== 'path')) {
    return 'has a placeholder other than {sha256}, {cid} and {path}'
  }
  // The host is what the user allows; it must not depend on what a record says.
  if (/^[a-z]+:[/\\]*[^/?#\\]*\{/i.test(template)) return 'has a placeholder in its host'
  return undefined
}

/**
 * Says that a mirror template is one.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export function checkMirrorTemplate(template: string): void {
  const problem = templateProblem(template)
  if (problem === undefined) return
  throw new R3mesError('INPUT_INVALID', `An entry of \`mirrors\` ${problem}.`, { detail: template })
}

/**
 * The URL of a file on a mirror.
 *
 * @returns undefined when the template needs what the file lacks
 */
function expandTemplate(template: string, file: WantedFile): URL | undefined {
  const values: Readonly<Record<string, string | undefined>> = {
    sha256: file.sha256,
    cid: file.cid === undefined ? undefined : encodeURIComponent(file.cid),
    path: encodePath(file.mirrorPath),
  }
  const parts = [...template.matchAll(PLACEHOLDER)].map((match) => values[match[1] ?? ''])
  if (parts.includes(undefined)) return undefined
  return new URL(template.replace(PLACEHOLDER, (_whole, name: string) => values[name] ?? ''))
}

/**
 * Mirrors first: whoever names one has it near. Then the URLs of the record.
 *
 * @throws R3mesError `INPUT_INVALID`
 */
export function httpSource({ mirrors }: HttpSettings): Source {
  for (const template of mirrors) checkMirrorTemplate(template)
  return {
    name: 'http',
    async origins(file) {
      const mirrored = mirrors
        .map((template) => expandTemplate(template, file))
        .filter((url) => url !== undefined)
        .map((url): Origin => ({ source: 'http', url, configured: true }))
      const recorded = file.places
        .filter((place) => place.kind === 'http')
        .map((place) => URL.parse(place.url))
        .filter((url) => url !== null)
        .map((url): Origin => ({ source: 'http', url }))
      return [...mirrored, ...recorded]
    },
  }
}
