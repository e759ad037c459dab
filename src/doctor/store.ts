/** The store's folders, and what the file system below them can do. */
import { sep } from 'node:path'
import type { R3mesError } from '../core/index.ts'
import { formatSize, type Settings } from '../ensure/index.ts'
import {
  type Ability,
  type ExaminedPlace,
  examinePlaces,
  examineRemains,
  type FileSystemAbilities,
  probeFileSystem,
  type StorePlaces,
  type Tally,
} from '../store/index.ts'
import { problemOf } from './remedies.ts'
import { asProblem } from './thrown.ts'
import type { Finding } from './types.ts'

const topic = 'store'

/** Everything about the store of these settings. */
export async function examineStore(settings: Settings, signal: AbortSignal): Promise<readonly Finding[]> {
  const places: StorePlaces = {
    home: settings.home,
    ...(settings.modelDir === undefined ? {} : { modelDir: settings.modelDir }),
    ...(settings.adapterDir === undefined ? {} : { adapterDir: settings.adapterDir }),
  }
  const [folders, remains] = await Promise.all([examinePlaces(places), examineRemains(places)])
  const findings = judgePlaces(folders, settings)
  const home = folders.find(({ path }) => path === settings.home)
  if (home === undefined || 'error' in home) return [...findings, ...judgeRemains(remains)]
  return [
    ...findings,
    ...(await examineFileSystem(home.standsAt, settings, signal)),
    ...judgeRemains(remains),
  ]
}

/** The home and the folders that were moved, each with a line; the others where something is wrong with them. */
export function judgePlaces(
  folders: readonly ExaminedPlace[],
  { home, modelDir, adapterDir }: Pick<Settings, 'home' | 'modelDir' | 'adapterDir'>,
): readonly Finding[] {
  const named = [
    [home, 'Home'],
    [modelDir, 'Models'],
    [adapterDir, 'Adapters'],
  ] as const
  const isLost = folders.some((folder) => folder.path === home && 'error' in folder)
  return folders.flatMap((folder) => {
    // What is wrong with the home is wrong with all that lies in it.
    if (isLost && folder.path.startsWith(`${home}${sep}`)) return []
    const subject = named.find(([path]) => path === folder.path)?.[1]
    if ('error' in folder) {
      return [problemOf(topic, subject ?? 'Folder', folder.error, remedyOf(folder.error, folder.path))]
    }
    return subject === undefined ? [] : [judgePlace(subject, folder)]
  })
}

function judgePlace(subject: string, folder: Exclude<ExaminedPlace, { error: R3mesError }>): Finding {
  const mode = folder.mode.toString(8).padStart(3, '0')
  if (!folder.exists) {
    return {
      topic,
      subject,
      verdict: 'ok',
      text: 'not there yet; the first run makes it',
      detail: folder.path,
    }
  }
  if (folder.isOpenToGroup) {
    return {
      topic,
      subject,
      verdict: 'note',
      text: `its group may write it (mode ${mode}); the next run takes that away`,
      detail: folder.path,
      remedy: `chmod g-w ${shellWord(folder.path)}`,
    }
  }
  const owner = process.platform === 'win32' ? 'writable' : `yours, mode ${mode}, writable`
  return { topic, subject, verdict: 'ok', text: owner, detail: folder.path }
}

/** A path as a word of a shell; where it holds what a terminal or a shell could obey, a placeholder. */
function shellWord(path: string): string {
  if (/^[A-Za-z0-9_./@:+=,~-]+$/.test(path)) return path
  return /^[\x20-\x7e]+$/.test(path) && !path.includes("'") ? `'${path}'` : '<the folder>'
}

function remedyOf({ code, message }: R3mesError, path: string): string | undefined {
  const word = shellWord(path)
  if (code !== 'STORE_UNSAFE') return undefined
  if (message.includes('chown')) return `sudo chown -R "$(id -u)" ${word}, or --home <a folder of yours>`
  if (message.includes('chmod')) return `chmod o-w ${word}, after a look at what it holds`
  return undefined
}

async function examineFileSystem(
  folder: string,
  settings: Settings,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    return judgeFileSystem(await probeFileSystem(folder, signal), settings.maxArtifactSize)
  } catch (thrown) {
    return [problemOf(topic, 'Disk', asProblem(thrown))]
  }
}

