import { flagsOf } from '../environment.ts';

/** What was a flag of `callback` before it had parts, and the part that it is now. */
const OLD_FORMS = {
  '--pending': { id: 'callback:pending', now: 'callback pending', argument: undefined },
  '--from-log': { id: 'callback:replay', now: 'callback replay FILE', argument: '' },
  '--from-r2': { id: 'callback:replay', now: 'callback replay r2://KEY', argument: 'r2://' },
  '--verify': { id: 'callback:verify', now: 'callback verify FILE', argument: '' },
} as const;

type OldFlag = keyof typeof OLD_FORMS;

/** A command line in its new form. */
export interface NewForm {
  readonly id: string;
  readonly argv: readonly string[];
  /** For whoever still uses the old form. */
  readonly warning: string;
}

/**
 * The new form of a command line of `callback`; undefined where it is none of the old ones.
 *
 * @param takesValue whether a flag has its value in the next argument, which is no flag then
 */
export function newForm(
  argv: readonly string[],
  takesValue: (flag: string) => boolean,
): NewForm | undefined {
  const at = flagsOf(argv).findIndex(
    (arg, i) => oldFlag(arg) !== undefined && !takesValue(argv[i - 1] ?? ''),
  );
  const [arg = '', next] = argv.slice(at);
  const old = at === -1 ? undefined : oldFlag(arg);
  if (!old) return undefined;
  const { id, now, argument } = OLD_FORMS[old];
  const warning = `"callback ${old}" is now "${now}"`;
  if (argument === undefined) return { id, argv: argv.toSpliced(at, 1), warning };
  const isJoined = arg.includes('=');
  const value = isJoined ? arg.slice(old.length + 1) : next;
  const rest = argv.toSpliced(at, isJoined ? 1 : 2);
  const end = flagsOf(rest).length;
  return {
    id,
    argv: value === undefined ? rest : rest.toSpliced(end, 0, argument + value),
    warning,
  };
}

function oldFlag(arg: string): OldFlag | undefined {
  const name = arg.replace(/=.*$/s, '');
  return name in OLD_FORMS ? (name as OldFlag) : undefined;
}
