/** Values as YAML that GitHub reads back as they were. Pure. */

/** Words that are text in every version of YAML, and need no quotes. */
const PLAIN = /^[A-Za-z][\w./:@+-]*[\w/]$/
const OTHER_TYPES = /^(?:true|false|yes|no|on|off|null|y|n)$/i
const PRINTABLE = /^[\x20-\x7e]*$/

const OPENING = `$${'{{'}`

/** Text that a workflow evaluates: `${{` would begin an expression, so it is written as one. */
export function literal(text: string): string {
  return text.replaceAll(OPENING, `${OPENING} '${OPENING}' }}`)
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** A scalar on one line. JSON's strings are YAML's, and what is not ASCII is escaped. */
export function scalar(text: string): string {
  const safe = literal(text)
  if (PLAIN.test(safe) && !OTHER_TYPES.test(safe)) return safe
  return JSON.stringify(safe).replaceAll(/[^\x20-\x7e]/g, escapeCharacter)
}

/**
 * A value behind its key, over several lines where it has several.
 *
 * @param indent spaces before the key
 */
export function entry(key: string, value: string, indent: number): string {
  const pad = ' '.repeat(indent)
  const lines = value.split('\n')
  const isBlock = lines.length > 1 && lines.every((line) => PRINTABLE.test(line) && /^\S/.test(line))
  if (!isBlock) return `${pad}${key}: ${scalar(value)}`
  return [`${pad}${key}: |`, ...lines.map((line) => `${pad}  ${literal(line)}`)].join('\n')
}
