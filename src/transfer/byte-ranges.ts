/** Which bytes of a file are there. Pure. */

/** Bytes from `start` to before `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** A set of bytes, kept as few ranges in order. */
export class ByteRanges {
  #ranges: ByteRange[] = []

  constructor(ranges: Iterable<ByteRange> = []) {
    // Sorted, so that each one joins the last or follows it: a journal may name very many.
    for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
      const last = this.#ranges.at(-1)
      if (last !== undefined && start <= last.end) {
        this.#ranges[this.#ranges.length - 1] = { start: last.start, end: Math.max(last.end, end) }
      } else if (end > start) this.#ranges.push({ start, end })
    }
  }

  add({ start, end }: ByteRange): void {
    if (end <= start) return
    const before = this.#ranges.filter((range) => range.end < start)
    const after = this.#ranges.filter((range) => range.start > end)
    const touched = this.#ranges.slice(before.length, this.#ranges.length - after.length)
    const joined = {
      start: Math.min(start, touched[0]?.start ?? start),
      end: Math.max(end, touched.at(-1)?.end ?? end),
    }
    this.#ranges = [...before, joined, ...after]
  }

  /** How many bytes are there. */
  get size(): number {
    return this.#ranges.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  /** Everything before it is there. */
  get frontier(): number {
    const [first] = this.#ranges
    return first?.start === 0 ? first.end : 0
  }

  /** What a file of `total` bytes lacks, in order. */
  missing(total: number): readonly ByteRange[] {
    const gaps: ByteRange[] = []
    let at = 0
    for (const { start, end } of this.#ranges) {
      if (start > at) gaps.push({ start: at, end: Math.min(start, total) })
      at = end
    }
    if (at < total) gaps.push({ start: at, end: total })
    return gaps.filter(({ start, end }) => start < end)
  }
}
