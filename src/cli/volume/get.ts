import { Command, InvalidArgumentError, Option } from 'commander'
import { didYouMeanValue, printableJson } from '../../core/index.ts'
import { type GotModel, MODEL_KINDS, type ModelKind } from '../../manager/index.ts'
import { print, printLine } from '../output.ts'
import { atVolume } from './at-volume.ts'
import { BRINGING, withInputs } from './options.ts'

const HELP = `
The path of the file stands on standard output, all else on standard error.

Examples:
  r3mes volume get https://huggingface.co/owner/name/resolve/main/sdxl.safetensors \\
    --sha256 31e3…64 digits… --as checkpoint/sdxl
  r3mes volume get 'https://civitai.com/api/download/models/135867' --sha256 0d9b…64 digits… --as lora/detail
                       with the token of CIVITAI_API_TOKEN; HF_TOKEN is that of HuggingFace
  r3mes volume get https://models.example.org/style.safetensors --as lora/style --allow-unpinned
                       nobody says which bytes are right: those of the first time have to come ever after`

interface Place {
  readonly kind: ModelKind
  readonly name: string
}

function parsePlace(text: string): Place {
  const [word = '', ...rest] = text.split('/')
  const kind = MODEL_KINDS.find((each) => each === word)
  if (kind !== undefined && rest.length > 0) return { kind, name: rest.join('/') }
  throw new InvalidArgumentError(
    `This is a kind and a name, such as lora/detail. Kinds: ${MODEL_KINDS.join(', ')}.${didYouMeanValue(word, MODEL_KINDS)}`,
  )
}

/** An empty one comes from a variable that is not set: it must not mean that any bytes will do. */
function parseHash(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('It is empty. Leave the flag out where there is no hash.')
}

interface GetFlags {
  readonly as: Place
  readonly sha256?: string
  readonly json?: boolean
}

function jsonOf({ kind, name, path, sha256, size, isHit, isUnpinned }: GotModel): unknown {
  return {
    success: true,
    kind,
    name,
    path,
    sha256,
    'file-size': size,
    brought: !isHit,
    unpinned: isUnpinned,
    'error-code': '',
    'error-message': '',
  }
}

/** `r3mes volume get`: one model by URL. */
export function getCommand(): Command {
  const command = new Command('get')
    .description(
      'Bring one model from a URL to the volume, every byte checked. What is there already is hashed.',
    )
    .argument('<url>', 'https URL of the file: HuggingFace, CivitAI or any other host.')
    .addOption(
      new Option('--as <kind/name>', 'What it is and how its file is called, such as lora/detail.')
        .argParser(parsePlace)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--sha256 <hex>',
        'SHA-256 that the file has to have, in either case, also with sha256: before it.',
      ).argParser(parseHash),
    )
    .option('--json', 'Print what was got as JSON.')
    .addHelpText('after', HELP)
  return withInputs(command, BRINGING).action(async (url: string, flags: GetFlags) => {
    const { as, sha256, json } = flags
    await atVolume(command, { isThere: false }, async ({ manager }) => {
      const got = await manager.get(as.kind, {
        name: as.name,
        url,
        ...(sha256 === undefined ? {} : { hash: sha256 }),
      })
      if (json === true) await print(`${printableJson(jsonOf(got), 2)}\n`)
      else await printLine(got.path)
      return 0
    })
  })
}
