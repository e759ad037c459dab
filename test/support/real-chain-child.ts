/** A process that starts a real chain, says where it is, and closes it when its standard input says so. */
import { once } from 'node:events'
import { realChain } from './real-chain.ts'

const chain = await realChain({ powers: [10, 10] })
console.log(chain.rpcUrls.join(' '))
await once(process.stdin, 'data')
await chain.close()
