import { chmod, chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../scripts/real-parts/free-port.ts'
import { EXFAT, isThere } from '../../scripts/real-parts/programs.ts'
import { silentReporter } from '../../src/core/index.ts'
import { LIES, type LieMode } from '../../src/devnet/index.ts'
import { examine } from '../../src/doctor/index.ts'
import { lockFromInputs } from '../../src/ensure/index.ts'
import { anExfatDisk, aSmallDisk, type Disk, mayHaveDisks } from '../support/crash-disk.ts'
import { about, anExaminedWorld, type ExaminedWorld, problemsIn, withClock } from '../support/examined.ts'
import { anAuthority, anHttpsHost, aProxy, believe } from '../support/https.ts'
import { listen } from '../support/loopback.ts'
import { aFolder } from '../support/store.ts'
import { finalTree } from '../support/tree.ts'

const HOUR = 60 * 60 * 1000
/** Lies of a node that every run would meet; the others are about single approvals. */
const SEEN: readonly LieMode[] = [
  'other-height-proof',
  'stale-height',
  'frozen-tip',
  'lying-witness',
  'truncated-json',
  'wrong-rpc-id',
  'command-in-error',
  'other-chain',
  'fork-full',
  'fork-third',
  'future-header',
]
const isRoot = process.geteuid?.() === 0

async function own<T extends Disk>(disk: Promise<T>): Promise<T> {
  const mounted = await disk
  onTestFinished(() => mounted[Symbol.asyncDispose]())
  return mounted
}

/** A lockfile of the world's chain where its examination looks. */
async function locked({ inputs, folder, home }: ExaminedWorld): Promise<void> {
  const { 'rpc-urls': urls, 'chain-id': chainId } = inputs
  const raw = { 'rpc-urls': urls, 'chain-id': chainId, home, lockfile: join(folder, 'r3mes.lock') }
  const { error } = await lockFromInputs('create', raw, { reporter: silentReporter, environment: {} })
  if (error !== undefined) throw error
}

describe('a machine with nothing wrong', () => {
  it('has no problem, and stays as it was', async () => {
    const world = await anExaminedWorld()
    const diagnosis = await world.examine()
    expect(problemsIn(diagnosis)).toEqual([])
    expect(diagnosis).toMatchObject({ exitCode: 0, problems: 0, worst: undefined })
    expect(await readdir(world.folder)).toEqual([])
  })

  it('says how it was proven, by whom, and what a run would trust', async () => {
    const world = await anExaminedWorld()
    const diagnosis = await world.examine()
    const height = world.devnet.height
    expect(about(diagnosis, 'Trust')[0]?.text).toContain('`auto` gives quorum')
    expect(about(diagnosis, 'Proof')[0]?.text).toContain(`block ${height} was proven`)
    expect(about(diagnosis, 'Agreement')[0]?.text).toBe(`2 endpoints show the same block ${height}`)
    expect(about(diagnosis, 'Witness')).toMatchObject([
      { verdict: 'ok', subject: `Witness ${world.devnet.urls.rpc2}` },
    ])
    expect(about(diagnosis, 'RPC').map(({ text }) => text)).toEqual([
      expect.stringContaining(`${world.devnet.chainId} at height ${height}`),
      expect.stringContaining(`${world.devnet.chainId} at height ${height}`),
    ])
  })

  it('asks for no content, and no host that a run would not ask', async () => {
    const { devnet, examine } = await anExaminedWorld()
    await examine()
    const asked = devnet.requests
      .content()
      .map(({ endpoint, method, path }) => `${method} ${endpoint} ${path}`)
    expect(asked.sort()).toEqual([
      'GET gateway /ipfs/bafkqaaa',
      'GET hub /api/whoami-v2',
      `HEAD mirror /sha256/${'0'.repeat(64)}`,
      'POST mirror /kubo/api/v0/version',
    ])
  })

  it('asks nobody when it is told not to', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const diagnosis = await examine({}, {}, true)
    expect(devnet.requests.all()).toEqual([])
    expect(diagnosis.exitCode).toBe(0)
    expect(about(diagnosis, 'Locks')).toMatchObject([{ verdict: 'ok' }])
  })

  it('leaves a store that is there as it is', async () => {
    const world = await anExaminedWorld()
    await mkdir(join(world.home, 'partials'), { recursive: true })
    await writeFile(join(world.home, 'partials', `${'a'.repeat(64)}.1.part`), 'half')
    const before = await finalTree(world.home)
    const diagnosis = await world.examine()
    expect(await finalTree(world.home)).toEqual(before)
    expect(about(diagnosis, 'Unfinished')).toMatchObject([{ verdict: 'note' }])
  })
})

