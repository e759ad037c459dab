import { describe, expect, it } from 'vitest'
import {
  checkDisk,
  type ExpandedArtifact,
  expand,
  manifestPlaces,
  type PlannedArtifact,
  plan,
} from '../../src/registry/index.ts'
import { sha256Of } from '../support/digest.ts'
import {
  aDataset,
  aModel,
  anAdapter,
  aRequest,
  aSnapshot,
  codesOf,
  type RegistryContents,
} from '../support/registry.ts'

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const HEX = sha256Of('the manifest')

function artifactsOf(
  contents: RegistryContents,
  raw: Parameters<typeof aRequest>[0] = {},
): readonly PlannedArtifact[] {
  const result = plan(aRequest(raw), aSnapshot(contents))
  expect(codesOf(result.problems)).toEqual([])
  return result.artifacts
}

const manifestOf = (...files: { path: string; size: number }[]) =>
  new TextEncoder().encode(
    JSON.stringify({ version: 1, files: files.map((file) => ({ ...file, sha256: sha256Of(file.path) })) }),
  )

const underManifest = (fields: Parameters<typeof aModel>[0] = {}) =>
  aModel({ checksum: `manifest:${HEX}`, downloadSource: 'hf://o/n@main/v1', cid: CID, ...fields })

describe('expanding', () => {
  it('makes one file of an artifact that its record alone describes', () => {
    const [artifact] = artifactsOf({ models: [aModel({ cid: CID })] })
    const { artifacts, problems } = expand(artifact === undefined ? [] : [artifact], new Map())
    expect(problems).toEqual([])
    expect(artifacts[0]?.files).toEqual([
      { path: 'model.gguf', sha256: sha256Of('model'), size: undefined, places: artifact?.places, cid: CID },
    ])
  })

  it('makes the files of a manifest, each with its own places and no CID of its own', () => {
    const artifacts = artifactsOf({ models: [underManifest()] })
    const manifests = new Map([[HEX, manifestOf({ path: 'a/m.gguf', size: 5 }, { path: 't.json', size: 7 })]])
    const { artifacts: expanded } = expand(artifacts, manifests)
    expect(expanded[0]?.files).toEqual([
      {
        path: 'a/m.gguf',
        size: 5,
        sha256: sha256Of('a/m.gguf'),
        cid: undefined,
        places: [
          { kind: 'huggingface', repoType: 'model', repo: 'o/n', revision: 'main', path: 'v1/a/m.gguf' },
          { kind: 'ipfs', cid: CID, path: 'a/m.gguf' },
        ],
      },
      {
        path: 't.json',
        size: 7,
        sha256: sha256Of('t.json'),
        cid: undefined,
        places: [
          { kind: 'huggingface', repoType: 'model', repo: 'o/n', revision: 'main', path: 'v1/t.json' },
          { kind: 'ipfs', cid: CID, path: 't.json' },
        ],
      },
    ])
  })

  it('asks for the manifest in the folder that the artifact’s place is', () => {
    const [artifact] = artifactsOf({ models: [underManifest()] })
    expect(artifact && manifestPlaces(artifact)).toMatchObject([
      { path: 'v1/r3mes-manifest.json' },
      { kind: 'ipfs', path: 'r3mes-manifest.json' },
    ])
  })

  it('tells the problems of all manifests at once', () => {
    const artifacts = artifactsOf(
      { models: [underManifest()], adapters: [anAdapter({ checksum: `manifest:${sha256Of('other')}` })] },
      { adapters: ['coder'] },
    )
    const manifests = new Map([
      [HEX, new TextEncoder().encode('{}')],
      [sha256Of('other'), manifestOf({ path: '../x', size: 1 })],
    ])
    const expansion = expand(artifacts, manifests)
    expect(codesOf(expansion.problems)).toEqual(['RECORD_MALFORMED', 'ID_UNSAFE'])
    expect(expansion.problems[1]?.message).toContain('adapter coder')
    expect(expansion.artifacts).toEqual([])
  })

  it('leaves out a dataset that is not required and whose manifest is malformed', () => {
    const artifacts = artifactsOf(
      { datasets: [aDataset({ checksum: `manifest:${HEX}` })] },
      { datasets: ['0'], requireDataset: false },
    )
    const expansion = expand(artifacts, new Map([[HEX, new TextEncoder().encode('[]')]]))
    expect(expansion.problems).toEqual([])
    expect(codesOf(expansion.datasetProblems)).toEqual(['RECORD_MALFORMED'])
    expect(expansion.artifacts.map((artifact) => artifact.kind)).toEqual(['model'])
  })

  it('adds up the sizes of all files against max-artifact-size', () => {
    const artifacts = artifactsOf({ models: [underManifest()] })
    const manifests = new Map([[HEX, manifestOf({ path: 'a', size: 600 }, { path: 'b', size: 400 })]])
    expect(expand(artifacts, manifests, { maxArtifactSize: 1000 }).problems).toEqual([])
    const { problems } = expand(artifacts, manifests, { maxArtifactSize: 999 })
    expect(codesOf(problems)).toEqual(['ARTIFACT_TOO_LARGE'])
    expect(problems[0]?.message).toContain('1000 bytes')
    const huge = new Map([
      [HEX, manifestOf({ path: 'a', size: 2 ** 53 - 1 }, { path: 'b', size: 2 ** 53 - 1 })],
    ])
    expect(codesOf(expand(artifacts, huge).problems)).toEqual(['ARTIFACT_TOO_LARGE'])
  })

  it('refuses two adapters that would be one path once extensions are known', () => {
    const artifacts = artifactsOf(
      {
        adapters: [
          anAdapter({ id: 'a', fileName: 'x.bin' }),
          anAdapter({ id: 'a.bin', checksum: `manifest:${HEX}` }),
        ],
      },
      { adapters: ['a', 'a.bin'] },
    )
    const manifests = new Map([[HEX, manifestOf({ path: 'x', size: 1 }, { path: 'y', size: 1 })]])
    expect(codesOf(expand(artifacts, manifests).problems)).toEqual(['ID_UNSAFE'])
  })

  it('calls a manifest that was not fetched a bug', () => {
    expect(() => expand(artifactsOf({ models: [underManifest()] }), new Map())).toThrow(TypeError)
  })
})

