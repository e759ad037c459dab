import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { sha256Of } from '../../support/digest.ts'
import { aStore } from '../../support/store.ts'
import { aSessionProcess } from '../../support/store-session.ts'

const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
const HEX = sha256Of('the content')
/** Held by the test until all processes are there. */
const GATE = sha256Of('the gate')
const PROCESSES = 5
const ROUNDS = 8
const KILLS = 4

/** Claims again and again, and writes down when it holds the claim and when no longer. */
function claiming(log: string): string {
  return `
    const { appendFileSync } = await import('node:fs')
    void (async () => {
      await (await store.claim(${JSON.stringify(GATE)})).release()
      for (let round = 0; round < ${ROUNDS}; round++) {
        const claim = await store.claim(${JSON.stringify(HEX)})
        appendFileSync(${JSON.stringify(log)}, '+' + process.pid + '\\n')
        for (let turn = 0; turn < 20; turn++) await writeFile(${JSON.stringify(log)} + '.' + process.pid, String(turn))
        appendFileSync(${JSON.stringify(log)}, '-' + process.pid + '\\n')
        await claim.release()
      }
      appendFileSync(${JSON.stringify(log)}, '.' + process.pid + '\\n')
    })()`
}

async function linesOf(log: string): Promise<string[]> {
  return (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '')
}

describe(`claims of processes that are killed at random points (SEED=${SEED})`, { timeout: 180_000 }, () => {
  it('are held by one living process at a time, and get lost with none', async () => {
    const { store, home } = await aStore()
    const gate = await store.claim(GATE)
    const log = join(home, 'log')
    await writeFile(log, '')
    const processes = new Map<number, Awaited<ReturnType<typeof aSessionProcess>>>()
    for (let each = 0; each < PROCESSES; each++) {
      const process = await aSessionProcess(home, claiming(log))
      processes.set(process.child.pid ?? 0, process)
    }
    await gate.release()
    const killed = new Set<number>()
    const points = fc.sample(fc.integer({ min: 1, max: 6 }), { numRuns: KILLS, seed: SEED })
    for (const more of points) {
      const from = (await linesOf(log)).length
      const isOver = (lines: string[]) =>
        lines.filter((line) => line.startsWith('.')).length >= PROCESSES - KILLS
      const reached = async () => {
        const lines = await linesOf(log)
        return isOver(lines) || lines.length >= from + more ? lines : undefined
      }
      const lines = await vi.waitUntil(reached, { timeout: 60_000, interval: 1 })
      // Whoever holds the claim now, or held it last.
      const pid = Number(lines.at(-1)?.slice(1))
      if (isOver(lines) || killed.has(pid)) continue
      await processes.get(pid)?.kill()
      killed.add(pid)
    }
    const living = [...processes.keys()].filter((pid) => !killed.has(pid))
    await vi.waitUntil(
      async () => {
        const lines = await linesOf(log)
        return living.every((pid) => lines.includes(`.${pid}`))
      },
      { timeout: 120_000, interval: 10 },
    )

    const lines = await linesOf(log)
    const overlaps: string[] = []
    let holder: number | undefined
    for (const line of lines.filter((each) => !each.startsWith('.'))) {
      const pid = Number(line.slice(1))
      if (line.startsWith('+')) {
        if (holder !== undefined && !killed.has(holder)) overlaps.push(`${holder} and ${pid}`)
        holder = pid
      } else if (holder === pid) holder = undefined
      else overlaps.push(`${pid} let go what ${holder} held`)
    }
    expect(overlaps).toEqual([])
    expect(killed.size).toBeGreaterThan(0)
    for (const pid of living) expect(lines.filter((line) => line === `+${pid}`)).toHaveLength(ROUNDS)
  })
})
