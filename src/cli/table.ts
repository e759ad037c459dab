/** A table that is printed line by line, before anybody knows its last line. Pure. */
import { sanitiseLine } from '../core/index.ts'

export interface Column {
  readonly title: string
  /** Characters; a longer value pushes the others aside. The last column needs none. */
  readonly width?: number
  readonly align?: 'left' | 'right'
}

/** @param cells as many as columns; anybody's text is fine */
export function tableLine(columns: readonly Column[], cells: readonly string[]): string {
  return columns
    .map(({ width = 0, align = 'left' }, index) => {
      const cell = sanitiseLine(cells[index] ?? '')
      return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
    })
    .join('  ')
    .trimEnd()
}

export function tableHead(columns: readonly Column[]): string {
  return tableLine(
    columns,
    columns.map(({ title }) => title),
  )
}
