/** Whether this machine's clock is right, judged by those of the hosts that answered. Pure. */
import { formatPeriod } from '../ensure/index.ts'
import type { ClockReading } from './ask.ts'
import type { Finding } from './types.ts'

/** Milliseconds: as far as a header's time may lie ahead, and the whole seconds that hosts write. */
const TOLERATED = 11_000

const topic = 'machine'
const subject = 'Clock'

/** Rounded, since the seconds of hosts are whole: 119 minutes and a half are about two hours. */
function about(milliseconds: number): string {
  return formatPeriod(Math.abs(milliseconds) * 1.01)
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = 0] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]]
  return (low + high) / 2
}

const REMEDIES: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
}

/**
 * @param readings by host
 * @param platform whose command is shown
 */
export function judgeClock(
  readings: ReadonlyMap<string, ClockReading>,
  platform: NodeJS.Platform,
): readonly Finding[] {
  const offsets = [...readings].map(([host, { host: there, here }]) => ({ host, offset: there - here }))
  if (offsets.length === 0) {
    return [{ topic, subject, verdict: 'note', text: 'not compared with any other: nobody answered' }]
  }
  const median = medianOf(offsets.map(({ offset }) => offset))
  const hosts = `${offsets.length} ${offsets.length === 1 ? 'host' : 'hosts'}`
  if (Math.abs(median) > TOLERATED) {
    return [
      {
        topic,
        subject,
        verdict: 'problem',
        code: 'CHAIN_STALE',
        text: `This machine's clock is about ${about(median)} ${median > 0 ? 'behind' : 'ahead'}, says the clock of ${hosts}. Blocks look too old or from the future then, and certificates not valid.`,
        remedy: REMEDIES[platform] ?? 'sudo timedatectl set-ntp true',
      },
    ]
  }
  const strays = offsets.filter(({ offset }) => Math.abs(offset - median) > TOLERATED)
  const agreeing = offsets.length - strays.length
  return [
    {
      topic,
      subject,
      verdict: 'ok',
      text: `as that of ${agreeing} ${agreeing === 1 ? 'host' : 'hosts'}, within ten seconds`,
    },
    ...strays.map(
      ({ host, offset }): Finding => ({
        topic,
        subject,
        verdict: 'note',
        text: `The clock of ${host} is about ${about(offset)} ${offset > 0 ? 'ahead of' : 'behind'} the others and this one.`,
      }),
    ),
  ]
}
