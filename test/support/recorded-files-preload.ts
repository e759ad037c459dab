/**
 * Loaded into a process before its own program (`node --import`). Every call into the file system that touches a folder is
 * counted; before a given one the process kills itself, and every change is written to a log, see recorded-files.ts. Calls that do
 * several things are taken apart, so that a kill falls between them, too.
 */
import { spawnSync } from 'node:child_process'
import fs, { type PathLike } from 'node:fs'
import fsPromises, { type FileHandle } from 'node:fs/promises'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import type { Counted, FileOperation, Instruction } from './recorded-files.ts'

const { under, kill, event, log, count }: Instruction = JSON.parse(process.env['RECORDED_FILES'] ?? '{}')

/** The real ones, before they are replaced. */
const real = {
  openSync: fs.openSync,
  writeSync: fs.writeSync,
  fstatSync: fs.fstatSync,
  existsSync: fs.existsSync,
  open: fsPromises.open,
}
const logFile = log === undefined ? undefined : real.openSync(log, 'a')
let calls = 0
let firstCallAt = 0
let operations = 0
let opened = 0
const numbers = new WeakMap<FileHandle, number>()
const positions = new Map<number, number>()
const descriptors = new Map<number, number>()

function isOurs(path: unknown): path is string {
  return typeof path === 'string' && (path === under || path.startsWith(`${under}/`))
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** To be called right before each call. */
function step(): void {
  calls += 1
  if (calls === 1) {
    firstCallAt = performance.now()
    if (kill?.kind === 'after') setTimeout(die, kill.milliseconds).unref()
  }
  if (event?.call === calls) spawnSync('sh', ['-c', event.shell])
  if (kill === undefined || kill.kind === 'after' || kill.call !== calls) return
  if (kill.kind === 'before') die()
  else setImmediate(die)
}

function note(operation: FileOperation): void {
  operations += 1
  if (logFile !== undefined) real.writeSync(logFile, `${JSON.stringify(operation)}\n`)
}

/** Puts `make(original)` in the place of a function. */
function replace(holder: object, name: string, make: (original: (...args: never[]) => unknown) => unknown) {
  const original: unknown = Reflect.get(holder, name)
  if (typeof original !== 'function') throw new TypeError(`There is no ${name} to watch`)
  Reflect.set(holder, name, make(original as (...args: never[]) => unknown))
}

type Described = (args: readonly unknown[]) => FileOperation | undefined
const PATH_CALLS: Readonly<Record<string, Described>> = {
  mkdir: ([path]) => ({ op: 'mkdir', path: String(path) }),
  rmdir: ([path]) => ({ op: 'unlink', path: String(path) }),
  unlink: ([path]) => ({ op: 'unlink', path: String(path) }),
  rename: ([from, to]) => ({ op: 'rename', from: String(from), to: String(to) }),
  link: ([from, to]) => ({ op: 'link', from: String(from), to: String(to) }),
  copyFile: ([from, to]) => ({ op: 'copy', from: String(from), to: String(to) }),
  chmod: ([path, mode]) => ({ op: 'chmod', path: String(path), mode: Number(mode) }),
}
/** These change nothing that a power cut could lose. */
const LOOKS = ['lstat', 'stat', 'readdir', 'access', 'readFile', 'utimes', 'statfs']

function watchPath(name: string, describe: Described): void {
  const noteIt = (args: readonly unknown[]) => {
    const operation = describe(args)
    if (operation !== undefined) note(operation)
  }
  const concerns = (args: readonly unknown[]) => args.slice(0, 2).some(isOurs)
  replace(fsPromises, name, (original) => async (...args: never[]) => {
    if (!concerns(args)) return await original(...args)
    step()
    const result = await original(...args)
    noteIt(args)
    return result
  })
  replace(fs, name, (original) => (...args: unknown[]) => {
    const callback = args.at(-1)
    if (!concerns(args) || typeof callback !== 'function') return original(...(args as never[]))
    step()
    const done = (error: unknown, ...rest: unknown[]) => {
      if (error === null || error === undefined) noteIt(args)
      callback(error, ...rest)
    }
    return original(...([...args.slice(0, -1), done] as never[]))
  })
  if (!(`${name}Sync` in fs)) return
  replace(fs, `${name}Sync`, (original) => (...args: never[]) => {
    if (!concerns(args)) return original(...args)
    step()
    const result = original(...args)
    noteIt(args)
    return result
  })
}

function flagsOf(flags: unknown): { create: boolean; truncate: boolean } {
  const { O_CREAT, O_TRUNC } = fs.constants
  if (typeof flags === 'number') {
    return { create: (flags & O_CREAT) !== 0, truncate: (flags & O_TRUNC) !== 0 }
  }
  const text = typeof flags === 'string' ? flags : 'r'
  return { create: /^[wa]/.test(text), truncate: /^w/.test(text) }
}

function noteOpen(path: string, flags: unknown, mode: unknown): number {
  opened += 1
  note({
    op: 'open',
    path,
    file: opened,
    ...flagsOf(flags),
    mode: (typeof mode === 'number' ? mode : 0o666) & ~0o022,
  })
  positions.set(opened, 0)
  return opened
}

async function open(path: PathLike, flags?: string | number, mode?: number): Promise<FileHandle> {
  if (!isOurs(path)) return await real.open(path, flags, mode)
  step()
  const handle = await real.open(path, flags, mode)
  numbers.set(handle, noteOpen(path, flags, mode))
  return handle
}

function noteWrite(file: number, bytes: Uint8Array, position: unknown): void {
  const at = typeof position === 'number' ? position : (positions.get(file) ?? 0)
  note({ op: 'write', file, at, bytes: Buffer.from(bytes).toString('base64') })
  if (typeof position !== 'number') positions.set(file, at + bytes.length)
}

/** The bytes of `write(buffer, offset, length, position)`, or of its form with options. */
function writtenBytes(args: readonly unknown[], length: number): readonly [Uint8Array, unknown] {
  const [data, second, , position] = args
  if (typeof data === 'string') return [Buffer.from(data).subarray(0, length), second]
  if (!ArrayBuffer.isView(data)) throw new TypeError('This form of write is not recorded')
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (typeof second === 'object' && second !== null) {
    const { offset = 0, position: at } = second as { offset?: number; position?: number }
    return [bytes.subarray(offset, offset + length), at]
  }
  const offset = typeof second === 'number' ? second : 0
  return [bytes.subarray(offset, offset + length), position]
}

type HandleCall = (
  original: (...args: never[]) => unknown,
  handle: FileHandle,
  file: number,
  args: never[],
) => unknown
const HANDLE_CALLS: Readonly<Record<string, HandleCall>> = {
  async write(original, handle, file, args) {
    const result = (await Reflect.apply(original, handle, args)) as { bytesWritten: number }
    const [bytes, position] = writtenBytes(args, result.bytesWritten)
    noteWrite(file, bytes, position)
    return result
  },
  async writeFile(_original, handle, file, args) {
    const [data] = args as unknown[]
    const bytes = typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array)
    // Through the watched call.
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await handle.write(
        bytes,
        at,
        bytes.length - at,
        (positions.get(file) ?? 0) + at,
      )
      at += bytesWritten
    }
    positions.set(file, (positions.get(file) ?? 0) + bytes.length)
  },
  async sync(original, handle, file, args) {
    const before = operations
    await Reflect.apply(original, handle, args)
    note({ op: 'sync', file, before })
  },
  async datasync(original, handle, file, args) {
    const before = operations
    await Reflect.apply(original, handle, args)
    note({ op: 'sync', file, before })
  },
  async truncate(original, handle, file, args) {
    await Reflect.apply(original, handle, args)
    note({ op: 'truncate', file, to: Number(args[0] ?? 0) })
  },
  async chmod(original, handle, file, args) {
    await Reflect.apply(original, handle, args)
    note({ op: 'chmod-file', file, mode: Number(args[0]) })
  },
  read: (original, handle, _file, args) => Reflect.apply(original, handle, args),
  stat: (original, handle, _file, args) => Reflect.apply(original, handle, args),
}