describe('a chain with something wrong', () => {
  it('has an endpoint of another chain', async () => {
    const { examine } = await anExaminedWorld()
    const diagnosis = await examine({ 'chain-id': 'another-chain-1' })
    expect(diagnosis).toMatchObject({ exitCode: 4, worst: 'CHAIN_ID_MISMATCH' })
    expect(about(diagnosis, 'RPC')).toMatchObject([
      { verdict: 'problem', code: 'CHAIN_ID_MISMATCH', remedy: expect.stringContaining('--chain-id') },
      { verdict: 'problem', code: 'CHAIN_ID_MISMATCH' },
    ])
  })

  it('has an endpoint at which nobody listens', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const dead = `http://127.0.0.1:${await freePort()}`
    const diagnosis = await examine({ 'rpc-urls': `${devnet.urls.rpc}\n${devnet.urls.rpc2}\n${dead}` })
    expect(problemsIn(diagnosis)).toMatchObject([
      {
        subject: `RPC ${dead}`,
        code: 'CHAIN_UNREACHABLE',
        text: 'It cannot be asked: nobody listens there.',
        detail: expect.stringContaining('ECONNREFUSED'),
      },
    ])
    expect(diagnosis.exitCode).toBe(5)
    expect(about(diagnosis, 'Proof')).toMatchObject([{ verdict: 'ok' }])
  })

  it('has an endpoint behind a certificate of an authority that is not known here', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const port = await anHttpsHost(anAuthority('127.0.0.1'), (_request, response) => response.end())
    const diagnosis = await examine({
      'rpc-urls': `${devnet.urls.rpc}\n${devnet.urls.rpc2}\nhttps://127.0.0.1:${port}`,
    })
    expect(problemsIn(diagnosis)).toMatchObject([
      {
        code: 'CHAIN_UNREACHABLE',
        text: expect.stringContaining('an authority that is not trusted here'),
        remedy: expect.stringContaining('export NODE_EXTRA_CA_CERTS='),
      },
    ])
  })

  it('has an endpoint with the certificate of another host', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const authority = anAuthority('elsewhere.example.org')
    believe(authority)
    const port = await anHttpsHost(authority, (_request, response) => response.end())
    const diagnosis = await examine({
      'rpc-urls': `${devnet.urls.rpc}\n${devnet.urls.rpc2}\nhttps://127.0.0.1:${port}`,
    })
    expect(problemsIn(diagnosis)).toMatchObject([
      { text: expect.stringContaining('the certificate of another host') },
    ])
  })

  it('has a host without a name in the DNS', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const diagnosis = await examine({
      'rpc-urls': `${devnet.urls.rpc}\n${devnet.urls.rpc2}\nhttps://rpc.r3mes-test.invalid`,
    })
    expect(problemsIn(diagnosis)).toMatchObject([
      { code: 'CHAIN_UNREACHABLE', text: 'It cannot be asked: its name is not known here (DNS).' },
    ])
  })

  it('has an https address at which somebody speaks plain http', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const plain = devnet.urls.rpc2.replace('http://', 'https://')
    const diagnosis = await examine({ 'rpc-urls': `${devnet.urls.rpc}\n${devnet.urls.rpc2}\n${plain}` })
    expect(problemsIn(diagnosis)).toMatchObject([{ text: expect.stringContaining('plain http') }])
  })

  it('stands still', async () => {
    const { examine } = await anExaminedWorld({ lie: 'frozen-tip' })
    const diagnosis = await examine()
    expect(diagnosis).toMatchObject({ exitCode: 4, worst: 'CHAIN_STALE' })
    expect(about(diagnosis, 'RPC')).toMatchObject([{ code: 'CHAIN_STALE' }, { code: 'CHAIN_STALE' }])
    expect(about(diagnosis, 'Clock')).toMatchObject([{ verdict: 'ok' }])
  })

  it('has a witness that shows another block', async () => {
    const { devnet, examine } = await anExaminedWorld({ lie: 'lying-witness' })
    const diagnosis = await examine()
    expect(diagnosis.exitCode).toBe(4)
    expect(about(diagnosis, 'Agreement')).toMatchObject([{ verdict: 'problem', code: 'QUORUM_DISAGREES' }])
    expect(about(diagnosis, 'Agreement')[0]?.text).toContain(devnet.urls.rpc2)
  })

  it('names a witness that lies beside a block that is pinned', async () => {
    const { devnet, examine } = await anExaminedWorld({ lie: 'lying-witness' })
    const { height, hash } = devnet.anchor()
    const pinned = { 'trusted-height': height.toString(), 'trusted-hash': hash, 'min-witnesses': '0' }
    const diagnosis = await examine(pinned)
    expect(about(diagnosis, 'Trust')[0]?.text).toContain(`light-client: from block ${height}`)
    expect(about(diagnosis, 'Witness')).toMatchObject([
      { subject: `Witness ${devnet.urls.rpc2}`, verdict: 'problem', code: 'QUORUM_DISAGREES' },
    ])
  })

  it.each(Object.keys(LIES) as LieMode[])(
    'lies (%s), which leads to findings and never to a bug',
    { timeout: 60_000 },
    async (lie) => {
      const { examine } = await anExaminedWorld({ lie })
      const diagnosis = await examine()
      expect(problemsIn(diagnosis).map(({ code }) => code)).not.toContain('INTERNAL')
      for (const { remedy } of problemsIn(diagnosis)) expect(remedy).toMatch(/^[^\n]{10,}$/)
      expect(diagnosis.exitCode > 0).toBe(SEEN.includes(lie))
    },
  )

  it('refuses store reads', async () => {
    const { examine } = await anExaminedWorld({ refuseStoreReads: true })
    const diagnosis = await examine()
    expect(about(diagnosis, 'RPC')).toMatchObject([{ verdict: 'ok' }, { verdict: 'ok' }])
    expect(about(diagnosis, 'Proof')).toMatchObject([{ verdict: 'problem' }])
  })

  it('answers nothing for longer than anybody waits', { timeout: 40_000 }, async () => {
    const silent = await listen(() => {})
    onTestFinished(() => silent.close())
    const { devnet, examine } = await anExaminedWorld()
    const diagnosis = await examine({ 'rpc-urls': `${devnet.urls.rpc}\n${devnet.urls.rpc2}\n${silent.url}` })
    expect(about(diagnosis, `RPC ${silent.url}`)).toMatchObject([
      { verdict: 'problem', text: 'It cannot be asked: it did not answer in time.' },
    ])
  })
})

