/** The types of the library: one `.d.ts` a module, and only the ones that the public entries lead to. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { moduleRequests } from './imports.ts'

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
    return reachableDeclarations(emitted, entries)
  } finally {
    rmSync(outDir, { recursive: true, force: true })
  }
}

/**
 * Follows relative imports from the entries, and writes them the way every module resolution finds them: with `.js`.
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
    const requests = moduleRequests(path, text)
    for (const { specifier } of requests) {
      if (specifier.startsWith('node:')) continue
      if (!specifier.startsWith('.')) {
        throw new Error(
          `The public types in ${path} need the package ${specifier}, which users do not install. Give the exported value a type of our own.`,
        )
      }
      queue.push(posix.join(posix.dirname(path), specifier).replace(/\.[jt]s$/, '.d.ts'))
    }
    reached.set(path, withJsExtensions(text, requests))
  }
  return new Map([...reached].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function withJsExtensions(text: string, requests: ReturnType<typeof moduleRequests>): string {
  return requests
    .filter(({ specifier }) => specifier.startsWith('.') && specifier.endsWith('.ts'))
    .toSorted((a, b) => b.start - a.start)
    .reduce((out, { specifier, start, end }) => {
      const quote = out.charAt(start)
      return `${out.slice(0, start)}${quote}${specifier.slice(0, -3)}.js${quote}${out.slice(end)}`
    }, text)
}
