/** Commands for people to type, every word safe in a shell. Pure. */
import { lines } from '../ensure/index.ts'
import type { Answers, InitInput } from './answers.ts'

function word(text: string): string {
  return /^[A-Za-z0-9_./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function flags({ inputs }: Answers, names: readonly InitInput[]): string {
  return names
    .filter((name) => inputs[name] !== '')
    .map((name) => `--${name} ${lines(inputs[name]).map(word).join(' ')}`)
    .join(' ')
}

const REQUEST = ['model-version', 'model-name', 'adapters', 'datasets'] as const

/** What writes the lockfile later. */
export function lockCommand(answers: Answers): string {
  return `r3mes lock ${flags(answers, ['rpc-urls', 'chain-id', ...REQUEST, 'trusted-height', 'trusted-hash'])}`
}

/**
 * The two that come next: try it here, and commit.
 *
 * @param written paths below the folder
 */
export function nextCommands(answers: Answers, written: readonly string[]): readonly [string, string] {
  const committed = written.filter((path) => path !== '.env')
  return [
    `r3mes ensure --env-file .env ${flags(answers, REQUEST)}`,
    `git add ${committed.length === 0 ? '.github r3mes.lock' : committed.map(word).join(' ')} && git commit -m 'Approved models from the R3MES chain'`,
  ]
}
