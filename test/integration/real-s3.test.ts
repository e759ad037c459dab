/** Any object store can be a mirror: here a real S3 server with a bucket that everybody may read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goIsThere } from '../../scripts/chain-binary.ts'
import { CURL, isThere } from '../../scripts/real-parts/programs.ts'
import { approveDataset } from '../../src/devnet/index.ts'
import { type S3, startS3 } from '../support/s3.ts'
import { aScenario } from '../support/scenario.ts'
import { finalTree } from '../support/tree.ts'

/** Time for the first test on a machine to build the server. */
const BUILD_MS = 20 * 60_000

const SIZE = 20 * 1024 * 1024

describe.skipIf(!goIsThere() || !isThere(CURL))(
  'a bucket of a real S3 server as a mirror (needs Go and curl)',
  () => {
    let s3: S3
    beforeAll(async () => {
      s3 = await startS3()
    }, BUILD_MS)
    afterAll(() => s3?.[Symbol.asyncDispose]())

    /** A data set that no place of its record has, and a run that asks the bucket for it by its digest. */
    async function aMirrored(name: string) {
      const { devnet, step, store } = await aScenario({ cache: false })
      const content = devnet.addContent(name, SIZE)
      approveDataset(devnet, { datasetId: 9n, metadata: { name, checksum: content.sha256 } })
      const run = () =>
        step({ 'model-version': 'none', datasets: name, sources: 'http', mirrors: `${s3.url}/{sha256}` })
      return { content, run, store }
    }

    it('serves a file under its digest to whoever asks, without a key', async () => {
      const { content, run, store } = await aMirrored('mirrored')
      await s3.put(content.sha256, content.read(0, content.size))
      expect((await run()).outputs).toMatchObject({
        success: 'true',
        'bytes-downloaded': String(SIZE),
      })
      expect(Object.values(await finalTree(store))).toEqual([content.sha256])
    })

    it('that holds other bytes under the digest is named, and nothing is put in place', async () => {
      const { content, run, store } = await aMirrored('spoiled')
      const bytes = Buffer.from(content.read(0, content.size))
      bytes.writeUInt8(bytes.readUInt8(SIZE - 1) ^ 1, SIZE - 1)
      await s3.put(content.sha256, bytes)
      const { outputs, stdout } = await run()
      expect(outputs['error-code']).toBe('DIGEST_MISMATCH')
      expect(stdout).toContain(new URL(s3.url).host)
      expect(await finalTree(store)).toEqual({})
    })

    it('that lacks the file says so', async () => {
      const { run, store } = await aMirrored('absent')
      const { outputs } = await run()
      expect(outputs['error-code']).toBe('SOURCES_EXHAUSTED')
      expect(await finalTree(store)).toEqual({})
    })
  },
)
