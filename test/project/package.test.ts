import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { reachableDeclarations } from '../../scripts/declarations.ts'
import { moduleRequests } from '../../scripts/imports.ts'
import type { Dispatcher } from '../../scripts/stand-ins/undici.d.ts'
import { VERSION } from '../../src/core/version.ts'
import { projectFiles, read, root } from '../support/project.ts'

interface Package {
  readonly version: string
  readonly engines: { readonly node: string }
  readonly dependencies?: object
  readonly peerDependencies?: object
  readonly devDependencies: Readonly<Record<string, string>>
  readonly optionalDependencies?: object
  readonly bin: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly scripts: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
}

const manifest = JSON.parse(read('package.json')) as Package
const node24 = JSON.parse(read('scripts/node24/package.json')) as {
  readonly private: boolean
  readonly optionalDependencies: Readonly<Record<string, string>>
}
const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ name, ...target }],
)

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe('the package', () => {
  it('makes nobody install anything', () => {
    expect(manifest.dependencies).toBeUndefined()
    expect(manifest.optionalDependencies).toBeUndefined()
    expect(manifest.peerDependencies).toBeUndefined()
    expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([])
  })

  it('keeps the Node that contributors get in a package of its own, with nothing else in it', () => {
    expect(Object.keys(node24.optionalDependencies).filter((name) => !name.startsWith('node-'))).toEqual([])
    expect(node24.private).toBe(true)
  })

  it('pins every tool to one version', () => {
    const versions = Object.entries({ ...manifest.devDependencies, ...node24.optionalDependencies })
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  it('has the version that the code says', () => {
    expect(VERSION).toBe(manifest.version)
  })

  it('ships every file that its exports and its command name', () => {
    const named = [
      ...entries.flatMap((entry) => [entry.types, entry.default]),
      ...Object.values(manifest.bin),
    ]
    const missing = named.filter((path) => !existsSync(join(root, path)))
    expect(missing).toEqual([])
    expect(manifest.files).toContain('dist')
  })

  it('has a command that a shell can run', () => {
    expect(read('dist/cli.js').startsWith('#!/usr/bin/env -S node --\n')).toBe(true)
    expect(statSync(join(root, 'dist/cli.js')).mode & 0o111).toBe(0o111)
  })
})

describe('the command on an old Node', () => {
  it('says which one it needs, and loads nothing that the old one could not', () => {
    const age = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.1.0"}})'
    const args = ['--import', `data:text/javascript,${age}`, join(root, 'dist/cli.js'), '--version']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('needs Node 24')
  })

  it('is told of by the package, too', () => {
    expect(manifest.engines.node).toBe('>=24')
  })
})

describe('the bundle in dist', () => {
  const files = projectFiles('dist').filter((path) => path.endsWith('.js'))

  it.each(['main.js', 'cli.js', 'index.js', 'chain.js', 'devnet.js'])('has %s', (name) => {
    expect(files).toContain(`dist/${name}`)
  })

  it('imports nothing but its own files and the modules of Node', () => {
    const foreign = files.flatMap((path) =>
      moduleRequests(path, read(path))
        .map(({ specifier }) => specifier)
        .filter((name) => !name.startsWith('.') && process.getBuiltinModule(name) === undefined),
    )
    expect(foreign).toEqual([])
  })

  it('holds one undici, not one for each package that wants it', () => {
    expect(read('dist/licenses.txt').match(/^undici \d.*$/gm)).toEqual([
      `undici ${manifest.devDependencies['undici']} (MIT)`,
    ])
  })

  it('names the folder of no machine', () => {
    expect(files.filter((path) => read(path).includes(root))).toEqual([])
  })

  it('comes with the licences of what is in it', () => {
    const licenses = read('dist/licenses.txt')
    for (const name of ['undici', '@bufbuild/protobuf', 'commander']) expect(licenses).toContain(`${name} `)
  })
})

describe('the types in dist', () => {
  const declared = new Map(
    projectFiles('dist/types').map((path) => [path.slice('dist/types/'.length), read(path)] as const),
  )
  // What the documents show has to compile as it stands.
  const examples = projectFiles('README.md', 'docs').flatMap((path) =>
    [...read(path).matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => `${text}\nexport {}\n`),
  )
  const roots = entries.map(({ types }) => types.slice('./dist/types/'.length))

  it('lead to nothing but themselves and the modules of Node', () => {
    expect([...reachableDeclarations(declared, roots).keys()]).toEqual([...declared.keys()].sort())
  })

  it('take every dispatcher of undici where they ask for one', async () => {
    // The compiler decides this; the assignment is the test.
    const dispatcher: Dispatcher = new Agent()
    await dispatcher.close()
  })

  it.each(['nodenext', 'bundler'])(
    'are found by a user whose module resolution is %s',
    (moduleResolution) => {
      const folder = mkdtempSync(join(tmpdir(), 'consumer-'))
      folders.push(folder)
      mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
      symlinkSync(root, join(folder, 'node_modules/setup-r3mes'))
      symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
      symlinkSync(join(root, 'node_modules/undici-types'), join(folder, 'node_modules/undici-types'))
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext',
            moduleResolution,
            target: 'es2024',
            lib: ['es2024', 'esnext.disposable'],
            types: ['node'],
            strict: true,
            skipLibCheck: false,
            noEmit: true,
          },
          include: ['*.ts'],
        }),
      )
      const source = [
        ...entries.map(({ name }, index) => `import * as entry${index} from 'setup-r3mes${name.slice(1)}'`),
        ...entries.map((_entry, index) => `export const used${index}: object = entry${index}`),
        "import { startDevnet } from 'setup-r3mes/devnet'",
        'export const url = async (): Promise<string> => (await startDevnet()).urls.rpc',
        '// @ts-expect-error the types are real ones, not any',
        'export const wrong = async (): Promise<number> => (await startDevnet()).urls.rpc',
      ]
      writeFileSync(join(folder, 'use.ts'), source.join('\n'))
      examples.forEach((example, index) => {
        writeFileSync(join(folder, `example${index}.ts`), example)
      })
      expect(examples.length).toBeGreaterThanOrEqual(3)
      const run = () =>
        execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
          encoding: 'utf8',
          stdio: 'pipe',
        })
      expect(run).not.toThrow()
      // The same project with a mistake in it must fail, or this test checks nothing.
      writeFileSync(
        join(folder, 'use.ts'),
        readFileSync(join(folder, 'use.ts'), 'utf8').replace('@ts-expect-error', ''),
      )
      expect(run).toThrow()
    },
  )
})
