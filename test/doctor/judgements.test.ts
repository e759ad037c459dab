import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ERROR_CLASSES, type ErrorCode, R3mesError } from '../../src/core/index.ts'
import { judgeCache } from '../../src/doctor/cache.ts'
import { judgeClock } from '../../src/doctor/clock.ts'
import { diagnose } from '../../src/doctor/diagnosis.ts'
import { explainFailure } from '../../src/doctor/failure-words.ts'
import {
  examineCertificates,
  judgeMachine,
  judgePrivateKeys,
  judgeProxies,
} from '../../src/doctor/machine.ts'
import { readableSettings } from '../../src/doctor/readable-settings.ts'
import { remedyFor } from '../../src/doctor/remedies.ts'
import { judgeFileSystem, judgeRemains } from '../../src/doctor/store.ts'
import { judgeLockfile } from '../../src/doctor/trust.ts'
import type { Finding } from '../../src/doctor/types.ts'
import type { FileSystemAbilities } from '../../src/store/index.ts'
import { anAuthority } from '../support/https.ts'
import { ANCHOR_TIME, aLock, daysLater, locked } from '../support/locked.ts'
import { aFolder } from '../support/store.ts'

const codes = Object.values(ERROR_CLASSES).flatMap((each): readonly ErrorCode[] => each.codes)

function aProblem(code: ErrorCode): Finding {
  return { topic: 'chain', subject: 'x', verdict: 'problem', code, text: 'x', remedy: 'x' }
}

describe('the worst problem', () => {
  it('is one of trust, then of input, store, chain and content', () => {
    const all = (
      ['SOURCES_EXHAUSTED', 'CHAIN_UNREACHABLE', 'DISK_FULL', 'INPUT_INVALID', 'PROOF_INVALID'] as const
    ).map(aProblem)
    for (const exitCode of [4, 2, 7, 5, 6]) {
      expect(diagnose(all).exitCode).toBe(exitCode)
      all.pop()
    }
    expect(diagnose(all)).toMatchObject({ exitCode: 0, worst: undefined })
  })

  it('is none among notes', () => {
    const note: Finding = { topic: 'machine', subject: 'x', verdict: 'note', text: 'x' }
    expect(diagnose([note])).toMatchObject({ exitCode: 0, notes: 1, problems: 0 })
  })

  it.each(codes)('has one line of what to type for %s', (code) => {
    expect(remedyFor(code)).toMatch(/^[^\n]{8,}$/)
  })
})

describe('why a host could not be asked', () => {
  const failed = (code: string, message = code) => Object.assign(new Error(message), { code })

  it.each([
    ['ENOTFOUND', /DNS/],
    ['EAI_AGAIN', /DNS/],
    ['ECONNREFUSED', /nobody listens/],
    ['ENETUNREACH', /no way/],
    ['UND_ERR_CONNECT_TIMEOUT', /in time/],
    ['ECONNRESET', /cut the connection/],
    ['CERT_HAS_EXPIRED', /the time that this machine shows/],
    ['CERT_NOT_YET_VALID', /the time that this machine shows/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another host/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /plain http/],
    ['EWHATEVER', /cannot be reached/],
  ])('is told for %s', (code, words) => {
    expect(explainFailure(failed(code), false).why).toMatch(words)
  })

  it('is looked for below what wraps it, and among several addresses', () => {
    const both = new AggregateError([failed('ECONNREFUSED'), failed('ENETUNREACH')])
    expect(explainFailure(new TypeError('fetch failed', { cause: both }), false).why).toMatch(
      /nobody listens/,
    )
  })

  it('is not blamed on a proxy when a certificate is wrong', () => {
    expect(explainFailure(failed('CERT_HAS_EXPIRED'), true).remedy).toMatch(/clock/)
    expect(explainFailure(failed('ECONNREFUSED'), true).remedy).toMatch(/HTTPS_PROXY/)
  })
})

