/**
 * Builds `dist/`: the action, the command and the library with everything they use, the library's types, and the
 * licences of what is bundled. `dist/` is committed, so the result depends on sources and lockfile alone.
 */
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Bundle, bundle, forbiddenReach, reachOf, sourcesOf, unbundledImports } from './bundle.ts'
import { declarations } from './declarations.ts'
import { licensesOf } from './licenses.ts'

const ENTRIES = {
  main: 'src/action/main.ts',
  post: 'src/action/post.ts',
  volume: 'src/action/volume.ts',
  cli: 'src/cli/bin.ts',
  index: 'src/index.ts',
  chain: 'src/chain/index.ts',
  devnet: 'src/devnet/index.ts',
  // A thread of its own, found beside the others (src/core/hash-thread.ts).
  'hash-worker': 'src/core/hash-worker.ts',
  // As many threads as the machine has processors, found the same way (src/core/hash-pool.ts).
  'hash-files-worker': 'src/core/hash-files-worker.ts',
}
const PUBLIC_TYPES = ['index.d.ts', 'chain/index.d.ts', 'devnet/index.d.ts']
/** Without `--` Node would take `--env-file` for its own, and obey the NODE_OPTIONS in that file. */
const SHEBANG = '#!/usr/bin/env -S node --\n'

/** Threads that are found by their names, and what makes a copy elsewhere a folder of modules with their terms. */
const BESIDE_COMMAND = ['hash-worker.js', 'hash-files-worker.js', 'licenses.txt', 'package.json']

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const bundled = await bundle(root, dist, ENTRIES).catch((error: Error): never => {
  // esbuild's message has file, line and reason; a stack would bury them.
  console.error(error.message)
  process.exit(1)
})
const problems = [
  ...['main.js', 'post.js', 'volume.js'].flatMap((step) => forbiddenReach(bundled, step, 'src/devnet/')),
  ...unbundledImports(bundled).map((name) => `The bundle would ask the user to install ${name}.`),
]
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
const files = new Map<string, string | Uint8Array>(bundled.files)
files.set('cli.js', withShebang(bundled))
files.set('licenses.txt', licensesOf(root, sourcesOf(bundled, [...bundled.files.keys()])))
files.set('package.json', `${JSON.stringify({ type: 'module' })}\n`)
files.set('command.json', commandList(bundled))
for (const [path, text] of declarations(root, 'tsconfig.types.json', PUBLIC_TYPES)) {
  files.set(`types/${path}`, text)
}

// Everything is in memory and checked before the old output goes away.
rmSync(dist, { recursive: true, force: true })
for (const [path, content] of files) {
  mkdirSync(dirname(join(dist, path)), { recursive: true })
  writeFileSync(join(dist, path), content)
}
chmodSync(join(dist, 'cli.js'), 0o755)
printSizes()

/** What the command consists of, with the digest of every file (src/action/command-files.ts). */
function commandList(all: Bundle): string {
  const paths = [...reachOf(all, 'cli.js').ever, ...BESIDE_COMMAND].sort()
  const digests = paths.map((path) => [
    path,
    createHash('sha256')
      .update(files.get(path) ?? '')
      .digest('hex'),
  ])
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return `${JSON.stringify({ version, files: Object.fromEntries(digests) })}\n`
}

function withShebang({ files }: Bundle): string {
  const text = new TextDecoder().decode(files.get('cli.js'))
  return text.startsWith('#!') ? text : SHEBANG + text
}

function printSizes(): void {
  const size = (path: string): number => {
    const content = files.get(path) ?? ''
    return typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
  }
  const sum = (paths: Iterable<string>): string =>
    `${([...paths].reduce((total, path) => total + size(path), 0) / 1000).toFixed(1)} kB`.padStart(12)
  console.log(`${'entry'.padEnd(16)}${'at start'.padStart(12)}${'with dynamic imports'.padStart(24)}`)
  for (const name of Object.keys(ENTRIES)) {
    const { atStart, ever } = reachOf(bundled, `${name}.js`)
    console.log(`${`${name}.js`.padEnd(16)}${sum(atStart)}${sum(ever).padStart(24)}`)
  }
  console.log(`dist/ in all: ${sum(files.keys()).trim()} in ${files.size} files`)
}