describe('an examination that takes too long', () => {
  it('says so, and reports the rest', { timeout: 40_000 }, async () => {
    const silent = await listen(() => {})
    onTestFinished(() => silent.close())
    const folder = await aFolder()
    const diagnosis = await examine(
      { 'rpc-urls': silent.url, 'hf-endpoint': silent.url, 'ipfs-gateways': silent.url, home: folder },
      { environment: { HOME: folder, IPFS_API_URL: silent.url }, offline: false, limitMs: 1_000 },
    )
    const late = problemsIn(diagnosis).filter(({ text }) => text.includes('took longer'))
    expect(late.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['Endpoints', 'HuggingFace', 'IPFS']),
    )
    expect(about(diagnosis, 'Node')).toMatchObject([{ verdict: 'ok' }])
    expect(about(diagnosis, 'Trust')).toMatchObject([{ code: 'TRUST_UNSET' }])
  })

  it('ends with the reason of a signal', async () => {
    const { inputs } = await anExaminedWorld()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(examine(inputs, { environment: {}, offline: false, signal })).rejects.toThrow('enough')
  })
})

describe('trust', () => {
  it('has no basis with one endpoint and no block', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const diagnosis = await examine({ 'rpc-urls': devnet.urls.rpc })
    expect(problemsIn(diagnosis)).toMatchObject([
      {
        subject: 'Trust',
        code: 'TRUST_UNSET',
        remedy: expect.stringContaining(`r3mes lock --rpc-urls ${devnet.urls.rpc}`),
      },
    ])
    expect(diagnosis.exitCode).toBe(2)
  })

  it('starts from the lockfile, for as long as it says', async () => {
    const world = await anExaminedWorld()
    await locked(world)
    const diagnosis = await world.examine({}, { CI: 'true' })
    expect(problemsIn(diagnosis)).toEqual([])
    expect(about(diagnosis, 'Lockfile')[0]?.text).toMatch(/frozen: only what it holds/)
    expect(about(diagnosis, 'Trusted block')).toMatchObject([
      { verdict: 'ok', text: expect.stringMatching(/trusted for 13 days more$/) },
    ])
    expect(about(diagnosis, 'Trust')[0]?.text).toContain('light-client: from block')
  })

  it('has ended with a lockfile that is too old', async () => {
    const world = await anExaminedWorld()
    await locked(world)
    const path = join(world.folder, 'r3mes.lock')
    const lock = JSON.parse(await readFile(path, 'utf8'))
    const time = new Date(Date.parse(lock.anchor.time) - 20 * 24 * HOUR).toISOString()
    await writeFile(path, JSON.stringify({ ...lock, anchor: { ...lock.anchor, time } }))
    const diagnosis = await world.examine()
    expect(about(diagnosis, 'Trusted block')).toMatchObject([
      { verdict: 'problem', code: 'TRUST_EXPIRED', remedy: 'r3mes lock --renew' },
    ])
    expect(diagnosis.exitCode).toBe(4)
  })

  it('does not read a lockfile where it may be a stranger’s', async () => {
    const world = await anExaminedWorld()
    await writeFile(join(world.folder, 'r3mes.lock'), 'not read')
    const diagnosis = await world.examine({}, { GITHUB_EVENT_NAME: 'pull_request_target' })
    expect(about(diagnosis, 'Lockfile')).toMatchObject([{ verdict: 'note' }])
  })

  it('has a lockfile that is none', async () => {
    const world = await anExaminedWorld()
    await writeFile(join(world.folder, 'r3mes.lock'), '{')
    const diagnosis = await world.examine()
    expect(problemsIn(diagnosis)).toMatchObject([{ subject: 'Lockfile', code: 'LOCK_INVALID' }])
    expect(about(diagnosis, 'RPC')).toMatchObject([{ verdict: 'ok' }, { verdict: 'ok' }])
  })
})

