import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lengthVarint, readSignedVarint } from '../../../src/chain/ics23/varint.ts'
import { bytes, join, uvarint, varint } from '../../support/ics23.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const RUNS = { seed: SEED, numRuns: 2_000 }
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

describe(`a signed varint (SEED=${SEED})`, () => {
  it('reads every 64-bit number as it was written, and stops behind it', () => {
    fc.assert(
      fc.property(
        int64,
        fc.uint8Array({ maxLength: 4 }),
        fc.uint8Array({ maxLength: 4 }),
        (number, before, after) => {
          const written = varint(number)
          const read = readSignedVarint(join(before, written, after), before.length)
          expect(read).toEqual({ value: number, end: before.length + written.length })
        },
      ),
      RUNS,
    )
  })

  it('has one form only: what can be read is what would be written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (source) => {
        const read = readSignedVarint(source, 0)
        fc.pre(read !== undefined)
        expect(varint(read?.value ?? 0n)).toEqual(source.slice(0, read?.end))
      }),
      RUNS,
    )
  })

  it('is refused at every place where it can be cut off', () => {
    fc.assert(
      fc.property(int64, (number) => {
        const written = varint(number)
        for (let length = 0; length < written.length; length += 1) {
          expect(readSignedVarint(written.subarray(0, length), 0)).toBeUndefined()
        }
      }),
      RUNS,
    )
  })

  it.each([
    ['a zero in two bytes', '0x8000'],
    ['a one in ten bytes', '0x82808080808080808000'],
    ['65 bits', '0xffffffffffffffffff02'],
    ['11 bytes', '0x8080808080808080808001'],
    ['no end', '0xffffffffffffffffffffffffffffffff'],
  ])('is refused with %s', (_, text) => {
    expect(readSignedVarint(bytes(text), 0)).toBeUndefined()
  })

  it('holds the largest and the smallest number', () => {
    expect(readSignedVarint(bytes('0xfeffffffffffffffff01'), 0)).toEqual({ value: 2n ** 63n - 1n, end: 10 })
    expect(readSignedVarint(bytes('0xffffffffffffffffff01'), 0)).toEqual({ value: -(2n ** 63n), end: 10 })
  })
})

describe(`the varint of a length (SEED=${SEED})`, () => {
  it('is the protobuf one', () => {
    fc.assert(
      fc.property(fc.nat(), (length) => {
        expect(lengthVarint(length)).toEqual(uvarint(length))
      }),
      RUNS,
    )
    expect([0, 1, 127, 128, 300].map((length) => Buffer.from(lengthVarint(length)).toString('hex'))).toEqual([
      '00',
      '01',
      '7f',
      '8001',
      'ac02',
    ])
  })
})
