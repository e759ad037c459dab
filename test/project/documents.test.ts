import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { INPUTS, OUTPUTS } from '../../src/ensure/inputs.ts'
import { projectFiles, read, root, section, tableRows } from '../support/project.ts'

const documents = projectFiles('*.md')
const written = projectFiles().filter(
  (path) => !/^dist\/|^package-lock\.json$/.test(path) && !/\.(?:bin|png|gz)$/.test(path),
)

describe('the documents', () => {
  it.each(documents)('%s links to files that exist', (path) => {
    const targets = [...read(path).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, target]) =>
      target === undefined || /^[a-z]+:/.test(target) ? [] : [target],
    )
    const missing = targets.filter(
      (target) => !existsSync(join(root, normalize(join(dirname(path), target)))),
    )
    expect(missing).toEqual([])
  })

  it('name no input or output of the action that does not exist', () => {
    const known = new Set<string>([...INPUTS, ...OUTPUTS].map(({ name }) => name))
    const used = documents.flatMap((path) =>
      [...read(path).matchAll(/steps\.r3mes\.outputs\.([a-z-]+)/g)].map(([, name]) => name ?? ''),
    )
    expect(used.length).toBeGreaterThan(0)
    expect(used.filter((name) => !known.has(name))).toEqual([])
  })
})

describe('what the documents say of trust', () => {
  const trustInputs = INPUTS.map(({ name }) => name).filter((name) =>
    /^trust|^min-witnesses$|^max-(?:header|lock)-age$|^lockfile$|^frozen$/.test(name),
  )

  it('is news: the changelog names every input that says what is trusted, and every mode of the lockfile', () => {
    const changelog = read('CHANGELOG.md')
    expect(trustInputs).toHaveLength(9)
    const words = [
      ...trustInputs,
      'r3mes lock',
      '--check',
      '--update',
      '--renew',
      'trust-expires-at',
      '--lie',
    ]
    expect(words.filter((word) => !changelog.includes(word))).toEqual([])
  })

  it.each(documents)('%s has one endpoint believed under `trust: rpc` alone', (path) => {
    const paragraphs = read(path).split(/\n\n|\n(?=[-|#])/)
    const believing = paragraphs.filter((text) =>
      /believes? one\b|one (?:RPC )?endpoint\s(?:is|was) believed/i.test(text),
    )
    expect(believing.filter((text) => !/`(?:trust: )?rpc`/.test(text))).toEqual([])
  })
})

describe('the threat model', () => {
  const rows = tableRows(section(read('docs/threat-model.md'), '## Invariants'))

  it('numbers its invariants', () => {
    expect(rows.length).toBeGreaterThan(5)
    expect(rows.map(([number]) => number)).toEqual(rows.map((_row, index) => `I${index + 1}`))
  })

  it('names for every invariant test files that exist', () => {
    for (const [number, , tests = ''] of rows) {
      const files = [...tests.matchAll(/`(test\/[^`]+\.test\.ts)`/g)].map(([, file]) => file ?? '')
      expect(files.length, number).toBeGreaterThan(0)
      expect(
        files.filter((file) => !existsSync(join(root, file))),
        number,
      ).toEqual([])
    }
  })
})

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Workflow {
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, { readonly permissions?: unknown; readonly steps: readonly Step[] }>>
}

describe('the workflows', () => {
  const workflows = [
    ...projectFiles('examples', '.github/workflows').map(
      (path) => [path, parse(read(path)) as Workflow] as const,
    ),
    ...[...read('README.md').matchAll(/```yaml\n(jobs:[\s\S]*?)```/g)].map(
      ([, text = '']) => ['README.md', parse(text) as Workflow] as const,
    ),
  ]
  const inputs = new Set<string>(INPUTS.map(({ name }) => name))

  it('are four or more', () => {
    expect(workflows.length).toBeGreaterThanOrEqual(4)
  })

  it.each(workflows)('%s gives the action inputs that it has', (path, { jobs }) => {
    const ours = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses?.startsWith('r3mes-network/setup-r3mes@'))
    if (!path.startsWith('.github/')) expect(ours.length).toBeGreaterThan(0)
    const given = ours.flatMap((step) => Object.keys(step.with ?? {}))
    expect(given.filter((name) => !inputs.has(name))).toEqual([])
  })

  it.each(workflows.filter(([path]) => path !== 'README.md'))(
    '%s asks for no more than to read',
    (_path, workflow) => {
      expect(workflow.permissions).toEqual({ contents: 'read' })
    },
  )

  it('give the right to write only to jobs that run nothing of ours', () => {
    const writing = workflows
      .flatMap(([, { jobs }]) => Object.values(jobs))
      .filter(({ permissions }) => permissions !== undefined)
    expect(writing).toHaveLength(1)
    const steps = writing.flatMap((job) => job.steps)
    expect(steps.filter(({ uses = '', run = '' }) => /setup-r3mes/.test(uses + run))).toEqual([])
  })
})

describe('every file of the project', () => {
  // In pieces, so that this file is not its own finding.
  const hosts = ['npmjs', 'yarnpkg', 'pypi'].map(
    (name) => new RegExp(`registry\\.${name}|${name}\\.org/simple`),
  )
  const paths = ['work', 'Users'].map((top) => new RegExp(`(?<![\\w~.>*}/-])/${top}/[\\w.-]+/`))

  it('names no package host', () => {
    expect(written.filter((path) => hosts.some((host) => host.test(read(path))))).toEqual([])
  })

  it('names no path of one machine', () => {
    // Homes as short as /root say nothing about a machine.
    const own = [root, homedir()].filter((path) => path.length > 5)
    const findings = written.filter((path) => {
      const text = read(path)
      return paths.some((pattern) => pattern.test(text)) || own.some((folder) => text.includes(`${folder}/`))
    })
    expect(findings).toEqual([])
  })
})