describe('a store with something wrong', () => {
  it('lies in a home that every user may write', async () => {
    const { home, examine } = await anExaminedWorld()
    await mkdir(home)
    await chmod(home, 0o777)
    const diagnosis = await examine()
    expect(problemsIn(diagnosis)).toMatchObject([
      { subject: 'Home', code: 'STORE_UNSAFE', remedy: expect.stringContaining(`chmod o-w ${home}`) },
    ])
    expect(diagnosis.exitCode).toBe(7)
  })

  it.runIf(isRoot)('lies in the home of somebody else', async () => {
    const { home, examine } = await anExaminedWorld()
    await mkdir(home)
    await chown(home, 12345, 12345)
    const [problem] = problemsIn(await examine())
    expect(problem).toMatchObject({ subject: 'Home', code: 'STORE_UNSAFE' })
    expect(problem?.remedy).toContain(`sudo chown -R "$(id -u)" ${home}`)
  })

  it('lies below a file', async () => {
    const { folder, examine } = await anExaminedWorld()
    await writeFile(join(folder, 'file'), '')
    const diagnosis = await examine({ home: join(folder, 'file', 'home') })
    expect(problemsIn(diagnosis)).toMatchObject([{ subject: 'Home', code: 'STORE_NOT_WRITABLE' }])
  })

  it.runIf(isRoot && process.platform === 'linux')('lies where nothing can be written', async () => {
    const { examine } = await anExaminedWorld()
    const diagnosis = await examine({ home: '/proc/r3mes' })
    expect(diagnosis.exitCode).toBe(7)
  })

  it.runIf(mayHaveDisks())('is full', { timeout: 60_000 }, async () => {
    const { examine } = await anExaminedWorld()
    const { folder } = await own(aSmallDisk(1024 * 1024))
    await writeFile(join(folder, 'all'), Buffer.alloc(2 * 1024 * 1024)).catch(() => undefined)
    const diagnosis = await examine({ home: join(folder, '.r3mes') })
    expect(problemsIn(diagnosis)).toMatchObject([{ subject: 'Disk', code: 'DISK_FULL' }])
    expect(diagnosis.exitCode).toBe(7)
  })

  it.runIf(mayHaveDisks() && isThere(EXFAT))(
    'lies where there are no links',
    { timeout: 60_000 },
    async () => {
      const { examine } = await anExaminedWorld()
      const { folder } = await own(anExfatDisk(16 * 1024 * 1024))
      const diagnosis = await examine({ home: join(folder, '.r3mes') })
      expect(about(diagnosis, 'Hard links')).toMatchObject([
        { verdict: 'note', text: expect.stringContaining('twice the room') },
      ])
    },
  )
})

