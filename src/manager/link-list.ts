/** The list of links that were made for a program: who removes links has to know which are its own. Pure. */
import { ALL_LINK_FOLDERS } from './webui.ts'

/** A symbolic link as it was written. */
export interface WrittenLink {
  /** Below the program's folder, `/` between segments: `models/Lora/detail.safetensors`. */
  readonly path: string
  /** The text in the link. */
  readonly target: string
}

const VERSION = 1

/** The folder of a link and its name there. */
export function splitLinkPath(path: string): { readonly folder: string; readonly name: string } {
  const at = path.lastIndexOf('/')
  return { folder: path.slice(0, at), name: path.slice(at + 1) }
}

/** The file may have been edited: only names directly in folders that links are made in are ever looked at. */
function isLinkPath(path: string): boolean {
  const { folder, name } = splitLinkPath(path)
  return ALL_LINK_FOLDERS.includes(folder) && !/^\.{0,2}$|[\\\0]/.test(name)
}

function linkOf(value: unknown): WrittenLink[] {
  if (typeof value !== 'object' || value === null) return []
  const { path, target }: { path?: unknown; target?: unknown } = value
  const isLink = typeof path === 'string' && typeof target === 'string' && isLinkPath(path)
  return isLink ? [{ path, target }] : []
}

/** The links of a list. What cannot be read counts as nothing: then nothing is removed for its sake. */
export function parseLinkList(text: string): readonly WrittenLink[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return []
  }
  if (typeof parsed !== 'object' || parsed === null) return []
  const { version, links }: { version?: unknown; links?: unknown } = parsed
  return version === VERSION && Array.isArray(links) ? links.flatMap(linkOf) : []
}

export function formatLinkList(links: readonly WrittenLink[]): string {
  const sorted = links.toSorted((one, other) => (one.path < other.path ? -1 : 1))
  return `${JSON.stringify({ version: VERSION, links: sorted }, undefined, 2)}\n`
}
