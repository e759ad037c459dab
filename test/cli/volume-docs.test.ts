import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseVolumeRequest } from '../../src/manager/index.ts'
import { read } from '../support/project.ts'
import { shownDigests, shownRequest, theShownVolume } from '../support/shown-volume.ts'

/** The block of the document that shows a command and what it printed. */
function shown(command: string): string {
  const blocks = [...read('docs/volume.md').matchAll(/```console\n([^`]*)```/g)].map(([, text = '']) => text)
  const block = blocks.find((text) => text.startsWith(`$ ${command}\n`))
  if (block === undefined) throw new Error(`docs/volume.md shows no \`${command}\``)
  return block.slice(block.indexOf('\n') + 1)
}

/** Without what differs between machines. */
const anywhere = (text: string): string => text.replace(/^The disk has .*$/m, 'The disk has …')

describe('docs/volume.md', () => {
  it('shows a request that names its models by their digests', () => {
    const request = parseVolumeRequest(new TextEncoder().encode(shownRequest()))
    const digests = shownDigests()
    expect([
      request.checkpoint?.hash,
      ...(request.loras ?? []).map(({ hash }) => hash?.replace('sha256:', '')),
      ...(request.embeddings ?? []).map(({ hash }) => hash),
    ]).toEqual(Object.values(digests))
  })

  it('shows what the commands print', { timeout: 120_000 }, async () => {
    const { folder, requestPath, volume, shown: asShown } = await theShownVolume()
    const prepared = await volume('prepare', requestPath)
    expect(prepared.stderr).toBe('')
    expect(asShown(prepared.stdout)).toBe(shown('r3mes volume prepare request.json'))
    await volume('prepare', requestPath)
    const stats = await volume('stats')
    expect(anywhere(stats.stdout)).toBe(anywhere(shown('r3mes volume stats')))
    const linked = await volume('link', '--to', join(folder, 'ComfyUI'), '--webui', 'comfyui')
    expect(linked).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: shown('r3mes volume link --to /opt/ComfyUI --webui comfyui'),
    })
  })
})
