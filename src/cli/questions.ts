/** Asking a person on a terminal. Questions go to standard error: standard output belongs to the result. */
import { createInterface } from 'node:readline/promises'
import { R3mesError, sanitiseText } from '../core/index.ts'

export interface Asked {
  /** One line, a question. */
  readonly question: string
  /** One line about what may be typed; empty for none. */
  readonly hint: string
  /** What an empty line means; empty: nothing. */
  readonly usual: string
  /** @throws R3mesError that says what is wrong with an answer: it is asked again */
  readonly check: (answer: string) => void
}

export interface Questioner {
  /** @throws the reason of the signal once it is aborted; R3mesError `INPUT_INVALID` when the input ends */
  ask(asked: Asked): Promise<string>
  close(): void
}

/** Whether somebody sits there who can be asked. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/**
 * Lines that were typed ahead, or pasted, answer the questions that follow.
 *
 * @param signal ends the asking
 * @param interrupt called for Ctrl-C, which a terminal that is being read does not make a signal of
 */
export function openQuestions(signal: AbortSignal, interrupt: () => void): Questioner {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const typed = terminal[Symbol.asyncIterator]()
  const close = (): void => terminal.close()
  terminal.on('SIGINT', interrupt)
  signal.addEventListener('abort', close)
  const say = (line: string): boolean => process.stderr.write(`${sanitiseText(line)}\n`)

  async function nextLine(prompt: string): Promise<string> {
    terminal.setPrompt(prompt)
    terminal.prompt()
    const { done, value } = await typed.next()
    signal.throwIfAborted()
    if (done !== true) return value.trim()
    throw new R3mesError(
      'INPUT_INVALID',
      'The input ended before everything was answered, so nothing was written. Run again, or give the answers as flags with `--yes`.',
    )
  }

  return {
    async ask({ question, hint, usual, check }) {
      if (hint !== '') say(hint)
      const shown = usual === '' ? '' : ` [${sanitiseText(usual.replaceAll('\n', ' '))}]`
      for (;;) {
        const line = await nextLine(`${question}${shown}: `)
        const answer = line === '' ? usual : line
        try {
          check(answer)
          return answer
        } catch (thrown) {
          if (!(thrown instanceof R3mesError)) throw thrown
          say(`  ${thrown.message}`)
        }
      }
    },
    close() {
      signal.removeEventListener('abort', close)
      close()
    },
  }
}
