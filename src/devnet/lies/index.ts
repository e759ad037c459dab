export { liarFor } from './keyless.ts'
export {
  isKeyless,
  KEYED_LIES,
  KEYLESS_LIES,
  type KeyedLie,
  type KeylessLie,
  LIES,
  type LieFacts,
  type LieMode,
} from './modes.ts'
export { lyingProxy } from './proxy.ts'
export { tell, type World } from './tell.ts'
