/** What a request asks for, checked. Pure. */
import { foldCase, R3mesError, type Sha256Hex } from '../core/index.ts'
import { readHash } from './digests.ts'
import { checkKeys } from './keys.ts'
import { type ModelUrl, readModelUrl } from './model-url.ts'
import { checkName, fileNameOf, subjectOf } from './names.ts'
import type { VolumeSettings } from './settings.ts'
import { type LoraRequest, type ModelKind, type ModelRequest, SECTION_OF_MODEL } from './types.ts'

const MODEL_KEYS: readonly (keyof ModelRequest)[] = ['name', 'url', 'hash']
const LORA_KEYS: readonly (keyof LoraRequest)[] = [...MODEL_KEYS, 'scale']

/** A model that is asked for. */
export interface WantedModel {
  readonly kind: ModelKind
  readonly name: string
  /** In checked names. */
  readonly subject: string
  readonly url: ModelUrl
  /** Undefined: nobody named one. */
  readonly sha256: Sha256Hex | undefined
  /** In the folder of its kind, when nothing else is known. */
  readonly fileName: string
  /** Below the volume, for mirrors. */
  readonly mirrorPath: string
}

/**
 * @throws R3mesError `ID_UNSAFE`, `INPUT_INVALID`, `URL_REFUSED`
 */
export function readWanted(kind: ModelKind, request: ModelRequest, settings: VolumeSettings): WantedModel {
  if (typeof request !== 'object' || request === null) {
    throw new R3mesError(
      'INPUT_INVALID',
      `A ${kind} of the request is no object. Write each as {"name": …, "url": …, "hash": …}.`,
    )
  }
  const { name } = request
  checkName(name, kind)
  const subject = subjectOf(kind, name)
  checkKeys(subject, request, kind === 'lora' ? LORA_KEYS : MODEL_KEYS)
  const sha256 = readHash(request.hash, subject)
  const url = readModelUrl(request.url, subject, {
    allowHosts: settings.allowHosts,
    hub: settings.hfEndpoint,
  })
  if (sha256 === undefined && !settings.allowUnpinned) {
    throw new R3mesError(
      'INPUT_INVALID',
      `The request names no hash of ${subject}. Name its SHA-256 as \`hash\`, or allow models without one with \`allowUnpinned\` (\`allow-unpinned\`): then what the URL delivers first is what it has to deliver ever after.`,
    )
  }
  const fileName = fileNameOf(kind, name, url.file)
  return { kind, name, subject, url, sha256, fileName, mirrorPath: `${SECTION_OF_MODEL[kind]}/${fileName}` }
}

function isSameModel(one: WantedModel, other: WantedModel): boolean {
  return one.name === other.name && one.sha256 === other.sha256 && one.url.recorded === other.url.recorded
}

/** Says of each model of a request whether it would be the file of another one before it. */
export class FilesOfRequest {
  readonly #taken = new Map<string, WantedModel>()

  /** @throws R3mesError `ID_UNSAFE` */
  add(wanted: WantedModel): void {
    const key = foldCase(wanted.mirrorPath)
    const other = this.#taken.get(key)
    if (other !== undefined && !isSameModel(other, wanted)) throw sameFile(wanted, other.name)
    this.#taken.set(key, wanted)
  }
}

/** The error for two names of one file. */
export function sameFile({ subject }: WantedModel, other: string): R3mesError {
  return new R3mesError(
    'ID_UNSAFE',
    `The file of ${subject} would be the one of another model, whose name differs from it in nothing, in upper and lower case or in the extension alone. Choose another name.`,
    { detail: other },
  )
}
