/** Paths in one text, which reaches a thread in a fraction of the time that many take. No path holds a NUL. */
const BETWEEN = '\0'

export function inOneText(paths: readonly string[]): string {
  return paths.join(BETWEEN)
}

export function pathsIn(text: string): readonly string[] {
  return text === '' ? [] : text.split(BETWEEN)
}
