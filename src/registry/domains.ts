/** Which adapters a `domain:` line means. */
import { isSafeName, R3mesError, type SafeName } from '../core/index.ts'
import { isCompatible } from './compatibility.ts'
import { mayBeMissing, notListedCompletely } from './proof-words.ts'
import { approvedAdapters } from './suggest.ts'
import type { AdapterRequest, Snapshot } from './types.ts'

export interface DomainMembers {
  readonly adapters: readonly AdapterRequest[]
  readonly problems: readonly R3mesError[]
  readonly notices: readonly string[]
}

const NO_MEMBERS: DomainMembers = { adapters: [], problems: [], notices: [] }

/** The active adapters of a domain that fit the model, as if each had been named. */
export function membersOf(
  domain: SafeName,
  snapshot: Snapshot,
  modelVersion: string | undefined,
): DomainMembers {
  const { completeness } = snapshot
  if (mayBeMissing(completeness.adapters)) {
    const consequence = `which ones belong to the domain \`${domain}\` cannot be proven`
    const advice = 'Name them by their ids, or name another endpoint first in `rpc-urls`.'
    return { ...NO_MEMBERS, problems: [notListedCompletely('The adapters', snapshot, consequence, advice)] }
  }
  // Without a model version there is nothing to fit; why there is none is a problem of its own.
  if (modelVersion === undefined) return NO_MEMBERS
  const members = [...snapshot.adapters.values()].flatMap((found) => {
    const record = found.state === 'present' && found.decoded.ok ? found.decoded.record : undefined
    const isMember =
      record?.domain.trim() === domain && record.status === 'active' && isCompatible(record, modelVersion)
    return record !== undefined && isMember ? [record.id] : []
  })
  const unnamed = members.filter((id) => !isSafeName(id))
  const problems =
    unnamed.length === 0
      ? []
      : [
          new R3mesError(
            'ID_UNSAFE',
            `${unnamed.length} adapters of the domain \`${domain}\` have ids that cannot be used as file names. The registry has to approve them under other ids; until then name the others by their ids.`,
            { detail: unnamed.slice(0, 10).join('\n') },
          ),
        ]
  if (members.length === 0) {
    const proven = snapshot.trust === 'rpc' ? '' : ', which is proven'
    const none = new R3mesError(
      'ADAPTER_NOT_APPROVED',
      `The domain \`${domain}\` has no approved adapter for ${modelVersion} on ${snapshot.chainId} at height ${snapshot.height}${proven}.${approvedAdapters(snapshot, modelVersion)} Correct or remove \`domain:${domain}\` in \`adapters\`.`,
    )
    return { ...NO_MEMBERS, problems: [none] }
  }
  const notice =
    completeness.adapters === 'proven'
      ? `Approved adapters of the domain ${domain} for ${modelVersion}: ${members.length}, in a listing that is proven complete at height ${snapshot.height}.`
      : `The domain ${domain} was resolved from a listing that is not proven complete: some of its adapters may be missing.`
  const malformed = snapshot.malformedAdapters
  const notices =
    malformed === 0
      ? [notice]
      : [notice, `${malformed} malformed adapter records could not be looked at for the domain ${domain}.`]
  return { adapters: members.filter(isSafeName).map((id) => ({ id })), problems, notices }
}
