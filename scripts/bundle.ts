/** Bundles the entries of this project with everything they use, and says what reaches what. */
import { isAbsolute, join, relative, sep } from 'node:path'
import { build, type Metafile, type OutputFile, type Plugin } from 'esbuild'

/** A bundle in memory. Paths are relative to the output folder, with `/` between segments. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly metafile: Metafile
  /** Folder of the outputs as the metafile spells it: relative to the project, `/` at the end. */
  readonly outputPrefix: string
}

/** CommonJS packages inside the bundle call `require` for Node's own modules. */
const BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/** Packages that bundled ones try to load and do well without: WebSocket speed-ups, colours of debug output. */
const OPTIONAL_PACKAGES = /^(?:bufferutil|utf-8-validate|supports-color)$/

/** Makes optional packages absent for good, so that what happens to be installed on a machine changes nothing. */
const withoutOptionalPackages: Plugin = {
  name: 'without-optional-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: OPTIONAL_PACKAGES }, ({ path }) => ({ path, namespace: 'absent' }))
    onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw Object.assign(new Error('${path} is left out of this bundle'), { code: 'MODULE_NOT_FOUND' })`,
    }))
  },
}

/** The part of the runner's toolkit that asks for identity tokens, which nothing here does. It brings an HTTP client and all of undici. */
const TOKEN_CLIENT = /^\.\/oidc-utils\.js$/
const TOOLKIT_CORE = `${sep}@actions${sep}core${sep}`

/** Leaves it out: otherwise every step that says a word to the runner would load it. */
const withoutTokenClient: Plugin = {
  name: 'without-token-client',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: TOKEN_CLIENT }, ({ importer }) =>
      importer.includes(TOOLKIT_CORE) ? { path: 'oidc-utils', namespace: 'left-out' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents:
        "export class OidcClient { static getIDToken() { throw new Error('The client of identity tokens is left out of this bundle') } }",
    }))
  },
}

/**
 * The same sources and the same installed packages give the same bytes on every machine: no absolute path, no time
 * and no random name goes in.
 *
 * @param root absolute path of the project
 * @param outdir absolute path of the output folder; nothing is written there
 * @param entries output name without extension to source path relative to `root`
 * @throws esbuild's BuildFailure when an entry is missing or does not compile
 */
export async function bundle(
  root: string,
  outdir: string,
  entries: Readonly<Record<string, string>>,
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    outdir,
    entryPoints: { ...entries },
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minify: true,
    // Error classes are told apart by their names.
    keepNames: true,
    legalComments: 'none',
    plugins: [withoutOptionalPackages, withoutTokenClient],
    // The runner's toolkit brings an older undici for requests that are never made here. One is enough.
    alias: { undici: join(root, 'node_modules/undici') },
    banner: { js: BANNER },
    charset: 'utf8',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  return {
    files: new Map(outputFiles.map((file) => [relativePath(outdir, file), file.contents])),
    metafile,
    outputPrefix: `${relative(root, outdir).split(sep).join('/')}/`,
  }
}

function relativePath(outdir: string, file: OutputFile): string {
  return relative(outdir, file.path).split(sep).join('/')
}

/** Bytes that starting an entry loads, and bytes that it can load later on. */
export interface Reach {
  /** The entry's file and what it imports statically, in order of their names. */
  readonly atStart: readonly string[]
  /** All of the above and whatever dynamic imports lead to. */
  readonly ever: readonly string[]
}

/** Follows the imports of one output file. */
export function reachOf({ metafile, outputPrefix }: Bundle, output: string): Reach {
  const walk = (follow: (kind: string) => boolean): string[] => {
    const seen = new Set<string>()
    const queue = [`${outputPrefix}${output}`]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const found = metafile.outputs[next]
      if (found === undefined || seen.has(next)) continue
      seen.add(next)
      queue.push(
        ...found.imports.filter(({ kind, external }) => !external && follow(kind)).map(({ path }) => path),
      )
    }
    return [...seen].map((path) => path.slice(outputPrefix.length)).sort()
  }
  return { atStart: walk((kind) => kind !== 'dynamic-import'), ever: walk(() => true) }
}

/** The sources that ended up in these output files, relative to the project. */
export function sourcesOf({ metafile, outputPrefix }: Bundle, outputs: readonly string[]): readonly string[] {
  const sources = outputs.flatMap((output) =>
    Object.keys(metafile.outputs[`${outputPrefix}${output}`]?.inputs ?? {}),
  )
  return [...new Set(sources)].sort()
}

/**
 * What would make the bundle wrong for users, as sentences; empty when nothing does.
 *
 * @param output the entry that must stay away from `folder`, statically and dynamically
 * @param folder sources relative to the project, `/` at the end
 */
export function forbiddenReach(bundle: Bundle, output: string, folder: string): readonly string[] {
  return sourcesOf(bundle, reachOf(bundle, output).ever)
    .filter((source) => source.startsWith(folder))
    .map((source) => `${output} reaches ${source}. Nothing that it imports may lead to ${folder}`)
}

/** Sources that the bundle expects to find at run time although nobody installs anything; Node's own modules are fine. */
export function unbundledImports({ metafile }: Bundle): readonly string[] {
  const found = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external === true && !path.startsWith('node:') && !isNodeBuiltin(path))
    .map(({ path }) => (isAbsolute(path) ? 'an absolute path' : path))
  return [...new Set(found)].sort()
}

function isNodeBuiltin(path: string): boolean {
  return process.getBuiltinModule(path) !== undefined
}
