import type { WantedFile } from '../core/index.ts'
import type { Network } from '../transfer/index.ts'
import { below, encodePath } from './paths.ts'
import type { Source } from './types.ts'

/** A Kubo node on this machine, asked first when it runs. */
export const LOCAL_GATEWAY: URL = new URL('http://127.0.0.1:8080')
export const PUBLIC_GATEWAYS: readonly URL[] = [new URL('https://ipfs.io'), new URL('https://dweb.link')]

/** Milliseconds a gateway on this machine gets to answer at all. */
const PROBE_MS = 1_000

export interface IpfsSettings {
  /** Base URLs in the order to ask; absent: the default list. */
  readonly gateways?: readonly URL[] | undefined
}

/**
 * A gateway's base URL. `localhost` becomes 127.0.0.1, Host included: Kubo answers requests for `localhost` with a
 * redirect to a name below it, which few resolvers know.
 */
export function gatewayUrl(given: URL): URL {
  const url = new URL(given)
  if (/^localhost\.?$/.test(url.hostname)) url.hostname = '127.0.0.1'
  return url
}

/** Multibase text as CIDs have it; what it means is the gateway's business, since the bytes are hashed anyway. */
const CID = /^[A-Za-z0-9]{8,128}$/

/** Encoded paths below `/ipfs/`: the file's own CID first, then the places of its record. */
function ipfsPaths(file: WantedFile): string[] {
  const named = file.places
    .filter((place) => place.kind === 'ipfs')
    .filter((place) => CID.test(place.cid))
    .map((place) => (place.path === '' ? place.cid : encodePath(`${place.cid}/${place.path}`)))
    .filter((path) => path !== undefined)
  const own = file.cid !== undefined && CID.test(file.cid) ? [file.cid] : []
  return [...new Set([...own, ...named])]
}

/** Plain files of IPFS gateways, for files whose SHA-256 is approved. */
export function ipfsSource({ gateways }: IpfsSettings, network: Network): Source {
  const configured = gateways?.map(gatewayUrl)
  let chosen: Promise<readonly URL[]> | undefined
  const choose = async (): Promise<readonly URL[]> => {
    if (configured !== undefined) return configured
    const local = (await network.answers(LOCAL_GATEWAY, PROBE_MS)) ? [LOCAL_GATEWAY] : []
    return [...local, ...PUBLIC_GATEWAYS]
  }
  return {
    name: 'ipfs',
    async origins(file) {
      const paths = ipfsPaths(file)
      if (paths.length === 0) return []
      // Once per run, and only when an IPFS file is wanted: nobody else's machine is knocked at.
      chosen ??= choose()
      return (await chosen).flatMap((gateway) =>
        paths.map((path) => ({
          source: 'ipfs' as const,
          url: below(gateway, `ipfs/${path}`),
          configured: true,
        })),
      )
    },
  }
}
