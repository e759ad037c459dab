import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { R3mesError } from '../../../src/core/index.ts'
import {
  formatLockfile,
  LOCKFILE_LIMIT,
  parseLockfile,
  parseRequest,
  rawRequestOf,
} from '../../../src/registry/index.ts'
import { anyLockfile, FULL_REQUEST, lockOfRegistry } from '../../support/lockfile.ts'
import { aRequest, refusalOf } from '../../support/registry.ts'

const TEXT = formatLockfile(lockOfRegistry())

/** The lockfile's JSON, to be changed. */
function json(): { [key: string]: never } {
  return JSON.parse(TEXT)
}

/** The text after a change of its JSON. A path is keys and indices. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const root: unknown = json()
  let at = root as Record<string | number, unknown>
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>
  const last = path.at(-1) ?? ''
  if (value === undefined) delete at[last]
  else Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true })
  return JSON.stringify(root)
}

const MODEL = JSON.parse(TEXT).artifacts[0]
const refusal = (text: string) => refusalOf(() => parseLockfile(text))

describe('a lockfile', () => {
  it('is JSON in the order of RFC 8785, indented by two, with a newline at its end', () => {
    expect(TEXT.endsWith('}\n')).toBe(true)
    expect(TEXT).toBe(`${JSON.stringify(JSON.parse(canonicalize(json()) ?? ''), undefined, 2)}\n`)
    expect(Object.keys(json())).toEqual(Object.keys(json()).toSorted())
  })

  it('says what it locks in words that a review can read', () => {
    expect(JSON.parse(TEXT)).toMatchObject({
      version: 1,
      chain_id: 'remes-testnet-1',
      registry: 'module',
      authority: null,
      anchor: { height: '101', hash: 'AB'.repeat(32), time: '2026-01-01T00:00:00.000Z' },
      trusting_period_seconds: 1209600,
      unbonding_seconds: 1814400,
      request: { adapters: ['coder', 'writer@1.0.0'], model_version: '1.0.0', require_dataset: true },
      artifacts: [
        { kind: 'model', id: '1.0.0', model_id: '0', model_name: 'bitnet', file_name: 'model.gguf' },
        { kind: 'adapter', id: 'coder', size: 1000, compatible_model_versions: ['1.0.0'] },
        { kind: 'adapter', id: 'writer', places: ['hf://r3mes/adapters@main/coder.safetensors'] },
        { kind: 'dataset', id: 'training_dataset_v1', dataset_id: '7' },
      ],
    })
  })

  it('is read as it was written, whatever it holds', () => {
    fc.assert(
      fc.property(anyLockfile, (lock) => {
        const text = formatLockfile(lock)
        expect(parseLockfile(text)).toEqual(lock)
        expect(formatLockfile(parseLockfile(text))).toBe(text)
      }),
    )
  })

  it('asks again for what was asked', () => {
    expect(parseRequest(rawRequestOf(parseLockfile(TEXT).request))).toEqual(aRequest(FULL_REQUEST))
  })

  it('may have the line ends and the spaces that an editor left', () => {
    expect(parseLockfile(TEXT.replaceAll('\n', '\r\n'))).toEqual(parseLockfile(TEXT))
    expect(parseLockfile(JSON.stringify(json()))).toEqual(parseLockfile(TEXT))
  })

  it('is never written so that it could not be read', () => {
    const lock = lockOfRegistry()
    const written = () => formatLockfile({ ...lock, anchor: { ...lock.anchor, origin: '::error::' } })
    expect(refusalOf(written).code).toBe('LOCK_INVALID')
  })
})

describe('a lockfile is refused', () => {
  it.each<[string, readonly (string | number)[], unknown, string]>([
    ['an unknown key', ['x'], 1, 'it has a key'],
    ['an unknown key of an artifact', ['artifacts', 0, 'sha256'], 'a', '`artifacts[0]` has a key'],
    ['a key of another kind', ['artifacts', 0, 'dataset_id'], '1', '`artifacts[0]` has a key'],
    ['no anchor', ['anchor'], undefined, 'it lacks `anchor`'],
    ['an anchor that is a list', ['anchor'], [], '`anchor` is no object'],
    ['no hash', ['anchor', 'hash'], undefined, '`anchor` lacks `hash`'],
    ['a lower-case hash', ['anchor', 'hash'], 'ab'.repeat(32), '`anchor.hash`'],
    ['a short hash', ['anchor', 'hash'], 'AB', '`anchor.hash`'],
    ['a height that is a number', ['anchor', 'height'], 100, '`anchor.height`'],
    ['a height with a sign', ['anchor', 'height'], '-100', '`anchor.height`'],
    ['a height in hex', ['anchor', 'height'], '0x10', '`anchor.height`'],
    ['a height with a leading zero', ['anchor', 'height'], '0100', '`anchor.height`'],
    ['a height beyond 63 bits', ['anchor', 'height'], '9223372036854775808', '`anchor.height`'],
    ['a height that proves nothing', ['anchor', 'height'], '1', '`anchor.height`'],
    ['a time that is none', ['anchor', 'time'], 'yesterday', '`anchor.time`'],
    ['a time with another spelling', ['anchor', 'time'], '2026-01-01T00:00:00Z', '`anchor.time`'],
    ['a 31st of February', ['anchor', 'time'], '2026-02-31T00:00:00.000Z', '`anchor.time`'],
    ['an origin with a workflow command', ['anchor', 'origin'], '##[error]x', '`anchor.origin`'],
    ['an origin of two lines', ['anchor', 'origin'], 'a\nb', '`anchor.origin`'],
    ['an endless origin', ['anchor', 'origin'], 'a'.repeat(1001), '`anchor.origin`'],
    ['a chain id with a space', ['chain_id'], 'a b', '`chain_id`'],
    ['another registry', ['registry'], 'group:7', '`registry` is not module'],
    ['an authority', ['authority'], 'somebody', '`authority` is not null'],
    ['a period of no time', ['trusting_period_seconds'], 0, '`trusting_period_seconds`'],
    ['a period with a fraction', ['trusting_period_seconds'], 1.5, '`trusting_period_seconds`'],
    ['an endless period', ['trusting_period_seconds'], 1e300, '`trusting_period_seconds`'],
    ['a period that no date can be told of', ['trusting_period_seconds'], 9e12, 'is longer than 365 days'],
    ['a period as long as the unbonding time', ['trusting_period_seconds'], 1814400, 'is not shorter than'],
    ['an unbonding time in text', ['unbonding_seconds'], '1', '`unbonding_seconds`'],
    ['artifacts by name', ['artifacts'], {}, '`artifacts` is no array'],
    ['too many artifacts', ['artifacts'], Array(5001).fill(null), '5000 are the most'],
    ['an artifact that is nothing', ['artifacts', 0], null, '`artifacts[0].kind`'],
    ['an unknown kind', ['artifacts', 0, 'kind'], 'plugin', '`artifacts[0].kind`'],
    ['an id that is a path', ['artifacts', 1, 'id'], '../x', '`artifacts[1].id`'],
    ['an id with a command', ['artifacts', 1, 'id'], '##[x]', '`artifacts[1].id`'],
    ['a device name', ['artifacts', 1, 'id'], 'CON', '`artifacts[1].id`'],
    ['a version with a line break', ['artifacts', 1, 'version'], '1\n2', '`artifacts[1].version`'],
    ['a model without a version', ['artifacts', 0, 'version'], '', '`artifacts[0].version`'],
    [
      'a model that is not its version',
      ['artifacts', 0, 'id'],
      '2.0.0',
      '`artifacts[0].version` is not that of its id',
    ],
    [
      'a version in another spelling',
      ['artifacts', 0],
      { ...MODEL, id: 'v1.0', version: 'v1.0' },
      '.version`',
    ],
    ['a dataset with a version', ['artifacts', 3, 'version'], '1', '`artifacts[3].version`'],
    ['a revoked artifact', ['artifacts', 1, 'status'], 'revoked', '`artifacts[1].status`'],
    ['a digest of no kind', ['artifacts', 0, 'digest'], 'ab'.repeat(32), '`artifacts[0].digest`'],
    ['a tree digest', ['artifacts', 0, 'digest'], `tree:${'ab'.repeat(32)}`, '`artifacts[0].digest`'],
    ['an upper-case digest', ['artifacts', 0, 'digest'], `sha256:${'AB'.repeat(32)}`, '.digest`'],
    ['one file under a manifest', ['artifacts', 0, 'digest'], `manifest:${'ab'.repeat(32)}`, '.file_name`'],
    ['no file name', ['artifacts', 0, 'file_name'], null, '`artifacts[0].file_name` is missing'],
    ['a file name with a folder', ['artifacts', 0, 'file_name'], 'a/b', '`artifacts[0].file_name`'],
    ['a file name that climbs', ['artifacts', 0, 'file_name'], '..', '`artifacts[0].file_name`'],
    ['a negative size', ['artifacts', 1, 'size'], -1, '`artifacts[1].size`'],
    ['a size beyond numbers', ['artifacts', 1, 'size'], 2 ** 60, '`artifacts[1].size`'],
    ['a size in text', ['artifacts', 1, 'size'], '1000', '`artifacts[1].size`'],
    ['a CID that is none', ['artifacts', 1, 'cid'], 'bafy', '`artifacts[1].cid`'],
    ['a place that is none', ['artifacts', 1, 'places'], ['ftp://x/y'], '`artifacts[1].places[0]`'],
    ['a place that is no text', ['artifacts', 1, 'places'], [1], '`artifacts[1].places[0]` is no text'],
    ['a lone surrogate', ['artifacts', 1, 'domain'], '\ud800', '`artifacts[1].domain`'],
    ['a range in a list of lists', ['artifacts', 1, 'target_modules'], [['q']], '.target_modules[0]`'],
    ['an endless list', ['artifacts', 1, 'target_modules'], Array(257).fill('q'), '.target_modules`'],
    ['an id beyond 64 bits', ['artifacts', 0, 'model_id'], '18446744073709551616', '.model_id`'],
    ['a request that is none', ['request', 'model_version'], '1.2.3.4', '`request` is no request'],
    ['a request for a path', ['request', 'adapters'], ['../x'], '`request` is no request'],
    ['a yes in a request', ['request', 'require_dataset'], 'yes', '`request.require_dataset`'],
    ['a polluted prototype', ['__proto__'], { kind: 'model' }, 'it has a key'],
    ['a polluted artifact', ['artifacts', 0, '__proto__'], { size: 1 }, '`artifacts[0]` has a key'],
    ['a key of every object', ['constructor'], {}, 'it has a key'],
  ])('with %s', (_what, path, value, words) => {
    const problem = refusal(changed(path, value))
    expect(problem.code).toBe('LOCK_INVALID')
    expect(problem.message).toContain(words)
    expect(problem.message).toContain('r3mes lock')
    expect(problem.message).toMatch(/^[\x20-\x7e]*$/)
    expect(problem.message).not.toContain('##')
  })

  it.each([
    ['nothing', '', 'no JSON'],
    ['a list', '[]', 'version'],
    ['null', 'null', 'version'],
    ['half of itself', TEXT.slice(0, TEXT.length / 2), 'no JSON'],
    ['another file after it', `${TEXT}${TEXT}`, 'no JSON'],
    ['a key twice', TEXT.replace('"registry": "module"', '"registry": "x", "registry": "module"'), 'twice'],
    [
      'a key twice, once in escapes',
      TEXT.replace('"registry": "module"', '"registr\\u0079": "x", "registry": "module"'),
      'twice',
    ],
    ['more than 4 MiB', ' '.repeat(LOCKFILE_LIMIT + 1), 'larger than 4194304 bytes'],
    ['more than 4 MiB in UTF-8', `"${'é'.repeat(LOCKFILE_LIMIT / 2)}"`, 'larger than 4194304 bytes'],
    ['endless depth', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'nested deeper'],
    ['a number that no program agrees on', TEXT.replace('1209600', '1e999'), '`trusting_period_seconds`'],
  ])('that is %s', (_what, text, words) => {
    const problem = refusal(text)
    expect(problem.code).toBe('LOCK_INVALID')
    expect(problem.message).toContain(words)
  })

  it.each(['model', 'adapter', 'dataset'])('with the same %s twice', (kind) => {
    const { artifacts } = JSON.parse(TEXT) as { artifacts: { kind: string; id: string }[] }
    const twice = artifacts.flatMap((artifact) =>
      artifact.kind === kind ? [artifact, { ...artifact }] : [artifact],
    )
    expect(refusal(changed(['artifacts'], twice)).message).toContain('second time')
  })

  it('with two adapters that are one where case folds', () => {
    expect(refusal(changed(['artifacts', 1, 'id'], 'WRITER')).message).toContain('second time')
  })

  it('with the marks of a merge conflict, in a sentence of its own', () => {
    const half = TEXT.split('\n').slice(0, 5)
    const conflict = [...half, '<<<<<<< HEAD', 'a', '=======', 'b', '>>>>>>> main'].join('\n')
    for (const text of [conflict, conflict.replaceAll('\n', '\r\n')]) {
      const { message } = refusal(text)
      expect(message).toContain('merge conflict')
      expect(message).toContain('r3mes lock --update')
    }
  })

  it('of a newer version with the advice to use a newer program', () => {
    expect(refusal(changed(['version'], 2)).message).toContain('newer version of this program')
    for (const version of [0, '1', null, undefined, [1]]) {
      expect(refusal(changed(['version'], version)).message).toContain('`version` is not 1')
    }
  })
})

describe('whatever happens to its text', () => {
  it('a lockfile is read or refused, and a refusal is printable', () => {
    const edits = fc.array(
      fc.record({
        at: fc.nat(TEXT.length),
        cut: fc.nat(12),
        put: fc.string({ unit: 'binary', maxLength: 6 }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(edits, (list) => {
        const text = list.reduce(
          (now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut),
          TEXT,
        )
        try {
          parseLockfile(text)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(R3mesError)
          expect((thrown as R3mesError).code).toBe('LOCK_INVALID')
          expect((thrown as R3mesError).message).toMatch(/^[\x20-\x7e]*$/)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('no value in place of another makes it anything but refused, or read as what it says', () => {
    const paths: (readonly (string | number)[])[] = []
    const walk = (value: unknown, path: readonly (string | number)[]) => {
      if (path.length > 0) paths.push(path)
      if (Array.isArray(value)) value.forEach((each, index) => void walk(each, [...path, index]))
      else if (typeof value === 'object' && value !== null) {
        for (const [key, each] of Object.entries(value)) walk(each, [...path, key])
      }
    }
    walk(json(), [])
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const text = changed(path, value)
        try {
          // What is accepted is written back the same, so nothing in it was passed over.
          expect(JSON.parse(formatLockfile(parseLockfile(text)))).toEqual(JSON.parse(text))
        } catch (thrown) {
          if (!(thrown instanceof R3mesError)) throw thrown
          expect(thrown.code).toBe('LOCK_INVALID')
        }
      }),
      { numRuns: 2000 },
    )
  })
})
