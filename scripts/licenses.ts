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
  const byFolder = Map.groupBy(sources, packageFolder)
  const entries = [...byFolder].flatMap(([folder, ofPackage]) =>
    folder === undefined ? [] : [describePackage(root, folder, ofPackage)],
  )
  const unique = new Map(entries.map((entry) => [entry.title, entry]))
  return [...unique.values()]
    .sort((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, text }) => `${title}\n${'-'.repeat(title.length)}\n\n${text}\n`)
    .join('\n\n')
}

function describePackage(
  root: string,
  folder: string,
  sources: readonly string[],
): { readonly title: string; readonly text: string } {
  const { name, version, license } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  ) as PackageJson
  const texts = readdirSync(join(root, folder))
    .filter((file) => LICENSE_FILE.test(file))
    .sort()
    .map((file) =>
      readFileSync(join(root, folder, file), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    )
  const found = texts.length > 0 ? texts : noticesIn(root, sources)
  if (found.length === 0 && license === undefined) {
    throw new Error(`${name} ${version} has no licence, so it cannot be bundled. Use another package.`)
  }
  const terms = license?.replace(/^\((.*)\)$/, '$1')
  return {
    title: `${name} ${version}${terms === undefined ? '' : ` (${terms})`}`,
    text: found.length > 0 ? found.join('\n\n') : `Licence: ${terms}. The package holds no text of it.`,
  }
}

/** The copyright notices at the top of bundled sources, each once: some packages have their terms only there. */
function noticesIn(root: string, sources: readonly string[]): readonly string[] {
  const heads = sources.map((source) => {
    const lines = readFileSync(join(root, source), 'utf8').split('\n')
    const end = lines.findIndex((line) => !line.startsWith('//'))
    return lines
      .slice(0, end)
      .map((line) => line.replace(/^\/\/ ?/, '').trimEnd())
      .join('\n')
      .trim()
  })
  return [...new Set(heads.filter((head) => /copyright/i.test(head)))].sort()
}
