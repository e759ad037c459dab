/** Runs that are killed at many points: what they leave, and whether the next run needs help. */
import { killAtManyPoints, seededRandom } from '../../../test/support/crash-kills.ts'
import { aCrashWorld } from '../../../test/support/crash-world.ts'
import type { Row } from '../row.ts'

/** In each scenario. */
const POINTS = 220

export const kills: Row = {
  name: 'kills',
  title: () => 'runs killed at any moment: unverified files, and stores that need help',
  unit: 'faults',
  goal: { most: 0 },
  async measure(bench) {
    const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31))
    bench.report(`the same points again: SEED=${seed}`)
    await using world = await aCrashWorld()
    let done = 0
    const ends = await killAtManyPoints(world, {
      points: Math.max(1, Math.round(POINTS * bench.size)),
      random: seededRandom(seed),
      onKilled: ({ scenario, point, faults }) => {
        done += 1
        if (done % 100 === 0) bench.report(`${done} runs`)
        for (const fault of faults) bench.report(`${scenario}, ${JSON.stringify(point)}: ${fault}`)
      },
    })
    return {
      value: ends.reduce((sum, { faults }) => sum + faults.length, 0),
      more: {
        killed: ends.filter(({ killed }) => killed).length,
        'kinds of runs': world.scenarios.length,
        seed,
      },
    }
  },
}
