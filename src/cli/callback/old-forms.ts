import { flagsOf } from '../environment.ts';

/** Former flags of `callback`, and the subcommands that replace them. */
const OLD_FORMS = {
  '--pending': { id: 'callback:pending', now: 'callback pending', argument: undefined },
  '--from-log': { id: 'callback:replay', now: 'callback replay FILE', argument: '' },
  '--from-r2': { id: 'callback:replay', now: 'callback replay r2://KEY', argument: 'r2://' },
  '--verify': { id: 'callback:verify', now: 'callback verify FILE', argument: '' },
} as const;

type OldFlag = keyof typeof OLD_FORMS;

/** A command line in the new form. */
export interface NewForm {
  readonly id: string;
  readonly argv: readonly string[];
  /** The warning for users of the old form. */
  readonly warning: string;
}

/**
 * The new form of an old `callback` command line; undefined if it is not an old one.
 *
 * @param takesValue whether a flag takes the next argument as its value
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
