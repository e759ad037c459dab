/** The commands by name. Each module is loaded when its command is named: who asks for help waits for none of them. */
import type { Command } from 'commander'

/** Headings of the help, in its order: what somebody wants to do. */
const BEGIN = 'Begin:'
const BRING = 'Bring what is approved:'
const LOOK = 'Look at what is there:'
const KEEP = 'Keep a store:'
const VOLUME = 'Models by URL:'
const SERVE = 'Serve:'
const PUBLISH = 'Publish:'
const TRY = 'Try:'
export const LEARN = 'Get to know it:'

export interface ListedCommand {
  readonly name: string
  readonly group: string
  /** One line for the list of commands; the command's own help says more. */
  readonly summary: string
  readonly load: () => Promise<Command>
  /** For programs: the help does not show it. */
  readonly isHidden?: boolean
}

export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'init',
    group: BEGIN,
    summary: 'Write a workflow, r3mes.lock and .env for this repository.',
    load: async () => (await import('./init-command.ts')).initCommand(),
  },
  {
    name: 'doctor',
    group: BEGIN,
    summary: 'Find what is wrong with machine, store, chain and hosts, and say what to type.',
    load: async () => (await import('./doctor-command.ts')).doctorCommand(),
  },
  {
    name: 'ensure',
    group: BRING,
    summary: 'Put approved models, adapters and datasets into the store.',
    load: async () => (await import('./run-command.ts')).runCommand('ensure'),
  },
  {
    name: 'plan',
    group: BRING,
    summary: 'Say what ensure would do. Fetches nothing.',
    load: async () => (await import('./run-command.ts')).runCommand('plan'),
  },
  {
    name: 'lock',
    group: BRING,
    summary: 'Write, check or move forward r3mes.lock.',
    load: async () => (await import('./lock-command.ts')).lockCommand(),
  },
  {
    name: 'ls',
    group: LOOK,
    summary: 'List what the store holds.',
    load: async () => (await import('./ls-command.ts')).lsCommand(),
  },
  {
    name: 'stats',
    group: LOOK,
    summary: 'Say what the store takes on the disk, and how it served.',
    load: async () => (await import('./stats-command.ts')).statsCommand(),
  },
  {
    name: 'verify',
    group: LOOK,
    summary: 'Hash what is in the store. Corrupt files go to quarantine.',
    load: async () => (await import('./verify-command.ts')).verifyCommand(),
  },
  {
    name: 'repair',
    group: KEEP,
    summary: 'Fetch again what is corrupt or missing and still approved.',
    load: async () => (await import('./repair-command.ts')).repairCommand(),
  },
  {
    name: 'sync',
    group: KEEP,
    summary: 'Bring the store up to what is approved now.',
    load: async () => (await import('./sync-command.ts')).syncCommand(),
  },
  {
    name: 'prune',
    group: KEEP,
    summary: 'Make room: remove what is not worth its place.',
    load: async () => (await import('./prune-command.ts')).pruneCommand(),
  },
  {
    name: 'cache',
    group: KEEP,
    summary: 'Clear what the store keeps to be faster or to count.',
    load: async () => (await import('./cache-command.ts')).cacheCommand(),
  },
  {
    name: 'volume',
    group: VOLUME,
    summary: 'Keep checkpoints, LoRAs and embeddings on a volume, by URL and hash.',
    load: async () => (await import('./volume-command.ts')).volumeCommand(),
  },
  {
    name: 'serve',
    group: SERVE,
    summary: 'Serve what this machine has to its neighbours.',
    load: async () => (await import('./serve-command.ts')).serveCommand(),
  },
  {
    name: 'manifest',
    group: PUBLISH,
    summary: 'Print the digest that a record of several files has to carry.',
    load: async () => (await import('./manifest-command.ts')).manifestCommand(),
  },
  {
    name: 'devnet',
    group: TRY,
    summary: 'Run a chain and hosts of models on this machine.',
    load: async () => await (await import('./devnet-command.ts')).devnetCommand(),
  },
  {
    name: 'completion',
    group: LEARN,
    summary: 'Make your shell complete commands and flags.',
    load: async () => (await import('./completion-command.ts')).completionCommand(),
  },
  {
    name: 'complete',
    group: LEARN,
    summary: 'Say what may come next on a command line.',
    load: async () => (await import('./completion-command.ts')).completeCommand(),
    isHidden: true,
  },
]
