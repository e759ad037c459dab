import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobRecordOf, readRecord, sessionRecordOf, writeRecord } from '../../../src/store/leases/records.ts'
import { sha256Of } from '../../support/digest.ts'
import { aFolder } from '../../support/store.ts'

const COMMON = {
  bootId: 'boot',
  pidNamespace: 'pid:[1]',
  host: 'here',
  since: 1,
  blobs: [sha256Of('one')],
  artifacts: ['/home/models/v1.0.0'],
}
const SESSION = { ...COMMON, pid: 7, pidStart: '9', doing: 'ensure' }
const JOB = { ...COMMON, workflow: 'w', job: 'j', run: '1', uptime: 2, holder: { pid: 7, start: '9' } }

describe('a record', () => {
  it('is read as it was written', () => {
    expect(sessionRecordOf(JSON.stringify(SESSION))).toEqual(SESSION)
    expect(jobRecordOf(JSON.stringify(JOB))).toEqual(JOB)
    expect(jobRecordOf(JSON.stringify({ ...JOB, holder: undefined }))?.holder).toBeUndefined()
  })

  const wrong: [string, object][] = [
    ['blobs that are no digests', { blobs: ['../../etc/passwd'] }],
    ['blobs that are no list', { blobs: {} }],
    ['artifacts that are no texts', { artifacts: [1] }],
    ['no boot', { bootId: undefined }],
    ['a host of many megabytes', { host: 'x'.repeat(5000) }],
    ['a time that is none', { since: 'today' }],
    ['a time before all times', { since: -1 }],
  ]
  it.each(wrong)('with %s is none', (_name, fields) => {
    expect(sessionRecordOf(JSON.stringify({ ...SESSION, ...fields }))).toBeUndefined()
    expect(jobRecordOf(JSON.stringify({ ...JOB, ...fields }))).toBeUndefined()
  })

  it.each(['', '{', 'null', '[]', '"x"', '{}', '{"blobs":[]}'])('is no other text: %s', (text) => {
    expect(sessionRecordOf(text)).toBeUndefined()
    expect(jobRecordOf(text)).toBeUndefined()
  })

  it('of a process without a number is none, and a job without a holder has none', () => {
    for (const pid of [0, -1, 1.5, '7', undefined]) {
      expect(sessionRecordOf(JSON.stringify({ ...SESSION, pid }))).toBeUndefined()
      expect(jobRecordOf(JSON.stringify({ ...JOB, holder: { pid } }))?.holder).toBeUndefined()
    }
  })
})

describe('the file of a record', () => {
  it('is whole, and leaves nothing beside it', async () => {
    const folder = await aFolder()
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => writeRecord(join(folder, 'r.json'), { ...SESSION, since: n })),
    )
    expect(await readdir(folder)).toEqual(['r.json'])
    expect(sessionRecordOf((await readRecord(join(folder, 'r.json'))) ?? '')).toMatchObject({
      doing: 'ensure',
    })
  })

  it('replaces a link, and does not follow it', async () => {
    const folder = await aFolder()
    await writeFile(join(folder, 'mine'), 'mine')
    await symlink(join(folder, 'mine'), join(folder, 'r.json'))
    expect(await readRecord(join(folder, 'r.json'))).toBeUndefined()
    await writeRecord(join(folder, 'r.json'), SESSION)
    expect(await readFile(join(folder, 'mine'), 'utf8')).toBe('mine')
    expect(await readRecord(join(folder, 'r.json'))).toContain('ensure')
  })

  it('is not read from a folder, a pipe or nothing', async () => {
    const folder = await aFolder()
    await mkdir(join(folder, 'folder'))
    expect(spawnSync('mkfifo', [join(folder, 'pipe')]).status).toBe(0)
    for (const name of ['folder', 'pipe', 'nothing'])
      expect(await readRecord(join(folder, name))).toBeUndefined()
  })
})
