/** The volume that docs/volume.md shows: its models are the same on every machine. */
import { modelBytes, sha256OfBytes } from './model-host.ts'
import { read } from './project.ts'
import { aVolumeWorld, type VolumeWorld } from './volume-command.ts'

/** Bytes of each file. */
const SIZES = {
  'sdxl.safetensors': 6_940_000,
  'detail.safetensors': 228_000,
  'ink.safetensors': 151_000,
  'bad-hands.pt': 24_600,
} as const

export interface ShownVolume extends VolumeWorld {
  /** Path of the request that the document shows. */
  readonly requestPath: string
  /** Text of a command with the paths and hosts that the document has. */
  shown(text: string): string
}

/** The request of the document, as it is written there. */
export function shownRequest(): string {
  const [, text] = /<!-- request -->\n```json\n([\s\S]*?)```/.exec(read('docs/volume.md')) ?? []
  if (text === undefined) throw new Error('docs/volume.md shows no request')
  return text
}

/** Digests of the models that the request names. */
export function shownDigests(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(SIZES).map(([file, size]) => [file, sha256OfBytes(modelBytes(file, size))]),
  )
}

export async function theShownVolume(): Promise<ShownVolume> {
  const world = await aVolumeWorld()
  for (const [file, size] of Object.entries(SIZES)) world.host.serve(file, modelBytes(file, size))
  const requestPath = await world.request(
    shownRequest().replaceAll('https://models.example.org', world.host.url),
  )
  return {
    ...world,
    requestPath,
    shown: (text) => text.replaceAll(world.base, '/workspace/models'),
  }
}
