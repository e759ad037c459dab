import { describe, expect, it } from 'vitest'
import { diskFailure } from '../../src/transfer/failures.ts'

describe('what a disk says about a partial file', () => {
  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EFBIG', 'DISK_FULL'],
    ['ELOOP', 'STORE_UNSAFE'],
    ['EMLINK', 'STORE_UNSAFE'],
    ['EACCES', 'STORE_NOT_WRITABLE'],
    ['EROFS', 'STORE_NOT_WRITABLE'],
  ])('%s is %s, its path only in the detail', (code, expected) => {
    const thrown = Object.assign(new Error(`${code}: no`), { code })
    const failure = diskFailure(thrown, '/home/x/y.part')
    expect(failure).toMatchObject({ code: expected, cause: thrown })
    expect(failure.message).not.toContain('/home/x')
    expect(failure.detail).toContain('/home/x/y.part')
  })
})
