/**
 * Shows the models of a volume to a program that looks for them in folders of its own, by symbolic links: they cost nothing, lead
 * across file systems, and who deletes one in the program loses no model.
 */
import { randomBytes } from 'node:crypto'
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  stat,
  symlink,
  unlink,
} from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { R3mesError } from '../core/index.ts'
import { LocksUnsupported, withLock, writeWhole } from '../store/index.ts'
import { linkError } from './link-error.ts'
import { formatLinkList, parseLinkList, type WrittenLink } from './link-list.ts'
import { type FoundAtPath, type LinkPlan, planLinks } from './link-plan.ts'
import { type ModelKind, SECTION_OF_MODEL, VOLUME_SECTIONS, type VolumeSection } from './types.ts'
import { type LinkFolders, linkFolders, type Webui } from './webui.ts'

/** A model that is in place, and was checked right before. */
export interface ModelToLink {
  readonly kind: ModelKind
  /** Absolute path in the volume. */
  readonly path: string
}

/** Where models are shown, and for which program. */
export interface LinkOptions {
  /** Absolute path of the volume. */
  readonly basePath: string
  /** Absolute path of the program's folder. What is missing of it is made. */
  readonly to: string
  readonly webui?: Webui
}

/** What was done, as paths below the program's folder. */
export interface LinkReport {
  readonly created: readonly string[]
  readonly replaced: readonly string[]
  readonly removed: readonly string[]
  readonly kept: readonly string[]
  /** Something that no run has made has the name. It was left alone. */
  readonly occupied: readonly string[]
  /** Folders of the program that are the volume's own ones already: nothing has to be linked there. */
  readonly same: readonly string[]
}

/** Beside the folders that the program reads. */
const OWN_FOLDER = '.r3mes-links'
const LIST = 'links.json'
const LOCK = 'lock'
/** No program takes it for a model: it has none of their extensions. */
const UNFINISHED = /^\.r3mes-[0-9a-f]{16}\.tmp$/

/** A folder of the program that links go to. */
interface Place {
  /** Below the program's folder. */
  readonly folder: string
  /** With links resolved: a relative link starts there, whatever way leads to it. */
  readonly real: string
  readonly device: bigint
  /** It is the volume's own folder. */
  readonly isSame: boolean
}

/**
 * Makes the links of a program those to these models: each one appears, changes and goes in one step. New and changed ones come
 * first, so that what was there before and stays is there at every moment. Links of earlier runs that are not wanted any
 * more go; everything else is left alone.
 *
 * A link is relative where volume and program lie on one file system, so that it holds when that is mounted elsewhere.
 *
 * @throws R3mesError `INPUT_INVALID` when the folder lies in the volume or is no folder, `STORE_NOT_WRITABLE`, `DISK_FULL`
 */
export async function linkModels(
  models: readonly ModelToLink[],
  { basePath, to, webui }: LinkOptions,
): Promise<LinkReport> {
  try {
    const base = await realpath(basePath)
    const places = await makePlaces(base, to, linkFolders(webui))
    const own = join(to, OWN_FOLDER)
    await mkdir(own, { recursive: true })
    if (!(await lstat(own)).isDirectory()) {
      throw new R3mesError(
        'INPUT_INVALID',
        'In the folder to link to, `.r3mes-links` is a link, and no folder of its own. Look where it leads, and remove it.',
        { detail: own },
      )
    }
    const work = (): Promise<LinkReport> => relink(models, { basePath: base, to }, places)
    return await withLock(join(own, LOCK), work).catch((thrown: unknown) => {
      if (thrown instanceof LocksUnsupported) return work()
      throw thrown
    })
  } catch (thrown) {
    throw linkError(thrown)
  }
}

type Places = Readonly<Record<VolumeSection, Place>>

