/** Builds the real chain of the tests ahead of them, and says how it goes. */
import { chainBinary } from './chain-binary.ts'

console.log(`The real chain: ${await chainBinary(console.log)}`)