describe('the disk', () => {
  const expanded = (
    contents: RegistryContents,
    raw: Parameters<typeof aRequest>[0] = {},
  ): readonly ExpandedArtifact[] => expand(artifactsOf(contents, raw), new Map()).artifacts
  const none = new Set<string>()
  const withAdapter = () =>
    expanded(
      { models: [aModel({ requiredDiskSpaceGb: 0.000_002 })], adapters: [anAdapter({ sizeBytes: 500n })] },
      { adapters: ['coder'] },
    )

  it('must hold what is missing, to the byte', () => {
    expect(checkDisk(withAdapter(), none, 2500n)).toBeUndefined()
    const problem = checkDisk(withAdapter(), none, 2499n)
    expect(problem?.code).toBe('DISK_FULL')
    expect(problem?.message).toContain('needs 2500 bytes, but only 2499 are free')
  })

  it('need not hold what the store has', () => {
    expect(checkDisk(withAdapter(), new Set([sha256Of('model')]), 500n)).toBeUndefined()
    expect(checkDisk(withAdapter(), new Set([sha256Of('model'), sha256Of('adapter')]), 0n)).toBeUndefined()
  })

  it('holds a file that two artifacts share once', () => {
    const adapters = [anAdapter({ id: 'a', sizeBytes: 500n }), anAdapter({ id: 'b', sizeBytes: 500n })]
    const artifacts = expanded({ adapters }, { adapters: ['a', 'b'] })
    expect(checkDisk(artifacts, none, 500n)).toBeUndefined()
    expect(checkDisk(artifacts, none, 499n)?.code).toBe('DISK_FULL')
  })
})
