import type { ConversionNote } from '../convert/messages.ts';

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
