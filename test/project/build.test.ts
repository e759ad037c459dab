import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type Bundle,
  bundle,
  forbiddenReach,
  reachOf,
  sourcesOf,
  unbundledImports,
} from '../../scripts/bundle.ts'
import { reachableDeclarations } from '../../scripts/declarations.ts'
import { licensesOf, packageFolder } from '../../scripts/licenses.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A small project on disk, in a folder with a new name each time. */
function aProject(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'))
  folders.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

function bundleOf(
  files: Readonly<Record<string, string>>,
  entries: Readonly<Record<string, string>>,
): Promise<Bundle> {
  const root = aProject(files)
  return bundle(root, join(root, 'dist'), entries)
}

const DEVNET = { 'src/devnet/index.ts': 'export const devnet = 1' }

describe('the bundle', () => {
  it('has the same bytes whatever folder the project lies in', async () => {
    const files = {
      'src/a.ts':
        "import { shared } from './shared.ts'; export const a = () => [shared, import('./later.ts')]",
      'src/b.ts': "export { shared as b } from './shared.ts'",
      'src/shared.ts': 'export class shared extends Error {}',
      'src/later.ts': 'export const later = import.meta.url',
    }
    const [one, two] = await Promise.all([0, 1].map(() => bundleOf(files, { a: 'src/a.ts', b: 'src/b.ts' })))
    expect([...(one?.files.keys() ?? [])].length).toBeGreaterThan(2)
    expect(one?.files).toEqual(two?.files)
  })

  it('fails when an entry is missing', async () => {
    await expect(bundleOf(DEVNET, { main: 'src/action/main.ts' })).rejects.toThrow(/src\/action\/main.ts/)
  })

  it('keeps the names of classes although it is minified', async () => {
    const { files } = await bundleOf(
      { 'a.ts': 'class LongName extends Error {}\nexport const name = LongName.name' },
      { a: 'a.ts' },
    )
    const code = new TextDecoder().decode(files.get('a.js'))
    const loaded: unknown = await import(
      `data:text/javascript,${encodeURIComponent(code.replace(/^import.*?;const require=.*?;/, ''))}`
    )
    expect(loaded).toMatchObject({ name: 'LongName' })
  })

  it('tells what an entry loads at once from what it may load later', async () => {
    const built = await bundleOf(
      {
        'main.ts': "import './now.ts'; export const later = () => import('./later.ts')",
        'now.ts': 'console.log(1)',
        'later.ts': 'export const x = 2',
      },
      { main: 'main.ts' },
    )
    const { atStart, ever } = reachOf(built, 'main.js')
    expect(sourcesOf(built, atStart)).toEqual(['main.ts', 'now.ts'])
    expect(sourcesOf(built, ever)).toEqual(['later.ts', 'main.ts', 'now.ts'])
  })

  it('leaves out what the runner’s toolkit has to ask for identity tokens, and the HTTP client with it', async () => {
    const core = 'node_modules/@actions/core'
    const files = {
      [`${core}/package.json`]: '{"name":"@actions/core","type":"module","exports":"./lib/core.js"}',
      [`${core}/lib/core.js`]:
        "import { OidcClient } from './oidc-utils.js'; export const info = 1; export const token = () => OidcClient.getIDToken()",
      [`${core}/lib/oidc-utils.js`]: "import './client.js'; export class OidcClient {}",
      [`${core}/lib/client.js`]: "console.log('loaded')",
      'oidc-utils.js': 'export const own = 1',
      'entry.ts': "export { own } from './oidc-utils.js'; export { info, token } from '@actions/core'",
    }
    const built = await bundleOf(files, { entry: 'entry.ts' })
    const sources = sourcesOf(built, reachOf(built, 'entry.js').ever)
    expect(sources).toContain('oidc-utils.js')
    expect(sources).toContain(`${core}/lib/core.js`)
    expect(sources.filter((source) => /client|core.*oidc/.test(source))).toEqual([])
  })

  it.each([
    ['statically', "import { devnet } from '../devnet/index.ts'; console.log(devnet)"],
    ['dynamically', "console.log(await import('../devnet/index.ts'))"],
    ['through another file', "console.log(await import('./between.ts'))"],
  ])('is refused when the action reaches the devnet %s', async (_how, main) => {
    const built = await bundleOf(
      {
        ...DEVNET,
        'src/action/main.ts': main,
        'src/action/between.ts': "export { devnet } from '../devnet/index.ts'",
      },
      { main: 'src/action/main.ts', devnet: 'src/devnet/index.ts' },
    )
    expect(forbiddenReach(built, 'main.js', 'src/devnet/')).toEqual([
      expect.stringContaining('main.js reaches src/devnet/index.ts'),
    ])
  })

  it('is accepted when only another entry reaches the devnet', async () => {
    const built = await bundleOf(
      {
        ...DEVNET,
        'src/core.ts': 'export const core = Symbol()',
        'src/action/main.ts': "import { core } from '../core.ts'; console.log(core)",
        'src/cli/main.ts':
          "import { core } from '../core.ts'; console.log(core, await import('../devnet/index.ts'))",
      },
      { main: 'src/action/main.ts', cli: 'src/cli/main.ts' },
    )
    expect(forbiddenReach(built, 'main.js', 'src/devnet/')).toEqual([])
    expect(forbiddenReach(built, 'cli.js', 'src/devnet/')).toHaveLength(1)
  })

  it('leaves nothing but the modules of Node itself to be found at run time', async () => {
    const built = await bundleOf(
      { 'a.ts': "import { join } from 'node:path'; import fs from 'fs'; console.log(join, fs)" },
      { a: 'a.ts' },
    )
    expect(unbundledImports(built)).toEqual([])
  })
})

describe('the licences', () => {
  it.each([
    ['node_modules/semver/index.js', 'node_modules/semver'],
    ['node_modules/@scope/name/lib/a.js', 'node_modules/@scope/name'],
    ['node_modules/outer/node_modules/inner/a.js', 'node_modules/outer/node_modules/inner'],
    ['src/core/index.ts', undefined],
  ])('find the package of %s', (source, folder) => {
    expect(packageFolder(source)).toBe(folder)
  })

  it('list every bundled package once, with version and text', () => {
    const root = aProject({
      'node_modules/b/package.json': '{"name":"b","version":"2.0.0","license":"MIT"}',
      'node_modules/b/LICENSE.md': 'Terms of b\r\n',
      'node_modules/b/x.js': '',
      'node_modules/b/y.js': '',
      'node_modules/a/package.json': '{"name":"a","version":"1.0.0","license":"ISC"}',
      'node_modules/a/z.js': '',
    })
    const text = licensesOf(root, [
      'node_modules/b/x.js',
      'node_modules/b/y.js',
      'node_modules/a/z.js',
      'src/x.ts',
    ])
    expect(text.match(/^\w \d\.0\.0 .*$/gm)).toEqual(['a 1.0.0 (ISC)', 'b 2.0.0 (MIT)'])
    expect(text).toContain('Terms of b')
    expect(text).not.toContain('\r')
  })

  it('fall back to the notices in the bundled sources, each once', () => {
    const notice = '// Copyright 2008 Somebody.\n//\n// Terms in here.\n'
    const root = aProject({
      'node_modules/d/package.json': '{"name":"d","version":"1.0.0","license":"(BSD-3-Clause AND MIT)"}',
      'node_modules/d/a.js': `${notice}export {}\n`,
      'node_modules/d/b.js': `${notice}export {}\n`,
      'node_modules/d/c.js': 'export {}\n',
    })
    const text = licensesOf(
      root,
      ['a', 'b', 'c'].map((name) => `node_modules/d/${name}.js`),
    )
    expect(text).toContain('d 1.0.0 (BSD-3-Clause AND MIT)')
    expect(text.match(/Copyright 2008 Somebody\.\n\nTerms in here\./g)).toHaveLength(1)
  })

  it('stop the build for a package without any', () => {
    const root = aProject({
      'node_modules/c/package.json': '{"name":"c","version":"3.0.0"}',
      'node_modules/c/index.js': '',
    })
    expect(() => licensesOf(root, ['node_modules/c/index.js'])).toThrow(/c 3.0.0 has no licence/)
  })
})

describe('the declarations', () => {
  it('keep what the public types lead to, with specifiers that every resolution finds', () => {
    const kept = reachableDeclarations(
      new Map([
        ['index.d.ts', "export * from './core/index.ts'\nexport type T = import('./deep.ts').Deep\n"],
        ['core/index.d.ts', "import type { Readable } from 'node:stream'\nexport type S = Readable\n"],
        ['deep.d.ts', 'export type Deep = 1\n'],
        ['private.d.ts', "export * from 'undici'\n"],
      ]),
      ['index.d.ts'],
    )
    expect([...kept.keys()]).toEqual(['core/index.d.ts', 'deep.d.ts', 'index.d.ts'])
    expect(kept.get('index.d.ts')).toBe(
      "export * from './core/index.js'\nexport type T = import('./deep.js').Deep\n",
    )
  })

  it('take what they need of undici from a stand-in of our own', () => {
    const kept = reachableDeclarations(
      new Map([
        ['chain/rpc.d.ts', "import type { Dispatcher } from 'undici'\n"],
        ['stand-ins/undici.d.ts', 'export interface Dispatcher {}\n'],
      ]),
      ['chain/rpc.d.ts'],
    )
    expect(kept.get('chain/rpc.d.ts')).toBe("import type { Dispatcher } from '../stand-ins/undici.js'\n")
    expect(kept.has('stand-ins/undici.d.ts')).toBe(true)
  })

  it('refuse types of a package that users do not install', () => {
    const emitted = new Map([['index.d.ts', "import type { Message } from '@bufbuild/protobuf'\n"]])
    expect(() => reachableDeclarations(emitted, ['index.d.ts'])).toThrow(
      /need the package @bufbuild\/protobuf/,
    )
  })

  it('refuse generated code, which the compiler does not emit', () => {
    const emitted = new Map([['chain/index.d.ts', "import type { A } from '../gen/a_pb.js'\n"]])
    expect(() => reachableDeclarations(emitted, ['chain/index.d.ts'])).toThrow(/gen\/a_pb/)
  })
})
