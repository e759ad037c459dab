export { type CheckedEntries, checkEntries } from './check-entries.ts'
export { type LinkOptions, type LinkReport, linkModels, type ModelToLink } from './link.ts'
export { buildLoraPrompt } from './lora-prompt.ts'
export { ModelManager } from './model-manager.ts'
export { prepareVolume } from './prepare-volume.ts'
export { readRequestFile, readRequestInput } from './read-request.ts'
export { parseVolumeRequest } from './request-file.ts'
export { modelManager } from './singleton.ts'
export * from './types.ts'
export {
  ON_ERROR_MODES,
  VOLUME_INPUTS,
  VOLUME_OUTPUTS,
  type VolumeInputName,
  type VolumeOutputName,
} from './volume-inputs.ts'
export {
  readVolumeInputs,
  type TypedVolume,
  volumeInputText,
} from './volume-options.ts'
export {
  failedVolume,
  isComplete,
  type VolumeResult,
  volumeJson,
  volumeOutputsOf,
} from './volume-result.ts'
export { WEBUIS, type Webui } from './webui.ts'
