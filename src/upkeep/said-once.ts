import type { Reporter } from '../core/index.ts'

/**
 * A reporter that says each sentence, and names each phase, once: several runs after one another read the same approvals, and
 * only what differs is worth reading again.
 */
export function saidOnce(reporter: Reporter): Reporter {
  const said = new Set<string>()
  const isNew = (sentence: string): boolean => {
    const isFirst = !said.has(sentence)
    said.add(sentence)
    return isFirst
  }
  const once =
    (manner: 'info' | 'notice' | 'warning') =>
    (text: string): void => {
      if (isNew(`${manner} ${text}`)) reporter[manner](text)
    }
  return {
    phase: (title, work) => (isNew(`phase ${title}`) ? reporter.phase(title, work) : work()),
    debug: (text) => reporter.debug(text),
    info: once('info'),
    notice: once('notice'),
    warning: once('warning'),
    progress: (event) => reporter.progress(event),
  }
}
