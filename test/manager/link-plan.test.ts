import { describe, expect, it } from 'vitest'
import { formatLinkList, parseLinkList, type WrittenLink } from '../../src/manager/link-list.ts'
import { type FoundAtPath, planLinks } from '../../src/manager/link-plan.ts'

const PATH = 'models/Lora/detail.safetensors'
const NEW: WrittenLink = { path: PATH, target: '../../../models/loras/detail.safetensors' }
const OLD: WrittenLink = { path: PATH, target: '/elsewhere/detail.safetensors' }

/** What a plan does with one path. */
function placeOf(wanted: readonly WrittenLink[], recorded: readonly WrittenLink[], found: FoundAtPath) {
  const plan = planLinks(wanted, recorded, () => found)
  return Object.entries(plan).flatMap(([what, links]: [string, readonly WrittenLink[]]) =>
    links.map(({ target }) => [what, target]),
  )
}

describe('a plan of links', () => {
  it.each([
    ['makes what is missing', [], { kind: 'nothing' }, 'create'],
    ['makes again what somebody took away', [NEW], { kind: 'nothing' }, 'create'],
    ['keeps what is right', [NEW], { kind: 'link', target: NEW.target }, 'keep'],
    ['keeps what is right when the list was lost', [], { kind: 'link', target: NEW.target }, 'keep'],
    ['replaces a link of an earlier run', [OLD], { kind: 'link', target: OLD.target }, 'replace'],
    [
      'knows both links that a killed run may have left',
      [NEW, OLD],
      { kind: 'link', target: OLD.target },
      'replace',
    ],
    ['leaves a file alone', [], { kind: 'other' }, 'occupied'],
    ['leaves a file alone that took the place of a link', [OLD], { kind: 'other' }, 'occupied'],
    ['leaves a link of somebody else alone', [], { kind: 'link', target: '/mine' }, 'occupied'],
    [
      'leaves a link alone that took the place of one of ours',
      [OLD],
      { kind: 'link', target: '/mine' },
      'occupied',
    ],
  ] as const)('%s', (_claim, recorded, found, place) => {
    expect(placeOf([NEW], recorded, found)).toEqual([[place, NEW.target]])
  })

  it.each([
    ['a link of an earlier run', { kind: 'link', target: OLD.target }, [['remove', OLD.target]]],
    ['no file', { kind: 'other' }, []],
    ['no link of somebody else', { kind: 'link', target: '/mine' }, []],
    ['nothing that is gone', { kind: 'nothing' }, []],
  ] as const)('removes %s when it is not wanted any more', (_what, found, expected) => {
    expect(placeOf([], [OLD], found)).toEqual(expected)
  })
})

describe('the list of links', () => {
  it('reads what it wrote', () => {
    expect(parseLinkList(formatLinkList([NEW]))).toEqual([NEW])
  })

  it.each([
    ['is empty', ''],
    ['is no JSON', '{'],
    ['is no object', '7'],
    ['is of a version to come', '{"version":2,"links":[]}'],
    ['has no links', '{"version":1}'],
  ])('holds nothing when it %s', (_how, text) => {
    expect(parseLinkList(text)).toEqual([])
  })

  it.each([
    'models/Lora/../../outputs/picture.png',
    '../secret',
    '/etc/passwd',
    'models/Lora/',
    'models/Lora/..',
    'models/Lora/.',
    'models/Lora/a\\b',
    'models/Lora/deep/a.safetensors',
    'outputs/picture.png',
  ])('passes over a path that no run writes: %s', (path) => {
    const text = JSON.stringify({ version: 1, links: [{ path, target: 'x' }, NEW, 3, null, { path: 1 }] })
    expect(parseLinkList(text)).toEqual([NEW])
  })
})
