/** Where a store is, as its user says it, and the folders that it needs. */
import { isAbsolute, resolve } from 'node:path'
import { R3mesError } from '../core/index.ts'
import type { Folder } from './folders.ts'
import { type Layout, layoutOf } from './layout.ts'

export interface StorePlaces {
  /** Absolute path of the store's root; `~` is expanded already. */
  readonly home: string
  /** Absolute path in place of `<home>/models` (`R3MES_MODEL_PATH`). */
  readonly modelDir?: string
  /** Absolute path in place of `<home>/adapters` (`R3MES_ADAPTER_DIR`). */
  readonly adapterDir?: string
}

/** @throws R3mesError `INPUT_INVALID` for a path that is not absolute */
export function layoutFor({ home, modelDir, adapterDir }: StorePlaces): Layout {
  return layoutOf(absolute(home, '`home`'), {
    ...(modelDir === undefined ? {} : { modelDir: absolute(modelDir, '`R3MES_MODEL_PATH`') }),
    ...(adapterDir === undefined ? {} : { adapterDir: absolute(adapterDir, '`R3MES_ADAPTER_DIR`') }),
  })
}

/** @throws R3mesError `INPUT_INVALID` */
function absolute(path: string, name: string): string {
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new R3mesError(
      'INPUT_INVALID',
      `${name} has to be an absolute path, such as /home/runner/.r3mes, or begin with \`~\`.`,
      { detail: path },
    )
  }
  return resolve(path)
}

/** Outer folders first. What other users may read is readable; what is unfinished, damaged or raw is not. */
export function foldersOf(layout: Layout, options: StorePlaces): readonly Folder[] {
  const models = options.modelDir === undefined ? '' : ' (`R3MES_MODEL_PATH`)'
  const adapters = options.adapterDir === undefined ? '' : ' (`R3MES_ADAPTER_DIR`)'
  return [
    { path: layout.home, title: "The store's home (`home`)", mode: 0o755 },
    { path: layout.models, title: `The store's folder of models${models}`, mode: 0o755 },
    { path: layout.datasets, title: "The store's folder of datasets", mode: 0o755 },
    { path: layout.adapters, title: `The store's folder of adapters${adapters}`, mode: 0o755 },
    { path: layout.cache, title: "The store's cache folder", mode: 0o755, isDispensable: true },
    { path: layout.blobRoot, title: "The store's folder of blobs", mode: 0o700 },
    { path: layout.blobs, title: "The store's folder of blobs", mode: 0o700 },
    { path: layout.quarantine, title: "The store's quarantine", mode: 0o700 },
    { path: layout.partials, title: "The store's folder of partial downloads", mode: 0o700 },
  ]
}
