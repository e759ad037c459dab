/** Runs of the HuggingFace source against a hub: what it asks, what it brings, what it says. */
import type { WantedFile } from '../../src/core/index.ts'
import type { Content, Devnet } from '../../src/devnet/index.ts'
import {
  createFetchRun,
  createSources,
  type FetchedFile,
  type FetchFailure,
  fetchFile,
} from '../../src/sources/index.ts'
import { aReporter } from './store.ts'
import { aNetwork, partialPath } from './transfer.ts'

export interface HubRunOptions {
  readonly endpoint: string
  readonly allowHosts: readonly string[]
  readonly token?: string
  readonly mirrors?: readonly string[]
}

/** One run, in which all files share what was found out. */
export function aHubRun({ endpoint, allowHosts, token, mirrors = [] }: HubRunOptions) {
  const reporter = aReporter()
  const network = aNetwork({ allowHosts, reporter })
  const sources = createSources({
    order: mirrors.length === 0 ? ['huggingface'] : ['huggingface', 'http'],
    huggingface: { endpoint: new URL(endpoint), token },
    ipfs: { gateways: [] },
    http: { mirrors },
    network,
    reporter,
  })
  const run = createFetchRun(reporter)
  const failures: FetchFailure[] = []
  return {
    failures,
    warnings: () => reporter.lines.filter(({ level }) => level === 'warning').map(({ text }) => text),
    prepare: (...artifacts: (readonly WantedFile[])[]) => {
      for (const source of sources) source.prepare?.(artifacts)
    },
    fetch: async (file: WantedFile): Promise<FetchedFile> =>
      fetchFile(sources, file, await partialPath(), network, run, {
        onFailure: (failure) => failures.push(failure),
      }),
  }
}

/** As {@link aHubRun}, against a devnet's hub. */
export function aDevnetHubRun({ urls }: Devnet, more: { token?: string; withMirror?: boolean } = {}) {
  return aHubRun({
    endpoint: urls.hub,
    allowHosts: [new URL(urls.cdn).host],
    ...(more.token === undefined ? {} : { token: more.token }),
    ...(more.withMirror === true ? { mirrors: [`${urls.mirror}/sha256/{sha256}`] } : {}),
  })
}

/** A file that is approved with a content's digest and size, and has its place on the hub. */
export function onHub(content: Content, repo: string, path: string, revision = 'main'): WantedFile {
  return {
    sha256: content.sha256,
    size: content.size,
    subject: `model 1.0.0: ${path}`,
    mirrorPath: '',
    places: [{ kind: 'huggingface', repoType: 'model', repo, revision, path }],
  }
}

/** What a devnet's hub was asked, in order: method and path without the host. */
export function askedOfHub(devnet: Devnet): string[] {
  return devnet.requests.to('hub').map(({ path }) => path)
}
