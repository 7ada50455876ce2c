/**
 * A `FLY_MACHINE_VERSION` of a machine that was asked for at a time, in milliseconds since 1970.
 */
export function machineVersion(askedAt: number): string {
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const places = Array.from({ length: 10 }, (_, i) => 32 ** (9 - i));
  return `${places.map((place) => digits[Math.floor(askedAt / place) % 32]).join('')}TSV4RRFFQ69G5FAV`;
}
