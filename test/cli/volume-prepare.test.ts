import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { modelBytes, sha256OfBytes } from '../support/model-host.ts'
import { mayMount } from '../support/store-process.ts'
import { aVolumeWorld, type VolumeWorld } from '../support/volume-command.ts'

const LONG = { timeout: 300_000 }

/** A request for one model of each kind and a second LoRA. */
function aRequest({ host }: VolumeWorld) {
  const model = (name: string, file: string) => ({ name, ...host.serve(file) })
  return {
    checkpoint: model('sdxl', 'sdxl.safetensors'),
    loras: [{ ...model('detail', 'detail.safetensors'), scale: 0.8 }, { ...model('ink', 'ink.safetensors') }],
    embeddings: [model('bad-hands', 'bad-hands.pt')],
    prompt: 'a lake at dawn',
  }
}

const ALL = [
  'checkpoints/sdxl.safetensors',
  'embeddings/bad-hands.pt',
  'loras/detail.safetensors',
  'loras/ink.safetensors',
]

describe('r3mes volume prepare', () => {
  it('brings all that a request names, and says where it is and what the prompt is', LONG, async () => {
    const world = await aVolumeWorld()
    const request = JSON.stringify(aRequest(world)).replace('"scale":0.8', '"scale":0.80')
    const path = await world.request(request)
    const { exitCode, stdout } = await world.volume('prepare', path)
    expect(stdout).toContain('\nPrompt: <lora:detail:0.80> <lora:ink:1> a lake at dawn\n')
    expect(stdout).toContain('4 models in place and checked.\n')
    for (const model of ALL) expect(stdout).toMatch(new RegExp(`brought +\\S*/${model}\n`))
    expect(exitCode).toBe(0)
    expect(await world.models()).toEqual(ALL)
    const again = await world.volume('prepare', path, '--json')
    const at = (model: string) => join(world.base, model)
    expect(JSON.parse(again.stdout)).toMatchObject({
      success: true,
      'checkpoint-path': at('checkpoints/sdxl.safetensors'),
      'lora-paths': [
        [at('loras/detail.safetensors'), 0.8],
        [at('loras/ink.safetensors'), 1],
      ],
      'embedding-paths': [at('embeddings/bad-hands.pt')],
      prompt: '<lora:detail:0.80> <lora:ink:1> a lake at dawn',
      stats: { checkpoints: { count: 1 }, loras: { count: 2 }, embeddings: { count: 1 }, hits: 4, misses: 4 },
      failures: [],
      'error-code': '',
      'error-message': '',
    })
    expect(again.stdout).toMatch(/detail\.safetensors",\n +0\.80\n/)
    expect(world.host.asked.filter((asked) => asked === '/sdxl.safetensors')).toHaveLength(1)
  })

  it('reads a request from standard input', LONG, async () => {
    const { base, host, request, models } = await aVolumeWorld()
    const path = await request({ loras: [{ name: 'a', ...host.serve('a.safetensors') }] })
    const main = join(import.meta.dirname, '../../src/cli/main.ts')
    const command = [main, 'volume', 'prepare', '-', '--base', base, '--allow-hosts', host.host]
    const { stdout } = await promisify(execFile)('sh', [
      ...['-c', 'exec "$@" < "$0"', path, process.execPath],
      ...command,
    ])
    expect(stdout).toContain('1 model in place')
    expect(await models()).toEqual(['loras/a.safetensors'])
  })

  it(
    'goes on when a model cannot be had, and ends with the code of the first that failed',
    LONG,
    async () => {
      const world = await aVolumeWorld()
      const request = aRequest(world)
      const wrong = { ...request.checkpoint, hash: '0'.repeat(64) }
      const missing = { name: 'gone', url: `${world.host.url}/gone.safetensors`, hash: '1'.repeat(64) }
      const path = await world.request({ ...request, checkpoint: wrong, loras: [missing, ...request.loras] })
      const { exitCode, stdout, stderr } = await world.volume('prepare', path)
      expect(exitCode).toBe(6)
      expect(stdout).toMatch(/^checkpoint +sdxl +failed +DIGEST_MISMATCH$/m)
      expect(stdout).toMatch(/^lora +gone +failed +SOURCES_EXHAUSTED$/m)
      expect(stdout).toContain('Prompt: <lora:detail:0.8> <lora:ink:1> a lake at dawn\n')
      expect(stdout).toContain('3 of 5 models in place.\n')
      expect(stderr).toContain('lora gone')
      expect(await world.models()).toEqual(ALL.filter((model) => !model.startsWith('checkpoints/')))
      const json = await world.volume('prepare', path, '--json')
      expect(json.exitCode).toBe(6)
      expect(JSON.parse(json.stdout)).toMatchObject({
        success: false,
        'checkpoint-path': null,
        'lora-paths': [
          [expect.stringContaining('detail'), 0.8],
          [expect.stringContaining('ink'), 1],
        ],
        failures: [
          { kind: 'checkpoint', name: 'sdxl', 'error-code': 'DIGEST_MISMATCH' },
          { kind: 'lora', name: 'gone', 'error-code': 'SOURCES_EXHAUSTED' },
        ],
        'error-code': 'DIGEST_MISMATCH',
      })
    },
  )

  it('hands out nothing with --on-error fail', LONG, async () => {
    const world = await aVolumeWorld()
    const request = aRequest(world)
    const path = await world.request({
      ...request,
      checkpoint: { ...request.checkpoint, hash: '0'.repeat(64) },
    })
    const { exitCode, stdout, stderr } = await world.volume('prepare', path, '--on-error', 'fail')
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' })
    expect(stderr).toContain('DIGEST_MISMATCH')
    const json = await world.volume('prepare', path, '--on-error', 'fail', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      success: false,
      'checkpoint-path': null,
      'lora-paths': [],
      prompt: '',
      'error-code': 'DIGEST_MISMATCH',
    })
  })

  it.each([
    ['{"lora": []}', 'Did you mean `loras`?'],
    ['{"loras": [{"name": "a"}]}', '`loras[0].url` is missing'],
    [
      '{"loras": [{"name": "a", "url": "x", "scale": "strong"}]}',
      '`loras[0].scale` must be a decimal number',
    ],
    ["{'loras': []}", 'it is no JSON'],
    ['', 'it is no JSON'],
  ])('refuses the request %s before it asks or makes anything', LONG, async (text, message) => {
    const { folder, host, request, volume } = await aVolumeWorld()
    const path = await request(text)
    const { exitCode, stdout, stderr } = await volume('prepare', path)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(host.asked).toEqual([])
    expect(await readdir(folder)).not.toContain('models')
  })

  it('says that the file of a request is not there', LONG, async () => {
    const { folder, volume } = await aVolumeWorld()
    for (const path of [join(folder, 'missing.json'), folder]) {
      const { exitCode, stderr } = await volume('prepare', path)
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('cannot be read'),
      })
    }
  })

  it.each([
    ['--on-error', 'stop', '`on-error` must be one of continue, fail.'],
    ['--verify', 'never', '`verify` must be one of always, changed.'],
    ['--parallel-downloads', '0', '`parallel-downloads` must be a whole number from 1 to 64.'],
    ['--mirrors', 'not a url', 'mirror'],
    ['--allow-hosts', 'https://a/b', 'allow'],
    ['--hf-endpoint', 'nowhere', 'URL'],
  ])('says what %s takes instead of %j', LONG, async (option, value, message) => {
    const { request, volume } = await aVolumeWorld()
    const { exitCode, stderr } = await volume('prepare', await request({}), `${option}=${value}`)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) })
  })

  it('asks a mirror where a host fails, and sends tokens of the environment alone', LONG, async () => {
    const { host, base, request, volume, models } = await aVolumeWorld()
    const bytes = modelBytes('mirrored')
    const hash = sha256OfBytes(bytes)
    host.serve(`sha256/${hash}`, bytes)
    const path = await request({ loras: [{ name: 'a', url: `${host.url}/gone.safetensors`, hash }] })
    const { exitCode } = await volume('prepare', path, '--mirrors', `${host.url}/sha256/{sha256}`)
    expect(exitCode).toBe(0)
    expect(await models()).toEqual(['loras/a.safetensors'])
    expect(await readFile(join(base, 'loras/a.safetensors'))).toEqual(bytes)
    const help = await volume('prepare', '--help')
    expect(help.stdout).not.toMatch(/--\S*token/)
  })

  it('adopts a volume of the Python manager, whatever its registry leaves out', LONG, async () => {
    const { base, host, request, volume, models } = await aVolumeWorld()
    const { url, hash } = host.serve('old.safetensors')
    await mkdir(join(base, 'loras'), { recursive: true })
    await writeFile(join(base, 'loras/old.safetensors'), modelBytes('old.safetensors'))
    await symlink('/etc/passwd', join(base, 'loras/evil.safetensors'))
    const registry = {
      checkpoints: { elsewhere: { path: '/etc/passwd', usage_count: '7' } },
      loras: {
        old: { path: '/mnt/other/models/loras/old.safetensors', usage_count: 2.5, last_used: 1e9 + 0.25 },
      },
      last_updated: 1_700_000_000.123,
      ours: { kept: true },
    }
    await writeFile(join(base, 'cache_registry.json'), JSON.stringify(registry))
    const path = await request({ loras: [{ name: 'old', url, hash }] })
    const { exitCode, stdout } = await volume('prepare', path)
    expect(exitCode).toBe(0)
    expect(stdout).toContain('was there')
    expect(host.asked).toEqual([])
    expect(await models()).toContain('loras/old.safetensors')
    const kept = JSON.parse(await readFile(join(base, 'cache_registry.json'), 'utf8'))
    expect(kept).toMatchObject({
      ours: { kept: true },
      loras: { old: { hash, usage_count: expect.any(Number) } },
    })
  })

  it('brings 50 models of one request', LONG, async () => {
    const { host, request, volume } = await aVolumeWorld()
    const loras = Array.from({ length: 50 }, (_, at) => ({
      name: `lora-${at}`,
      ...host.serve(`lora-${at}.safetensors`),
      scale: at / 50,
    }))
    const path = await request({ loras })
    const { exitCode, stdout } = await volume('prepare', path, '--json')
    expect(exitCode).toBe(0)
    const result = JSON.parse(stdout)
    expect(result['lora-paths']).toHaveLength(50)
    expect(result.prompt).toBe(loras.map(({ name, scale }) => `<lora:${name}:${scale}>`).join(' '))
    expect(host.asked).toHaveLength(50)
  })

  it(
    'is done by 16 processes on one volume at once: one download of each model, and no use is lost',
    LONG,
    async () => {
      const { base, host, request, volume } = await aVolumeWorld()
      const loras = Array.from({ length: 4 }, (_, at) => ({
        name: `l${at}`,
        ...host.serve(`l${at}.safetensors`),
      }))
      const path = await request({ loras })
      const runs = await Promise.all(Array.from({ length: 16 }, () => volume('prepare', path)))
      expect(runs.map(({ exitCode }) => exitCode)).toEqual(runs.map(() => 0))
      expect(host.asked.toSorted()).toEqual(loras.map(({ name }) => `/${name}.safetensors`))
      const registry = JSON.parse(await readFile(join(base, 'cache_registry.json'), 'utf8'))
      for (const { name } of loras) expect(registry.loras[name]).toMatchObject({ usage_count: 16 })
    },
  )

  // Mounts of its own, which vanish with the process.
  it.runIf(mayMount())(
    'uses a volume that is mounted read-only, and brings nothing to it',
    LONG,
    async () => {
      const { folder, base, host, request, volume } = await aVolumeWorld()
      const known = { name: 'known', ...host.serve('known.safetensors') }
      await volume('prepare', await request({ loras: [known] }))
      const path = await request({ loras: [known, { name: 'new', ...host.serve('new.safetensors') }] })
      const main = join(import.meta.dirname, '../../src/cli/main.ts')
      const mount = `mount --bind ${base} ${base} && mount -o remount,bind,ro ${base} && exec "$@"`
      const run = promisify(execFile)('unshare', [
        ...['-rm', 'sh', '-c', mount, 'sh', process.execPath, main, 'volume', 'prepare', path, '--json'],
        ...['--base', base, '--allow-hosts', host.host],
      ])
      await expect(run).rejects.toMatchObject({ code: 7 })
      const { stdout }: { stdout: string } = await run.catch((failed) => failed)
      expect(JSON.parse(stdout)).toMatchObject({
        'lora-paths': [[join(base, 'loras/known.safetensors'), 1]],
        failures: [{ name: 'new', 'error-code': 'STORE_NOT_WRITABLE' }],
      })
      expect(await readdir(join(folder, 'models/loras'))).toEqual(['known.safetensors'])
    },
  )
})

describe('r3mes volume', () => {
  it('names the nearest command', async () => {
    const { exitCode, stderr } = await runCommand(['volume', 'prepair', 'x'])
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('prepare') })
  })

  it.each(['get', 'prepare', 'prompt', 'ls', 'stats', 'cleanup', 'link'])(
    'shows examples in the help of %s',
    async (command) => {
      const { exitCode, stdout } = await runCommand(['volume', command, '--help'])
      expect(exitCode).toBe(0)
      expect(stdout).toContain(`Examples:\n  r3mes volume ${command}`)
    },
  )
})
