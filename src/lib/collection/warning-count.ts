import type { ConversionNote } from '../convert/messages.ts';
import type { FileRecord, WarningCounts } from './events.ts';

type Code = ConversionNote['code'];

/** The codes of a TIFF's warnings, each once, in order. */
export function warningCodesOf(record: FileRecord): readonly Code[] {
  if (record.status === 'failed') return [];
  return [...new Set(record.pages.flatMap(({ notes }) => notes.map(({ code }) => code)))];
}

/** Counts warnings over the records of a run. */
export function createWarningCount(): {
  add(record: FileRecord): void;
  counts(): WarningCounts;
} {
  let files = 0;
  const byCode = new Map<Code, number>();
  return {
    add: (record) => {
      const codes = warningCodesOf(record);
      if (codes.length > 0) files++;
      for (const code of codes) byCode.set(code, (byCode.get(code) ?? 0) + 1);
    },
    counts: () => ({ files, by_code: Object.fromEntries(byCode) }),
  };
}

/** The words for a count of each warning: for one TIFF, and for several. */
const WORDS: Readonly<Record<Code, readonly [one: string, several: string]>> = {
  PAGES_NOT_CONVERTED: [
    'has further pages that were not converted (see --page)',
    'have further pages that were not converted (see --page)',
  ],
  PAGES_UNREACHABLE: [
    'has a broken list of pages, so some may be missing',
    'have a broken list of pages, so some may be missing',
  ],
  THUMBNAIL_SKIPPED: [
    'begins with a thumbnail; its full picture was converted',
    'begin with a thumbnail; their full pictures were converted',
  ],
  ONLY_REDUCED: [
    'has only a smaller version of its picture, or a mask',
    'have only a smaller version of their picture, or a mask',
  ],
  EXTRA_SAMPLES_DROPPED: ['lost extra samples', 'lost extra samples'],
  DECODER_WARNING: ['caused decoder warnings', 'caused decoder warnings'],
  ORIENTATION_TAGGED: [
    'is too large to be turned, and has an orientation tag',
    'are too large to be turned, and have an orientation tag',
  ],
  COLOURS_ASSUMED: ['does not specify its colours', 'do not specify their colours'],
  PIXELS_NOT_SQUARE: ['has pixels that are not square', 'have pixels that are not square'],
  SAMPLES_SCALED: [
    'was scaled to 8 bits, or read as unsigned although signed',
    'were scaled to 8 bits, or read as unsigned although signed',
  ],
  WARNINGS_FORGIVEN: ['breaks the TIFF specification', 'break the TIFF specification'],
  FAX_LINES_DAMAGED: ['has damaged fax lines', 'have damaged fax lines'],
  FAX_ROWS_MISSING: ['lacks fax rows at its end', 'lack fax rows at their end'],
  CHECKSUM_MISSING: ['ends in a checksum', 'end in a checksum'],
  METADATA_DROPPED: ['lost metadata', 'lost metadata'],
  PROFILE_CONVERTED: [
    'was converted to sRGB, as a JPEG cannot keep the profile',
    'were converted to sRGB, as a JPEG cannot keep the profile',
  ],
};

/**
 * The counts as a line for people, the most frequent first: `35 with warnings: 14 have further
 * pages …; 12 were scaled to 8 bits`. Undefined if there are none.
 */
export function warningLine({ files, by_code }: WarningCounts): string | undefined {
  if (files === 0) return undefined;
  const counts = Object.entries(by_code) as [Code, number][];
  const said = counts
    .sort(([a, some], [b, others]) => others - some || a.localeCompare(b))
    .map(([code, count]) => `${count} ${WORDS[code][count === 1 ? 0 : 1]}`);
  return `${files} with warnings: ${said.join('; ')}`;
}