async function watchHandles(): Promise<void> {
  const probe = await real.open(process.execPath, 'r')
  const prototype: object = Object.getPrototypeOf(probe)
  await probe.close()
  for (const [name, call] of Object.entries(HANDLE_CALLS)) {
    replace(
      prototype,
      name,
      (original) =>
        function (this: FileHandle, ...args: never[]): unknown {
          const file = numbers.get(this)
          if (file === undefined) return Reflect.apply(original, this, args)
          step()
          return call(original, this, file, args)
        },
    )
  }
}

async function writeFile(path: PathLike, data: string | Uint8Array, options: unknown): Promise<void> {
  const { flag = 'w', mode = 0o666 } =
    ((typeof options === 'object' ? options : undefined) as {
      flag?: string
      mode?: number
    }) ?? {}
  const handle = await open(path, flag, mode)
  try {
    await handle.writeFile(data)
  } finally {
    await handle.close()
  }
}

function watchDescriptors(): void {
  replace(fs, 'openSync', (original) => (...args: never[]) => {
    const [path, flags, mode] = args as unknown[]
    if (!isOurs(path)) return original(...args)
    step()
    const descriptor = original(...args) as number
    descriptors.set(descriptor, noteOpen(path, flags, mode))
    return descriptor
  })
  replace(fs, 'writeSync', (original) => (...args: never[]) => {
    const [descriptor] = args as unknown[]
    const file = descriptors.get(Number(descriptor))
    if (file === undefined) return original(...args)
    step()
    const written = original(...args) as number
    const [bytes, position] = writtenBytes(args.slice(1), written)
    noteWrite(file, bytes, position)
    return written
  })
  replace(fs, 'closeSync', (original) => (...args: never[]) => {
    descriptors.delete(Number(args[0]))
    return original(...args)
  })
}

/** SQLite makes lock files without Node's calls. */
function watchLocks(): void {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  const sqlite: { DatabaseSync: new (place: string | URL) => object } = createRequire(import.meta.url)(
    'node:sqlite',
  )
  process.emitWarning = emitWarning
  const { DatabaseSync } = sqlite
  sqlite.DatabaseSync = class extends DatabaseSync {
    constructor(place: string | URL) {
      const isNew = isOurs(place) && !real.existsSync(place)
      if (isOurs(place)) step()
      super(place)
      if (isNew) noteOpen(place, 'w', 0o644)
    }
  }
}

if (isMainThread && under !== undefined) {
  for (const [name, describe] of Object.entries(PATH_CALLS)) watchPath(name, describe)
  for (const name of LOOKS) watchPath(name, () => undefined)
  await watchHandles()
  Reflect.set(fsPromises, 'open', open)
  Reflect.set(fsPromises, 'writeFile', writeFile)
  watchDescriptors()
  watchLocks()
  syncBuiltinESMExports()
  if (count !== undefined) {
    process.once('exit', () => {
      const counted: Counted = { calls, milliseconds: performance.now() - firstCallAt }
      fs.writeFileSync(count, JSON.stringify(counted))
    })
  }
}
