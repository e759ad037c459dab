/** The licences of everything that is bundled: who ships others' code ships their terms with it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly license?: string
}

const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i

/** Folder of the installed package that a bundled source belongs to, undefined for our own sources. */
export function packageFolder(source: string): string | undefined {
  const marker = 'node_modules/'
  const start = source.lastIndexOf(marker)
  if (start < 0) return undefined
  const [first = '', second = ''] = source.slice(start + marker.length).split('/')
  const name = first.startsWith('@') ? `${first}/${second}` : first
  return source.slice(0, start + marker.length) + name
}

/**
 * One text with name, version and licence of every package that these sources belong to, in order of their names.
 *
 * @param root absolute path of the project
 * @param sources paths relative to `root`
 * @throws Error when a package neither holds nor names a licence: it must not be bundled
 */
export function licensesOf(root: string, sources: readonly string[]): string {
  const folders = new Set(sources.map(packageFolder).filter((folder) => folder !== undefined))
  const entries = [...folders].map((folder) => describePackage(join(root, folder)))
  const unique = new Map(entries.map((entry) => [entry.title, entry]))
  return [...unique.values()]
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, text }) => `${title}\n${'-'.repeat(title.length)}\n\n${text}\n`)
    .join('\n\n')
}

function describePackage(folder: string): { readonly title: string; readonly text: string } {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as PackageJson
  const texts = readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim())
  if (texts.length === 0 && license === undefined) {
    throw new Error(`${name} ${version} has no licence, so it cannot be bundled. Use another package.`)
  }
  const text =
    texts.length > 0 ? texts.join('\n\n') : `Licence: ${license}. The package holds no licence file.`
  return { title: `${name} ${version}${license === undefined ? '' : ` (${license})`}`, text }
}
