import { join } from 'node:path'
import { folderOf } from './layout.ts'
import type { VolumeEntry } from './types.ts'
import type { Volume } from './volume.ts'
import type { WantedModel } from './wanted.ts'

/** Where a model goes. */
export function targetOf({ layout }: Pick<Volume, 'layout'>, { kind, fileName }: WantedModel): string {
  return join(folderOf(layout, kind), fileName)
}

/**
 * Where a model may be already, the likeliest place first: where the registry has it, where it goes, and, as other managers name files,
 * under its bare name.
 */
export function candidatesOf(
  volume: Pick<Volume, 'layout'>,
  wanted: WantedModel,
  entry: VolumeEntry | undefined,
): readonly string[] {
  const bare = join(folderOf(volume.layout, wanted.kind), wanted.name)
  const paths = [entry?.path, targetOf(volume, wanted), bare]
  return [...new Set(paths.filter((path) => path !== undefined))]
}