describe('hosts of content with something wrong', () => {
  const TOKEN = { 'hf-token': 'hf_0123456789' }

  it('do not take the token', async () => {
    const { devnet, examine } = await anExaminedWorld()
    devnet.fail('hub', { kind: 'status', status: 401, path: '/api/whoami-v2' })
    const diagnosis = await examine(TOKEN)
    expect(problemsIn(diagnosis)).toMatchObject([
      {
        subject: `HuggingFace ${devnet.urls.hub}`,
        code: 'AUTH_REQUIRED',
        remedy: expect.stringContaining('HF_TOKEN'),
      },
    ])
    expect(diagnosis.exitCode).toBe(6)
    expect(JSON.stringify(diagnosis)).not.toContain('hf_0123456789')
  })

  it('take the token, and say whose it is', async () => {
    const { devnet, examine } = await anExaminedWorld()
    devnet.fail('hub', { kind: 'status', status: 200, body: '{"name":"somebody"}', path: '/api/whoami-v2' })
    expect(about(await examine(TOKEN), 'HuggingFace')).toMatchObject([
      { verdict: 'ok', text: expect.stringContaining('the token is valid'), detail: 'somebody' },
    ])
    const [asked] = devnet.requests.to('hub')
    expect(asked?.headers['authorization']).toBe('Bearer hf_0123456789')
  })

  it('have had too many requests', async () => {
    const { devnet, examine } = await anExaminedWorld()
    devnet.fail('hub', { kind: 'status', status: 429, headers: { 'retry-after': '30' } })
    expect(about(await examine(), 'HuggingFace')).toMatchObject([
      { verdict: 'note', text: expect.stringContaining('30 s'), remedy: expect.stringContaining('HF_TOKEN') },
    ])
  })

  it('are down: a gateway, a mirror, the hub', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const dead = `http://127.0.0.1:${await freePort()}`
    devnet.fail('mirror', { kind: 'status', status: 503, path: '/sha256/' })
    const diagnosis = await examine({
      'ipfs-gateways': `${devnet.urls.gateway}\n${dead}`,
      'hf-endpoint': dead,
    })
    expect(problemsIn(diagnosis).map(({ subject, code }) => [subject, code])).toEqual([
      [`HuggingFace ${dead}`, 'SOURCES_EXHAUSTED'],
      [`IPFS ${dead}`, 'SOURCES_EXHAUSTED'],
      [`Mirror ${devnet.urls.mirror}`, 'SOURCES_EXHAUSTED'],
    ])
  })

  it('are not asked when `sources` leaves them out', async () => {
    const { devnet, examine } = await anExaminedWorld()
    await examine({ sources: 'http' })
    expect(devnet.requests.to('hub')).toEqual([])
    expect(devnet.requests.to('gateway')).toEqual([])
  })

  it('find a Kubo node, which nothing uses yet', async () => {
    const { devnet, examine } = await anExaminedWorld()
    devnet.fail('mirror', {
      kind: 'status',
      status: 200,
      body: '{"Version":"0.42.0","Commit":"x"}',
      path: '/kubo/',
    })
    expect(about(await examine(), 'Kubo API')).toMatchObject([
      { verdict: 'ok', text: `Kubo 0.42.0 at ${new URL(devnet.urls.mirror).origin}; nothing uses it yet` },
    ])
  })
})