/** @param maxArtifactSize bytes */
export function judgeFileSystem(
  { hardLinks, reflinks, symlinks, foldsCase, locks, volume, space }: FileSystemAbilities,
  maxArtifactSize: number,
): readonly Finding[] {
  return [
    judgeSpace(space, maxArtifactSize),
    judgeAbility('Hard links', hardLinks, 'an artifact takes no room beside its blob', copies(reflinks)),
    reflinks.works
      ? { topic, subject: 'Reflinks', verdict: 'ok', text: 'work' }
      : {
          topic,
          subject: 'Reflinks',
          verdict: 'ok',
          text: `none (${reflinks.errno}); not needed where hard links work`,
        },
    judgeAbility('Symlinks', symlinks, 'followed to a home elsewhere', 'A home cannot be a link here.'),
    {
      topic,
      subject: 'Names',
      verdict: 'ok',
      text: foldsCase
        ? 'upper and lower case are one; artifacts are refused where that matters'
        : 'upper and lower case differ',
    },
    judgeLocks(locks),
    volume === 'local'
      ? { topic, subject: 'Volume', verdict: 'ok', text: 'of this machine alone' }
      : {
          topic,
          subject: 'Volume',
          verdict: 'note',
          text: 'A network file system, or one that is not known: locks here say nothing of other machines, so what these hold ends by its time alone. See docs/store.md.',
        },
  ]
}

function judgeSpace({ free, total }: FileSystemAbilities['space'], maxArtifactSize: number): Finding {
  const room = `${formatSize(free)} of ${formatSize(total)} free`
  if (free >= maxArtifactSize) return { topic, subject: 'Disk', verdict: 'ok', text: room }
  return {
    topic,
    subject: 'Disk',
    verdict: 'note',
    text: `${room}; an artifact may have ${formatSize(maxArtifactSize)} (\`max-artifact-size\`). Every run checks that what it wants fits before it fetches anything.`,
  }
}

function copies(reflinks: Ability): string {
  return reflinks.works
    ? 'Artifacts are reflinks of their blobs, which takes no room either, but each is hashed once more.'
    : 'Artifacts are copies of their blobs, so they take twice the room and are hashed twice.'
}

function judgeAbility(subject: string, ability: Ability, gain: string, loss: string): Finding {
  if (ability.works) return { topic, subject, verdict: 'ok', text: `work: ${gain}` }
  return { topic, subject, verdict: 'note', text: `do not work here (${ability.errno}). ${loss}` }
}

function judgeLocks(locks: FileSystemAbilities['locks']): Finding {
  const subject = 'Locks'
  switch (locks) {
    case 'refused':
      return { topic, subject, verdict: 'ok', text: 'hold: a second process was kept out' }
    case 'granted':
      return {
        topic,
        subject,
        verdict: 'problem',
        code: 'STORE_UNSAFE',
        text: 'A second process got a lock that this one held. Runs at the same time could take away what the other one uses.',
        remedy: 'r3mes doctor --home <a folder on a local disk>',
      }
    case 'none':
      return {
        topic,
        subject,
        verdict: 'note',
        text: 'The file system knows no locks: runs at the same time do not share downloads, and what they hold ends by its time alone.',
        remedy: 'r3mes doctor --home <a folder on a local disk>',
      }
    case 'unknown':
      return {
        topic,
        subject,
        verdict: 'note',
        text: 'A second process could not be asked whether locks hold here.',
      }
  }
}

export function judgeRemains({
  partials,
  quarantine,
}: Readonly<Record<'partials' | 'quarantine', Tally>>): readonly Finding[] {
  const findings: Finding[] = []
  const amount = ({ files, bytes }: Tally, what: string): string =>
    `${files} ${what}${files === 1 ? '' : 's'}, ${formatSize(bytes)}`
  if (partials.files > 0) {
    findings.push({
      topic,
      subject: 'Unfinished',
      verdict: 'note',
      text: `${amount(partials, 'download')}. The next run of the same goes on with them; after seven days they go.`,
    })
  }
  if (quarantine.files > 0) {
    findings.push({
      topic,
      subject: 'Quarantine',
      verdict: 'note',
      text: `${amount(quarantine, 'damaged file')} kept as evidence.`,
      remedy: 'r3mes repair, then r3mes prune --quarantine --max-age 30d',
    })
  }
  return findings
}
