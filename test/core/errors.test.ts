import { describe, expect, it } from 'vitest'
import { asR3mesError, classOf, ERROR_CLASSES, R3mesError } from '../../src/core/index.ts'

describe('an error', () => {
  it('has the exit code of its class', () => {
    expect(new R3mesError('ADAPTER_CONFLICT', 'Two adapters conflict.').exitCode).toBe(3)
    expect(new R3mesError('INTERNAL', 'A bug.').exitCode).toBe(1)
    expect(Object.values(ERROR_CLASSES).map(({ exit }) => exit)).toEqual([2, 3, 4, 5, 6, 7, 1])
  })

  it('belongs to one class only', () => {
    const codes = Object.values(ERROR_CLASSES).flatMap(({ codes: ofClass }) => [...ofClass])
    expect(new Set(codes).size).toBe(codes.length)
    expect(classOf('DISK_FULL')).toBe('store')
  })

  it('stands for several problems and names all of them', () => {
    const problems = [
      new R3mesError('ADAPTER_REVOKED', 'Adapter a was revoked.'),
      new R3mesError('DATASET_REMOVED', 'Dataset b was removed.'),
    ]
    const error = R3mesError.from(problems)
    expect(error.code).toBe('ADAPTER_REVOKED')
    expect(error.problems).toEqual(problems)
    expect(error.message).toContain('DATASET_REMOVED: Dataset b was removed.')
  })

  it('is itself when there is only one problem', () => {
    const only = new R3mesError('DISK_FULL', 'The disk is full.')
    expect(R3mesError.from([only])).toBe(only)
    expect(() => R3mesError.from([])).toThrow(TypeError)
  })

  it('is a bug when it is anything else, and keeps what was thrown in the detail alone', () => {
    const error = asR3mesError(new Error('secret of a host'))
    expect(error.code).toBe('INTERNAL')
    expect(error.message).not.toContain('secret')
    expect(error.detail).toContain('secret of a host')
    expect(asR3mesError(error)).toBe(error)
    expect(asR3mesError('text').detail).toBe('text')
  })
})
