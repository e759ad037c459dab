import { startDelay } from '../delay.ts'
import type { Row } from '../row.ts'
import { MIB, sizeText } from '../sizes.ts'
import { aria2c, prepareSingleFile } from './download.ts'

const BYTES = 512 * MIB
const PEER = '`aria2c -x16`, unverified'

/** Servers that give each connection so much and no more: whoever opens several is faster. */
export const perConnection: Row = {
  name: 'rate',
  title: (bench) => `${sizeText(bench.scaled(BYTES))} at 20 MB/s per connection, verified`,
  peer: PEER,
  goal: { kind: 'ratio', least: 1.3 },
  prepare: (bench) =>
    prepareSingleFile(bench, 'rate', {
      bytes: BYTES,
      peer: aria2c,
      nginx: async () => ({ limitRate: '20m' }),
    }),
}

/** Milliseconds before an answer begins. */
const DELAY_MS = 80

/** Servers that are far: whoever asks in many small steps waits for each. */
export const lateAnswers: Row = {
  name: 'late',
  title: (bench) => `${sizeText(bench.scaled(BYTES))}, every answer ${DELAY_MS} ms late, verified`,
  peer: PEER,
  goal: { kind: 'ratio', least: 1.2 },
  async prepare(bench) {
    const delay = await startDelay(DELAY_MS)
    return prepareSingleFile(bench, 'late', {
      bytes: BYTES,
      peer: aria2c,
      nginx: async () => ({ askFirst: delay.hostPort }),
      server: delay,
    })
  },
}
