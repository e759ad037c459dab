/** A whole run on a volume, from a request to what the faces show. */
import { asR3mesError } from '../core/index.ts'
import type { ModelManager } from './model-manager.ts'
import type { PrepareOptions, VolumeRequest } from './types.ts'
import { failedVolume, interruptedVolume, type VolumeResult, volumeResult } from './volume-result.ts'

/**
 * Brings what a request asks for, builds the prompt, and counts what the volume holds then. Never throws: what failed stands in the
 * result.
 *
 * @param readRequest reads it; its errors become the result
 */
export async function prepareVolume(
  manager: ModelManager,
  readRequest: () => Promise<VolumeRequest>,
  options: PrepareOptions = {},
): Promise<VolumeResult> {
  try {
    const request = await readRequest()
    const prepared = await manager.prepareRequest(request, options)
    return volumeResult(prepared, request.prompt ?? '', await manager.getCacheStats())
  } catch (thrown) {
    return options.signal?.aborted === true ? interruptedVolume() : failedVolume(asR3mesError(thrown))
  }
}
