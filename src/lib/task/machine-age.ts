/**
 * A ULID: 26 digits of Crockford's base32, of which the first ten are milliseconds since 1970 in 48
 * bits (https://github.com/ulid/spec).
 */
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_DIGITS = 10;

/** An older machine was not requested for this task, but restarted. In milliseconds. */
const OLDEST_MS = 3_600_000;

/**
 * How many milliseconds before `startedAt` a machine was requested, from `FLY_MACHINE_VERSION`: Fly
 * gives each configuration of a machine a new one
 * (https://fly.io/docs/machines/runtime-environment/), in the form of a ULID. 0 if it is
 * implausible: another form, after the start, or more than an hour before it.
 *
 * @param startedAt when this process was started, in milliseconds since 1970
 */
export function msBeforeStart(machineVersion: string | undefined, startedAt: number): number {
  if (machineVersion === undefined || !ULID.test(machineVersion)) return 0;
  const digits = [...machineVersion.slice(0, TIME_DIGITS)];
  const askedAt = digits.reduce((time, digit) => time * 32 + DIGITS.indexOf(digit), 0);
  const ms = startedAt - askedAt;
  return ms > 0 && ms <= OLDEST_MS ? ms : 0;
}
