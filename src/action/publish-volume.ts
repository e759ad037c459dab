import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as core from '@actions/core'
import { printableJson, sanitiseText } from '../core/index.ts'
import { type VolumeResult, volumeJson, volumeOutputsOf } from '../manager/index.ts'
import { annotateFailure } from './annotate-failure.ts'
import { describeVolume, formatVolumeSummary } from './volume-summary.ts'
import { writeSummary } from './write-summary.ts'

/** Everything, however large: an output holds 8 KiB. Other users of the machine need not read the prompt. */
async function writeResult(result: VolumeResult): Promise<string> {
  const folder = process.env['RUNNER_TEMP'] || tmpdir()
  const path = join(folder, `r3mes-volume-${randomBytes(8).toString('hex')}.json`)
  try {
    await writeFile(path, `${printableJson(volumeJson(result), 2)}\n`, { flag: 'wx', mode: 0o600 })
    return path
  } catch (thrown) {
    core.warning(sanitiseText(`The file of the result could not be written. ${String(thrown)}`), {
      title: 'setup-r3mes',
    })
    return ''
  }
}

/** Sets every output and the job summary of the sub-action. */
export async function publishVolume(result: VolumeResult): Promise<void> {
  const outputs = volumeOutputsOf(result, await writeResult(result))
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
  await writeSummary(() => formatVolumeSummary(result))
  core.info(sanitiseText(describeVolume(result)))
  if (result.error !== undefined) annotateFailure(result.error)
}
