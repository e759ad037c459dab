/** The rules of who may import whom. Pure, so that the rules themselves can be tested on small examples. */
import { posix } from 'node:path'

export interface Import {
  /** Path of the importing file, from the project's root. */
  readonly from: string
  /** As written. */
  readonly specifier: string
}

/** Rooms that a room may import beside itself and `gen`. */
const KNOWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  chain: ['core'],
  transfer: ['core'],
  store: ['core'],
  registry: ['core', 'chain'],
  sources: ['core', 'transfer'],
  devnet: ['core', 'chain'],
  ensure: ['core', 'chain', 'transfer', 'store', 'registry', 'sources'],
  upkeep: ['core', 'chain', 'transfer', 'store', 'registry', 'sources', 'ensure'],
  manager: ['core', 'transfer', 'store', 'sources', 'ensure', 'upkeep'],
  doctor: ['core', 'chain', 'transfer', 'store', 'registry', 'sources', 'ensure'],
  init: ['core', 'ensure'],
  serve: ['core', 'store'],
  library: ['core', 'chain', 'transfer', 'store', 'registry', 'sources', 'ensure', 'upkeep'],
  action: ['core', 'chain', 'transfer', 'store', 'registry', 'sources', 'ensure', 'upkeep', 'manager'],
  cli: [
    ...['core', 'chain', 'transfer', 'store', 'registry', 'sources', 'ensure', 'upkeep', 'manager'],
    ...['doctor', 'init', 'serve', 'devnet'],
  ],
  'index.ts': ['core', 'ensure', 'upkeep', 'manager', 'library'],
}

/** Room of a path: the folder below `src`, or the file itself when it lies in `src`. */
function roomOf(path: string): string | undefined {
  const [top, room] = path.split('/')
  return top === 'src' ? room : undefined
}

/** Each broken rule as a sentence; empty when all hold. */
export function brokenLayerRules(imports: readonly Import[]): readonly string[] {
  return imports.flatMap((each) => {
    const reason = whyForbidden(each)
    return reason === undefined ? [] : [`${each.from} imports ${each.specifier}: ${reason}`]
  })
}

function whyForbidden({ from, specifier }: Import): string | undefined {
  const room = roomOf(from)
  if (room === undefined || room === 'gen') return undefined
  const known = KNOWS[room]
  if (known === undefined) return `the room ${room} stands in no row`
  if (!specifier.startsWith('.')) {
    return specifier.startsWith('@actions/') && room !== 'action'
      ? 'only src/action may import @actions'
      : undefined
  }
  const target = posix.join(posix.dirname(from), specifier)
  // A manifest of the project, such as package.json for the version.
  if (!target.startsWith('src/')) return target === 'package.json' ? undefined : 'it lies outside of src'
  const targetRoom = roomOf(target)
  if (targetRoom === undefined || targetRoom === room || targetRoom === 'gen') return undefined
  if (!known.includes(targetRoom)) return `${room} may not know ${targetRoom}`
  if (target !== `src/${targetRoom}/index.ts`) return `the door of ${targetRoom} is its index.ts`
  return undefined
}
