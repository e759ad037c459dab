/** The types of the library: one `.d.ts` a module, and only the ones that the public entries lead to. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { type ModuleRequest, moduleRequests } from './imports.ts'

/** Packages of which the public types need little, by their stand-in in `scripts/stand-ins`. */
const STAND_INS: Readonly<Record<string, string>> = { undici: 'undici.d.ts' }

/**
 * Runs the compiler and keeps what a user of the library can reach.
 *
 * @param root absolute path of the project
 * @param config compiler configuration, relative to `root`
 * @param entries declaration files of the public entries, relative to the types folder
 * @returns path relative to the types folder, and text
 * @throws Error when a type error stands in the way, or when public types need a package or generated code
 */
export function declarations(
  root: string,
  config: string,
  entries: readonly string[],
): ReadonlyMap<string, string> {
  const outDir = mkdtempSync(join(root, 'node_modules/.types-'))
  try {
    execFileSync(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '--project', join(root, config), '--outDir', outDir],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    )
    const emitted = new Map(
      readdirSync(outDir, { recursive: true, encoding: 'utf8' })
        .map((path) => path.split(sep).join('/'))
        .filter((path) => path.endsWith('.d.ts'))
        .map((path) => [path, readFileSync(join(outDir, path), 'utf8')] as const),
    )
    for (const file of Object.values(STAND_INS)) {
      emitted.set(`stand-ins/${file}`, readFileSync(join(root, 'scripts/stand-ins', file), 'utf8'))
    }
    return reachableDeclarations(emitted, entries)
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}

/**
 * Follows imports from the entries, and writes them the way every module resolution finds them: relative, with `.js`.
 *
 * @throws Error when a file on the way is missing, or a package is imported that a user would have to install
 */
export function reachableDeclarations(
  emitted: ReadonlyMap<string, string>,
  entries: readonly string[],
): ReadonlyMap<string, string> {
  const reached = new Map<string, string>()
  const queue = [...entries]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (reached.has(path)) continue
    const text = emitted.get(path)
    if (text === undefined)
      throw new Error(`The public types lead to ${path}, which the compiler did not emit.`)
    const requests = moduleRequests(path, text).filter(({ specifier }) => !specifier.startsWith('node:'))
    const targets = new Map(requests.map((request) => [request, targetOf(path, request)]))
    queue.push(...targets.values())
    reached.set(path, withRelativeSpecifiers(path, text, targets))
  }
  return new Map([...reached].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The declaration file that an import leads to, relative to the types folder. */
function targetOf(path: string, { specifier }: ModuleRequest): string {
  if (specifier.startsWith('.')) {
    return posix.join(posix.dirname(path), specifier).replace(/\.[jt]s$/, '.d.ts')
  }
  const standIn = STAND_INS[specifier]
  if (standIn !== undefined) return `stand-ins/${standIn}`
  throw new Error(
    `The public types in ${path} need the package ${specifier}, which users do not install. Give the exported value a type of our own.`,
  )
}

function withRelativeSpecifiers(
  path: string,
  text: string,
  targets: ReadonlyMap<ModuleRequest, string>,
): string {
  return [...targets]
    .toSorted(([a], [b]) => b.start - a.start)
    .reduce((out, [{ start, end }, target]) => {
      const relative = posix.relative(posix.dirname(path), target).replace(/\.d\.ts$/, '.js')
      const quote = out.charAt(start)
      const specifier = relative.startsWith('.') ? relative : `./${relative}`
      return `${out.slice(0, start)}${quote}${specifier}${quote}${out.slice(end)}`
    }, text)
}