async function makePlaces(base: string, to: string, folders: LinkFolders): Promise<Places> {
  const place = async (section: VolumeSection): Promise<[VolumeSection, Place]> => {
    const folder = folders[section]
    await mkdir(join(to, folder), { recursive: true })
    const real = await realpath(join(to, folder))
    const isSame = real === (await realpath(join(base, section)).catch(() => undefined))
    if (!isSame && (real === base || real.startsWith(base + sep))) {
      throw new R3mesError(
        'INPUT_INVALID',
        'The folder to link to lies in the volume itself. Name the folder of the program that is to see the models.',
        { detail: real },
      )
    }
    const { dev } = await stat(real, { bigint: true })
    return [section, { folder, real, device: dev, isSame }]
  }
  const made: [VolumeSection, Place][] = []
  // One after the other: they may share folders that are missing.
  for (const section of VOLUME_SECTIONS) made.push(await place(section))
  return Object.fromEntries(made) as Record<VolumeSection, Place>
}

async function relink(
  models: readonly ModelToLink[],
  { basePath, to }: LinkOptions,
  places: Places,
): Promise<LinkReport> {
  await removeUnfinished(Object.values(places))
  const { dev } = await stat(basePath, { bigint: true })
  const byPath = new Map<string, WrittenLink>()
  for (const { kind, path: model } of models) {
    const { folder, real, device, isSame } = places[SECTION_OF_MODEL[kind]]
    const path = `${folder}/${basename(model)}`
    // Two entries of a registry may be names of one file.
    if (!isSame) byPath.set(path, { path, target: device === dev ? relative(real, model) : model })
  }
  const wanted = [...byPath.values()]
  const listPath = join(to, OWN_FOLDER, LIST)
  const listed = await readFile(listPath, 'utf8').catch(() => '')
  const recorded = parseLinkList(listed)
  const paths = new Set([...wanted, ...recorded].map(({ path }) => path))
  const found = new Map<string, FoundAtPath>()
  for (const path of paths) found.set(path, await lookAt(join(to, path)))
  const plan = planLinks(wanted, recorded, (path) => found.get(path) ?? { kind: 'nothing' })

  const ours = [...plan.keep, ...plan.create, ...plan.replace]
  const isChanged = plan.create.length + plan.replace.length + plan.remove.length > 0
  // Written before anything is done: a run that is killed leaves no link that the next one does not know.
  if (isChanged) await writeList(listPath, [...ours, ...recorded])
  await apply(plan, to)
  if (formatLinkList(ours) !== listed) await writeList(listPath, ours)

  const pathsOf = (links: readonly WrittenLink[]): string[] => links.map(({ path }) => path).sort()
  return {
    created: pathsOf(plan.create),
    replaced: pathsOf(plan.replace),
    removed: pathsOf(plan.remove),
    kept: pathsOf(plan.keep),
    occupied: pathsOf(plan.occupied),
    same: Object.values(places).flatMap(({ folder, isSame }) => (isSame ? [folder] : [])),
  }
}

async function lookAt(path: string): Promise<FoundAtPath> {
  try {
    const entry = await lstat(path)
    return entry.isSymbolicLink() ? { kind: 'link', target: await readlink(path) } : { kind: 'other' }
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && /^(?:ENOENT|ENOTDIR)$/.test(String(thrown.code))) {
      return { kind: 'nothing' }
    }
    throw thrown
  }
}

async function apply({ create, replace, remove }: LinkPlan, to: string): Promise<void> {
  // Fails where something has come to stand there meanwhile, so that nothing of anybody is overwritten.
  for (const { path, target } of create) await symlink(target, join(to, path), 'file')
  for (const { path, target } of replace) {
    const hidden = join(to, path, '..', `.r3mes-${randomBytes(8).toString('hex')}.tmp`)
    await symlink(target, hidden, 'file')
    await rename(hidden, join(to, path))
  }
  for (const { path, target } of remove) {
    const found = await lookAt(join(to, path))
    if (found.kind === 'link' && found.target === target) await unlink(join(to, path))
  }
}

async function removeUnfinished(places: readonly Place[]): Promise<void> {
  for (const { real } of places) {
    for (const entry of await readdir(real, { withFileTypes: true })) {
      if (entry.isSymbolicLink() && UNFINISHED.test(entry.name)) await unlink(join(real, entry.name))
    }
  }
}

async function writeList(path: string, links: readonly WrittenLink[]): Promise<void> {
  // Under a name that nobody can guess: other programs write to the folder, and a link of theirs would be written through.
  await writeWhole(path, [Buffer.from(formatLinkList(links))])
}
