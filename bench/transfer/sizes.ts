export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

/** `2 GiB`, `512 MiB`, `64 KiB`; one decimal where it is not whole. */
export function sizeText(bytes: number): string {
  const [unit, name] = bytes >= GIB ? [GIB, 'GiB'] : bytes >= MIB ? [MIB, 'MiB'] : [KIB, 'KiB']
  return `${Number((bytes / unit).toFixed(1))} ${name}`
}
