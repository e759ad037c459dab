import type { EnsureResult } from '../../src/ensure/index.ts'

/** Files brought by the transfer engine alone. */
export interface FilesJob {
  readonly kind: 'files'
  readonly files: readonly { readonly url: string; readonly sha256: string; readonly bytes: number }[]
  /** Each lands under its digest. */
  readonly folder: string
  /** Files at the same time. */
  readonly parallel: number
  /** The time counts until the files are on the disk, as it does in a store. */
  readonly sync?: boolean
}

/** A whole run: approvals, plan, files, promotion, cache. */
export interface EnsureJob {
  readonly kind: 'ensure'
  readonly inputs: Readonly<Record<string, string>>
  /** Whose time counts. */
  readonly phases: readonly (keyof EnsureResult['phases'])[]
  /** The runner's cache service. */
  readonly cache?: { readonly url: string; readonly token: string }
}

export type OurJob = FilesJob | EnsureJob
