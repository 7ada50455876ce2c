import { ConversionError } from '../errors.ts';
import { upperFirst } from '../upper-first.ts';
import { lossesIn } from './inspect/inspect-file.ts';
import type { LossKind } from './inspect/loss.ts';
import type { LossSettings } from './inspect/losses.ts';
import type { ConversionNote } from './messages.ts';
import { notesFromHeader, type PagesToNote } from './notes-on-pages.ts';
import type { PagesSetting } from './pages.ts';
import { commandNames, type SettingNames } from './setting-names.ts';

/** What can be an error instead of a note: losses, by what is lost, and all warnings. */
export const failKinds = [
  ...(['pages', 'profile', 'transparency', 'depth', 'metadata'] as const),
  'warning',
] as const;
/** A kind of loss that can be an error, or `warning`. */
export type FailKind = (typeof failKinds)[number];

/** What becomes an error instead of a note. */
export interface Strictness {
  readonly failOn: ReadonlySet<FailKind>;
  /** The user's names for the settings; defaults to `commandNames`. */
  readonly names?: SettingNames | undefined;
}

/** What each loss that a header shows is called in `failKinds`. */
export const failKindOf: Readonly<Record<LossKind, FailKind>> = {
  pages: 'pages',
  mask: 'transparency',
  'bit-depth': 'depth',
  'sample-range': 'depth',
  'colour-space': 'profile',
  alpha: 'transparency',
  'extra-samples': 'transparency',
  profile: 'profile',
  metadata: 'metadata',
};

/**
 * Throws `ConversionError` (`LOSS`) if the JPEGs of a TIFF would have losses that are errors: lists
 * these and the flags that avoid them. Also throws what keeps the file from being read.
 */
export async function refuseLosses(
  path: string,
  name: string,
  { failOn, names = commandNames }: Strictness,
  settings: Omit<LossSettings, 'names'>,
): Promise<void> {
  if (!failsOnLoss(failOn)) return;
  const all = await lossesIn(path, name, { ...settings, names });
  const losses = all.filter(({ kind }) => failOn.has(failKindOf[kind]));
  if (losses.length === 0) return;
  const listed = losses.map(({ page, message }) =>
    page === undefined || page === 1 ? message : `page ${page}: ${message}`,
  );
  const flags = [...new Set(losses.flatMap(({ avoidedBy }) => avoidedBy ?? []))];
  const rest = losses.every(({ avoidedBy }) => avoidedBy) ? '' : 'some of it';
  const advice =
    flags.length === 0
      ? ''
      : `${flags.join(' and ')} ${flags.length === 1 ? 'avoids' : 'avoid'} ${rest || 'that'}; `;
  throw new ConversionError(
    'LOSS',
    `"${name}" would lose something: ${listed.join('; ')}. ${upperFirst(`${advice}without ${names.failOn} it is converted anyway.`)}`,
  );
}

/**
 * Throws `ConversionError` (`WARNING`) if notes are errors, listing those that header and plan
 * already determine for these pages: nothing needs to be converted.
 */
export function refuseCertainWarnings(
  chosen: PagesToNote,
  pages: PagesSetting,
  name: string,
  { failOn, names = commandNames }: Strictness,
): void {
  const notes = failOn.has('warning') ? notesFromHeader(chosen, pages, names) : [];
  if (notes.length === 0) return;
  throw new ConversionError(
    'WARNING',
    `"${name}" would have warnings: ${listOf(notes)}. Without ${names.failOn} it is converted anyway.`,
  );
}

/** What a conversion knows only from the samples, or from the contents of the metadata. */
const NOTED: Readonly<Partial<Record<ConversionNote['code'], FailKind>>> = {
  PAGES_NOT_CONVERTED: 'pages',
  PAGES_UNREACHABLE: 'pages',
  ONLY_REDUCED: 'pages',
  EXTRA_SAMPLES_DROPPED: 'transparency',
  FAX_ROWS_MISSING: 'pages',
  SAMPLES_SCALED: 'depth',
  METADATA_DROPPED: 'metadata',
  PROFILE_CONVERTED: 'profile',
};

/**
 * Throws `ConversionError` (`LOSS`) if a conversion has lost something that the header does not
 * show, and this loss is an error.
 */
export function refuseNotedLosses(
  { notes }: { readonly notes: readonly ConversionNote[] },
  name: string,
  { failOn, names = commandNames }: Strictness,
): void {
  const isError = (kind: FailKind | undefined) => kind !== undefined && failOn.has(kind);
  const lost = notes.filter(({ code }) => isError(NOTED[code]));
  if (lost.length === 0) return;
  throw new ConversionError(
    'LOSS',
    `"${name}" has lost something: ${listOf(lost)}. Its JPEG is not kept; without ${names.failOn} it is.`,
  );
}

/** Throws `ConversionError` (`WARNING`), listing all notes of a conversion, if they are errors. */
export function refuseWarnings(
  { notes }: { readonly notes: readonly ConversionNote[] },
  name: string,
  { failOn, names = commandNames }: Strictness,
): void {
  if (!failOn.has('warning') || notes.length === 0) return;
  throw new ConversionError(
    'WARNING',
    `"${name}" was converted with warnings: ${listOf(notes)}. Its JPEG is not kept; without ${names.failOn} it is.`,
  );
}

function failsOnLoss(failOn: Strictness['failOn']): boolean {
  return [...failOn].some((kind) => kind !== 'warning');
}

function listOf(notes: readonly ConversionNote[]): string {
  return notes.map(({ message }) => message.replace(/\.$/, '')).join('; ');
}