describe('the way to the network', () => {
  it('has proxy variables that cannot be read', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const diagnosis = await examine({}, { HTTPS_PROXY: 'socks5://127.0.0.1:1' })
    expect(problemsIn(diagnosis)).toMatchObject([{ subject: 'Proxy', code: 'INPUT_INVALID' }])
    expect(devnet.requests.all()).toEqual([])
    expect(diagnosis.exitCode).toBe(2)
  })

  it('has a proxy at which nobody listens', async () => {
    const { examine } = await anExaminedWorld()
    const proxy = `http://127.0.0.1:${await freePort()}`
    const diagnosis = await examine({ 'hf-endpoint': 'http://hub.example.org' }, { HTTP_PROXY: proxy })
    expect(about(diagnosis, 'Proxy')[0]?.text).toContain(`http goes through ${proxy}`)
    expect(problemsIn(diagnosis)).toMatchObject([
      {
        text: expect.stringContaining('a proxy is set, which may be the one'),
        remedy: expect.stringContaining('HTTPS_PROXY'),
      },
    ])
    expect(about(diagnosis, 'RPC')).toMatchObject([{ verdict: 'ok' }, { verdict: 'ok' }])
  })

  it('has a proxy that asks for a password, and never shows one', async () => {
    const { examine } = await anExaminedWorld()
    const proxy = await aProxy({}, 'user:secret')
    const withWrong = proxy.url.replace('http://', 'http://user:hunter2@')
    const diagnosis = await examine({ 'hf-endpoint': 'https://hub.example.org' }, { HTTPS_PROXY: withWrong })
    expect(problemsIn(diagnosis)).toMatchObject([
      { text: expect.stringContaining('the proxy asks for a password') },
    ])
    expect(JSON.stringify(diagnosis)).not.toContain('hunter2')
  })

  it('has a clock that is wrong, say all hosts', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const [rpc, rpc2, hub] = await Promise.all(
      (['rpc', 'rpc2', 'hub'] as const).map((name) => withClock(devnet.urls[name], 2 * HOUR)),
    )
    const diagnosis = await examine({
      'rpc-urls': `${rpc}\n${rpc2}`,
      'hf-endpoint': hub ?? '',
      sources: 'huggingface',
    })
    expect(problemsIn(diagnosis)).toMatchObject([
      { subject: 'Clock', code: 'CHAIN_STALE', text: expect.stringContaining('about 2 hours behind') },
    ])
  })

  it('has one host whose clock is wrong', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const hub = await withClock(devnet.urls.hub, -HOUR)
    const diagnosis = await examine({ 'hf-endpoint': hub })
    expect(about(diagnosis, 'Clock')).toMatchObject([
      { verdict: 'ok' },
      { verdict: 'note', text: expect.stringContaining(new URL(hub).host) },
    ])
    expect(diagnosis.exitCode).toBe(0)
  })
})

describe('inputs with something wrong', () => {
  it('are all reported, and hide nothing else', async () => {
    const { devnet, examine } = await anExaminedWorld()
    const diagnosis = await examine({ frozen: 'perhaps', 'parallel-downloads': '0', 'trusted-height': '7' })
    expect(problemsIn(diagnosis).map(({ subject, code }) => [subject, code])).toEqual([
      ['Inputs', 'INPUT_INVALID'],
      ['Inputs', 'INPUT_INVALID'],
      ['Inputs', 'INPUT_INVALID'],
    ])
    expect(devnet.requests.to('rpc').length).toBeGreaterThan(0)
    expect(about(diagnosis, 'Proof')).toMatchObject([{ verdict: 'ok' }])
  })

  it('name no endpoint', async () => {
    const { examine } = await anExaminedWorld()
    const diagnosis = await examine({ 'rpc-urls': '' })
    expect(problemsIn(diagnosis)).toMatchObject([{ subject: 'Inputs', code: 'RPC_URL_MISSING' }])
    expect(about(diagnosis, 'HuggingFace')).toMatchObject([{ verdict: 'ok' }])
  })

  it('hold a private key, whose value is never shown', async () => {
    const { examine } = await anExaminedWorld()
    const kept = await examine({}, { MINER_PRIVATE_KEY: 'abandon abandon' })
    expect(about(kept, 'Private key')).toMatchObject([{ verdict: 'note', remedy: 'unset MINER_PRIVATE_KEY' }])
    const typed = await examine({ 'private-key': 'abandon abandon' })
    expect(problemsIn(typed)).toMatchObject([{ code: 'PRIVATE_KEY_REFUSED' }])
    for (const diagnosis of [kept, typed]) expect(JSON.stringify(diagnosis)).not.toContain('abandon')
  })
})
