import { describe, expect, it } from 'vitest'
import { ERROR_CLASSES, type ErrorClass } from '../../src/core/index.ts'
import { plain, projectFiles, read, section, tableRows } from '../support/project.ts'

const doc = read('docs/errors.md')
const HEADINGS: Readonly<Record<ErrorClass, string>> = {
  input: '## Input',
  approval: '## Approval',
  trust: '## Trust',
  chain: '## Chain',
  content: '## Content',
  store: '## Store',
  internal: '## Bugs',
}
const classes = Object.keys(ERROR_CLASSES) as ErrorClass[]
const codes: readonly string[] = classes.flatMap((name) => ERROR_CLASSES[name].codes)
const rows = tableRows(doc).map(([code = '', meaning = '', remedy = '']) => ({
  code: plain(code),
  meaning,
  remedy,
}))

describe('docs/errors.md', () => {
  it('has every code of the code base and no other, each once', () => {
    expect(rows.map(({ code }) => code).sort()).toEqual([...codes].sort())
  })

  it.each(classes)('lists the %s codes in order, below their exit code', (name) => {
    const { exit, codes: ofClass } = ERROR_CLASSES[name]
    const listed = tableRows(section(doc, `${HEADINGS[name]}: exit code ${exit}`))
    expect(listed.map(([code = '']) => plain(code))).toEqual([...ofClass])
  })

  it('marks as “Later” exactly the codes that nothing raises', () => {
    const sources = projectFiles('src')
      .filter((path) => path.endsWith('.ts') && path !== 'src/core/errors.ts')
      .map(read)
      .join('\n')
    // INTERNAL is what the error class itself makes of everything unexpected.
    const unraised = codes.filter((code) => code !== 'INTERNAL' && !sources.includes(`'${code}'`))
    const marked = rows.filter(({ meaning }) => meaning.startsWith('Later:')).map(({ code }) => code)
    expect(marked).toEqual(unraised)
  })

  it('says for every other code what to do', () => {
    for (const { code, meaning, remedy } of rows) {
      if (meaning.startsWith('Later:')) continue
      expect(remedy, code).toMatch(/[a-z].*[.)>]$/)
    }
  })
})
