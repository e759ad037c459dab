import { describe, expect, it } from 'vitest'
import { moduleRequests } from '../../scripts/imports.ts'
import { brokenLayerRules } from '../support/layers.ts'
import { projectFiles, read } from '../support/project.ts'

const sources = projectFiles('src').filter((path) => path.endsWith('.ts') && !path.startsWith('src/gen/'))

describe('the rows of src', () => {
  it('hold: every room knows only the rows below it, by their doors', () => {
    const imports = sources.flatMap((from) =>
      moduleRequests(from, read(from)).map(({ specifier }) => ({ from, specifier })),
    )
    expect(imports.length).toBeGreaterThan(0)
    expect(brokenLayerRules(imports)).toEqual([])
  })

  it('have a door in every room', () => {
    const rooms = new Set(sources.map((path) => path.split('/')[1]).filter((room) => !room?.endsWith('.ts')))
    const faces = new Set(['action', 'cli'])
    const closed = [...rooms].filter(
      (room) => room !== undefined && !faces.has(room) && !sources.includes(`src/${room}/index.ts`),
    )
    expect(closed).toEqual([])
  })
})

describe('the layer rules', () => {
  const broken = (from: string, specifier: string) => brokenLayerRules([{ from, specifier }]).length > 0

  it.each([
    ['core that knows a room', 'src/core/digest.ts', '../chain/index.ts'],
    ['a room that knows one beside it', 'src/store/blobs.ts', '../transfer/index.ts'],
    ['the registry that knows content', 'src/registry/plan.ts', '../transfer/index.ts'],
    ['a room that knows one above it', 'src/chain/rpc.ts', '../ensure/index.ts'],
    ['a way past a door', 'src/ensure/run.ts', '../store/blobs.ts'],
    ['a way past a door to a nested file', 'src/ensure/run.ts', '../store/index/index.ts'],
    ['the runner toolkit outside of the action', 'src/ensure/run.ts', '@actions/core'],
    ['the devnet in the flow', 'src/ensure/run.ts', '../devnet/index.ts'],
    ['the devnet in the action', 'src/action/main.ts', '../devnet/index.ts'],
    ['a face that knows another', 'src/cli/main.ts', '../action/main.ts'],
    ['the server in the flow', 'src/ensure/run.ts', '../serve/index.ts'],
    ['the network in the server', 'src/serve/blob-server.ts', '../transfer/index.ts'],
    ['tests in the sources', 'src/cli/main.ts', '../../test/support/project.ts'],
    ['a room that nobody placed', 'src/misc/a.ts', '../core/index.ts'],
  ])('refuse %s', (_claim, from, specifier) => {
    expect(broken(from, specifier)).toBe(true)
  })

  it.each([
    ['a room that knows core', 'src/store/blobs.ts', '../core/index.ts'],
    ['files of one room among themselves', 'src/store/blobs.ts', './paths.ts'],
    ['generated code', 'src/registry/decode.ts', '../gen/remes/remes/v1/registry_pb.js'],
    ['packages', 'src/transfer/network.ts', 'undici'],
    ['the server on the command line', 'src/cli/serve-command.ts', '../serve/index.ts'],
    ['the devnet on the command line', 'src/cli/devnet.ts', '../devnet/index.ts'],
    ['the toolkit in the action', 'src/action/main.ts', '@actions/core'],
  ])('allow %s', (_claim, from, specifier) => {
    expect(broken(from, specifier)).toBe(false)
  })
})

describe('reading imports', () => {
  it('sees types, values, re-exports, dynamic imports and import types', () => {
    const source = [
      "import type { A } from './type.ts'",
      "import { type B } from './value.ts'",
      "import './effect.ts'",
      "export * from './all.ts'",
      "export { c } from './named.ts'",
      "const d = import('./dynamic.ts')",
      "type E = import('./inline.ts').E",
      "const text = \"import './text.ts'\" // import './comment.ts'",
    ].join('\n')
    expect(
      moduleRequests('sample.ts', source)
        .map(({ specifier }) => specifier)
        .sort(),
    ).toEqual([
      './all.ts',
      './dynamic.ts',
      './effect.ts',
      './inline.ts',
      './named.ts',
      './type.ts',
      './value.ts',
    ])
  })

  it('refuses an import that only the running program knows', () => {
    expect(() => moduleRequests('sample.ts', 'import("./a" + ending)')).toThrow(/computes/)
  })
})