describe('the clock', () => {
  const readings = (...offsets: readonly number[]) =>
    new Map(offsets.map((offset, index) => [`host-${index}`, { host: 1e12 + offset, here: 1e12 }]))

  it('is compared with nobody when nobody answered', () => {
    expect(judgeClock(new Map(), 'linux')).toMatchObject([{ verdict: 'note' }])
  })

  it('is right within ten seconds and the second that hosts round to', () => {
    expect(judgeClock(readings(10_500, -10_500), 'linux')).toMatchObject([{ verdict: 'ok' }])
  })

  it('is wrong when most say so, with the command of the system', () => {
    expect(judgeClock(readings(60_000, 61_000, 0), 'darwin')).toMatchObject([
      { verdict: 'problem', code: 'CHAIN_STALE', remedy: expect.stringContaining('sntp') },
    ])
    expect(judgeClock(readings(-86_400_000), 'win32')[0]?.text).toMatch(/24 hours ahead/)
  })
})

describe('the machine', () => {
  it('needs Node 24', () => {
    const facts = { node: '22.4.0', system: 'Linux', cores: 1, memory: 1e9 }
    expect(judgeMachine(facts)[0]).toMatchObject({ verdict: 'problem', code: 'INPUT_INVALID' })
    expect(judgeMachine({ ...facts, node: '24.0.0' })[0]).toMatchObject({ verdict: 'ok', text: '24.0.0' })
  })

  it('shows names of variables only when they are plain', () => {
    const [found] = judgePrivateKeys({
      'my ##[x] private-key': '1',
      WALLET_MNEMONIC: '2',
      EMPTY_PRIVATE_KEY: ' ',
    })
    expect(found?.text).toContain('(WALLET_MNEMONIC, other variables)')
    expect(found?.text).not.toContain('##[')
  })

  it('says how proxies are understood, and shows no password', () => {
    const { findings, usable, set } = judgeProxies({ HTTP_PROXY: 'user:pw@proxy:3128', NO_PROXY: 'intranet' })
    expect({ usable, set }).toEqual({ usable: true, set: true })
    expect(findings[0]).toMatchObject({ verdict: 'ok', detail: expect.stringContaining('intranet') })
    expect(findings[0]?.text).toContain(
      'https goes through http://proxy:3128, http goes through http://proxy:3128, with a password',
    )
    expect(JSON.stringify(findings)).not.toContain('pw')
  })

  it('reads the file of NODE_EXTRA_CA_CERTS, which Node passes over in silence', async () => {
    const folder = await aFolder()
    const none = join(folder, 'none.pem')
    await writeFile(none, 'no certificate')
    const { caFile } = anAuthority('127.0.0.1')
    const judged = async (path: string) => (await examineCertificates({ NODE_EXTRA_CA_CERTS: path }))[0]
    expect(await judged(caFile)).toMatchObject({
      verdict: 'ok',
      text: 'NODE_EXTRA_CA_CERTS adds 1 authority',
    })
    expect(await judged(none)).toMatchObject({
      verdict: 'problem',
      text: expect.stringContaining('no certificate'),
    })
    expect(await judged(join(folder, 'absent'))).toMatchObject({ verdict: 'problem' })
  })

  it('has the check of certificates switched off', async () => {
    expect(await examineCertificates({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatchObject([
      { verdict: 'problem', remedy: expect.stringContaining('unset NODE_TLS_REJECT_UNAUTHORIZED') },
    ])
  })
})

describe('a file system', () => {
  const works = { works: true } as const
  const all: FileSystemAbilities = {
    hardLinks: works,
    reflinks: works,
    symlinks: works,
    foldsCase: false,
    locks: 'refused',
    volume: 'local',
    space: { total: 1e12, used: 0, free: 1e12 },
  }
  const verdicts = (changes: Partial<FileSystemAbilities>) =>
    judgeFileSystem({ ...all, ...changes }, 5e11).filter(({ verdict }) => verdict !== 'ok')

  it('has nothing worth a word when everything works', () => {
    expect(verdicts({})).toEqual([])
  })

  it('is a problem when locks keep nobody out, and a note when there are none', () => {
    expect(verdicts({ locks: 'granted' })).toMatchObject([{ verdict: 'problem', code: 'STORE_UNSAFE' }])
    expect(verdicts({ locks: 'none' })).toMatchObject([{ verdict: 'note' }])
  })

  it('is worth a note when it is shared, or has less room than an artifact may take', () => {
    expect(verdicts({ volume: 'shared' })).toMatchObject([{ subject: 'Volume', verdict: 'note' }])
    expect(verdicts({ space: { total: 1e9, used: 0, free: 1e9 } })).toMatchObject([
      { subject: 'Disk', verdict: 'note' },
    ])
  })

  it('says what takes twice the room', () => {
    const none = { works: false, errno: 'EPERM' } as const
    expect(verdicts({ hardLinks: none })[0]?.text).toContain('reflinks')
    expect(verdicts({ hardLinks: none, reflinks: none })[0]?.text).toContain('twice the room')
  })

  it('holds what was kept as evidence', () => {
    const none = { files: 0, bytes: 0 }
    expect(judgeRemains({ partials: none, quarantine: none })).toEqual([])
    expect(judgeRemains({ partials: none, quarantine: { files: 1, bytes: 1000 } })[0]?.text).toContain(
      '1 damaged file, 1.00 kB',
    )
  })
})

describe('a lockfile', () => {
  const view = { frozen: 'auto', trustingPeriod: undefined, inCi: false } as const
  const block = (days: number) => judgeLockfile(locked(), { ...view, now: daysLater(days) })[1]

  it('is good, then to be moved, then of no use', () => {
    expect(block(1)).toMatchObject({ verdict: 'ok' })
    expect(block(10)).toMatchObject({ verdict: 'note', remedy: 'r3mes lock --update' })
    expect(block(14)).toMatchObject({
      verdict: 'problem',
      code: 'TRUST_EXPIRED',
      remedy: 'r3mes lock --renew',
    })
  })

  it('lies in the future of a clock that is slow', () => {
    const now = new Date(ANCHOR_TIME.getTime() - 1)
    expect(judgeLockfile(locked(), { ...view, now })[1]).toMatchObject({
      verdict: 'problem',
      code: 'CHAIN_STALE',
    })
  })

  it('binds in CI, unless it is told otherwise', () => {
    const text = (changes: object) =>
      judgeLockfile({ kind: 'read', lock: aLock() }, { ...view, now: daysLater(1), ...changes })[0]?.text
    expect(text({})).toContain('in CI it is')
    expect(text({ inCi: true })).toContain('frozen: only')
    expect(text({ inCi: true, frozen: false })).toContain('not frozen')
  })
})

describe('the Actions cache', () => {
  const judged = (environment: Readonly<Record<string, string>>) =>
    judgeCache(environment, { sources: ['cache', 'http'] })

  it('is there in a step, and nowhere else', () => {
    const step = { ACTIONS_RESULTS_URL: 'https://results.example.org/', ACTIONS_RUNTIME_TOKEN: 'x' }
    expect(judged({}).text).toContain('outside a workflow')
    expect(judged({ GITHUB_ACTIONS: 'true' }).text).toContain('`run:` step')
    expect(judged(step).text).toContain('older service')
    expect(judged({ ...step, ACTIONS_CACHE_SERVICE_V2: 'true' })).toMatchObject({
      verdict: 'ok',
      text: 'there, version 2',
    })
  })
})

describe('settings with mistakes', () => {
  it('are read as far as they can be, from flags and variables alike', () => {
    const { settings, problems } = readableSettings(
      { frozen: 'perhaps', 'rpc-urls': 'https://a.example.org\nhttps://b.example.org', trust: 'quorum' },
      { R3MES_HOME: '/srv/r3mes', R3MES_MODEL_PATH: '~nobody/models', CHAIN_ID: 'my-chain-1' },
    )
    expect(problems).toHaveLength(2)
    expect(problems.every((problem) => problem instanceof R3mesError)).toBe(true)
    expect(settings).toMatchObject({ home: '/srv/r3mes', chainId: 'my-chain-1', modelDir: undefined })
    expect(settings.rpcUrls).toHaveLength(2)
    expect(settings.trust.mode).toBe('quorum')
  })

  it('name nobody to ask when the endpoints cannot be read', () => {
    const { settings, problems } = readableSettings({ 'rpc-urls': 'ftp://a.example.org' }, {})
    expect(problems).toMatchObject([{ code: 'INPUT_INVALID' }])
    expect(settings.rpcUrls).toEqual([])
  })

  it('never show what stood in a token', () => {
    const { problems } = readableSettings({ 'hf-token': 'two words' }, {})
    expect(JSON.stringify(problems.map(({ message, detail }) => [message, detail]))).not.toContain(
      'two words',
    )
  })
})
