/** Text that attacks whoever prints it, and what a run may never do with it. */

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import type { StepResult } from '../../scripts/action-runner.ts'
import type { CommandResult } from './command.ts'

/** Stands in every hostile text, so that one look tells where such a text ended up. */
export const MARK = 'PWNED'

/** One attack a line; each tries another way to be obeyed by the runner, a terminal or a browser. */
const ATTACKS = [
  `::error::${MARK}`,
  `x\r::add-mask::${MARK}`,
  `  ::set-output name=success::${MARK}`,
  `\t::stop-commands::${MARK}`,
  `x ##[error]${MARK}`,
  `##[add-mask]${MARK}`,
  `\u001b]0;${MARK}\u0007`,
  `\u009b31m${MARK}`,
  `\u202e${MARK}\u2066`,
  `%0A::warning::${MARK}%0D::debug::${MARK}`,
  `\u2028::notice::${MARK}`,
  `\u0085::error::${MARK}`,
  `\u00a0::error::${MARK}`,
  `</code></td><img src=x onerror=${MARK}>`,
  `![${MARK}](https://x.example/x.png) \`${MARK}\` @${MARK}`,
]

export const HOSTILE = ATTACKS.join('\n')

/** The same as a header or a URL can carry it: one line of visible ASCII. */
export const HOSTILE_LINE = `::error::${MARK} ##[error]${MARK} %0A::warning::${MARK} <img src=x onerror=${MARK}>`

/** What the runner takes for the end of a line. */
const LINE_END = /\r\n|\n|\r/
/** White space of .NET's TrimStart and then some. */
const LEADING_SPACE = /^[\s\u0085\u200b\ufeff]*/u
/** The commands that this project itself gives, in the form in which it gives them. */
const OWN_COMMAND =
  /^::(?<name>group|endgroup|debug|warning|error|notice|add-mask)(?: title=setup-r3mes(?:%3A [a-z]+)?)?::(?<data>.*)$/u
/** Controls but tab and LF, separators, bidi and other characters that change how a line looks. */
const UNPRINTABLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u

/** What the runner would obey in a log and this project did not say. */
export function foreignCommands(log: string, masks: readonly string[] = []): string[] {
  return log.split(LINE_END).filter((line) => {
    if (line.includes('##[')) return true
    const trimmed = line.replace(LEADING_SPACE, '')
    if (!trimmed.startsWith('::')) return false
    const { name, data = '' } = OWN_COMMAND.exec(trimmed)?.groups ?? {}
    if (name === undefined) return true
    if (name === 'add-mask') return !masks.includes(data)
    // Errors and group titles are in our own words; the others may quote.
    return (name === 'error' || name === 'group') && data.includes(MARK)
  })
}

/** Tags with which the summary is written. */
const OWN_TAG =
  /<\/?(?:table|tr|td|th|code|pre|b|ul|li|details|summary)>|<td colspan="\d+">|<code title="[^"<>]*">/g

function expectHarmlessSummary(summary: string): void {
  const text = summary.replace(OWN_TAG, '')
  expect(text).not.toMatch(/[<>]/)
  expect(text).not.toMatch(UNPRINTABLE)
  // Links, images, code spans and mentions of Markdown.
  expect(text).not.toMatch(/\]\(|!\[|`|@/)
  // Raw text of a host beginning a line could be a heading, a list or a fence.
  expect(text).not.toMatch(new RegExp(`^\\W*${MARK}`, 'm'))
}

/** No line of it is a command that this project did not give, and nothing in it changes how it looks. */
export function expectHarmlessLog(text: string): void {
  expect(foreignCommands(text)).toEqual([])
  expect(text).not.toMatch(UNPRINTABLE)
}

/** Nothing that a host or a record said was obeyed, and none of it got into people's expressions. */
export function expectHarmlessStep(step: StepResult): void {
  for (const log of [step.stdout, step.stderr]) expectHarmlessLog(log)
  for (const [name, value] of Object.entries({ ...step.outputs, ...step.exported })) {
    expect(`${name}=${value}`).not.toContain(MARK)
  }
  expectHarmlessSummary(step.summary)
}

/** The same for the command line: its streams may end up in a workflow log too. */
export function expectHarmlessCommand(command: CommandResult): void {
  for (const text of [command.stdout, command.stderr]) expectHarmlessLog(text)
}

/** A host on loopback that answers every connection with exactly these bytes, whatever it is asked. */
export async function aRawHost(answer: string): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
