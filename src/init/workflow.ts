/** The workflow of a repository, and its step alone. Pure. */
import type { InputName } from '../ensure/index.ts'
import { type Answers, DEFAULT_RUNNER } from './answers.ts'
import { entry, scalar } from './yaml.ts'

/** Where GitHub looks, from the top of the repository. */
export const WORKFLOW_PATH = '.github/workflows/r3mes.yml'

/** The inputs that a step is given, in the order of a reader's questions. */
const STEP_INPUTS = [
  'rpc-urls',
  'chain-id',
  'model-version',
  'model-name',
  'adapters',
  'datasets',
  'hf-endpoint',
  'ipfs-gateways',
] as const satisfies readonly InputName[]

/** What a step need not say. */
const USUAL: Readonly<Partial<Record<InputName, string>>> = { 'hf-endpoint': 'https://huggingface.co' }

/** The lines of the step, as they stand in a list of steps. */
function stepLines({ inputs }: Answers, version: string): readonly string[] {
  const given = STEP_INPUTS.filter((name) => inputs[name] !== '' && inputs[name] !== USUAL[name])
  return [
    '      # A tag can be moved. For exactly the bytes of today, write the commit in place of the version:',
    `      #   git ls-remote https://github.com/r3mes-network/setup-r3mes v${version}`,
    `      - uses: r3mes-network/setup-r3mes@v${version}`,
    '        id: r3mes',
    '        with:',
    ...given.map((name) => entry(name, inputs[name], 10)),
  ]
}

/** What somebody pastes into the `steps` of a workflow. */
export function stepText(answers: Answers, version: string): string {
  return `${stepLines(answers, version).join('\n')}\n`
}

/** A step that shows what the one before it has brought. */
function useLines({ inputs }: Answers): readonly string[] {
  const [name, output] =
    inputs['model-version'] === 'none'
      ? (['DATASETS', 'dataset-paths'] as const)
      : (['MODEL', 'model-path'] as const)
  return [
    '      - env:',
    `          ${name}: \${{ steps.r3mes.outputs.${output} }}`,
    `        run: ${name === 'MODEL' ? 'ls -lR "$MODEL"' : 'echo "$DATASETS"'}`,
  ]
}

/** A whole workflow, which may read the repository and nothing else. */
export function workflowText(answers: Answers, version: string): string {
  const { runner } = answers
  const [only = DEFAULT_RUNNER] = runner
  const labels = runner.length > 1 ? `[${runner.map(scalar).join(', ')}]` : scalar(only)
  return `${[
    '# Brings what the R3MES chain approves, and checks every byte of it. Written by `r3mes init`; change what you like.',
    'name: R3MES',
    'on:',
    '  push:',
    '  workflow_dispatch:',
    'permissions:',
    '  contents: read',
    'jobs:',
    '  r3mes:',
    `    runs-on: ${labels}`,
    '    steps:',
    '      # For r3mes.lock, which says from which block trust starts and what may be brought.',
    '      - uses: actions/checkout@v5',
    '        with:',
    '          persist-credentials: false',
    ...stepLines(answers, version),
    ...useLines(answers),
  ].join('\n')}\n`
}
