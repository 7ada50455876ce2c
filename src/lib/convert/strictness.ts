import { ConversionError } from '../errors.ts';
import { upperFirst } from '../upper-first.ts';
import { lossesIn } from './inspect/inspect-file.ts';
import type { LossSettings } from './inspect/losses.ts';
import type { ConversionNote } from './messages.ts';
import { notesFromHeader, type PagesToNote } from './notes-on-pages.ts';
import type { PagesSetting } from './pages.ts';
import { commandNames, type SettingNames } from './setting-names.ts';

/** What becomes an error instead of a note. */
export interface Strictness {
  readonly failOnLoss: boolean;
  readonly warningsAsErrors: boolean;
  /** The user's names for the settings; defaults to `commandNames`. */
  readonly names?: SettingNames | undefined;
}

/**
 * Throws `ConversionError` (`LOSS`) if losses are errors and the JPEGs of a TIFF would have some:
 * lists all losses and the flags that avoid them. Also throws what keeps the file from being read.
 */
export async function refuseLosses(
  path: string,
  name: string,
  { failOnLoss, names = commandNames }: Strictness,
  settings: Omit<LossSettings, 'names'>,
): Promise<void> {
  if (!failOnLoss) return;
  const losses = await lossesIn(path, name, { ...settings, names });
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
    `"${name}" would lose something: ${listed.join('; ')}. ${upperFirst(`${advice}without ${names.failOnLoss} it is converted anyway.`)}`,
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
  { warningsAsErrors, names = commandNames }: Strictness,
): void {
  const notes = warningsAsErrors ? notesFromHeader(chosen, pages, names) : [];
  if (notes.length === 0) return;
  throw new ConversionError(
    'WARNING',
    `"${name}" would have warnings: ${listOf(notes)}. Without ${names.warningsAsErrors} it is converted anyway.`,
  );
}

/** What a conversion knows only from the samples, or from the contents of the metadata. */
const OF_LOSSES: ReadonlySet<ConversionNote['code']> = new Set([
  'PAGES_NOT_CONVERTED',
  'PAGES_UNREACHABLE',
  'ONLY_REDUCED',
  'EXTRA_SAMPLES_DROPPED',
  'FAX_ROWS_MISSING',
  'SAMPLES_SCALED',
  'METADATA_DROPPED',
  'PROFILE_CONVERTED',
]);

/**
 * Throws `ConversionError` (`LOSS`) if losses are errors and a conversion has lost something that
 * the header does not show.
 */
export function refuseNotedLosses(
  { notes }: { readonly notes: readonly ConversionNote[] },
  name: string,
  { failOnLoss, names = commandNames }: Strictness,
): void {
  const lost = notes.filter(({ code }) => OF_LOSSES.has(code));
  if (!failOnLoss || lost.length === 0) return;
  throw new ConversionError(
    'LOSS',
    `"${name}" has lost something: ${listOf(lost)}. Its JPEG is not kept; without ${names.failOnLoss} it is.`,
  );
}

/** Throws `ConversionError` (`WARNING`), listing all notes of a conversion, if they are errors. */
export function refuseWarnings(
  { notes }: { readonly notes: readonly ConversionNote[] },
  name: string,
  { warningsAsErrors, names = commandNames }: Strictness,
): void {
  if (!warningsAsErrors || notes.length === 0) return;
  throw new ConversionError(
    'WARNING',
    `"${name}" was converted with warnings: ${listOf(notes)}. Its JPEG is not kept; without ${names.warningsAsErrors} it is.`,
  );
}

function listOf(notes: readonly ConversionNote[]): string {
  return notes.map(({ message }) => message.replace(/\.$/, '')).join('; ');
}
