/** Names of models and the files that they stand for. Pure. */
import { isSafeName, R3mesError } from '../core/index.ts'
import type { ModelKind } from './types.ts'

/** Extensions that the files of models have. */
const MODEL_EXTENSIONS: ReadonlySet<string> = new Set([
  ...['.safetensors', '.ckpt', '.pt', '.pth', '.bin', '.gguf', '.onnx', '.sft', '.zip'],
])

const DEFAULT_EXTENSION = '.safetensors'

/** The extension of a file of a model; undefined for any other end of a name, such as the `.0` of `sdxl 1.0`. */
function modelExtension(name: string): string | undefined {
  // Unlike `extname`, which takes a name that is an extension alone for a name.
  const extension = /\.[^.]*$/.exec(name)?.[0].toLowerCase() ?? ''
  return MODEL_EXTENSIONS.has(extension) ? extension : undefined
}

/**
 * Says that a name may name a file.
 *
 * @throws R3mesError `ID_UNSAFE`
 */
export function checkName(name: string, kind: ModelKind): void {
  if (typeof name === 'string' && isSafeName(name)) return
  throw new R3mesError(
    'ID_UNSAFE',
    `The name of a ${kind} cannot name a file. It may hold ASCII letters, digits, spaces and the marks . _ + - and has to begin with a letter or a digit; no separators, no dot or space at its end, no device name of Windows, at most 128 characters. Choose another name.`,
    { detail: String(name) },
  )
}

/** How people are told of a model: checked names only. */
export function subjectOf(kind: ModelKind, name: string): string {
  return `${kind} ${name}`
}

/** The same error, saying which of the models it is about. */
export function withSubject(thrown: unknown, subject: string): unknown {
  if (!(thrown instanceof R3mesError)) return thrown
  const { code, message, detail } = thrown
  return new R3mesError(code, `${subject} could not be brought. ${message}`, {
    cause: thrown,
    ...(detail === undefined ? {} : { detail }),
  })
}

/**
 * The file of a model in the folder of its kind. A name that has the extension of a model's file is that file's name. A LoRA is a
 * `.safetensors` file otherwise; of the others, the URL says it, if its last segment has such an extension.
 *
 * @param name a checked one
 * @param urlFile last segment of the URL's path
 */
export function fileNameOf(kind: ModelKind, name: string, urlFile: string | undefined): string {
  if (modelExtension(name) !== undefined) return name
  const fromUrl = kind === 'lora' || urlFile === undefined ? undefined : modelExtension(urlFile)
  return `${name}${fromUrl ?? DEFAULT_EXTENSION}`
}

/** Whether a name out of a registry may be a file in the folder of its kind. */
export function isFileName(name: string): boolean {
  return isSafeName(name)
}

/** A name without the extension of a model's file: what prompts call a LoRA. */
export function stemOf(fileName: string): string {
  const extension = modelExtension(fileName)
  return extension === undefined ? fileName : fileName.slice(0, -extension.length)
}
