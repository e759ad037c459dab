/** Pieces of a job summary: Markdown that holds HTML. */
import { sanitiseHtml } from '../core/index.ts'

/** GitHub drops a summary over 1 MiB whole, so long lists are cut long before: by rows, and by bytes of hostile rows. */
const MAX_ROWS = 200
const MAX_BYTES = 200_000

/** The first of these pieces of HTML that stay within the limits together. */
function fitting(pieces: readonly string[]): readonly string[] {
  let bytes = 0
  return pieces.slice(0, MAX_ROWS).filter((piece) => {
    bytes += Buffer.byteLength(piece)
    return bytes <= MAX_BYTES
  })
}

/**
 * @param rows cells of HTML
 * @param elsewhere where the rows stand that have no room here
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  elsewhere = 'in the receipt',
): string {
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  const shown = fitting(rows.map((row) => cells(row, 'td')))
  const more =
    rows.length > shown.length
      ? `<tr><td colspan="${head.length}">… and ${rows.length - shown.length} more, ${elsewhere}</td></tr>`
      : ''
  return `<table>${cells(head, 'th')}${shown.join('')}${more}</table>`
}

/** Anybody's text as code. */
export const code = (text: string): string => `<code>${sanitiseHtml(text)}</code>`

/** Escaped backticks around a word as code. */
function withCode(html: string): string {
  return html.replaceAll(/&#96;([^&<]{1,200})&#96;/g, '<code>$1</code>')
}

/** Lines that may hold anybody's text. */
export function list(lines: readonly string[]): string {
  const items = lines.slice(0, MAX_ROWS).map((line) => `<li>${withCode(sanitiseHtml(line, 1000))}</li>`)
  return `<ul>${fitting(items).join('')}</ul>`
}
