/**
 * The one sanitiser for text that came from a network or a file. The runner obeys `::command::` after leading space
 * and `##[command]` anywhere in a line, and a lone CR ends a line; terminals obey escape sequences; browsers obey HTML.
 */

/** C0 but tab and LF, DEL, C1, line separators, bidi controls and other invisible format characters. */
const CONTROL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

function escapeControl(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Zero-width space would be invisible; a backslash shows that the text was changed. */
function breakCommands(line: string): string {
  return line.replaceAll('##[', '#\\#[').replace(/^(\s*):(?=:)/, '$1:\\')
}

/**
 * Text that is safe to print on a runner's log or a terminal. Line breaks stay, each line is made harmless on its own.
 *
 * @param limit characters kept; what is longer ends in `… (N more characters)`
 */
export function sanitiseText(text: string, limit = 4000): string {
  const kept =
    text.length > limit ? `${text.slice(0, limit)}… (${text.length - limit} more characters)` : text
  return kept
    .split(/\r\n|\n|\r/)
    .map((line) => breakCommands(escapeControl(line)))
    .join('\n')
}

/** As {@link sanitiseText}, on one line. */
export function sanitiseLine(text: string, limit = 500): string {
  return sanitiseText(text.replace(/[\r\n]+/g, ' '), limit)
}

const HTML_ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for a place between HTML tags or in a quoted attribute of the job summary, Markdown marks included. */
export function sanitiseHtml(text: string, limit = 500): string {
  // One pass: a second one would escape the `#` of the entities that the first one wrote.
  return sanitiseLine(text, limit).replace(
    /[&<>"'`*~[\]|\\$@#]/g,
    (character) => HTML_ENTITY[character] ?? `&#${character.charCodeAt(0)};`,
  )
}

/** JSON for a log or standard output: valid JSON in which no line can be a workflow command. */
export function printableJson(value: unknown, indent?: number): string {
  const escaped = JSON.stringify(value, undefined, indent) ?? 'null'
  return escaped
    .replace(CONTROL, (character) =>
      character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll('#', '\\u0023')
    .replaceAll('::', ':\\u003a')
}
