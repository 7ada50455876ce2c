import { messageOf } from '../../errors.ts';
import { missingData } from '../header/completeness.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import type { ConversionNote } from '../messages.ts';

/** How sharp's error begins if only warnings kept it from reading (sharp 0.35, `failOn`). */
const ONLY_WARNINGS = /^Warning treated as error due to failOn setting/;

/** What libvips adds when its decoder has given up. */
const FOLLOWS = /^error in tile \d+ x \d+$/;

/** The prefix of libvips before libtiff's words if they name the file. */
const NAMED = /^source input: /;

/** Tags that the picture depends on (TIFF 6.0; ICC): problems with these are never forgiven. */
const PICTURE_TAG =
  /"(ImageWidth|ImageLength|BitsPerSample|Compression|Photometric\w*|FillOrder|(Strip|Tile)(Offsets|ByteCounts)|Samples\w+|RowsPerStrip|PlanarConfig\w*|Predictor|Color\w*|Transfer\w*|Tile(Width|Length)|InkSet|ExtraSamples|SampleFormat|S?M(in|ax)\w+|JPEG\w+|YCbCr\w+|ReferenceBlackWhite|ICC\w*|Orientation)"/;

/** Only strips: libvips decodes JPEGs in tiles itself, without a warning. */
const PROGRESSIVE =
  /^(The JPEG strip\/tile is encoded with progressive mode, which is normally not legal for JPEG-in-TIFF|libtiff should be able to decode it, but it might cause compatibility issues with other readers)\b/;

/**
 * libtiff 4.7's warnings about the form of a directory (tif_dirread.c). None is about strips and
 * tiles, whose completeness is proven otherwise.
 */
const HARMLESS: readonly RegExp[] = [
  /tags are not sorted in ascending order/,
  /^ASCII value for .*tag ".*" (does not end in null byte|contains null byte in value)/,
  /^Unknown field with tag \d+/,
  /^(Incorrect|Invalid|Null|Wrong|Bad) (count|value|data type|type) .*".*"/,
  /^incorrect count for field ".*", expected \d+, got \d+/,
  /^Incompatible type for ".*"/,
  /^IO error during reading of ".*"/,
  /^Sanity check on size of ".*" value failed/,
  /^Ignoring ".*"/,
  /tag ignored|tag is ignored/,
  // JPEGs within: the stream knows its subsampling, and surplus rows are not part of the picture.
  /^Auto-corrected former TIFF subsampling values \[\d,\d\] to match subsampling values inside JPEG compressed data \[\d,\d\]/,
  PROGRESSIVE,
  /^JPEG strip size exceeds expected dimensions, expected \d+x\d+, got \d+x\d+/,
  // Every reader uses the first values, and treats such samples as unspecified.
  /^Tag \w+ entry count is \d+ , whereas it should be SamplesPerPixel=\d+\. Ignoring extra entries/,
  /^Sum of Photometric type-related color channels and ExtraSamples doesn't match SamplesPerPixel\. Defining non-color channels as ExtraSamples/,
];

/**
 * Group 3 fax: a line damaged in transmission; the next one starts afresh (libtiff's tif_fax3.c).
 */
const FAX_LINE = /^Premature EOL at line (\d+) of (?:strip|tile) (\d+)/;
const GROUP_3 = 3;
/** This many damaged lines are normal for a fax; more make the picture unreliable. */
const FAX_LINES = { share: 0.01, least: 2 } as const;

/**
 * Whether sharp refused a TIFF only because of warnings that every other reader forgives. False if
 * anything else is wrong, or if the page's data are not proven complete (in that mode sharp accepts
 * truncated tiles, measured: 14 of 116).
 */
export function forgivable(error: unknown, page: TiffPage, fileBytes: number): boolean {
  const [first = '', ...lines] = messageOf(error).split('\n');
  if (!ONLY_WARNINGS.test(first) || missingData(page, fileBytes).length > 0) return false;
  const warnings = lines.map((line) => line.trim()).filter((line) => line && !FOLLOWS.test(line));
  return warnings.length > 0 && areForgiven(warnings, page);
}

/**
 * Whether warnings are only about the form of a directory, not the tags of the picture, or about
 * single lines of a fax; about its last line only if all rows were found (`allRows`).
 */
export function areForgiven(said: readonly string[], page: TiffPage, allRows = false): boolean {
  const warnings = said.flatMap((one) => one.split('\n').map(plainly));
  const lines = damagedLines(warnings);
  const most = Math.max(FAX_LINES.least, page.height * FAX_LINES.share);
  if (lines.length > 0 && (page.compression !== GROUP_3 || lines.length > most)) return false;
  if (!allRows && mayLackRows(warnings, page)) return false;
  return warnings.every((warning) => FAX_LINE.test(warning) || isAboutForm(warning));
}

/**
 * Whether a fax has a warning about its last row: it may be missing, with others, which sharp does
 * not distinguish from damage.
 */
function mayLackRows(warnings: readonly string[], { height, segments }: TiffPage): boolean {
  const strip = (segments?.needed ?? 1) - 1;
  const last = height - 1 - strip * (segments?.height ?? height);
  return warnings
    .map((warning) => FAX_LINE.exec(warning))
    .some((found) => Number(found?.[1]) === last && Number(found?.[2]) === strip);
}

function plainly(warning: string): string {
  return warning.trim().replace(NAMED, '');
}

function isAboutForm(warning: string): boolean {
  return HARMLESS.some((one) => one.test(warning)) && !PICTURE_TAG.test(warning);
}

/** What was forgiven, for people; without faults that the header already shows. */
export function notesOnForgiven(
  said: readonly string[],
  { progressive }: Pick<TiffPage, 'progressive'>,
): ConversionNote[] {
  const warnings = said
    .map((one) => one.split('\n').map(plainly).join(' '))
    .filter((warning) => !(progressive && PROGRESSIVE.test(warning)));
  const lines = damagedLines(warnings);
  const form = [...new Set(warnings.filter((warning) => !FAX_LINE.test(warning)))];
  const notes: ConversionNote[] = [];
  if (form.length > 0)
    notes.push({
      code: 'WARNINGS_FORGIVEN',
      message: `The TIFF breaks the specification, but its picture is complete: ${form.join('; ')}`,
    });
  if (lines.length > 0)
    notes.push({
      code: 'FAX_LINES_DAMAGED',
      message: `${lines.length === 1 ? '1 fax line is' : `${lines.length} fax lines are`} damaged (${lines.join(', ')}); the rest is complete`,
    });
  return notes;
}

/** The lines that fax warnings are about, each once. */
function damagedLines(warnings: readonly string[]): string[] {
  const lines = warnings.flatMap((warning) => {
    const [, line, strip] = FAX_LINE.exec(warning) ?? [];
    return line === undefined
      ? []
      : strip === '0'
        ? `line ${line}`
        : `line ${line} of strip ${strip}`;
  });
  return [...new Set(lines)];
}
