import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WriteBehind } from '../../src/ensure/write-behind.ts'

const MIB = 1024 * 1024

/** Writes down what is brought to the disk; `finish` ends the one that is under way. */
function aDisk() {
  const asked: string[] = []
  let ended = Promise.withResolvers<void>()
  return {
    asked,
    write: (path: string): Promise<void> => {
      asked.push(path)
      ended = Promise.withResolvers<void>()
      return ended.promise
    },
    async finish(behind: WriteBehind): Promise<void> {
      ended.resolve()
      await behind.rests()
    },
  }
}

describe('writing behind', () => {
  it('asks the disk once for each 64 MiB that came, and never for a small file', async () => {
    const disk = aDisk()
    const behind = new WriteBehind(disk.write)
    const came = behind.of('large')
    behind.of('small')(64 * MIB - 1)
    for (let bytes = 0; bytes <= 200 * MIB; bytes += MIB) {
      came(bytes)
      await disk.finish(behind)
    }
    expect(disk.asked).toEqual(['large', 'large', 'large'])
  })

  it('asks for one file at a time, and for the others when their turn comes', async () => {
    const disk = aDisk()
    const behind = new WriteBehind(disk.write)
    const [one, other] = [behind.of('one'), behind.of('other')]
    one(64 * MIB)
    other(64 * MIB)
    one(128 * MIB)
    expect(disk.asked).toEqual(['one'])
    await disk.finish(behind)
    other(65 * MIB)
    expect(disk.asked).toEqual(['one', 'other'])
  })

  it('counts anew when another source begins anew', async () => {
    const disk = aDisk()
    const behind = new WriteBehind(disk.write)
    const came = behind.of('file')
    came(500 * MIB)
    await disk.finish(behind)
    came(0)
    came(63 * MIB)
    came(64 * MIB)
    expect(disk.asked).toHaveLength(2)
  })

  it('is at rest when the disk is, also about a file that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'r3mes-test-behind-'))
    const there = join(folder, 'there')
    await writeFile(there, 'bytes')
    const behind = new WriteBehind()
    for (const path of [there, join(folder, 'absent')]) {
      behind.of(path)(64 * MIB)
      await expect(behind.rests()).resolves.toBeUndefined()
    }
    await rm(folder, { recursive: true, force: true })
  })
})
