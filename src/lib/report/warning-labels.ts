import type { PageRecord } from '../collection/events.ts';
import type { ConversionNote } from '../convert/messages.ts';
import { pagesLeftOut } from '../convert/notes-on-pages.ts';

/** Each warning in a few words, for tables and cards. */
export const WARNING_LABELS: Readonly<Record<ConversionNote['code'], string>> = {
  PAGES_NOT_CONVERTED: 'Pages not converted',
  PAGES_UNREACHABLE: 'List of pages broken',
  THUMBNAIL_SKIPPED: 'Thumbnail skipped',
  ONLY_REDUCED: 'Only a smaller version',
  EXTRA_SAMPLES_DROPPED: 'Extra samples lost',
  DECODER_WARNING: 'Decoder warnings',
  ORIENTATION_TAGGED: 'Turned by a tag only',
  PIXELS_NOT_SQUARE: 'Pixels not square',
  COLOURS_ASSUMED: 'Colours assumed',
  SAMPLES_SCALED: 'Scaled to 8 bits',
  WARNINGS_FORGIVEN: 'Breaks the specification',
  FAX_LINES_DAMAGED: 'Fax lines damaged',
  FAX_ROWS_MISSING: 'Fax rows missing',
  CHECKSUM_MISSING: 'Checksum missing',
  METADATA_DROPPED: 'Metadata lost',
  PROFILE_CONVERTED: 'Converted to sRGB',
};

/** The words for the warnings of a file's JPEGs that say more than `WARNING_LABELS`: numbers. */
export function ownLabels(
  jpegs: readonly PageRecord[],
): Partial<typeof WARNING_LABELS> | undefined {
  const [pages] = jpegs.flatMap(({ notes }) => notes.flatMap((note) => pagesLeftOut(note) ?? []));
  if (pages === undefined) return undefined;
  return { PAGES_NOT_CONVERTED: `${pages} ${pages === 1 ? 'page' : 'pages'} not converted` };
}
