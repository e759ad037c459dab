/**
 * A devnet in a process of its own, so that what it costs is not counted as the client's. Its parent gives the options as JSON in
 * the first argument, gets urls, anchor and adapters in the first message, and may ask how many requests came in. It ends with its
 * parent.
 */
import { approveAdapter, startDevnet } from '../src/devnet/index.ts'

interface Options {
  readonly validators: number
  readonly history: number
  readonly adapters: number
}

const options: Options = JSON.parse(process.argv[2] ?? '')
const devnet = await startDevnet({ ...options, sizes: { model: 1024, adapter: 1024, dataset: 1024 } })
const adapters = Array.from({ length: options.adapters }, (_, n) => `bench_${String(n).padStart(4, '0')}`)
for (const adapterId of adapters) {
  const content = devnet.addContent(adapterId, 1024)
  devnet.publishToMirror(`${adapterId}.safetensors`, content)
  approveAdapter(devnet, {
    adapterId,
    checksum: content.sha256,
    sizeBytes: BigInt(content.size),
    compatibleModelVersions: ['1.0.0'],
    fileName: `${adapterId}.safetensors`,
    downloadSource: `${devnet.urls.mirror}/${adapterId}.safetensors`,
  })
}
devnet.advance(3)
const { height, hash } = devnet.anchor()
// Blocks are signed when somebody asks for them: the last one asks for all.
devnet.anchor(devnet.height)

process.on('disconnect', () => devnet.close())
process.on('message', (ask) => {
  if (ask === 'clear') devnet.requests.clear()
  const rpc = devnet.requests.to('rpc').length + devnet.requests.to('rpc2').length
  process.send?.({ rpc, content: devnet.requests.content().length })
})
process.send?.({
  chainId: devnet.chainId,
  inputs: devnet.inputs(),
  urls: devnet.urls,
  anchor: { height: height.toString(), hash },
  height: devnet.height.toString(),
  adapters,
})
