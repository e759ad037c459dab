/**
 * Every input and output of the sub-action `volume` once: its action.yml, the flags of `r3mes volume`, docs/volume.md and the tests all
 * speak of these. Order of precedence as everywhere: a value that is not empty, then the environment variable, then the default.
 */
import { type InputSpec, VERIFY_MODES } from '../ensure/index.ts'

export const ON_ERROR_MODES = ['continue', 'fail'] as const

/** Every input of the sub-action once: its `action.yml`, its document and its code speak of these. */
export const VOLUME_INPUTS = [
  {
    name: 'base',
    environment: 'MODELS_BASE_PATH',
    default: '/workspace/models',
    form: 'text',
    kind: 'path',
    description: 'Folder of the volume.',
  },
  {
    name: 'request',
    default: '',
    form: 'text',
    actionOnly: true,
    description:
      'What to bring: JSON with `checkpoint`, `loras`, `embeddings` and `prompt`, or the path of a file that holds it.',
  },
  {
    name: 'on-error',
    default: 'continue',
    form: 'text',
    values: ON_ERROR_MODES,
    description:
      'When a model cannot be had: `continue` hands out the others all the same, `fail` hands out nothing. Either way the run fails in the end.',
  },
  {
    name: 'allow-unpinned',
    default: 'false',
    form: 'flag',
    description:
      '`true`: URLs without a hash are brought, hashed, and have to have the same bytes ever after.',
  },
  {
    name: 'mirrors',
    default: '',
    form: 'lines',
    description:
      'URL templates of mirrors, one a line, with `{sha256}` or `{path}` (its path in the volume, such as `loras/detail.safetensors`). Asked where a model’s own host fails.',
  },
  {
    name: 'allow-hosts',
    default: '',
    form: 'lines',
    description: '`host:port` of hosts that may be asked although they are private or without TLS.',
  },
  {
    name: 'hf-token',
    environment: 'HF_TOKEN',
    default: '',
    form: 'text',
    secret: true,
    description: 'HuggingFace token. It is sent to `hf-endpoint` alone.',
  },
  {
    name: 'hf-endpoint',
    environment: 'HF_ENDPOINT',
    default: 'https://huggingface.co',
    form: 'text',
    description: 'HuggingFace hub, or a mirror of it.',
  },
  {
    name: 'civitai-token',
    environment: 'CIVITAI_API_TOKEN',
    default: '',
    form: 'text',
    secret: true,
    description: 'CivitAI token. It is sent to civitai.com alone.',
  },
  {
    name: 'parallel-downloads',
    default: '8',
    form: 'text',
    description: 'How many files are fetched at the same time, 1 to 64.',
  },
  {
    name: 'verify',
    default: 'always',
    form: 'text',
    values: VERIFY_MODES,
    description:
      '`always`: every model that is handed out is hashed. `changed`: files that did not change since they were last hashed are not hashed again. See docs/store.md.',
  },
] as const satisfies readonly InputSpec[]

export type VolumeInputName = (typeof VOLUME_INPUTS)[number]['name']

export const VOLUME_OUTPUTS = [
  { name: 'success', description: '`true` when everything that was asked for is in place and verified.' },
  {
    name: 'checkpoint-path',
    description: 'Absolute path of the checkpoint. Empty when none was asked for, or it could not be had.',
  },
  {
    name: 'lora-paths',
    description: 'JSON: `[path, scale]` of each LoRA that is in place, in the order of the request.',
  },
  {
    name: 'embedding-paths',
    description: 'JSON: paths of the embeddings that are in place, in the order of the request.',
  },
  {
    name: 'prompt',
    description: 'The prompt with a `<lora:name:scale>` for each LoRA that is in place before it.',
  },
  {
    name: 'stats',
    description: 'JSON: what the volume holds, with the keys of the Python manager. Sizes in bytes.',
  },
  {
    name: 'result',
    description: 'Path of a JSON file with all of this, and every failure. It goes away with the job.',
  },
  { name: 'error-code', description: 'Code of the first failure, see docs/errors.md. Empty on success.' },
  { name: 'error-message', description: 'What failed and what to do. Empty on success.' },
] as const

export type VolumeOutputName = (typeof VOLUME_OUTPUTS)[number]['name']
