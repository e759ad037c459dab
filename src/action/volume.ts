import * as core from '@actions/core'
import { asR3mesError, sanitiseText } from '../core/index.ts'
import {
  interruptOnSignals,
  outliveClosedPipes,
  privateKeyNames,
  type RawInputs,
  refusePrivateKeys,
} from '../ensure/index.ts'
import {
  failedVolume,
  ModelManager,
  prepareVolume,
  readRequestInput,
  readVolumeInputs,
  type VolumeResult,
  volumeInputText,
} from '../manager/index.ts'
import { publishVolume } from './publish-volume.ts'
import { readInputs } from './read-inputs.ts'
import { ActionReporter } from './reporter.ts'

async function run(inputs: RawInputs, reporter: ActionReporter, signal: AbortSignal): Promise<VolumeResult> {
  try {
    refusePrivateKeys(inputs)
    const { options, onError, request } = readVolumeInputs(inputs, process.env)
    await using manager = new ModelManager({ ...options, reporter, signal })
    return await prepareVolume(manager, () => readRequestInput(request), { onError, signal })
  } catch (thrown) {
    return failedVolume(asR3mesError(thrown))
  }
}

/** The sub-action `volume`: reads inputs, brings the models of a request, and publishes what came of it. */
async function main(): Promise<void> {
  outliveClosedPipes()
  const interruption = interruptOnSignals()
  const reporter = new ActionReporter()
  const inputs = readInputs(process.env)
  const secrets = [
    ...privateKeyNames(Object.keys(inputs)).map((name) => inputs[name]),
    volumeInputText('hf-token', inputs, process.env),
    volumeInputText('civitai-token', inputs, process.env),
    process.env['CIVITAI_TOKEN'],
  ]
  for (const secret of secrets) if (secret) core.setSecret(secret)

  const result = await run(inputs, reporter, interruption.signal)
  await publishVolume(result)
  reporter.annotate()
  process.exitCode = interruption.exitCode() ?? result.error?.exitCode ?? 0
}

main().catch((error: unknown) => {
  core.error(sanitiseText(`INTERNAL: ${error instanceof Error ? error.stack : String(error)}`))
  process.exitCode = 1
})
