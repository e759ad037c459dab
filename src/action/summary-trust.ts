import { sanitiseHtml } from '../core/index.ts'
import { type EnsureResult, formatPeriod, type LockOffer, witnessesThatAgree } from '../ensure/index.ts'

/** A lockfile of this many bytes still leaves the rest of the summary its room below GitHub's 1 MiB. */
const MOST_LOCKFILE = 300_000

const when = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`

function lightClientWords({ evidence }: EnsureResult): string {
  if (evidence?.anchor === undefined) return ''
  const { anchor, target, witnesses } = evidence
  const agreeing = witnessesThatAgree(evidence).length
  const seen =
    witnesses.length === 0 ? 'no witness was asked' : `${agreeing} of ${witnesses.length} witnesses agree`
  return `every record is proven against block <b>${target.height}</b> of ${when(target.time)}, verified from block ${anchor.height} (${sanitiseHtml(anchor.origin)}); ${seen}`
}

function quorumWords({ evidence }: EnsureResult): string {
  if (evidence === undefined) return ''
  const endpoints = [evidence.primary, ...witnessesThatAgree(evidence).map(({ endpoint }) => endpoint)]
  return `every record is proven against block <b>${evidence.target.height}</b> of ${when(evidence.target.time)}, on which ${endpoints.length} endpoints agree; trust is on first use`
}

/** How far the approvals can be trusted, in plain words. */
export function trustWords(result: EnsureResult): string {
  const { trust, trustExpiresAt, frozen, error } = result
  if (trust === undefined) return '–'
  const words = {
    'light-client': lightClientWords(result),
    quorum: quorumWords(result),
    rpc: 'one endpoint was believed, nothing is proven',
    lockfile: 'no chain was asked; revocations are unchecked',
  }[trust]
  const holds = frozen && trust !== 'lockfile' && error === undefined
  const bound = holds ? '; nothing differs from the lockfile' : ''
  const ends = trustExpiresAt === undefined ? '' : `; this trust ends ${when(trustExpiresAt)}`
  return `<code>${trust}</code>: ${words}${bound}${ends}`
}

/**
 * JSON with everything that a browser or a log could take for more than text written as `\u….` It stays the same JSON: such
 * characters stand only inside of its texts.
 */
function inertJson(json: string): string {
  return json.replace(
    /[^\n\x20-\x7e]|#/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Lines to copy. In HTML, since a code block of Markdown could be ended by what stands in it. */
function block(text: string): string {
  const lines = text.trimEnd().split('\n')
  return `<pre><code>${lines.map((line) => sanitiseHtml(line, MOST_LOCKFILE)).join('\n')}</code></pre>`
}

function lockfileBlock({ lockfile }: LockOffer): string {
  const shown = block(inertJson(lockfile))
  if (Buffer.byteLength(shown) > MOST_LOCKFILE) {
    return 'The lockfile is too long to be shown here: <code>r3mes lock</code> writes it.'
  }
  return `<details><summary>The lockfile to commit as <code>r3mes.lock</code></summary>${shown}</details>`
}

/** What pins the chain from here on, after a run that trusted it on first use; empty after any other. */
export function offerSection({ offer, trustingPeriod = 0 }: EnsureResult): string[] {
  if (offer === undefined) return []
  return [
    '#### Pin this chain',
    `Nothing ties the next run to what this one found. Compare the block with a source of your own. Then commit the lockfile, or add these two lines to the step, which are good for ${formatPeriod(trustingPeriod)}:`,
    block(`trusted-height: ${offer.height}\ntrusted-hash: ${offer.hash}`),
    lockfileBlock(offer),
  ]
}
