import { candidatesOf } from './candidates.ts'
import type { ModelKind, ModelRequest } from './types.ts'
import type { WritableVolume } from './volume.ts'
import { readWanted, type WantedModel } from './wanted.ts'

/** Says in one step which files a request is going to use. Each model says it of its own, if nobody did: one by one that takes long. */
export async function announce(
  { layout, settings, store }: WritableVolume,
  asked: readonly { readonly kind: ModelKind; readonly request: ModelRequest }[],
): Promise<void> {
  const wanted: WantedModel[] = []
  for (const { kind, request } of asked) {
    try {
      wanted.push(readWanted(kind, request, settings))
    } catch {
      // It fails in its turn, with its name.
    }
  }
  await store.leases.use({
    blobs: wanted.map(({ sha256 }) => sha256).filter((sha256) => sha256 !== undefined),
    artifacts: wanted.flatMap((each) => candidatesOf({ layout }, each, undefined)),
  })
}
